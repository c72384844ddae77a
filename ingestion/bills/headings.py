"""Find the heading of a sheet, in one row or merged over several, and which column each cell of it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingestion.bills.contract import APART, Entity, plain, without_unit
from ingestion.bills.sheets import Cells, Range, Sheet
from ingestion.bills.values import is_blank

ROWS_LOOKED_AT = 50
MOST_HEADING_ROWS = 3


@dataclass(frozen=True)
class Heading:
    """Rows `first`..`last` (from 0; -1 where the file names columns apart) and what each column names.

    `columns` maps column name -> index; `texts` are the headings as written; `unknown` and `twice` are
    indexes of headings that name nothing, or what another one names; `percent` are the columns that say %.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    texts: Sequence[str]
    unknown: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    percent: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """Return the heading of a column as the file writes it; its own name where the file has none."""
        return self.texts[self.columns[name]] if name in self.columns else name


@dataclass(frozen=True)
class Names:
    """What headings mean for one entity in one source."""

    entity: Entity
    own: Mapping[str, str]
    ignored: frozenset[str]

    def column(self, text: Any) -> str | None:
        """Return the column that a heading names."""
        if is_blank(text) or not isinstance(text, str):
            return None
        words = plain(text)
        return self.own.get(words) or self.own.get(without_unit(words)) or self.entity.heading(text)

    def is_exact(self, text: str, name: str) -> bool:
        """Tell whether a heading is the contract's or the settings' own, not just what people also say."""
        words = plain(text)
        if words in self.own:
            return True
        if name in APART:
            return False
        column = self.entity.column(name)
        return words in {plain(column.name), plain(column.zh), plain(column.en)}

    def is_ignored(self, text: str) -> bool:
        """Tell whether a heading is known to hold nothing for us."""
        return plain(text) in self.ignored or "*" in self.ignored


def find_heading(sheet: Sheet, names: Names) -> Heading | None:
    """Return the rows that name the most columns; None where no rows name at least two (or the only one)."""
    if sheet.headings is not None:
        return _resolved(-1, -1, [[text] for text in sheet.headings], names)
    best: Heading | None = None
    for first in range(min(len(sheet.rows), ROWS_LOOKED_AT)):
        for last in range(first, min(first + MOST_HEADING_ROWS, len(sheet.rows))):
            if sheet.numbers[last] - sheet.numbers[first] != last - first:
                break
            found = _candidate(sheet, first, last, names)
            if found is not None and (best is None or len(found.columns) > len(best.columns)):
                best = found
    return best


def _candidate(sheet: Sheet, first: int, last: int, names: Names) -> Heading | None:
    rows = sheet.rows[first : last + 1]
    if last > first and not _may_go_together(rows, names):
        return None
    width = max(len(row) for row in rows)
    filled = [_filled(row, first + offset, width, sheet.merged, last > first and offset < last - first)
              for offset, row in enumerate(rows)]  # fmt: skip
    texts = [[row[index] for row in filled] for index in range(width)]
    found = _resolved(first, last, texts, names)
    written = sum(any(not is_blank(part) for part in parts) for parts in texts)
    return found if len(found.columns) >= min(2, written) and found.columns else None


def _may_go_together(rows: Sequence[Cells], names: Names) -> bool:
    """Tell whether rows can be one heading: only texts, and the lowest is not a row of values."""
    if not all(is_blank(cell) or isinstance(cell, str) for row in rows for cell in row):
        return False
    lowest = [cell for cell in rows[-1] if not is_blank(cell)]
    top = [cell for cell in rows[0] if not is_blank(cell)]
    return bool(lowest) and len(top) > 1 and not all(names.column(cell) for cell in top) and _differs(rows)


def _differs(rows: Sequence[Cells]) -> bool:
    """Tell whether there is a cell that only the first row fills and one that only the last row fills."""
    return any(
        is_blank(upper) != is_blank(lower) for upper, lower in zip(rows[0], rows[-1], strict=False)
    ) or len(rows[0]) != len(rows[-1])


def _filled(row: Cells, number: int, width: int, merged: Sequence[Range], spreads: bool) -> list[Any]:
    """Return the row with the text of merged cells in each; without ranges, blanks take from the left."""
    cells = [row[index] if index < len(row) else None for index in range(width)]
    covered = False
    for (top, left), (bottom, right) in merged:
        if top <= number <= bottom and left < width:
            covered = True
            if top == number:
                for index in range(left, min(right, width - 1) + 1):
                    cells[index] = cells[left]
    if spreads and not covered:
        for index in range(1, width):
            if is_blank(cells[index]):
                cells[index] = cells[index - 1]
    return cells


def _resolved(first: int, last: int, texts: Sequence[Sequence[Any]], names: Names) -> Heading:
    """Say for each column, whose heading parts stand above each other, what it names."""
    columns: dict[str, int] = {}
    unknown: list[int] = []
    twice: list[int] = []
    written = [_written(parts, names) for parts in texts]
    for index, text in enumerate(written):
        if not text:
            continue
        name = names.column(text)
        if name is None:
            if not names.is_ignored(text):
                unknown.append(index)
        elif name not in columns:
            columns[name] = index
        elif names.is_exact(text, name) and not names.is_exact(written[columns[name]], name):
            unknown.append(columns[name])
            columns[name] = index
        elif names.is_exact(written[columns[name]], name) and not names.is_exact(text, name):
            unknown.append(index)
        else:
            twice.append(index)
    percent = frozenset(name for name, index in columns.items() if "%" in plain(written[index]))
    return Heading(first, last, columns, written, tuple(unknown), tuple(twice), percent)


def _written(parts: Sequence[Any], names: Names) -> str:
    """Return the text of a heading whose parts stand above each other: all of it where that names something,
    else the lowest part that does, else the lowest."""
    filled = [str(part).strip() for part in parts if not is_blank(part)]
    distinct = [part for n, part in enumerate(filled) if n == 0 or part != filled[n - 1]]
    if not distinct:
        return ""
    together = ["".join(distinct[start:]) for start in range(len(distinct))]
    turned = ["".join(reversed(distinct[start:])) for start in range(len(distinct))]
    for candidate in (*together, *turned, *reversed(distinct)):
        if names.column(candidate):
            return candidate
    return distinct[-1]


def is_heading_again(row: Cells, names: Names) -> bool:
    """Tell whether a row below is headings once more: a printed page's, or names below the Chinese ones."""
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) > 1 and all(isinstance(cell, str) and names.column(cell) for cell in filled)
