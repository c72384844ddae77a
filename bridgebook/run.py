"""Sync, build and publish in one go, under one lock."""

from dataclasses import dataclass
from datetime import date

from bridgebook import landed
from bridgebook.build import WAIT_SECONDS, BuildResult, build_locked, locks_of
from bridgebook.errors import NothingLanded
from bridgebook.installation import resolve
from bridgebook.locks import hold_all
from bridgebook.project import Shipped, shipped
from bridgebook.publish import Publication, publish_locked
from bridgebook.reporting import Report, silent, waiting
from bridgebook.settings import Settings
from bridgebook.syncing import SourceOutcome, Synced, overall, sync_locked, untold


@dataclass(frozen=True)
class RunResult:
    """What a run did: each source's sync, the build, the publication."""

    syncs: tuple[SourceOutcome, ...]
    build: BuildResult
    publication: Publication


def run(
    settings: Settings,
    *,
    full: bool = False,
    as_of: date | None = None,
    report: Report = silent,
    source: Shipped | None = None,
    synced: Synced = untold,
) -> RunResult:
    """Sync every source, build, publish. A sick source does not keep the others' figures back.

    `full` reads every source anew and builds everything anew.
    """
    home, models = settings.home, source or shipped()
    home.create()
    names = ("publish", *locks_of(settings))
    with hold_all(home, names, "bridgebook run", WAIT_SECONDS, waiting=waiting(report)):
        installation = resolve(settings, models)
        syncs = tuple(
            sync_locked(installation, each, full=full, report=report, synced=synced)
            for each in settings.sources
        )
        if overall(syncs) == "failure" and not landed.landings(installation):
            raise NothingLanded("nothing_landed")
        built = build_locked(settings, full=full, as_of=as_of, report=report, source=models)
        return RunResult(syncs, built, publish_locked(settings, report=report))
