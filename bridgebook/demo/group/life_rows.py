"""Rows of vendors' tables in place, and what a copied document was and is."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """Hold a document that was entered like an earlier one: its table, both keys, and the day it is dated."""

    table: str
    old: str
    old_year: str  # empty where the key has no year
    new: str
    day: date
    rows: int


def rows_of(connection: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> list[Row]:
    """Read rows; the connection gives them by name."""
    return [dict(row) for row in connection.execute(query, values)]


def insert(connection: sqlite3.Connection, table: str, row: Row) -> None:
    """Write one row."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    connection.execute(f'insert into "{table}" ({names}) values ({marks})', tuple(row.values()))
