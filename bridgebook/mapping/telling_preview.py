"""Tell a preview: each canonical row beside the vendor's values that it was made of."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from bridgebook.console import Console
from bridgebook.mapping.fields import FieldRow
from bridgebook.mapping.preview import Preview, Shown
from bridgebook.mapping.telling import vendor_name
from bridgebook.query import Format
from bridgebook.texts import text

NAMES = (
    "source_id", "entity", "row_no", "canonical_column", "name_zh", "name_en",
    "vendor_table", "vendor_column", "usage", "vendor_value", "canonical_value",
)  # fmt: skip
WIDEST, MOST_VALUES = 40, 3


def tell_previews(console: Console, found: Iterable[Preview], form: Format) -> None:
    """Print previews as they come: blocks for people, one line per vendor column for programs."""
    if form == "table":
        for preview in found:
            _blocks(console, preview)
        console("preview_nothing_written")
        return
    records = [record for preview in found for record in _records(preview)]
    if form == "json":
        listed = [dict(zip(NAMES, record, strict=True)) for record in records]
        console.line(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows(records)


def _records(preview: Preview) -> Iterator[list[Any]]:
    for number, shown in enumerate(preview.rows, start=1):
        for field, values, made in shown.cells:
            yield [
                preview.source_id, preview.entity, number, field.canonical_column,
                field.name_zh, field.name_en, field.vendor_table, field.vendor_column, field.usage,
                None if values is None else " | ".join(map(written, values)),
                None if made is None else written(made),
            ]  # fmt: skip


def _blocks(console: Console, preview: Preview) -> None:
    language = console.language
    console("preview_head", entity=preview.entity, source=preview.source_id)
    counts = ", ".join(f"{table} {len(rows)}" for table, rows in preview.drawn.rows.items() if rows)
    console("preview_read", tables=counts or "-", made=preview.row_count)
    if preview.drawn.missing:
        console("preview_missing", tables=", ".join(sorted(preview.drawn.missing)))
    if uncertain := sorted(preview.drawn.cut - set(preview.leading)):
        console("preview_cut", tables=", ".join(uncertain))
    for table, count in preview.drawn.held.items():
        console("preview_held", table=table, count=count)
    if not preview.rows:
        console("preview_none")
    keys = ("vendor", "vendor_value", "canonical", "name", "value")
    header = [text(f"preview_{key}", language) for key in keys]
    for number, shown in enumerate(preview.rows, start=1):
        console("preview_row", number=number, count=len(preview.rows), origin=_origin(console, shown))
        console.table(header, list(_lines(console, shown)))
    console.line("")


def _origin(console: Console, shown: Shown) -> str:
    if shown.origin is None:
        return text("preview_together", console.language)
    table, key = shown.origin
    origin = f"{table} ({', '.join(f'{name} = {written(value)}' for name, value in key.items())})"
    return text("preview_shared", console.language, origin=origin) if shown.is_shared else origin


def _lines(console: Console, shown: Shown) -> Iterator[list[str]]:
    language = console.language
    for _, cells in groupby(shown.cells, lambda cell: cell[0].canonical_column):
        for number, (field, values, made) in enumerate(cells):
            name = field.name_zh if language == "zh" else field.name_en
            right = [field.canonical_column, name, _short(written(made))] if number == 0 else ["", "", ""]
            told = _told(values) if field.vendor_table else ""
            yield [_vendor(field, language), told, *right]


def _vendor(field: FieldRow, language: Any) -> str:
    return vendor_name(field) if field.vendor_table else text("mapping_constant", language)


def _told(values: tuple[Any, ...] | None) -> str:
    """Return a column's values in the rows that belong together; `?` where these were not found."""
    if values is None:
        return "?"
    words = ", ".join(written(value) for value in values[:MOST_VALUES])
    return _short(words + (f" … ({len(values)})" if len(values) > MOST_VALUES else ""))


def written(value: Any) -> str:
    """Return a value as text: exact decimals, ISO dates, a dash for nothing."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize() if value == value.to_integral_value() else value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _short(words: str) -> str:
    return words if len(words) <= WIDEST else words[: WIDEST - 1] + "…"
