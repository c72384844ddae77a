"""Bench of the book store: a month of drafts reviewed by their rules and posted, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from tests.bench.measure import Line, measure_python, ratio

COUNT, SECONDS = 12_000, 60.0
PROGRAM = """
import sys
from bridgebook.books.chain import verify_books
from bridgebook.books.store import open_store
from sqlalchemy.engine import make_url
from tests.books.store import desk, draft

books = open_store(make_url(sys.argv[1]))
if sys.argv[3] == "verify":
    verdict = verify_books(books)
    assert (verdict.vouchers, verdict.faults) == (int(sys.argv[2]), ())
else:
    drafts = [draft(number, f"{number}.01") for number in range(1, int(sys.argv[2]) + 1)]
    done = desk(books, drafts).post_all(by="bench", is_automatic=True)
    assert (len(done.posted), done.refused) == (int(sys.argv[2]), ())
"""


def bench_vouchers(postgresql: str, folder: Path, count: int = COUNT) -> Iterator[Line]:
    """Yield what it costs to review, number, chain and post a month's vouchers, and to verify them all."""
    name = "bridgebook_bench_vouchers"
    server = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
        connection.exec_driver_sql(f'create database "{name}"')
    url = server.url.set(database=name, drivername="postgresql+psycopg")
    stores = {
        "SQLite": f"sqlite:///{folder / 'vouchers.sqlite'}",
        "PostgreSQL": url.render_as_string(hide_password=False),
    }
    try:
        for store, address in stores.items():
            for action, limit in (("post", SECONDS), ("verify", None)):
                cost = measure_python(PROGRAM, address, str(count), action)
                what = f"{action} {count:,} vouchers on {store}"
                if limit is None:
                    yield Line("vouchers", what, cost, count)
                else:
                    yield Line("vouchers", what, cost, count, ratio(cost.seconds, limit), "of 60 s", 1)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
        server.dispose()
