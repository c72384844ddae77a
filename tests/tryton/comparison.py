"""Two homes row by row: what an incremental build keeps must be what a full build makes."""

from pathlib import Path

import duckdb

from tests.tryton.installation import Installation

# What tells when a row was written or which run wrote it differs by nature.
PER_RUN_COLUMNS = frozenset({"changed_seq", "_bb_seq", "run_id", "build_id", "known_from", "known_to"})
# What a home remembers of its former builds: when a finding was first seen, and those that are gone.
REMEMBERED = frozenset(
    {"first_found_at", "disappeared_at", "reappeared_at", "state_note_zh", "state_note_en", "gone_reason"}
)
PER_RUN_TABLES = frozenset({"sync_runs", "sync_tables", "sync_files", "sync_totals", "run_context"})


def mart_differences(one: Installation, other: Installation) -> list[str]:
    """Return a sentence for every table of the published marts in which the homes differ."""
    return file_differences(one.snapshot, other.snapshot, ("marts",))


def core_differences(one: Installation, other: Installation) -> list[str]:
    """Return a sentence for every core table in which the homes differ."""
    files = [home.folder / "work" / "work.duckdb" for home in (one, other)]
    return file_differences(files[0], files[1], ("core",))


def file_differences(one: Path, other: Path, schemas: tuple[str, ...]) -> list[str]:
    """Compare all tables of `schemas` in two DuckDB files as multisets of rows; up to two examples a side."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        names = {side: _tables(connection, side, schemas) for side in ("one", "other")}
        found = [f"{name}: only in {side}" for side in names for name in names[side] - names[_rest(side)]]
        for schema, table in sorted(names["one"] & names["other"]):
            found += _table_differences(connection, schema, table)
    if not names["one"]:
        found.append(f"no table in {schemas} of {one}")
    return found


def counts(file: Path, schema: str) -> dict[str, int]:
    """Return the number of rows of every table of a schema."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [row[0] for row in connection.execute(_NAMES, [schema]).fetchall()]
        rows = {
            name: connection.execute(f'select count(*) from {schema}."{name}"').fetchone() for name in names
        }
    return {name: int(row[0]) for name, row in rows.items() if row}


_NAMES = "select table_name from duckdb_tables() where schema_name = ? and not internal"


def _table_differences(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    columns = [
        row[0]
        for row in connection.execute(
            "select column_name from duckdb_columns() where database_name = 'one' and schema_name = ?"
            " and table_name = ? order by column_index",
            [schema, table],
        ).fetchall()
        if row[0] not in PER_RUN_COLUMNS | REMEMBERED
    ]
    kept = " where state <> 'disappeared'" if table == "findings" else ""
    chosen = ", ".join(f'"{column}"' for column in columns)
    found = []
    for side in ("one", "other"):
        mine, theirs = (
            f'select {chosen} from {each}.{schema}."{table}"{kept}' for each in (side, _rest(side))
        )
        surplus = f"({mine} except all {theirs})"
        row = connection.execute(f"select count(*) from {surplus}").fetchone()
        if row and row[0]:
            examples = connection.execute(f"select * from {surplus} limit 2").fetchall()
            shown = [
                {c: v for c, v in zip(columns, example, strict=True) if v is not None} for example in examples
            ]
            found.append(f"{schema}.{table}: {row[0]} rows only in {side}, such as {shown}")
    return found


def _tables(
    connection: duckdb.DuckDBPyConnection, database: str, schemas: tuple[str, ...]
) -> set[tuple[str, str]]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ?", [database]
    ).fetchall()
    return {(schema, table) for schema, table in rows if schema in schemas and table not in PER_RUN_TABLES}


def _rest(side: str) -> str:
    return "other" if side == "one" else "one"
