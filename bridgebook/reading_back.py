"""Read back: find in the books of a target, as its own source shows them, what we were told it holds.

A voucher is found by our reference, or by the number that the target gave, in the same company, year and
period, and only where its debits are ours. What the target acknowledged and its books do not show after some
syncs is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bridgebook import snapshots
from bridgebook.books import outbox
from bridgebook.books.outbox import Row, next_entry
from bridgebook.books.routing import enqueue_acknowledged, reference_of
from bridgebook.settings import Settings
from ingestion.outbound.target import short_reference

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


SHORT = (30, 32)  # characters that the reference fields of targets hold


@dataclass(frozen=True)
class Unseen:
    """A voucher that a target acknowledged and its books did not show in so many successful syncs since."""

    row: Row
    syncs: int


@dataclass(frozen=True)
class Held:
    """A voucher of the target as its source shows it."""

    voucher_id: str
    voucher_no: str


def read_back(settings: Settings, engine: "Engine") -> tuple[int, list[Unseen]]:
    """Write down which acknowledged vouchers the snapshot shows; return their count and what it lacks."""
    with engine.connect() as connection:
        acknowledged = [
            row
            for row in outbox.rows(connection)
            if row.kind == "voucher" and row.last is not None and row.last.outcome == "acknowledged"
        ]
    sources = {target.id: target.source for target in settings.targets if target.source}
    wanted = [row for row in acknowledged if row.target in sources]
    if not wanted or snapshots.current(settings.home) is None:
        return 0, []
    seen, unseen, told = [], [], []
    for row, held, syncs in _asked(settings, wanted, sources):
        if held is not None:
            seen.append(next_entry(row, "seen", target_id=held.voucher_id, target_no=held.voucher_no))
            if row.last is not None and not row.last.target_no:  # a file gives no number: it is known now
                told.append((row, held.voucher_no))
        elif syncs >= settings.target(row.target).unseen_syncs:
            unseen.append(Unseen(row, syncs))
    with engine.begin() as connection:
        outbox.add(connection, seen)
        for row, number in told:
            enqueue_acknowledged(connection, settings.targets, row, number)
    return len(seen), unseen


def _asked(
    settings: Settings, rows: Sequence[Row], sources: Mapping[str, str | None]
) -> list[tuple[Row, Held | None, int]]:
    """Return for each row what the source shows of it, and how many syncs ended well since."""
    import duckdb

    with duckdb.connect(str(snapshots.require(settings.home)), read_only=True) as connection:
        connection.execute(_WANTED)
        connection.executemany(
            "insert into wanted values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_wanted(row, sources[row.target]) for row in rows],
        )
        found = connection.execute(_FOUND).fetchall()
        syncs = connection.execute(_SYNCS).fetchall()
    held: dict[tuple[int, Decimal], Held] = {}
    for outbox_id, voucher_id, voucher_no, debit in found:
        held.setdefault((outbox_id, debit), Held(str(voucher_id), str(voucher_no)))
    # The same number with another amount is another voucher.
    return [
        (
            row,
            held.get((row.outbox_id, _debit(row))),
            sum(source == sources[row.target] and at > _acknowledged_at(row) for source, at in syncs),
        )
        for row in rows
    ]


def _wanted(row: Row, source: str | None) -> tuple[object, ...]:
    place = (row.payload[name] for name in ("company_code", "fiscal_year", "period_no"))
    reference = reference_of(row)
    kept = (reference, *(short_reference(reference, longest) for longest in SHORT))
    return (row.outbox_id, source, *place, *kept, row.last.target_no if row.last else None)


def _acknowledged_at(row: Row) -> datetime:
    """Return when a row was acknowledged, as moments stand in the marts: UTC without saying so."""
    assert row.last is not None
    return datetime.fromisoformat(row.last.at).replace(tzinfo=None)


def _debit(row: Row) -> Decimal:
    lines = row.payload["lines"]
    assert isinstance(lines, list)
    return sum((Decimal(str(line.get("debit") or 0)) for line in lines), Decimal(0))


_WANTED = """
create temp table wanted (
    outbox_id bigint, source_id varchar, company_code varchar, fiscal_year integer, period_no integer,
    reference varchar, reference_30 varchar, reference_32 varchar, target_no varchar
)
"""
_FOUND = """
select wanted.outbox_id, line.voucher_id, max(line.voucher_no) as voucher_no, sum(line.debit) as debit
from wanted
inner join marts.ledger_lines as line
    on wanted.source_id = line.source_id
    and wanted.company_code = line.company_code
    and wanted.fiscal_year = line.fiscal_year
    and wanted.period_no = line.period_no
where
    line.status <> 'void'
    and (
        line.origin_document_no in (wanted.reference, wanted.reference_30, wanted.reference_32)
        or line.settlement_no = wanted.reference
        or line.voucher_no = wanted.target_no
    )
group by wanted.outbox_id, line.voucher_id
order by wanted.outbox_id, line.voucher_id
"""
_SYNCS = """
select source_id, finished_at
from marts.sync_runs
where kind = 'sync' and status in ('success', 'partial')
"""
