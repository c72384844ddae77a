"""Where rows go: SQLite files written in bulk, or any database that SQLAlchemy reaches."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

import numpy as np

from bridgebook.demo.group.schema import Rows, Table, encode, joined, row_count
from bridgebook.demo.group.sqlite_pages import PAGE, PageFile


class Store(Protocol):
    """Take rows of vendors' tables; `database` is a short name such as sap or u8_001_2026."""

    def write(self, database: str, table: str, rows: Rows) -> None:
        """Write rows, given as columns of plain arrays."""


_ROWS_AT_ONCE = 20000


class SqliteStore:
    """Write SQLite files into a folder; rows gather by table and are written in large batches."""

    def __init__(self, folder: Path, schemas: Mapping[str, Mapping[str, Table]]) -> None:
        """Create the files and all their tables; `schemas` gives the tables of each database."""
        self.schemas = schemas
        self.rows: dict[tuple[str, str], int] = {}
        self.files = {name: _create(folder / f"{name}.db", tables) for name, tables in schemas.items()}
        self.versions = dict.fromkeys(schemas, 0)
        self.waiting: dict[tuple[str, str], list[Rows]] = {}
        self.sizes: dict[tuple[str, str], int] = {}

    def write(self, database: str, table: str, rows: Rows) -> None:
        """Take rows of a table."""
        count = row_count(rows)
        if count == 0:
            return
        place = (database, table)
        spec = self.schemas[database][table]
        if spec.columns[-1].kind == "u" or any(column.kind == "u" for column in spec.columns):
            first = self.versions[database]
            self.versions[database] = first + count
            rows = {**rows, "ufts": np.arange(first + 1, first + count + 1)}
        self.waiting.setdefault(place, []).append(rows)
        self.sizes[place] = self.sizes.get(place, 0) + count
        self.rows[place] = self.rows.get(place, 0) + count
        if self.sizes[place] >= _ROWS_AT_ONCE:
            self._flush(place, last=False)

    def _flush(self, place: tuple[str, str], *, last: bool) -> None:
        batches = self.waiting.pop(place, [])
        if batches:
            spec = self.schemas[place[0]][place[1]]
            encoded = encode(spec, joined(spec, batches))
            self.files[place[0]].append(place[1], encoded, self.sizes.pop(place), last=last)

    def close(self) -> None:
        """Write what is left and finish every file."""
        for place in list(self.waiting):
            self._flush(place, last=True)
        for file in self.files.values():
            file.close()


def _create(path: Path, tables: Mapping[str, Table]) -> PageFile:
    """Create an SQLite file with empty tables."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"pragma page_size = {PAGE}")
        connection.execute("begin")
        for table in tables.values():
            columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
            connection.execute(f'create table "{table.name}" ({columns})')
        connection.execute("commit")
        roots = dict(connection.execute("select name, rootpage from sqlite_master where type = 'table'").fetchall())
    return PageFile(path, roots)
