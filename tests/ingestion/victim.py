"""Syncs in processes of their own that die at a chosen call, or show where they hang.

The processes come from a server that was started clean: a fork of the tests' own process would take along
the locks of threads that it does not take along (Arrow's, DuckDB's, the database drivers'), and could wait
for them for ever.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path

import dlt  # noqa: F401  so that importing it does not count as calls of a sync
import pytest

from tests.ingestion.toy import Toy

WATCHED = tuple(
    f"{os.sep}{part}{os.sep}" for part in ("ingestion", f"dlt{os.sep}load", f"dlt{os.sep}pipeline")
)
PATIENCE = 300  # seconds; a sync of the toy takes three, on a busy machine twenty


class Watch:
    """Counts the calls of this room's functions and of dlt's loading; kills the process at one of them."""

    def __init__(self, fatal: int | None = None) -> None:
        self.fatal, self.calls = fatal, 0

    def __call__(self, frame: object, event: str, _argument: object) -> None:
        if event == "call" and any(part in frame.f_code.co_filename for part in WATCHED):  # type: ignore[attr-defined]
            self.calls += 1
            if self.calls == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def sync(self, toy: Toy) -> None:
        """Sync while watching."""
        sys.setprofile(self)
        threading.setprofile(self)
        try:
            toy.sync()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]


def sync_and_die(toy: Toy, fatal: int) -> bool:
    """Sync in another process that dies at its n-th call; return whether it died before its end.

    A process that neither dies nor ends fails the test with the stack of every one of its threads.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    stacks = toy.home / "stacks.txt"
    child = context.Process(target=_sync_watched, args=(toy.url, toy.home, fatal, stacks))
    child.start()
    child.join(timeout=PATIENCE + 30)
    if child.is_alive():
        child.kill()
        child.join()
    if stacks.exists() and (found := stacks.read_text()):
        pytest.fail(f"a sync that was to die at call {fatal} hangs:\n{found}")
    assert child.exitcode in (0, -signal.SIGKILL), (
        f"a sync in a process of its own ended with {child.exitcode}"
    )
    return child.exitcode == -signal.SIGKILL


def _sync_watched(url: str, home: Path, fatal: int, stacks: Path) -> None:
    with stacks.open("w") as file:
        faulthandler.dump_traceback_later(PATIENCE, file=file)
        Watch(fatal).sync(Toy(url, home))
        faulthandler.cancel_dump_traceback_later()
