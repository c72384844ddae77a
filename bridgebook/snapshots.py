"""Published snapshots: versioned files and a pointer to the current one, so that no reader is disturbed."""

import os
import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bridgebook.errors import NoSnapshot
from bridgebook.home import Home

KEPT = 5
_NAME = re.compile(r"^marts-(?P<version>\d{8}T\d{9}Z)\.duckdb$")


def current(home: Home) -> Path | None:
    """Return the snapshot that readers use now, or None where nothing was published yet."""
    try:
        name = home.pointer.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    file = home.snapshots / name
    return file if _NAME.match(name) and file.is_file() else None


def require(home: Home) -> Path:
    """Return the current snapshot or raise NoSnapshot with the remedy."""
    file = current(home)
    if file is None:
        raise NoSnapshot("no_snapshot", home=home.root)
    return file


def ask(home: Home, question: str, *, too_old: str) -> list[tuple[Any, ...]]:
    """Ask the current snapshot. Raises NoSnapshot: there is none, or it lacks what is asked (`too_old`)."""
    import duckdb

    file = require(home)
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            return connection.execute(question).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        raise NoSnapshot(too_old) from None


def version(snapshot: Path) -> str:
    """Return the version in a snapshot's name: the moment of publication in UTC."""
    found = _NAME.match(snapshot.name)
    if not found:
        raise ValueError(f"not a snapshot: {snapshot}")
    return found["version"]


def published_at(snapshot: Path) -> datetime:
    """Return when a snapshot was published (UTC)."""
    return datetime.strptime(version(snapshot) + "+0000", "%Y%m%dT%H%M%S%fZ%z")


def versions(home: Home) -> list[Path]:
    """Return every snapshot file, oldest first."""
    return sorted(file for file in home.snapshots.glob("marts-*.duckdb") if _NAME.match(file.name))


def next_path(home: Home) -> Path:
    """Return a name that no snapshot has had, later than every existing one."""
    moment = datetime.now(UTC)
    taken = versions(home)
    newest = version(taken[-1]) if taken else ""
    name = moment.strftime("%Y%m%dT%H%M%S") + f"{moment.microsecond // 1000:03d}Z"
    if name <= newest:
        name = f"{newest[:9]}{int(newest[9:18]) + 1:09d}Z"
    return home.snapshots / f"marts-{name}.duckdb"


def point_to(home: Home, snapshot: Path) -> None:
    """Make `snapshot` the current one: one rename, durable when this returns."""
    fresh = home.snapshots / f".CURRENT.{os.getpid()}.tmp"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(snapshot.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, home.pointer)
    sync_folder(home.snapshots)


def sweep(home: Home) -> list[Path]:
    """Delete what is no longer needed: all but the last KEPT snapshots, unpublished and temporary files."""
    keep = current(home)
    if keep is None:
        return []
    published = [file for file in versions(home) if file <= keep]
    wanted = set(published[-KEPT:])
    gone = [file for file in home.snapshots.iterdir() if _is_ours(file) and file not in wanted]
    for file in gone:
        file.unlink(missing_ok=True)
    return gone


def _is_ours(file: Path) -> bool:
    return file.name.startswith(("marts-", ".CURRENT.")) and file.is_file()


def sync_file(file: Path) -> None:
    """Make a file's content durable."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
