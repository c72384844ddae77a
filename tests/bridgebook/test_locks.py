"""One worker at a time, named; a dead one holds nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bridgebook.errors import ExitCode, LockHeld
from bridgebook.home import Home
from bridgebook.locks import Holder, held, hold, hold_all, holder

HOLDER = """
import sys, time
from pathlib import Path
from bridgebook.home import Home
from bridgebook.locks import hold
with hold(Home(Path(sys.argv[1])), "build", "bridgebook build"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def other_process(home: Home, seconds: float) -> subprocess.Popen[str]:
    """Start a process that holds the build lock, and wait until it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_who_is_refused_learns_who_holds_the_lock(home: Home) -> None:
    process = other_process(home, 60)
    try:
        with pytest.raises(LockHeld) as refusal, hold(home, "build", "bridgebook run"):
            pass
        assert refusal.value.exit_code == ExitCode.REFUSED
        for language in ("zh", "en"):
            sentence = refusal.value.sentence(language)
            assert f"{process.pid}" in sentence
            assert "bridgebook build" in sentence
            assert os.uname().nodename in sentence
        assert held(home)["build"].pid == process.pid
    finally:
        process.kill()
        process.wait()


def test_kill_9_frees_the_lock(home: Home) -> None:
    process = other_process(home, 60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert held(home) == {}
    with hold(home, "build", "bridgebook run"):
        now = holder(home, "build")
        assert now is not None
        assert (now.pid, now.host, now.command) == (os.getpid(), os.uname().nodename, "bridgebook run")
    assert holder(home, "build") is None


def test_a_bounded_wait_is_told_and_ends_with_the_lock(home: Home) -> None:
    process = other_process(home, 1.0)
    told: list[tuple[str, int]] = []
    began = time.monotonic()

    def waiting(name: str, who: Holder | None) -> None:
        told.append((name, who.pid if who else 0))

    with hold(home, "build", "b", 30, waiting=waiting):
        assert time.monotonic() - began > 0.3
    assert told == [("build", process.pid)]
    process.wait()


def test_a_wait_that_is_over_is_a_refusal(home: Home) -> None:
    process = other_process(home, 60)
    began = time.monotonic()
    try:
        with pytest.raises(LockHeld), hold(home, "build", "b", 0.5):
            pass
        assert 0.4 < time.monotonic() - began < 10
    finally:
        process.kill()
        process.wait()


def test_two_sources_do_not_wait_for_each_other_but_a_build_waits_for_both(home: Home) -> None:
    with hold(home, "source-a", "sync a"), hold(home, "source-b", "sync b"):
        with (
            pytest.raises(LockHeld, match="source-a"),
            hold_all(home, ("source-b", "source-a", "build"), "b"),
        ):
            pass
        assert set(held(home)) == {"source-a", "source-b"}


def test_what_was_taken_before_a_refusal_is_given_back(home: Home) -> None:
    with hold(home, "source-b", "sync b"):
        with pytest.raises(LockHeld), hold_all(home, ("build", "source-b"), "bridgebook build"):
            pass
        with hold(home, "build", "again"):
            pass
