"""The same toy ERP in PostgreSQL and MariaDB: the same rows, totals and refusals as in SQLite."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import NewDatabase
from tests.ingestion.toy import Toy, moved, table

pytestmark = pytest.mark.services
PLANTED = "pl4nted-s3cret"


def test_every_database_lands_the_same(served_toy: Toy, toy: Toy) -> None:
    assert served_toy.sync().status == "success"
    toy.sync()
    assert served_toy.content() == toy.content()
    totals = (
        "select table_name, column_name, company_code, period, source_count, landed_count, is_equal "
        "from sync_totals order by 1, 2, 3, 4"
    )
    assert served_toy.ledger.rows(totals) == toy.ledger.rows(totals)
    assert len(toy.ledger.rows(totals)) == 4 + 4 * 2 + 1


@pytest.mark.parametrize("size", ["middling_tables", "large_tables"])
def test_changes_move_alone(served_toy: Toy, size: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(size)
    toy = served_toy
    toy.sync()
    toy.execute(
        "update \"move-line\" set debit = 7, write_date = '2025-05-02 09:00:00' where id = 15",
        'update "move-line" set credit = 99 where id = 16',
        'insert into "move-line" '
        "values (901, 40, 1.00, 0, 'it''s \\\\ late', true, 'n', '2020-01-01 00:00:00', null)",
        'delete from "move-line" where id in (30, 31)',
    )
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (1, 2, 2))
    assert toy.landed('select count(*), sum(debit), sum(credit) from raw."move-line"') == [
        (119, *(Decimal(str(value)) for value in toy.rows_total("move-line", ("debit", "credit"))))
    ]
    assert moved(toy.sync()) == (0, 0, 0)


def test_exact_sums_of_money_in_float_columns(served_toy: Toy) -> None:
    served_toy.execute(
        "update \"rate\" set rate = 0.1 where code = 'EUR'", 'update "rate" set rate = 0.30000004'
    )
    result = served_toy.sync()
    assert result.status == "success"
    sums = served_toy.ledger.rows("select source_sum, landed_sum from sync_totals where table_name = 'rate'")
    assert [{Decimal(str(value)) for value in row.values()} for row in sums] == [{Decimal("2.4")}]


def test_a_wrong_password_is_told_without_showing_any(
    mariadb: NewDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = sa.make_url(mariadb())
    caplog.set_level(logging.DEBUG)
    toy = Toy(url.set(username="nobody_here").render_as_string(hide_password=False), tmp_path / "home")
    result = toy.sync(password=PLANTED)
    assert result.status == "failure"
    assert "nobody_here" in result.message_en
    assert "password" in result.message_en
    assert "密码" in result.message_zh
    assert PLANTED not in caplog.text + str(result) + repr(result)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or PLANTED.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mariadb"])
def test_an_unreachable_server_is_told_without_the_password(scheme: str, tmp_path: Path) -> None:
    toy = object.__new__(Toy)
    toy.url, toy.home = f"{scheme}://reader:{PLANTED}@127.0.0.1:9/erp", tmp_path / "home"
    toy.pack_text = Toy.pack_text
    toy.ledger = _ledger(tmp_path)
    result = toy.sync()
    assert result.status == "failure"
    assert "127.0.0.1:9" in result.message_en
    assert PLANTED not in repr(result)


def _ledger(folder: Path) -> object:
    from ingestion.ledger import RunLedger

    return RunLedger(folder / "runs.sqlite")


def test_an_unknown_database_is_named(postgresql: NewDatabase, mariadb: NewDatabase, tmp_path: Path) -> None:
    for number, url in enumerate((postgresql(), mariadb())):
        nowhere = sa.make_url(url).set(database="nowhere_at_all").render_as_string(hide_password=False)
        result = Toy(nowhere, tmp_path / str(number)).sync()
        assert result.status == "failure"
        assert "nowhere_at_all" in result.message_en


def test_a_table_without_rights_is_that_tables_failure_alone(postgresql: NewDatabase, tmp_path: Path) -> None:
    toy = Toy(postgresql(), tmp_path / "home").create()
    role = f"reader_{toy.engine.url.database}"
    toy.execute(f'create role "{role}" login', f'grant select on "move", "move-line" to "{role}"')
    try:
        url = toy.engine.url.set(username=role).render_as_string(hide_password=False)
        reader = Toy(url, tmp_path / "home")
        result = reader.sync()
        assert result.status == "partial"
        rate = table(result, "rate")
        assert rate.status == "failure"
        assert rate.message is not None
        assert role in rate.message.en
        assert "SELECT" in rate.message.en
        assert table(result, "move-line").landed_row_count == 120
    finally:
        toy.execute(f'drop owned by "{role}"', f'drop role "{role}"')


def test_values_that_only_a_server_can_hold(postgresql: NewDatabase, tmp_path: Path) -> None:
    toy = Toy(postgresql(), tmp_path / "home").create()
    toy.execute(
        'alter table "move-line" alter column debit type numeric',
        "update \"move-line\" set debit = 'NaN' where id = 15",
        'update "move-line" set debit = 0.1234567890123 where id = 16',
        "update \"move\" set date = 'infinity' where id = 3",
        'alter table "rate" add column seen_at timestamptz, add column extra jsonb',
        'alter table "rate" add column amount numeric(30,4)',
        "update \"rate\" set seen_at = '2025-01-01 08:00+08', extra = '{\"a\": 1}'",
        'update "rate" set amount = 12345678901234567890.1234',
    )
    result = toy.sync()
    assert result.status == "partial"
    held = toy.ledger.rows("select table_name, key, reason from quarantined_rows order by 1, 2")
    assert [tuple(row.values()) for row in held] == [
        ("move", "3", "bad_date"),
        ("move-line", "15", "bad_number"),
        ("move-line", "16", "too_many_decimals"),
    ]
    assert {t.table_name: t.is_complete for t in result.tables} == dict.fromkeys(
        ("move", "move-line", "rate", "absent"), True
    )
    assert toy.landed(
        "select distinct strftime(seen_at, '%Y-%m-%d %H:%M'), extra, amount, typeof(amount) from raw.rate"
    ) == [("2025-01-01 00:00", '{"a": 1}', Decimal("12345678901234567890.1234"), "DECIMAL(30,4)")]


def test_zero_dates_of_mariadb_are_held(mariadb: NewDatabase, tmp_path: Path) -> None:
    toy = Toy(mariadb(), tmp_path / "home").create()
    toy.execute("update \"move\" set date = '0000-00-00' where id = 3")
    result = toy.sync()
    assert table(result, "move").rows_quarantined == 1
    assert all(t.is_complete for t in result.tables)


def test_a_source_is_only_read(served_toy: Toy) -> None:
    from ingestion.transports.database import DatabaseSource

    source = DatabaseSource("toy_1", served_toy.url, password=None, schema=None, relative_to=served_toy.home)
    source.open()
    try:
        cursor = source._connection.cursor()
        with pytest.raises(Exception, match=r"(?i)read[- ]only"):
            cursor.execute("delete from rate")
        cursor.close()
    finally:
        source.close()
    assert len(served_toy.rows("rate", ["code", "day"])) == 8


def test_a_sync_sees_one_moment_although_the_source_goes_on(
    served_toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingestion.table_sync import TableSync

    toy, look, done = served_toy, TableSync.look, []

    def look_while_others_write(self: TableSync) -> None:
        look(self)
        if self.table == "move" and not done:
            done.append(True)
            toy.execute(
                'delete from "move-line" where id = 15',
                "insert into \"rate\" values ('GBP', '2025-01-15', 9)",
            )

    monkeypatch.setattr(TableSync, "look", look_while_others_write)
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (168, 0, 0))
    assert moved(toy.sync()) == (1, 0, 1)


def test_the_catalog_of_postgresql_is_read_as_it_is(postgresql: NewDatabase, tmp_path: Path) -> None:
    from ingestion.transports.database import DatabaseSource
    from ingestion.transports.dialects import SourceColumn

    toy = Toy(postgresql(), tmp_path / "home")
    toy.execute(
        "create domain cents as numeric(18,2)",
        "create type mood as enum ('ok', 'bad')",
        'create table "Kopf-Zeile" (id bigint, "Betrag" cents, rate numeric, rough numeric(5,-2), '
        "state mood, key uuid, seen timestamptz, tags text[], memo varchar(9), raw bytea, "
        "at time, ratio real)",
        'create view "kopf" as select id, "Betrag" from "Kopf-Zeile"',
    )
    source = DatabaseSource("toy", toy.url, password=None, schema=None, relative_to=tmp_path)
    source.open()
    try:
        found = source.columns_of(["kopf-zeile", "kopf", "nothing"])
    finally:
        source.close()
    spellings = {table: name for table, (name, _) in found.items()}
    assert spellings == {"kopf-zeile": "Kopf-Zeile", "kopf": "kopf"}
    assert found["kopf"][1] == (SourceColumn("id", "integer"), SourceColumn("Betrag", "decimal", 18, 2))
    kinds = [(column.kind, str(column.landing_type)) for column in found["kopf-zeile"][1]]
    assert kinds == [
        ("integer", "BIGINT"),
        ("decimal", "DECIMAL(18,2)"),
        ("decimal", "DECIMAL(38,12)"),
        ("decimal", "DECIMAL(38,12)"),
        ("other", "VARCHAR"),
        ("other", "VARCHAR"),
        ("moment", "TIMESTAMP"),
        ("other", "VARCHAR"),
        ("text", "VARCHAR"),
        ("blob", "BLOB"),
        ("time", "VARCHAR"),
        ("float", "DECIMAL(38,12)"),
    ]
