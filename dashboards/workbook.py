"""XLSX: a heading block, frozen headings with a filter, figures as numbers, totals, a sheet that explains.

Rows are written as they come (constant memory). Text is always written as text, so nothing in it can become a
formula or a link. What Excel cannot hold is said: numbers beyond 15 digits become text, long text is cut.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.utility import _datetime_to_excel_datetime as _serial
from xlsxwriter.utility import _preserve_whitespace, xl_col_to_name

from dashboards.figures import cell, moment
from dashboards.semantics.answer import Column, Heading, Total
from dashboards.semantics.entries import Kind
from dashboards.texts import Language, text

EXCEL_ROWS = 1_048_576
EXCEL_TEXT = 32_767
EXCEL_DIGITS = 15
MOST_KNOWN = 50_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
NUMBER_FORMATS: dict[Kind, str] = {
    "money": "#,##0.00;[Red]-#,##0.00",
    "quantity": "#,##0.######;[Red]-#,##0.######",
    "price": "#,##0.00####",
    "rate": "0.0000######",
    "ratio": "0.0%",
    "count": "#,##0",
}
WIDTHS: dict[Kind, int] = {"money": 18, "quantity": 14, "code": 16, "date": 12, "instant": 20, "text": 26}
MODULE_FONT = "Microsoft YaHei"


@dataclass
class Sheets:
    """The workbook being written: where the next row goes and what had to be changed on the way."""

    book: Any
    heading: Heading
    formats: dict[str, Any]
    row_limit: int = EXCEL_ROWS
    sheet: Any = None
    row: int = 0
    first_row: int = 0
    count: int = 0
    cut_texts: int = 0
    long_numbers: int = 0
    notes: list[str] = field(default_factory=list)
    too_long: dict[int, set[Any]] = field(default_factory=lambda: defaultdict(set))
    known: dict[int, dict[Any, str]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def language(self) -> Language:
        return self.heading.question.language


def write(
    heading: Heading,
    batches: Iterable[pa.RecordBatch],
    path: Path,
    *,
    companies: Mapping[str, str],
    scratch: Path,
    anchor: str | None = None,
    row_limit: int = EXCEL_ROWS,
) -> tuple[int, tuple[str, ...]]:
    """Write a workbook; return the rows and what had to be said. `scratch` takes temporary files."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "tmpdir": str(scratch),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheets = Sheets(book, heading, _formats(book), row_limit)
        _start(sheets, companies, anchor)
        rows = 0
        totals_room = len(heading.totals) + 1
        for batch in batches:
            rows += batch.num_rows
            while batch.num_rows:
                room = sheets.row_limit - totals_room - sheets.row
                if room <= 0:
                    _finish_sheet(sheets)
                    _continue(sheets)
                    continue
                _write_rows(sheets, batch.slice(0, room))
                batch = batch.slice(room)
        _finish_sheet(sheets)
        _write_totals(sheets)
        _explain(sheets)
    return rows, tuple(sheets.notes)


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": MODULE_FONT, "font_size": 10}
    made: dict[str, Any] = {
        kind: book.add_format({**base, "num_format": pattern}) for kind, pattern in NUMBER_FORMATS.items()
    }
    for kind, pattern in NUMBER_FORMATS.items():
        made[f"total {kind}"] = book.add_format(
            {**base, "num_format": pattern, "bold": True, "top": 1, "bottom": 6}
        )
    made["text"] = book.add_format(base)
    made["date"] = book.add_format({**base, "num_format": "yyyy-mm-dd"})
    made["instant"] = book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm:ss"})
    made["exact"] = book.add_format({**base, "align": "right"})
    made["total text"] = book.add_format({**base, "bold": True, "top": 1, "bottom": 6})
    made["title"] = book.add_format({**base, "bold": True, "font_size": 14})
    made["said"] = book.add_format({**base, "font_color": "#455a64"})
    made["heading"] = book.add_format(
        {**base, "bold": True, "bg_color": "#eceff1", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    made["wrapped"] = book.add_format({**base, "text_wrap": True, "valign": "top"})
    for style in made.values():
        style._get_xf_index()  # numbered once and in this order, whatever is written first
    return made


def _start(sheets: Sheets, companies: Mapping[str, str], anchor: str | None) -> None:
    """The first sheet: what the report is, of when, of whom, under which filters."""
    _add_sheet(sheets)
    _text(sheets, 0, 0, sheets.heading.title, "title")
    sheets.row = 1
    for name, value in _said(sheets, companies, anchor):
        _text(sheets, sheets.row, 0, name, "said")
        _text(sheets, sheets.row, 1, value, "said")
        sheets.row += 1
    sheets.row += 1
    _headings(sheets)


def _anchor(anchor: str | None, language: Language) -> str:
    if anchor is None:
        return text("export.anchor_unknown", language)
    return anchor or text("export.no_anchor", language)


def _said(sheets: Sheets, companies: Mapping[str, str], anchor: str | None) -> list[tuple[str, str]]:
    heading, language = sheets.heading, sheets.language
    question, known = heading.question, heading.completeness
    filters = list(heading.filters)
    if question.search:
        filters.append(text("export.search", language, words=question.search))
    if heading.is_limited:
        filters.append(text("export.limited", language))
    state = (
        "frame.unknown"
        if not known.is_known
        else "frame.complete"
        if known.is_complete
        else "frame.incomplete"
    )
    return [
        (text("export.caliber", language), "; ".join(caliber.name for caliber in heading.calibers) or "-"),
        (text("export.period", language), str(question.periods or text("export.every_period", language))),
        (
            text("export.companies", language),
            ", ".join(f"{code} {companies.get(code, '')}".strip() for code in heading.companies),
        ),
        (text("export.filters", language), "; ".join(filters) or text("frame.none", language)),
        (text("export.synced", language), f"{moment(known.last_synced_at)} UTC"),
        (text("export.snapshot", language), heading.version),
        (text("export.anchor", language), _anchor(anchor, language)),
        (text("export.completeness", language), text(state, language)),
        (text("export.rows", language), f"{heading.row_count:,}"),
    ]


def _add_sheet(sheets: Sheets) -> None:
    sheets.count += 1
    name = text("export.sheet_data", sheets.language)
    sheets.sheet = sheets.book.add_worksheet(name if sheets.count == 1 else f"{name} {sheets.count}")
    sheets.sheet.hide_gridlines(2)
    for position, column in enumerate(sheets.heading.columns):
        sheets.sheet.set_column(position, position, WIDTHS.get(column.kind, 14))
    sheets.row = 0


def _continue(sheets: Sheets) -> None:
    _add_sheet(sheets)
    _headings(sheets)


def _headings(sheets: Sheets) -> None:
    for position, column in enumerate(sheets.heading.columns):
        _text(sheets, sheets.row, position, column.label, "heading")
    sheets.sheet.freeze_panes(sheets.row + 1, 0)
    sheets.first_row = sheets.row
    sheets.row += 1


def _finish_sheet(sheets: Sheets) -> None:
    last = max(sheets.row - 1, sheets.first_row)
    if sheets.heading.columns:
        sheets.sheet.autofilter(sheets.first_row, 0, last, len(sheets.heading.columns) - 1)
    sheets.sheet.set_landscape()
    sheets.sheet.fit_to_pages(1, 0)
    sheets.sheet.repeat_rows(sheets.first_row)


def _write_rows(sheets: Sheets, batch: pa.RecordBatch) -> None:
    """Write rows column by column, as the library would write them cell by cell.

    A value that occurs again is written as it was the first time; figures are written as numbers at once.
    """
    sheet, first, count = sheets.sheet, sheets.row, batch.num_rows
    sheet._write_single_row(first)  # the library keeps one row back until the next one begins
    numbers = range(first + 1, first + 1 + count)
    columns = [
        _cells(sheets, position, column, array, numbers)
        for position, (column, array) in enumerate(zip(sheets.heading.columns, batch.columns, strict=True))
    ]
    written = (
        f'<row r="{number}">{line}</row>'
        for number, cells in zip(numbers, zip(*columns, strict=True), strict=True)
        if (line := "".join(cells))
    )
    sheet.row_data_fh.write("".join(written))
    sheets.row += count
    sheet.previous_row = sheet.dim_rowmax = sheets.row - 1


def _cells(
    sheets: Sheets, position: int, column: Column, array: pa.Array, numbers: Iterable[int]
) -> list[str]:
    """Return the cells of one column, empty text where there is none."""
    letter = xl_col_to_name(position)
    if column.is_figure and (pa.types.is_decimal(array.type) or pa.types.is_integer(array.type)):
        style = sheets.formats[column.kind]._get_xf_index()
        return [
            ""
            if words is None
            else f'<c r="{letter}{number}" s="{style}"><v>{float(words):.16G}</v></c>'
            if len(words) <= EXCEL_DIGITS or _digits(Decimal(words)) <= EXCEL_DIGITS
            else f'<c r="{letter}{number}"{_rendered(sheets, position, Decimal(words), column)}'
            for number, words in zip(numbers, array.cast(pa.string()).to_pylist(), strict=True)
        ]
    if pa.types.is_timestamp(array.type):
        style = sheets.formats["instant"]._get_xf_index()
        return [
            ""
            if moment is None
            else f'<c r="{letter}{number}" s="{style}"><v>{_serial(moment, False, False):.16G}</v></c>'
            for number, moment in zip(numbers, array.to_pylist(), strict=True)
        ]
    known, values = sheets.known[position], array.to_pylist()
    if len(known) > MOST_KNOWN:
        known.clear()
    for value in values:
        if value is not None and value not in known:
            before = sheets.cut_texts
            known[value] = _rendered(sheets, position, value, column)
            if sheets.cut_texts > before:
                sheets.cut_texts = before  # counted below, wherever it stands
                sheets.too_long[position].add(value)
    if too_long := sheets.too_long[position]:
        sheets.cut_texts += sum(value in too_long for value in values)
    return [
        "" if value is None else f'<c r="{letter}{number}"{known[value]}'
        for number, value in zip(numbers, values, strict=True)
    ]


def _rendered(sheets: Sheets, position: int, value: object, column: Column) -> str:
    """Return a cell behind its place: text by itself, anything else as the library writes it."""
    sheet, kept = sheets.sheet, sheets.sheet.fh
    if isinstance(value, str) or column.kind in ("flag", "word"):
        words = _fitting(sheets, cell(value, column, sheets.heading))
        space = ' xml:space="preserve"' if _preserve_whitespace(words) else ""
        escaped = sheet._escape_data(sheet._escape_control_characters(words))
        style = sheets.formats["text"]._get_xf_index()
        return f' s="{style}" t="inlineStr"><is><t{space}>{escaped}</t></is></c>'
    _value(sheets, position, value, column, "")
    sheet.fh = StringIO()
    try:
        sheet._write_cell(sheets.row, position, sheet.table[sheets.row].pop(position))
        written: str = sheet.fh.getvalue()
    finally:
        sheet.fh = kept
    return written[written.index('"', len('<c r="')) + 1 :]


def _value(sheets: Sheets, position: int, value: object, column: Column, prefix: str) -> None:
    if column.is_figure and isinstance(value, (Decimal, int)):
        if _digits(value) > EXCEL_DIGITS:
            sheets.long_numbers += 1
            _text(
                sheets,
                sheets.row,
                position,
                f"{value:f}" if isinstance(value, Decimal) else str(value),
                "exact",
            )
        else:
            sheets.sheet.write_number(
                sheets.row, position, float(value), sheets.formats[prefix + column.kind]
            )
    elif isinstance(value, datetime.datetime):
        sheets.sheet.write_datetime(sheets.row, position, value, sheets.formats["instant"])
    elif isinstance(value, datetime.date) and value.year >= 1900:
        sheets.sheet.write_datetime(sheets.row, position, value, sheets.formats["date"])
    else:
        written = cell(value, column, sheets.heading)
        _text(sheets, sheets.row, position, written, f"{prefix}text")


def _digits(value: Decimal | int) -> int:
    """Significant digits, trailing zeros after the point not counted."""
    if isinstance(value, int):
        return len(str(abs(value)))
    return len(value.normalize().as_tuple().digits)


def _text(sheets: Sheets, row: int, position: int, value: str, style: str) -> None:
    sheets.sheet.write_string(row, position, _fitting(sheets, value), sheets.formats[style])


def _fitting(sheets: Sheets, value: str) -> str:
    """Return a text without what no file may hold, cut to what Excel can hold."""
    if not value.isprintable():
        value = CONTROL.sub("\ufffd", value)
    if len(value) > EXCEL_TEXT // 2 and _units(value) > EXCEL_TEXT:
        sheets.cut_texts += 1
        value = _cut(value)
    return value


def _units(value: str) -> int:
    """Length as Excel counts it: signs beyond the basic plane count twice."""
    return len(value.encode("utf-16-le")) // 2


def _cut(value: str) -> str:
    kept = value[: EXCEL_TEXT - 1]
    while _units(kept) > EXCEL_TEXT - 1:
        kept = kept[: len(kept) - (_units(kept) - EXCEL_TEXT + 2) // 2]
    return kept + "…"


def _write_totals(sheets: Sheets) -> None:
    """One row per total, under the last row of the last sheet: exactly the totals of the page."""
    columns = sheets.heading.columns
    label_at = next((position for position, column in enumerate(columns) if not column.is_figure), None)
    for total in sheets.heading.totals:
        for position, column in enumerate(columns):
            value = total.values.get(column.name)
            if position == label_at:
                _text(sheets, sheets.row, position, _total_label(sheets, total), "total text")
            elif value is not None:
                _value(sheets, position, value, column, "total ")
            else:
                sheets.sheet.write_blank(sheets.row, position, None, sheets.formats["total text"])
        sheets.row += 1


def _total_label(sheets: Sheets, total: Total) -> str:
    return f"{text('table.total', sheets.language)} {sheets.heading.apart(total)}".strip()


def _explain(sheets: Sheets) -> None:
    """The last sheet: what every column means, the calibers in words, and what had to be changed."""
    language, heading = sheets.language, sheets.heading
    if sheets.cut_texts:
        sheets.notes.append(text("export.truncated", language, count=sheets.cut_texts))
    if sheets.long_numbers:
        sheets.notes.append(text("export.long_numbers", language, count=sheets.long_numbers))
    if sheets.count > 1:
        sheets.notes.append(text("export.continued", language, count=sheets.count))
    sheet = sheets.book.add_worksheet(text("export.sheet_columns", language))
    sheets.sheet, sheets.row = sheet, 0
    for position, width in enumerate((24, 26, 60, 30)):
        sheet.set_column(position, position, width)
    rows = [
        tuple(text(f"export.{key}", language) for key in ("label", "column", "explanation", "column_caliber"))
    ]
    rows += [
        (column.label, column.name, column.explanation, column.caliber or "") for column in heading.columns
    ]
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            _text(sheets, number, position, value, "wrapped" if number else "heading")
    number = len(rows) + 1
    for caliber in heading.calibers:
        _text(sheets, number, 0, text("export.caliber", language), "said")
        _text(sheets, number, 1, caliber.name, "wrapped")
        _text(sheets, number, 2, caliber.definition, "wrapped")
        number += 1
    for note in sheets.notes:
        _text(sheets, number, 0, text("export.notes", language), "said")
        _text(sheets, number, 2, note, "wrapped")
        number += 1
