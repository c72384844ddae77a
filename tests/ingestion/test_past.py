"""Landed tables as they were known at every instant: after any sync, those of all earlier ones come back."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.landing import landed_sources, landed_view_sql, landing_path
from ingestion.packs import TableSpec
from ingestion.past import PastSource, past_sources, past_views_sql
from tests.ingestion.toy import Toy

CHANGES = (
    "update \"move-line\" set debit = 7, write_date = '2025-05-02 09:00:00' where id = 15",
    'delete from "move-line" where id = 16',
    "update \"move-line\" set debit = 8, write_date = '2025-05-03 09:00:00' where id = 15",
    'delete from "move-line" where id = 15',
)


def lines(toy: Toy) -> TableSpec:
    (spec,) = [table for table in toy.pack().tables if table.name == "move-line"]
    return spec


def rows(path: Path, statements: tuple[str, ...], view: str) -> list[tuple[object, ...]]:
    """Return the rows of a view over a landing file, in their order."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as landing_toy_1 (read_only)")
        connection.execute("create schema landed_toy")
        for statement in statements:
            connection.execute(statement)
        return connection.execute(f"select * from landed_toy.{view} order by all").fetchall()


def newest(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("select max(last) from proof.sequence").fetchone()
    assert found is not None
    return int(found[0])


def test_every_earlier_state_comes_back(toy: Toy) -> None:
    path, spec = landing_path(toy.home / "landing", "toy_1"), lines(toy)
    seen: list[tuple[int, list[tuple[object, ...]]]] = []
    for change in (*CHANGES, None):
        toy.sync(full=True)
        view = landed_view_sql("toy", spec, landed_sources(toy.home / "landing", ["toy_1"]))
        seen.append((newest(path), rows(path, (view,), '"move-line"')))
        if change:
            toy.execute(change)
    sources = past_sources(toy.home / "landing", ["toy_1", "toy_2"])
    for instant, expected in seen:
        views = past_views_sql("toy", spec, sources, instant)
        assert rows(path, views, '"move-line"') == expected
    gone = [len(rows(path, past_views_sql("toy", spec, sources, i), '"move-line__past"')) for i, _ in seen]
    assert gone == [0, 1, 2, 3, 4]
    before = past_views_sql("toy", spec, sources, seen[0][0] - 10_000_000)
    assert rows(path, before, '"move-line"') == []


def test_a_table_that_was_set_aside_is_read_where_it_is_now(toy: Toy) -> None:
    """Its types changed, so that its versions up to load 500 stand in another table."""
    spec = lines(toy)
    path = toy.home / "aside.duckdb"
    names = ", ".join(f'null as "{name}"' for name in spec.columns if name != "id")
    with duckdb.connect(str(path)) as connection:
        for schema in ("raw", "history"):
            connection.execute(f"create schema {schema}")
        connection.execute(f'create table raw."move-line" as select 1 as id, {names}, 500 as _bb_seq')
        past = f"{names}, 100 as _bb_seq, epoch_ms(100) as known_from"
        connection.execute(
            f'create table history."move-line@500" as '
            f"select 'one' as id, {past}, epoch_ms(500) as known_to union all "
            f"select '2', {past}, epoch_ms(300)"
        )
        connection.execute(
            f'create table history."move-line" as select 3 as id, {past}, epoch_ms(600) as known_to limit 0'
        )
    sources = past_sources(path.parent, ["aside"])
    found = PastSource("toy_1", sources[0].landed, sources[0].history)

    def ids(instant: int, view: str) -> list[object]:
        return [row[1] for row in rows(path, past_views_sql("toy", spec, [found], instant), view)]

    assert ids(200, '"move-line"') == [2, None]  # what cannot be read in the type of today is empty
    assert ids(400, '"move-line"') == [None]
    assert ids(400, '"move-line__past"') == [2]
    assert ids(500, '"move-line"') == [1]
    assert ids(500, '"move-line__past"') == []
