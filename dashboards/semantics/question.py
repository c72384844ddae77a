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

    @property
    def ordinal(self) -> int:
        """Count of months; adjustment periods stand in the year's last month, the opening in its first."""
        return self.year * MONTHS + min(max(self.number, 1), MONTHS) - 1

    def moved(self, months: int) -> Period:
        """The period so many months later (negative: earlier)."""
        year, month = divmod(self.ordinal + months, MONTHS)
        return Period(year, month + 1)


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

    @property
    def months(self) -> int:
        return self.last.ordinal - self.first.ordinal + 1

    def previous(self) -> Periods:
        """The equally long range just before."""
        return Periods(self.first.moved(-self.months), self.first.moved(-1))

    def year_ago(self) -> Periods:
        return Periods(self.first.moved(-MONTHS), self.last.moved(-MONTHS))


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
