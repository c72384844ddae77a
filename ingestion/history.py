"""The version log: every landed row that was replaced or deleted, with the time in which it was known.

A version is named by its key and the number of the load that wrote it, so logging it twice adds nothing.
Replaced rows are logged before the new ones are merged; if the merge never happened, `withdraw` takes those
entries back.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.landing import HISTORY, PROOF, RAW, SEQUENCE_COLUMN, STAGING, LandingFile, quoted

DOOMED = f"{STAGING}.doomed_rows"


class History:
    """Holds the landing file whose versions are logged."""

    def __init__(self, landing: LandingFile) -> None:
        self.landing = landing
        self.connection = landing.connection
        self.connection.execute(
            f"create table if not exists {PROOF}.unfinished_loads (table_name VARCHAR, sequence BIGINT)"
        )

    def begin(self, table: str, sequence: int) -> None:
        """Note that a load is about to replace rows of a table."""
        self.connection.execute(f"insert into {PROOF}.unfinished_loads values (?, ?)", [table, sequence])

    def end(self, table: str) -> None:
        """Note that the table's load has come to its end."""
        self.connection.execute(f"delete from {PROOF}.unfinished_loads where table_name = ?", [table])

    def withdraw(self, keys: dict[str, tuple[str, ...]]) -> None:
        """After a crash: take back entries of rows that were to be replaced and still stand."""
        for table, sequence in self.connection.execute(
            f"select table_name, sequence from {PROOF}.unfinished_loads"
        ).fetchall():
            if table in keys and self.landing.columns(table):
                same = _match("h", "r", (*keys[table], SEQUENCE_COLUMN))
                self.connection.execute(
                    f"delete from {HISTORY}.{quoted(table)} h "
                    f"where known_to = epoch_ms(cast({sequence} as bigint)) "
                    f"and exists (select 1 from {RAW}.{quoted(table)} r where {same})"
                )
            self.end(table)

    def log(self, table: str, key: Sequence[str], doomed: str, sequence: int, change: str) -> None:
        """Log the landed versions of the keys that the query `doomed` returns."""
        self._number_rows(table, key, doomed)
        self._log_numbered(table, key, sequence, change)

    def remove(self, table: str, key: Sequence[str], doomed: str, sequence: int, change: str) -> int:
        """Log and delete the landed rows of the keys of `doomed`, in one transaction; return how many."""
        if not self._number_rows(table, key, doomed):
            return 0
        self.connection.execute("begin")
        try:
            self._log_numbered(table, key, sequence, change)
            count = self.connection.execute(
                f"delete from {RAW}.{quoted(table)} r where r.rowid in (select number from {DOOMED})"
            ).fetchone()
            self.connection.execute("commit")
        except BaseException:
            self.landing.rollback()
            raise
        return int(count[0]) if count else 0

    def _number_rows(self, table: str, key: Sequence[str], doomed: str) -> int:
        """Note the row numbers of the doomed keys: reading rows by number is much cheaper than by key."""
        self.connection.execute(
            f"create or replace table {DOOMED} as select r.rowid as number from {RAW}.{quoted(table)} r "
            f"where exists (select 1 from ({doomed}) d where {_match('r', 'd', key)})"
        )
        found = self.connection.execute(f"select count(*) from {DOOMED}").fetchone()
        return int(found[0]) if found else 0

    def _log_numbered(self, table: str, key: Sequence[str], sequence: int, change: str) -> None:
        columns = [*self.landing.columns(table), SEQUENCE_COLUMN]
        names = ", ".join(quoted(name) for name in columns)
        logged = _match("h", "r", (*key, SEQUENCE_COLUMN))
        self.connection.execute(
            f"insert into {HISTORY}.{quoted(table)} ({names}, known_from, known_to, change) "
            f"select {names}, epoch_ms({SEQUENCE_COLUMN}), epoch_ms(cast({sequence} as bigint)), '{change}' "
            f"from {RAW}.{quoted(table)} r where r.rowid in (select number from {DOOMED}) "
            f"and not exists (select 1 from {HISTORY}.{quoted(table)} h where {logged})"
        )


def _match(left: str, right: str, columns: Sequence[str]) -> str:
    return " and ".join(f"{left}.{quoted(c)} = {right}.{quoted(c)}" for c in columns)
