"""Tryton's own reports against the published marts: both sides become {key: amounts}, and they must be equal.

Expected figures come from CSV files as Tryton's reports gave them (see tests/data/tryton82/oracle);
actual figures are asked of a snapshot. Either side leaves out rows in which all amounts are zero, so
that a comparison of the two dictionaries finds missing rows as well as surplus ones.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.tryton.installation import Installation

Amounts = tuple[Decimal, ...]
Figures = dict[tuple[object, ...], Amounts]
DEMO = Path(__file__).parents[1] / "data" / "tryton82" / "oracle"
SCOPES = {"True": "posted", "False": "all"}


def differences(expected: Figures, actual: Figures) -> list[str]:
    """Return one sentence for every key whose amounts differ or that stands on one side only."""
    found = []
    for key in sorted(expected.keys() | actual.keys(), key=str):
        ours, theirs = actual.get(key), expected.get(key)
        if ours != theirs:
            found.append(f"{key}: Tryton says {_shown(theirs)}, the mart says {_shown(ours)}")
    return found


def trial_balance(folder: Path, *, span: str) -> Figures:
    """Return {(scope, from, to, account): (start, debit, credit, end)}; `span` is month or year."""
    return _non_zero(
        (
            (SCOPES[row["posted_only"]], _day(row["from"]), _day(row["to"]), row["account_code"]),
            tuple(Decimal(row[name]) for name in ("start_balance", "debit", "credit", "end_balance")),
        )
        for row in _read(folder / "trial_balance.csv")
        if row["span"] == span
    )


def trial_balance_months(home: Installation, source_id: str, expected: Figures) -> Figures:
    """Return the mart's rows of the months that the report covers."""
    months = {(key[1], key[2]) for key in expected}
    rows = home.query(
        """
        select posting_scope, period_start, period_end, account_code,
            opening_amount, debit, credit, closing_amount
        from (from trial_balance union all by name from trial_balance_with_unposted) where source_id = ?
        """,
        [source_id],
    )
    return _non_zero((_own(row[:4], source_id), row[4:]) for row in rows if row[1:3] in months)


def trial_balance_years(home: Installation, source_id: str) -> Figures:
    """Return the mart's years: opening of the year, turnover of the year, closing of its last period."""
    rows = home.query(
        """
        select
            posting_scope, make_date(fiscal_year, 1, 1), make_date(fiscal_year, 12, 31), account_code,
            max_by(year_opening_amount, period_no), max_by(year_debit, period_no),
            max_by(year_credit, period_no), max_by(closing_amount, period_no)
        from (from trial_balance union all by name from trial_balance_with_unposted)
        where source_id = ? group by all
        """,
        [source_id],
    )
    return _non_zero((_own(row[:4], source_id), row[4:]) for row in rows)


def balance_sheet(folder: Path) -> Figures:
    """Return {(date, type): (amount,)} of the report."""
    return _non_zero(
        ((_day(row["date"]), row["type_id"]), (Decimal(row["amount"]),))
        for row in _read(folder / "balance_sheet.csv")
    )


def balance_sheet_mart(home: Installation, source_id: str, expected: Figures) -> Figures:
    """Return the mart's balance lines at the dates of the report."""
    days = {key[0] for key in expected}
    rows = home.query(
        "select period_end, line_code, amount from statement_balances where statement = ? and source_id = ?",
        ["balance", source_id],
    )
    return _non_zero((_own(row[:2], source_id), row[2:]) for row in rows if row[0] in days)


def income_statement(folder: Path) -> Figures:
    """Return {(from, to, type): (amount,)} of the report, months and whole years."""
    return _non_zero(
        ((_day(row["from"]), _day(row["to"]), row["type_id"]), (Decimal(row["amount"]),))
        for row in _read(folder / "income_statement.csv")
    )


def income_statement_mart(home: Installation, source_id: str, expected: Figures) -> Figures:
    """Return the mart's income lines summed over the spans of the report."""
    rows = home.query(
        "select period_end, line_code, amount from statement_balances where statement = ? and source_id = ?",
        ["income", source_id],
    )
    totals: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for start, end in {(key[0], key[1]) for key in expected}:
        for period_end, line_code, amount in rows:
            if start <= period_end <= end:
                totals[start, end, line_code] += amount
    return _non_zero((_own(key, source_id), (amount,)) for key, amount in totals.items())


def aged_balance(folder: Path) -> Figures:
    """Return {(date, side, party): (0-29, 30-59, 60-89, 90 and more days overdue, balance)}."""
    return _non_zero(
        (
            (_day(row["date"]), {"customer": "receivable", "supplier": "payable"}[row["type"]], row["party"]),
            tuple(_amount(row[name]) for name in ("current", "d30", "d60", "d90", "balance")),
        )
        for row in _read(folder / "aged_balance.csv")
    )


def _amount(text: str) -> Decimal:
    """Read an amount; on SQLite Tryton adds up floats in this report, whose noise is below any currency."""
    return Decimal(text).quantize(Decimal("0.0001")).normalize() + 0


def aged_balance_mart(home: Installation, source_id: str, expected: Figures) -> Figures:
    """Return the mart's open items by party in Tryton's terms.

    Tryton ages by due date (the entry's date where there is none): a term holds the days from its own
    number up to, but not including, the next one's; what is not yet due is in the balance only. Its
    report counts draft entries too: rows of the marts with is_posted = false. A payable is
    negative in Tryton (debit minus credit), positive in payables_ageing.
    """
    days = sorted({key[0] for key in expected}, key=str)
    totals: dict[tuple[object, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for side, sign in (("payable", -1), ("receivable", 1)):
        rows = home.query(
            f"""
            select as_of_date, partner_name, age_days, open_amount from {side}s_ageing
            where source_id = ? and list_contains(?, as_of_date)
            """,
            [source_id, days],
        )
        for day, party, age, amount in rows:
            _add(totals[day, side, party], age, sign * amount)
    return _non_zero((key, tuple(amounts)) for key, amounts in totals.items())


def _add(amounts: list[Decimal], age: int, amount: Decimal) -> None:
    amounts[4] += amount
    if age >= 0:
        amounts[min(age // 30, 3)] += amount


def stock(folder: Path) -> Figures:
    """Return {(date, item code): (quantity,)} of the report."""
    return _non_zero(
        ((_day(row["date"]), row["code"]), (Decimal(row["quantity"]),)) for row in _read(folder / "stock.csv")
    )


def stock_mart(home: Installation, source_id: str, expected: Figures) -> Figures:
    """Return the mart's quantities at the dates of the report, over all warehouses.

    The mart ends with the last period in which anything moved: what it says then holds from there on.
    """
    rows = home.query(
        "select period_end, item_code, sum(quantity) from stock_on_hand where source_id = ? group by all",
        [source_id],
    )
    ends = sorted({row[0] for row in rows})
    newest = {day: max((end for end in ends if end <= day), default=None) for day in {k[0] for k in expected}}
    return _non_zero(
        ((day, *_own(row[1:2], source_id)), row[2:])
        for day, end in newest.items()
        for row in rows
        if row[0] == end
    )


def tax_codes(folder: Path) -> Figures:
    """Return {(year, tax, document kind): (base, tax)}; codes are named `<tax> <base or tax> <kind>`."""
    totals: dict[tuple[object, ...], dict[str, Decimal]] = defaultdict(dict)
    for row in _read(folder / "tax_codes.csv"):
        tax, what, kind = row["code"].rsplit(" ", 2)
        totals[int(row["year"]), tax, kind][what] = Decimal(row["amount"])
    return _non_zero((key, (amounts["base"], amounts["tax"])) for key, amounts in totals.items())


def tax_codes_mart(home: Installation, source_id: str, expected: Figures) -> Figures:
    """Return the mart's totals by year, tax and document kind; Tryton shows credits without sign."""
    years = {key[0] for key in expected}
    rows = home.query(
        """
        select fiscal_year, tax_name, document_kind,
            sum(case document_kind when 'credit' then -base_amount else base_amount end),
            sum(case document_kind when 'credit' then -tax_amount else tax_amount end)
        from tax_totals where source_id = ? group by all
        """,
        [source_id],
    )
    return _non_zero((row[:3], row[3:]) for row in rows if row[0] in years)


def _read(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _own(key: tuple[object, ...], source_id: str) -> tuple[object, ...]:
    """Return the key in the source's own codes: those of a source that is not the master carry its name."""
    return tuple(part.removeprefix(f"{source_id}:") if isinstance(part, str) else part for part in key)


def _non_zero(rows: Iterable[tuple[tuple[object, ...], Amounts]]) -> Figures:
    figures: Figures = {}
    for key, amounts in rows:
        if any(amounts):
            if key in figures:
                raise AssertionError(f"two rows for {key}: {figures[key]} and {amounts}")
            figures[key] = amounts
    return figures


def _shown(amounts: Amounts | None) -> str:
    return "nothing" if amounts is None else " ".join(f"{amount:f}" for amount in amounts)
