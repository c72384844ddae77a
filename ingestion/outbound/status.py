"""What became of a document's voucher, told to where the document is: a row of a database, or a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ingestion.errors import TargetUnreachable
from ingestion.outbound.files import FolderTarget, hand_over, harmless
from ingestion.outbound.target import Answer, Letter, StatusColumns, TargetSettings
from ingestion.texts import sentence

FIELDS = (
    "company_code", "document_entity", "document_id", "document_no", "voucher_word", "voucher_no",
    "voucher_date", "state", "reference",
)  # fmt: skip


class StatusDatabase:
    """Holds the address; a row is changed by its key, by parameters, and only while it is as known."""

    batch_size = 100

    def __init__(self, settings: TargetSettings) -> None:
        assert settings.status is not None
        self._settings, self._columns = settings, settings.status
        self._engine: Any = None

    def find(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Return the letters whose row holds what they tell already."""
        columns = self._columns
        with self._connected() as connection:
            held = {}
            for letter in letters:
                row = self._row(connection, letter)
                if row is not None and _tells(row, columns.write, letter):
                    held[letter.reference] = Answer("acknowledged", None, _key(columns, letter))
        return held

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Change each row in a transaction of its own."""
        answers = {}
        for letter in letters:
            with self._connected() as connection:
                answers[letter.reference] = self._write(connection, letter)
        return answers

    def _write(self, connection: Any, letter: Letter) -> Answer:
        import sqlalchemy as sa

        columns, payload = self._columns, letter.payload
        table = self._table()
        conditions = [table.c[column] == payload.get(field) for column, field in columns.key.items()]
        for column, field in columns.unchanged.items():
            known = payload.get(field)
            empty = sa.or_(table.c[column].is_(None), table.c[column] == "")
            conditions.append(empty if known in (None, "") else table.c[column] == known)
        values = {column: payload.get(field) for column, field in columns.write.items()}
        changed = connection.execute(sa.update(table).where(*conditions).values(values)).rowcount
        if changed == 1:
            connection.commit()
            return Answer("acknowledged", None, _key(columns, letter))
        connection.rollback()
        row = self._row(connection, letter)
        if row is not None and _tells(row, columns.write, letter):
            return Answer("acknowledged", None, _key(columns, letter))
        code = "status_row_missing" if row is None else "status_row_changed"
        if changed > 1:
            code = "status_row_ambiguous"
        told = sentence(code, table=columns.table, key=_key(columns, letter), count=changed)
        return Answer("refused", f"{told.zh} | {told.en}")

    def _row(self, connection: Any, letter: Letter) -> Mapping[str, Any] | None:
        import sqlalchemy as sa

        columns, table = self._columns, self._table()
        wanted = [table.c[column] for column in {**columns.write, **columns.unchanged}]
        keys = [table.c[column] == letter.payload.get(field) for column, field in columns.key.items()]
        found = connection.execute(sa.select(*wanted).where(*keys)).mappings().first()
        return dict(found) if found is not None else None

    def _table(self) -> Any:
        import sqlalchemy as sa

        columns = self._columns
        names = dict.fromkeys((*columns.key, *columns.write, *columns.unchanged))
        return sa.table(columns.table, *(sa.column(name) for name in names), schema=columns.schema)

    def _connected(self) -> Any:
        import sqlalchemy as sa

        if self._engine is None:
            address = sa.make_url(self._settings.url)
            if address.get_backend_name() == "postgresql":
                address = address.set(drivername="postgresql+psycopg")
            elif address.get_backend_name() in ("mysql", "mariadb"):
                address = address.set(drivername=f"{address.get_backend_name()}+pymysql")
            if self._settings.secret:
                address = address.set(password=self._settings.secret)
            self._engine = sa.create_engine(address)
        try:
            return self._engine.connect()
        except sa.exc.DBAPIError as error:
            detail = " ".join(str(error.orig).split())
            raise TargetUnreachable(
                target=self._settings.id,
                address=self._engine.url.host or self._engine.url.database,
                detail=detail,
            ) from None


class StatusFile(FolderTarget):
    """Holds the folder in which lists of states are left: CSV in UTF-8 as spreadsheets read it."""

    file_name = "status_{batch}.csv"

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Write one list with every letter of the batch."""
        content = io.StringIO()
        writer = csv.writer(content)
        writer.writerow(FIELDS)
        for letter in letters:
            given = {**letter.payload, "reference": letter.reference}
            writer.writerow([harmless(str(given.get(name) or "")) for name in FIELDS])
        names = [letter.reference for letter in letters]
        hand_over(
            self._settings.id, self._folder, self._name(batch), content.getvalue().encode("utf-8-sig"), names
        )
        return {name: Answer("acknowledged", None, self._name(batch)) for name in names}


def _key(columns: StatusColumns, letter: Letter) -> str:
    return ", ".join(f"{column}={letter.payload.get(field)}" for column, field in columns.key.items())


def _tells(row: Mapping[str, Any], write: Mapping[str, str], letter: Letter) -> bool:
    return all(str(row[column]) == str(letter.payload.get(field)) for column, field in write.items())
