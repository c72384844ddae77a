"""See what a pack would make of the first rows of a source, before anything is landed or built.

A few rows are read into a database in memory, where the pack's own compiled SQL turns them into canonical
rows. Which source row a canonical row comes from is found by leaving source rows out until it is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bridgebook.errors import PreviewFailed, SettingsError
from bridgebook.mapping.drawing import Drawing, Drawn, Row, belonging
from bridgebook.mapping.fields import FieldRow
from bridgebook.mapping.joins import Joins, joins_of
from bridgebook.mapping.lineage import Lineage
from bridgebook.mapping.staging import CATALOG, SCHEMA, StagingDatabase, opened, vendor_columns
from bridgebook.project import Shipped
from bridgebook.settings import Settings, Source, read_password

if TYPE_CHECKING:
    from ingestion.packs import Pack
    from ingestion.sampling import Sampler

# Many first rows may be none of an entity's: that many are read for each that is shown.
READ_PER_ROW = 40


@dataclass(frozen=True)
class Shown:
    """One canonical row and where it comes from.

    `origin`: a leading table and the key of its row; None where several rows together make it. `is_shared`:
    other rows of that table would make it too. `cells`: for each row of the mapping the vendor's values
    (None: not found by equal columns) and the canonical value.
    """

    origin: tuple[str, Mapping[str, Any]] | None
    is_shared: bool
    cells: tuple[tuple[FieldRow, tuple[Any, ...] | None, Any], ...]


@dataclass(frozen=True)
class Preview:
    """What an entity's first rows become."""

    entity: str
    source_id: str
    drawn: Drawn
    leading: tuple[str, ...]
    row_count: int
    rows: tuple[Shown, ...]


def choose_source(settings: Settings, pack: "Pack", source_id: str | None) -> Source:
    """Return the source to preview; it must be read by the pack, and be named where several are."""
    source = _chosen(settings, pack, source_id)
    if source.reads_files:
        raise PreviewFailed("preview_of_files", source=source.id)
    return source


def _chosen(settings: Settings, pack: "Pack", source_id: str | None) -> Source:
    if source_id is not None:
        source = settings.source(source_id)
        if source.system != pack.system:
            raise PreviewFailed(
                "preview_other_system", source=source_id, other=source.system, system=pack.system
            )
        return source
    fitting = [source for source in settings.sources if source.system == pack.system]
    if not fitting:
        raise SettingsError("preview_no_source", system=pack.system, file=settings.home.settings_file)
    if len(fitting) > 1:
        names = ", ".join(source.id for source in fitting)
        raise PreviewFailed("preview_which_source", system=pack.system, names=names)
    return fitting[0]


def previews(
    settings: Settings,
    shipped: Shipped,
    pack: "Pack",
    source: Source,
    mapping: Sequence[FieldRow],
    *,
    entity: str | None,
    rows: int,
) -> Iterator[Preview]:
    """Yield the preview of one entity, or of all that the pack fills; nothing is written anywhere."""
    from ingestion.errors import IngestionError

    if entity is not None and entity not in pack.entities:
        raise PreviewFailed("preview_not_filled", system=pack.system, entity=entity)
    try:
        with closing(_sampler(settings, pack, source)) as sampler:
            sampler.open()
            for each in [entity] if entity else pack.entities:
                told = [row for row in mapping if row.entity == each and row.is_filled]
                yield _preview(shipped, pack, sampler, source.id, each, told, rows)
    except IngestionError as error:
        raise PreviewFailed("preview_source_trouble", zh=error.zh, en=error.en) from None


def _sampler(settings: Settings, pack: "Pack", source: Source) -> "Sampler":
    from ingestion.sampling import Sampler
    from ingestion.sync import SourceSpec

    spec = SourceSpec(
        source_id=source.id,
        system=source.system,
        url=source.url,
        password=read_password(source, settings.home),
        schema=source.schema_name,
        exclude_tables=source.tables.exclude,
    )
    return Sampler(spec, pack, relative_to=settings.home.root)


def _preview(
    shipped: Shipped,
    pack: "Pack",
    sampler: "Sampler",
    source_id: str,
    entity: str,
    mapping: Sequence[FieldRow],
    rows: int,
) -> Preview:
    with opened(shipped, pack) as staging:
        model = staging.model_of(entity)
        staging.compile(model)
        landing = f"landed_{pack.system}"
        lineage = Lineage(staging.sql, staging.columns, vendor_columns(pack), landing)
        joins = joins_of(lineage, pack, model)
        drawing = Drawing(staging.connection, sampler, pack, source_id)
        drawn = drawing.draw(joins, rows * READ_PER_ROW)
        _as_views(staging)
        made = _Made(staging, model, [row.canonical_column for row in mapping if row.is_key], joins.leading)
        found = made.first(rows)
        shown = [_shown(pack, joins, drawn, mapping, row, made.origin(row)) for row in found]
        return Preview(entity, source_id, drawn, tuple(joins.leading), made.count(), tuple(shown))


def _as_views(staging: StagingDatabase) -> None:
    """Let every model read what is in the tables now."""
    for model, sql in staging.sql.items():
        name = f'"{CATALOG}"."{SCHEMA}"."{model}"'
        staging.connection.execute(f"drop table {name}")
        staging.connection.execute(f"create view {name} as {sql}")


class _Made:
    """Asks the canonical rows of a model, also without some of the leading rows."""

    def __init__(self, staging: StagingDatabase, model: str, key: Sequence[str], leading: list[str]) -> None:
        self.connection, self.landing = staging.connection, f"landed_{staging.pack.system}"
        self.name = f'"{CATALOG}"."{SCHEMA}"."{model}"'
        self.key = list(dict.fromkeys(key)) or [c for c in staging.columns[model] if c != "changed_seq"]
        self.leading = leading

    def count(self) -> int:
        row = self.connection.execute(f"select count(*) from {self.name}").fetchone()
        return int(row[0]) if row else 0

    def first(self, rows: int) -> list[Row]:
        found = self.connection.execute(f"select * from {self.name} limit {int(rows)}").to_arrow_table()
        return list(found.to_pylist())

    def origin(self, row: Row) -> tuple[str, int, bool] | None:
        """Return a leading table, the position of a row in it that makes `row`, and whether others do."""
        for table in self.leading:
            if not self._is_made(row, table, []):
                every = positions = self._positions(table)
                while len(positions) > 1:
                    half = len(positions) // 2
                    halves = (positions[:half], positions[half:])
                    fitting = [each for each in halves if self._is_made(row, table, each)]
                    if not fitting:
                        return None
                    positions = fitting[0]
                rest = [position for position in every if position not in positions]
                return (table, positions[0], self._is_made(row, table, rest)) if positions else None
        return None

    def _positions(self, table: str) -> list[int]:
        rows = self.connection.execute(f'select rowid from "{self.landing}"."{table}" order by rowid')
        return [int(row[0]) for row in rows.fetchall()]

    def _is_made(self, row: Row, table: str, positions: Sequence[int]) -> bool:
        kept = ", ".join(str(position) for position in positions) or "-1"
        same = " and ".join(f'"{name}" is not distinct from ?' for name in self.key)
        self.connection.execute("begin")
        try:
            self.connection.execute(f'delete from "{self.landing}"."{table}" where rowid not in ({kept})')
            found = self.connection.execute(
                f"select 1 from {self.name} where {same} limit 1", [row[name] for name in self.key]
            ).fetchone()
        finally:
            self.connection.execute("rollback")
        return found is not None


def _shown(
    pack: "Pack",
    joins: Joins,
    drawn: Drawn,
    mapping: Sequence[FieldRow],
    row: Row,
    origin: tuple[str, int, bool] | None,
) -> Shown:
    if origin is None:
        return Shown(None, True, tuple((field, None, row[field.canonical_column]) for field in mapping))
    table, position, is_shared = origin
    first = drawn.rows[table][position]
    related = belonging(joins, drawn, table, first)
    others = {other for other in joins.leading if other != table and not related.get(other)}
    cells = tuple(
        (field, _values(related, field), row[field.canonical_column]) for field in _asked(mapping, others)
    )
    return Shown((table, {name: first[name] for name in pack.table(table).key}), is_shared, cells)


def _asked(mapping: Sequence[FieldRow], others: set[str]) -> Iterator[FieldRow]:
    """Yield what is told of a row: every canonical column, without the tables where other rows begin."""
    for _, feeds in groupby(mapping, lambda field: field.canonical_column):
        every = list(feeds)
        yield from [field for field in every if field.vendor_table not in others] or every[:1]


def _values(related: Mapping[str, Sequence[Row]], field: FieldRow) -> tuple[Any, ...] | None:
    """Return the different values of a vendor column in the rows that belong together."""
    if field.vendor_table is None or field.vendor_table not in related:
        return None
    rows = related[field.vendor_table]
    if field.vendor_column is None:
        return (len(rows),)
    return tuple(dict.fromkeys(row.get(field.vendor_column) for row in rows))
