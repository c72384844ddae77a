"""Sync one source: read all its tables at one moment, land what changed, prove it, and record everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ingestion import errors
from ingestion.bills.settings import BillSettings
from ingestion.evolution import milliseconds
from ingestion.history import History
from ingestion.landing import RAW, LandingFile, landing_path, quoted
from ingestion.ledger import RunLedger, TableOutcome
from ingestion.loading import Loader
from ingestion.matching import Found, plan_table
from ingestion.packs import Pack, TableSpec
from ingestion.proofs import Proof
from ingestion.quarantine import Quarantine
from ingestion.stamps import freshness_minutes
from ingestion.table_sync import Room, TableSync
from ingestion.texts import Sentence, sentence
from ingestion.transports.database import DatabaseSource
from ingestion.transports.queries import NO_PARTITION

ROWS_PER_PACKAGE = 300_000
ATTEMPTS = 3
T = TypeVar("T")


@dataclass(frozen=True)
class SourceSpec:
    """One configured source. A relative SQLite path in `url` starts above the landing folder."""

    source_id: str
    system: str
    url: str
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    exclude_tables: tuple[str, ...] = ()
    lag_minutes: int = 1440
    full_sweep_days: float = 1
    bills: BillSettings | None = None


@dataclass(frozen=True)
class TableResult:
    """What became of one table: success, partial (incomplete or rows held) or failure."""

    table_name: str
    status: str
    rows_read: int
    rows_inserted: int
    rows_updated: int
    rows_deleted: int
    rows_quarantined: int
    source_row_count: int | None
    landed_row_count: int | None
    is_complete: bool | None
    message: Sentence | None


@dataclass(frozen=True)
class SyncResult:
    """What became of one source: success, partial or failure, with a sentence in both languages."""

    source_id: str
    status: str
    tables: tuple[TableResult, ...]
    message: Sentence

    @property
    def message_zh(self) -> str:
        return self.message.zh

    @property
    def message_en(self) -> str:
        return self.message.en


def sync_source(
    spec: SourceSpec,
    pack: Pack,
    *,
    landing_dir: Path,
    dlt_dir: Path,
    ledger: RunLedger,
    run_id: str,
    full: bool = False,
) -> SyncResult:
    """Bring a source's landing file up to date.

    Trouble at the source never raises: it is recorded in the ledger and returned. One sick table does not
    stop the others. `full` compares every row and accepts tables that were emptied or whose types changed.
    The caller begins and finishes the run in the ledger, and holds the lock of the source.
    """
    try:
        return _kind_of(pack)(spec, pack, landing_dir, dlt_dir, ledger, run_id, full).run()
    except errors.IngestionError as error:
        return SyncResult(spec.source_id, "failure", (), error.sentence)


def _kind_of(pack: Pack) -> type[SourceSync]:
    """Return how sources of a pack are synced: from a database, or from an inbox of files."""
    if pack.canonical is None:
        return SourceSync
    from ingestion.bills.sync import BillsSync

    return BillsSync


class SourceSync:
    """Holds what one run of one source needs, and the state of its tables."""

    def __init__(
        self,
        spec: SourceSpec,
        pack: Pack,
        landing_dir: Path,
        dlt_dir: Path,
        ledger: RunLedger,
        run_id: str,
        full: bool,
    ) -> None:
        self.spec, self.ledger, self.run_id, self.full = spec, ledger, run_id, full
        self.pack = pack
        self.specs = [table for table in pack.tables if table.name not in spec.exclude_tables]
        self.landing_dir, self.dlt_dir = landing_dir, dlt_dir
        self.source = self._source()
        self.started: dict[str, datetime] = {}
        self.results: dict[str, TableResult] = {}
        self.ready: list[TableSync] = []

    def _source(self) -> Any:
        """Return what is read: a database here."""
        spec = self.spec
        return DatabaseSource(
            spec.source_id,
            spec.url,
            password=spec.password,
            schema=spec.schema,
            relative_to=self.landing_dir.parent,
        )

    def _table(self, spec: TableSpec, number: int, found: Found) -> TableSync:
        """Return what brings one table up to date."""
        plan = plan_table(self.spec.source_id, spec, found, schema=self.source.schema)
        return TableSync(self.room, plan, number)

    def run(self) -> SyncResult:
        found = self._patiently(self._look_around)
        landing = LandingFile(
            landing_path(self.landing_dir, self.spec.source_id),
            spill_dir=self.dlt_dir / "spill" / self.spec.source_id,
        )
        try:
            self._open_room(landing)
            self._read_and_load(found)
            for table in self.ready:
                self._guarded(table.plan.spec, lambda table=table: self._prove(table))  # type: ignore[misc]
        finally:
            self.source.close()
            landing.close()
        return self._result()

    def _open_room(self, landing: LandingFile) -> None:
        spec = self.spec
        self.landing, self.history = landing, History(landing)
        self.room = Room(
            source_id=spec.source_id,
            source=self.source,
            landing=landing,
            history=self.history,
            quarantine=Quarantine(landing),
            lag=timedelta(minutes=spec.lag_minutes),
            full_sweep=timedelta(days=spec.full_sweep_days),
            full=self.full,
        )
        self.loader = Loader(spec.source_id, landing, self.dlt_dir)
        self.loader.forget_pending()

    def _look_around(self) -> Found:
        self.source.open()
        wanted = {table.name for table in self.specs}
        wanted |= {parent.table for table in self.specs for parent in table.parents.values()}
        found: Found = self.source.columns_of(sorted(wanted))
        is_database = isinstance(self.source, DatabaseSource)
        if is_database and self.specs and not any(table.name in found for table in self.specs):
            raise errors.NoTables(
                source=self.spec.source_id, address=self.source.address, system=self.spec.system,
                name=self.specs[0].name,
            )  # fmt: skip
        return found

    def _read_and_load(self, found: Found) -> None:
        waiting: list[TableSync] = []
        rows = 0
        for number, spec in enumerate(self.specs):
            self.started[spec.name] = datetime.now(UTC)
            table = self._guarded(spec, lambda spec=spec, number=number: self._read(spec, number, found))  # type: ignore[misc]
            if table is None:
                continue
            waiting.append(table)
            rows += table.inserting + table.updating
            if table.streams or rows >= ROWS_PER_PACKAGE:
                self._load(waiting)
                waiting, rows = [], 0
        self._load(waiting)

    def _read(self, spec: TableSpec, number: int, found: Found) -> TableSync | None:
        self.ledger.record_table(
            self.run_id, self.spec.source_id, TableOutcome(spec.name, "running", self.started[spec.name])
        )
        if spec.name not in found and spec.optional:
            self._land_nothing(spec)
            return None
        table = self._table(spec, number, found)

        def read() -> None:
            table.look()
            table.read()

        self._patiently(read)
        return table

    def _land_nothing(self, spec: TableSpec) -> None:
        """Land an optional table that the source does not have as an empty one."""
        rows = self.landing.row_count(spec.name) if self.landing.columns(spec.name) else 0
        if rows and not self.full:
            raise errors.SuspiciouslyEmpty(source=self.spec.source_id, table=spec.name, rows=rows)
        self.landing.create(spec.name, dict(spec.columns))
        if rows:
            keys = ", ".join(quoted(k) for k in spec.key)
            doomed = f"select {keys} from {RAW}.{quoted(spec.name)}"
            self.history.remove(
                spec.name, spec.key, doomed, self.landing.next_sequence(milliseconds()), "deleted"
            )
        self._record(
            TableOutcome(
                spec.name,
                "success",
                self.started[spec.name],
                datetime.now(UTC),
                rows_deleted=rows,
                source_row_count=0,
                landed_row_count=0,
                is_complete=True,
                message=sentence("table_missing_optional"),
            )
        )

    # --- loading -----------------------------------------------------------------------------------

    def _load(self, tables: Sequence[TableSync]) -> None:
        """Land what was read of some tables: first loads in one package, changes table by table."""
        if not tables:
            return
        sequence = self.landing.next_sequence(milliseconds())
        failed = self._load_first([table for table in tables if table.is_first and table.moves], sequence)
        for table in tables:
            if table not in failed:
                self._guarded(table.plan.spec, lambda table=table: self._end_load(table, sequence))  # type: ignore[misc]

    def _load_first(self, tables: Sequence[TableSync], sequence: int) -> list[TableSync]:
        """Load first loads in one package; when it fails, one by one; return those that failed."""
        if not tables:
            return []

        def load() -> None:
            self.loader.load([table.begin_first_load(sequence) for table in tables])

        try:
            if any(table.streams for table in tables):
                self._patiently(load)
            else:
                load()
        except Exception as error:
            if len(tables) > 1:
                return [sick for table in tables for sick in self._load_first([table], sequence)]
            self._fail(tables[0].plan.spec, error)
            return list(tables)
        return []

    def _end_load(self, table: TableSync, sequence: int) -> None:
        table.end_load(sequence)
        table.drop()
        if table not in self.ready:
            self.ready.append(table)

    # --- proving -----------------------------------------------------------------------------------

    def _prove(self, table: TableSync) -> None:
        proof = table.prove()
        for _ in range(2):
            if proof.is_complete:
                break
            unequal = proof.unequal
            self._patiently(lambda unequal=unequal: table.read_partitions(unequal))  # type: ignore[misc]
            self._load([table])
            if table.table in self.results:
                return
            proof = table.prove()
        self._record(self._outcome(table, proof), table, proof)

    def _outcome(self, table: TableSync, proof: Proof) -> TableOutcome:
        held = table.held_count
        message = sentence("table_complete", rows=proof.landed_count)
        if not proof.is_complete:
            message = self._what_differs(table.table, proof)
        elif held:
            first = table.shown()[0]
            message = sentence(
                "table_quarantined", source=self.spec.source_id, table=table.table, rows=held, key=first.key,
                reason=first.message.en, reason_zh=first.message.zh,
            )  # fmt: skip
        counts = table.counts
        return TableOutcome(
            table_name=table.table,
            status="success" if proof.is_complete and not held else "partial",
            started_at=self.started[table.table],
            finished_at=datetime.now(UTC),
            rows_read=counts.read,
            rows_inserted=counts.inserted,
            rows_updated=counts.updated,
            rows_deleted=counts.deleted,
            rows_quarantined=held,
            rows_collapsed=table.collapsed,
            source_row_count=proof.source_count,
            landed_row_count=proof.landed_count,
            is_complete=proof.is_complete,
            freshness_minutes=freshness_minutes(self.landing, table.plan),
            lag_minutes=self.spec.lag_minutes if table.mode == "changes" else None,
            schema_changes="; ".join(table.schema_changes),
            message=message,
            mode=table.mode,
        )

    def _what_differs(self, table: str, proof: Proof) -> Sentence:
        """Say where source and landed figures differ first: in rows, or else in a sum."""
        partition = proof.unequal[0]
        rows = [row for row in proof.rows if (row.company_code, row.period) == partition and not row.is_equal]
        row = rows[0]
        counted = row.source_count == row.landed_count + row.quarantined_count
        return sentence(
            "table_incomplete_sum" if counted else "table_incomplete",
            source=self.spec.source_id, table=table, partitions=len(proof.unequal), column=row.column_name,
            company=_shown(partition[0]), period=_shown(partition[1]), source_count=row.source_count,
            landed_count=row.landed_count, held_count=row.quarantined_count,
            source_sum=row.source_sum, landed_sum=row.landed_sum, held_sum=row.quarantined_sum,
        )  # fmt: skip

    # --- recording ---------------------------------------------------------------------------------

    def _record(
        self, outcome: TableOutcome, table: TableSync | None = None, proof: Proof | None = None
    ) -> None:
        source_id = self.spec.source_id
        if table is not None:
            self.ledger.record_quarantine(self.run_id, source_id, table.table, table.shown())
        self.ledger.record_table(self.run_id, source_id, outcome, proof.rows if proof else ())
        self.results[outcome.table_name] = TableResult(
            outcome.table_name, outcome.status, outcome.rows_read, outcome.rows_inserted,
            outcome.rows_updated, outcome.rows_deleted, outcome.rows_quarantined,
            outcome.source_row_count, outcome.landed_row_count, outcome.is_complete, outcome.message,
        )  # fmt: skip

    def _guarded(self, spec: TableSpec, work: Callable[[], T]) -> T | None:
        """Do some work on a table; whatever goes wrong is that table's failure alone."""
        try:
            return work()
        except Exception as error:
            self.landing.rollback()
            self._fail(spec, error)
            return None

    def _fail(self, spec: TableSpec, error: Exception) -> None:
        if not isinstance(error, errors.IngestionError):
            detail = f"{type(error).__name__}: {self.source.scrub(str(error))}"
            error = errors.LandingFailed(source=self.spec.source_id, table=spec.name, detail=detail)
        landed = self.landing.row_count(spec.name) if self.landing.columns(spec.name) else None
        self._record(
            TableOutcome(
                spec.name,
                "failure",
                self.started[spec.name],
                datetime.now(UTC),
                landed_row_count=landed,
                is_complete=False,
                message=error.sentence,
            )
        )

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do some work that reads the source; after a lost connection open it anew and do it again."""
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=0.5, max=10),
            retry=retry_if_exception_type((errors.ConnectionLost, errors.SourceUnreachable)),
            reraise=True,
        )
        for attempt in attempts:
            with attempt:
                if attempt.retry_state.attempt_number > 1:
                    self.source.open()
                return work()
        raise AssertionError("unreachable")

    def _result(self) -> SyncResult:
        names = dict.fromkeys((*(spec.name for spec in self.specs), *self.results))
        tables = tuple(self.results[name] for name in names if name in self.results)
        sick = [table for table in tables if table.status != "success"]
        facts = {
            "source": self.spec.source_id,
            "tables": len(tables),
            "sick": len(sick),
            "names": "、".join(t.table_name for t in sick[:5]) + ("…" if len(sick) > 5 else ""),
            "inserted": sum(t.rows_inserted for t in tables),
            "updated": sum(t.rows_updated for t in tables),
            "deleted": sum(t.rows_deleted for t in tables),
        }
        status = "success" if not sick else "partial"
        optional = {spec.name for spec in self.specs if spec.optional}
        needed = [table for table in tables if table.table_name not in optional] or tables
        if needed and all(table.status == "failure" for table in needed):
            status = "failure"
        return SyncResult(self.spec.source_id, status, tables, sentence(f"run_{status}", **facts))


def _shown(value: str | None) -> str:
    """Return a company or period as people read it; a dash where the table or the row has none."""
    return "—" if value in (None, "", NO_PARTITION) else str(value)
