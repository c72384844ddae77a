"""Bench of the build: full, after 1 % changed, after many small increments, against copying its output."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from bridgebook.demo import tryton
from tests.bench.large import make_large
from tests.bench.measure import Cost, Line, measure, measure_python, ratio
from tests.tryton.comparison import core_differences, file_differences
from tests.tryton.installation import Installation, SourceText

COPY_OUTPUT = """
import sys, duckdb
work, marts, target = sys.argv[1:]
with duckdb.connect(target, config={"threads": 2, "memory_limit": "4GB"}) as connection:
    for name, file, schema in (("built_core", work, "core"), ("built_marts", marts, "marts")):
        connection.execute(f"attach '{file}' as {name} (read_only)")
        connection.execute(f"create schema {schema}")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = ? and schema_name = ?",
            [name, schema],
        ).fetchall()
        for (table,) in tables:
            connection.execute(f'create table {schema}."{table}" as select * from {name}.{schema}."{table}"')
"""
MANY_INCREMENTS = """
import sys
from pathlib import Path
from bridgebook import build, settings
from tests.bench.build import change
home, count = Path(sys.argv[1]), int(sys.argv[2])
for number in range(count):
    change(home / "landing" / "erp.duckdb", per_million=200, offset=number)
    build.build(settings.load(home))
"""
# Tables that change, and what changes in a row; entries stay balanced because all their lines change alike.
CHANGED = {
    "account_move_line": ("move", "debit = debit + debit, credit = credit + credit"),
    "purchase_line": ("id", "quantity = quantity + 1"),
    "sale_line": ("id", "quantity = quantity + 1"),
    "stock_move": ("id", "quantity = quantity + 1, internal_quantity = quantity + 1"),
    "account_invoice_line": ("invoice", "unit_price = unit_price + 0.01"),
}
SPREAD = 7919  # changed rows lie all over the table, not beside each other


def bench_build(folder: Path, lines: int) -> Iterator[Line]:
    """Measure a full build of `lines` journal and as many document lines, the copy of its output, and 1 %."""
    home = large_home(folder / f"build-{lines}", lines)
    rows = make_large(landing(home), lines)
    full = measure(home.command("build", "--full"), environment=home.environment())
    copied = _copy_output(home, folder)
    yield Line("build", f"copy of all output, {lines:,} + {lines:,} lines", copied, rows)
    yield Line("build", "full build", full, rows, ratio(full.cpu, copied.cpu), "CPU of copy", 3)
    per_million = ratio(full.cpu, rows / 1_000_000)
    yield Line("build", "CPU seconds per million lines", full, rows, per_million, "s", 25)
    yield Line("build", "peak memory", full, rows, full.peak_mb, "MB", 6144)
    changed = change(landing(home), per_million=10_000, offset=1)
    increment = measure(home.command("build"), environment=home.environment())
    yield Line(
        "build", "after 1 % changed", increment, changed, ratio(increment.cpu, full.cpu), "CPU of full", 0.15
    )
    _prove(home, folder)


def bench_increments(folder: Path, lines: int, count: int) -> Iterator[Line]:
    """Measure what many small increments leave behind, against a fresh build of the same landing."""
    home = large_home(folder / "increments", lines)
    rows = make_large(landing(home), lines)
    measure(home.command("build", "--full"), environment=home.environment())
    many = measure_python(MANY_INCREMENTS, str(home.folder), str(count), environment=_with_tests(home))
    grown = built_bytes(home)
    fresh = measure(home.command("build", "--full"), environment=home.environment())
    size = built_bytes(home)
    yield Line("increments", f"{count} increments in one process", many, rows)
    yield Line(
        "increments", "CPU of one increment", many, rows, ratio(many.cpu / count, fresh.cpu), "CPU of full"
    )
    yield Line(
        "increments", f"file size after {count}", many, rows, ratio(grown, size), "of a fresh build", 1.3
    )


def large_home(folder: Path, lines: int) -> Installation:
    """Return a home whose landing holds the demo books, ready to be made large."""
    home = Installation.create(folder, SourceText("erp", "sqlite:///books.sqlite"))
    tryton.write_sqlite(home.folder / "books.sqlite")
    home.run("sync")
    return home


def landing(home: Installation) -> Path:
    """Return the landing file of the home's one source."""
    return home.folder / "landing" / "erp.duckdb"


def built_bytes(home: Installation) -> int:
    """Return the size of warehouse and marts."""
    return sum((home.folder / "work" / name).stat().st_size for name in ("work.duckdb", "marts.duckdb"))


def change(file: Path, *, per_million: int, offset: int) -> int:
    """Change that part of every big table as a sync would: new rows under a new load number, old ones logged.

    A tenth as many journal entries are deleted. Return how many rows were changed or deleted.
    """
    modulus = max(1_000_000 // per_million, 1)
    count = 0
    with duckdb.connect(str(file)) as connection:
        newest = connection.execute("select max(last) from proof.sequence").fetchone()
        number = int(newest[0]) + 1000 if newest else 1
        connection.execute("begin")
        connection.execute("update proof.sequence set last = ?", [number])
        for table, (key, changes) in CHANGED.items():
            chosen = f"{key} * {SPREAD} % {modulus} = {offset % modulus}"
            count += _log(connection, table, chosen, number, "replaced")
            connection.execute(f'update raw."{table}" set {changes}, _bb_seq = {number} where {chosen}')
        doomed = f"{SPREAD} * {{}} % {modulus * 10} = {(offset + modulus) % (modulus * 10)}"
        for table, key in (("account_move_line", "move"), ("account_move", "id")):
            chosen = f"{doomed.format(key)} and {key} >= 300000000"
            count += _log(connection, table, chosen, number, "deleted")
            connection.execute(f'delete from raw."{table}" where {chosen}')
        connection.execute("commit")
    return count


def _log(connection: duckdb.DuckDBPyConnection, table: str, chosen: str, number: int, change: str) -> int:
    connection.execute(
        f'insert into history."{table}" by name select *, epoch_ms(_bb_seq) as known_from, '
        f"epoch_ms({number}::bigint) as known_to, '{change}' as change from raw.\"{table}\" where {chosen}"
    )
    found = connection.execute(f'select count(*) from raw."{table}" where {chosen}').fetchone()
    return int(found[0]) if found else 0


def _copy_output(home: Installation, folder: Path) -> Cost:
    target = folder / "copy.duckdb"
    files = [str(home.folder / "work" / name) for name in ("work.duckdb", "marts.duckdb")]
    cost = measure_python(COPY_OUTPUT, *files, str(target))
    target.unlink()
    return cost


def _with_tests(home: Installation) -> dict[str, str]:
    return home.environment() | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONHASHSEED": "0"}


def _prove(home: Installation, folder: Path) -> None:
    """Make sure that what was measured is right: the increment equals a full build of the same landing."""
    kept = folder / "kept"
    shutil.copytree(
        home.folder / "work", kept / "work", ignore=shutil.ignore_patterns("target", "project", "logs")
    )
    home.run("build", "--full", timeout=3600)
    found = core_differences(Installation(kept), home)
    found += file_differences(
        kept / "work" / "marts.duckdb", home.folder / "work" / "marts.duckdb", ("marts",)
    )
    shutil.rmtree(kept)
    if found:
        raise AssertionError("measured something wrong: " + os.linesep.join(found))
