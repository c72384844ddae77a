"""The types a landed column may have; how a value of any source becomes exactly that type or is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

WIDE = Context(prec=100, rounding=ROUND_HALF_UP)
_INTEGER_BITS = {"SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}
_ALIASES = {"INT": "INTEGER", "TEXT": "VARCHAR", "BOOL": "BOOLEAN", "NUMERIC": "DECIMAL"}
_DECIMAL = re.compile(r"^DECIMAL\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)$")
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$", re.ASCII)
_DATE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$|^(\d{4})(\d{2})(\d{2})$", re.ASCII)
_MOMENT = re.compile(
    r"^(\d{4}-\d{2}-\d{2}|\d{8})[T ](\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?)?"
    r"\s*(Z|[+-]\d{2}(?::?\d{2})?)?$",
    re.ASCII,
)


class BadValue(Exception):
    """A value that cannot be typed exactly; `reason` is a code of texts.toml without its `reason_`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class LandingType:
    """One DuckDB column type; precision and scale only for DECIMAL."""

    name: str
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        return f"DECIMAL({self.precision},{self.scale})" if self.is_decimal else self.name

    @property
    def is_decimal(self) -> bool:
        return self.name == "DECIMAL"

    @property
    def is_integer(self) -> bool:
        return self.name in _INTEGER_BITS

    @property
    def arrow(self) -> pa.DataType:
        if self.is_decimal:
            return pa.decimal128(self.precision, self.scale)
        return _ARROW[self.name]


_ARROW: dict[str, pa.DataType] = {
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BLOB": pa.binary(),
}
BIGINT = LandingType("BIGINT")
BOOLEAN = LandingType("BOOLEAN")
VARCHAR = LandingType("VARCHAR")
DATE = LandingType("DATE")
TIMESTAMP = LandingType("TIMESTAMP")
BLOB = LandingType("BLOB")
ANY_DECIMAL = LandingType("DECIMAL", 38, 12)


def parse_type(text: str) -> LandingType | None:
    """Read a type as packs and DuckDB write it; None when it is not one that may be landed."""
    upper = text.strip().upper()
    found = _DECIMAL.match(upper.replace("NUMERIC", "DECIMAL"))
    if found:
        precision, scale = int(found[1]), int(found[2])
        return (
            LandingType("DECIMAL", precision, scale) if 1 <= precision <= 38 and scale <= precision else None
        )
    name = _ALIASES.get(upper, upper)
    return LandingType(name) if name in _ARROW else None


def holds(wide: LandingType, narrow: LandingType) -> bool:
    """Tell whether every value of `narrow` is a value of `wide` (a migration that loses nothing)."""
    if wide == narrow:
        return True
    if wide.is_decimal and narrow.is_decimal:
        digits = wide.precision - wide.scale >= narrow.precision - narrow.scale
        return digits and wide.scale >= narrow.scale
    if wide.is_integer and narrow.is_integer:
        return _INTEGER_BITS[wide.name] >= _INTEGER_BITS[narrow.name]
    if wide.is_decimal and narrow.is_integer:
        return wide.precision - wide.scale >= {16: 5, 32: 10, 64: 19}[_INTEGER_BITS[narrow.name]]
    return (wide.name, narrow.name) == ("TIMESTAMP", "DATE")


def converter(landing_type: LandingType) -> Callable[[Any], Any]:
    """Return the function that types one value exactly (None stays None) or raises BadValue."""
    if landing_type.is_decimal:
        return lambda value: to_decimal(value, landing_type)
    if landing_type.is_integer:
        return lambda value: to_integer(value, _INTEGER_BITS[landing_type.name])
    return _CONVERTERS[landing_type.name]


def to_decimal(value: Any, landing_type: LandingType) -> Decimal | None:
    """Type a number exactly; only binary floats are rounded, from their shortest decimal text."""
    if value is None:
        return None
    number = number_of(value)
    unit = Decimal(1).scaleb(-landing_type.scale)
    try:
        fitted = number.quantize(unit, context=WIDE)
    except InvalidOperation:
        raise BadValue("out_of_range") from None
    if fitted != number and not isinstance(value, float):
        raise BadValue("too_many_decimals")
    if fitted and fitted.adjusted() >= landing_type.precision - landing_type.scale:
        raise BadValue("out_of_range")
    return fitted


def number_of(value: Any) -> Decimal:
    """Read a number of any Python type or text as an exact decimal."""
    if isinstance(value, bool):
        raise BadValue("bad_number")
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, float):
        number = Decimal(repr(value))
    else:
        text = _text(value).strip()
        if not _NUMBER.match(text):
            raise BadValue("bad_number")
        number = Decimal(text)
    if not number.is_finite():
        raise BadValue("bad_number")
    return number


def to_integer(value: Any, bits: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return int(value)
    number = number_of(value)
    if number != number.to_integral_value(context=WIDE):
        raise BadValue("too_many_decimals")
    whole = int(number)
    if not -(2 ** (bits - 1)) <= whole < 2 ** (bits - 1):
        raise BadValue("out_of_range")
    return whole


_TRUTHS = {"1": True, "t": True, "true": True, "y": True, "yes": True}
_TRUTHS |= {"0": False, "f": False, "false": False, "n": False, "no": False}


def to_boolean(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal) and value in (0, 1):
        return bool(value)
    if value in (b"\x00", b"\x01"):
        return bool(value == b"\x01")
    if isinstance(value, str) and value.strip().lower() in _TRUTHS:
        return _TRUTHS[value.strip().lower()]
    raise BadValue("bad_boolean")


def to_date(value: Any) -> date | None:
    """Type a calendar date; a moment is one only at midnight, an integer only as YYYYMMDD."""
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.time() != time(0):
            raise BadValue("bad_date")
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool | float | Decimal):
        raise BadValue("bad_date")
    text = _text(value).strip()
    found = _DATE.match(text)
    if not found:
        moment = to_timestamp(text)
        return to_date(moment)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue("bad_date") from None


def to_timestamp(value: Any) -> datetime | None:
    """Type a moment in microseconds; one with a zone becomes UTC, one without is kept as it is."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, bool | int | float | Decimal):
        raise BadValue("bad_date")
    text = _text(value).strip()
    found = _MOMENT.match(text)
    if not found:
        if not _DATE.match(text):
            raise BadValue("bad_date")
        return to_timestamp(to_date(text))
    day = to_date(found[1])
    assert day is not None
    try:
        moment = datetime(
            day.year, day.month, day.day,
            int(found[2]), int(found[3] or 0), int(found[4] or 0), int((found[5] or "0").ljust(6, "0")),
        )  # fmt: skip
        return moment - _offset(found[6])
    except (ValueError, OverflowError):
        raise BadValue("bad_date") from None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -size if zone[0] == "-" else size


def to_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Decimal):
        return format(value, "f")
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            return bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            raise BadValue("bad_text") from None
    text = str(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadValue("bad_text") from None
    return text


def to_blob(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return bytes(value) if isinstance(value, bytearray | memoryview) else _text(value).encode()


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "BOOLEAN": to_boolean,
    "DATE": to_date,
    "TIMESTAMP": to_timestamp,
    "VARCHAR": to_text,
    "BLOB": to_blob,
}
