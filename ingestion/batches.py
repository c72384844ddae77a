"""Turn batches as a source hands them out into Arrow tables of exactly the landed types.

Whole columns are converted at once where Arrow does so exactly; a column that holds anything it refuses is
gone through value by value, and the rows that hold it are set aside with a reason.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.landing_types import BadValue, LandingType, converter

Column: TypeAlias = pa.Array | list[Any]


@dataclass(frozen=True)
class LandedColumn:
    """One column as it lands: the source's own name for it, the landed name and type."""

    source_name: str
    name: str
    type: LandingType


@dataclass(frozen=True)
class RejectedRow:
    """A row that cannot land: its key as text (None where NULL), the reason, the raw record as JSON."""

    key: tuple[str | None, ...]
    reason: str
    column: str
    value: str
    raw_record: str


@dataclass(frozen=True)
class TypedBatch:
    """The rows of one batch that are typed exactly, and those that are not."""

    table: pa.Table
    rejected: tuple[RejectedRow, ...]


_EXACT_KINDS: dict[str, frozenset[type]] = {
    "DECIMAL": frozenset({Decimal, int}),
    "SMALLINT": frozenset({int}),
    "INTEGER": frozenset({int}),
    "BIGINT": frozenset({int}),
    "BOOLEAN": frozenset({bool}),
    "VARCHAR": frozenset({str}),
    "DATE": frozenset({date}),
    "TIMESTAMP": frozenset({datetime}),
    "BLOB": frozenset({bytes}),
}
_FIRST_DAY, _LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


def type_batch(data: Sequence[Column], columns: Sequence[LandedColumn], key: Sequence[str]) -> TypedBatch:
    """Type one batch; `data` runs parallel to `columns`, `key` names landed columns."""
    arrays: list[pa.Array] = []
    bad: dict[int, tuple[str, str, str]] = {}
    for values, column in zip(data, columns, strict=True):
        array = _convert_whole(values, column.type)
        if array is None:
            array = _convert_each(values, column, bad)
        arrays.append(array)
    for column, array in zip(columns, arrays, strict=True):
        if column.name in key and array.null_count:
            for row in pc.indices_nonzero(array.is_null()).to_pylist():
                bad.setdefault(row, ("null_key", column.name, ""))
    table = pa.Table.from_arrays(arrays, names=[column.name for column in columns])
    if not bad:
        return TypedBatch(table, ())
    rejected = tuple(_rejected(row, data, columns, key, *bad[row]) for row in sorted(bad))
    keep = pa.array([row not in bad for row in range(table.num_rows)], pa.bool_())
    return TypedBatch(table.filter(keep), rejected)


def _convert_whole(values: Column, landing_type: LandingType) -> pa.Array | None:
    """Convert a column in one go, or return None when that could lose or refuse a value.

    What this accepts, `converter` accepts too: a value's fate never depends on its neighbours.
    """
    target = landing_type.arrow
    try:
        if isinstance(values, pa.Array):
            return _cast(_plain(values), target)
        kinds = set(map(type, values)) - {type(None)}
        if kinds <= _EXACT_KINDS[landing_type.name]:
            if landing_type.name == "TIMESTAMP" and any(
                v is not None and v.tzinfo is not None for v in values
            ):
                return None
            return pa.array(values, target)
        if landing_type.is_decimal and kinds <= {float, int}:
            texts = [None if value is None else repr(value) for value in values]
            return pa.array(texts, pa.string()).cast(target)
        if kinds == {str}:
            return _cast(pa.array(values, pa.string()), target)
        return None
    except (pa.ArrowException, OverflowError, UnicodeError, ValueError, TypeError):
        return None


def _plain(array: pa.Array) -> pa.Array:
    return array.storage if isinstance(array, pa.ExtensionArray) else array


def _cast(array: pa.Array, target: pa.DataType) -> pa.Array | None:
    """Cast an Arrow column where that is exact for every value; None or Arrow's error elsewhere."""
    have = array.type
    if pa.types.is_temporal(have) and not _within_calendar(array):
        return None
    if have == target:
        return array
    if pa.types.is_string(have):
        if pa.types.is_integer(target):
            return None  # Arrow also reads hexadecimal
        found = array.cast(target)
        return found if _within_calendar(found) else None
    if pa.types.is_floating(have) and pa.types.is_decimal(target):
        return array.cast(pa.string()).cast(target)  # the shortest text; too many decimals are an error here
    if pa.types.is_integer(have) and (pa.types.is_integer(target) or pa.types.is_decimal(target)):
        return array.cast(target)
    if pa.types.is_integer(have) and pa.types.is_string(target):
        return array.cast(target)
    if pa.types.is_date(have) and pa.types.is_timestamp(target):
        return array.cast(target)
    if pa.types.is_timestamp(have) and pa.types.is_timestamp(target):
        return array.cast(pa.timestamp("us", tz=have.tz)).cast(target)
    return array.cast(target) if pa.types.is_null(have) else None


def _within_calendar(array: pa.Array) -> bool:
    """Tell whether all dates and moments are between years 1 and 9999 (PostgreSQL also has infinity)."""
    if pa.types.is_date32(array.type):
        days = pc.min_max(array.view(pa.int32())).as_py()
        if days["min"] is None:
            return True
        return bool(days["min"] >= _days(_FIRST_DAY) and days["max"] <= _days(_LAST_DAY))
    if pa.types.is_timestamp(array.type):
        ticks = pc.min_max(array.view(pa.int64())).as_py()
        second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[array.type.unit]
        if ticks["min"] is None:
            return True
        first, last = _days(_FIRST_DAY) * 86400 * second, (_days(_LAST_DAY) + 1) * 86400 * second
        return bool(ticks["min"] >= first and ticks["max"] < last)
    return True


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _convert_each(values: Column, column: LandedColumn, bad: dict[int, tuple[str, str, str]]) -> pa.Array:
    convert = converter(column.type)
    typed: list[Any] = []
    for row, value in enumerate(_python_values(values)):
        try:
            if isinstance(value, _Unreadable):
                raise BadValue("bad_date")
            typed.append(convert(value))
        except BadValue as refusal:
            typed.append(None)
            bad.setdefault(row, (refusal.reason, column.name, _shown(value)))
    return pa.array(typed, column.type.arrow)


@dataclass(frozen=True)
class _Unreadable:
    """A value that Arrow holds and Python cannot (a date beyond year 9999 or before year 1)."""

    text: str

    def __str__(self) -> str:
        return self.text


def _python_values(values: Column) -> list[Any]:
    if not isinstance(values, pa.Array):
        return values
    plain = _plain(values)
    try:
        found = plain.to_pylist()
    except (OverflowError, ValueError):
        found = [_python_value(plain[row]) for row in range(len(plain))]
    if pa.types.is_float32(plain.type):  # the shortest text of a 4-byte float, not of its 8-byte neighbour
        texts = plain.cast(pa.string()).to_pylist()
        return [None if text is None else float(text) for text in texts]
    return list(found)


def _python_value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        number = scalar.cast(pa.int32() if pa.types.is_date32(scalar.type) else pa.int64()).as_py()
        if number in (2**31 - 1, 2**63 - 1):
            return _Unreadable("infinity")
        if number in (-(2**31), -(2**63)):
            return _Unreadable("-infinity")
        return _Unreadable(f"{number} ({scalar.type})")


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, bytes) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _rejected(
    row: int, data: Sequence[Column], columns: Sequence[LandedColumn], key: Sequence[str],
    reason: str, column: str, value: str,
) -> RejectedRow:  # fmt: skip
    record = {
        c.source_name: _python_values(_slice(values, row))[0] for values, c in zip(data, columns, strict=True)
    }
    names = {c.name: c.source_name for c in columns}
    key_values = tuple(None if record[names[k]] is None else str(record[names[k]]) for k in key)
    return RejectedRow(key_values, reason, column, value, raw_json(record))


def _slice(values: Column, row: int) -> Column:
    return values.slice(row, 1) if isinstance(values, pa.Array) else values[row : row + 1]


def raw_json(record: dict[str, Any]) -> str:
    """Write one source record as JSON: decimals and dates as text, bytes that are no text as base64."""
    return json.dumps(record, ensure_ascii=False, default=_json_text)


def _json_text(value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    return text if text.isprintable() else "base64:" + base64.b64encode(value).decode()
