"""What differs between the databases we read: drivers, read-only snapshots, literals, months and exact sums.

Supported: SQLite, PostgreSQL, MySQL/MariaDB, SQL Server, Oracle. Nothing here writes to a source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ingestion import errors
from ingestion.landing_types import (
    ANY_DECIMAL,
    BIGINT,
    BLOB,
    BOOLEAN,
    DATE,
    TIMESTAMP,
    VARCHAR,
    LandingType,
)
from ingestion.transports.address import Address


@dataclass(frozen=True)
class SourceColumn:
    """One column of a source table.

    Its kind is boolean, integer, decimal, float, date, moment, time, text, blob or other.
    """

    name: str
    kind: str
    precision: int | None = None
    scale: int | None = None

    @property
    def landing_type(self) -> LandingType:
        """The type under which an undeclared column lands; floats become decimals."""
        if self.kind == "decimal" and self.precision and self.precision <= 38 and self.scale is not None:
            return LandingType("DECIMAL", self.precision, max(self.scale, 0))
        return _UNDECLARED[self.kind]


_UNDECLARED = {
    "boolean": BOOLEAN,
    "integer": BIGINT,
    "decimal": ANY_DECIMAL,
    "float": ANY_DECIMAL,
    "date": DATE,
    "moment": TIMESTAMP,
    "time": VARCHAR,
    "text": VARCHAR,
    "blob": BLOB,
    "other": VARCHAR,
}


class Dialect:
    """The common SQL; each database overrides what it says differently."""

    name = ""
    drivername = ""
    driver_module = ""
    install = ""
    default_schema: str | None = None
    snapshot: Sequence[str] = ()
    arrow = False
    dates_have_time = False

    def connect_arguments(self, url: Address) -> dict[str, Any]:
        return {}

    def begin(self, cursor: Any) -> None:
        """Start a read-only transaction that sees one moment, where the database can."""
        for statement in self.snapshot:
            cursor.execute(statement)
            with suppress(Exception):  # what these statements answer does not matter
                cursor.fetchall()

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def select(self, expression: str, column: SourceColumn, landed: LandingType) -> str:
        """Write how a column is read."""
        return expression

    def first(self, query: str, rows: int) -> str:
        """Limit a query that begins with `select` to the first rows found."""
        return f"{query} limit {rows}"

    def literal(self, value: Any, kind: str) -> str:
        """Write a value that came from the source itself as a literal."""
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, int | Decimal):
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        if isinstance(value, datetime):
            return self.moment_literal(value)
        if isinstance(value, date):
            return self.date_literal(value)
        return self.text_literal(str(value))

    def text_literal(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def moment_literal(self, value: datetime) -> str:
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S.%f}'"

    def date_literal(self, value: date) -> str:
        return f"date '{value:%Y-%m-%d}'"

    def month(self, expression: str, kind: str) -> str:
        """Write the month of a date, moment or text as 'YYYY-MM'."""
        if kind in ("date", "moment"):
            return self.month_of_date(expression)
        return self.month_of_text(self.as_text(expression))

    def month_of_date(self, expression: str) -> str:
        raise NotImplementedError

    def month_of_text(self, text: str) -> str:
        return (
            f"case when substr({text}, 5, 1) = '-' then substr({text}, 1, 7) "
            f"else substr({text}, 1, 4) || '-' || substr({text}, 5, 2) end"
        )

    def as_text(self, expression: str) -> str:
        return f"cast({expression} as varchar)"

    def exact_sum(self, expression: str, column: SourceColumn, scale: int) -> str | None:
        """Write the exact sum of a column; None where this database cannot (then we add up ourselves)."""
        if column.kind in ("decimal", "integer"):
            return f"sum({expression})"
        return None

    def classify(self, error: Exception, facts: dict[str, Any]) -> errors.IngestionError | None:
        """Say what an error of the driver means; None when it is not one of the well-known ones."""
        text = str(error).lower()
        for pattern, kind in self.meanings:
            if re.search(pattern, text):
                return kind(**facts)
        return None

    meanings: Sequence[tuple[str, type[errors.IngestionError]]] = ()


class SQLite(Dialect):
    """Any column may hold any type; months and sums go through functions that we register."""

    name = "sqlite"
    drivername = "sqlite"
    driver_module = "sqlite3"
    snapshot = ("begin", "select count(*) from sqlite_master")
    meanings = (
        (r"not a database|file is encrypted|disk image is malformed", errors.NotADatabase),
        (r"unable to open", errors.UnknownDatabase),
        (r"locked|busy", errors.ConnectionLost),
    )

    def literal(self, value: Any, kind: str) -> str:
        if isinstance(value, float):
            return repr(value)
        return super().literal(value, kind)

    def moment_literal(self, value: datetime) -> str:
        return f"'{value:%Y-%m-%d %H:%M:%S.%f}'"

    def date_literal(self, value: date) -> str:
        return f"'{value:%Y-%m-%d}'"

    def month(self, expression: str, kind: str) -> str:
        return self.month_of_text(expression)

    def exact_sum(self, expression: str, column: SourceColumn, scale: int) -> str | None:
        return f"exact_sum({expression}, {scale})"


class PostgreSQL(Dialect):
    """Read through ADBC as Arrow; numerics arrive as text."""

    name = "postgresql"
    drivername = "postgresql+psycopg"
    driver_module = "adbc_driver_postgresql"
    default_schema = "public"
    arrow = True
    snapshot = (
        "set transaction isolation level repeatable read read only",
        "set local timezone = 'UTC'",
        "set local extra_float_digits = 1",
    )
    meanings = (
        (
            r"password authentication failed|no password supplied|authentication failed|no pg_hba.conf entry",
            errors.WrongPassword,
        ),
        (r"role \"[^\"]*\" does not exist", errors.WrongPassword),
        (r"database \"[^\"]*\" does not exist", errors.UnknownDatabase),
        (r"permission denied", errors.PermissionDenied),
        (
            r"server closed|terminating connection|connection (not open|is closed|lost)"
            r"|no connection to the server|ssl syscall|could not receive data",
            errors.ConnectionLost,
        ),
        (
            r"connection refused|could not connect|could not translate|name or service|timeout expired"
            r"|timed out|no route|connection failed|connection timeout|starting up|shutting down"
            r"|too many clients",
            errors.SourceUnreachable,
        ),
    )

    def connect_arguments(self, url: Address) -> dict[str, Any]:
        return {"connect_timeout": 10, "options": "-c default_transaction_read_only=on -c timezone=UTC"}

    def select(self, expression: str, column: SourceColumn, landed: LandingType) -> str:
        if (
            column.kind == "float" and landed.is_decimal
        ):  # the shortest text, rounded; NaN and infinity as they are
            rounded = f"round({expression}::text::numeric, {landed.scale})::text"
            return f"case when {expression} - {expression} = 0 then {rounded} else {expression}::text end"
        # numerics as text are 4 times cheaper to send and to read than PostgreSQL's binary numerics
        return f"{expression}::text" if column.kind in ("decimal", "other", "time") else expression

    def literal(self, value: Any, kind: str) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return super().literal(value, kind)

    def text_literal(self, text: str) -> str:
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

    def month_of_date(self, expression: str) -> str:
        return f"to_char({expression}, 'YYYY-MM')"

    def exact_sum(self, expression: str, column: SourceColumn, scale: int) -> str | None:
        if column.kind == "integer":
            return f"sum({expression})::text"
        if column.kind == "decimal":
            return f"sum({expression}) filter (where {expression} < 'NaN')::text"
        if column.kind == "float":
            number = f"round({expression}::text::numeric, {scale})"
            return f"sum({number}) filter (where {expression} - {expression} = 0)::text"
        if column.kind == "text":
            number = (
                f"case when {expression} ~ '^\\s*[+-]?\\d+(\\.\\d*)?\\s*$' then {expression}::numeric end"
            )
            return f"sum({number})::text"
        return None


class MySQL(Dialect):
    """MySQL and MariaDB through PyMySQL; zero dates arrive as text and are quarantined."""

    name = "mysql"
    drivername = "mysql+pymysql"
    driver_module = "pymysql"
    snapshot = (
        "set session transaction isolation level repeatable read",
        "set session time_zone = '+00:00'",
        "start transaction with consistent snapshot, read only",
    )
    meanings = (
        (r"\b1045\b|\b1698\b|access denied for user", errors.WrongPassword),
        (r"\b1049\b|unknown database", errors.UnknownDatabase),
        (r"\b1142\b|\b1143\b|\b1044\b|command denied", errors.PermissionDenied),
        (r"\b2013\b|\b2006\b|lost connection|gone away|\b1317\b", errors.ConnectionLost),
        (
            r"\b2003\b|\b2002\b|can't connect|timed out|\b1040\b|\b2005\b|name or service",
            errors.SourceUnreachable,
        ),
    )

    def connect_arguments(self, url: Address) -> dict[str, Any]:
        return {"connect_timeout": 10, "read_timeout": 3600, "charset": "utf8mb4"}

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def text_literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

    def month_of_date(self, expression: str) -> str:
        return f"substr(cast({expression} as char), 1, 7)"

    def month_of_text(self, text: str) -> str:
        return (
            f"case when substr({text}, 5, 1) = '-' then substr({text}, 1, 7) "
            f"else concat(substr({text}, 1, 4), '-', substr({text}, 5, 2)) end"
        )

    def as_text(self, expression: str) -> str:
        return f"cast({expression} as char)"


class SQLServer(Dialect):
    """SQL Server through pymssql or pyodbc.

    One moment only where the database allows snapshot isolation; else rows that change while a table is read
    make its totals disagree, and it is read again.
    """

    name = "mssql"
    drivername = "mssql+pymssql"
    driver_module = "pymssql"
    install = "pymssql"
    default_schema = "dbo"
    meanings = (
        (r"\b18456\b|login failed", errors.WrongPassword),
        (r"\b4060\b|cannot open database", errors.UnknownDatabase),
        (r"\b229\b|permission was denied", errors.PermissionDenied),
        (
            r"connection is closed|communication link failure|dbprocess is dead|10054|\b20047\b",
            errors.ConnectionLost,
        ),
        (
            r"unable to connect|adaptive server|timed out|timeout expired|\b20009\b|08001",
            errors.SourceUnreachable,
        ),
    )

    def connect_arguments(self, url: Address) -> dict[str, Any]:
        return {"login_timeout": 10, "tds_version": "7.4"} if "pymssql" in url.drivername else {"timeout": 10}

    def begin(self, cursor: Any) -> None:
        cursor.execute("select snapshot_isolation_state from sys.databases where database_id = db_id()")
        found = cursor.fetchone()
        allowed = found is not None and found[0] == 1
        cursor.execute(f"set transaction isolation level {'snapshot' if allowed else 'read committed'}")

    def quote(self, name: str) -> str:
        return "[" + name.replace("]", "]]") + "]"

    def text_literal(self, text: str) -> str:
        return "N'" + text.replace("'", "''") + "'"

    def moment_literal(self, value: datetime) -> str:
        return f"cast('{value:%Y-%m-%dT%H:%M:%S.%f}' as datetime2)"

    def date_literal(self, value: date) -> str:
        return f"cast('{value:%Y-%m-%d}' as date)"

    def select(self, expression: str, column: SourceColumn, landed: LandingType) -> str:
        return f"cast({expression} as nvarchar(max))" if column.kind == "other" else expression

    def first(self, query: str, rows: int) -> str:
        return f"select top ({rows}) {query.removeprefix('select ')}"

    def month_of_date(self, expression: str) -> str:
        return f"convert(char(7), {expression}, 120)"

    def month_of_text(self, text: str) -> str:
        return (
            f"case when substring({text}, 5, 1) = '-' then substring({text}, 1, 7) "
            f"else substring({text}, 1, 4) + '-' + substring({text}, 5, 2) end"
        )

    def as_text(self, expression: str) -> str:
        return f"cast({expression} as nvarchar(40))"

    def exact_sum(self, expression: str, column: SourceColumn, scale: int) -> str | None:
        if column.kind == "decimal":
            return f"sum(cast({expression} as decimal(38, {min(column.scale or 0, 20)})))"
        return f"sum(cast({expression} as decimal(38, 0)))" if column.kind == "integer" else None


class Oracle(Dialect):
    """Oracle through python-oracledb in thin mode; DATE holds a time of day, so it lands as a moment."""

    name = "oracle"
    drivername = "oracle+oracledb"
    driver_module = "oracledb"
    install = "oracledb"
    snapshot = ("set transaction read only",)
    dates_have_time = True
    meanings = (
        (r"ora-01017|ora-28000|ora-01005", errors.WrongPassword),
        (r"ora-12514|ora-12505|dpy-6001|ora-12154", errors.UnknownDatabase),
        (r"ora-01031|ora-00942.*insufficient", errors.PermissionDenied),
        (r"ora-03113|ora-03114|dpy-4011|dpy-1001|ora-03135", errors.ConnectionLost),
        (r"dpy-6005|ora-12541|ora-12170|timed out|ora-12537", errors.SourceUnreachable),
    )

    def quote(self, name: str) -> str:
        plain = name.upper() if name == name.lower() else name
        return '"' + plain.replace('"', '""') + '"'

    def first(self, query: str, rows: int) -> str:
        return f"{query} fetch first {rows} rows only"

    def month_of_date(self, expression: str) -> str:
        return f"to_char({expression}, 'YYYY-MM')"

    def as_text(self, expression: str) -> str:
        return f"to_char({expression})"


_DIALECTS: dict[str, type[Dialect]] = {
    "sqlite": SQLite,
    "postgresql": PostgreSQL,
    "postgres": PostgreSQL,
    "mysql": MySQL,
    "mariadb": MySQL,
    "mssql": SQLServer,
    "oracle": Oracle,
}


def dialect_of(url: Address, source_id: str) -> Dialect:
    """Return the dialect of a URL; UnsupportedSource when there is none."""
    name = url.drivername.split("+")[0]
    if name not in _DIALECTS:
        raise errors.UnsupportedSource(source=source_id, name=url.drivername)
    return _DIALECTS[name]()
