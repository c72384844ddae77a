"""Trouble around a source: it comes back, it goes away, its landing file is held or damaged."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingestion import errors
from ingestion.landing import landing_path
from ingestion.packs import Pack
from ingestion.transports.database import DatabaseSource, scrubbed
from ingestion.transports.dialects import dialect_of
from ingestion.transports.read_ahead import read_ahead
from tests.ingestion.toy import Toy, moved, table

PLANTED = "pl4nted-s3cret"


def test_a_database_without_any_of_the_tables_is_told_in_one_sentence(toy: Toy) -> None:
    toy.execute(*(f'drop table "{name}"' for name in ("move", "move-line", "rate")))
    result = toy.sync()
    assert (result.status, result.tables) == ("failure", ())
    assert "没有系统 toy 的任何一张表，例如 move" in result.message_zh
    assert str(toy.home.parent / "toy.sqlite") in result.message_en


def test_a_file_that_is_no_database_is_told(toy: Toy) -> None:
    (toy.home.parent / "toy.sqlite").write_text("a letter, not a database " * 400)
    assert "不是 SQLite 数据库" in toy.sync().message_zh


def test_a_connection_lost_while_reading_is_opened_again(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, failures = DatabaseSource._row_batches, [2]

    def flaky(self: DatabaseSource, query: str) -> Iterator[Any]:
        for number, batch in enumerate(rows(self, query)):
            yield batch
            if failures[0] and "debit" in query and number == 0:
                failures[0] -= 1
                raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(DatabaseSource, "_row_batches", flaky)
    result = toy.sync()
    assert (failures, result.status, moved(result)) == ([0], "success", (168, 0, 0))


def test_a_source_that_stays_away_leaves_what_has_landed(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.sync.ATTEMPTS", 1)

    def away(self: DatabaseSource, query: str) -> Iterator[Any]:
        raise sqlite3.OperationalError("database is locked")

    toy.sync()
    before = toy.content()
    monkeypatch.setattr(DatabaseSource, "_row_batches", away)
    result = toy.sync()
    assert result.status == "failure"
    assert {t.table_name for t in result.tables if t.status == "failure"} == {"move", "move-line", "rate"}
    assert toy.content() == before


def test_a_landing_file_in_use_is_told(toy: Toy) -> None:
    toy.sync()
    path = landing_path(toy.home / "landing", "toy_1")
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        result = toy.sync()
        holder.kill()
    assert result.status == "failure"
    assert "another program" in result.message_en
    assert toy.sync().status == "success"


def test_a_damaged_landing_file_is_told_and_left_alone(toy: Toy) -> None:
    path = landing_path(toy.home / "landing", "toy_1")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no landing file " * 1000)
    result = toy.sync()
    assert result.status == "failure"
    assert str(path) in result.message_en
    assert path.read_bytes() == b"no landing file " * 1000


def test_a_missing_sqlite_file_is_told_and_not_created(tmp_path: Path) -> None:
    toy = Toy("sqlite:///nowhere.sqlite", tmp_path / "home")
    result = toy.sync()
    assert result.status == "failure"
    assert "nowhere.sqlite" in result.message_en
    assert not list(tmp_path.rglob("nowhere.sqlite"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("db2://reader@host/erp", ("db2", "not supported")),
        ("nonsense", ("not supported",)),
        ("oracle+no_such_driver://reader@host/erp", ("no_such_driver", "pip install")),
        ("mssql+no_such_driver://reader@host/erp", ("no_such_driver", "pip install")),
    ],
)
def test_what_cannot_be_opened_is_told(url: str, words: tuple[str, ...], toy: Toy) -> None:
    toy.url = url
    result = toy.sync()
    assert result.status == "failure"
    assert all(word in result.message_en for word in words), result.message_en


@pytest.mark.parametrize(
    ("url", "said", "meant"),
    [
        ("mssql://h/d", "(18456, b'Login failed for user')", errors.WrongPassword),
        ("mssql://h/d", "(229, b'The SELECT permission was denied on the object')", errors.PermissionDenied),
        (
            "mssql://h/d",
            "(20009, b'Unable to connect: Adaptive Server is unavailable')",
            errors.SourceUnreachable,
        ),
        ("mssql://h/d", "(4060, b'Cannot open database')", errors.UnknownDatabase),
        ("oracle://h/d", "ORA-01017: invalid username/password; logon denied", errors.WrongPassword),
        ("oracle://h/d", "DPY-6005: cannot connect to database", errors.SourceUnreachable),
        (
            "oracle://h/d",
            "ORA-12514: TNS:listener does not currently know of service",
            errors.UnknownDatabase,
        ),
        ("oracle://h/d", "ORA-03113: end-of-file on communication channel", errors.ConnectionLost),
        ("postgresql://h/d", 'FATAL:  password authentication failed for user "x"', errors.WrongPassword),
        ("postgresql://h/d", "server closed the connection unexpectedly", errors.ConnectionLost),
        ("mysql://h/d", "(1045, \"Access denied for user 'x'@'h'\")", errors.WrongPassword),
        ("mysql://h/d", "(2013, 'Lost connection to MySQL server during query')", errors.ConnectionLost),
    ],
)
def test_what_a_driver_says_is_understood(url: str, said: str, meant: type[errors.IngestionError]) -> None:
    facts = dict.fromkeys(("source", "table", "address", "user", "name", "detail"), "x")
    understood = dialect_of(sa.make_url(url), "erp").classify(Exception(said), facts)
    assert type(understood) is meant


def test_no_secret_is_in_any_message_or_exception(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    source = DatabaseSource(
        "erp", f"postgresql://u:{PLANTED}@127.0.0.1:9/x", password=None, schema=None, relative_to=toy.home
    )
    with pytest.raises(errors.SourceError) as caught:
        source.open()
    seen: BaseException | None = caught.value
    while seen is not None:
        assert PLANTED not in str(seen) + repr(seen) + repr(seen.args)
        assert seen.__suppress_context__ or seen.__context__ is None
        seen = seen.__cause__
    assert PLANTED not in caplog.text
    assert scrubbed(f"no {PLANTED} here", PLANTED) == "no *** here"
    assert scrubbed("p%40ss and p@ss", "p@ss") == "*** and ***"


def test_reading_ahead_keeps_order_and_passes_errors_on() -> None:
    def batches() -> Iterator[int]:
        yield from range(20)
        raise ValueError("the source is gone")

    found: list[int] = []
    with pytest.raises(ValueError, match="the source is gone"):
        found.extend(read_ahead(batches()))
    assert found == list(range(20))


def test_reading_ahead_stops_when_nobody_listens() -> None:
    closed = []

    def batches() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            closed.append(True)

    reader = read_ahead(batches())
    assert next(reader) == 0
    reader.close()
    assert closed == [True]


def test_a_table_that_cannot_be_written_fails_alone(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.loading import Loader, TableLoad

    load = Loader.load

    def broken(self: Loader, loads: list[TableLoad]) -> None:
        if any(item.table == "rate" for item in loads):
            raise OSError("No space left on device")
        load(self, loads)

    monkeypatch.setattr(Loader, "load", broken)
    result = toy.sync(lands=False)
    rate = table(result, "rate")
    assert (result.status, rate.status, table(result, "move-line").status) == (
        "partial",
        "failure",
        "success",
    )
    assert rate.message is not None
    assert "No space left" in rate.message.en
    monkeypatch.undo()
    assert toy.sync().status == "success"
    assert toy.landed("select count(*) from raw.rate") == [(8,)]


def test_a_pack_without_tables_syncs_to_nothing_but_says_so(toy: Toy) -> None:
    pack = toy.pack()
    assert isinstance(pack, Pack)
    result = toy.sync(exclude_tables=tuple(spec.name for spec in pack.tables))
    assert (result.status, result.tables) == ("success", ())
