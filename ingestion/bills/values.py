"""One cell of a virtual bill as people write it -> exactly the value of its column, or the reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ingestion.bills.contract import BillColumn, plain
from ingestion.landing_types import WIDE, BadValue, LandingType, to_boolean, to_decimal, to_timestamp

EXCEL_DAY_ZERO = datetime(1899, 12, 30)
LAST_SERIAL = 2_958_465  # 9999-12-31
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$", re.ASCII)
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$", re.ASCII)
_DECIMAL_COMMA = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$", re.ASCII)
_CURRENCY = re.compile(r"^([+-]?)\s*(?:¥|￥|\$|€|£|CNY|RMB|USD|EUR)\s*|\s*(?:元|圆|CNY|RMB|USD|EUR)$")
_DAY = re.compile(r"^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[T ]+(.*))?$", re.ASCII)
_COMPACT_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:[T ]+(.*))?$", re.ASCII)
_GERMAN_DAY = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[T ]+(.*))?$", re.ASCII)
_SERIAL = re.compile(r"^[2-7]\d{4}(\.\d+)?$", re.ASCII)
_COUNT = re.compile(r"^(-?\d+)(?:\.0+)?\s*(?:年|月|期|天)?$", re.ASCII)
_YES = frozenset({"是", "对", "真", "√", "✓", "y", "yes", "true", "t", "1", "启用", "有"})
_NO = frozenset({"否", "错", "假", "×", "✗", "x", "n", "no", "false", "f", "0", "停用", "无", "不"})
_WIDE_LETTERS = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
Converter = Callable[[Any], Any]


@dataclass(frozen=True)
class Reading:
    """How a source writes its values, where that cannot be seen from the value itself."""

    decimal: str = "."
    date_format: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def converter(column: BillColumn, reading: Reading, *, is_percent: bool = False) -> Converter:
    """Return the function that types a cell that is not blank; it raises BadValue where it cannot."""
    given = reading.values.get(column.name, {})
    convert = _by_word(column, reading, is_percent)
    if not given:
        return convert
    translated = {plain(text): value for text, value in given.items()}

    def translate(value: Any) -> Any:
        word = plain(value if isinstance(value, str) else code(value))
        return convert(translated[word]) if word in translated else convert(value)

    return translate


def _by_word(column: BillColumn, reading: Reading, is_percent: bool) -> Converter:
    kind = column.type
    match column.word:
        case "text":
            return text
        case "code":
            return _listed(column) if column.words else code
        case "money":
            return lambda value: _exact(value, kind, reading)
        case "price" | "quantity":
            return lambda value: _rounded(number(value, reading), kind)
        case "rate":
            return lambda value: _rate(value, column, reading, is_percent)
        case "date":
            return lambda value: day(value, reading)
        case "instant":
            return lambda value: moment(value, reading)
        case "flag":
            return flag
        case _:
            return count


def is_blank(value: Any) -> bool:
    """Tell whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n\u3000\xa0\ufeff"))


def text(value: Any) -> str:
    """Return a cell as text for people; line breaks within it stay."""
    return value.strip() if isinstance(value, str) else code(value)


def code(value: Any) -> str:
    """Return a cell as a code: digits stay as they are written; a number cell without decimals has none."""
    if isinstance(value, str):
        words = value.translate(_WIDE_LETTERS).strip(" \t\r\n\u3000\xa0\ufeff")
        if words.startswith('="') and words.endswith('"') and len(words) > 3:
            words = words[2:-1].strip()
        return words.removeprefix("'").strip() if words[:1] == "'" else words
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_as_code(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    return str(value)


def _number_as_code(value: int | float) -> str:
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise BadValue("bad_number")
        if value.is_integer():
            if abs(value) >= 1e15:  # a spreadsheet keeps 15 digits: the rest is not what was typed
                raise BadValue("long_number_as_code")
            return str(int(value))
        return format(Decimal(repr(value)), "f")
    return str(value)


def _listed(column: BillColumn) -> Converter:
    def convert(value: Any) -> str:
        written = code(value)
        known = column.words.get(plain(written))
        if known is not None:
            return known
        if column.is_closed and column.required:
            raise BadValue("unknown_word")
        return written

    return convert


def number(value: Any, reading: Reading) -> Decimal:
    """Read a number exactly, also with thousands separators, full-width digits, currency signs, brackets."""
    if isinstance(value, bool):
        raise BadValue("bad_number")
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise BadValue("bad_number")
        return value
    if isinstance(value, float):
        return _finite(Decimal(repr(value)))
    if not isinstance(value, str):
        raise BadValue("bad_number")
    if _NUMBER.match(value) and reading.decimal == ".":
        return Decimal(value)
    return _written_number(value, reading)


def _written_number(value: str, reading: Reading) -> Decimal:
    words = unicodedata.normalize("NFKC", value).replace("−", "-").replace("–", "-").strip()
    words = words.removeprefix("'").strip()
    if words.startswith('="') and words.endswith('"'):
        words = words[2:-1].strip()
    negative = False
    if words.startswith("(") and words.endswith(")"):
        words, negative = words[1:-1].strip(), True
    words = _CURRENCY.sub(r"\1", words)
    words = words.replace(" ", "").replace("\xa0", "").replace("'", "")
    if len(words) > 1 and words.endswith("-"):
        words, negative = words[:-1], not negative
    if words in ("-", "--", "—"):
        return Decimal(0)
    if reading.decimal == ",":
        if not _DECIMAL_COMMA.match(words):
            raise BadValue("bad_number")
        words = words.replace(".", "").replace(",", ".")
    elif _THOUSANDS.match(words):
        words = words.replace(",", "")
    if not _NUMBER.match(words):
        raise BadValue("bad_number")
    found = Decimal(words)
    return -found if negative else found


def _finite(found: Decimal) -> Decimal:
    if not found.is_finite():
        raise BadValue("bad_number")
    return found


def _exact(value: Any, kind: LandingType, reading: Reading) -> Decimal | None:
    """Type an amount: never rounded, but for binary floats and what a program printed of one."""
    found = number(value, reading)
    if isinstance(value, float) or _is_float_noise(found):
        return _rounded(found, kind)
    return to_decimal(found, kind)


def _is_float_noise(found: Decimal) -> bool:
    """Tell whether these are the digits of a binary float beside a short number: 0.30000000000000004."""
    _, digits, exponent = found.as_tuple()
    if not isinstance(exponent, int) or exponent > -5 or not 15 <= len(digits) <= 18:
        return False
    short = found.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP, context=WIDE)
    return abs(found - short) <= abs(found) * Decimal("1e-14")


def _rounded(found: Decimal, kind: LandingType) -> Decimal | None:
    """Type a price, quantity or rate: more decimals than the contract has are rounded half up."""
    unit = Decimal(1).scaleb(-kind.scale)
    return to_decimal(found.quantize(unit, rounding=ROUND_HALF_UP, context=WIDE), kind)


def _rate(value: Any, column: BillColumn, reading: Reading, is_percent: bool) -> Decimal | None:
    """Type a rate: 13% is 0.13; a tax rate above 1 without a sign of percent is not guessed."""
    words = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
    if isinstance(words, str) and words.endswith("%"):
        return _rounded(number(words[:-1], reading) / 100, column.type)
    found = number(value, reading)
    if is_percent:
        return _rounded(found / 100, column.type)
    if column.name == "tax_rate" and abs(found) > 1:
        raise BadValue("rate_not_a_fraction")
    return _rounded(found, column.type)


def day(value: Any, reading: Reading) -> date:
    """Read a calendar day: a date cell, a serial number, or text in the forms people use."""
    found = moment(value, reading)
    return found.date()


def moment(value: Any, reading: Reading) -> datetime:
    """Read a moment; a day is its midnight."""
    if isinstance(value, datetime):
        return to_timestamp(value) or value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, bool | time | timedelta):
        raise BadValue("bad_date")
    if isinstance(value, int | float | Decimal):
        return _numeric_day(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    words = unicodedata.normalize("NFKC", str(value)).strip().removeprefix("'").strip()
    if reading.date_format:
        try:
            return datetime.strptime(words, reading.date_format)
        except ValueError:
            pass
    if _SERIAL.match(words):
        return _numeric_day(Decimal(words))
    for form, order in ((_DAY, (0, 1, 2)), (_COMPACT_DAY, (0, 1, 2)), (_GERMAN_DAY, (2, 1, 0))):
        if found := form.match(words):
            parts = found.groups()
            return _at(*(int(parts[n] or 0) for n in order), clock=parts[3])
    found_moment = to_timestamp(words)
    assert found_moment is not None
    return found_moment


def _numeric_day(found: Decimal) -> datetime:
    """Read 20250131 as it stands and anything up to the year 9999 as a spreadsheet's day number."""
    if found == found.to_integral_value() and 10_000_101 <= found <= 99_991_231:
        whole = int(found)
        return _at(whole // 10000, whole // 100 % 100, whole % 100, clock=None)
    if not 1 <= found <= LAST_SERIAL + 1:
        raise BadValue("bad_date")
    seconds = (found * 86400).to_integral_value(rounding=ROUND_HALF_UP)
    return EXCEL_DAY_ZERO + timedelta(seconds=int(seconds))


def _at(year: int, month: int, number_of_day: int, *, clock: str | None) -> datetime:
    try:
        found = date(year, month, number_of_day)
    except ValueError:
        raise BadValue("bad_date") from None
    if not clock or not clock.strip():
        return datetime(found.year, found.month, found.day)
    words = clock.strip().replace("时", ":").replace("分", ":").rstrip(":秒")
    words = re.sub(r"^(\d):", r"0\1:", words)
    typed = to_timestamp(f"{found.isoformat()} {words}")
    assert typed is not None
    return typed


def flag(value: Any) -> bool:
    """Read yes or no."""
    if isinstance(value, str):
        word = plain(value) or value.strip()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise BadValue("bad_boolean")
    typed = to_boolean(value)
    if typed is None:
        raise BadValue("bad_boolean")
    return typed


def count(value: Any) -> int:
    """Read a whole number such as a year or a period."""
    if isinstance(value, str):
        found = _COUNT.match(unicodedata.normalize("NFKC", value).strip().removeprefix("'"))
        if not found:
            raise BadValue("bad_number")
        return _within(int(found[1]))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValue("bad_number")
    if value != int(value):
        raise BadValue("too_many_decimals")
    return _within(int(value))


def _within(whole: int) -> int:
    if not -(2**31) <= whole < 2**31:
        raise BadValue("out_of_range")
    return whole
