"""Read a few rows of a source as they would land, without landing them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion.batches import type_batch
from ingestion.matching import Found, plan_table
from ingestion.packs import Pack, TableSpec
from ingestion.sync import SourceSpec
from ingestion.transports.database import DatabaseSource
from ingestion.transports.queries import AllOf, TablePlan, WithValues


@dataclass(frozen=True)
class Sample:
    """Typed rows of one table; `is_cut`: the source has more that were asked for; `held`: rows refused."""

    rows: pa.Table
    is_cut: bool = False
    held: int = 0


class Sampler:
    """Holds a read-only connection to one source; everything read through it is one moment where possible."""

    def __init__(self, spec: SourceSpec, pack: Pack, *, relative_to: Path) -> None:
        self.pack, self.excluded = pack, frozenset(spec.exclude_tables)
        self._source = DatabaseSource(
            spec.source_id, spec.url, password=spec.password, schema=spec.schema, relative_to=relative_to
        )
        self._found: Found = {}

    def open(self) -> None:
        """Connect, and look which of the pack's tables there are."""
        self._source.open()
        self._found = self._source.columns_of([table.name for table in self.pack.tables])

    def close(self) -> None:
        self._source.close()

    def read(self, table: str, values: Mapping[str, Sequence[Any]], limit: int) -> Sample | None:
        """Read the first rows of a table whose columns have one of the given values each.

        None where an optional table is not there or the settings leave it out. Raises UnknownTable,
        MissingKey, UnknownColumn, or what the source says.
        """
        spec = self.pack.table(table)
        if table in self.excluded or (spec.optional and table not in self._found):
            return None
        plan = plan_table(self._source.source_id, spec, self._found, schema=self._source.schema)
        return self._typed(spec, plan, values, limit)

    def _typed(
        self, spec: TableSpec, plan: TablePlan, values: Mapping[str, Sequence[Any]], limit: int
    ) -> Sample:
        columns = [column for column in plan.columns if column.name in spec.columns]
        wanted = {
            name: _given(given, plan.source(name).kind)
            for name, given in values.items()
            if name in plan.source_columns
        }
        shape = pa.schema([(column.name, column.type.arrow) for column in columns])
        if not all(wanted.values()):
            return Sample(shape.empty_table())
        parts = tuple(WithValues(name, given) for name, given in wanted.items())
        batches, held = [shape.empty_table()], 0
        where = AllOf(parts) if parts else None
        with self._source.translated(spec.name):
            for data in self._source.rows(plan, columns, where, limit + 1):
                typed = type_batch(data, columns, spec.key)
                batches.append(typed.table.cast(shape))
                held += len(typed.rejected)
        rows = pa.concat_tables(batches)
        return Sample(rows.slice(0, limit), rows.num_rows + held > limit, held)


def _given(values: Sequence[Any], kind: str) -> tuple[Any, ...]:
    """Return values as a column of that kind can be asked for them: numbers as text, no text for numbers."""
    found = tuple(_plain(value) for value in values if value is not None)
    if kind in ("integer", "decimal"):
        return tuple(value for value in found if re.fullmatch(r"-?\d{1,38}", str(value)))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
