"""A Tryton source database under test: read its rows, change them as Tryton would, stamp what was changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bridgebook.demo import tryton

Record = dict[str, Any]


class SourceBooks:
    """One transaction over a source database; every insert and update carries a later stamp than all before.

    Stamps continue from the latest one in the books, not from the wall clock: no test depends on its day.
    """

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.is_sqlite = connection.dialect.name == "sqlite"

    def all(self, table: str, where: str = "", **values: Any) -> list[Record]:
        """Return rows by id as Python values, whatever the database stores (decimals exact)."""
        condition = f" where {where}" if where else ""
        text = sa.text(f"select * from {self.quoted(table)}{condition} order by id")
        columns = {column.name: column.type for column in tryton.tables()[table]}
        found = self.connection.execute(text, values)
        return [{name: _typed(row[name], columns[name]) for name in columns} for row in found.mappings()]

    def next_id(self, table: str) -> int:
        """Return an id that no row of the table has."""
        highest = self.connection.execute(sa.text(f"select max(id) from {self.quoted(table)}")).scalar()
        return int(highest or 0) + 1

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Insert a row; id and create stamp are given unless stated. Return the id."""
        row_id: int = values.get("id") or self.next_id(table)
        row = {"create_date": self.tick(), "create_uid": 3, **values, "id": row_id}
        names = ", ".join(self.quoted(name) for name in row)
        places = ", ".join(f":{name}" for name in row)
        text = sa.text(f"insert into {self.quoted(table)} ({names}) values ({places})")
        self.connection.execute(text, {name: self._stored(value) for name, value in row.items()})
        return row_id

    def update(self, table: str, row_id: int, *, stamped: bool = True, **values: Any) -> None:
        """Change columns of a row and, unless told otherwise, its write stamp."""
        if stamped:
            values = {"write_date": self.tick(), "write_uid": 3} | values
        sets = ", ".join(f"{self.quoted(name)} = :{name}" for name in values)
        text = sa.text(f"update {self.quoted(table)} set {sets} where id = :row_id")
        self.connection.execute(text, {n: self._stored(v) for n, v in values.items()} | {"row_id": row_id})

    def delete(self, table: str, where: str, **values: Any) -> int:
        """Delete rows for good, as Tryton does; return how many."""
        return self.connection.execute(
            sa.text(f"delete from {self.quoted(table)} where {where}"), values
        ).rowcount

    def tick(self) -> datetime:
        """Return the next stamp."""
        self.now += timedelta(seconds=1)
        return self.now

    def quoted(self, name: str) -> str:
        """Return a table or column name in the database's quotes."""
        return self.connection.dialect.identifier_preparer.quote_identifier(name)

    def _stored(self, value: Any) -> Any:
        return tryton.sqlite_value(value) if self.is_sqlite else value


@contextmanager
def open_books(url: str) -> Iterator[SourceBooks]:
    """Open a source by its SQLAlchemy URL and commit what was changed when the block ends well."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            yield SourceBooks(connection, _latest_stamp(connection))
    finally:
        engine.dispose()


def sqlite_url(file: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{file.absolute()}"


def age_stamps(books: SourceBooks) -> None:
    """Spread the stamps over the two years before the latest one, most of them far below any lag window."""
    for table in tryton.tables():
        for row in books.all(table):
            days = timedelta(days=row["id"] * 37 % 700)
            aged = {name: row[name] - days for name in ("create_date", "write_date") if row[name]}
            books.update(table, row["id"], stamped=False, **aged)


def _latest_stamp(connection: sa.Connection) -> datetime:
    quote = connection.dialect.identifier_preparer.quote_identifier
    latest = datetime(2000, 1, 1)
    for table in tryton.tables():
        text = sa.text(f"select max(create_date), max(write_date) from {quote(table)}")
        for value in connection.execute(text).one():
            latest = max(latest, _typed(value, "timestamp") or latest)
    return latest


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if isinstance(value, bytes) and kind == "numeric":
        value = value.decode()
    if kind == "numeric":
        return value if isinstance(value, Decimal) else Decimal(str(value))
    if kind == "boolean":
        return bool(value)
    if isinstance(value, str) and kind == "timestamp":
        return datetime.fromisoformat(value)
    if isinstance(value, str) and kind == "date":
        return datetime.fromisoformat(value).date()
    return value
