"""What the catalog holds: reports, measures, groups, calibers and words, as plain facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dashboards.errors import UnknownColumn, UnknownReport
from dashboards.texts import Language

Aggregate = Literal["sum", "first", "last", "count", "ratio", "side"]
Scope = Literal["company", "source_company", "house", "open"]
Time = Literal["flow", "balance", "date", "as_of", "none"]
Kind = Literal[
    "money", "quantity", "price", "rate", "ratio", "count", "code", "text", "date", "instant", "flag", "word"
]


class Condition(NamedTuple):
    """Rows whose column is one of the values, or (written `!column`) none of them."""

    column: str
    values: tuple[str | int | bool, ...]
    is_excluding: bool = False


class Wording(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Caliber:
    """A named definition of a figure; `code` is its row in the mart `calibers`, whose words win."""

    key: str
    code: str | None
    name: Wording
    definition: Wording


@dataclass(frozen=True)
class Group:
    """One way to break a report down: key columns, the names beside them, and its own label."""

    code: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    label: Wording


@dataclass(frozen=True)
class Measure:
    """A figure of a report and how it may be added up.

    `sum` adds over everything, `first` and `last` (balances) add over everything but periods, `ratio` divides
    two measures, `side` says debit, credit or zero of another measure. `currency` and `unit` name the column
    that must hold one single value for a sum to make sense.
    """

    code: str
    aggregate: Aggregate
    column: str
    kind: Kind
    label: Wording | None = None
    where: tuple[Condition, ...] = ()
    negated: bool = False
    divisor: str | None = None
    currency: str | None = None
    unit: str | None = None
    caliber: str | None = None


@dataclass(frozen=True)
class Running:
    """A running balance: the opening found in another mart plus the amounts so far."""

    column: str
    amount: str
    opening_mart: str
    opening_column: str
    keys: tuple[str, ...]
    where: tuple[Condition, ...]


class Drill(NamedTuple):
    """Where a click leads: a report, and its filter columns with the clicked row's columns that fill them."""

    report: str
    filled: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Report:
    """One thing that can be asked."""

    code: str
    title: Wording
    about: Wording
    mart: str
    scope: Scope
    time: Time
    dates: tuple[str, ...]
    caliber: str | None
    fixed: tuple[Condition, ...]
    key: tuple[str, ...]
    grain: tuple[str, ...]
    columns: tuple[str, ...]
    groups: Mapping[str, Group]
    group_by: tuple[str, ...]
    measures: Mapping[str, Measure]
    total_by: tuple[str, ...]
    filters: tuple[str, ...]
    search: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]
    drill: tuple[Drill, ...]
    running: Running | None
    is_listed: bool

    def group(self, code: str) -> Group:
        """Find a group. Raises UnknownColumn."""
        if code not in self.groups:
            raise UnknownColumn(report=self.code, column=code, known=", ".join(self.groups))
        return self.groups[code]


@dataclass(frozen=True)
class Figure:
    """A headline figure: a measure of a report, the page that explains it, whether a rise is good news."""

    code: str
    report: str
    measure: str
    label: Wording
    page: str
    view: str | None
    rise: Literal["good", "bad", "neutral"]


@dataclass(frozen=True)
class ColumnWords:
    """Label, explanation and kind of a column where the snapshot's comment does not say them."""

    label: Wording | None
    explanation: Wording | None
    kind: Kind | None


@dataclass(frozen=True)
class Catalog:
    """Every report, caliber and word the dashboards know."""

    reports: Mapping[str, Report]
    calibers: Mapping[str, Caliber]
    figures: Mapping[str, Figure]
    columns: Mapping[str, ColumnWords]
    words: Mapping[str, Mapping[str, Wording]]

    def report(self, code: str) -> Report:
        """Find a report. Raises UnknownReport with the list of known ones."""
        if code not in self.reports:
            listed = sorted(known for known, report in self.reports.items() if report.is_listed)
            raise UnknownReport(report=code, known=", ".join(listed))
        return self.reports[code]

    def word(self, column: str, value: object, language: Language) -> str:
        """Say a coded value (`matched`, `posted`) in words; unknown values stay as they are."""
        if value is None:
            return ""
        found = self.words.get(column, {}).get(str(value))
        return found.say(language) if found else str(value)
