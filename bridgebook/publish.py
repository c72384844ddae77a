"""Publish the finished build as a new snapshot; no reader is disturbed, failure leaves the last good one."""

import os
from dataclasses import dataclass
from pathlib import Path

from bridgebook import build_state, snapshots
from bridgebook.build import WAIT_SECONDS
from bridgebook.compaction import compact_if_bloated
from bridgebook.errors import NothingToPublish
from bridgebook.home import Home
from bridgebook.locks import hold_all
from bridgebook.records import open_books, record_publication
from bridgebook.reporting import Report, silent, waiting
from bridgebook.runs import recorded
from bridgebook.settings import Settings

LOCKS = ("build", "publish")


@dataclass(frozen=True)
class Publication:
    """What readers see now: the snapshot, and whether this command put it there."""

    snapshot: Path
    is_new: bool


def publish(settings: Settings, *, report: Report = silent) -> Publication:
    """Publish under the build lock; raise NothingToPublish where no build finished."""
    with hold_all(settings.home, LOCKS, "bridgebook publish", WAIT_SECONDS, waiting=waiting(report)):
        return publish_locked(settings, report=report)


def publish_locked(settings: Settings, *, report: Report = silent) -> Publication:
    """Publish for a caller that holds the build lock already.

    Order: everything of the new file is on disk, then it gets its name, then the pointer moves.
    Killed anywhere in between, the pointer still names a complete snapshot.
    """
    home = settings.home
    state = build_state.read(home.marts_file)
    last = snapshots.current(home)
    if state is None:
        published = build_state.read(last) if last else None
        if last is None or published is None:
            raise NothingToPublish("nothing_to_publish")
        report("already_published", version=snapshots.version(last))
        return Publication(last, is_new=False)
    with recorded(home, "publish", state.rules_hash):
        books = open_books(settings)  # where it cannot be recorded, it is not published
        compact_if_bloated(home.marts_file, "marts", {})
        snapshots.sweep(home)
        snapshot = _name_it(home)
        snapshots.point_to(home, snapshot)
        snapshots.sweep(home)
        record_publication(books, snapshots.version(snapshot), state.build_id, state.rules_hash)
    report("published", version=snapshots.version(snapshot))
    return Publication(snapshot, is_new=True)


def _name_it(home: Home) -> Path:
    """Make the built file durable and give it its name among the snapshots."""
    snapshot = snapshots.next_path(home)
    snapshots.sync_file(home.marts_file)
    os.rename(home.marts_file, snapshot)
    snapshots.sync_folder(home.snapshots)
    return snapshot
