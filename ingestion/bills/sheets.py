"""One sheet of rows as a file holds it: every physical line accounted for, nothing understood yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Cells = Sequence[Any]
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Broken:
    """A physical line that is no row of cells: why, and its text."""

    number: int
    reason: str
    text: str


@dataclass
class Sheet:
    """Rows with the number of their first physical line (from 1), beside lines that could not be split.

    `lines` counts physical lines; `spans` are the lines that each row takes (empty: one each). `headings` is
    given where a file names its columns apart from its rows. `merged` are ranges of (row, column) from 0.
    """

    file: str
    name: str
    rows: list[Cells]
    numbers: list[int]
    lines: int
    spans: list[int] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    headings: list[str] | None = None
    merged: Sequence[Range] = ()
    encoding: str = ""
    delimiter: str = ""

    def span(self, index: int) -> int:
        """Return how many physical lines a row takes."""
        return self.spans[index] if self.spans else 1

    @property
    def is_text(self) -> bool:
        """Whether every cell was text in the file."""
        return bool(self.delimiter)


class Unreadable(Exception):
    """A file that cannot be opened as what its name says; `reason` is a code of the texts."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class InboxFile:
    """A file with its name relative to the inbox."""

    name: str
    path: Path

    @property
    def stem(self) -> str:
        """The name without folders and ending."""
        return Path(self.name).stem

    @property
    def ending(self) -> str:
        """The ending in lower case, with its dot."""
        return Path(self.name).suffix.lower()
