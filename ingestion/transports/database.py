"""Read one database: what tables it has, their rows in batches, and their totals, all from one moment."""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pyarrow as pa

from ingestion import errors
from ingestion.batches import Column, LandedColumn
from ingestion.landing_types import BadValue, LandingType, number_of, to_decimal
from ingestion.transports import postgresql_catalog
from ingestion.transports.address import Address, read_address
from ingestion.transports.dialects import Dialect, SourceColumn, dialect_of
from ingestion.transports.queries import (
    Filter,
    TablePlan,
    money_rows_query,
    rows_query,
    totals_query,
)
from ingestion.transports.read_ahead import read_ahead

if TYPE_CHECKING:
    import sqlalchemy

ROWS_PER_BATCH = 20_000


@dataclass(frozen=True)
class Totals:
    """Row count and exact sums (parallel to the money columns) of one company and period."""

    company: Any
    period: Any
    count: int
    sums: tuple[Decimal, ...]


class DatabaseSource:
    """Holds one read-only connection; everything read through it between two `open` calls is one moment
    where the database has snapshots (SQLite, PostgreSQL, MySQL/MariaDB with InnoDB, Oracle)."""

    def __init__(
        self, source_id: str, url: str, *, password: str | None, schema: str | None, relative_to: Path
    ) -> None:
        self.source_id = source_id
        parsed = read_address(url)
        if parsed is None:
            raise errors.UnsupportedSource(source=source_id, name="?")
        self.dialect: Dialect = dialect_of(parsed, source_id)
        drivername = self.dialect.drivername
        if "+" in parsed.drivername and self.dialect.name in ("mssql", "oracle", "mysql"):
            drivername = parsed.drivername.replace("mariadb+", "mysql+")
        self.url: Address = replace(parsed, drivername=drivername, password=password or parsed.password)
        self.schema = schema or self.dialect.default_schema
        self.relative_to = relative_to
        self._connection: Any = None

    @property
    def address(self) -> str:
        """Where the source is, without user and password."""
        if self.dialect.name == "sqlite":
            return str(self._sqlite_path())
        port = f":{self.url.port}" if self.url.port else ""
        return f"{self.url.host or 'local'}{port}/{self.url.database or ''}"

    def open(self) -> None:
        """Connect and start the read-only snapshot."""
        self.close()
        with self.translated():
            self._connection = self._connect()
            with closing(self._connection.cursor()) as cursor:
                self.dialect.begin(cursor)

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.rollback()
            with suppress(Exception):
                self._connection.close()
            self._connection = None

    def translated(self, table: str | None = None) -> _Translated:
        """Return a context that turns a driver's errors into ours, without any secret."""
        return _Translated(self, table)

    def scrub(self, text: str) -> str:
        """Take the password out of a text."""
        return scrubbed(text, self.url.password)

    def columns_of(self, tables: Sequence[str]) -> dict[str, tuple[str, tuple[SourceColumn, ...]]]:
        """Return for each table that exists: its own spelling and its columns."""
        with self.translated():
            if self.dialect.name == "postgresql":
                query = postgresql_catalog.columns_query(self.schema or "public", tables)
                columns = postgresql_catalog.read_columns(self._fetch(query))
            else:
                columns = self._reflected(tables)
        spelling = {name.casefold(): name for name in columns} | {name: name for name in columns}
        wanted = {table: spelling.get(table) or spelling.get(table.casefold()) for table in tables}
        return {table: (name, columns[name]) for table, name in wanted.items() if name}

    def _reflected(self, tables: Sequence[str]) -> dict[str, tuple[SourceColumn, ...]]:
        from ingestion.transports.reflection import reflected_columns

        engine = self._engine()
        try:
            return reflected_columns(engine, self.dialect, self.schema, tables)
        finally:
            engine.dispose()

    def rows(
        self,
        plan: TablePlan,
        columns: Sequence[LandedColumn],
        where: Filter | None = None,
        limit: int | None = None,
    ) -> Iterator[Sequence[Column]]:
        """Stream the rows of a table (the first `limit`) as batches of columns, in bounded memory."""
        query = rows_query(self.dialect, plan, columns, where, limit)
        with self.translated(plan.spec.name):
            if self.dialect.arrow:
                yield from read_ahead(self._arrow_batches(query))
            else:
                yield from self._row_batches(query)

    def totals(self, plan: TablePlan, where: Filter | None = None) -> list[Totals]:
        """Count and add up a table per company and period, at the source where it can do so exactly."""
        with self.translated(plan.spec.name):
            query = totals_query(self.dialect, plan, where)
            if query is None:
                return self._own_totals(plan, where)
            found = []
            for company, period, count, *sums in self._fetch(query):
                exact = tuple(Decimal(0) if value is None else Decimal(str(value)) for value in sums)
                found.append(Totals(company, period, int(count), exact))
            return found

    def _own_totals(self, plan: TablePlan, where: Filter | None) -> list[Totals]:
        types = [plan.spec.columns[c] for c in plan.spec.money if c in plan.source_columns]
        counts: dict[tuple[Any, Any], int] = {}
        sums: dict[tuple[Any, Any], list[Decimal]] = {}
        for batch in self._row_batches(money_rows_query(self.dialect, plan, where)):
            for company, period, *amounts in zip(*batch, strict=True):
                partition = (company, period)
                counts[partition] = counts.get(partition, 0) + 1
                running = sums.setdefault(partition, [Decimal(0)] * len(types))
                for position, (amount, landing_type) in enumerate(zip(amounts, types, strict=True)):
                    running[position] += exact_amount(amount, landing_type)
        return [Totals(*partition, count, tuple(sums[partition])) for partition, count in counts.items()]

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

    def _arrow_batches(self, query: str) -> Iterator[list[pa.Array]]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            with cursor.fetch_record_batch() as reader:
                for batch in reader:
                    yield batch.columns

    def _row_batches(self, query: str) -> Iterator[list[list[Any]]]:
        with closing(self._streaming_cursor()) as cursor:
            cursor.arraysize = ROWS_PER_BATCH
            cursor.execute(query)
            while rows := cursor.fetchmany(ROWS_PER_BATCH):
                yield [list(column) for column in zip(*rows, strict=True)]

    def _streaming_cursor(self) -> Any:
        if self.dialect.name == "mysql":
            return self._connection.cursor(importlib.import_module("pymysql.cursors").SSCursor)
        return self._connection.cursor()

    def _connect(self) -> Any:
        if self.dialect.name == "sqlite":
            return self._connect_sqlite()
        self._need_driver()
        if self.dialect.name == "postgresql":
            return self._connect_postgresql()
        dialect = self._engine().dialect
        arguments, options = dialect.create_connect_args(self.url.sqlalchemy())
        driver = dialect.loaded_dbapi.connect(
            *arguments, **{**options, **self.dialect.connect_arguments(self.url)}
        )
        if self.dialect.name == "oracle":
            _fetch_exact_numbers(driver)
        return driver

    def _connect_sqlite(self) -> sqlite3.Connection:
        path = self._sqlite_path()
        if not path.is_file():
            raise errors.UnknownDatabase(source=self.source_id, name=path.name, address=str(path))
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30
        )
        connection.execute("pragma query_only = on")
        connection.text_factory = _text_or_bytes
        connection.create_aggregate("exact_sum", 2, _ExactSum)  # type: ignore[arg-type]
        return connection

    def _sqlite_path(self) -> Path:
        database = Path(self.url.database or "")
        return database if database.is_absolute() else self.relative_to / database

    def _connect_postgresql(self) -> Any:
        from ingestion.transports.postgresql_arrow import Connection

        defaults = {"connect_timeout": "10", "application_name": "bridgebook"}
        options = {**defaults, **self.url.query, "options": "-c default_transaction_read_only=on"}
        return Connection(self.url.uri("postgresql", options))

    def _need_driver(self) -> None:
        module = self.dialect.driver_module
        if "+" in self.url.drivername and self.dialect.name != "postgresql":
            module = self.url.drivername.split("+")[1]
        try:
            importlib.import_module(module)
        except ImportError:
            raise errors.MissingDriver(source=self.source_id, driver=module, install=module) from None

    def _engine(self) -> sqlalchemy.Engine:
        import sqlalchemy

        if self.dialect.name == "sqlite":
            return sqlalchemy.create_engine("sqlite://", creator=self._connect_sqlite)
        self._need_driver()
        return sqlalchemy.create_engine(
            self.url.sqlalchemy(),
            connect_args=self.dialect.connect_arguments(self.url),
            poolclass=sqlalchemy.NullPool,
        )


def exact_amount(value: Any, landing_type: LandingType) -> Decimal:
    """Return what a value adds to a total: exactly, floats as they land, nothing where it is no number."""
    if value is None:
        return Decimal(0)
    try:
        number = number_of(value)
        if isinstance(value, float):
            return to_decimal(value, landing_type) or Decimal(0)
        return number
    except BadValue:
        return Decimal(0)


class _ExactSum:
    """SQLite aggregate: the exact sum of whatever a column holds, as text."""

    def __init__(self) -> None:
        self.total = Decimal(0)

    def step(self, value: Any, scale: int) -> None:
        self.total += exact_amount(value, LandingType("DECIMAL", 38, scale))

    def finalize(self) -> str:
        return format(self.total, "f")


def _text_or_bytes(raw: bytes) -> str | bytes:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _fetch_exact_numbers(connection: Any) -> None:
    oracledb = importlib.import_module("oracledb")

    def handler(cursor: Any, metadata: Any) -> Any:
        if metadata.type_code is oracledb.DB_TYPE_NUMBER:
            return cursor.var(Decimal, arraysize=cursor.arraysize)
        if metadata.type_code is oracledb.DB_TYPE_CLOB:
            return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
        return None

    connection.outputtypehandler = handler


class _Translated:
    """Turns errors of drivers into ours; the driver's own is not chained, for it may hold secrets."""

    def __init__(self, source: DatabaseSource, table: str | None) -> None:
        self.source, self.table = source, table

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not isinstance(error, Exception) or isinstance(error, errors.IngestionError):
            return
        source = self.source
        facts = {
            "source": source.source_id,
            "table": self.table or "?",
            "address": source.address,
            "user": source.url.username or "?",
            "name": source.schema or source.url.database or "?",
            "detail": scrubbed(_said(error), source.url.password),
        }
        if self.table is None:
            facts["name"] = source.url.database or "?"
        meaning = source.dialect.classify(error, facts)
        if meaning is None:
            meaning = errors.ReadFailed(**facts) if self.table else errors.SourceError(**facts)
        raise meaning from None


_NOISE = re.compile(r"^IO: |\[libpq\] |Failed to connect: |Is the server running on that host and .*\?")


def _said(error: Exception) -> str:
    """Return what a driver said, without its numbers and the names of its parts."""
    number_and_text = len(error.args) == 2 and isinstance(error.args[0], int)
    return _NOISE.sub("", str(error.args[1] if number_and_text else error)).strip()


def scrubbed(text: str, password: Any) -> str:
    """Shorten a driver's message and take the password out of it, also as URLs write it."""
    if password:
        for spelling in {
            str(password),
            quote(str(password)),
            quote_plus(str(password)),
            quote(str(password), safe=""),
        }:
            text = text.replace(spelling, "***")
    text = " ".join(line.strip() for line in text.splitlines() if line.strip()).rstrip(".")
    return text if len(text) <= 300 else text[:297] + "..."
