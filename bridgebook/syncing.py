"""Sync sources: each under its own lock, so that a sick one keeps nobody else waiting."""

from collections.abc import Sequence
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
                outcomes.append(sync_locked(installation, source, full=full, report=report))
        except LockHeld as refusal:
            if len(chosen) == 1:
                raise
            outcomes.append(SourceOutcome(source.id, "failure", None, refusal))
    return tuple(outcomes)


def sync_locked(
    installation: Installation, source: Source, *, full: bool = False, report: Report = silent
) -> SourceOutcome:
    """Sync one source for a caller that holds its lock already."""
    from ingestion.sync import sync_source

    home = installation.settings.home
    report("syncing", source=source.id)
    ledger = open_ledger(home)
    run_id = ledger.begin("sync", source_id=source.id)
    log_event("begin", kind="sync", run_id=run_id, source_id=source.id)
    try:
        spec = _spec(source, home)
        pack = installation.packs[source.system]
        result = sync_source(
            spec, pack, landing_dir=home.landing, dlt_dir=home.dlt, ledger=ledger, run_id=run_id, full=full
        )
    except BaseException as error:
        zh, en = reason(error)
        ledger.finish(run_id, "failure", message_zh=zh, message_en=en)
        log_event("end", kind="sync", run_id=run_id, source_id=source.id, status="failure", reason=en)
        if isinstance(error, BridgebookError):
            return SourceOutcome(source.id, "failure", None, error)
        raise
    ledger.finish(run_id, result.status, message=result.message)
    message = result.message_en
    log_event("end", kind="sync", run_id=run_id, source_id=source.id, status=result.status, reason=message)
    return SourceOutcome(source.id, _STATUS[result.status], result)


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
    )
