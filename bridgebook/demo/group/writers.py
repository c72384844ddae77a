"""Where rows go: SQLite files written in bulk, or any database that SQLAlchemy reaches."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from bridgebook.demo.group.schema import Column, Rows, Table, encode, joined, row_count
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
        if any(column.kind == "u" for column in spec.columns):
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
        roots = dict(
            connection.execute("select name, rootpage from sqlite_master where type = 'table'").fetchall()
        )
    return PageFile(path, roots)


UrlFactory = Callable[[str], str]
"""Give the SQLAlchemy URL of the (existing, empty) database that shall hold a database of the group."""


class ServerStore:
    """Write into databases that SQLAlchemy reaches, such as PostgreSQL and MariaDB; one transaction each."""

    def __init__(self, urls: UrlFactory, schemas: Mapping[str, Mapping[str, Table]]) -> None:
        """Connect, and create every table anew."""
        import sqlalchemy as sa

        self.rows: dict[tuple[str, str], int] = {}
        self.versions = dict.fromkeys(schemas, 0)
        self.schemas = schemas
        self.waiting: dict[tuple[str, str], list[Rows]] = {}
        self.sizes: dict[tuple[str, str], int] = {}
        self.engines = {name: sa.create_engine(urls(name)) for name in schemas}
        self.connections: dict[str, sa.Connection] = {}
        self.tables: dict[tuple[str, str], sa.Table] = {}
        for name, tables in schemas.items():
            metadata = sa.MetaData()
            for table in tables.values():
                columns = [sa.Column(column.name, _server_type(column)) for column in table.columns]
                self.tables[(name, table.name)] = sa.Table(table.name, metadata, *columns)
            metadata.drop_all(self.engines[name])
            metadata.create_all(self.engines[name])
            self.connections[name] = self.engines[name].connect()

    def write(self, database: str, table: str, rows: Rows) -> None:
        """Take rows of a table."""
        count, place = row_count(rows), (database, table)
        if count == 0:
            return
        if any(column.kind == "u" for column in self.schemas[database][table].columns):
            first = self.versions[database]
            self.versions[database] = first + count
            rows = {**rows, "ufts": np.arange(first + 1, first + count + 1)}
        self.waiting.setdefault(place, []).append(rows)
        self.sizes[place] = self.sizes.get(place, 0) + count
        self.rows[place] = self.rows.get(place, 0) + count
        if self.sizes[place] >= _ROWS_AT_ONCE:
            self._flush(place)

    def _flush(self, place: tuple[str, str]) -> None:
        spec = self.schemas[place[0]][place[1]]
        encoded = encode(spec, joined(spec, self.waiting.pop(place)))
        count = self.sizes.pop(place)
        columns = [
            column.to_pylist() if isinstance(column, pa.Array) else [column] * count for column in encoded
        ]
        names = [column.name for column in spec.columns]
        dates = [place for place, column in enumerate(spec.columns) if column.kind == "t"]
        for number in dates:
            columns[number] = [
                None if text is None else datetime.fromisoformat(text) for text in columns[number]
            ]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        self.connections[place[0]].execute(self.tables[place].insert(), rows)

    def close(self) -> None:
        """Write what is left and commit."""
        for place in list(self.waiting):
            self._flush(place)
        for connection in self.connections.values():
            connection.commit()
        self.release()

    def release(self) -> None:
        """Let go of every connection; what is not committed is lost."""
        for name, connection in self.connections.items():
            connection.close()
            self.engines[name].dispose()


def _server_type(column: Column) -> Any:
    import sqlalchemy as sa

    return {
        "c": sa.String(column.width or 1), "d": sa.CHAR(8), "m": sa.Numeric(18, 2), "q": sa.Numeric(18, 3),
        "r": sa.Numeric(20, 6), "i": sa.BigInteger(), "t": sa.DateTime(), "u": sa.BigInteger(),
    }[column.kind]  # fmt: skip
