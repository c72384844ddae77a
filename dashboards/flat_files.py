"""CSV and Parquet: one row per line, exact decimals.

CSV carries no totals line and no block above the headings, so that programs can read it; the totals are those
of the page and are returned to the caller. Text that a spreadsheet could take for a formula gets an
apostrophe in front, in text columns only: figures stay figures.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dashboards.figures import cell
from dashboards.semantics.answer import Column, Heading

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%", "\t", "\r", "\n", "\x00")


def write_csv(heading: Heading, batches: Iterable[pa.RecordBatch], path: Path) -> int:
    """Write UTF-8 with a byte order mark; return the number of rows."""
    rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([unarmed(column.label) for column in heading.columns])
        for row in _rows(batches):
            writer.writerow(
                [_field(value, column, heading) for value, column in zip(row, heading.columns, strict=True)]
            )
            rows += 1
    return rows


def write_parquet(
    heading: Heading, batches: Iterator[pa.RecordBatch], path: Path, anchor: str | None = None
) -> int:
    """Write the columns under their names with exact types; labels and calibers stand in the metadata."""
    rows = 0
    first = next(batches, None)
    schema = (
        first.schema
        if first is not None
        else pa.schema([(column.name, pa.null()) for column in heading.columns])
    )
    facts = {
        "title": heading.title,
        "snapshot": heading.version,
        "voucher_chain_anchor": anchor,
        "period": str(heading.question.periods or ""),
        "calibers": [caliber.name for caliber in heading.calibers],
        "labels": {column.name: column.label for column in heading.columns},
    }
    described = schema.with_metadata({b"bridgebook": json.dumps(facts, ensure_ascii=False).encode()})
    with pq.ParquetWriter(path, described) as writer:
        for batch in [] if first is None else [first]:
            writer.write_batch(batch.cast(described))
            rows += batch.num_rows
        for batch in batches:
            writer.write_batch(batch.cast(described))
            rows += batch.num_rows
    return rows


def unarmed(value: str) -> str:
    """Put an apostrophe before text that a spreadsheet could run as a formula."""
    starts = value.lstrip(" \u00a0\u3000\ufeff\u200b")[:1]
    return f"'{value}" if starts in FORMULA_STARTS and starts else value


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[object, ...]]:
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _field(value: object, column: Column, heading: Heading) -> str:
    if value is None:
        return ""
    if column.is_figure and isinstance(value, (Decimal, int)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return unarmed(cell(value, column, heading))
