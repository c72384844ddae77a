"""What was landed against what the source holds: every row of every table of the pack, column by column."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import dbt_project
from bridgebook.demo import tryton
from tests.tryton.installation import Installation
from tests.tryton.source import SourceBooks

PACK = Path(str(dbt_project.__file__)).parent / "models" / "staging" / "tryton" / "pack.toml"


@dataclass(frozen=True)
class LandedTable:
    """A table of the pack and the columns that land with a declared type."""

    name: str
    columns: tuple[str, ...]


def pack_tables() -> tuple[LandedTable, ...]:
    """Return the pack's tables that the demo books have."""
    declared = tomllib.loads(PACK.read_text(encoding="utf-8"))["tables"]
    return tuple(
        LandedTable(each["name"], tuple(name for name in each["columns"] if name in _columns(each["name"])))
        for each in declared
        if each["name"] in tryton.tables()
    )


def landing_differences(home: Installation, source_id: str, books: SourceBooks) -> list[str]:
    """Return a sentence for every table whose landed rows are not exactly the source's."""
    found = []
    for table in pack_tables():
        chosen = ", ".join(f'"{name}"' for name in table.columns)
        landed = Counter(
            tuple(_comparable(value) for value in row)
            for row in home.landed(source_id, f'select {chosen} from raw."{table.name}"')
        )
        expected = Counter(
            tuple(_comparable(row[name]) for name in table.columns) for row in books.all(table.name)
        )
        for surplus, where in ((landed - expected, "landed only"), (expected - landed, "in the source only")):
            if surplus:
                examples = [dict(zip(table.columns, row, strict=True)) for row in list(surplus)[:2]]
                found.append(f"{table.name}: {surplus.total()} rows {where}, such as {examples}")
    return found


def _columns(table: str) -> set[str]:
    return {column.name for column in tryton.tables()[table]}


def _comparable(value: Any) -> Any:
    """Numbers by value whatever their type; text trimmed of nothing; stamps as they are."""
    if isinstance(value, float):
        return Decimal(repr(value)).normalize()
    if isinstance(value, bool | date | str) or value is None:
        return value
    return Decimal(value).normalize()
