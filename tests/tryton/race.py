"""An undisturbed run, kept beside the home that it started from, for others to be measured against."""

import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.tryton.changes import change_at_random
from tests.tryton.installation import Installation
from tests.tryton.source import open_books


@dataclass(frozen=True)
class Race:
    """A home before a run and after an undisturbed one, what had changed between, and how long it took."""

    before: Installation
    after: Installation
    changes: tuple[str, ...]
    seconds: float


def undisturbed(before: Installation, folder: Path, changes: tuple[str, ...] = ()) -> Race:
    """Run a copy of a home to its end."""
    after = before.copy_to(folder)
    began = time.monotonic()
    after.run("run")
    return Race(before, after, changes, time.monotonic() - began)


def changed_at_random(home: Installation, folder: Path, seed: int, count: int) -> Race:
    """Copy a home, change its source at random, and run it."""
    before = home.copy_to(folder / "before")
    with open_books(before.books_url) as books:
        changes = tuple(change_at_random(books, Random(seed), count))
    return undisturbed(before, folder / "after", changes)
