"""Bring one table up to date: choose how to read it, read, compare with what has landed, apply, prove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pyarrow as pa

from ingestion import errors, proofs
from ingestion.batches import RejectedRow
from ingestion.evolution import prepare
from ingestion.history import History
from ingestion.landing import LandingFile
from ingestion.ledger import HeldRow
from ingestion.loading import TableLoad, with_sequence
from ingestion.quarantine import LIMIT, Key, Quarantine, shown
from ingestion.staging import Staging, typed_batches
from ingestion.stamps import read_since
from ingestion.transports.queries import (
    ChangedSince,
    Filter,
    InPartitions,
    ParentColumn,
    TablePlan,
    WithKeys,
    WithValues,
)
from ingestion.transports.source import Source

WHOLE_LIMIT = 100_000  # tables up to this size are compared row by row in every sync
KEYS_LIMIT = 1_000_000  # of tables up to this size every key is compared in every sync
ONE_THREAD_LIMIT = 10_000_000  # changes of tables up to this size are compared by one thread
PARTITION_LIMIT = 100  # more disagreeing company periods than this: compare the whole table
KEYS_PER_QUERY = 500
KEYS_ONE_BY_ONE = 20_000  # more keys than this are not asked for by key: everything is read


@dataclass(frozen=True)
class Room:
    """What the tables of one source share while it is synced."""

    source_id: str
    source: Source
    landing: LandingFile
    history: History
    quarantine: Quarantine
    lag: timedelta
    full_sweep: timedelta
    full: bool


@dataclass
class Counts:
    """What happened to the rows of one table in this run."""

    read: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass
class TableSync:
    """Holds the progress of one table through one run."""

    room: Room
    plan: TablePlan
    number: int
    mode: str = ""
    counts: Counts = field(default_factory=Counts)
    rejected: list[RejectedRow] = field(default_factory=list)
    copied: list[Key] = field(default_factory=list)
    schema_changes: list[str] = field(default_factory=list)
    source_totals: dict[proofs.Partition, proofs.Figures] = field(default_factory=dict)
    source_count: int = 0
    is_first: bool = True
    inserting: int = 0
    updating: int = 0
    doomed: str | None = None
    collapsed: int = 0
    staging: Staging | None = None
    may_not_be_emptied: ClassVar[bool] = True

    @property
    def table(self) -> str:
        return self.plan.spec.name

    @property
    def held_count(self) -> int:
        """How many rows of the source are held."""
        return len(self.rejected)

    def shown(self) -> list[HeldRow]:
        """Say for each held row why it is held."""
        return shown(self.plan.spec, self.rejected)

    # --- reading -----------------------------------------------------------------------------------

    def look(self) -> None:
        """Take the source's totals, refuse what may not be, prepare the landed table, choose how to read."""
        room = self.room
        self.counts, self.rejected, self.copied, self.doomed = Counts(), [], [], None
        self.inserting = self.updating = 0
        self.schema_changes = []
        self._take_source_totals()
        self.is_first = self.table not in room.landing.first_loaded()
        landed = (
            0 if self.is_first or not room.landing.columns(self.table) else room.landing.row_count(self.table)
        )
        if landed and not self.source_count and not room.full and self.may_not_be_emptied:
            raise errors.SuspiciouslyEmpty(source=room.source_id, table=self.table, rows=landed)
        prepared = prepare(room.landing, self.plan, room.source_id, is_first=self.is_first, full=room.full)
        self.plan, self.is_first = prepared.plan, prepared.is_first
        self.schema_changes = list(prepared.changes)
        self.mode = self._choose_mode(prepared.reads_anew)
        few = self.source_count <= WHOLE_LIMIT or self.mode == "changes"
        room.landing.use_threads(all_of_them=not few or self.source_count > ONE_THREAD_LIMIT)

    def _take_source_totals(self) -> None:
        self.source_totals = proofs.by_partition(self.room.source.totals(self.plan))
        self.source_count = sum(figures.count for figures in self.source_totals.values())

    def _choose_mode(self, schema_changed: bool) -> str:
        if self.is_first:
            return "first"
        if self.room.full or schema_changed or not self.plan.spec.cursor or self.source_count <= WHOLE_LIMIT:
            return "whole"
        if any(name not in self.plan.source_columns for name in self.plan.spec.cursor):
            return "whole"
        swept = self.room.landing.swept_at(self.table)
        now = datetime.now(UTC).replace(tzinfo=None)
        return "whole" if swept is None or now - swept >= self.room.full_sweep else "changes"

    @property
    def streams(self) -> bool:
        """Whether this is a first load too large to be staged beside the landing file."""
        return self.mode == "first" and self.source_count > WHOLE_LIMIT

    def read(self) -> None:
        """Read and stage what may have changed (a large first load is streamed by `load` instead)."""
        self.staging = Staging(self.room.landing, self.plan, self.number)
        if self.streams:
            return
        if self.mode == "changes":
            self._read_changes()
        else:
            self._stage(None)
        self._compare()

    def _stage(self, where: Filter | None) -> None:
        assert self.staging is not None
        self.staging.add(self._typed(where))

    def _typed(self, where: Filter | None) -> Iterator[pa.Table]:
        batches = self.room.source.rows(self.plan, self.plan.columns, where)
        for table in typed_batches(batches, self.plan.columns, self.plan.spec.key, self.rejected, LIMIT):
            self.counts.read += table.num_rows
            yield table
        self._check_limit()

    def _check_limit(self, rejected: Sequence[RejectedRow] | None = None) -> None:
        found = self.rejected if rejected is None else rejected
        if len(found) > LIMIT:
            raise errors.TooManyUntypable(
                source=self.room.source_id, table=self.table, rows=LIMIT, column=found[-1].column
            )

    def _read_changes(self) -> None:
        """Read rows stamped since the last sync less the lag, held rows, and keys that came or went."""
        assert self.staging is not None
        stamp = read_since(self.room.landing, self.plan, self.room.lag)
        self._stage(ChangedSince(stamp) if stamp is not None else None)
        again = {row.key for row in self.room.quarantine.held(self.table)}
        again |= set(self.room.quarantine.copied_keys(self.table))
        if self.source_count <= KEYS_LIMIT:
            again |= self._sweep_keys()
        if len(again) > KEYS_ONE_BY_ONE:
            self._read_everything()
        else:
            self._read_again(again)

    def _read_everything(self) -> None:
        """Change over to comparing every row."""
        self.mode, self.rejected, self.doomed = "whole", [], None
        self.staging = Staging(self.room.landing, self.plan, self.number)
        self._stage(None)

    def _read_again(self, keys: set[Key]) -> None:
        """Read some keys whole, instead of what was read of them by the stamp."""
        assert self.staging is not None
        if not keys:
            return
        self.staging.forget(keys)
        self.rejected = [row for row in self.rejected if row.key not in keys]
        for chunk in _chunks(sorted(keys, key=str), KEYS_PER_QUERY):
            self._stage(WithKeys(tuple(chunk)))

    def _sweep_keys(self) -> set[Key]:
        """Compare every key and its stamps: note the gone ones; return those to be read again."""
        assert self.staging is not None
        names = {*self.plan.spec.key, *self.plan.spec.cursor}
        columns = tuple(column for column in self.plan.columns if column.name in names)
        untypable: list[RejectedRow] = []
        batches = self.room.source.rows(self.plan, columns)
        self.staging.add_all_keys(
            typed_batches(batches, columns, self.plan.spec.key, untypable, LIMIT), columns
        )
        self._check_limit(untypable)
        self.doomed = self.staging.gone_by_keys()
        return self.staging.stale_keys(columns) | {row.key for row in untypable}

    # --- applying ----------------------------------------------------------------------------------

    @property
    def moves(self) -> bool:
        """Whether there are rows to be landed."""
        return self.streams or self.inserting + self.updating > 0

    def begin_first_load(self, sequence: int) -> TableLoad:
        """Hand over the rows of a first load; what an unfinished one left behind is thrown away."""
        assert self.staging is not None
        staging, types = self.staging, {column.name: column.type for column in self.plan.columns}
        self.room.landing.empty(self.table)

        def batches() -> Iterable[pa.Table]:
            return (
                with_sequence(self._typed(None), sequence) if self.streams else staging.changed_rows(sequence)
            )

        return TableLoad(self.table, types, self.plan.spec.key, batches)

    def end_load(self, sequence: int) -> None:
        """Land what changed, or settle copies of a streamed first load; delete the gone, note the held."""
        assert self.staging is not None
        if self.streams:
            self._settle(self.staging.raw)
            self.inserting = self.room.landing.row_count(self.table)
        elif not self.is_first:
            self._replace_changed(sequence)
            self._remove_held(sequence)
            if self.doomed is not None:
                key = self.plan.spec.key
                self.counts.deleted += self.room.history.remove(
                    self.table, key, self.doomed, sequence, "deleted"
                )
        self.counts.inserted += self.inserting
        self.counts.updated += self.updating
        self.inserting = self.updating = 0
        self.room.quarantine.replace(self.table, self.rejected, self.copied)
        self.room.landing.mark_landed(self.table, swept=self.mode != "changes")
        self.is_first = False

    def _replace_changed(self, sequence: int) -> None:
        """Put changed rows in the place of the landed ones, which go to the history, in one transaction."""
        assert self.staging is not None
        if self.moves:
            with self.room.landing.transaction():
                self.room.history.log(self.table, self.staging.replaced(), sequence, "replaced")
                self.staging.replace_landed(sequence)

    def _remove_held(self, sequence: int) -> None:
        """Take out landed rows whose present version is held; the old one goes to the history."""
        assert self.staging is not None
        keys = {row.key for row in self.rejected if None not in row.key}
        if keys:
            doomed = self.staging.landed_among(keys)
            self.room.history.remove(self.table, self.plan.spec.key, doomed, sequence, "replaced")

    # --- proving -----------------------------------------------------------------------------------

    def prove(self) -> proofs.Proof:
        """Compare the source's totals with what has landed and what is held."""
        doubled = {p.foreign_key for p in proofs.parents_of(self.plan) if self._is_doubled(p)}
        if doubled:  # the totals taken at first counted their children several times
            self.plan = self.plan.with_doubled(doubled)
            self._take_source_totals()
        landed = proofs.landed_totals(self.room.landing, self.plan)
        apart = self._apart()
        self.collapsed = sum(figures.count for figures in apart.values()) - self.held_count
        landed = self._with_held_parents(landed)
        return proofs.prove(self.plan, source=self.source_totals, landed=landed, apart=apart)

    def _is_doubled(self, parent: ParentColumn) -> bool:
        """Tell whether a parent is known to have several rows of one key at the source."""
        if parent.is_doubled:
            return False
        held = [row.key for row in self.room.quarantine.held(parent.landed_table)]
        return len(set(held)) < len(held) or bool(self.room.quarantine.copied_keys(parent.landed_table))

    def _apart(self) -> dict[proofs.Partition, proofs.Figures]:
        """Ask the source for the totals of held rows, and of equal copies beyond the first."""
        held = {row.key for row in self.rejected}
        found = []
        for chunk in _chunks(sorted({*held, *self.copied}, key=str), KEYS_PER_QUERY):
            found += self.room.source.totals(self.plan, WithKeys(tuple(chunk)))
        apart = proofs.by_partition(found)
        for chunk in _chunks(sorted(set(self.copied), key=str), KEYS_PER_QUERY):
            apart = proofs.less(apart, proofs.landed_totals(self.room.landing, self.plan, self._keyed(chunk)))
        return apart

    def _keyed(self, keys: Sequence[Key]) -> proofs.Only:
        return proofs.Only(self.plan.spec.key, tuple(keys))

    def _with_held_parents(
        self, landed: dict[proofs.Partition, proofs.Figures]
    ) -> dict[proofs.Partition, proofs.Figures]:
        """Count landed rows whose parent is held under the company and period of the source."""
        for parent in proofs.parents_of(self.plan):
            keys = {
                (row.key[0],)
                for row in self.room.quarantine.held(parent.landed_table)
                if row.key[0] is not None
            }
            for chunk in _chunks(sorted(keys), KEYS_PER_QUERY):
                only = proofs.Only((parent.foreign_key,), tuple(chunk))
                here = proofs.landed_totals(self.room.landing, self.plan, only)
                if not here:
                    continue
                values = tuple(key[0] for key in chunk)
                there = proofs.by_partition(
                    self.room.source.totals(self.plan, WithValues(parent.foreign_key, values))
                )
                if proofs.overall(here) != proofs.overall(there):  # some of their children are held too
                    there = self._source_totals_of(only)
                if proofs.overall(here) == proofs.overall(there):
                    landed = proofs.plus(proofs.less(landed, here), there)
        return {
            partition: figures for partition, figures in landed.items() if figures.count or any(figures.sums)
        }

    def _source_totals_of(self, only: proofs.Only) -> dict[proofs.Partition, proofs.Figures]:
        """Ask the source for the totals of just these landed rows."""
        found = []
        for chunk in _chunks(proofs.landed_keys(self.room.landing, self.plan, only), KEYS_PER_QUERY):
            found += self.room.source.totals(self.plan, WithKeys(tuple(chunk)))
        return proofs.by_partition(found)

    def read_partitions(self, partitions: Sequence[proofs.Partition]) -> None:
        """Read the disagreeing company periods again, or the whole table when that is as easy."""
        has_parts = self.plan.company is not None or self.plan.date is not None
        again = {row.key for row in self.rejected} | set(self.copied)
        self.rejected, self.copied, self.doomed = [], [], None
        self._take_source_totals()
        self.staging = Staging(self.room.landing, self.plan, self.number)
        if self.mode != "changes" or len(partitions) > PARTITION_LIMIT or not has_parts:
            self.mode = "whole"
            self._stage(None)
        else:
            self._stage(InPartitions(tuple(partitions)))
            self._read_again(again)
            landed = proofs.landed_keys_in(self.room.landing, self.plan, partitions)
            self._read_again(self.staging.suspects(landed))
            self.doomed = self.staging.gone_of_suspects()
        self._compare()

    def _settle(self, relation: str) -> None:
        """Hold what has no key of its own."""
        assert self.staging is not None
        untypable = {row.key for row in self.rejected if None not in row.key}
        self.rejected += self.staging.take_out(relation, untypable)
        held, self.copied = self.staging.settle_duplicates(relation)
        self.rejected += held
        self._check_limit()

    def _compare(self) -> None:
        assert self.staging is not None
        self._settle(self.staging.incoming)
        if self.mode == "whole":
            self.doomed = self.staging.gone()
        self.inserting, self.updating = self.staging.compare(first=self.is_first, few=self.mode == "changes")

    def drop(self) -> None:
        """Drop the scratch tables."""
        if self.staging is not None:
            self.staging.drop()


def _chunks(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
