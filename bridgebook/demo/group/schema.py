"""Vendors' tables in a compact notation, and the encoding of plain arrays into a vendor's own values.

A column is written `NAME:type`. Types: cN text (numbers are padded with zeros to N), d SAP date
(YYYYMMDD), m money from
cents, q quantity, r rate or price, i integer, t date and time, u row version. SAP knows no NULL; U8 does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NULL = np.iinfo(np.int64).min
"""The integer that is written as NULL."""

Rows = Mapping[str, Any]
_LAST_DAY = 40000


@dataclass(frozen=True)
class Column:
    """Hold one column: its name, type letter and width, and the value it has when nothing is given."""

    name: str
    kind: str
    width: int
    default: Any

    @property
    def sql_type(self) -> str:
        """Give the column's SQL type, which every database here understands."""
        names = {
            "c": f"VARCHAR({self.width})", "d": "CHAR(8)", "m": "DECIMAL(18,2)", "q": "DECIMAL(18,3)",
            "r": "DECIMAL(20,6)", "i": "BIGINT", "t": "TIMESTAMP", "u": "BIGINT",
        }  # fmt: skip
        return names[self.kind]


@dataclass(frozen=True)
class Table:
    """Hold one table: its name and its columns, in order."""

    name: str
    columns: tuple[Column, ...]


def parse(text: str, *, sap: bool) -> dict[str, Table]:
    """Read tables written one a line: `NAME = COLUMN:type COLUMN:type ...`."""
    tables = {}
    for line in text.strip().splitlines():
        if not line.strip():
            continue
        name, _, body = line.partition("=")
        columns = tuple(_column(word, sap=sap) for word in body.split())
        tables[name.strip()] = Table(name.strip(), columns)
    return tables


@cache
def tables(system: str) -> dict[str, Table]:
    """Read the tables of a vendor (sap or u8) that stand beside this file."""
    text = resources.files(__package__).joinpath(f"{system}.tables").read_text(encoding="utf-8")
    return parse(text, sap=system == "sap")


def _column(word: str, *, sap: bool) -> Column:
    name, _, kind = word.partition(":")
    width = int(kind[1:]) if len(kind) > 1 else 0
    default: Any = None
    if sap:
        default = {"c": "", "d": "00000000", "m": 0.0, "q": 0.0, "r": 0.0, "i": 0}[kind[0]]
        if name == "MANDT":
            default = "100"
    return Column(name, kind[0], width, default)


@cache
def _day_texts(sap: bool) -> pa.Array:
    days = np.arange(_LAST_DAY).astype("datetime64[D]")
    texts = pa.array(np.datetime_as_string(days))
    if sap:
        return pc.replace_substring(texts, "-", "")
    return pc.binary_join_element_wise(texts, "00:00:00", " ")


def _dates(values: Any, *, sap: bool) -> pa.Array:
    days = np.asarray(values, dtype=np.int64)
    known = days > 0
    texts = _day_texts(sap).take(pa.array(np.where(known, days, 0)))
    if known.all():
        return texts
    return pc.if_else(pa.array(known), texts, pa.scalar("00000000" if sap else None, pa.string()))


def padded(values: Any, width: int) -> pa.Array:
    """Write integers as text of so many figures, with leading zeros; negative ones become NULL."""
    numbers = np.asarray(values, dtype=np.int64)
    count = len(numbers)
    if count == 0:
        return pa.array([], pa.string())
    least = int(numbers.min())
    if width > 18 or int(numbers.max()) >= 10**width:
        return pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    # A one in front keeps the zeros; all texts are then of one length, and the one is cut off.
    marked = pc.cast(pa.array(np.maximum(numbers, 0) + 10**width), pa.string())
    figures = np.frombuffer(marked.buffers()[2], dtype=np.uint8, count=count * (width + 1))
    cut = np.ascontiguousarray(figures.reshape(count, width + 1)[:, 1:])
    offsets = np.arange(count + 1, dtype=np.int32) * width
    texts = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(cut))
    return pc.if_else(pa.array(numbers >= 0), texts, pa.scalar(None, pa.string())) if least < 0 else texts


def _is_constant(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | int | float)


def _constant(column: Column, value: Any) -> Any:
    """Encode a value that a whole column holds."""
    if value is None:
        return column.default
    if column.kind in "dt" and isinstance(value, int):
        return _dates(np.array([value]), sap=column.kind == "d")[0].as_py()
    if column.kind in "mqr" and not isinstance(value, str):
        return float(value)
    return int(value) if column.kind in "iu" else value


def _encode(column: Column, value: Any) -> pa.Array:
    """Encode one column of a table: an array becomes the vendor's values."""
    if isinstance(value, pa.ChunkedArray):
        value = value.combine_chunks()
    if isinstance(value, list):
        value = pa.array(value)
    if column.kind in "dt":
        return value if isinstance(value, pa.Array) else _dates(value, sap=column.kind == "d")
    if column.kind == "c":
        if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
            value = padded(value, column.width)
        elif isinstance(value, np.ndarray):
            value = pa.array(value.astype(str))
        return (
            pc.fill_null(value, column.default) if column.default is not None and value.null_count else value
        )
    if isinstance(value, pa.Array):
        if pa.types.is_floating(value.type) or column.kind in "iu":
            return value
        value = value.to_numpy()
    array = np.asarray(value)
    if column.kind in "iu":
        whole = array.astype(np.int64)
        return pa.array(whole, mask=whole == NULL) if (whole == NULL).any() else pa.array(whole)
    if array.dtype.kind in "iub" and column.kind in "mr":
        scaled = array / (100 if column.kind == "m" else 100000)
        return pa.array(scaled, mask=array == NULL) if (array == NULL).any() else pa.array(scaled)
    floats = array.astype(np.float64)
    return pa.array(floats, mask=np.isnan(floats)) if np.isnan(floats).any() else pa.array(floats)


def row_count(rows: Rows) -> int:
    """Count rows given as columns, some of which may be one constant."""
    return next(len(value) for value in rows.values() if not _is_constant(value))


def encode(table: Table, rows: Rows) -> list[Any]:
    """Encode the rows of a table: an Arrow array for a column that varies, one value for a constant one."""
    unknown = set(rows) - {column.name for column in table.columns}
    if unknown:
        raise KeyError(f"{table.name} has no column {sorted(unknown)}")
    result: list[Any] = []
    for column in table.columns:
        value = rows.get(column.name, column.default)
        result.append(_constant(column, value) if _is_constant(value) else _encode(column, value))
    return result


def joined(table: Table, batches: list[Rows]) -> Rows:
    """Put batches of rows of one table together; what is constant in all of them stays a constant."""
    if len(batches) == 1:
        return batches[0]
    kinds = {column.name: column for column in table.columns}
    names = {name: None for batch in batches for name in batch}
    sizes = [row_count(batch) for batch in batches]
    result: dict[str, Any] = {}
    for name in names:
        values = [batch.get(name, kinds[name].default) for batch in batches]
        first = values[0]
        if all(_is_constant(value) and value == first for value in values):
            result[name] = first
        elif (
            all(isinstance(value, np.ndarray) for value in values)
            and len({v.dtype.kind for v in values}) == 1
        ):
            result[name] = np.concatenate(values)
        else:
            parts = [_spread(kinds[name], value, count) for value, count in zip(values, sizes, strict=True)]
            result[name] = pa.concat_arrays(parts)
    return result


def _spread(column: Column, value: Any, count: int) -> pa.Array:
    """Encode one batch of a column, a constant as often as there are rows."""
    if not _is_constant(value):
        return _encode(column, value)
    kind = pa.string() if column.kind in "cdt" else pa.int64() if column.kind in "iu" else pa.float64()
    return pa.repeat(pa.scalar(_constant(column, value), kind), count)
