"""Say where in which file something stands, why it is held, and what to do about it, in both languages."""

from __future__ import annotations

from ingestion.bills.contract import APART
from ingestion.bills.reading import Held, ReadSheet
from ingestion.texts import Sentence, sentence


def place(
    file: str, sheet: str, row: int | None, letter: str = "", heading: str = "", column: str = ""
) -> Sentence:
    """Return the place of a cell, row, sheet or file."""
    facts: dict[str, object] = {
        "file": file,
        "row": row,
        "sheet_zh": f" 工作表 {sheet}" if sheet else "",
        "sheet_en": f", sheet {sheet}" if sheet else "",
        "column_zh": "",
        "column_en": "",
    }
    if column or letter:
        name = column if not heading or heading == column or column in APART else f"{heading} ({column})"
        facts["column_zh"] = f" {letter} 列 {name}" if letter else f" 列 {name}"
        facts["column_en"] = f", column {letter} {name}" if letter else f", column {name}"
    return sentence("bill_place_file" if row is None else "bill_place", **facts)


def why(held: Held, read: ReadSheet) -> Sentence:
    """Return the reason with its remedy."""
    entity = read.entity
    facts: dict[str, object] = {
        "value": held.value, "column": held.column, "detail": held.value, "type": "", "allowed": "",
        "first": "", "columns": "", "near_zh": "", "near_en": "",
        "entity": entity.name if entity else "ENTITY", "entity_zh": entity.zh if entity else "",
    }  # fmt: skip
    if entity is not None and held.column and held.column not in APART:
        column = entity.column(held.column)
        facts["type"] = column.type
        facts["allowed"] = ", ".join(column.values)
        facts["first"] = next(iter(column.values), "")
    facts |= dict(held.facts)
    return sentence(f"bill_reason_{held.reason}", **facts)


def joined(where: Sentence, reason: Sentence) -> Sentence:
    """Put a place before a reason."""
    return Sentence(f"{where.zh}：{reason.zh}", f"{where.en}: {reason.en}")


def told(read: ReadSheet, index: int, held: Held) -> Sentence:
    """Return the whole sentence about a held row."""
    letter, heading = read.cell(index, held.column) if held.column else ("", "")
    return joined(
        place(read.file, read.sheet, read.numbers[index], letter, heading, held.column), why(held, read)
    )


def told_of_sheet(read: ReadSheet) -> Sentence:
    """Return the whole sentence about a sheet of which nothing can land; its heading row is named."""
    held = read.refused
    assert held is not None
    return joined(place(read.file, read.sheet, read.heading_row), why(held, read))
