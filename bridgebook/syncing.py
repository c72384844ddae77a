"""Sync sources: each under its own lock, so that a sick one keeps nobody else waiting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bridgebook.errors import BridgebookError, LockHeld, SettingsError
from bridgebook.installation import Installation, resolve
from bridgebook.locks import hold
from bridgebook.logs import log_event
from bridgebook.project import Shipped, shipped
from bridgebook.reporting import Report, silent, waiting
from bridgebook.runs import open_ledger, reason
from bridgebook.settings import Home, Settings, Source, read_password

if TYPE_CHECKING:
    from ingestion.bills.settings import BillSettings
    from ingestion.ledger import RunLedger
    from ingestion.sync import SourceSpec, SyncResult

WAIT_SECONDS = 60.0
Status = Literal["success", "partial", "failure"]


@dataclass(frozen=True)
class SourceOutcome:
    """How the sync of one source ended; `result` is missing where it could not begin."""

    source_id: str
    status: Status
    result: "SyncResult | None"
    error: BridgebookError | None = None


Synced = Callable[[SourceOutcome], None]


def untold(outcome: SourceOutcome) -> None:
    """Tell nobody that a source was synced."""


def overall(outcomes: Sequence[SourceOutcome]) -> Status:
    """Return success where every source is complete, failure where none brought anything, else partial."""
    states = {outcome.status for outcome in outcomes}
    if states <= {"success"}:
        return "success"
    return "failure" if states == {"failure"} else "partial"


def sync(
    settings: Settings,
    source_id: str | None = None,
    *,
    full: bool = False,
    report: Report = silent,
    packs: Shipped | None = None,
    synced: Synced = untold,
) -> tuple[SourceOutcome, ...]:
    """Sync one source or all; trouble with a source is an outcome, so is a held lock beside others."""
    chosen = (settings.source(source_id),) if source_id else settings.sources
    if not chosen:
        raise SettingsError("no_sources", file=settings.home.settings_file)
    settings.home.create()
    installation = resolve(settings, packs or shipped())
    outcomes = []
    for source in chosen:
        try:
            name = f"source-{source.id}"
            purpose = f"bridgebook sync {source.id}"
            with hold(settings.home, name, purpose, WAIT_SECONDS, waiting=waiting(report)):
                outcome = sync_locked(installation, source, full=full, report=report, synced=synced)
                outcomes.append(outcome)
        except LockHeld as refusal:
            if len(chosen) == 1:
                raise
            outcomes.append(SourceOutcome(source.id, "failure", None, refusal))
            synced(outcomes[-1])
    return tuple(outcomes)


def sync_locked(
    installation: Installation,
    source: Source,
    *,
    full: bool = False,
    report: Report = silent,
    synced: Synced = untold,
) -> SourceOutcome:
    """Sync one source for a caller that holds its lock already."""
    home = installation.settings.home
    report("syncing", source=source.id)
    ledger = open_ledger(home)
    run_id = ledger.begin("sync", source_id=source.id)
    log_event("begin", kind="sync", run_id=run_id, source_id=source.id)
    try:
        outcome = _sync(installation, source, ledger, run_id, full=full)
    except BaseException as error:
        _finish(ledger, run_id, source, "failure", *reason(error))
        raise
    if outcome.result is not None:
        _finish(ledger, run_id, source, outcome.status, outcome.result.message_zh, outcome.result.message_en)
    elif outcome.error is not None:
        _finish(ledger, run_id, source, outcome.status, *reason(outcome.error))
    synced(outcome)
    return outcome


def _sync(
    installation: Installation, source: Source, ledger: "RunLedger", run_id: str, *, full: bool
) -> SourceOutcome:
    from ingestion.sync import sync_source

    home = installation.settings.home
    try:
        spec = _spec(source, home)
    except BridgebookError as error:
        return SourceOutcome(source.id, "failure", None, error)
    pack = installation.packs[source.system]
    result = sync_source(
        spec, pack, landing_dir=home.landing, dlt_dir=home.dlt, ledger=ledger, run_id=run_id, full=full
    )
    return SourceOutcome(source.id, _STATUS[result.status], result)


def _finish(ledger: "RunLedger", run_id: str, source: Source, status: str, zh: str, en: str) -> None:
    ledger.finish(run_id, status, message_zh=zh, message_en=en)
    log_event("end", kind="sync", run_id=run_id, source_id=source.id, status=status, reason=en)


_STATUS: dict[str, Status] = {"success": "success", "partial": "partial", "failure": "failure"}


def _spec(source: Source, home: Home) -> "SourceSpec":
    """Return what the ingestion room needs to know about a source; raise SecretUnavailable."""
    from ingestion.sync import SourceSpec

    return SourceSpec(
        source_id=source.id,
        system=source.system,
        url=source.url,
        password=read_password(source, home),
        schema=source.schema_name,
        exclude_tables=source.tables.exclude,
        lag_minutes=source.lag_minutes,
        full_sweep_days=source.full_sweep_days,
        bills=bill_settings(source, home) if source.reads_files else None,
    )


def bill_settings(source: Source, home: Home) -> "BillSettings":
    """Return how a source's files are found and written; the default inbox is made where it is missing."""
    from ingestion.bills.settings import BillSettings, EntityRules

    told = source.bills
    named = told.inbox or source.inbox
    inbox = home.root / named if named else home.inbox / source.id
    if not named:
        inbox.mkdir(parents=True, exist_ok=True)
    tables = {"": told, **told.entity}
    return BillSettings(
        inbox=inbox,
        when_removed=told.when_removed,
        encoding=told.encoding,
        delimiter=told.delimiter,
        decimal=told.decimal,
        date_format=told.date_format,
        sheets=told.sheets,
        ignore=told.ignore,
        entities=told.entities,
        rules={name: EntityRules(each.headings, each.values, each.fill) for name, each in tables.items()},
    )
