"""Locks that name who holds them: one build at a time, one sync per source."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bridgebook.errors import LockHeld
from bridgebook.home import Home

Waiting = Callable[[str, "Holder | None"], None]


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: process, machine, command, since when (UTC, ISO)."""

    pid: int
    host: str
    command: str
    since: str


def holder(home: Home, name: str) -> Holder | None:
    """Return who wrote himself down as holder of lock `name`; he may be gone."""
    try:
        return Holder(**json.loads(_note(home, name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def held(home: Home) -> dict[str, Holder]:
    """Return the locks that are held right now and by whom."""
    found = {}
    for file in sorted(home.locks.glob("*.lock")):
        lock = FileLock(file, thread_local=False)
        try:
            lock.acquire(timeout=0)
            lock.release()
        except Timeout:
            found[file.stem] = holder(home, file.stem) or Holder(0, "?", "?", "?")
    return found


@contextmanager
def hold(
    home: Home, name: str, purpose: str, wait_seconds: float = 0, *, waiting: Waiting | None = None
) -> Iterator[None]:
    """Hold lock `name` while the block runs; wait at most `wait_seconds`, then raise LockHeld.

    The operating system frees the lock when its holder dies, also by kill -9.
    """
    home.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.locks / f"{name}.lock", thread_local=False)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if wait_seconds > 0 and waiting is not None:
                waiting(name, holder(home, name))
            lock.acquire(timeout=wait_seconds, poll_interval=0.1)
    except Timeout:
        raise _refusal(home, name) from None
    try:
        _write_note(home, name, purpose)
        yield
    finally:
        _note(home, name).unlink(missing_ok=True)
        lock.release()


@contextmanager
def hold_all(
    home: Home,
    names: tuple[str, ...],
    purpose: str,
    wait_seconds: float = 0,
    *,
    waiting: Waiting | None = None,
) -> Iterator[None]:
    """Hold several locks, always taken in the same order so that two commands cannot wait for each other."""
    with ExitStack() as stack:
        for name in sorted(names):
            stack.enter_context(hold(home, name, purpose, wait_seconds, waiting=waiting))
        yield


def _note(home: Home, name: str) -> Path:
    return home.locks / f"{name}.json"


def _write_note(home: Home, name: str, purpose: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    note = Holder(os.getpid(), socket.gethostname(), purpose, now)
    fresh = home.locks / f".{name}.{os.getpid()}.tmp"
    fresh.write_text(json.dumps(asdict(note), ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, _note(home, name))


def _refusal(home: Home, name: str) -> LockHeld:
    who = holder(home, name)
    if who is None:
        return LockHeld("lock_held_unknown", name=name, file=home.locks / f"{name}.lock")
    return LockHeld("lock_held", name=name, pid=who.pid, host=who.host, command=who.command, since=who.since)
