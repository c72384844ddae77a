"""Understand one sheet as one entity: each line is a typed row, a held row, or a named other line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from ingestion.batches import raw_json
from ingestion.bills.completing import complete, used_headings
from ingestion.bills.contract import APART, NUMBER, SIDE, BillColumn, Entity, plain
from ingestion.bills.delimited import is_footnote, is_total_label
from ingestion.bills.headings import Heading, Names, find_heading, is_heading_again
from ingestion.bills.settings import EntityRules
from ingestion.bills.sheets import Cells, Sheet
from ingestion.bills.values import Reading, converter, is_blank
from ingestion.landing_types import BadValue
from ingestion.texts import Sentence, sentence

_NO_WORD = frozenset({"null", "\\n", "#n/a"})
_NO_NUMBER = _NO_WORD | {"n/a", "nan", "none", "/", "无"}
_NO_DAY = _NO_NUMBER | {"-", "--", "—", "–", "0000-00-00"}
_NOTHING_OF = {
    "text": _NO_WORD, "code": _NO_WORD, "money": _NO_NUMBER, "price": _NO_NUMBER, "quantity": _NO_NUMBER,
    "rate": _NO_DAY, "date": _NO_DAY, "instant": _NO_DAY, "flag": _NO_WORD | {"-"}, "count": _NO_DAY,
}  # fmt: skip
FILLED_DOWN = frozenset({"code", "text", "date", "instant", "flag"})


@dataclass(frozen=True)
class Held:
    """Why a line is held: a reason of the texts, its column ("" for the whole line), what stands there."""

    reason: str
    column: str = ""
    value: str = ""
    facts: tuple[tuple[str, object], ...] = ()


@dataclass
class Lines:
    """How many physical lines of a sheet are what."""

    physical: int = 0
    title: int = 0
    heading: int = 0
    blank: int = 0
    totals: int = 0
    footnote: int = 0
    data: int = 0


@dataclass
class ReadSheet:
    """One sheet after reading. `columns` run parallel to `numbers`, the first physical line of each data row.

    `spans` says how many physical lines each takes; `raw` is its cells. `refused` says that no line of it can
    land; its rows then are held with that reason. `notes`, `warnings` and `remarks` are
    for people. Once it is packed, `keys`,
    `arrays` and `kept` (the cells of held rows) stand for `columns` and `raw`.
    """

    file: str
    sheet: str
    entity: Entity | None
    encoding: str = ""
    delimiter: str = ""
    lines: Lines = field(default_factory=Lines)
    numbers: MutableSequence[int] = field(default_factory=list)
    spans: MutableSequence[int] = field(default_factory=list)
    raw: list[Any] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    keys: list[str | None] = field(default_factory=list)
    arrays: dict[str, pa.Array] = field(default_factory=dict)
    kept: dict[int, Any] = field(default_factory=dict)
    held: dict[int, Held] = field(default_factory=dict)
    heading: Heading | None = None
    heading_row: int | None = None
    refused: Held | None = None
    skipped: bool = False
    notes: list[Sentence] = field(default_factory=list)
    remarks: list[Sentence] = field(default_factory=list)
    warnings: list[Sentence] = field(default_factory=list)

    def cell(self, index: int, column: str) -> tuple[str, str]:
        """Return the letter and the heading of a column, as a spreadsheet shows them."""
        if self.heading is None or column not in self.heading.columns:
            return "", ""
        position = self.heading.columns[column]
        return letters(position), self.heading.texts[position]

    def record(self, index: int) -> str:
        """Return a row as JSON: where it stands, and its cells by heading."""
        found: dict[str, Any] = {"file": self.file, "sheet": self.sheet, "row": self.numbers[index]}
        cells = self.kept.get(index)
        if cells is None:
            values = {name: column[index].as_py() for name, column in self.arrays.items()}
            return raw_json(found | {name: value for name, value in values.items() if value is not None})
        if isinstance(cells, str) or self.heading is None:
            found["line" if isinstance(cells, str) else "cells"] = (
                cells if isinstance(cells, str) else list(cells)
            )
            return raw_json(found)
        for position, cell in enumerate(cells):
            if not is_blank(cell):
                text = self.heading.texts[position] if position < len(self.heading.texts) else ""
                name = text if text and text not in found else letters(position)
                found[name] = _jsonable(cell)
        return raw_json(found)


def letters(position: int) -> str:
    """Return the letters of a column of a spreadsheet: 0 is A, 26 is AA."""
    words = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        words = chr(65 + rest) + words
    return words


def _jsonable(cell: Any) -> Any:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else cell


def read_sheet(
    sheet: Sheet,
    entity: Entity,
    names: Names,
    rules: EntityRules,
    reading: Reading,
    better: Callable[[], str | None],
) -> ReadSheet:
    """Read a sheet as `entity`; `better` names the entity whose headings fit, where these do not."""
    read = ReadSheet(sheet.file, sheet.name, entity, sheet.encoding, sheet.delimiter)
    read.lines.physical = sheet.lines
    read.heading = find_heading(sheet, names)
    if read.heading is not None and read.heading.last >= 0:
        read.heading_row = sheet.numbers[read.heading.last]
    _sort_lines(sheet, read, names)
    if sheet.lines == 0 or (not read.numbers and not sheet.broken and read.heading is None):
        read.refused = Held("empty_file")
        return read
    if read.heading is None:
        other = better()
        read.refused = Held("wrong_entity", value=other) if other else Held("no_heading")
    elif missing := _missing(entity, read.heading, rules):
        other = better()
        facts = (("columns", "、".join(f"{column.zh} ({column.name})" for column in missing)),)
        read.refused = (
            Held("wrong_entity", value=other, facts=facts)
            if other and other != entity.name
            else Held("missing_columns", missing[0].name, facts=facts)
        )
    elif read.heading.twice:
        position = read.heading.twice[0]
        read.refused = Held("heading_twice", value=read.heading.texts[position],
                            facts=(("letter", letters(position)),))  # fmt: skip
    if read.refused is not None:
        read.held = dict.fromkeys(range(len(read.numbers)), read.refused) | read.held
        return read
    _say_unknown_headings(read, names, used_headings(rules))
    _fill_merged_down(sheet, read)
    _type_columns(read, entity, reading)
    complete(read, entity, rules, reading)
    _hold_incomplete(read, entity)
    return read


def _sort_lines(sheet: Sheet, read: ReadSheet, names: Names) -> None:
    """Tell apart titles, headings, blanks, totals and footnotes; what remains is data."""
    lines, heading = read.lines, read.heading
    needed = _needed(names.entity, heading)
    for index, row in enumerate(sheet.rows):
        span = sheet.span(index)
        kind = _kind(index, row, heading, needed, names)
        setattr(lines, kind, getattr(lines, kind) + span)
        if kind == "data":
            read.numbers.append(sheet.numbers[index])
            read.spans.append(span)
            read.raw.append(row)
    before = sheet.numbers[heading.first] if heading is not None and heading.first >= 0 else 0
    for broken in sheet.broken:
        if not broken.text.strip():
            lines.blank += 1
        elif broken.number < before:
            lines.title += 1
        else:
            read.held[len(read.numbers)] = Held(broken.reason)
            read.numbers.append(broken.number)
            read.spans.append(1)
            read.raw.append(broken.text)
            lines.data += 1


def _kind(index: int, row: Cells, heading: Heading | None, needed: Sequence[int], names: Names) -> str:
    """Return the field of Lines that counts a row."""
    if all(is_blank(cell) for cell in row):
        return "blank"
    if heading is None:
        return "data"
    if index <= heading.last:
        return "title" if index < heading.first else "heading"
    if is_heading_again(row, names):
        return "heading"
    if _lacks(row, needed):
        if any(is_total_label(cell) for cell in row):
            return "totals"
        if is_footnote(row):
            return "footnote"
    return "data"


def _needed(entity: Entity, heading: Heading | None) -> list[int]:
    if heading is None:
        return []
    return [heading.columns[c.name] for c in entity.columns if c.required and c.name in heading.columns]


def _lacks(row: Cells, needed: Sequence[int]) -> bool:
    return any(index >= len(row) or is_blank(row[index]) for index in needed) or not needed


def _missing(entity: Entity, heading: Heading, rules: EntityRules) -> list[BillColumn]:
    """Return the required columns that the file neither has nor is told how to fill."""
    given = {*heading.columns, *rules.fill, *entity.absent}
    if entity.difference and (given >= set(entity.difference[1:]) or given >= {entity.difference[0], SIDE}):
        given |= set(entity.difference)
    if NUMBER in given:
        given |= {"account_key"}
    return [column for column in entity.columns if column.required and column.name not in given]


def _say_unknown_headings(read: ReadSheet, names: Names, used: frozenset[str]) -> None:
    assert read.heading is not None
    for position in read.heading.unknown:
        if plain(read.heading.texts[position]) in used or all(
            _blank_at(cells, position) for cells in read.raw
        ):
            continue
        read.warnings.append(
            sentence(
                "bill_unknown_heading",
                letter=letters(position),
                heading=read.heading.texts[position],
                near=_nearest(read.heading.texts[position], names.entity),
            )
        )


def _blank_at(cells: Any, position: int) -> bool:
    return isinstance(cells, str) or position >= len(cells) or is_blank(cells[position])


def _nearest(text: str, entity: Entity) -> str:
    import difflib

    found = difflib.get_close_matches(
        text, [c.zh for c in entity.columns] + [c.name for c in entity.columns], 1, 0.5
    )
    return found[0] if found else "-"


def _fill_merged_down(sheet: Sheet, read: ReadSheet) -> None:
    """Give every row the text of a cell merged over rows; never an amount, which would count twice."""
    assert read.heading is not None
    assert read.entity is not None
    words = {index: name for name, index in read.heading.columns.items()}
    rows = {number: index for index, number in enumerate(read.numbers)}
    for (top, left), (bottom, _) in sheet.merged:
        name = words.get(left)
        if bottom <= top or name is None or top <= read.heading.last or name in APART:
            continue
        if read.entity.column(name).word not in FILLED_DOWN:
            continue
        value = sheet.rows[top][left]
        for number in range(top + 2, bottom + 2):
            index = rows.get(number)
            if index is not None and left < len(read.raw[index]) and is_blank(read.raw[index][left]):
                cells = list(read.raw[index])
                cells[left] = value
                read.raw[index] = cells


def _type_columns(read: ReadSheet, entity: Entity, reading: Reading) -> None:
    assert read.heading is not None
    for column in entity.columns:
        position = read.heading.columns.get(column.name)
        if position is not None:
            convert = converter(column, reading, is_percent=column.name in read.heading.percent)
            read.columns[column.name] = _typed(read, column, position, convert)


def _typed(read: ReadSheet, column: BillColumn, position: int, convert: Callable[[Any], Any]) -> list[Any]:
    """Type one column, each distinct cell once."""
    known: dict[Any, Any] = {}
    refused: dict[Any, str] = {}
    nothing = _NOTHING_OF[column.word]
    values: list[Any] = []
    for index, cells in enumerate(read.raw):
        if isinstance(cells, str) or position >= len(cells):
            values.append(None)
            continue
        cell = cells[position]
        name = cell if type(cell) is str else (type(cell), cell)
        if name in known:
            values.append(known[name])
        elif name in refused:
            values.append(None)
            read.held.setdefault(index, Held(refused[name], column.name, shown(cell)))
        else:
            try:
                value = None if _is_nothing(cell, nothing) else convert(cell)
                known[name] = value
            except BadValue as refusal:
                refused[name], value = refusal.reason, None
                read.held.setdefault(index, Held(refusal.reason, column.name, shown(cell)))
            values.append(value)
    _remark(read, column, position, known, is_text=all(type(name) is str for name in known))
    return values


def _remark(
    read: ReadSheet, column: BillColumn, position: int, known: Mapping[Any, Any], *, is_text: bool
) -> None:
    """Say what is worth a look and stops nothing: words outside an optional list, codes that end in .0."""
    assert read.heading is not None
    facts = {"letter": letters(position), "heading": read.heading.texts[position], "column": column.name}
    if column.is_closed and not column.required:
        others = sorted({str(value) for value in known.values() if value not in {None, *column.values}})
        if others:
            allowed = ", ".join(column.values)
            words = ", ".join(others[:5])
            read.remarks.append(sentence("bill_other_words", words=words, allowed=allowed, **facts))
    if column.word == "code" and is_text:
        ending = next((value for value in known.values() if value and str(value).endswith(".0")), None)
        if ending is not None:
            read.remarks.append(sentence("bill_code_with_decimals", value=ending, **facts))


def _is_nothing(cell: Any, nothing: frozenset[str]) -> bool:
    if is_blank(cell):
        return True
    if not isinstance(cell, str):
        return bool(cell != cell)
    return len(cell) < 15 and cell.strip().casefold() in nothing


def shown(cell: Any) -> str:
    """Return a cell for a message."""
    text = str(cell)
    return text if len(text) <= 80 else text[:77] + "..."


def _hold_incomplete(read: ReadSheet, entity: Entity) -> None:
    """Hold rows in which a required column is blank."""
    for column in entity.columns:
        if column.required:
            for index, value in enumerate(read.columns.get(column.name, ())):
                if value is None:
                    read.held.setdefault(index, Held("required_blank", column.name))
