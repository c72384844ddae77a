"""Days of life.

New, late, backdated, edited, deleted and voided rows in place, so that a sync has something true to do.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bridgebook.demo.group.chance import stream
from bridgebook.demo.group.companies import COMPANIES, Company
from bridgebook.demo.group.life_accounting import pay_open_items
from bridgebook.demo.group.life_documents import copy_sap_documents, copy_u8_documents
from bridgebook.demo.group.life_ledger import Voucher, book, refresh_sums, unposted


@dataclass(frozen=True)
class Tick:
    """Say what the days changed: rows inserted, updated and deleted, by source id."""

    as_of: date
    inserted: dict[str, int]
    updated: dict[str, int]
    deleted: dict[str, int]


def tick(folder: Path, days: int = 1) -> Tick:
    """Let a written group live some days more.

    The same folder content and number of days give the same result.
    """
    state = json.loads((folder / "group.json").read_text())
    names = sorted(path.stem for path in folder.glob("*.db"))
    counts: dict[str, dict[str, int]] = {
        kind: dict.fromkeys(names, 0) for kind in ("inserted", "updated", "deleted")
    }
    for _ in range(days):
        today = date.fromisoformat(state["as_of"]) + timedelta(days=1)
        _live(folder, names, today, state["seed"], counts)
        state |= {"as_of": today.isoformat(), "days": state["days"] + 1}
    (folder / "group.json").write_text(json.dumps(state))
    return Tick(date.fromisoformat(state["as_of"]), counts["inserted"], counts["updated"], counts["deleted"])


def _live(folder: Path, names: list[str], today: date, seed: int, counts: dict[str, dict[str, int]]) -> None:
    """Live one day in every system."""
    rng = stream(seed, "life", today.toordinal())
    with closing(_open(folder / "sap.db")) as connection:
        inserted, updated = copy_sap_documents(connection, today, rng)
        counts["inserted"]["sap"] += inserted
        counts["updated"]["sap"] += updated
        for kind, number in zip(counts, pay_open_items(connection, today, rng), strict=True):
            counts[kind]["sap"] += number
        connection.commit()
    for company in COMPANIES:
        name = max(n for n in names if n.startswith(f"u8_{company.account_set}"))
        with closing(_open(folder / f"{name}.db")) as connection:
            if not company.in_sap:
                inserted, updated = copy_u8_documents(connection, today, rng)
                counts["inserted"][name] += inserted
                counts["updated"][name] += updated
            changed = _keep_books(connection, company, today, rng)
            for kind, number in zip(("inserted", "updated", "deleted"), changed, strict=True):
                counts[kind][name] += number
            connection.commit()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


def _keep_books(
    connection: sqlite3.Connection, company: Company, today: date, rng: np.random.Generator
) -> tuple[int, int, int]:
    """Book the day's vouchers, one of them backdated; post old ones; edit, delete and void one each."""
    inserted = updated = deleted = 0
    for number in range(3 + int(rng.integers(0, 4))):
        backdated = number == 0 and today.day > 3
        day = today - timedelta(days=int(rng.integers(1, 3))) if backdated else today
        inserted += book(connection, company, day, int(rng.integers(5000, 900000)), number)
    waiting = unposted(connection)
    if len(waiting) >= 4:
        edited, removed, voided, *rest = (waiting[n] for n in rng.permutation(len(waiting)).tolist())
        updated += _edit(connection, edited)
        deleted += _execute(connection, "delete from GL_accvouch", removed)
        updated += _execute(connection, "update GL_accvouch set iflag = 1", voided)
        for voucher in rest[: len(rest) // 2]:
            updated += _execute(connection, "update GL_accvouch set ibook = 1, cbook = '记账员'", voucher)
    inserted += refresh_sums(connection, company, today)
    return inserted, updated, deleted


def _edit(connection: sqlite3.Connection, voucher: Voucher) -> int:
    """Add a yuan to the first line of either side."""
    changed = 0
    for side in ("md", "mc"):
        row = connection.execute(
            f"select min(i_id) from GL_accvouch where {Voucher.WHERE} and {side} > 0", voucher.key
        ).fetchone()[0]
        if row is None:
            return 0
        changed += connection.execute(
            f"update GL_accvouch set {side} = round({side} + 1, 2) where i_id = ?", (row,)
        ).rowcount
    return changed


def _execute(connection: sqlite3.Connection, statement: str, voucher: Voucher) -> int:
    return connection.execute(f"{statement} where {Voucher.WHERE}", voucher.key).rowcount
