"""A file changed a hundred times is no larger than a fresh one, and has lost nothing."""

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from bridgebook import compaction
from bridgebook.compaction import MOST, bloat, compact_if_bloated, note_fresh

EVERYTHING = """
select table_name, column_name, data_type, is_nullable, comment from duckdb_columns()
where database_name = current_database() and schema_name = 'marts' order by all
"""
ROWS = "select sum(id), sum(amount), count(distinct text) from marts.lines"


def change(file: Path, statement: str) -> None:
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(statement)
        connection.execute("checkpoint")


def answers(file: Path, other: Path) -> list[object]:
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(f"attach '{other}' as other (read_only)")
        return [connection.execute(question).fetchall() for question in (EVERYTHING, ROWS, "from marts.few")]


def test_growth_by_increments_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "SMALL_BLOCKS", 8)
    other = tmp_path / "other.duckdb"
    change(other, "create table t as select 1 as one")
    file = tmp_path / "work.duckdb"
    change(
        file,
        f"""
        attach '{other}' as other (read_only);
        create schema marts;
        create table marts.lines as
            select range as id, md5(range::varchar) as text, (range / 7)::decimal(18,4) as amount
            from range(200000);
        comment on table marts.lines is '行 | Lines';
        comment on column marts.lines.amount is '金额 | Amount';
        create view marts.few as select lines.id + one as id from work.marts.lines, other.t where id < 3;
        """,
    )
    note_fresh(file)
    assert bloat(file) < 1.1
    fresh = file.stat().st_size
    for round_no in range(8):
        picked = f"select * from marts.lines where hash(id + {round_no}) % 10 = 0"
        change(
            file,
            f"begin; create temp table t as {picked}; delete from marts.lines where id in "
            "(select id from t); insert into marts.lines from t; commit",
        )
    assert bloat(file) > MOST
    grown = file.stat().st_size
    before = answers(file, other)
    assert compact_if_bloated(file, "work", {"other": other})
    # Rows replaced at random compress less well than those of the first load: not quite `fresh` again.
    assert file.stat().st_size < 1.3 * fresh < grown
    assert bloat(file) < 1.1
    assert not compact_if_bloated(file, "work", {"other": other})
    after = answers(file, other)
    assert after == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []
