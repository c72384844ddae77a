"""The user's own rules in <home>/rules/*.csv, checked against the shipped ones that they extend."""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bridgebook.caliber_rules import meaning_problems
from bridgebook.errors import Problem, RulesInvalid

FIXED = frozenset({"canonical_columns", "bridge_steps"})
_WORDS = {"true", "false"}


@dataclass(frozen=True)
class Rule:
    """One rule table: its name, the columns of the shipped file, the user's rows as text."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def read_rules(folder: Path, seeds: Path) -> tuple[Rule, ...]:
    """Return every rule table that users may extend, or raise RulesInvalid with every mistake."""
    types = column_types(seeds)
    rules: list[Rule] = []
    problems: list[Problem] = []
    shipped = {file.stem: file for file in sorted(seeds.glob("*.csv")) if file.stem not in FIXED}
    for name, file in shipped.items():
        columns = _header(file)
        rows, found = _read(folder / f"{name}.csv", columns, types.get(name, {}))
        rules.append(Rule(name, columns, rows))
        problems += found
    problems += [
        Problem(str(file), "rules_unknown_file", (("known", ", ".join(shipped)),))
        for file in sorted(folder.glob("*.csv"))
        if file.stem not in shipped
    ]
    if problems := problems or meaning_problems(folder, seeds):
        raise RulesInvalid(tuple(problems))
    return tuple(rules)


def rules_hash(folder: Path, seeds: Path) -> str:
    """Return one hash over shipped and own rules: what a run records as the rules it used."""
    digest = hashlib.sha256()
    for place in (seeds, folder):
        for file in sorted(place.glob("*.csv")):
            digest.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def column_types(seeds: Path) -> dict[str, dict[str, str]]:
    """Return seed -> column -> type as the seeds' YAML files declare them."""
    import yaml

    found: dict[str, dict[str, str]] = {}
    for file in sorted(seeds.glob("*.yml")):
        for seed in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("seeds", []):
            types = dict((seed.get("config") or {}).get("column_types") or {})
            types |= {c["name"]: c["data_type"] for c in seed.get("columns") or [] if c.get("data_type")}
            found[seed["name"]] = {column: str(kind).lower() for column, kind in types.items()}
    return found


def _header(file: Path) -> tuple[str, ...]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(next(csv.reader(lines)))


def _read(
    file: Path, columns: Sequence[str], types: Mapping[str, str]
) -> tuple[tuple[tuple[str | None, ...], ...], list[Problem]]:
    """Return the rows of one user's file in the shipped order of columns, and what is wrong in it."""
    if not file.is_file():
        return (), []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return (), [Problem(str(file), "rules_not_utf8")]
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if problems := _header_problems(file, header, columns):
            return (), problems
        return _rows(file, header, columns, types, reader)
    except csv.Error as error:
        return (), [Problem(f"{file}:{reader.line_num}", "rules_not_csv", (("reason", str(error)),))]


def _header_problems(file: Path, header: list[str], columns: Sequence[str]) -> list[Problem]:
    wanted = (("columns", ", ".join(columns)),)
    problems = [
        Problem(f"{file}:1", "rules_unknown_column", (("column", name), *wanted))
        for name in header
        if name not in columns
    ]
    missing = [name for name in columns if name not in header]
    if missing:
        problems.append(
            Problem(f"{file}:1", "rules_missing_column", (("column", ", ".join(missing)), *wanted))
        )
    if len(set(header)) != len(header):
        problems.append(Problem(f"{file}:1", "rules_column_twice", wanted))
    return problems


def _rows(
    file: Path,
    header: Sequence[str],
    columns: Sequence[str],
    types: Mapping[str, str],
    lines: Iterator[list[str]],
) -> tuple[tuple[tuple[str | None, ...], ...], list[Problem]]:
    rows: list[tuple[str | None, ...]] = []
    problems: list[Problem] = []
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            values = (("count", len(cells)), ("expected", len(header)))
            problems.append(Problem(f"{file}:{number}", "rules_cell_count", values))
            continue
        given = {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)}
        problems += _value_problems(f"{file}:{number}", given, types)
        rows.append(tuple(given[name] for name in columns))
    return tuple(rows), problems


def _value_problems(place: str, given: Mapping[str, str | None], types: Mapping[str, str]) -> list[Problem]:
    problems = []
    for column, value in given.items():
        kind = types.get(column) or _type_by_name(column)
        if value is not None and not _fits(value, kind):
            values = (("column", column), ("value", value), ("kind", kind))
            problems.append(Problem(place, "rules_wrong_value", values))
    return problems


def _type_by_name(column: str) -> str:
    """Return the type that the house's naming habit gives a column."""
    if column in ("valid_from", "valid_to") or column.endswith("_date"):
        return "date"
    if column in ("version", "sequence", "position", "step_no"):
        return "integer"
    return "boolean" if column.startswith(("is_", "has_", "shows_")) else "varchar"


def _fits(value: str, kind: str) -> bool:
    try:
        if kind == "date":
            return value == date.fromisoformat(value).isoformat()
        if kind in ("integer", "bigint", "smallint", "int"):
            return str(int(value)) == value.removeprefix("+")
        if kind.startswith("decimal") or kind == "numeric":
            return Decimal(value).is_finite()
        return value.lower() in _WORDS if kind == "boolean" else True
    except (ValueError, InvalidOperation):
        return False
