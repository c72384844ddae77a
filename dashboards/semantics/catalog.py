"""The catalog of reports: what can be asked, read from semantics/catalog/*.toml.

A file holds any of `[reports.*]`, `[calibers.*]`, `[figures.*]`, `[columns.*]` and `[words.*]`; a later page
adds a file. Every SQL identifier that the layer writes is checked here: a question only chooses known names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, cast

from dashboards.errors import UnknownColumn, UnknownReport
from dashboards.texts import Language

Aggregate = Literal["sum", "first", "last", "count", "ratio", "side"]
Scope = Literal["company", "source_company", "house", "open"]
Time = Literal["flow", "balance", "date", "as_of", "none"]
Kind = Literal[
    "money", "quantity", "price", "rate", "ratio", "count", "code", "text", "date", "instant", "flag", "word"
]
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class CatalogError(Exception):
    """A catalog file is wrong: a fault of the program, not of the reader."""


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


@cache
def catalog() -> Catalog:
    """Read every file of the catalog once."""
    sections = ("reports", "calibers", "figures", "columns", "words")
    merged: dict[str, dict[str, Any]] = {section: {} for section in sections}
    folder = files("dashboards.semantics").joinpath("catalog")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for section, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for code, entry in entries.items():
                if code in merged[section]:
                    raise CatalogError(f"{file.name}: {section}.{code} is defined twice")
                merged[section][code] = entry
    made = build(merged)
    check(made)
    return made


def build(content: Mapping[str, Mapping[str, Any]]) -> Catalog:
    """Turn parsed TOML into a catalog."""
    return Catalog(
        reports={code: _report(code, entry) for code, entry in content["reports"].items()},
        calibers={
            key: Caliber(key, entry.get("code"), _words(entry["name"]), _words(entry["definition"]))
            for key, entry in content["calibers"].items()
        },
        figures={
            code: Figure(
                code=code,
                report=entry["report"],
                measure=entry["measure"],
                label=_words(entry["label"]),
                page=entry["page"],
                view=entry.get("view"),
                rise=entry["rise"],
            )
            for code, entry in content["figures"].items()
        },
        columns={
            name: ColumnWords(_maybe(entry.get("label")), _maybe(entry.get("explanation")), entry.get("kind"))
            for name, entry in content["columns"].items()
        },
        words={
            column: {value: _words(entry) for value, entry in _same_words(content["words"], values).items()}
            for column, values in content["words"].items()
        },
    )


def _same_words(words: Mapping[str, Any], values: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """`document_bucket = "bucket"` under `[words]` gives a column the words of another one."""
    return _same_words(words, words[values]) if isinstance(values, str) else values


def check(made: Catalog) -> None:
    """Raise CatalogError for an unknown reference or anything that is not a plain identifier."""
    for report in made.reports.values():
        for name in _identifiers(report):
            if not IDENTIFIER.fullmatch(name):
                raise CatalogError(f"{report.code}: {name!r} is not an identifier")
        calibers = [report.caliber, *(measure.caliber for measure in report.measures.values())]
        for unknown in {key for key in calibers if key is not None and key not in made.calibers}:
            raise CatalogError(f"{report.code}: unknown caliber {unknown}")
        for drill in report.drill:
            if drill.report not in made.reports:
                raise CatalogError(f"{report.code}: drills to unknown report {drill.report}")
        for code in report.group_by:
            report.group(code)
    for figure in made.figures.values():
        if figure.measure not in made.reports[figure.report].measures:
            raise CatalogError(f"figures.{figure.code}: {figure.report} has no measure {figure.measure}")


def _identifiers(report: Report) -> Iterator[str]:
    yield from (report.code, report.mart, *report.dates, *report.key, *report.grain, *report.columns)
    yield from (*report.total_by, *report.filters, *report.search)
    yield from (condition.column for condition in report.fixed)
    yield from (column for column, _ in report.order)
    yield from (name for drill in report.drill for pair in drill.filled for name in pair)
    for group in report.groups.values():
        yield from (group.code, *group.keys, *group.names)
    for measure in report.measures.values():
        named = (measure.code, measure.column, measure.divisor, measure.currency, measure.unit)
        yield from (name for name in named if name)
        yield from (condition.column for condition in measure.where)
    if report.running:
        running = report.running
        yield from (running.column, running.amount, running.opening_mart, running.opening_column)
        yield from (*running.keys, *(condition.column for condition in running.where))


def _report(code: str, entry: Mapping[str, Any]) -> Report:
    measures = {name: _measure(name, given) for name, given in entry.get("measures", {}).items()}
    groups = {
        name: Group(name, tuple(given["keys"]), tuple(given.get("names", ())), _words(given["label"]))
        for name, given in entry.get("groups", {}).items()
    }
    return Report(
        code=code,
        title=_words(entry["title"]),
        about=_words(entry["about"]),
        mart=entry["mart"],
        scope=entry["scope"],
        time=entry["time"],
        dates=tuple(entry.get("dates", ())),
        caliber=entry.get("caliber"),
        fixed=_conditions(entry.get("fixed", {})),
        key=tuple(entry.get("key", ())),
        grain=tuple(entry.get("grain", ())),
        columns=tuple(entry.get("columns", ())),
        groups=groups,
        group_by=tuple(entry.get("group_by", ())),
        measures=measures,
        total_by=tuple(entry.get("total_by", ["company_currency_code"] if measures else ())),
        filters=tuple(entry.get("filters", ())),
        search=tuple(entry.get("search", ())),
        order=tuple(_order(item) for item in entry.get("order", ())),
        drill=tuple(Drill(item["to"], tuple(item["with"].items())) for item in entry.get("drill", ())),
        running=_running(entry.get("running")),
        is_listed=entry.get("listed", True),
    )


def _measure(code: str, entry: Mapping[str, Any]) -> Measure:
    known: tuple[Aggregate, ...] = ("sum", "first", "last", "count", "ratio", "side")
    aggregate = next(name for name in known if name in entry)
    column = entry[aggregate]
    parts = column if isinstance(column, list) else [column, None]
    defaults: dict[str, Kind] = {"count": "count", "ratio": "ratio", "side": "word"}
    kind = entry.get("kind", defaults.get(aggregate, "money"))
    return Measure(
        code=code,
        aggregate=aggregate,
        column=parts[0],
        divisor=parts[1],
        kind=cast(Kind, kind),
        label=_maybe(entry.get("label")),
        where=_conditions(entry.get("where", {})),
        negated=entry.get("negated", False),
        currency=entry.get("currency"),
        unit=entry.get("unit"),
        caliber=entry.get("caliber"),
    )


def _running(entry: Mapping[str, Any] | None) -> Running | None:
    if entry is None:
        return None
    return Running(
        column=entry["column"],
        amount=entry["amount"],
        opening_mart=entry["opening_mart"],
        opening_column=entry["opening_column"],
        keys=tuple(entry["keys"]),
        where=_conditions(entry.get("where", {})),
    )


def _conditions(entry: Mapping[str, Any]) -> tuple[Condition, ...]:
    return tuple(
        Condition(column.removeprefix("!"), tuple(values), column.startswith("!"))
        for column, values in entry.items()
    )


def _order(item: str) -> tuple[str, bool]:
    return (item.removeprefix("-"), item.startswith("-"))


def _words(entry: Mapping[str, str]) -> Wording:
    return Wording(entry["zh"], entry["en"])


def _maybe(entry: Mapping[str, str] | None) -> Wording | None:
    return _words(entry) if entry else None
