"""A pack's staging models as a database in memory: compiled in order, each a table of few rows."""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgebook.canonical import canonical_columns
from bridgebook.errors import MappingUnavailable
from bridgebook.mapping.templates import TemplateRefused, Templates
from bridgebook.project import Shipped

if TYPE_CHECKING:
    import duckdb

    from ingestion.packs import Pack

CATALOG, SCHEMA = "work", "staging"


@dataclass
class StagingDatabase:
    """Compiles models on demand and keeps them: `sql` and `columns` (name -> type) by model name."""

    connection: "duckdb.DuckDBPyConnection"
    source: Shipped
    pack: "Pack"
    sql: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    _files: dict[str, Path] = field(default_factory=dict)
    _templates: Templates | None = None

    def __post_init__(self) -> None:
        self._files = {file.stem: file for file in sorted(self.pack.folder.rglob("*.sql"))}
        variables: dict[str, Any] = {
            "canonical": canonical_columns(self.source.seeds),
            "packs": {self.pack.system: list(self.pack.entities)},
            "landings": {},
        }
        self._templates = Templates(self.source.folder / "macros", variables, self._describe, self._refer)

    def model_of(self, entity: str) -> str:
        """Return the name of the model that fills an entity."""
        return f"stg_{self.pack.system}__{entity}"

    def compile(self, model: str) -> str:
        """Return the SQL of a model and make its table; the models that it reads come first."""
        import duckdb

        if model not in self.sql:
            assert self._templates is not None
            file = self._files.get(model)
            if file is None:
                return self._rule(model)
            try:
                text = self._templates.fill(model, file.read_text(encoding="utf-8"))
                self._create(model, text)
            except TemplateRefused as refused:
                raise self._unavailable(file, refused.reason) from None
            except duckdb.Error as error:
                raise self._unavailable(file, str(error)) from None
            self.sql[model] = text
        return self.sql[model]

    def _rule(self, name: str) -> str:
        """Make the table of a shipped rule, all text and empty; raise where there is no such rule."""
        file = self.source.seeds / f"{name}.csv"
        if not file.is_file():
            raise MappingUnavailable("mapping_foreign_model", system=self.pack.system, model=name)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            columns = ", ".join(f'cast(null as varchar) as "{column}"' for column in next(csv.reader(lines)))
        self._create(name, f"select {columns} where false")
        return name

    def _create(self, model: str, text: str) -> None:
        name = f'"{CATALOG}"."{SCHEMA}"."{model}"'
        self.connection.execute(f"create or replace table {name} as {text}")
        self.columns[model] = dict(self._describe(f"select * from {name}"))

    def _unavailable(self, file: Path, reason: str) -> MappingUnavailable:
        words = " ".join(reason.split())
        shown = words if len(words) <= 300 else words[:297] + "..."
        return MappingUnavailable("mapping_not_compiled", system=self.pack.system, file=file, reason=shown)

    def _describe(self, query: str) -> list[tuple[str, str]]:
        described = self.connection.execute(f"describe {query}").fetchall()
        return [(str(name), str(kind)) for name, kind, *_ in described]

    def _refer(self, model: str) -> str:
        if self._templates is None:
            raise AssertionError
        inner = self.compile(model)
        assert inner
        return f'"{CATALOG}"."{SCHEMA}"."{model}"'


@contextmanager
def opened(source: Shipped, pack: "Pack") -> Iterator[StagingDatabase]:
    """Give the database of a pack, every vendor table there and empty."""
    import duckdb

    from ingestion.landing import landed_past_view_sql, landed_view_sql

    connection = duckdb.connect(config={"threads": 1})
    try:
        connection.execute(f"attach ':memory:' as {CATALOG}")
        connection.execute(f"use {CATALOG}")
        for schema in (SCHEMA, f"landed_{pack.system}"):
            connection.execute(f'create schema "{schema}"')
        for table in pack.tables:
            for view in (
                landed_view_sql(pack.system, table, ()),
                landed_past_view_sql(pack.system, table, ()),
            ):
                connection.execute(_as_table(view))
        yield StagingDatabase(connection, source, pack)
    finally:
        connection.close()


def _as_table(view: str) -> str:
    return re.sub(r"^create or replace view", "create table", view)


def vendor_columns(pack: "Pack") -> Mapping[str, dict[str, str]]:
    """Return the tables that staging may read, by the name it calls them -> column -> type."""
    found: dict[str, dict[str, str]] = {}
    for table in pack.tables:
        columns = {"source_id": "VARCHAR"} | {name: str(kind) for name, kind in table.columns.items()}
        for name in (table.name, f"{table.name}__past"):
            found[name] = columns | {"_bb_seq": "BIGINT"}
    return found
