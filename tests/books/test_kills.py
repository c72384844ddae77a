"""Eight processes post the same drafts and are killed: no gap, no duplicate, nothing acknowledged is lost.

800 vouchers and 6 kills by default; with BRIDGEBOOK_FAULT_ROUNDS as many kills and 200 vouchers for each.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy.engine import URL, Engine

from bridgebook.books.audit import verify
from bridgebook.books.chain import verify_books
from bridgebook.books.store import open_store
from bridgebook.books.voucher import Posted
from tests.books.store import desk, draft

KILLS = int(os.environ.get("BRIDGEBOOK_FAULT_ROUNDS", "6"))
VOUCHERS = max(800, 200 * KILLS if "BRIDGEBOOK_FAULT_ROUNDS" in os.environ else 800)
PROCESSES = 8
PATIENCE = 120 + KILLS * 20


def post_everything(address: URL, acknowledged: Path, seed: int, start: float) -> None:
    """Post every draft in an order of its own, in a process of its own; note what was acknowledged."""
    with acknowledged.open("a", encoding="utf-8") as file:

        def note(posted: Sequence[Posted]) -> None:
            file.writelines(f"{each.voucher_id} {each.voucher_hash}\n" for each in posted)
            file.flush()

        drafts = [draft(number, f"{number}.01") for number in range(1, VOUCHERS + 1)]
        random.Random(seed).shuffle(drafts)
        books = open_store(address)
        time.sleep(max(0.0, start - time.monotonic()))
        desk(books, drafts, batch=10).post_all(by=f"poster {seed}", is_automatic=True, progress=note)
    os._exit(0)


def _lines(folder: Path) -> int:
    return sum(file.read_bytes().count(b"\n") for file in folder.glob("acknowledged-*"))


@pytest.mark.faults
def test_eight_posters_and_kill_9(books: Engine, tmp_path: Path) -> None:
    address, seed = books.url, 20250305
    chance = random.Random(seed)
    context = multiprocessing.get_context("fork")

    def started(number: int) -> BaseProcess:
        arguments = (address, tmp_path / f"acknowledged-{number}", number, start)
        process = context.Process(target=post_everything, args=arguments, daemon=True)
        process.start()
        return process

    books.dispose()
    start = time.monotonic() + 1.5
    processes = [started(number) for number in range(PROCESSES)]
    killed, number, deadline = 0, PROCESSES, time.monotonic() + PATIENCE
    while any(process.is_alive() for process in processes):
        assert time.monotonic() < deadline, "the posters do not come to an end"
        time.sleep(chance.uniform(0.002, 0.01))
        alive = [process for process in processes if process.is_alive()]
        # By what is done and not by the clock: a fast machine would be ready before the last kill.
        if killed < KILLS and alive and _lines(tmp_path) * (KILLS + 2) >= (killed + 1) * VOUCHERS:
            victim = chance.choice(alive)
            if victim.pid is not None:
                os.kill(victim.pid, signal.SIGKILL)
                victim.join()
                killed += 1
                processes.remove(victim)
                processes.append(started(number))
                number += 1
    ended = Counter(process.exitcode for process in processes)
    assert ended == {0: PROCESSES}, ended
    assert killed == KILLS

    verdict = verify_books(books)
    assert (verdict.vouchers, verdict.faults) == (VOUCHERS, ())
    assert verify(books).broken is None
    vouchers = desk(books, []).vouchers()
    assert [each.voucher_no for each in vouchers] == list(range(1, VOUCHERS + 1))
    assert len({each.draft_id for each in vouchers}) == VOUCHERS
    assert len({each.posted_by for each in vouchers}) > 1, "only one process posted: nothing was tried"
    kept = {f"{each.voucher_id} {each.voucher_hash}" for each in vouchers}
    files = list(tmp_path.glob("acknowledged-*"))
    told = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    assert len(told) == len(set(told))
    assert {line for line in told if len(line.split()) == 2 and len(line.split()[1]) == 64} <= kept
    assert len(told) > VOUCHERS / 2
