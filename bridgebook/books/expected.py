"""What the current snapshot expects in the books: drafts, documents booked before, the calendar."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgebook.books.periods import Period
from bridgebook.books.voucher import Draft, Hashes, Line, Source
from bridgebook.errors import NoSnapshot

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Unposted:
    """Documents without a voucher in a period: how many lines, and the amount where it is known."""

    company_code: str
    ledger_code: str
    fiscal_year: int
    period_no: int
    event: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Expected:
    """Drafts, periods and unposted documents of one snapshot; asks it again about documents booked before."""

    snapshot: Path | None
    drafts: tuple[Draft, ...]
    periods: tuple[Period, ...]
    unposted: tuple[Unposted, ...] = ()
    held_back: frozenset[tuple[str, str, str]] = frozenset()
    charts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    account_names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def names(self, company: str, ledger: str) -> dict[str, str]:
        """Return the names of the accounts of a company's ledger by their codes."""
        chart = self.charts.get((company, ledger), "")
        return {code: name for (of, code), name in self.account_names.items() if of == chart}

    def hashes(self, roots: Collection[str]) -> dict[str, Hashes]:
        """Return the content hashes of each expected voucher of a list that there is."""
        known = {draft.root_id: draft.hashes for draft in self.drafts}
        found = {root: known[root] for root in roots if root in known}
        wanted = [root for root in roots if root not in known]
        if self.snapshot is None or not wanted:
            return found
        with _opened(self.snapshot) as connection:
            _list(connection, wanted)
            question = (
                "select expected_voucher_id, content_hash, former_content_hash from marts.expected_vouchers "
                "inner join memory.wanted as wanted on expected_voucher_id = wanted.id"
            )
            rows = connection.execute(question).fetchall()
            return found | {root: Hashes(now, former or "") for root, now, former in rows}

    def stated(self, roots: Collection[str]) -> dict[str, Draft]:
        """Return these expected vouchers as drafts, whether the ledger holds them or not."""
        known = {draft.root_id: draft for draft in self.drafts if draft.root_id in set(roots)}
        wanted = [root for root in roots if root not in known]
        if self.snapshot is None or not wanted:
            return known
        with _opened(self.snapshot) as connection:
            _list(connection, wanted)
            heads = connection.execute(_STATED_HEADS).fetchall()
            lines = connection.execute(_UNMERGED).fetchall()
            stated = _drafts(heads, lines, _sources(connection))
            return known | {each.root_id: replace(each, lines=merged(each.lines)) for each in stated}


def read_expected(snapshot: Path) -> Expected:
    """Read drafts, periods and unposted documents of a snapshot. Raises NoSnapshot where it is an old one."""
    import duckdb

    try:
        with _opened(snapshot) as connection:
            connection.execute(_ALL_DRAFTS)
            heads = connection.execute(_DRAFT_HEADS).fetchall()
            lines = connection.execute(_LINES).fetchall()
            drafts = tuple(_drafts(heads, lines, _sources(connection)))
            periods = tuple(
                Period(start, end, company, year, number, closed)
                for company, year, number, start, end, closed in connection.execute(_PERIODS).fetchall()
            )
            unposted = tuple(Unposted(*row) for row in connection.execute(_UNPOSTED).fetchall())
            held_back = frozenset(connection.execute(_HELD_BACK).fetchall())
            charts = {
                (company, ledger): chart for company, ledger, chart in connection.execute(_CHARTS).fetchall()
            }
            names = {
                (chart, account): name
                for chart, account, name in connection.execute(_ACCOUNT_NAMES).fetchall()
            }
    except (duckdb.CatalogException, duckdb.BinderException):
        raise NoSnapshot("vouchers_old_snapshot") from None
    return Expected(snapshot, drafts, periods, unposted, held_back, charts, names)


_HEADS = """
select
    head.{key}, company_code, ledger_code, company_currency_code, event, rule_code, rule_version,
    voucher_date, {posting}, voucher_word, content_hash, former_content_hash, document_entity, document_id,
    document_no, attachment_count, correction_no, {state}
from marts.{table} as head
inner join memory.wanted as wanted on head.{key} = wanted.id
order by company_code, voucher_date, head.{key}
"""
_DRAFT_HEADS = _HEADS.format(table="voucher_drafts", key="draft_id", posting="posting_date", state="state")
_STATED_HEADS = _HEADS.format(
    table="expected_vouchers",
    key="expected_voucher_id",
    posting="voucher_date",
    state="case when incomplete_line_count > 0 then 'incomplete' else 'draft' end",
)
_ALL_DRAFTS = "create table memory.wanted as select draft_id as id from marts.voucher_drafts"
_LINE_COLUMNS = ", ".join(f"line.{name}" for name in Line._fields)
_LINES = f"""
select line.draft_id, {_LINE_COLUMNS}
from marts.voucher_draft_lines as line
order by line.draft_id, line.line_no
"""
_UNMERGED = f"""
select line.expected_voucher_id, {_LINE_COLUMNS}
from marts.expected_voucher_lines as line
inner join memory.wanted as wanted on line.expected_voucher_id = wanted.id
order by line.expected_voucher_id, line.line_no
"""
_SOURCES = """
select distinct
    line.expected_voucher_id, line.source_id, line.document_entity, line.line_id, line.company_code,
    line.ledger_code, line.event, line.fiscal_year, line.period_no, line.correction_no
from marts.expected_voucher_lines as line
inner join memory.wanted as wanted on line.expected_voucher_id = wanted.id
"""
_PERIODS = """
select company_code, fiscal_year, period_no, min(start_date), max(end_date), bool_or(status = 'closed')
from marts.periods
where not is_adjustment and start_date is not null and end_date is not null
group by company_code, fiscal_year, period_no
"""
_UNPOSTED = """
select
    unposted.company_code, coalesce(ledger.ledger_code, ''), unposted.fiscal_year, unposted.period_no,
    unposted.event, count(*), coalesce(sum(abs(unposted.amount)), 0)
from marts.unposted_documents as unposted
left join (
    select company_code, min(ledger_code) as ledger_code
    from marts.ledgers
    where is_primary
    group by company_code
) as ledger on unposted.company_code = ledger.company_code
group by all
"""
_HELD_BACK = "select distinct event, document_entity, document_id from marts.unposted_documents"
_ACCOUNT_NAMES = """
select chart_code, account_code, max(account_name) from marts.accounts
where chart_code is not null and account_name is not null
group by chart_code, account_code
"""
_CHARTS = """
select company_code, ledger_code, max(chart_code) from marts.ledgers where is_primary
group by company_code, ledger_code
"""


@contextmanager
def _opened(snapshot: Path) -> "Iterator[duckdb.DuckDBPyConnection]":
    import duckdb

    # Attached, not connected to: the screens hold the same file open in this process, their own way.
    with closing(duckdb.connect()) as connection:
        file = str(snapshot).replace("'", "''")
        connection.execute(f"attach '{file}' as snapshot (read_only)")
        connection.execute("use snapshot")
        yield connection


def _list(connection: "duckdb.DuckDBPyConnection", ids: Collection[str]) -> None:
    connection.execute("create table memory.wanted as select unnest(cast(? as varchar[])) as id", [list(ids)])


def _sources(connection: "duckdb.DuckDBPyConnection") -> list[tuple[Any, ...]]:
    return connection.execute(_SOURCES).fetchall()


def _drafts(
    heads: Iterable[tuple[Any, ...]], lines: Iterable[tuple[Any, ...]], sources: Iterable[tuple[Any, ...]]
) -> Iterator[Draft]:
    lines_of: dict[str, list[Line]] = defaultdict(list)
    for row in lines:
        lines_of[row[0]].append(Line(*row[1:]))
    sources_of: dict[str, list[Source]] = defaultdict(list)
    for row in sources:
        sources_of[row[0]].append(Source(*row[1:]))
    for draft_id, company, ledger, currency, event, rule, version, *rest in heads:
        day, posting, word, seal, former, entity, document, number, papers, correction, state = rest
        yield Draft(
            draft_id=draft_id,
            root_id=draft_id,
            company_code=company,
            ledger_code=ledger or "",
            company_currency_code=currency or "",
            event=event,
            rule_code=rule,
            rule_version=version,
            voucher_date=day,
            posting_date=posting,
            voucher_word=word or "",
            content_hash=seal,
            former_hash=former or "",
            lines=tuple(lines_of[draft_id]),
            sources=tuple(sorted(sources_of[draft_id])),
            document_entity=entity,
            document_id=document,
            document_no=number,
            attachment_count=papers or 0,
            correction_no=correction or 0,
            prepared_by=f"{rule} v{version}",
            fault=state if state in ("incomplete", "ambiguous") else "",
        )


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return lines with equal account, side, dimensions and summary as one, numbered anew."""
    apart = (
        "line_no", "debit", "credit", "amount", "currency_amount", "quantity", "document_id", "document_no",
    )  # fmt: skip
    kept: dict[tuple[object, ...], Line] = {}
    for line in lines:
        key = tuple(value for name, value in zip(line._fields, line, strict=True) if name not in apart)
        if key not in kept:
            kept[key] = line
            continue
        before = kept[key]
        same = before.document_id == line.document_id
        kept[key] = before._replace(
            debit=before.debit + line.debit,
            credit=before.credit + line.credit,
            amount=before.amount + line.amount,
            currency_amount=_sum(before.currency_amount, line.currency_amount),
            quantity=_sum(before.quantity, line.quantity),
            document_id=before.document_id if same else None,
            document_no=before.document_no if same else None,
        )
    return tuple(line._replace(line_no=number) for number, line in enumerate(kept.values(), 1))


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one + (other or 0)
