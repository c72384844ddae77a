"""Rows that are held back because they cannot be typed or have no usable key, and keys with equal copies.

They are kept in the landing file beside the table, read again by key in every sync, and released when the
source has repaired or deleted them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from ingestion.batches import RejectedRow
from ingestion.landing import PROOF, LandingFile, literal
from ingestion.ledger import HeldRow
from ingestion.packs import TableSpec
from ingestion.texts import sentence

Key = tuple[str | None, ...]
LIMIT = 10_000


class Quarantine:
    """Holds the landing file's lists of held rows and of keys with equal copies."""

    def __init__(self, landing: LandingFile) -> None:
        self.landing = landing
        self.connection = landing.connection
        self.connection.execute(
            f"create table if not exists {PROOF}.held_rows "
            "(table_name VARCHAR, key_json VARCHAR, reason VARCHAR, "
            "column_name VARCHAR, value VARCHAR, raw_record VARCHAR)"
        )
        self.connection.execute(
            f"create table if not exists {PROOF}.copied_keys (table_name VARCHAR, key_json VARCHAR)"
        )

    def held(self, table: str) -> list[RejectedRow]:
        rows = self.connection.execute(
            f"select key_json, reason, column_name, value, raw_record from {PROOF}.held_rows "
            f"where table_name = {literal(table)}"
        ).fetchall()
        return [RejectedRow(tuple(json.loads(key)), *facts) for key, *facts in rows]

    def copied_keys(self, table: str) -> list[Key]:
        rows = self.connection.execute(
            f"select key_json from {PROOF}.copied_keys where table_name = {literal(table)}"
        ).fetchall()
        return [tuple(json.loads(key)) for (key,) in rows]

    def replace(self, table: str, held: Sequence[RejectedRow], copied: Iterable[Key]) -> None:
        """Set what is held and copied now, in one transaction."""
        with self.landing.transaction():
            for name in ("held_rows", "copied_keys"):
                self.connection.execute(f"delete from {PROOF}.{name} where table_name = {literal(table)}")
            if held:
                self.connection.executemany(
                    f"insert into {PROOF}.held_rows values (?, ?, ?, ?, ?, ?)",
                    [[table, key_json(r.key), r.reason, r.column, r.value, r.raw_record] for r in held],
                )
            copies = [[table, key_json(key)] for key in copied]
            if copies:
                self.connection.executemany(f"insert into {PROOF}.copied_keys values (?, ?)", copies)


def key_json(key: Sequence[str | None]) -> str:
    """Write a key as JSON, the way held rows are kept."""
    return json.dumps(list(key), ensure_ascii=False)


def digest_of(raw_record: str) -> str:
    """Return what tells one version of a held row from another."""
    return hashlib.sha256(raw_record.encode()).hexdigest()


def shown(spec: TableSpec, rows: Iterable[RejectedRow]) -> list[HeldRow]:
    """Say for each held row, in both languages, why it is held."""
    found: dict[tuple[str, str], HeldRow] = {}
    for row in rows:
        key = " / ".join("NULL" if part is None else part for part in row.key)
        column_type = spec.columns.get(row.column, "")
        message = sentence(
            f"reason_{row.reason}",
            column=row.column,
            value=row.value,
            type=column_type,
            key=key,
            versions=row.value,
        )
        digest = digest_of(row.raw_record)
        while (key, digest) in found:  # equal rows without a key are different rows
            digest = digest_of(digest)
        found[(key, digest)] = HeldRow(key, row.reason, message, row.raw_record, digest)
    return list(found.values())
