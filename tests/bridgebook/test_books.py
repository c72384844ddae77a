"""The audit log on SQLite and PostgreSQL: a chain, guarded by the database, in which edits are found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from bridgebook.books.audit import GENESIS, Break, append, entries, last_entry, latest, verify
from bridgebook.books.store import HEAD, MIGRATIONS, open_store, store_url
from tests.conftest import NewDatabase

GUARDS = {
    "sqlite": ["audit_log_no_update", "audit_log_no_delete", "audit_log_in_order"],
    "postgresql": [],
}


def write(books: Engine, count: int) -> None:
    for number in range(1, count + 1):
        append(
            books, actor="财务", action="approved", subject=f"rule {number}", content={"金额": f"{number}.10"}
        )


def tamper(books: Engine, statement: str) -> None:
    """Change the log as somebody would who owns the database: guards off, change, guards on."""
    with books.begin() as connection:
        if connection.dialect.name == "sqlite":
            for guard in GUARDS["sqlite"]:
                connection.exec_driver_sql(f"drop trigger {guard}")
        else:
            connection.exec_driver_sql("alter table audit_log disable trigger user")
        connection.exec_driver_sql(statement)


def test_a_chain_of_entries_is_whole(books: Engine) -> None:
    assert verify(books).head == GENESIS
    write(books, 3)
    first, second, third = entries(books)
    assert (first.entry_no, second.entry_no, third.entry_no) == (1, 2, 3)
    assert (first.previous_hash, second.previous_hash) == (GENESIS, first.entry_hash)
    assert second.content == '{"金额":"2.10"}'
    assert verify(books) == verify(books, (2, second.entry_hash))
    assert (verify(books).count, verify(books).head, verify(books).broken) == (3, third.entry_hash, None)
    assert last_entry(books) == (3, third.entry_hash)
    assert latest(books, "approved", "rule 2") == second
    assert latest(books, "approved", "rule 9") is None


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set actor = 'nobody' where entry_no = 2",
        "delete from audit_log where entry_no = 3",
        "delete from audit_log",
        "insert into audit_log select 9, happened_at, actor, action, subject, content, previous_hash, 'x' "
        "from audit_log where entry_no = 1",
    ],
)
def test_the_database_itself_refuses_changes(books: Engine, statement: str) -> None:
    write(books, 3)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), books.begin() as connection:
        connection.exec_driver_sql(statement)
    assert verify(books).count == 3
    assert verify(books).broken is None


@pytest.mark.services
def test_postgresql_refuses_to_truncate(postgresql: NewDatabase, tmp_path: Path) -> None:
    books = open_store(store_url(tmp_path, postgresql()))
    write(books, 2)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), books.begin() as connection:
        connection.exec_driver_sql("truncate audit_log")
    assert verify(books).count == 2


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ('update audit_log set content = \'{"金额":"9.10"}\' where entry_no = 2', Break(2, "changed")),
        ("update audit_log set actor = 'other' where entry_no = 3", Break(3, "changed")),
        ("update audit_log set happened_at = '2020-01-01' where entry_no = 1", Break(1, "changed")),
        ("delete from audit_log where entry_no = 2", Break(2, "missing")),
        ("delete from audit_log where entry_no = 1", Break(1, "missing")),
        ("update audit_log set previous_hash = 'x' where entry_no = 4", Break(4, "unlinked")),
    ],
)
def test_the_first_broken_entry_is_named(books: Engine, statement: str, broken: Break) -> None:
    write(books, 4)
    tamper(books, statement)
    assert verify(books).broken == broken


def test_a_log_that_was_cut_off_is_found_by_what_was_noted_elsewhere(books: Engine) -> None:
    write(books, 4)
    anchor = last_entry(books)
    tamper(books, "delete from audit_log where entry_no > 2")
    assert verify(books).broken is None
    assert verify(books, anchor).broken == Break(3, "cut_off")


def test_a_log_that_was_written_anew_is_found_by_what_was_noted_elsewhere(books: Engine) -> None:
    write(books, 2)
    anchor = last_entry(books)
    tamper(books, "delete from audit_log")
    write(books, 2)
    assert verify(books).broken is None
    assert verify(books, anchor).broken == Break(2, "changed")


def test_writers_at_once_make_one_chain(books: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write(books, 5), range(8)))
    assert (verify(books).count, verify(books).broken) == (40, None)


def test_opening_again_changes_nothing_and_the_schema_is_the_newest(books: Engine) -> None:
    write(books, 1)
    again = open_store(books.url)
    assert verify(again).count == 1
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_two_processes_that_open_a_new_store_at_once_both_get_it(tmp_path: Path) -> None:
    opened: list[Callable[[], Engine]] = [lambda: open_store(store_url(tmp_path))] * 4
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda job: job(), opened))
    write(stores[0], 1)
    assert [verify(store).count for store in stores] == [1, 1, 1, 1]


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    books = open_store(store_url(tmp_path))
    with books.connect() as connection:
        asked = [
            connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert asked == ["wal", 2, 1]
    with suppress(AttributeError):
        assert (tmp_path / "books.sqlite").stat().st_mode & 0o077 == 0
