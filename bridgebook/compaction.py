"""Give back the space that many increments leave behind in a database file.

A file that is changed a hundred times keeps free blocks and half-empty row groups. What it would need when
fresh is known from the moment when it was: its blocks then, times as many rows as it has now.
"""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TABLE = "main.bridgebook_size"
# 1.3 after a hundred increments is the promise; below 64 blocks (16 MB) nobody minds.
MOST = 1.2
SMALL_BLOCKS = 64


@dataclass(frozen=True)
class Size:
    """Blocks of a database file, and rows in all its tables."""

    blocks: int
    rows: int


def measure(file: Path) -> Size:
    """Return how large a database file is now."""
    import duckdb

    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        blocks = connection.execute("select total_blocks from pragma_database_size()").fetchone()
        rows = connection.execute("select coalesce(sum(estimated_size), 0) from duckdb_tables()").fetchone()
    return Size(int(blocks[0]) if blocks else 0, int(rows[0]) if rows else 0)


def note_fresh(file: Path) -> None:
    """Write down in a fresh file how large it is."""
    import duckdb

    size = measure(file)
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(f"create or replace table {TABLE} (fresh_blocks bigint, fresh_rows bigint)")
        connection.execute(f"insert into {TABLE} values (?, ?)", [size.blocks, size.rows])
        connection.execute("checkpoint")


def bloat(file: Path) -> float:
    """Return how many times larger a file is than it would be if it were written anew."""
    import duckdb

    now = measure(file)
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            row = connection.execute(f"select fresh_blocks, fresh_rows from {TABLE}").fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None or now.blocks < SMALL_BLOCKS:
        return 1.0
    fresh = Size(*row)
    return now.blocks / max(fresh.blocks * now.rows / max(fresh.rows, 1), 1)


def compact_if_bloated(file: Path, name: str, attached: Mapping[str, Path]) -> bool:
    """Write a file anew where it has grown too far beyond that; return whether it was."""
    if bloat(file) <= MOST:
        return False
    compact(file, name, attached)
    return True


def compact(file: Path, name: str, attached: Mapping[str, Path]) -> None:
    """Write a database anew: the same tables, views and descriptions without the space between them.

    `name` is what its own views call it, `attached` are the databases that they read. Killed in between, the
    old file is still there.
    """
    import duckdb

    fresh = file.with_name(f"{file.stem}.{os.getpid()}.tmp")
    fresh.unlink(missing_ok=True)
    with closing(duckdb.connect()) as connection:
        connection.execute(f"attach '{_quoted(file)}' as \"{name}\" (read_only)")
        for catalog, other in attached.items():
            connection.execute(f"attach '{_quoted(other)}' as \"{catalog}\" (read_only)")
        connection.execute(f"attach '{_quoted(fresh)}' as fresh")
        connection.execute(f'copy from database "{name}" to fresh')
        connection.execute("checkpoint fresh")
    os.replace(fresh, file)
    note_fresh(file)


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")
