"""What changed in reconciliation from one snapshot to the next: findings that are new, changed or gone."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Change = Literal["new", "changed", "gone"]
MOST = 20


@dataclass(frozen=True)
class ChangedFinding:
    """A finding that is new, has another amount, or is gone (`note_zh` and `note_en` say why)."""

    change: Change
    finding_id: str
    before: Decimal | None
    now: Decimal | None
    explanation_zh: str
    explanation_en: str
    note_zh: str
    note_en: str


@dataclass(frozen=True)
class Changes:
    """How many findings are new, changed, gone and as before, the largest of them, and the cells that did not
    close before and do not now.
    """

    new: int
    changed: int
    gone: int
    kept: int
    shown: tuple[ChangedFinding, ...]
    open_before: int
    open_now: int


_WHERE = """($company is null or company_code = $company)
        and ($first is null or fiscal_year * 100 + period_no >= $first)
        and ($last is null or fiscal_year * 100 + period_no <= $last)"""
_COMPARISON = f"""
with now as (select * from marts.findings where {_WHERE}),
before as (select * from earlier.marts.findings where {{before}} and {_WHERE}),
compared as (
    select
        case
            when before.finding_id is null then 'new'
            when now.finding_id is null or now.state = 'disappeared' then 'gone'
            when now.amount <> before.amount or now.expected_amount <> before.expected_amount then 'changed'
            else 'kept'
        end as change,
        coalesce(now.finding_id, before.finding_id) as finding_id,
        before.amount as amount_before,
        case when now.state <> 'disappeared' then now.amount end as amount_now,
        coalesce(now.explanation_zh, before.explanation_zh) as explanation_zh,
        coalesce(now.explanation_en, before.explanation_en) as explanation_en,
        coalesce(now.state_note_zh, '') as note_zh,
        coalesce(now.state_note_en, '') as note_en
    from now full join before on now.finding_id = before.finding_id
    where not (before.finding_id is null and now.state = 'disappeared')
),
ranked as (
    select
        *,
        count(*) over (partition by change) as changes,
        row_number() over (
            partition by change order by abs(coalesce(amount_now, amount_before)) desc, finding_id
        ) as place
    from compared
)
select
    change, changes, finding_id, amount_before, amount_now, explanation_zh, explanation_en, note_zh, note_en
from ranked
where place <= case change when 'kept' then 1 else {MOST} end
order by case change when 'new' then 1 when 'changed' then 2 when 'gone' then 3 else 4 end, place
"""


def changes(snapshot: Path, earlier: Path, inside: Mapping[str, Any], open_cells: tuple[int, int]) -> Changes:
    """Compare the findings of two snapshots; `inside` narrows by company, first and last month."""
    import duckdb

    with closing(duckdb.connect(str(snapshot), read_only=True)) as connection:
        connection.execute("attach '{}' as earlier (read_only)".format(str(earlier).replace("'", "''")))
        has_state = connection.execute(
            "select count(*) from duckdb_columns() where database_name = 'earlier' "
            "and schema_name = 'marts' and table_name = 'findings' and column_name = 'gone_reason'"
        ).fetchone() != (0,)
        before = "state <> 'disappeared'" if has_state else "true"
        rows = connection.execute(_COMPARISON.format(before=before), dict(inside)).fetchall()
        counts = {change: count for change, count, *_ in rows}
        shown = tuple(ChangedFinding(row[0], *row[2:]) for row in rows if row[0] != "kept" and row[2])
    new, changed, gone, kept = (int(counts.get(name, 0)) for name in ("new", "changed", "gone", "kept"))
    return Changes(new, changed, gone, kept, shown, *open_cells)
