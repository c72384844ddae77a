"""Read PostgreSQL through ADBC as Arrow: the small part of DB-API that a source needs.

ADBC's own DB-API would import pandas, which costs every sync more than an idle one takes.
"""

from __future__ import annotations

from typing import Any

import adbc_driver_postgresql
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement


class Connection:
    """Holds one connection, whose statements share a transaction until it is rolled back."""

    def __init__(self, uri: str) -> None:
        self._database = adbc_driver_postgresql.connect(uri)
        try:
            self._connection = AdbcConnection(self._database)
            self._connection.set_autocommit(False)
        except BaseException:
            self._database.close()
            raise

    def cursor(self) -> Cursor:
        return Cursor(self._connection)

    def rollback(self) -> None:
        self._connection.rollback()

    def close(self) -> None:
        self._connection.close()
        self._database.close()


class Cursor:
    """Holds one statement and the stream of its answer."""

    def __init__(self, connection: AdbcConnection) -> None:
        self._statement = AdbcStatement(connection)
        self._reader: pa.RecordBatchReader | None = None

    def execute(self, query: str) -> None:
        self._statement.set_sql_query(query)
        handle, _ = self._statement.execute_query()
        self._reader = pa.RecordBatchReader.from_stream(handle)

    def fetch_record_batch(self) -> pa.RecordBatchReader:
        assert self._reader is not None
        return self._reader

    def fetchall(self) -> list[tuple[Any, ...]]:
        table = self.fetch_record_batch().read_all()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._statement.close()
