"""Readers while snapshots are published: no failed read, no torn one, and each sees whole snapshots only.

BRIDGEBOOK_FAULT_ROUNDS: half as many publications (default one).
"""

import os
import threading
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
import pytest

from bridgebook import snapshots
from bridgebook.home import Home
from tests.tryton.installation import Installation
from tests.tryton.source import open_books

READERS = 3
PUBLICATIONS = max(1, int(os.environ.get("BRIDGEBOOK_FAULT_ROUNDS", "2")) // 2)
pytestmark = pytest.mark.faults


@dataclass
class Reader:
    """Reads whatever is current again and again; keeps what it saw and what went wrong."""

    home: Home
    stop: threading.Event
    seen: set[tuple[str, Decimal]] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    reads: int = 0

    def work(self) -> None:
        """Read until told to stop."""
        while not self.stop.is_set():
            try:
                self._read()
            except Exception as error:
                self.trouble.append(f"{type(error).__name__}: {error}")

    def _read(self) -> None:
        file = snapshots.current(self.home)
        if file is None:
            self.trouble.append("no current snapshot")
            return
        with duckdb.connect(str(file), read_only=True) as connection:
            lines = connection.execute("select sum(debit), sum(credit) from marts.ledger_lines").fetchone()
            balances = connection.execute(
                "select sum(debit) from marts.trial_balance where posting_scope = 'posted'"
            ).fetchone()
        self.reads += 1
        if lines is None or balances is None or lines[0] != lines[1] or lines[0] != balances[0]:
            self.trouble.append(f"torn: {lines} {balances} in {file.name}")
            return
        self.seen.add((file.name, lines[0]))


def test_readers_are_never_disturbed(home_copy: Installation) -> None:
    stop = threading.Event()
    readers = [Reader(Home(home_copy.folder), stop) for _ in range(READERS)]
    threads = [threading.Thread(target=reader.work) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        for number in range(PUBLICATIONS):
            with open_books(home_copy.books_url) as source:
                move = source.all("account_move_line", "id in (3, 4)")
                raised = Decimal(number + 1)
                source.update("account_move_line", 3, debit=move[0]["debit"] + raised)
                source.update("account_move_line", 4, credit=move[1]["credit"] + raised)
            home_copy.run("run")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [reader.trouble for reader in readers] == [[]] * READERS
    assert sum(reader.reads for reader in readers) > 20
    seen = set().union(*(reader.seen for reader in readers))
    assert len({name for name, _ in seen}) == PUBLICATIONS + 1
    assert len(seen) == PUBLICATIONS + 1, "a snapshot changed under its name"
