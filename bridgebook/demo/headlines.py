"""What is wrong in a group, in a few lines that make a finance director sit up; all figures come from marts.

A headline asks marts that may or may not exist, gives one row or none, and names its figures as its sentence
does. They stand in order of urgency: what reconciliation found comes before what the marts show alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

Figure = Decimal | int | str


@dataclass(frozen=True)
class Headline:
    """One sentence: its key in the catalog of texts, and the figures that stand in it."""

    key: str
    figures: dict[str, str]


@dataclass(frozen=True)
class _Question:
    """What is asked for one headline: the marts it needs, and a query of one row where there is news."""

    key: str
    marts: tuple[str, ...]
    query: str


def _finding(key: str, finding_class: str) -> _Question:
    """Ask the bridges for documents with one class of mistake; each counts once, by its largest amount."""
    return _Question(
        key,
        ("bridge_lines",),
        f"""
        with document as (
            select
                company_code, coalesce(document_entity, '') || document_no as document,
                max(abs(amount)) as amount
            from marts.bridge_lines
            where finding_class = '{finding_class}' and document_no is not null
                and bridge_code in ('purchases_to_payables', 'sales_to_receivables')
            group by all
        )
        select count(*) as line_count, sum(amount) as amount from document having count(*) > 0
        """,
    )


_BRIDGE = _Question(
    "headline_bridge",
    ("bridge_summary",),
    """
    with total as (
        select bridge_code, row_kind, sum(amount) as amount
        from marts.bridge_summary
        where fiscal_year = year($as_of) and period_no > 0 and row_kind in ('from_total', 'to_total')
            and bridge_code = 'purchases_to_input_vat'
        group by bridge_code, row_kind
    )
    select
        business.amount as business, ledger.amount as ledger,
        abs(business.amount - ledger.amount) as difference
    from total as business
    inner join total as ledger on business.bridge_code = ledger.bridge_code
    where business.row_kind = 'from_total' and ledger.row_kind = 'to_total'
        and business.amount <> ledger.amount
    order by difference desc
    limit 1
    """,
)
_PAYABLES = _Question(
    "headline_payables",
    ("payables_ageing",),
    """
    with open_item as (select * from marts.payables_ageing where as_of_date = $as_of),
    total as (
        select
            coalesce(sum(open_amount) filter (where row_kind = 'invoice'), 0) as business,
            sum(open_amount) as ledger
        from open_item
    )
    select business, ledger, abs(business - ledger) as difference from total where business <> ledger
    """,
)
_DUPLICATES = _Question(
    "headline_duplicates",
    ("ledger_lines",),
    """
    with line as (
        select
            company_code, origin_entity, origin_document_no, account_code, abs(amount) as amount,
            count(distinct case when credit > 0 then voucher_id end)
                - count(distinct case when credit < 0 then voucher_id end) as times
        from marts.ledger_lines
        where is_primary_ledger and entry_kind = 'document' and account_role = 'accounts_payable'
            and origin_entity = 'purchase_invoices' and origin_document_no is not null and credit <> 0
        group by all
    )
    select count(*) as line_count, sum(amount * (times - 1)) as amount, min(company_code) as company
    from line where times > 1 having count(*) > 0
    """,
)
_OVERDUE_RECEIVABLES = _Question(
    "headline_overdue_receivables",
    ("receivables_ageing",),
    """
    select
        sum(open_amount) as amount, count(distinct partner_code) as partner_count,
        sum(case when age_days > 90 then open_amount else 0 end) as long_overdue
    from marts.receivables_ageing
    where as_of_date = $as_of and row_kind = 'invoice' and due_date < $as_of and open_amount > 0
    having sum(open_amount) > 0
    """,
)
_OVERDUE_PAYABLES = _Question(
    "headline_overdue_payables",
    ("payables_ageing",),
    """
    select
        sum(open_amount) as amount, count(distinct partner_code) as partner_count,
        sum(case when age_days > 90 then open_amount else 0 end) as long_overdue
    from marts.payables_ageing
    where as_of_date = $as_of and row_kind = 'invoice' and due_date < $as_of and open_amount > 0
    having sum(open_amount) > 0
    """,
)
_UNREFERENCED = _Question(
    "headline_unreferenced",
    ("ledger_lines",),
    """
    select
        count(distinct case when origin_document_no is null then voucher_id end) as voucher_count,
        count(distinct voucher_id) as all_count,
        cast(round(
            100.0 * count(distinct case when origin_document_no is null then voucher_id end)
            / count(distinct voucher_id)
        ) as integer) as share,
        sum(case when origin_document_no is null then debit else 0 end) as amount
    from marts.ledger_lines
    where is_primary_ledger and entry_kind not in ('opening', 'closing') and fiscal_year = year($as_of)
    having count(distinct case when origin_document_no is null then voucher_id end) > 0
    """,
)
_UNMAPPED = _Question(
    "headline_unmapped",
    ("unmapped_codes",),
    """
    select count(*) as code_count, sum(abs(amount_at_stake)) as amount
    from marts.unmapped_codes having count(*) > 0
    """,
)
_CONTROL = _Question(
    "headline_control_totals",
    ("control_totals",),
    """
    select count(*) as line_count, sum(abs(coalesce(difference_amount, 0))) as amount
    from marts.control_totals where not is_equal having count(*) > 0
    """,
)
_UNPOSTED = _Question(
    "headline_unposted",
    ("unposted_ledger_lines",),
    """
    select count(distinct voucher_id) as voucher_count, sum(debit) as amount
    from marts.unposted_ledger_lines where is_primary_ledger having count(*) > 0
    """,
)
_QUESTIONS = (
    _BRIDGE,
    _finding("headline_missing", "missing"),
    _finding("headline_duplicate", "duplicate"),
    _finding("headline_wrong_period", "wrong_period"),
    _OVERDUE_RECEIVABLES,
    _PAYABLES,
    _DUPLICATES,
    _finding("headline_wrong_amount", "wrong_amount"),
    _OVERDUE_PAYABLES,
    _UNREFERENCED,
    _CONTROL,
    _UNMAPPED,
    _UNPOSTED,
)
_REPLACED_BY = {"headline_duplicates": "headline_duplicate"}
"""A headline that says less than another one is left out where that one speaks."""


def headlines(connection: duckdb.DuckDBPyConnection, as_of: date, count: int = 5) -> tuple[Headline, ...]:
    """Return the first `count` headlines that have news; amounts are in company currency."""
    known = {
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    }
    told: dict[str, Headline] = {}
    for question in _QUESTIONS:
        if len(told) == count:
            break
        if not known.issuperset(question.marts) or _REPLACED_BY.get(question.key) in told:
            continue
        if (figures := _ask(connection, question, as_of)) is not None:
            told[question.key] = Headline(question.key, figures)
    return tuple(told.values())


def _ask(connection: duckdb.DuckDBPyConnection, question: _Question, as_of: date) -> dict[str, str] | None:
    values = {"as_of": as_of} if "$as_of" in question.query else {}
    cursor = connection.execute(question.query, values)
    names = [column[0] for column in cursor.description or ()]
    row = cursor.fetchone()
    if row is None or any(value is None for value in row):
        return None
    return {name: _written(value) for name, value in zip(names, row, strict=True)}


def _written(value: Figure) -> str:
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else value
