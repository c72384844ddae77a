"""The version log: every landed row that was replaced or deleted, with the time in which it was known.

A row leaves the landed table in the same transaction in which it enters the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.landing import HISTORY, RAW, SEQUENCE_COLUMN, STAGING, LandingFile, quoted

DOOMED = f"{STAGING}.doomed_rows"


class History:
    """Holds the landing file whose versions are logged."""

    def __init__(self, landing: LandingFile) -> None:
        self.landing = landing
        self.connection = landing.connection

    def log(self, table: str, versions: str, sequence: int, change: str) -> None:
        """Log the landed rows that the from-clause `versions` returns as `r`; the caller's transaction."""
        names = ", ".join(quoted(name) for name in (*self.landing.columns(table), SEQUENCE_COLUMN))
        picked = ", ".join(f"r.{quoted(name)}" for name in (*self.landing.columns(table), SEQUENCE_COLUMN))
        self.connection.execute(
            f"insert into {HISTORY}.{quoted(table)} ({names}, known_from, known_to, change) "
            f"select {picked}, epoch_ms(r.{SEQUENCE_COLUMN}), epoch_ms(cast({sequence} as bigint)), "
            f"'{change}' from {versions}"
        )

    def remove(self, table: str, key: Sequence[str], doomed: str, sequence: int, change: str) -> int:
        """Log and delete the landed rows of the keys of `doomed`, in one transaction; return how many."""
        raw = f"{RAW}.{quoted(table)}"
        same = " and ".join(f"r.{quoted(k)} = d.{quoted(k)}" for k in key)
        # Reading rows by number is much cheaper than by key; nothing moves rows before they are deleted.
        self.connection.execute(
            f"create or replace table {DOOMED} as select r.rowid as number from {raw} r "
            f"where exists (select 1 from ({doomed}) d where {same})"
        )
        found = self.connection.execute(f"select count(*) from {DOOMED}").fetchone()
        if not found or not found[0]:
            return 0
        numbered = f"r.rowid in (select number from {DOOMED})"
        with self.landing.transaction():
            self.log(table, f"{raw} r where {numbered}", sequence, change)
            self.connection.execute(f"delete from {raw} r where {numbered}")
        return int(found[0])
