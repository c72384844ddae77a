"""The published snapshot, read-only: the only module that knows DuckDB.

One connection per snapshot file, one cursor per query; when the pointer moves, the old connection is closed
as soon as its last reader has left. The connection cannot leave its file and its configuration is locked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bridgebook import settings, snapshots
from bridgebook.home import Home
from dashboards.errors import NoSnapshot

MEMORY_LIMIT = "2GB"
BATCH_ROWS = 20_000


@dataclass(frozen=True)
class ColumnFacts:
    """Type and comment of a mart's column, as the snapshot itself states them."""

    type: str
    comment: str | None


@dataclass(eq=False)
class Snapshot:
    """One published snapshot with its open connection; ask it through `Warehouse.reading()`."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    readers: int = field(default=0, init=False)

    @property
    def version(self) -> str:
        return snapshots.version(self.path)

    def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Run one statement on a cursor of its own and return every row; decimals stay exact."""
        cursor = self.connection.cursor()
        try:
            return cursor.execute(sql, list(parameters)).to_arrow_table()
        finally:
            cursor.close()

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Run one statement and hand its rows over in batches, for results of any size."""
        cursor = self.connection.cursor()
        try:
            yield from cursor.execute(sql, list(parameters)).to_arrow_reader(BATCH_ROWS)
        finally:
            cursor.close()

    @cached_property
    def marts(self) -> dict[str, dict[str, ColumnFacts]]:
        """Every mart with its columns in order."""
        rows = self.fetch(
            "select table_name, column_name, data_type, comment from duckdb_columns() "
            "where schema_name = 'marts' and not internal order by table_name, column_index"
        ).to_pylist()
        marts: dict[str, dict[str, ColumnFacts]] = {}
        for row in rows:
            facts = ColumnFacts(row["data_type"], row["comment"])
            marts.setdefault(row["table_name"], {})[row["column_name"]] = facts
        return marts


class Warehouse:
    """Follow the CURRENT pointer of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._open: dict[Path, Snapshot] = {}

    def current_path(self) -> Path:
        """Return the file that the pointer names. Raises NoSnapshot."""
        path = snapshots.current(Home(self.home))
        if path is None:
            raise NoSnapshot(home=str(self.home))
        return path

    def past_versions(self) -> dict[str, Path]:
        """Instants of which the marts are kept as they were known then, newest first, with their files."""
        files = sorted(Home(self.home).as_of.glob("*Z/marts-*Z.duckdb"), reverse=True)
        return {file.parent.name: file for file in files}

    @contextmanager
    def reading(self, path: Path | None = None) -> Iterator[Snapshot]:
        """Hold the current snapshot, or a file of `past_versions`, while several questions are asked, so that
        all see one version.
        """
        snapshot = self._enter(path)
        try:
            yield snapshot
        finally:
            self._leave(snapshot)

    def open_versions(self) -> list[str]:
        """Versions whose connection is open now."""
        with self._lock:
            return sorted(snapshot.version for snapshot in self._open.values())

    def close(self) -> None:
        """Close every connection, also those in use."""
        with self._lock:
            for snapshot in self._open.values():
                snapshot.connection.close()
            self._open.clear()

    def _enter(self, asked: Path | None = None) -> Snapshot:
        for attempt in (1, 2):
            path = asked or self.current_path()
            try:
                with self._lock:
                    if path not in self._open:
                        self._open[path] = Snapshot(path, self._connect(path))
                    snapshot = self._open[path]
                    snapshot.readers += 1
                    self._close_unused(path if asked is None else self.current_path())
                    return snapshot
            except duckdb.IOException:
                # Between pointer and opening a publish may have swept the file away: look again.
                if attempt == 2:
                    raise NoSnapshot(home=str(self.home)) from None
        raise AssertionError

    def _leave(self, snapshot: Snapshot) -> None:
        with self._lock:
            snapshot.readers -= 1
            try:
                self._close_unused(self.current_path())
            except NoSnapshot:
                self._close_unused(snapshot.path)

    def _close_unused(self, current: Path) -> None:
        for path, snapshot in list(self._open.items()):
            if path != current and snapshot.readers == 0:
                snapshot.connection.close()
                del self._open[path]

    def _connect(self, path: Path) -> duckdb.DuckDBPyConnection:
        spill = self.home / "work" / "dashboard-spill"
        return duckdb.connect(
            str(path),
            read_only=True,
            config={
                "enable_external_access": "false",
                "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false",
                "allow_community_extensions": "false",
                "python_enable_replacements": "false",
                "memory_limit": MEMORY_LIMIT,
                "threads": str(settings.threads()),
                "temp_directory": str(spill),
                "lock_configuration": "true",
            },
        )
