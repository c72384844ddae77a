"""Bench of the sync: one wide PostgreSQL table against COPY to CSV and read_csv, then 1 % of it changed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tests.bench.measure import Cost, Line, measure, measure_python, ratio
from tests.tryton.installation import Installation, SourceText

PACK = """
system = "bench"
name_zh = "测试"
name_en = "Bench"

[[tables]]
name = "bench_lines"
key = ["id"]
cursor = ["changed_at"]
money = ["debit", "credit"]
company = "company"
date = "posted_on"
[tables.columns]
id = "BIGINT"
company = "VARCHAR"
voucher = "BIGINT"
posted_on = "DATE"
account = "VARCHAR"
party = "BIGINT"
debit = "DECIMAL(18,4)"
credit = "DECIMAL(18,4)"
currency = "VARCHAR"
currency_amount = "DECIMAL(18,4)"
quantity = "DECIMAL(18,6)"
price = "DECIMAL(18,6)"
summary = "VARCHAR"
reference = "VARCHAR"
project = "BIGINT"
is_posted = "BOOLEAN"
created_at = "TIMESTAMP"
changed_at = "TIMESTAMP"
"""
CREATE = """
create table bench_lines (
    id bigint primary key, company varchar, voucher bigint, posted_on date, account varchar, party bigint,
    debit numeric, credit numeric, currency varchar, currency_amount numeric, quantity numeric, price numeric,
    summary text, reference varchar, project bigint, is_posted boolean,
    created_at timestamp(6), changed_at timestamp(6));
insert into bench_lines
select
    n, 'C' || n % 3, n / 4, date '2024-01-01' + (n % 730)::int, (1001 + n % 240)::text || '.01', n % 5000,
    case when n % 2 = 0 then (n % 100000) / 100.0 else 0 end,
    case when n % 2 = 1 then (n % 100000) / 100.0 else 0 end,
    case when n % 20 = 0 then 'USD' else 'CNY' end,
    (n % 100000) / 100.0, (n % 977)::numeric / 4, (n % 9973) / 1000.0,
    '采购入库 供应商 ' || n % 5000 || ' 单据', 'PO-' || lpad((n / 10)::text, 9, '0'), n % 300, n % 50 <> 0,
    timestamp '2024-01-01' + n * interval '12 seconds', timestamp '2024-01-01' + n * interval '12 seconds'
from generate_series(1, {rows}) as g(n);
create index bench_lines_changed_at on bench_lines (changed_at);
analyze bench_lines;
"""
CHANGE = """
update bench_lines
set credit = credit + 0.01, changed_at = timestamp '2027-01-01' + id * interval '1 second'
where id % 100 = 7;
analyze bench_lines;
"""
COPY_AND_READ = """
import subprocess, sys, duckdb
url, csv, target = sys.argv[1:]
subprocess.run(["psql", url, "-qc", f"\\\\copy bench_lines to '{csv}' (format csv, header)"], check=True)
with duckdb.connect(target) as connection:
    connection.execute("create table bench_lines as select * from read_csv(?, header = true)", [csv])
"""


def bench_sync(url: str, folder: Path, rows: int) -> Iterator[Line]:
    """Measure in a database (its table bench_lines is replaced) the limit, a full, an idle and a 1 % sync."""
    engine = sa.create_engine(url)
    _execute(engine, "drop table if exists bench_lines;" + CREATE.format(rows=rows))
    limit = _copy_and_read(engine.url, folder)
    yield Line("sync", "COPY to CSV, read_csv", limit, rows)
    home = _home(url, folder)
    full = measure(home.command("sync"), environment=home.environment())
    yield Line(
        "sync", "full sync with proof", full, rows, ratio(full.seconds, limit.seconds), "wall of COPY", 1.6
    )
    yield Line("sync", "peak memory of the full sync", full, rows, full.peak_mb, "MB", 1500)
    idle = measure(home.command("sync"), environment=home.environment())
    yield Line("sync", "idle sync", idle, rows, ratio(idle.cpu, full.cpu), "CPU of full")
    _execute(engine, CHANGE)
    changed = measure(home.command("sync"), environment=home.environment())
    yield Line(
        "sync", "sync of 1 % changed", changed, rows, ratio(changed.cpu, full.cpu), "CPU of full", 0.05
    )
    _prove(home, engine, rows)
    _execute(engine, "drop table bench_lines")
    engine.dispose()


def _execute(engine: sa.Engine, statements: str) -> None:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(statements)
        cursor.close()
        connection.commit()


def _copy_and_read(url: sa.URL, folder: Path) -> Cost:
    csv, target = folder / "limit.csv", folder / "limit.duckdb"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    cost = measure_python(COPY_AND_READ, plain, str(csv), str(target))
    csv.unlink()
    target.unlink()
    return cost


def _home(url: str, folder: Path) -> Installation:
    home = Installation.create(
        folder / "sync", SourceText("bench", url, "full_sweep_days = 3650", system="bench")
    )
    pack = home.folder / "packs" / "bench"
    pack.mkdir(parents=True)
    (pack / "pack.toml").write_text(PACK, encoding="utf-8")
    return home


def _prove(home: Installation, engine: sa.Engine, rows: int) -> None:
    """Make sure that what was measured is what it should be."""
    question = "select count(*), sum(debit), sum(credit) from bench_lines"
    with engine.connect() as connection:
        expected = tuple(connection.exec_driver_sql(question).one())
    landed = home.landed("bench", question.replace("bench_lines", "raw.bench_lines"))[0]
    moved = home.ledger(
        "select rows_inserted, rows_updated, rows_deleted from sync_tables order by started_at"
    )
    if landed != expected or [tuple(row) for row in moved] != [(rows, 0, 0), (0, 0, 0), (0, rows // 100, 0)]:
        raise AssertionError(f"measured something wrong: {landed} {expected} {moved}")
