"""A vendor's database made by hand: every table that a pack declares, and the rows a test states."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.landing_types import LandingType
from ingestion.packs import Pack, TableSpec, read_pack

STAGING = Path(__file__).parents[2] / "dbt_project" / "models" / "staging"
SQLITE_TYPES = {"BIGINT": "BIGINT", "BOOLEAN": "BOOLEAN", "VARCHAR": "VARCHAR", "TIMESTAMP": "DATETIME"}


def pack(system: str) -> Pack:
    """Read a shipped pack."""
    return read_pack(STAGING / system)


class VendorDatabase:
    """An open SQLite database with a pack's tables; `add` takes a row by column names.

    What a row does not state is NULL in U8. SAP knows no NULL: there it is the initial value, '' or 0.
    """

    def __init__(self, connection: sqlite3.Connection, system: str) -> None:
        self.connection = connection
        self.tables = {table.name: table for table in pack(system).tables}
        self.is_sap = system == "sap"

    def create(self) -> None:
        """Create all tables."""
        for table in self.tables.values():
            columns = ", ".join(f'"{name}" {_sqlite(kind)}' for name, kind in table.columns.items())
            self.connection.execute(f'create table "{table.name}" ({columns})')

    def add(self, table_name: str, **values: Any) -> None:
        """Insert one row; SAP rows are of client 100 where they do not state another."""
        table = self.tables[table_name]
        if unknown := set(values) - set(table.columns):
            raise KeyError(f"{table_name} has no column {', '.join(sorted(unknown))}")
        row = [self._stored(table, name, values) for name in table.columns]
        self.connection.execute(f'insert into "{table_name}" values ({", ".join("?" * len(row))})', row)

    def _stored(self, table: TableSpec, name: str, values: dict[str, Any]) -> Any:
        if name in values:
            value = values[name]
            return str(value) if isinstance(value, Decimal) else value
        if not self.is_sap:
            return None
        if name in ("MANDT", "RCLNT"):
            return "100"
        return "" if table.columns[name].name == "VARCHAR" else 0


def _sqlite(kind: LandingType) -> str:
    return "DECIMAL(28,6)" if kind.is_decimal else SQLITE_TYPES[kind.name]


@contextmanager
def vendor_database(file: Path, system: str) -> Iterator[VendorDatabase]:
    """Open a vendor's database for writing, creating it where it is not there; commit at the end."""
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        database = VendorDatabase(connection, system)
        if is_new:
            database.create()
        yield database
        connection.commit()


Writer = Callable[[VendorDatabase], None]
WRITERS: dict[str, list[Writer]] = {}


def rows_of(source_id: str) -> Callable[[Writer], Writer]:
    """Register a function that states rows of a source, above the tests that ask what became of them."""

    def register(writer: Writer) -> Writer:
        WRITERS.setdefault(source_id, []).append(writer)
        return writer

    return register
