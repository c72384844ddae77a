"""The field mapping of a pack: every canonical column with the vendor columns that feed it, kept by hash."""

import csv
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bridgebook.errors import MappingUnavailable
from bridgebook.home import Home
from bridgebook.project import Shipped

if TYPE_CHECKING:
    from bridgebook.mapping.lineage import Lineage, Made
    from ingestion.packs import Pack

Kind = Literal["direct", "derived", "constant", "not_filled"]


@dataclass(frozen=True)
class FieldRow:
    """One canonical column of one system and one vendor column that feeds it, if any does.

    `kind`: direct = one vendor column as it is; derived = computed; constant = the same for all rows of a
    source; not_filled = the vendor lacks it or it is not read. `usage`: value, or condition where the vendor
    column only decides. `expression` is the pack's SQL in vendor columns, ` | ` between alternatives.
    """

    system: str
    entity: str
    entity_position: int
    column_position: int
    canonical_column: str
    data_type: str
    is_required: bool
    is_key: bool
    name_zh: str
    name_en: str
    kind: Kind
    is_filled: bool
    is_constant: bool
    feed_no: int
    vendor_table: str | None
    vendor_column: str | None
    usage: str | None
    expression: str | None


NAMES = tuple(field.name for field in fields(FieldRow))


def field_rows(source: Shipped, pack: "Pack", home: Home | None) -> tuple[FieldRow, ...]:
    """Return the mapping of a pack, from the home's memory while neither pack nor macros have changed."""
    key = _key(source, pack)
    memory = home.mappings / f"{pack.system}.json" if home else None
    if memory is not None and (found := _remembered(memory, key)) is not None:
        return found
    rows = tuple(_derived(source, pack))
    if memory is not None and memory.parent.parent.is_dir():
        _remember(memory, key, rows)
    return rows


def _key(source: Shipped, pack: "Pack") -> str:
    """Return a hash over all that the mapping is made of."""
    digest = hashlib.sha256()
    for name in ("bridgebook", "sqlglot", "duckdb", "dbt-core", "dbt-duckdb"):
        digest.update(f"{name} {version(name)}\0".encode())
    here = Path(__file__).parent
    for folder, pattern in ((pack.folder, "*"), (source.folder / "macros", "*.sql"), (here, "*.py")):
        for file in sorted(folder.rglob(pattern)):
            if file.is_file() and file.suffix in (".sql", ".toml", ".py"):
                digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    digest.update((source.seeds / "canonical_columns.csv").read_bytes())
    return digest.hexdigest()


def _remembered(memory: Path, key: str) -> tuple[FieldRow, ...] | None:
    try:
        kept = json.loads(memory.read_text(encoding="utf-8"))
        return tuple(FieldRow(*row) for row in kept["rows"]) if kept["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(memory: Path, key: str, rows: tuple[FieldRow, ...]) -> None:
    memory.parent.mkdir(exist_ok=True)
    fresh = memory.with_name(f"{memory.name}.{os.getpid()}.tmp")
    kept = {"key": key, "rows": [astuple(row) for row in rows]}
    fresh.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, memory)


def _derived(source: Shipped, pack: "Pack") -> Iterator[FieldRow]:
    """Compile the pack in memory and follow every column; raise MappingUnavailable where that fails.

    Whatever fails: somebody's pack may be written in SQL that nobody has thought of here, and a build that
    does not know where its columns come from is still a good build.
    """
    try:
        yield from _followed(source, pack)
    except MappingUnavailable:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        raise MappingUnavailable("mapping_not_followed", system=pack.system, reason=reason) from error


def _followed(source: Shipped, pack: "Pack") -> Iterator[FieldRow]:
    from bridgebook.mapping.lineage import Lineage
    from bridgebook.mapping.staging import opened, vendor_columns

    with opened(source, pack) as staging:
        for entity in pack.entities:
            staging.compile(staging.model_of(entity))
        landing = f"landed_{pack.system}"
        lineage = Lineage(staging.sql, staging.columns, vendor_columns(pack), landing)
    for entity, columns in seed_columns(source).items():
        for column in columns:
            yield from _rows_of(pack, entity, column, lineage)


def seed_columns(source: Shipped) -> Mapping[str, list[dict[str, str]]]:
    """Return entity -> its columns as canonical_columns.csv has them, each with its two positions."""
    entities: dict[str, list[dict[str, str]]] = {}
    with (source.seeds / "canonical_columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns = entities.setdefault(row["entity"], [])
            columns.append(row | {"entity_position": str(len(entities)), "position": str(len(columns) + 1)})
    return entities


def _rows_of(pack: "Pack", entity: str, column: Mapping[str, str], lineage: "Lineage") -> Iterator[FieldRow]:
    from bridgebook.mapping.lineage import DIALECT, NOTHING

    filled = entity in pack.entities
    made = lineage.made(f"stg_{pack.system}__{entity}", column["column"]) if filled else NOTHING
    kind = _kind(made)
    expression = None if made.expression is None else made.expression.sql(DIALECT)
    feeds: list[tuple[str | None, str | None, str | None]] = [
        *((feed.table, feed.column, "value") for feed in sorted(made.values, key=str)),
        *((feed.table, feed.column, "condition") for feed in sorted(made.deciders, key=str)),
    ]
    for number, feed in enumerate(feeds or [(None, None, None)], start=1):
        yield FieldRow(
            pack.system, entity, int(column["entity_position"]), int(column["position"]), column["column"],
            column["type"], column["required"] == "true", column["key"] == "true",
            column.get("zh", ""), column.get("en", ""),
            kind, kind != "not_filled", kind == "constant", number, *feed, expression,
        )  # fmt: skip


def _kind(made: "Made") -> Kind:
    if made.expression is None:
        return "not_filled"
    if made.is_constant:
        return "constant"
    return "direct" if made.is_direct else "derived"
