"""Prove that what has landed is what the source has: counts and exact sums per table, company and period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ingestion.landing import RAW, LandingFile, literal, quoted
from ingestion.landing_types import LandingType
from ingestion.ledger import TotalRow
from ingestion.quarantine import Key
from ingestion.transports.database import Totals
from ingestion.transports.dialects import SourceColumn
from ingestion.transports.queries import NO_PARTITION, ParentColumn, TablePlan

Partition = tuple[str | None, str | None]
_CALENDAR = ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class Figures:
    """Count and sums of one partition."""

    count: int
    sums: tuple[Decimal, ...]


@dataclass(frozen=True)
class Only:
    """Landed rows whose columns, written as text, have one of these values."""

    columns: tuple[str, ...]
    values: tuple[Key, ...]


@dataclass(frozen=True)
class Proof:
    """The comparison of one table: its rows for the ledger, and the partitions that disagree."""

    rows: tuple[TotalRow, ...]
    source_count: int
    landed_count: int
    unequal: tuple[Partition, ...]

    @property
    def is_complete(self) -> bool:
        return not self.unequal


def by_partition(totals: Iterable[Totals]) -> dict[Partition, Figures]:
    """Add up totals by company and period, both written one way whatever the database calls them."""
    found: dict[Partition, Figures] = {}
    for total in totals:
        partition = (_code(total.company), _code(total.period))
        before = found.get(partition)
        if before is None:
            found[partition] = Figures(total.count, total.sums)
        else:
            sums = tuple(a + b for a, b in zip(before.sums, total.sums, strict=True))
            found[partition] = Figures(before.count + total.count, sums)
    return found


def _code(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal | float):
        return format(Decimal(str(value)).normalize(), "f")
    return str(value).strip()


def landed_totals(
    landing: LandingFile, plan: TablePlan, only: Only | None = None
) -> dict[Partition, Figures]:
    """Count and add up what has landed of a table (or only some rows), by the source's company and period."""
    company, join_company = _landed_partition(landing, plan.company)
    day, join_day = _landed_partition(landing, plan.date)
    month = "day"
    if day is None:
        day = f"'{NO_PARTITION}'"
    elif _is_calendar(landing, plan):  # by day first: a month is worked out once a day, not once a row
        day, month = f"cast({day} as date)", _landed_month(landing, plan, "day")
    else:
        day = _landed_month(landing, plan, day)
    money = [f"sum(t.{quoted(column)}) as s{n}" for n, column in enumerate(money_columns(plan))]
    daily = ", ".join(
        [f"{company or repr(NO_PARTITION)} as company", f"{day} as day", "count(*) as n", *money]
    )
    monthly = ", ".join(
        ["company", month, "cast(sum(n) as bigint)", *(f"sum(s{n})" for n in range(len(money)))]
    )
    joins = "".join(dict.fromkeys((join_company, join_day)))
    rows = landing.connection.execute(
        f"select {monthly} from (select {daily} "
        f"from {RAW}.{quoted(plan.spec.name)} t{joins}{_only(only)} group by all) group by all"
    ).fetchall()
    return by_partition(
        Totals(_code(c), _month(p), n, tuple(Decimal(0) if s is None else s for s in found))
        for c, p, n, *found in rows
    )


def _only(only: Only | None) -> str:
    if only is None:
        return ""
    columns = ", ".join(f"cast(t.{quoted(column)} as varchar)" for column in only.columns)
    listed = ", ".join("(" + ", ".join(literal(value) for value in values) + ")" for values in only.values)
    return f" where ({columns}) in ({listed})"


def parents_of(plan: TablePlan) -> list[ParentColumn]:
    """Return the parents, one per foreign key, that give a table its company and date."""
    found = {c.foreign_key: c for c in (plan.company, plan.date) if isinstance(c, ParentColumn)}
    return list(found.values())


def overall(figures: dict[Partition, Figures]) -> tuple[int, tuple[Decimal, ...]]:
    """Add up all partitions."""
    sums = zip(*(f.sums for f in figures.values()), strict=True)
    return sum(f.count for f in figures.values()), tuple(sum(column, Decimal(0)) for column in sums)


def plus(figures: dict[Partition, Figures], added: dict[Partition, Figures]) -> dict[Partition, Figures]:
    """Add figures partition by partition."""
    return less(figures, {p: Figures(-f.count, tuple(-s for s in f.sums)) for p, f in added.items()})


def landed_keys(landing: LandingFile, plan: TablePlan, only: Only) -> list[Key]:
    """Return the keys, as text, of some landed rows."""
    keys = ", ".join(f"cast(t.{quoted(k)} as varchar)" for k in plan.spec.key)
    query = f"select {keys} from {RAW}.{quoted(plan.spec.name)} t{_only(only)}"
    return [tuple(row) for row in landing.connection.execute(query).fetchall()]


def landed_keys_in(landing: LandingFile, plan: TablePlan, partitions: Sequence[Partition]) -> str:
    """Write the query for the landed keys of some companies and periods."""
    company, join_company = _landed_partition(landing, plan.company)
    day, join_day = _landed_partition(landing, plan.date)
    period = _landed_month(landing, plan, day) if day is not None else None
    joins = "".join(dict.fromkeys((join_company, join_day)))
    tests = []
    for company_code, month in partitions:
        both = [
            f"trim(cast({expression} as varchar)) is not distinct from {literal(value)}"
            for expression, value in ((company, company_code), (period, _as_landed(period, month)))
            if expression is not None
        ]
        tests.append(f"({' and '.join(both)})")
    keys = ", ".join(f"t.{quoted(k)}" for k in plan.spec.key)
    return f"select {keys} from {RAW}.{quoted(plan.spec.name)} t{joins} where {' or '.join(tests)}"


def _as_landed(period: str | None, month: str | None) -> str | None:
    """Write 'YYYY-MM' the way `_landed_month` does."""
    is_number = period is not None and period.startswith("year(")
    return str(int(month.replace("-", ""))) if is_number and month is not None else month


def less(figures: dict[Partition, Figures], taken: dict[Partition, Figures]) -> dict[Partition, Figures]:
    """Subtract figures partition by partition."""
    found = dict(figures)
    for partition, part in taken.items():
        before = found.get(partition, Figures(0, tuple(Decimal(0) for _ in part.sums)))
        sums = tuple(a - b for a, b in zip(before.sums, part.sums, strict=True))
        found[partition] = Figures(before.count - part.count, sums)
    return found


def money_columns(plan: TablePlan) -> list[str]:
    """Return the money columns that the source really has."""
    return [column for column in plan.spec.money if column in plan.source_columns]


def _landed_partition(
    landing: LandingFile, column: SourceColumn | ParentColumn | None
) -> tuple[str | None, str]:
    if column is None:
        return None, ""
    if not isinstance(column, ParentColumn):
        return f"t.{quoted(column.name)}", ""
    if column.landed_column not in landing.columns(column.landed_table):
        return "null", ""
    alias = quoted("p_" + column.foreign_key)
    join = (
        f" left join {RAW}.{quoted(column.landed_table)} {alias} "
        f"on {alias}.{quoted(column.landed_key)} = t.{quoted(column.foreign_key)}"
    )
    return f"{alias}.{quoted(column.landed_column)}", join


def _is_calendar(landing: LandingFile, plan: TablePlan) -> bool:
    """Tell whether the column that dates a table has landed as a date or moment."""
    if isinstance(plan.date, ParentColumn):
        columns = landing.columns(plan.date.landed_table)
        return plan.date.landed_column in columns and columns[plan.date.landed_column].name in _CALENDAR
    return plan.date is not None and _type_of(plan, plan.date.name).name in _CALENDAR


def _landed_month(landing: LandingFile, plan: TablePlan, expression: str) -> str:
    """Write the month as a number (year * 100 + month) for dates, as 'YYYY-MM' for texts."""
    if expression == "null":
        return "null"
    if _is_calendar(landing, plan):
        return f"year({expression}) * 100 + month({expression})"
    text = f"cast({expression} as varchar)"
    return (
        f"case when substr({text}, 5, 1) = '-' then substr({text}, 1, 7) "
        f"else substr({text}, 1, 4) || '-' || substr({text}, 5, 2) end"
    )


def _type_of(plan: TablePlan, source_name: str) -> LandingType:
    return next(c.type for c in plan.columns if c.source_name == source_name)


def _month(value: Any) -> str | None:
    return f"{value // 100:04d}-{value % 100:02d}" if isinstance(value, int) else value


def prove(
    plan: TablePlan,
    *,
    source: dict[Partition, Figures],
    landed: dict[Partition, Figures],
    apart: dict[Partition, Figures],
) -> Proof:
    """Compare: the source's figures must be those landed plus those set apart (held rows, equal copies)."""
    money = money_columns(plan)
    nothing = Figures(0, (Decimal(0),) * len(money))
    rows: list[TotalRow] = []
    unequal: list[Partition] = []
    for partition in sorted({*source, *landed, *apart}, key=lambda p: (p[0] or "", p[1] or "")):
        found = [figures.get(partition, nothing) for figures in (source, landed, apart)]
        there, here, aside = found
        partition_rows = _rows_of(partition, money, there, here, aside)
        rows.extend(partition_rows)
        if not all(row.is_equal for row in partition_rows):
            unequal.append(partition)
    return Proof(
        tuple(rows),
        sum(f.count for f in source.values()),
        sum(f.count for f in landed.values()),
        tuple(unequal),
    )


def _rows_of(
    partition: Partition, money: Sequence[str], there: Figures, here: Figures, aside: Figures
) -> list[TotalRow]:
    counts_agree = there.count == here.count + aside.count
    if not money:
        return [
            TotalRow("*", *partition, there.count, here.count, aside.count, None, None, None, counts_agree)
        ]
    return [
        TotalRow(
            column,
            *partition,
            there.count,
            here.count,
            aside.count,
            source_sum,
            landed_sum,
            apart_sum,
            counts_agree and source_sum == landed_sum + apart_sum,
        )
        for column, source_sum, landed_sum, apart_sum in zip(
            money, there.sums, here.sums, aside.sums, strict=True
        )
    ]
