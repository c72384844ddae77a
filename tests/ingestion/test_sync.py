"""What moves and what does not when a source is synced again and again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ingestion.toy import Toy, debit_of, moved, table


def test_first_sync_lands_every_row_exactly(toy: Toy) -> None:
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (40 + 120 + 8, 0, 0))
    assert toy.landed('select id, debit, "Text", active from raw."move-line" where id = 15') == [
        (15, debit_of(5), "line 行 5/0", False)
    ]
    assert toy.landed('select distinct typeof(debit), typeof(create_date) from raw."move-line"') == [
        ("DECIMAL(38,12)", "TIMESTAMP")
    ]
    assert toy.landed("select rate, typeof(rate) from raw.rate where code = 'USD' order by day limit 1") == [
        (Decimal("7.010000"), "DECIMAL(18,6)")
    ]
    assert toy.landed("select count(*) from raw.absent") == [(0,)]


@pytest.mark.parametrize("size", ["small", "middling_tables", "large_tables"])
def test_only_what_changed_moves(toy: Toy, size: str, request: pytest.FixtureRequest) -> None:
    if size != "small":
        request.getfixturevalue(size)
    toy.sync()
    assert moved(toy.sync()) == (0, 0, 0)
    toy.execute(
        "update \"move-line\" set debit = debit + 1, write_date = '2025-05-02 09:00:00' where id in (5, 6, 7)"
    )
    assert moved(toy.sync()) == (0, 3, 0)
    toy.execute('delete from "move-line" where id in (8, 9)')
    assert moved(toy.sync()) == (0, 0, 2)
    toy.execute(
        "insert into \"move-line\" values (900, 40, 1.00, 0, 'new', true, 'n', '2025-05-03 00:00:00', null)"
    )
    assert moved(toy.sync()) == (1, 0, 0)
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (0, 0, 0))
    assert toy.landed('select count(*), sum(debit) from raw."move-line"') == [
        (119, sum((Decimal(str(row[0])) for row in toy.rows("move-line", ["debit", "id"])), Decimal(0)))
    ]


def test_replaced_and_deleted_rows_go_to_the_history(toy: Toy) -> None:
    toy.sync()
    toy.execute("update \"move-line\" set debit = 7, write_date = '2025-05-02 09:00:00' where id = 15")
    toy.sync()
    toy.execute('delete from "move-line" where id = 15')
    toy.sync()
    past = toy.landed(
        'select id, debit, change, known_from < known_to from history."move-line" order by known_to'
    )
    assert past == [(15, debit_of(5), "replaced", True), (15, Decimal(7), "deleted", True)]
    joined = toy.landed(
        'select a.known_to = b.known_from from history."move-line" a, history."move-line" b '
        "where a.change = 'replaced' and b.change = 'deleted'"
    )
    assert joined == [(True,)]


def test_numbers_of_loads_only_grow_and_unchanged_rows_keep_theirs(toy: Toy) -> None:
    toy.sync()
    before = dict(toy.landed('select id, _bb_seq from raw."move-line"'))
    toy.execute("update \"move-line\" set debit = 7, write_date = '2025-05-02 09:00:00' where id = 15")
    toy.sync()
    toy.sync(full=True)
    after = dict(toy.landed('select id, _bb_seq from raw."move-line"'))
    assert {key for key in after if after[key] != before[key]} == {15}
    assert after[15] > max(before.values())


@pytest.mark.usefixtures("large_tables")
def test_a_row_stamped_late_is_found_by_its_company_and_period(toy: Toy) -> None:
    toy.sync()
    toy.execute(
        "insert into \"move-line\" values (901, 40, 1.00, 0, 'late', true, 'n', '2020-01-01 00:00:00', null)",
        'update "move-line" set credit = 99 where id = 15',
        'delete from "move-line" where id = 30',
    )
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (1, 1, 1))
    assert toy.landed('select id, credit from raw."move-line" where id in (15, 30, 901) order by id') == [
        (15, Decimal(99)),
        (901, Decimal(0)),
    ]


@pytest.mark.usefixtures("large_tables")
def test_a_row_that_moved_to_another_period_is_not_deleted(toy: Toy) -> None:
    toy.sync()
    toy.execute('update "move-line" set move = 2 where id = 15')
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (0, 1, 0))
    assert toy.landed('select move from raw."move-line" where id = 15') == [(2,)]


@pytest.mark.usefixtures("large_tables")
def test_an_unstamped_edit_that_leaves_totals_equal_waits_for_the_full_sweep(toy: Toy) -> None:
    toy.sync()
    toy.execute("update \"move-line\" set \"Text\" = 'edited', create_date = '2020-01-01' where id = 15")
    assert moved(toy.sync()) == (0, 0, 0)
    assert moved(toy.sync(full_sweep_days=0)) == (0, 1, 0)
    assert toy.landed('select "Text" from raw."move-line" where id = 15') == [("edited",)]


@pytest.mark.usefixtures("large_tables")
def test_a_stamp_from_the_future_does_not_blind_later_syncs(toy: Toy) -> None:
    toy.execute("update \"move-line\" set write_date = '2999-01-01 00:00:00' where id = 15")
    toy.sync()
    toy.execute(
        "update \"move-line\" set \"Text\" = 'seen', write_date = '2025-05-02 09:00:00' where id = 16"
    )
    assert moved(toy.sync()) == (0, 1, 0)


def test_an_emptied_table_is_not_believed_at_once(toy: Toy) -> None:
    toy.sync()
    toy.execute('delete from "rate"')
    result = toy.sync()
    assert result.status == "partial"
    rate = table(result, "rate")
    assert (rate.status, rate.is_complete, rate.landed_row_count) == ("failure", False, 8)
    assert rate.message is not None
    assert "rate" in rate.message.en
    assert "--full" in rate.message.zh
    assert moved(toy.sync(full=True)) == (0, 0, 8)
    assert toy.landed("select count(*) from raw.rate") == [(0,)]
    assert toy.landed("select count(*), min(change) from history.rate") == [(8, "deleted")]


def test_one_sick_table_leaves_the_others_alone(toy: Toy) -> None:
    toy.sync()
    toy.execute('alter table "rate" rename to "gone"', "update \"move\" set date = '2025-06-01' where id = 1")
    result = toy.sync()
    assert (result.status, moved(result)) == ("partial", (0, 1, 0))
    assert table(result, "rate").status == "failure"
    assert table(result, "move-line").status == "success"
    assert toy.landed("select count(*) from raw.rate") == [(8,)]


def test_a_missing_column_and_a_missing_key_are_named(toy: Toy) -> None:
    toy.pack_text = toy.pack_text.replace('Text = "VARCHAR"', 'Text = "VARCHAR"\nfolio = "VARCHAR"')
    message = table(toy.sync(), "move-line").message
    assert message is not None
    assert "move-line" in message.en
    assert "folio" in message.en
    toy.pack_text = toy.pack_text.replace('key = ["id"]\ncursor', 'key = ["nr"]\ncursor').replace(
        '[tables.columns]\nid = "BIGINT"', '[tables.columns]\nnr = "BIGINT"\nid = "BIGINT"'
    )
    message = table(toy.sync(), "move").message
    assert message is not None
    assert "key column nr" in message.en


def test_a_column_that_may_be_missing_lands_empty(toy: Toy) -> None:
    toy.pack_text = toy.pack_text.replace(
        'parents = { move = "move" }', 'parents = { move = "move" }\noptional_columns = ["folio"]'
    ).replace('Text = "VARCHAR"', 'Text = "VARCHAR"\nfolio = "INTEGER"')
    assert toy.sync().status == "success"
    assert toy.landed('select distinct folio, typeof(folio) from raw."move-line"') == [(None, "INTEGER")]


def test_an_excluded_table_is_not_read(toy: Toy) -> None:
    result = toy.sync(exclude_tables=("rate",))
    assert result.status == "success"
    assert [t.table_name for t in result.tables] == ["move", "move-line", "absent"]


def test_a_new_column_lands_in_every_row(toy: Toy) -> None:
    toy.sync()
    toy.execute('alter table "move" add column memo varchar(10)', "update \"move\" set memo = 'm' || id")
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (0, 40, 0))
    assert toy.landed("select memo from raw.move where id = 7") == [("m7",)]
    changes = toy.ledger.rows(
        "select schema_changes from sync_tables where table_name = 'move' order by started_at"
    )
    assert [row["schema_changes"] for row in changes] == ["", "+ memo VARCHAR"]


def test_a_widened_decimal_keeps_every_digit(toy: Toy) -> None:
    toy.sync()
    toy.pack_text = toy.pack_text.replace('rate = "DECIMAL(18,6)"', 'rate = "DECIMAL(24,10)"')
    toy.execute("update \"rate\" set rate = 7.0123456789 where code = 'USD' and day = '2025-01-15'")
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (0, 1, 0))
    assert toy.landed("select rate, typeof(rate) from raw.rate where code = 'USD' order by day limit 1") == [
        (Decimal("7.0123456789"), "DECIMAL(24,10)")
    ]
    assert toy.landed("select rate from history.rate") == [(Decimal("7.0100000000"),)]


def test_a_type_that_cannot_be_changed_without_loss_keeps_the_last_good_rows(toy: Toy) -> None:
    toy.sync()
    toy.pack_text = toy.pack_text.replace('rate = "DECIMAL(18,6)"', 'rate = "DECIMAL(8,2)"')
    result = toy.sync()
    rate = table(result, "rate")
    assert (result.status, rate.status) == ("partial", "failure")
    assert rate.message is not None
    assert "DECIMAL(18,6)" in rate.message.en
    assert toy.landed("select count(*), any_value(typeof(rate)) from raw.rate") == [(8, "DECIMAL(18,6)")]
    assert toy.sync(full=True).status == "success"
    assert toy.landed("select count(*), any_value(typeof(rate)) from raw.rate") == [(8, "DECIMAL(8,2)")]
    kept = toy.landed(
        "select table_name from duckdb_tables() where schema_name = 'history' and table_name like 'rate@%'"
    )
    assert len(kept) == 1


@pytest.mark.usefixtures("middling_tables")
def test_a_stamp_that_went_backwards_is_found_among_the_keys(toy: Toy) -> None:
    toy.sync()
    toy.execute("update \"move-line\" set \"Text\" = 'edited', create_date = '2020-01-01' where id = 15")
    assert moved(toy.sync()) == (0, 1, 0)
    assert toy.landed('select "Text" from raw."move-line" where id = 15') == [("edited",)]


@pytest.mark.usefixtures("middling_tables")
def test_a_stamp_that_became_unreadable_holds_the_row(toy: Toy) -> None:
    toy.sync()
    toy.execute("update \"move-line\" set create_date = '1900-99-99' where id = 15")
    line = table(toy.sync(), "move-line")
    assert (line.rows_quarantined, line.rows_deleted, line.is_complete) == (1, 0, True)
    assert toy.landed('select change from history."move-line"') == [("replaced",)]


@pytest.mark.usefixtures("middling_tables")
def test_more_stale_keys_than_are_asked_for_one_by_one(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.table_sync.KEYS_ONE_BY_ONE", 5)
    toy.sync()
    toy.execute("update \"move-line\" set create_date = '2020-01-01' where id between 10 and 19")
    assert moved(toy.sync()) == (0, 10, 0)
