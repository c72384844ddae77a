"""What a command prints: sentences in the reader's language, tables on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from bridgebook.errors import Explained
from bridgebook.texts import Language, text


class Console:
    """Holds the language and whether somebody is looking."""

    def __init__(
        self, language: Language, *, out: IO[str] | None = None, notes: IO[str] | None = None
    ) -> None:
        self.language = language
        self._out = out or sys.stdout
        self._notes = notes or sys.stderr

    def __call__(self, key: str, **values: object) -> None:
        """Tell a sentence of the catalog (a Report)."""
        self.line(text(key, self.language, **values))

    def line(self, words: str) -> None:
        """Print a line of the result."""
        print(words, file=self._out, flush=True)

    def note(self, key: str, **values: object) -> None:
        """Tell something beside the result, such as a row limit, on the error stream."""
        print(text(key, self.language, **values), file=self._notes, flush=True)

    def error(self, error: Explained) -> None:
        """Tell why the command could not finish."""
        print(error.sentence(self.language), file=self._notes, flush=True)

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
    ) -> None:
        """Print a table: ruled on a terminal, aligned elsewhere; `right` are the columns of numbers."""
        if self._out.isatty():
            self._framed(header, rows, right)
        else:
            for line in aligned(header, rows, right):
                self.line(line)

    def _framed(self, header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int]) -> None:
        from rich.console import Console as Rich
        from rich.table import Table
        from rich.text import Text

        table = Table(show_edge=False, pad_edge=False)
        for index, name in enumerate(header):
            table.add_column(Text(name), justify="right" if index in right else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Rich(file=self._out).print(table)


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
) -> list[str]:
    """Return a table as lines of equal columns; a Chinese character takes two places."""
    every = [header, *rows]
    widths = [max(width(row[index]) for row in every) for index in range(len(header))]
    lines = []
    for row in every:
        cells = [_padded(cell, widths[index], index in right) for index, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    return lines


def width(words: str) -> int:
    """Return how many places a text takes on a terminal."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def _padded(cell: str, size: int, at_right: bool) -> str:
    space = " " * (size - width(cell))
    return space + cell if at_right else cell + space


def place(file: Path) -> str:
    """Return a path as short as it can be told from here."""
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
