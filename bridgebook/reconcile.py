"""Reconcile: the bridges of the current snapshot in sums, how much is matched, what changed since before."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgebook import snapshots
from bridgebook.changes import Changes, changes
from bridgebook.errors import BridgebookError, SettingsError
from bridgebook.home import Home

if TYPE_CHECKING:
    import duckdb


class NoBridges(BridgebookError):
    """The current snapshot was built before there were bridges."""


class WrongPeriod(SettingsError):
    """The months asked for cannot be read."""


@dataclass(frozen=True)
class Step:
    """One row of a bridge: its kind (from_total, step, to_total), word, amount and number of lines."""

    kind: str
    code: str
    name_zh: str
    name_en: str
    amount: Decimal
    lines: int


@dataclass(frozen=True)
class BridgeSums:
    """A bridge of one company and currency over the asked months; `residual` is exact.

    The match rates lie between 0 and 1; None where both ends are business calibers.
    """

    code: str
    name_zh: str
    name_en: str
    company: str
    currency: str
    steps: tuple[Step, ...]
    residual: Decimal
    rate_amount: Decimal | None
    rate_count: Decimal | None


@dataclass(frozen=True)
class Reconciliation:
    """All bridges asked for, the cells that do not close, findings by class, and what changed since the
    snapshot before (None: there is none, or the marts are of an earlier instant).
    """

    bridges: tuple[BridgeSums, ...]
    cells: int
    open_cells: int
    classes: tuple[tuple[str, int, Decimal], ...]
    changes: Changes | None

    @property
    def closes(self) -> bool:
        """Tell whether every residual is exactly 0."""
        return self.open_cells == 0 and all(bridge.residual == 0 for bridge in self.bridges)


_WHERE = """
where ($bridge is null or bridge_code = $bridge)
    and ($company is null or company_code = $company)
    and ($first is null or fiscal_year * 100 + period_no >= $first)
    and ($last is null or fiscal_year * 100 + period_no <= $last)
"""
_STEPS = f"""
select
    bridge_code, any_value(bridge_name_zh), any_value(bridge_name_en), company_code, document_currency_code,
    row_kind, step_code, any_value(step_name_zh), any_value(step_name_en), sum(amount), sum(line_count)
from marts.bridge_summary {_WHERE}
group by bridge_code, company_code, document_currency_code, step_no, row_kind, step_code
order by bridge_code, company_code, document_currency_code, step_no, step_code
"""
_RATES = f"""
select bridge_code, company_code, sum(matched_amount), sum(asked_amount), sum(matched_count), sum(asked_count)
from marts.bridge_summary {_WHERE} and row_kind = 'to_total'
group by bridge_code, company_code
"""
_CELLS = f"""
select count(*), count(*) filter (where residual <> 0) from (
    select sum(case when row_kind = 'to_total' then -amount else amount end) as residual
    from marts.bridge_summary {_WHERE}
    group by bridge_code, company_code, document_currency_code, fiscal_year, period_no
)
"""
_FINDINGS = """
select finding_class, count(*), sum(abs(amount)) from marts.findings
where state <> 'disappeared'
    and ($company is null or company_code = $company)
    and ($first is null or fiscal_year * 100 + period_no >= $first)
    and ($last is null or fiscal_year * 100 + period_no <= $last)
group by finding_class order by finding_class
"""


def reconcile(
    home: Home,
    *,
    bridge: str | None = None,
    company: str | None = None,
    months: tuple[int, int] | None = None,
    marts: Path | None = None,
) -> Reconciliation:
    """Sum the bridges of the current snapshot up; `months` are the first and last as year * 100 + period.

    With `marts` those of another file are, and nothing is compared with the snapshot before.
    """
    import duckdb

    file = marts or snapshots.require(home)
    first, last = months or (None, None)
    asked = {"bridge": bridge, "company": company, "first": first, "last": last}
    inside = {name: value for name, value in asked.items() if name != "bridge"}
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        try:
            rows = connection.execute(_STEPS, asked).fetchall()
            classes = tuple(connection.execute(_FINDINGS, inside).fetchall())
        except duckdb.CatalogException:
            raise NoBridges("reconcile_old") from None
        rates = {
            (row[0], row[1]): (_rate(row[2], row[3]), _rate(row[4], row[5]))
            for row in connection.execute(_RATES, asked).fetchall()
        }
        cells, open_cells = _cells(connection, asked)
    since = None if marts else _since(home, file, asked, open_cells)
    return Reconciliation(_bridges(rows, rates), cells, open_cells, classes, since)


def _cells(connection: "duckdb.DuckDBPyConnection", asked: dict[str, Any]) -> tuple[int, int]:
    """Return how many cells there are, and how many do not close."""
    found = connection.execute(_CELLS, asked).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _since(home: Home, snapshot: Path, asked: dict[str, Any], open_cells: int) -> Changes | None:
    """Compare with the snapshot before, where there is one with bridges."""
    import duckdb

    earlier = [file for file in snapshots.versions(home) if file.name < snapshot.name]
    if not earlier:
        return None
    inside = {name: value for name, value in asked.items() if name != "bridge"}
    try:
        with closing(duckdb.connect(str(earlier[-1]), read_only=True)) as connection:
            before = _cells(connection, asked)[1]
        return changes(snapshot, earlier[-1], inside, (before, open_cells))
    except (duckdb.CatalogException, duckdb.BinderException):
        return None


def _rate(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole else Decimal(part) / Decimal(whole)


def _bridges(
    rows: Sequence[Any], rates: dict[tuple[str, str], tuple[Decimal | None, Decimal | None]]
) -> tuple[BridgeSums, ...]:
    """Gather the rows of each bridge, company and currency, which come in their order."""
    gathered: dict[tuple[str, ...], list[Step]] = {}
    names: dict[str, tuple[str, str]] = {}
    for code, zh, en, company, currency, kind, step, step_zh, step_en, amount, lines in rows:
        names[code] = (zh, en)
        found = gathered.setdefault((code, company, currency), [])
        found.append(Step(kind, step, step_zh or step, step_en or step, amount, int(lines)))
    return tuple(
        BridgeSums(
            code,
            *names[code],
            company,
            currency,
            tuple(steps),
            _residual(steps),
            *rates.get((code, company), (None, None)),
        )
        for (code, company, currency), steps in gathered.items()
    )


def _residual(steps: Sequence[Step]) -> Decimal:
    return sum((-s.amount if s.kind == "to_total" else s.amount for s in steps), Decimal(0))


def months_of(period: str) -> tuple[int, int]:
    """Read "2025-01" or "2025-01..2025-12" as the first and last month, each year * 100 + period."""
    first, _, last = period.partition("..")
    try:
        begin, end = (
            int(year) * 100 + int(month) for year, month in (p.split("-") for p in (first, last or first))
        )
    except ValueError:
        raise WrongPeriod("reconcile_period", period=period) from None
    return begin, end
