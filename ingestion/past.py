"""A landed table as it was known at an earlier instant: what is landed still, and versions replaced since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.landing import HISTORY, RAW, SEQUENCE_COLUMN, landing_catalog, landing_path, quoted
from ingestion.packs import TableSpec

Columns = Mapping[str, frozenset[str]]
SEQUENCE = quoted(SEQUENCE_COLUMN)
GONE_AT = "epoch_ms(known_to)"


@dataclass(frozen=True)
class PastSource:
    """One instance of a system: table -> its columns, of what is landed now and of what was."""

    source_id: str
    landed: Columns
    history: Columns

    def versions(self, table: str) -> dict[str, int | None]:
        """Return the histories of a table: its own, and those set aside as <table>@<load>."""
        found: dict[str, int | None] = {}
        for name in self.history:
            base, mark, load = name.rpartition("@")
            if name == table:
                found[name] = None
            elif mark and base == table and load.isdigit():
                found[name] = int(load)
        return found


def past_sources(landing_dir: Path, source_ids: Sequence[str]) -> tuple[PastSource, ...]:
    """Look into the landing files of the sources; one without a file knows nothing."""
    found = []
    for source_id in source_ids:
        path = landing_path(landing_dir, source_id)
        tables: dict[str, dict[str, set[str]]] = {RAW: {}, HISTORY: {}}
        if path.exists():
            with duckdb.connect(str(path), read_only=True) as connection:
                rows = connection.execute(
                    "select schema_name, table_name, column_name from duckdb_columns() "
                    f"where schema_name in ('{RAW}', '{HISTORY}')"
                ).fetchall()
            for schema, table, column in rows:
                tables[schema].setdefault(table, set()).add(column)
        sides = [{name: frozenset(columns) for name, columns in tables[s].items()} for s in (RAW, HISTORY)]
        found.append(PastSource(source_id, *sides))
    return tuple(found)


def past_views_sql(
    system: str, table: TableSpec, sources: Sequence[PastSource], instant: int
) -> tuple[str, str]:
    """Write the views landed_<system>.<table> and <table>__past as they were at `instant` (epoch ms).

    Columns, types and meaning are those of ingestion.landing's views. The landing files must be attached as
    landing_<source_id> when they are read.
    """
    known, replaced = [], []
    for source in sources:
        if table.name in source.landed:
            columns = source.landed[table.name]
            origin = _origin(source, RAW, table.name)
            known.append(_part(source, table, columns, origin, SEQUENCE, f"{SEQUENCE} <= {instant}"))
        for name, load in source.versions(table.name).items():
            columns, origin = source.history[name], _origin(source, HISTORY, name)
            then = f"{SEQUENCE} <= {instant} and {GONE_AT} > {instant}"
            known.append(_part(source, table, columns, origin, SEQUENCE, then))
            if load is None or load > instant:
                replaced.append(_part(source, table, columns, origin, GONE_AT, f"{GONE_AT} <= {instant}"))
    name = f"landed_{system}.{quoted(table.name)}"
    past = f"landed_{system}.{quoted(table.name + '__past')}"
    return _view(name, table, known), _view(past, table, replaced)


def _origin(source: PastSource, schema: str, name: str) -> str:
    return f"{landing_catalog(source.source_id)}.{schema}.{quoted(name)}"


def _part(
    source: PastSource, table: TableSpec, columns: frozenset[str], origin: str, sequence: str, condition: str
) -> str:
    """Select what a table had in its declared types; what cannot be read in them any more is empty."""
    picked = "".join(
        f"try_cast({quoted(name) if name in columns else 'null'} as {kind}) as {quoted(name)}, "
        for name, kind in table.columns.items()
    )
    return (
        f"select cast('{source.source_id}' as varchar) as source_id, {picked}"
        f"cast({sequence} as bigint) as {SEQUENCE} from {origin} where {condition}"
    )


def _view(name: str, table: TableSpec, parts: Sequence[str]) -> str:
    empty = "".join(f"cast(null as {kind}) as {quoted(column)}, " for column, kind in table.columns.items())
    nothing = (
        f"select cast(null as varchar) as source_id, {empty}cast(null as bigint) as {SEQUENCE} where 1 = 0"
    )
    return f"create or replace view {name} as " + " union all ".join(parts or [nothing])
