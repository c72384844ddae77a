"""The mappings that stand in rule files, shipped and own, with the line of each; what contradicts is told."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from bridgebook.books.mappings import (
    CODES,
    PARTNER_KINDS,
    VALUES,
    Code,
    Mapped,
    contradictions,
    layered,
)
from bridgebook.errors import Problem, RulesInvalid
from bridgebook.settings import Settings

MASTER_MAP, VALUE_MAP = "master_map", "value_map"


def rule_mappings(settings: Settings, seeds: Path | None = None) -> list[Mapped]:
    """Return the mappings of the rule files; a kind that is left open stands for every partner kind that has
    none of its own, values of every source are left out: what a source says of itself goes before them.
    """
    from bridgebook.project import shipped

    folders = (seeds or shipped().seeds, settings.home.rules)
    codes = layered(*(list(_mappings(folder / f"{MASTER_MAP}.csv")) for folder in folders))
    values = layered(*(list(_values(folder / f"{VALUE_MAP}.csv")) for folder in folders))
    own = {mapped.code for mapped in codes if mapped.code.partner_kind}
    return [each for mapped in codes for each in _every_kind(mapped, own)] + [
        mapped for mapped in values if mapped.code.source_id
    ]


def check_mappings(master_source: str | None, rules: Sequence[Mapped], decided: Sequence[Mapped]) -> None:
    """Raise RulesInvalid where a mapping of the rule files contradicts another one or an approved one."""
    problems = [
        Problem(
            mapped.place,
            "master_entity_unknown",
            (("entity", mapped.code.entity), ("known", ", ".join(CODES))),
        )
        for mapped in rules
        if mapped.code.entity not in (*CODES, *VALUES)
    ]
    problems += [
        Problem(mapped.place or "-", key, tuple(values.items()))
        for mapped, key, values in contradictions(master_source or "", [*decided, *rules])
    ]
    if problems:
        raise RulesInvalid(tuple(problems))


def _mappings(file: Path) -> Iterator[Mapped]:
    for place, row in _rows(file):
        kind = row.get("partner_kind", "")
        code = Code(row["entity"], row["source_id"], kind, row["source_code"])
        yield Mapped(code, row["master_code"], *_days(row), row.get("approved_by", ""), place)


def _values(file: Path) -> Iterator[Mapped]:
    for place, row in _rows(file):
        code = Code(row["value_kind"], row["source_id"], "", row["source_value"])
        yield Mapped(code, row["canonical_value"], *_days(row), row.get("approved_by", ""), place)


def _rows(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield place and cells of each row; that the columns are right was checked before."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            cells = {str(name).strip(): (value or "").strip() for name, value in row.items()}
            if any(cells.values()):
                yield f"{file}:{reader.line_num}", cells


def _days(row: dict[str, str]) -> tuple[date | None, date | None]:
    first, last = row.get("valid_from"), row.get("valid_to")
    return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


def _every_kind(mapped: Mapped, own: set[Code]) -> Iterator[Mapped]:
    code = mapped.code
    if code.entity != "partners" or code.partner_kind:
        yield mapped
        return
    for kind in PARTNER_KINDS:
        each = Code(code.entity, code.source_id, kind, code.source_code)
        if each not in own:
            yield Mapped(
                each, mapped.master_code, mapped.valid_from, mapped.valid_to, mapped.approved_by, mapped.place
            )
