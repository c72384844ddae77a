"""Rows that cannot land are held with reason and raw record; nothing is dropped, nothing is guessed."""

from __future__ import annotations

import json

import pytest

from tests.ingestion.toy import Toy, moved, table

SIZES = pytest.mark.parametrize("size", ["small", "large_tables"])


def held(toy: Toy) -> list[tuple[object, ...]]:
    rows = toy.ledger.rows(
        "select table_name, key, reason, state from quarantined_rows order by table_name, key, reason, state"
    )
    return [tuple(row.values()) for row in rows]


def account_for_every_row(toy: Toy) -> None:
    rows = toy.ledger.rows(
        "select table_name, source_row_count, is_complete, "
        "landed_row_count + rows_quarantined + rows_collapsed as found from sync_tables "
        "where run_id = (select max(run_id) from sync_tables)"
    )
    assert [row for row in rows if row["source_row_count"] != row["found"] or not row["is_complete"]] == []


@SIZES
def test_untypable_values_are_held_and_released_when_repaired(
    toy: Toy, size: str, request: pytest.FixtureRequest
) -> None:
    if size != "small":
        request.getfixturevalue(size)
    toy.execute(
        "update \"move-line\" set debit = 'twelve' where id = 15",
        "update \"move-line\" set credit = cast('0.1234567890123' as blob) where id = 16",
        "update \"move-line\" set active = 'perhaps' where id = 17",
        "update \"move-line\" set create_date = '0000-00-00 00:00:00' where id = 18",
        "update \"move-line\" set debit = '1e40' where id = 19",
        "update \"move\" set date = '9999-99-99' where id = 3",
    )
    result = toy.sync()
    assert result.status == "partial"
    assert moved(result) == (39 + 115 + 8, 0, 0)
    assert held(toy) == [
        ("move", "3", "bad_date", "held"),
        ("move-line", "15", "bad_number", "held"),
        ("move-line", "16", "too_many_decimals", "held"),
        ("move-line", "17", "bad_boolean", "held"),
        ("move-line", "18", "bad_date", "held"),
        ("move-line", "19", "out_of_range", "held"),
    ]
    account_for_every_row(toy)
    record = toy.ledger.rows(
        "select raw_record, reason_en, reason_zh from quarantined_rows where key = '15'"
    )[0]
    assert json.loads(str(record["raw_record"]))["debit"] == "twelve"
    assert "twelve" in str(record["reason_en"])
    assert "twelve" in str(record["reason_zh"])

    toy.execute('update "move-line" set debit = 12 where id = 15', 'delete from "move-line" where id = 16')
    assert moved(toy.sync()) == (1, 0, 0)
    states = {row[1]: row[3] for row in held(toy) if row[0] == "move-line"}
    assert states == {"15": "released", "16": "released", "17": "held", "18": "held", "19": "held"}
    account_for_every_row(toy)


@SIZES
def test_a_good_row_that_turns_bad_leaves_the_landed_table(
    toy: Toy, size: str, request: pytest.FixtureRequest
) -> None:
    if size != "small":
        request.getfixturevalue(size)
    toy.sync()
    toy.execute("update \"move-line\" set debit = 'bad', write_date = '2025-05-02 09:00:00' where id = 15")
    result = toy.sync()
    line = table(result, "move-line")
    assert (line.status, line.rows_quarantined, line.landed_row_count) == ("partial", 1, 119)
    assert toy.landed('select id, change from history."move-line"') == [(15, "replaced")]
    account_for_every_row(toy)


@SIZES
def test_keys_that_are_missing_or_stand_twice(
    loose_toy: Toy, size: str, request: pytest.FixtureRequest
) -> None:
    if size != "small":
        request.getfixturevalue(size)
    toy = loose_toy
    copy = 'insert into "move-line" select * from "move-line" where id = '
    toy.execute(
        f"{copy}15", "update \"move-line\" set \"Text\" = 'other' where rowid = last_insert_rowid()",
        f"{copy}16", f"{copy}16 limit 1",
        f"{copy}17", "update \"move-line\" set id = null where rowid = last_insert_rowid()",
        f"{copy}18", "update \"move-line\" set debit = 'x' where rowid = last_insert_rowid()",
    )  # fmt: skip
    result = toy.sync()
    line = table(result, "move-line")
    assert (line.source_row_count, line.landed_row_count, line.rows_quarantined) == (125, 118, 5)
    assert held(toy) == [
        ("move-line", "15", "duplicate_key", "held"),
        ("move-line", "15", "duplicate_key", "held"),
        ("move-line", "18", "bad_number", "held"),
        ("move-line", "18", "duplicate_key", "held"),
        ("move-line", "NULL", "null_key", "held"),
    ]
    account_for_every_row(toy)
    assert moved(toy.sync()) == (0, 0, 0)
    account_for_every_row(toy)
    toy.execute(
        'delete from "move-line" where id = 15 and "Text" = \'other\'',
        "delete from \"move-line\" where id = 18 and debit = 'x'",
        'delete from "move-line" where id is null',
    )
    result = toy.sync()
    assert (result.status, moved(result)) == ("success", (2, 0, 0))
    assert {row[3] for row in held(toy)} == {"released"}
    account_for_every_row(toy)


def test_a_wrongly_declared_type_fails_the_table_instead_of_filling_the_quarantine(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.table_sync.LIMIT", 20)
    toy.pack_text = toy.pack_text.replace('Text = "VARCHAR"', 'Text = "DATE"')
    line = table(toy.sync(), "move-line")
    assert line.status == "failure"
    assert line.message is not None
    assert "Text" in line.message.en
    assert held(toy) == []


def test_held_children_of_a_held_parent_leave_the_others_proved(toy: Toy) -> None:
    toy.execute(
        "update \"move\" set company = 'X1' where id = 3",
        "update \"move-line\" set credit = 'abc' where id in (10, 11)",
    )
    result = toy.sync()
    lines = table(result, "move-line")
    assert (lines.is_complete, lines.rows_quarantined, lines.landed_row_count) == (True, 2, 118)
    assert lines.message is not None
    assert "move-line 有 2 行被隔离，例如主键 10：列 credit 的值 abc 不是数字" in lines.message.zh


@pytest.mark.parametrize("amount", ["company", "company + 1"], ids=["equal copies", "different rows"])
def test_a_parent_that_stands_twice_does_not_count_its_children_twice(loose_toy: Toy, amount: str) -> None:
    loose_toy.execute(
        f'insert into "move" select id, {amount}, date, create_date, write_date from "move" where id = 3'
    )
    result = loose_toy.sync()
    assert table(result, "move-line").is_complete
    assert table(result, "move-line").source_row_count == 120
    assert table(loose_toy.sync(), "move-line").is_complete
