"""Match what a pack promises about a table with the columns that the source really has."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion import errors
from ingestion.batches import LandedColumn
from ingestion.packs import TableSpec
from ingestion.transports.dialects import SourceColumn
from ingestion.transports.queries import ParentColumn, TablePlan

Found = Mapping[str, tuple[str, tuple[SourceColumn, ...]]]


def plan_table(source_id: str, spec: TableSpec, found: Found, *, schema: str | None) -> TablePlan:
    """Plan how a table is read; UnknownTable, MissingKey or UnknownColumn where the promise is not kept."""
    if spec.name not in found:
        raise errors.UnknownTable(source=source_id, table=spec.name)
    source_name, source_columns = found[spec.name]
    by_name = _by_name(source_columns)
    columns: list[LandedColumn] = []
    sources: dict[str, SourceColumn] = {}
    for name, landing_type in spec.columns.items():
        source = by_name.get(name) or by_name.get(name.casefold())
        if source is None:
            if name in spec.key:
                raise errors.MissingKey(source=source_id, table=spec.name, column=name)
            if name not in spec.optional_columns:
                raise errors.UnknownColumn(source=source_id, table=spec.name, column=name)
            continue
        sources[name] = source
        columns.append(LandedColumn(source.name, name, landing_type))
    taken = {column.source_name for column in columns}
    left_out = {name.casefold() for name in spec.exclude}
    for source in source_columns:
        if (
            source.name not in taken
            and source.name.casefold() not in left_out
            and not source.name.startswith("_bb_")
        ):
            sources[source.name] = source
            columns.append(LandedColumn(source.name, source.name, source.landing_type))
    return TablePlan(
        spec=spec,
        source_name=source_name,
        schema=schema,
        columns=tuple(columns),
        source_columns=sources,
        company=_partition_column(spec, spec.company, sources, found),
        date=_partition_column(spec, spec.date, sources, found),
    )


def _by_name(columns: tuple[SourceColumn, ...]) -> dict[str, SourceColumn]:
    return {column.name.casefold(): column for column in columns} | {
        column.name: column for column in columns
    }


def _partition_column(
    spec: TableSpec, path: str | None, sources: Mapping[str, SourceColumn], found: Found
) -> SourceColumn | ParentColumn | None:
    """Find the column that tells company or date; None when the source does not have it."""
    if path is None:
        return None
    if "." not in path:
        return sources.get(path)
    foreign_key, wanted = path.split(".")
    parent = spec.parents[foreign_key]
    if parent.table not in found or foreign_key not in sources:
        return None
    parent_name, parent_columns = found[parent.table]
    by_name = _by_name(parent_columns)
    column = by_name.get(wanted) or by_name.get(wanted.casefold())
    key = by_name.get(parent.key) or by_name.get(parent.key.casefold())
    if column is None or key is None:
        return None
    return ParentColumn(foreign_key, parent_name, key.name, column, parent.table, parent.key, wanted)
