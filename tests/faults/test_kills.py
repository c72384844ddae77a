"""Killed with -9 at any moment, or out of disk: the next run ends where an undisturbed one would.

BRIDGEBOOK_FAULT_ROUNDS says how many times (default 2: a first load, and an increment that first finds the
disk full); BRIDGEBOOK_FAULT_SEED moves the moments.
"""

import os
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.tryton.comparison import core_differences, mart_differences
from tests.tryton.installation import Installation
from tests.tryton.landing import landing_differences
from tests.tryton.race import Race
from tests.tryton.source import open_books

ROUNDS = int(os.environ.get("BRIDGEBOOK_FAULT_ROUNDS", "2"))
SEED = int(os.environ.get("BRIDGEBOOK_FAULT_SEED", "1"))
pytestmark = pytest.mark.faults


def killed(home: Installation, seconds: float) -> int:
    """Start a run, kill it and its children after some seconds; return -9, or its exit code if done."""
    process = home.start("run")
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return process.returncode


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_killed_run_is_made_good_by_the_next(
    request: pytest.FixtureRequest, tmp_path: Path, number: int
) -> None:
    race: Race = request.getfixturevalue("many_changes" if number % 2 else "first_load")
    random = Random(SEED * 1000 + number)
    home = race.before.copy_to(tmp_path / "home")
    moments = [random.uniform(0.3, race.seconds) for _ in range(random.choice([1, 1, 2]))]
    if number == 1:
        starved(home)
    codes = [killed(home, moment) for moment in moments]
    print(f"seed {SEED} round {number}: killed after {moments} of {race.seconds:.1f} s, ended with {codes}")
    if (race.before.folder / "snapshots" / "CURRENT").exists():
        assert home.query("select sum(debit) = sum(credit), count(*) > 600 from ledger_lines") == [
            (True, True)
        ]
    home.run("run")
    with open_books(home.books_url) as source:
        assert landing_differences(home, "erp", source) == []
    assert core_differences(race.after, home) == []
    assert mart_differences(race.after, home) == []
    unfinished = home.ledger("select count(*) from sync_runs where status = 'running'")
    assert unfinished == [(0,)]
    newest = "(select max_by(run_id, started_at) from sync_runs where kind = 'sync')"
    complete = home.query(f"select bool_and(is_complete) from sync_tables where run_id = {newest}")
    assert complete == [(True,)]


def starved(home: Installation) -> None:
    """Run on a full disk (no file may grow): it is told in a sentence, readers keep what they have."""
    before = home.query("select count(*), sum(debit) from ledger_lines")
    process = home.start("run", preexec_fn=_file_size_limit(256 * 1024))
    said = process.communicate(timeout=300)[0]
    assert process.returncode in (1, 3), said
    assert "Traceback" not in said
    assert home.query("select count(*), sum(debit) from ledger_lines") == before


def _file_size_limit(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit
