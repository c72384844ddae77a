"""Sync sources: each under its own lock, so that a sick one keeps nobody else waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bridgebook.errors import BridgebookError, LockHeld, SettingsError
from bridgebook.installation import Installation, resolve
from bridgebook.locks import hold
from bridgebook.project import Shipped, shipped
from bridgebook.reporting import Report, silent, waiting
from bridgebook.runs import open_ledger
from bridgebook.settings import Settings, Source, read_password, source_url

if TYPE_CHECKING:
    from ingestion.sync import SyncResult

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
    from ingestion.sync import SourceSpec, sync_source

    home = installation.settings.home
    report("syncing", source=source.id)
    ledger = open_ledger(home)
    run_id = ledger.begin("sync", source_id=source.id)
    try:
        spec = SourceSpec(
            source_id=source.id,
            system=source.system,
            url=source_url(source, home),
            password=read_password(source, home),
            schema=source.schema_name,
            exclude_tables=source.tables.exclude,
            lag_minutes=source.lag_minutes,
            full_sweep_days=source.full_sweep_days,
        )
    except BridgebookError as error:
        zh, en = error.sentence("zh"), error.sentence("en")
        ledger.finish(run_id, "failure", message_zh=zh, message_en=en)
        return SourceOutcome(source.id, "failure", None, error)
    result = sync_source(
        spec,
        installation.packs[source.system],
        landing_dir=home.landing,
        dlt_dir=home.dlt,
        ledger=ledger,
        run_id=run_id,
        full=full,
    )
    return SourceOutcome(source.id, result.status, result)
