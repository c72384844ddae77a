"""Write values for people: figures with separators, dates, flags, and text that Markdown must not touch."""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from dashboards.semantics.answer import Column, Heading
from dashboards.semantics.entries import Kind
from dashboards.texts import text

Unit = Literal["one", "ten_thousand"]
MISSING = "–"
EXPONENTS: dict[Unit, int] = {"one": 0, "ten_thousand": -4}
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@^=])")


def amount(value: Decimal | int | None, unit: Unit = "one", places: int = 2) -> str:
    """Write an amount exactly rounded half up: `1,234.50`, `-0.05`; in 万元 after shifting the point."""
    if value is None:
        return MISSING
    shifted = Decimal(value).scaleb(EXPONENTS[unit])
    rounded = shifted.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,}"


def quantity(value: Decimal | int | None) -> str:
    """Write a quantity or price without trailing zeros beyond two places."""
    if value is None:
        return MISSING
    number = Decimal(value)
    exponent = number.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{number:,.{max(places, 0)}f}" if number else "0"


def ratio(value: Decimal | None, *, signed: bool = False) -> str:
    """Write a ratio as a percentage with one place."""
    if value is None:
        return MISSING
    percent = (value * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{percent:+,}%" if signed else f"{percent:,}%"


def moment(value: datetime.datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M") if value else MISSING


def cell(value: object, column: Column, heading: Heading) -> str:
    """Write one value of a table as it is shown."""
    kind = column.kind
    if value is None:
        return ""
    if column.is_figure and isinstance(value, (Decimal, int)):
        return figure(value, kind)
    if kind == "flag":
        return text("table.yes" if value else "table.no", heading.question.language)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return heading.word(column.name, value) if kind == "word" else str(value)


def figure(value: Decimal | int, kind: Kind) -> str:
    """Write a figure as its kind is written."""
    if kind == "money":
        return amount(value)
    if kind == "ratio":
        return ratio(Decimal(value))
    return f"{int(value):,}" if kind == "count" else quantity(value)


def plain(value: object) -> str:
    """Make text from data safe inside Markdown: nothing in it can become a link, an image or markup."""
    return MARKDOWN.sub(r"\\\1", str(value).replace("\n", " ").replace("\r", " "))
