"""Draw the rows of a source that belong together: an entity's first rows, then what they are joined with.

Rows are followed along the columns that the pack's SQL joins by equality. A table that hangs on nothing in
this way, or that is only looked up, is read from its beginning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bridgebook.mapping.joins import Joins, Links

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from ingestion.packs import Pack
    from ingestion.sampling import Sample, Sampler

MOST_ROWS = 2_000
PASSES = 4
Row = dict[str, Any]


@dataclass
class Drawn:
    """What was read: rows by table in the order read, and the tables of which there is more."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    held: dict[str, int] = field(default_factory=dict)


@dataclass
class Drawing:
    """Reads through a sampler into the tables of a staging database in memory."""

    connection: "duckdb.DuckDBPyConnection"
    sampler: "Sampler"
    pack: "Pack"
    source_id: str
    drawn: Drawn = field(default_factory=Drawn)
    _keys: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)
    _asked: dict[tuple[str, tuple[str, ...]], dict[str, set[Any]]] = field(default_factory=dict)

    def draw(self, joins: Joins, rows: int) -> Drawn:
        """Read the first `rows` of each leading table, and the rows of the others that belong to them."""
        for table in joins.leading:
            self._take(table, self.sampler.read(table, {}, rows))
        others = [table for table in joins.tables if table not in joins.leading]
        for table in others:
            if self.pack.table(table).lookup:
                self._take(table, self.sampler.read(table, {}, MOST_ROWS))
        for _ in range(PASSES):
            if not sum(self._follow(joins, table) for table in [*others, *joins.leading]):
                break
        for table in others:
            if table not in self.drawn.rows and table not in self.drawn.missing:
                self._take(table, self.sampler.read(table, {}, MOST_ROWS))
        return self.drawn

    def _follow(self, joins: Joins, table: str) -> int:
        """Read the rows of a table that rows read before name; return how many were new."""
        if table in self.drawn.missing:
            return 0
        new, read = 0, frozenset(self.drawn.rows) - {table}
        for known, columns in joins.to(table, read).items():
            wanted = {own: self._values(known, other) for own, other in columns}
            if not all(wanted.values()):
                self.drawn.rows.setdefault(table, [])
                continue
            asked = self._asked.setdefault((table, tuple(sorted(wanted))), {})
            fresh = {own: values - asked.get(own, set()) for own, values in wanted.items()}
            if not any(fresh.values()):
                continue
            for own, values in wanted.items():
                asked[own] = asked.get(own, set()) | values
            ask = fresh if len(wanted) == 1 else wanted
            sample = self.sampler.read(table, {own: sorted(v, key=str) for own, v in ask.items()}, MOST_ROWS)
            new += self._take(table, sample)
        return new

    def _values(self, table: str, column: str) -> set[Any]:
        return {row[column] for row in self.drawn.rows[table] if row.get(column) is not None}

    def _take(self, table: str, sample: "Sample | None") -> int:
        """Put the rows that are new into the database; return how many there were."""
        if sample is None:
            self.drawn.missing.add(table)
            return 0
        kept = self.drawn.rows.setdefault(table, [])
        if sample.is_cut:
            self.drawn.cut.add(table)
        if sample.held:
            self.drawn.held[table] = max(self.drawn.held.get(table, 0), sample.held)  # rows may be read twice
        seen = self._keys.setdefault(table, set())
        positions, rows = [], sample.rows.to_pylist()
        for position, row in enumerate(rows):
            key = tuple(row[name] for name in self.pack.table(table).key)
            if key not in seen:
                seen.add(key)
                positions.append(position)
                kept.append(row)
        if positions:
            self._insert(table, sample.rows.take(positions))
        return len(positions)

    def _insert(self, table: str, rows: "pa.Table") -> None:
        names = [name.replace('"', '""') for name in rows.column_names]
        listed = ", ".join(f'"{name}"' for name in names)
        self.connection.register("drawn_rows", rows)
        self.connection.execute(
            f'insert into "landed_{self.pack.system}"."{table}" by name '
            f"select ? as source_id, {listed}, 1 as _bb_seq from drawn_rows",
            [self.source_id],
        )
        self.connection.unregister("drawn_rows")


def belonging(joins: Joins, drawn: Drawn, table: str, row: Row) -> Mapping[str, Sequence[Row]]:
    """Return the rows of the other tables that belong to one row of a leading table."""
    found: dict[str, Sequence[Row]] = {table: [row]}
    size = 0
    while size != (size := sum(map(len, found.values())) + len(found)):
        for other in joins.tables:
            if other != table and (linked := joins.to(other, frozenset(found) - {other})):
                found[other] = list(_linked(linked, drawn.rows.get(other, []), found))
    return found


def _linked(linked: Links, rows: Sequence[Row], found: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
    """Yield the rows that rows found already name, over any of the links."""
    named = [
        ([own for own, _ in columns], {_texts(row, [other for _, other in columns]) for row in found[known]})
        for known, columns in linked.items()
    ]
    for row in rows:
        if any(_texts(row, own) in values for own, values in named):
            yield row


def _texts(row: Row, columns: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(None if row.get(name) is None else str(row[name]) for name in columns)
