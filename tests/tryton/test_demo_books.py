"""The demo books: the same bytes every time, every row and digit as exported, also by Tryton's own report."""

import csv
import hashlib
import sqlite3
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgebook.demo import tryton
from tests.tryton import books, oracle
from tests.tryton.oracle import DEMO, differences
from tests.tryton.source import open_books, sqlite_url


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the books in SQLite."""
    path = tmp_path_factory.mktemp("books") / "books.sqlite"
    tryton.write_sqlite(path)
    return path


def test_the_same_bytes_every_time(file: Path, tmp_path: Path) -> None:
    tryton.write_sqlite(tmp_path / "again.sqlite")
    digests = [hashlib.sha256(each.read_bytes()).hexdigest() for each in (file, tmp_path / "again.sqlite")]
    assert digests[0] == digests[1]
    assert [each.name for each in tmp_path.iterdir()] == ["again.sqlite"]


def test_every_table_has_the_rows_that_tryton_counted(file: Path) -> None:
    with (DEMO.parent / "row_counts.csv").open(encoding="utf-8") as text:
        expected = {name: int(count) for name, count in csv.reader(text)}
    with sqlite3.connect(file) as connection:
        names = tryton.tables()
        actual = {each: connection.execute(f'select count(*) from "{each}"').fetchone()[0] for each in names}
    assert actual == expected


def test_decimals_are_stored_as_trytons_sqlite_backend_stores_them(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        row = connection.execute(
            "select typeof(debit), debit, typeof(create_date) from account_move_line where id = 3"
        ).fetchone()
    assert row == ("blob", b"5000000.00", "text")


@pytest.mark.services
def test_postgresql_and_mariadb_hold_the_same_figures_as_sqlite(
    file: Path, postgresql_books: str, mariadb_books: str
) -> None:
    balances = []
    for url in (sqlite_url(file), postgresql_books, mariadb_books):
        with open_books(url) as source:
            balances.append(books.trial_balance(source))
    assert differences(balances[0], balances[1]) == []
    assert differences(balances[0], balances[2]) == []


@pytest.mark.services
def test_existing_tables_are_not_replaced_unasked(postgresql_books: str) -> None:
    with pytest.raises(tryton.DemoTargetNotEmpty):
        tryton.write_database(postgresql_books)
    engine = sa.create_engine(postgresql_books)
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from account_move_line")).scalar() == 667
    engine.dispose()


def test_the_independent_figures_of_these_tests_equal_trytons_reports(file: Path) -> None:
    """The yardstick for changed books is itself measured against Tryton."""
    report = oracle.trial_balance(DEMO, span="month")
    last = max(key[2] for key in report)  # type: ignore[type-var]
    days = (date(2025, 12, 31), date(2026, 2, 28))
    with open_books(sqlite_url(file)) as source:
        ours = books.trial_balance(source)
        stock = {(day, *key): amounts for day in days for key, amounts in books.stock(source, day).items()}
    assert differences(report, {key: each for key, each in ours.items() if key[2] <= last}) == []  # type: ignore[operator]
    assert differences(oracle.stock(DEMO), stock) == []
