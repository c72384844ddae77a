"""Vendors' tables in a compact notation, and the encoding of plain arrays into a vendor's own values.

A column is written `NAME:type`. Types: cN text (numbers are padded with zeros to N), d SAP date (YYYYMMDD), m money from
cents, q quantity, r rate or price, i integer, t date and time, u row version. SAP knows no NULL; U8 does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
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


def _column(word: str, *, sap: bool) -> Column:
    name, _, kind = word.partition(":")
    width = int(kind[1:]) if len(kind) > 1 else 0
    default: Any = None
    if sap:
        default = {"c": "", "d": "00000000", "m": 0.0, "q": 0.0, "r": 0.0, "i": 0}[kind[0]]
        if name == "MANDT":
            default = "100"
    return Column(name, kind[0], width, default)


@lru_cache(maxsize=2)
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
    texts = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    if len(numbers) and numbers.min() < 0:
        return pc.if_else(pa.array(numbers >= 0), texts, pa.scalar(None, pa.string()))
    return texts


def _encode(column: Column, value: Any, size: int) -> pa.Array:
    """Encode one column of a table: a scalar is repeated, an array becomes the vendor's values."""
    if value is None or isinstance(value, str | bool | int | float):
        if column.kind in "dt" and isinstance(value, int):
            value = np.full(size, value)
        else:
            number = value if column.kind in "cdt" or value is None else float(value)
            if column.kind in "iu" and value is not None:
                number = int(value)
            kind = {"c": pa.string(), "d": pa.string(), "t": pa.string(), "i": pa.int64(), "u": pa.int64()}
            return pa.repeat(pa.scalar(number, kind.get(column.kind, pa.float64())), size)
    if isinstance(value, pa.ChunkedArray):
        value = value.combine_chunks()
    if isinstance(value, list):
        value = pa.array(value)
    if column.kind in "dt":
        return _dates(value, sap=column.kind == "d") if not pa.types.is_string(_kind(value)) else value
    if column.kind == "c":
        if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
            value = padded(value, column.width)
        elif isinstance(value, np.ndarray):
            value = pa.array(value.astype(str))
        return pc.fill_null(value, column.default) if column.default is not None else value
    array = np.asarray(value)
    if column.kind in "iu":
        whole = array.astype(np.int64)
        return pa.array(whole, mask=whole == NULL) if (whole == NULL).any() else pa.array(whole)
    if array.dtype.kind in "iu" and column.kind in "mr":
        scaled = array / (100 if column.kind == "m" else 100000)
        return pa.array(scaled, mask=array == NULL) if (array == NULL).any() else pa.array(scaled)
    floats = array.astype(np.float64)
    return pa.array(floats, mask=np.isnan(floats)) if np.isnan(floats).any() else pa.array(floats)


def _kind(value: Any) -> Any:
    return value.type if isinstance(value, pa.Array) else pa.int64()


def encode(table: Table, rows: Rows) -> pa.Table:
    """Encode the rows of a table; columns that are not given hold their default."""
    size = next(len(v) for v in rows.values() if not (v is None or isinstance(v, str | bool | int | float)))
    unknown = set(rows) - {column.name for column in table.columns}
    if unknown:
        raise KeyError(f"{table.name} has no column {sorted(unknown)}")
    arrays = [_encode(column, rows.get(column.name, column.default), size) for column in table.columns]
    return pa.table(arrays, names=[column.name for column in table.columns])
