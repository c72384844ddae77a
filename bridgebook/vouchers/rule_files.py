"""Rows of the rule tables, shipped and the user's, with the place where each was written."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TABLES: Mapping[str, tuple[str, ...]] = {
    "voucher_rules": ("rule_code", "version"),
    "voucher_rule_lines": ("rule_code", "version"),
    "account_determination": (),
    "accounting_policies": (),
}
"""The tables and the columns by which a user's row replaces a shipped one; without any, rows add up."""


@dataclass(frozen=True)
class Row:
    """One row: the file and line it stands in, whether a user wrote it, its cells without outer blanks."""

    file: Path
    line: int
    is_own: bool
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def place(self) -> str:
        """Return file and line, for people."""
        return f"{self.file}:{self.line}"

    @property
    def valid_from(self) -> date:
        """Return the first day; without one, since ever."""
        return _day(self["valid_from"], date.min)

    @property
    def valid_to(self) -> date:
        """Return the last day; without one, for ever."""
        return _day(self["valid_to"], date.max)


@dataclass(frozen=True)
class RuleSet:
    """All rows of the four tables that hold, and the user's own among them."""

    rules: tuple[Row, ...]
    lines: tuple[Row, ...]
    determination: tuple[Row, ...]
    policies: tuple[Row, ...]


def read_rule_set(folder: Path, seeds: Path) -> RuleSet:
    """Read both layers; a user's rule replaces the shipped one of its code and version."""
    tables = [_layered(folder, seeds, name, key) for name, key in TABLES.items()]
    return RuleSet(*tables)


def _layered(folder: Path, seeds: Path, name: str, key: tuple[str, ...]) -> tuple[Row, ...]:
    shipped = _rows(seeds / f"{name}.csv", is_own=False)
    own = _rows(folder / f"{name}.csv", is_own=True)
    if key:
        replaced = {tuple(row[column] for column in key) for row in own}
        shipped = [row for row in shipped if tuple(row[column] for column in key) not in replaced]
    else:
        says = {_identity(row) for row in own}
        shipped = [row for row in shipped if _identity(row) not in says]
    return (*shipped, *own)


def _identity(row: Row) -> tuple[tuple[str, str], ...]:
    says = ("account_code", "value", "valid_to", "reason")
    return tuple(sorted((name, cell) for name, cell in row.cells.items() if name not in says))


def _rows(file: Path, *, is_own: bool) -> list[Row]:
    if not file.is_file():
        return []
    rows = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        header = [name.strip() for name in next(reader, [])]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                named = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
                rows.append(Row(file, reader.line_num, is_own, named))
    return rows


def _day(words: str, missing: date) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return missing
