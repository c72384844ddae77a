"""Where an installation stands: what readers see, when each source was synced, who is working on it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bridgebook import snapshots
from bridgebook.home import Home
from bridgebook.locks import Holder, held
from bridgebook.runs import open_ledger
from bridgebook.settings import Settings


@dataclass(frozen=True)
class SourceState:
    """The last sync of a source; times are UTC text, empty where there was none."""

    source_id: str
    system: str
    status: str
    finished_at: str


@dataclass(frozen=True)
class Status:
    """The current snapshot, the sources, and the locks that are held."""

    home: Path
    snapshot: Path | None
    published_at: datetime | None
    sources: tuple[SourceState, ...]
    locks: dict[str, Holder]


def status(settings: Settings) -> Status:
    """Look; nothing is changed except that runs whose process died are marked as interrupted."""
    home = settings.home
    home.create()
    current = snapshots.current(home)
    last = _last_syncs(home)
    sources = tuple(
        SourceState(source.id, source.system, *last.get(source.id, ("-", ""))) for source in settings.sources
    )
    return Status(
        home.root, current, snapshots.published_at(current) if current else None, sources, held(home)
    )


def _last_syncs(home: Home) -> dict[str, tuple[str, str]]:
    rows = open_ledger(home).rows(
        "select source_id, status, coalesce(finished_at, started_at) as moment from sync_runs "
        "where kind = 'sync' order by started_at"
    )
    return {str(row["source_id"]): (str(row["status"]), str(row["moment"])[:19]) for row in rows}
