"""What can be asked: a question is plain, hashable data."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from dashboards.errors import BadPeriod
from dashboards.texts import Language

Scalar = str | int | bool | Decimal | datetime.date | None
MONTHS = 12


class Period(NamedTuple):
    """One fiscal period: year and number (13 and more are adjustment periods)."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @classmethod
    def parse(cls, value: str) -> Period:
        """Read `2025-01`. Raises BadPeriod."""
        found = re.fullmatch(r"(\d{4})-(\d{1,2})", value.strip())
        if not found or not 0 <= int(found[2]) <= 16:
            raise BadPeriod(period=value)
        return cls(int(found[1]), int(found[2]))


class Periods(NamedTuple):
    """A range of fiscal periods, both ends included."""

    first: Period
    last: Period

    @classmethod
    def parse(cls, value: str) -> Periods:
        """Read `2025-01` or `2025-01..2025-12`. Raises BadPeriod."""
        first, _, last = value.partition("..")
        periods = cls(Period.parse(first), Period.parse(last or first))
        if periods.first > periods.last:
            raise BadPeriod(period=value)
        return periods

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True)
class Calendar:
    """How many regular periods each fiscal year has; for an unknown year the nearest known one stands.

    Adjustment periods belong to a year's last period, the opening to its first.
    """

    years: tuple[tuple[int, int], ...] = ()

    def count(self, year: int) -> int:
        """Regular periods of a year: twelve where no year is known."""
        if not self.years:
            return MONTHS
        return min(self.years, key=lambda known: (abs(known[0] - year), known[0]))[1]

    def regular(self, period: Period) -> Period:
        """The regular period to which a period belongs."""
        return Period(period.year, min(max(period.number, 1), self.count(period.year)))

    def moved(self, period: Period, steps: int) -> Period:
        """The regular period so many periods later (negative: earlier)."""
        year, number = self.regular(period)
        number += steps
        while number < 1:
            year -= 1
            number += self.count(year)
        while number > self.count(year):
            number -= self.count(year)
            year += 1
        return Period(year, number)

    def length(self, periods: Periods) -> int:
        """Regular periods in a range."""
        first, last = self.regular(periods.first), self.regular(periods.last)
        return sum(self.count(year) for year in range(first.year, last.year)) + last.number - first.number + 1

    def previous(self, periods: Periods) -> Periods:
        """The equally long range just before."""
        return Periods(self.moved(periods.first, -self.length(periods)), self.moved(periods.first, -1))

    def year_ago(self, periods: Periods) -> Periods:
        """The same periods of the year before."""
        first, last = (self.regular(period) for period in periods)
        before = (self.regular(Period(period.year - 1, period.number)) for period in (first, last))
        return Periods(*before)

    def latest_year(self, last: Period) -> Periods:
        """As many periods as a year has, up to and with the given one."""
        return Periods(self.moved(last, 1 - self.count(last.year)), last)


class Filter(NamedTuple):
    """Rows whose column is one of the values, or is on one side of the first value."""

    column: str
    values: tuple[Scalar, ...]
    kind: Literal["in", "not_in", "from", "to"] = "in"


class Order(NamedTuple):
    column: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """Ask one report. `companies=()` means every company the reader may see; `limit=None` every row.

    `group_by` names groups of the report (None = the report's own); `columns` narrows what is shown.
    """

    report: str
    periods: Periods | None = None
    companies: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: str = ""
    group_by: tuple[str, ...] | None = None
    columns: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = 100
    offset: int = 0
    language: Language = "zh"
