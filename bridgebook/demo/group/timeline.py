"""Days and months of the demo: integers that numpy can count with, and the one date everything runs up to."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

AS_OF = date(2026, 10, 31)
"""The default end of the demo's life. It is fixed, so that the same seed gives the same bytes every day."""

MONTHS = 24
"""How many months of business lie before (and include) the month of the as-of date."""

Days = NDArray[np.int32]
_EPOCH = date(1970, 1, 1)


def day(value: date) -> int:
    """Give the day number of a date: days since 1 January 1970."""
    return (value - _EPOCH).days


def month(value: date) -> int:
    """Give the month number of a date: months since January 1970."""
    return (value.year - 1970) * 12 + value.month - 1


def month_start(number: int) -> int:
    """Give the first day of a month."""
    return int(np.datetime64(number, "M").astype("datetime64[D]").astype(np.int64))


def month_end(number: int) -> int:
    """Give the last day of a month."""
    return month_start(number + 1) - 1


def month_of(days: NDArray[Any]) -> NDArray[np.int64]:
    """Give the month number of every day number."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def year_of(months: int) -> int:
    """Give the calendar year of a month number."""
    return 1970 + months // 12


def years_of(days: NDArray[Any]) -> NDArray[np.int32]:
    """Give the calendar year of every day number."""
    return (month_of(days) // 12 + 1970).astype(np.int32)


def period_of(months: int) -> int:
    """Give the period (1 to 12) of a month number."""
    return months % 12 + 1


def month_starts(months: NDArray[Any]) -> Days:
    """Give the first day of every month number."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64).astype(np.int32)


def month_ends(months: NDArray[Any]) -> Days:
    """Give the last day of every month number."""
    return (month_starts(months + 1) - 1).astype(np.int32)


def business_months(as_of: date) -> range:
    """Give the month numbers the demo lives through, oldest first."""
    last = month(as_of)
    return range(last - MONTHS + 1, last + 1)
