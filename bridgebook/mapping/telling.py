"""Tell a pack's field mapping: a table for people, every feed as CSV or JSON for programs."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, astuple
from itertools import groupby

from bridgebook.console import Console
from bridgebook.mapping.fields import NAMES, FieldRow
from bridgebook.query import Format
from bridgebook.texts import text

WIDEST = 90


def tell_mapping(console: Console, rows: Sequence[FieldRow], form: Format) -> None:
    """Print the rows in a form: one line per canonical column as a table, one per feed otherwise."""
    if form == "json":
        console.line(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows(_cells(row) for row in rows)
    else:
        _table(console, rows)


def _cells(row: FieldRow) -> list[object]:
    return [str(cell).lower() if isinstance(cell, bool) else cell for cell in astuple(row)]


def _table(console: Console, rows: Sequence[FieldRow]) -> None:
    language = console.language
    keys = ("entity", "column", "label", "type", "kind", "from", "expression")
    header = [text(f"mapping_{key}", language) for key in keys]
    filled = {row.entity for row in rows if row.is_filled}
    lines, counts = [], Counter[str]()
    for (entity, column), feeds in groupby(rows, lambda row: (row.entity, row.canonical_column)):
        first, *others = feeds
        counts[first.kind] += 1
        if entity not in filled and filled:
            continue
        mark = "*" if first.is_required else ""
        lines.append(
            [
                entity,
                column + mark,
                first.name_zh if language == "zh" else first.name_en,
                first.data_type,
                text(f"mapping_{first.kind}", language),
                _short(", ".join(vendor_name(feed) for feed in (first, *others) if feed.vendor_table)),
                "" if first.kind == "direct" else _short(first.expression or ""),
            ]
        )
    console.table(header, lines)
    if filled and (unread := list(dict.fromkeys(row.entity for row in rows if row.entity not in filled))):
        console("mapping_not_read", system=rows[0].system, entities=", ".join(unread))
    console(
        "mapping_summary",
        system=rows[0].system,
        entities=len(filled),
        all_entities=len({row.entity for row in rows}),
        columns=sum(counts.values()),
        direct=counts["direct"],
        derived=counts["derived"],
        constant=counts["constant"],
        missing=counts["not_filled"],
    )


def vendor_name(feed: FieldRow) -> str:
    """Return table.column of a feed, in brackets where it only decides; `*` where rows are counted."""
    name = f"{feed.vendor_table}.{feed.vendor_column or '*'}"
    return f"({name})" if feed.usage == "condition" else name


def _short(words: str) -> str:
    return words if len(words) <= WIDEST else words[: WIDEST - 1] + "…"
