"""What every answer of one snapshot says about itself: completeness, published calibers, companies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.semantics.answer import Completeness
from dashboards.semantics.cache import Cache
from dashboards.semantics.question import MONTHS, Calendar
from dashboards.semantics.rights import Rights
from dashboards.warehouse import Snapshot

LATEST = (
    'select "source_id", "status", "finished_at", "run_id" from marts."sync_runs" where "kind" = ? '
    'and "source_id" is not null qualify row_number() over '
    '(partition by "source_id" order by "started_at" desc, "run_id" desc) = 1'
)
"""Last sync of every source."""


KEPT = 20
WHOLE_YEAR = 350  # days from the first period's start to the last one's end
_facts = Cache(KEPT)


@dataclass(frozen=True)
class SnapshotFacts:
    """What every answer of one snapshot says about itself."""

    completeness: Completeness
    calibers: dict[str, dict[str, str]]
    companies: tuple[tuple[str, str], ...]
    years: tuple[tuple[str, int, int], ...]


def facts(snapshot: Snapshot) -> SnapshotFacts:
    """Read once per snapshot: completeness, published calibers, companies."""
    known = _facts.get(snapshot.path)
    if isinstance(known, SnapshotFacts):
        return known
    made = SnapshotFacts(
        completeness(snapshot), _published_calibers(snapshot), _companies(snapshot), _years(snapshot)
    )
    _facts.put(snapshot.path, made)
    return made


def visible_companies(rights: Rights, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Companies (code, name) that the reader may choose."""
    every = facts(snapshot).companies
    if rights.companies is None:
        return every
    return tuple(company for company in every if company[0] in rights.companies)


def calendar(snapshot: Snapshot, companies: Iterable[str] | None) -> Calendar:
    """How many periods the years of companies have (None: of all); the finest calendar where they differ."""
    chosen = None if companies is None else set(companies)
    counts: dict[int, int] = {}
    for company, year, count in facts(snapshot).years:
        if chosen is None or company in chosen:
            counts[year] = max(count, counts.get(year, 0))
    return Calendar(tuple(sorted(counts.items())))


def completeness(snapshot: Snapshot) -> Completeness:
    """Read what the sync marts prove; a snapshot without them is of unknown completeness."""
    needed = {"sync_runs", "sync_tables", "sync_totals", "quarantined_rows"}
    if not needed <= snapshot.marts.keys():
        return Completeness(None, (), (), 0, 0, is_known=False)
    runs = snapshot.fetch(LATEST, ["sync"]).to_pylist()
    latest = f"latest as ({LATEST})"
    incomplete = snapshot.fetch(
        f'with {latest} select t."source_id" || \':\' || t."table_name" as name '
        'from marts."sync_tables" as t '
        'join latest using ("run_id", "source_id") where not coalesce(t."is_complete", false) order by 1',
        ["sync"],
    )
    unequal = snapshot.fetch(
        f'with {latest} select count(*) as n from marts."sync_totals" as t '
        'join latest using ("run_id", "source_id") where not coalesce(t."is_equal", false)',
        ["sync"],
    )
    held = snapshot.fetch('select count(*) as n from marts."quarantined_rows" where "state" = ?', ["held"])
    return Completeness(
        last_synced_at=max((run["finished_at"] for run in runs if run["finished_at"]), default=None),
        incomplete_tables=tuple(incomplete["name"].to_pylist()),
        failed_sources=tuple(run["source_id"] for run in runs if run["status"] not in ("success", "partial")),
        unequal_totals=unequal["n"][0].as_py(),
        quarantined_rows=held["n"][0].as_py(),
        is_known=bool(runs),
    )


def _published_calibers(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    if "calibers" not in snapshot.marts:
        return {}
    rows = snapshot.fetch('select * from marts."calibers" order by "caliber_code"').to_pylist()
    return {row["caliber_code"]: row for row in rows}


def _years(snapshot: Snapshot) -> tuple[tuple[str, int, int], ...]:
    """Company, fiscal year and number of regular periods, where the year is there from end to end."""
    if "periods" not in snapshot.marts:
        return ()
    rows = snapshot.fetch(
        'select "company_code", "fiscal_year", max("period_no") as periods, '
        'date_diff(\'day\', min("start_date"), max("end_date")) as days from marts."periods" '
        'where not coalesce("is_adjustment", false) and "company_code" is not null '
        'group by "company_code", "fiscal_year" order by "company_code", "fiscal_year"'
    ).to_pylist()
    return tuple(
        (row["company_code"], row["fiscal_year"], row["periods"])
        for row in rows
        if (row["days"] or 0) >= WHOLE_YEAR or row["periods"] > MONTHS
    )


def _companies(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    if "companies" not in snapshot.marts:
        return ()
    rows = snapshot.fetch(
        'select "company_code", max("company_name") as company_name from marts."companies" '
        'where "company_code" is not null group by "company_code" order by "company_code"'
    ).to_pylist()
    return tuple((row["company_code"], row["company_name"] or row["company_code"]) for row in rows)
