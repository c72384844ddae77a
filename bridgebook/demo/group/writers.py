"""Where rows go: SQLite files written in bulk, or any database that SQLAlchemy reaches."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from bridgebook.demo.group.schema import Rows, Table, encode


class Store(Protocol):
    """Take rows of vendors' tables; `database` is a short name such as sap or u8_001_2026."""

    def write(self, database: str, table: str, rows: Rows) -> None:
        """Write rows, given as columns of plain arrays."""


def python_columns(table: pa.Table) -> list[list[object]]:
    """Turn Arrow columns into lists of Python values, cheaply."""
    result = []
    for column in table.columns:
        array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if pa.types.is_string(array.type) or array.null_count:
            result.append(array.to_pylist())
        else:
            result.append(array.to_numpy(zero_copy_only=False).tolist())
    return result


class SqliteStore:
    """Write SQLite files into a folder: one connection a file, one transaction for all of it."""

    def __init__(self, folder: Path, schemas: Mapping[str, Mapping[str, Table]]) -> None:
        """Create the files and all their tables; `schemas` gives the tables of each database."""
        self.folder = folder
        self.schemas = schemas
        self.rows: dict[tuple[str, str], int] = {}
        self.connections = {name: _open(folder / f"{name}.db", tables) for name, tables in schemas.items()}
        self.versions = dict.fromkeys(schemas, 0)

    def write(self, database: str, table: str, rows: Rows) -> None:
        """Insert rows into a table."""
        spec = self.schemas[database][table]
        encoded = self._stamped(database, encode(spec, rows))
        marks = ",".join("?" * len(spec.columns))
        columns = python_columns(encoded)
        self.connections[database].executemany(
            f'insert into "{table}" values ({marks})', zip(*columns, strict=True)
        )
        self.rows[(database, table)] = self.rows.get((database, table), 0) + encoded.num_rows

    def _stamped(self, database: str, encoded: pa.Table) -> pa.Table:
        """Give rows their row version, which grows with every row of the database."""
        if "ufts" not in encoded.column_names:
            return encoded
        first = self.versions[database]
        self.versions[database] = first + encoded.num_rows
        versions = pa.array(np.arange(first + 1, first + encoded.num_rows + 1))
        return encoded.set_column(encoded.column_names.index("ufts"), "ufts", versions)

    def close(self) -> None:
        """Commit and close every file."""
        for connection in self.connections.values():
            connection.execute("commit")
            connection.close()


def _open(path: Path, tables: Mapping[str, Table]) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = off")
    connection.execute("pragma synchronous = off")
    connection.execute("begin")
    for table in tables.values():
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
        connection.execute(f'create table "{table.name}" ({columns})')
    return connection
