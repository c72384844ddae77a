"""How complete a snapshot is, from the sync marts that were published with it."""

from __future__ import annotations


from dashboards.semantics.answer import Completeness
from dashboards.warehouse import Snapshot

LATEST = (
    'select "source_id", "status", "finished_at", "run_id" from marts."sync_runs" where "kind" = ? '
    'and "source_id" is not null qualify row_number() over '
    '(partition by "source_id" order by "started_at" desc, "run_id" desc) = 1'
)
"""Last sync of every source."""


def completeness(snapshot: Snapshot) -> Completeness:
    """Read what the sync marts prove; a snapshot without them is of unknown completeness."""
    needed = {"sync_runs", "sync_tables", "sync_totals", "quarantined_rows"}
    if not needed <= snapshot.marts.keys():
        return Completeness(None, (), (), 0, 0, is_known=False)
    runs = snapshot.fetch(LATEST, ["sync"]).to_pylist()
    latest = f"latest as ({LATEST})"
    incomplete = snapshot.fetch(
        f'with {latest} select t."source_id" || \':\' || t."table_name" as name from marts."sync_tables" as t '
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
