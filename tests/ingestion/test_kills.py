"""A sync that is killed at any moment and run again leaves what an undisturbed one leaves."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.ingestion.toy import Toy
from tests.ingestion.victim import Watch, sync_and_die

ROUNDS = int(os.environ.get("BRIDGEBOOK_FAULT_ROUNDS", "2"))
SEED = int(os.environ.get("BRIDGEBOOK_FAULT_SEED", "20250131"))
CHANGES = (
    "update \"move-line\" set debit = debit + 1, write_date = '2025-05-02 09:00:00' where id in (7, 14, 21)",
    'delete from "move-line" where id in (33, 44, 55)',
    "insert into \"move-line\" values (900, 40, 1.00, 0, 'new', true, 'n', '2025-05-03 00:00:00', null)",
    "update \"move\" set date = '2025-04-20', write_date = '2025-05-02 09:00:00' where id in (1, 2)",
    "update \"rate\" set rate = 8.5 where code = 'USD'",
    "update \"move-line\" set credit = 'unreadable' where id = 10",
)


@pytest.mark.faults
@pytest.mark.parametrize("phase", ["first", "changes"])
def test_killed_and_run_again_is_as_if_undisturbed(phase: str, toy: Toy, tmp_path: Path) -> None:
    if phase == "changes":
        toy.sync()
        toy.execute(*CHANGES)
    start = tmp_path / "start"
    shutil.copytree(toy.home, start)
    undisturbed = Watch()
    undisturbed.sync(toy)
    expected = toy.content()
    chance = random.Random(f"{SEED} {phase}")
    died = 0
    for number in range(ROUNDS):
        home = tmp_path / f"round_{number}"
        shutil.copytree(start, home)
        victim = Toy(toy.url, home)
        fatal = chance.randrange(1, undisturbed.calls)
        died += sync_and_die(victim, fatal)
        victim.ledger.interrupt_orphans()
        assert not victim.ledger.rows("select 1 from sync_runs where status = 'running'")
        result = victim.sync()
        told = f"seed {SEED}, phase {phase}, killed at call {fatal} of {undisturbed.calls}"
        assert victim.content() == expected, told
        assert all(table.is_complete for table in result.tables), told
        again = victim.sync()
        assert sum(t.rows_inserted + t.rows_updated + t.rows_deleted for t in again.tables) == 0, told
        shutil.rmtree(home)
    assert died, "no process was killed: the test tested nothing"
