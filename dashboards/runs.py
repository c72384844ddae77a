"""What happened after the snapshot was published, from the run ledger in the home, which is only read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

LATEST = (
    "select status, coalesce(finished_at, started_at) from sync_runs "
    "where kind in ('sync', 'build', 'publish') and status <> 'running' "
    "order by started_at desc, run_id desc limit 1"
)
FAILED = ("failure", "interrupted")


def failed_since(home: Path, version: str) -> str | None:
    """Say when the last run failed, if it did and came after the snapshot of this version; else None.

    A ledger that cannot be read says nothing: a page never fails because of it.
    """
    file = home / "runs.sqlite"
    if not file.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=1)) as ledger:
            found = ledger.execute(LATEST).fetchone()
    except sqlite3.Error:
        return None
    if not found or found[0] not in FAILED or not found[1]:
        return None
    moment = str(found[1])
    digits = "".join(sign for sign in moment if sign.isdigit())
    published = "".join(sign for sign in version if sign.isdigit())
    return f"{moment[:16].replace('T', ' ')} UTC" if digits[:14] > published[:14] else None
