"""The catalog of reports: what can be asked, read from semantics/catalog/*.toml.

A file holds any of `[reports.*]`, `[calibers.*]`, `[figures.*]`, `[columns.*]` and `[words.*]`; a later page
adds a file. Every SQL identifier that the layer writes is checked here: a question only chooses known names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from dashboards.semantics.entries import (
    Aggregate,
    Caliber,
    Catalog,
    ColumnWords,
    Condition,
    Drill,
    Figure,
    Group,
    Kind,
    Measure,
    Report,
    Running,
    Wording,
)

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class CatalogError(Exception):
    """A catalog file is wrong: a fault of the program, not of the reader."""


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
