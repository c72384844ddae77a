"""A source that cannot be read: a sentence with name and remedy, the right exit code, and nothing is lost."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgebook.demo import tryton
from tests.conftest import NewDatabase
from tests.tryton.installation import Installation, SourceText

FREE_PORT = 9  # discard: nothing listens there on a machine that serves people


def home_with(folder: Path, *sources: SourceText, language: str = "en") -> Installation:
    """Return a home with these sources."""
    return Installation.create(folder / "home", *sources, language=language)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            f"postgresql://reader@127.0.0.1:{FREE_PORT}/erp",
            ("erp", "cannot be reached", f"127.0.0.1:{FREE_PORT}"),
        ),
        (f"mysql://reader@127.0.0.1:{FREE_PORT}/erp", ("erp", "cannot be reached", f"127.0.0.1:{FREE_PORT}")),
        ("sqlite:///absent.sqlite", ("erp", "absent.sqlite", "Check url")),
    ],
)
def test_a_source_out_of_reach_is_a_failure_with_address_and_remedy(
    tmp_path: Path, url: str, words: tuple[str, ...]
) -> None:
    home = home_with(tmp_path, SourceText("erp", url))
    said = home.run("sync", code=1).output
    assert all(word in said for word in words), said
    assert "Traceback" not in said
    assert not (home.folder / "absent.sqlite").exists()
    runs = home.ledger("select status, message_en, message_zh from sync_runs where kind = 'sync'")
    assert [row[0] for row in runs] == ["failure"]
    assert all(row[1] and row[2] for row in runs)


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    home = home_with(tmp_path, SourceText("erp", "sqlite:///books.sqlite"))
    (home.folder / "books.sqlite").write_bytes(b"this is not a database, however long it may be " * 100)
    said = home.run("sync", code=1).output
    assert "erp" in said
    assert "Traceback" not in said


@pytest.mark.services
def test_an_unknown_database_is_named(tmp_path: Path, postgresql_books: str) -> None:
    url = (
        sa.make_url(postgresql_books)
        .set(database="no_such_database_here")
        .render_as_string(hide_password=False)
    )
    home = home_with(tmp_path, SourceText("erp", url))
    said = home.run("sync", code=1).output
    assert "no_such_database_here" in said


@pytest.mark.services
def test_a_wrong_password_is_refused_and_never_shown(tmp_path: Path, mariadb: NewDatabase) -> None:
    url = mariadb()
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("create or replace user bb_wrong@'127.0.0.1' identified by 'right-secret'")
        connection.exec_driver_sql("create or replace user bb_wrong@'localhost' identified by 'right-secret'")
    try:
        secret = tmp_path / "secret"
        secret.write_text("wrong-secret\n")
        secret.chmod(0o600)
        address = sa.make_url(url).set(username="bb_wrong").render_as_string(hide_password=False)
        home = home_with(tmp_path, SourceText("erp", address, f'password = {{ file = "{secret}" }}'))
        said = home.run("sync", code=1).output
        assert all(word in said for word in ("erp", "bb_wrong", "password")), said
        told = said + str(home.ledger("select * from sync_runs"))
        assert "wrong-secret" not in told
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql("drop user if exists bb_wrong@'127.0.0.1', bb_wrong@'localhost'")
        admin.dispose()


def test_an_empty_source_is_told(tmp_path: Path) -> None:
    home = home_with(tmp_path, SourceText("erp", "sqlite:///books.sqlite"))
    with closing(sqlite3.connect(home.folder / "books.sqlite")) as connection:
        connection.execute("create table unrelated (id integer)")
        connection.commit()
    said = home.run("sync", code=1).output
    assert "has none of the tables of system tryton" in said
    assert "Check that url, schema and system" in said
    assert "Traceback" not in said


def test_tables_without_rows_are_complete(tmp_path: Path) -> None:
    home = home_with(tmp_path, SourceText("erp", "sqlite:///books.sqlite"))
    tryton.write_sqlite(home.folder / "books.sqlite")
    with closing(sqlite3.connect(home.folder / "books.sqlite")) as connection:
        for table in tryton.tables():
            connection.execute(f'delete from "{table}"')
        connection.commit()
    home.run("run")
    assert home.query("select count(*) from ledger_lines") == [(0,)]
    assert home.query("select count(*) from trial_balance") == [(0,)]


def test_a_table_that_suddenly_is_empty_keeps_its_rows(home_copy: Installation) -> None:
    with closing(sqlite3.connect(home_copy.folder / "books.sqlite")) as connection:
        connection.execute("delete from account_move_line")
        connection.commit()
    said = home_copy.run("sync", code=3).output
    assert all(word in said for word in ("account_move_line", "667", "--full")), said
    assert home_copy.landed("erp", "select count(*) from raw.account_move_line") == [(667,)]


def test_a_sick_source_does_not_keep_the_other_from_being_published(home_copy: Installation) -> None:
    sick = SourceText("branch", f"postgresql://reader@127.0.0.1:{FREE_PORT}/erp")
    home_copy.configure(SourceText("erp", "sqlite:///books.sqlite"), sick)
    before = home_copy.query("select count(*), sum(debit) from ledger_lines")
    said = home_copy.run("run", code=3).output
    assert "branch" in said
    assert home_copy.query("select count(*), sum(debit) from ledger_lines") == before
    states: dict[str, str] = dict(
        home_copy.query(
            "select source_id, max_by(status, started_at) from sync_runs where kind = 'sync' group by 1"
        )
    )
    assert states == {"erp": "success", "branch": "failure"}


def test_all_sources_sick_is_a_failure_and_the_last_snapshot_stays(home_copy: Installation) -> None:
    before = home_copy.query("select count(*), sum(debit) from ledger_lines")
    (home_copy.folder / "books.sqlite").unlink()
    home_copy.run("run", code=(1, 3))
    assert home_copy.query("select count(*), sum(debit) from ledger_lines") == before


def test_wrong_settings_end_with_two_and_name_file_and_line(tmp_path: Path) -> None:
    home = home_with(tmp_path, SourceText("erp", "sqlite:///books.sqlite", "pasword = 1\nlag_minutes = -3"))
    said = home.run("run", code=2).output
    assert "bridgebook.toml:" in said
    assert "pasword" in said
    assert "lag_minutes" in said


def test_sentences_come_in_chinese_too(tmp_path: Path) -> None:
    home = home_with(tmp_path, SourceText("erp", "sqlite:///absent.sqlite"), language="zh")
    said = home.run("sync", code=1).output
    assert "数据源 erp" in said
    assert "请核对" in said
