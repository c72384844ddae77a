"""Templates of virtual bills: a file per entity with headings, explanations, examples, values to choose."""

import csv
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bridgebook.errors import SettingsError
from bridgebook.project import shipped

if TYPE_CHECKING:
    from ingestion.bills.contract import BillColumn, Entity

Form = Literal["xlsx", "csv"]
GUIDE, EXAMPLES = "说明 Guide", "示例 Examples"
ROWS_WITH_CHOICE = 5000
LONGEST_CHOICE = 255  # characters that a spreadsheet allows for a drop-down list
REQUIRED = "*"
_TYPES: Mapping[str, tuple[str, str]] = {
    "text": ("文本", "text"),
    "code": ("编码（文本，前导零保留）", "code (text; leading zeros stay)"),
    "money": ("金额，最多 4 位小数", "amount, up to 4 decimals"),
    "price": ("单价，最多 6 位小数", "price, up to 6 decimals"),
    "quantity": ("数量，最多 6 位小数", "quantity, up to 6 decimals"),
    "rate": ("比率，最多 10 位小数", "rate, up to 10 decimals"),
    "date": ("日期，如 2025-01-31", "date, such as 2025-01-31"),
    "instant": ("时间，如 2025-01-31 09:30", "moment, such as 2025-01-31 09:30"),
    "flag": ("是 / 否", "是 (yes) / 否 (no)"),
    "count": ("整数", "whole number"),
}
_EXAMPLES: Mapping[str, str] = {
    "text": "示例", "code": "A01", "money": "100.00", "price": "5.5", "quantity": "10", "rate": "1",
    "date": "2025-01-15", "instant": "2025-01-15 09:30", "flag": "是", "count": "1",
}  # fmt: skip
_FORMATS: Mapping[str, str] = {
    "text": "@", "code": "@", "money": "#,##0.00##", "price": "#,##0.00####", "quantity": "#,##0.######",
    "rate": "0.##########", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm", "flag": "@", "count": "0",
}  # fmt: skip
_LIKELY = ("approved", "posted", "valid", "supplier")


@dataclass(frozen=True)
class Written:
    """A template that was written: its entity's names and the file."""

    entity: str
    zh: str
    en: str
    file: Path


@cache
def contract() -> Mapping[str, "Entity"]:
    """Return the entities that files may hold, from the shipped pack of files."""
    from ingestion.bills.contract import WORDS_FILE, read_contract
    from ingestion.packs import find_packs

    pack = next(pack for pack in find_packs([shipped().packs]).values() if pack.canonical is not None)
    assert pack.canonical is not None
    return read_contract(pack.canonical, pack.folder / WORDS_FILE)


def listed() -> list[tuple[str, str, str]]:
    """Return name, Chinese and English name of every entity that has a template."""
    return [(entity.name, entity.zh, entity.en) for entity in contract().values()]


def named(name: str) -> "Entity":
    """Return the entity of that name, Chinese name or English name; SettingsError says what is near it."""
    from ingestion.bills.contract import plain

    entities = contract()
    for entity in entities.values():
        if plain(name) in {plain(called) for called in entity.names}:
            return entity
    known = [called for entity in entities.values() for called in (entity.name, entity.zh)]
    near = difflib.get_close_matches(name, known, 3, 0.4)
    raise SettingsError("template_unknown", name=name, near=", ".join(near) or "-")


def write_template(
    name: str, form: Form, file: Path | None = None, *, rows: Sequence[Mapping[str, str]] = ()
) -> Written:
    """Write the template of an entity; `rows` (by column name) are written below its headings."""
    entity = named(name)
    target = file or Path(f"{entity.name}.{form}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if form == "csv":
            _write_text(entity, target, rows)
        else:
            _write_workbook(entity, target, rows)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError("template_unwritable", file=target, reason=reason) from None
    return Written(entity.name, entity.zh, entity.en, target)


def example(entity: "Entity") -> dict[str, str]:
    """Return one row that would load: every required column, and others that have an example."""
    return {
        column.name: _example_of(entity, column)
        for column in entity.columns
        if column.required or column.example or column.is_closed
    }


def _example_of(entity: "Entity", column: "BillColumn") -> str:
    if column.is_closed:
        likely = (entity.absent.get(column.name, ""), *_LIKELY)
        value = next((word for word in likely if word in column.values), next(iter(column.values)))
        return column.values[value]
    return column.example or _EXAMPLES[column.word]


def heading(column: "BillColumn") -> str:
    """Return the heading of a column; a required one is marked."""
    return column.zh + (REQUIRED if column.required else "")


def _write_text(entity: "Entity", target: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write a CSV with its explanation above the heading, which the reader takes as titles."""
    sample = example(entity)
    told = "  ".join(
        f"{column.zh}={sample[column.name]}" for column in entity.columns if column.name in sample
    )
    notes = [
        f"# {entity.zh} {entity.en} ({entity.name})",
        "# 标题带 * 的列必填，其余可空或删去 | columns marked * are required; others may be blank or deleted",
        f"# 示例 example: {told}",
    ]
    with target.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerows([note] for note in notes)
        writer.writerow([heading(column) for column in entity.columns])
        writer.writerows([row.get(column.name, "") for column in entity.columns] for row in rows)


def _write_workbook(entity: "Entity", target: Path, rows: Sequence[Mapping[str, str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(target), {"strings_to_urls": False}) as book:
        page = book.add_worksheet(entity.zh)
        styles = _Styles(book)
        _write_headings(page, entity, styles, with_notes=True)
        for number, row in enumerate(rows, start=2):
            for position, column in enumerate(entity.columns):
                page.write_string(number, position, row.get(column.name, ""))
        _write_guide(book.add_worksheet(GUIDE), entity, styles)
        shown = book.add_worksheet(EXAMPLES)
        _write_headings(shown, entity, styles, with_notes=False)
        sample = example(entity)
        for position, column in enumerate(entity.columns):
            shown.write_string(2, position, sample.get(column.name, ""), styles.of(column))


class _Styles:
    """Holds the formats of a workbook."""

    def __init__(self, book: Any) -> None:
        head = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
        self.required = book.add_format({**head, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
        self.optional = book.add_format({**head, "bg_color": "#DDEBF7"})
        self.name = book.add_format({"font_color": "#7F7F7F", "font_size": 9, "italic": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._words = {word: book.add_format({"num_format": form}) for word, form in _FORMATS.items()}

    def of(self, column: "BillColumn") -> Any:
        """Return the format of a column's cells."""
        return self._words[column.word]


def _write_headings(page: Any, entity: "Entity", styles: _Styles, *, with_notes: bool) -> None:
    """Write the Chinese headings with the canonical names below, and what may be entered."""
    page.freeze_panes(2, 0)
    for position, column in enumerate(entity.columns):
        style = styles.required if column.required else styles.optional
        page.set_column(position, position, max(12, 2 * len(column.zh) + 3), styles.of(column))
        page.write_string(0, position, heading(column), style)
        page.write_string(1, position, column.name, styles.name)
        if with_notes:
            page.write_comment(0, position, "\n".join(_told(column)), {"x_scale": 2})
            _offer(page, position, column)


def _offer(page: Any, position: int, column: "BillColumn") -> None:
    """Offer the values of a closed list; where the list is open, others are allowed after a warning."""
    words = ["是", "否"] if column.word == "flag" else list(column.values.values())
    if not words or len(",".join(words)) > LONGEST_CHOICE:
        return
    options = {
        "validate": "list",
        "source": words,
        "error_type": "stop" if column.required or column.word == "flag" else "warning",
        "error_title": column.zh[:32],
        "error_message": "请从列表中选择 | Choose from the list",
    }
    page.data_validation(2, position, ROWS_WITH_CHOICE, position, options)


def _told(column: "BillColumn") -> list[str]:
    """Return the lines that explain a column, Chinese and English."""
    zh, en = _TYPES[column.word]
    lines = [
        f"{'必填' if column.required else '可空'}，{zh}" + (f"。{column.help_zh}" if column.help_zh else ""),
        f"{column.en}: {'required' if column.required else 'may be blank'}, {en}"
        + (f". {column.help_en}" if column.help_en else ""),
    ]
    if column.values:
        lines.append("、".join(f"{word} ({value})" for value, word in column.values.items()))
    return lines


def _write_guide(page: Any, entity: "Entity", styles: _Styles) -> None:
    """Write a line for every column: what it is, whether it must be filled, which values it may have."""
    page.freeze_panes(1, 0)
    head = [
        "标题 Heading",
        "列名 Column",
        "必填 Required",
        "类型 Type",
        "说明 Explanation",
        "可用的值 Values",
        "示例 Example",
    ]
    for position, (words, width) in enumerate(zip(head, (24, 24, 12, 34, 60, 60, 24), strict=True)):
        page.set_column(position, position, width, styles.wrapped)
        page.write_string(0, position, words, styles.required)
    sample = example(entity)
    for number, column in enumerate(entity.columns, start=1):
        zh, en = _TYPES[column.word]
        explained = [column.help_zh or column.zh, column.help_en or column.en]
        values = "、".join(f"{word} ({value})" for value, word in column.values.items())
        cells = [
            f"{column.zh} {column.en}", column.name, "是 yes" if column.required else "", f"{zh} | {en}",
            " | ".join(explained), values, sample.get(column.name, ""),
        ]  # fmt: skip
        for position, cell in enumerate(cells):
            page.write_string(number, position, cell, styles.wrapped)
