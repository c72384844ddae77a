"""One dirty source, one sync: each bad row is told by key and reason, each good row lands, counts add up."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridgebook.demo import tryton
from tests.tryton.installation import Finished, Installation, SourceText

DIRT = """
update account_move_line set debit = '12,50' where id = 3;
update account_move_line set credit = cast('0.1234567890123' as blob) where id = 4;
update account_move set date = '2025-02-30' where id = 63;
update account_move set date = '20250131' where id = 64;
update currency_currency_rate set rate = 'n/a' where id = 2;
update party_party set name = cast(x'ff41' as text) where id = 5;
update party_party set active = 'perhaps' where id = 6;
create table keyless as select * from sale_line;
drop table sale_line;
alter table keyless rename to sale_line;
update sale_line set id = null where id = 1;
insert into sale_line select * from sale_line where id in (2, 3);
update sale_line set quantity = 77 where rowid = (select max(rowid) from sale_line where id = 2);
drop table account_journal;
alter table product_template rename column name to title;
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home whose source is dirty in many ways; nothing was run yet."""
    home = Installation.create(
        tmp_path_factory.mktemp("dirty") / "home", SourceText("erp", "sqlite:///books.sqlite")
    )
    soil(home.folder / "books.sqlite", DIRT)
    return home


@pytest.fixture(scope="module")
def synced(home: Installation) -> Finished:
    """Return what `bridgebook sync` said about the dirty source."""
    return home.run("sync", code=3)


def soil(file: Path, statements: str) -> None:
    """Write the demo books and spoil them."""
    tryton.write_sqlite(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(statements)
        connection.commit()


QUARANTINED = {
    ("account_move_line", "3"): ("bad_number", "debit", "12,50"),
    ("account_move_line", "4"): ("too_many_decimals", "credit", "0.1234567890123"),
    ("account_move", "63"): ("bad_date", "date", "2025-02-30"),
    ("currency_currency_rate", "2"): ("bad_number", "rate", "n/a"),
    ("party_party", "5"): ("bad_text", "name", ""),
    ("party_party", "6"): ("bad_boolean", "active", "perhaps"),
}


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize(("table", "key"), QUARANTINED)
def test_an_untypable_row_is_held_with_reason_and_raw_record(
    home: Installation, table: str, key: str
) -> None:
    rows = home.ledger(
        "select reason, reason_en, reason_zh, raw_record, state, source_id from quarantined_rows"
        " where table_name = ? and key like ?",
        [table, f"%{key}%"],
    )
    reason, column, value = QUARANTINED[table, key]
    matching = [row for row in rows if reason in row[0]]
    assert len(matching) == 1, rows
    _, sentence_en, sentence_zh, record, state, source_id = matching[0]
    for sentence in (sentence_en, sentence_zh):
        assert column in sentence
        assert value in sentence
    assert value in record
    assert (state, source_id) == ("held", "erp")


@pytest.mark.usefixtures("synced")
def test_rows_without_key_and_contradicting_rows_are_held_equal_ones_collapse(home: Installation) -> None:
    held = home.ledger(
        "select reason, count(*) from quarantined_rows where table_name = 'sale_line' group by 1"
    )
    assert dict(held) == {"null_key": 1, "duplicate_key": 2}
    landed = {row[0] for row in home.landed("erp", "select id from raw.sale_line")}
    assert 3 in landed
    assert not landed & {1, 2}
    assert len(landed) == 45


@pytest.mark.usefixtures("synced")
def test_nothing_is_dropped_silently_the_counts_add_up(home: Installation) -> None:
    rows = home.ledger(
        """
        select table_name, source_row_count, landed_row_count, rows_quarantined, rows_collapsed
        from sync_tables where source_row_count is not null
        """
    )
    assert len(rows) > 25
    for table, source, landed, quarantined, collapsed in rows:
        assert source == landed + quarantined + collapsed, table
    by_table = {row[0]: row[3] for row in rows}
    dirty = {
        "account_move_line": 2,
        "account_move": 1,
        "currency_currency_rate": 1,
        "party_party": 2,
        "sale_line": 3,
    }
    assert {table: count for table, count in by_table.items() if count} == dirty


@pytest.mark.usefixtures("synced")
def test_good_rows_of_a_dirty_table_land(home: Installation) -> None:
    assert home.landed("erp", "select count(*) from raw.account_move_line") == [(667 - 2,)]
    assert home.landed("erp", "select count(*) from raw.account_move") == [(270 - 1,)]
    assert home.landed("erp", "select cast(date as varchar) from raw.account_move where id = 64") == [
        ("2025-01-31",)
    ]


def test_a_missing_table_and_a_missing_column_are_named_with_remedy(
    home: Installation, synced: Finished
) -> None:
    for words in (("account_journal", "no table", "optional"), ("product_template", "no column", "name")):
        assert all(word in synced.output for word in ("erp", *words)), synced.output
    states: dict[str, str] = dict(home.ledger("select table_name, status from sync_tables"))
    assert states["account_journal"] == "failure"
    assert states["product_template"] == "failure"
    assert states["stock_move"] == "success"


def test_repaired_rows_are_released(home: Installation, synced: Finished) -> None:
    assert "quarantine" in synced.output
    copy = home.copy_to(home.folder.parent / "repaired")
    tryton.write_sqlite(copy.folder / "books.sqlite")
    with closing(sqlite3.connect(copy.folder / "books.sqlite")) as connection:
        for table in (
            "account_move_line",
            "account_move",
            "sale_line",
            "currency_currency_rate",
            "party_party",
        ):
            connection.execute(f"update {table} set write_date = '2026-11-25 00:00:00.000001'")
        connection.commit()
    copy.run("sync")
    assert copy.ledger("select distinct state from quarantined_rows") == [("released",)]
    assert copy.landed("erp", "select count(*), sum(debit) = sum(credit) from raw.account_move_line") == [
        (667, True)
    ]
    assert copy.landed("erp", "select count(*) from raw.sale_line") == [(47,)]
