"""The landing file of a source: where it stands, what its tables look like, and the views that read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion import errors
from ingestion.landing_types import LandingType, parse_type
from ingestion.packs import TableSpec

SEQUENCE_COLUMN = "_bb_seq"
RAW, HISTORY, PROOF = "raw", "history", "proof"
STAGING = "staging.main"  # a scratch catalog in memory, seen by every cursor of the connection


def landing_path(landing_dir: Path, source_id: str) -> Path:
    """Return the landing file of a source."""
    return landing_dir / f"{source_id}.duckdb"


def landing_catalog(source_id: str) -> str:
    """Return the name under which a source's landing file is attached while staging reads it."""
    return f"landing_{source_id}"


@dataclass(frozen=True)
class LandedSource:
    """One configured instance of a system, and the tables that its landing file has now."""

    source_id: str
    tables: frozenset[str]


def landed_sources(landing_dir: Path, source_ids: Sequence[str]) -> tuple[LandedSource, ...]:
    """Look into the landing files of the sources; one without a file has no tables."""
    found = []
    for source_id in source_ids:
        path = landing_path(landing_dir, source_id)
        found.append(
            LandedSource(source_id, frozenset(landed_columns(path)) if path.exists() else frozenset())
        )
    return tuple(found)


def landed_columns(path: Path) -> dict[str, dict[str, str]]:
    """Return table -> column -> type of everything landed in a file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return _raw_columns(connection)


def _raw_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        f"where schema_name = '{RAW}' and not table_name like '\\_dlt%' escape '\\' "
        "order by table_name, column_index"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        tables.setdefault(table, {})[column] = data_type
    return tables


def landed_view_sql(
    system: str,
    table_spec: TableSpec,
    sources: Sequence[LandedSource | str],
    *,
    landing_dir: Path | None = None,
) -> str:
    """Write the view that staging reads: one vendor table, united over the instances of its system.

    Columns: source_id, the declared columns in declared order and type, _bb_seq. `sources` are LandedSource
    (see landed_sources), or source ids when `landing_dir` is given or every table is known to have landed.
    The landing files must be attached as landing_<source_id> when the view is read; without any instance
    it is empty and typed.
    """
    return _view(
        f"landed_{system}.{quoted(table_spec.name)}", RAW, quoted(SEQUENCE_COLUMN), table_spec,
        _known_sources(sources, landing_dir),
    )  # fmt: skip


def landed_past_view_sql(
    system: str,
    table_spec: TableSpec,
    sources: Sequence[LandedSource | str],
    *,
    landing_dir: Path | None = None,
) -> str:
    """Write the view of the replaced and deleted versions of a vendor table.

    Columns as in landed_view_sql, where _bb_seq is the epoch milliseconds until which the version was known.
    """
    return _view(
        f"landed_{system}.{quoted(table_spec.name + '__past')}", HISTORY, "epoch_ms(known_to)", table_spec,
        _known_sources(sources, landing_dir),
    )  # fmt: skip


def _view(
    name: str, schema: str, sequence: str, table_spec: TableSpec, sources: Sequence[LandedSource]
) -> str:
    columns = {quoted(column): str(landing_type) for column, landing_type in table_spec.columns.items()}
    end = f"as {quoted(SEQUENCE_COLUMN)}"
    parts = []
    for source in sources:
        if table_spec.name in source.tables:
            picked = "".join(f"    cast({column} as {t}) as {column},\n" for column, t in columns.items())
            origin = f"{landing_catalog(source.source_id)}.{schema}.{quoted(table_spec.name)}"
            parts.append(
                f"select\n    cast('{source.source_id}' as varchar) as source_id,\n{picked}"
                f"    cast({sequence} as bigint) {end}\nfrom {origin}"
            )
    if not parts:
        empty = "".join(f"    cast(null as {t}) as {column},\n" for column, t in columns.items())
        parts.append(
            f"select\n    cast(null as varchar) as source_id,\n{empty}"
            f"    cast(null as bigint) {end}\nwhere 1 = 0"
        )
    return f"create or replace view {name} as\n" + "\nunion all\n".join(parts)


def _known_sources(sources: Sequence[LandedSource | str], landing_dir: Path | None) -> list[LandedSource]:
    known: list[LandedSource] = []
    for source in sources:
        if isinstance(source, LandedSource):
            known.append(source)
        elif landing_dir is not None:
            known.extend(landed_sources(landing_dir, [source]))
        else:
            known.append(LandedSource(source, _EveryTable()))
    return known


class _EveryTable(frozenset[str]):
    """Stands for a landing file that has every table of its pack."""

    def __contains__(self, name: object) -> bool:
        return True


def quoted(name: str) -> str:
    """Quote an identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | datetime | None) -> str:
    """Write a text, a moment or nothing for DuckDB, which imports pandas (0.4 s) to look at a parameter."""
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(sep=' ')}'"
    return "'" + value.replace("'", "''") + "'"


def _connected(path: Path, spill_dir: Path, memory: str) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(spill_dir),
        "memory_limit": memory,
        "preserve_insertion_order": True,
    }
    try:
        return duckdb.connect(str(path), config=config)
    except duckdb.Error as error:
        facts = {"source": path.stem, "table": "*", "file": path, "detail": str(error).splitlines()[0]}
        if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
            raise errors.LandingLocked(**facts) from None
        raise errors.LandingUnreadable(**facts) from None


class LandingFile:
    """Holds the read-write connection to one landing file, and creates and evolves its tables."""

    def __init__(self, path: Path, *, spill_dir: Path, memory: str = "1GB") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        spill_dir.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.connection = _connected(path, spill_dir, memory)
        self.connection.execute("set global timezone = 'UTC'")
        self.connection.execute("attach ':memory:' as staging")
        for schema in (RAW, HISTORY, PROOF):
            self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute(f"create table if not exists {PROOF}.sequence (last BIGINT)")
        self.connection.execute(
            f"create table if not exists {PROOF}.tables "
            "(table_name VARCHAR, landed_at TIMESTAMP, swept_at TIMESTAMP)"
        )

    def close(self) -> None:
        self.connection.close()

    def use_threads(self, *, all_of_them: bool) -> None:
        """Work with every core, or with one: small pieces of work cost a third less where none waits."""
        self.connection.execute("reset threads" if all_of_them else "set threads = 1")

    def rollback(self) -> None:
        """End a transaction that a failed statement left open, if there is one."""
        with suppress(duckdb.Error):
            self.connection.execute("rollback")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do several statements wholly or not at all; they may write to this file only, not to STAGING."""
        self.connection.execute("begin")
        try:
            yield
            self.connection.execute("commit")
        except BaseException:
            self.rollback()
            raise

    def columns(self, table: str, schema: str = RAW) -> dict[str, LandingType]:
        """Return the columns of one landed table without its sequence column; {} if it does not exist."""
        try:
            described = self.connection.execute(f"select * from {schema}.{quoted(table)} limit 0").description
        except duckdb.CatalogException:
            return {}
        types = {str(name): parse_type(str(data_type)) for name, data_type, *_ in described}
        return {name: t for name, t in types.items() if t is not None and name != SEQUENCE_COLUMN}

    def row_count(self, table: str) -> int:
        found = self.connection.execute(f"select count(*) from {RAW}.{quoted(table)}").fetchone()
        return int(found[0]) if found else 0

    def next_sequence(self, now_milliseconds: int) -> int:
        """Return the number of a new load: the time, but never less than any number given before."""
        found = self.connection.execute(f"select max(last) from {PROOF}.sequence").fetchone()
        number = max(now_milliseconds, (found[0] or 0) + 1 if found else 0)
        with self.transaction():
            self.connection.execute(f"delete from {PROOF}.sequence")
            self.connection.execute(f"insert into {PROOF}.sequence values ({number})")
        return number

    def create(self, table: str, columns: dict[str, LandingType]) -> None:
        """Create a landed table and its history, or add the columns that they lack."""
        picked = ", ".join(f"{quoted(name)} {t}" for name, t in columns.items())
        self.connection.execute(
            f"create table if not exists {RAW}.{quoted(table)} ({picked}, {SEQUENCE_COLUMN} BIGINT)"
        )
        self.connection.execute(
            f"create table if not exists {HISTORY}.{quoted(table)} ({picked}, {SEQUENCE_COLUMN} BIGINT, "
            "known_from TIMESTAMP, known_to TIMESTAMP, change VARCHAR)"
        )
        for schema in (RAW, HISTORY):
            have = self.columns(table, schema)
            for name, landing_type in columns.items():
                if name not in have:
                    self.connection.execute(
                        f"alter table {schema}.{quoted(table)} add column {quoted(name)} {landing_type}"
                    )

    def first_loaded(self) -> set[str]:
        """Return the tables whose first load has come to its end."""
        return {
            name for (name,) in self.connection.execute(f"select table_name from {PROOF}.tables").fetchall()
        }

    def swept_at(self, table: str) -> datetime | None:
        """Return when every row of a table was last compared with the source (UTC, without zone)."""
        found = self.connection.execute(
            f"select max(swept_at) from {PROOF}.tables where table_name = {literal(table)}"
        ).fetchone()
        return found[0] if found else None

    def mark_landed(self, table: str, *, swept: bool) -> None:
        """Note that a table is wholly landed now, and whether every row of it was compared."""
        now = datetime.now(UTC).replace(tzinfo=None)
        mine = f"table_name = {literal(table)}"
        before = self.connection.execute(
            f"select landed_at, swept_at from {PROOF}.tables where {mine}"
        ).fetchone()
        landed_at, swept_at = before or (now, None)
        moments = ", ".join(literal(moment) for moment in (landed_at, now if swept else swept_at))
        with self.transaction():
            self.connection.execute(f"delete from {PROOF}.tables where {mine}")
            self.connection.execute(f"insert into {PROOF}.tables values ({literal(table)}, {moments})")

    def empty(self, table: str) -> None:
        """Throw away the rows of a first load that did not come to its end."""
        self.connection.execute(f"delete from {RAW}.{quoted(table)}")

    def widen(self, table: str, column: str, landing_type: LandingType) -> None:
        """Give a landed column and its history a type that holds every value it has."""
        with self.transaction():
            for schema in (RAW, HISTORY):
                self.connection.execute(
                    f"alter table {schema}.{quoted(table)} alter column {quoted(column)} type {landing_type}"
                )

    def forget(self, table: str) -> None:
        """Drop a table whose first load did not come to its end; a history it had before stays."""
        self.connection.execute(f"drop table {RAW}.{quoted(table)}")
        past = self.connection.execute(f"select count(*) from {HISTORY}.{quoted(table)}").fetchone()
        if past is not None and not past[0]:
            self.connection.execute(f"drop table {HISTORY}.{quoted(table)}")

    def set_aside(self, table: str, sequence: int) -> None:
        """Make room for a table of other types; its history, with every landed row, stays as <table>@<n>."""
        with self.transaction():
            columns = ", ".join(quoted(c) for c in [*self.columns(table), SEQUENCE_COLUMN])
            self.connection.execute(
                f"insert into {HISTORY}.{quoted(table)} ({columns}, known_from, known_to, change) "
                f"select {columns}, epoch_ms({SEQUENCE_COLUMN}), "
                f"epoch_ms(cast({sequence} as bigint)), 'replaced' "
                f"from {RAW}.{quoted(table)}"
            )
            aside = quoted(f"{table}@{sequence}")
            self.connection.execute(f"alter table {HISTORY}.{quoted(table)} rename to {aside}")
            self.connection.execute(f"drop table {RAW}.{quoted(table)}")
            self.connection.execute(f"delete from {PROOF}.tables where table_name = {literal(table)}")
