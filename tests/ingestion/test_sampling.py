"""A few rows of a table are asked for as each database says it, and typed as they would land."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy

from ingestion import errors
from ingestion.batches import LandedColumn
from ingestion.landing_types import BIGINT, VARCHAR, LandingType
from ingestion.packs import Pack, TableSpec
from ingestion.sampling import Sampler
from ingestion.sync import SourceSpec
from ingestion.transports.dialects import SourceColumn, dialect_of
from ingestion.transports.queries import AllOf, TablePlan, WithValues, rows_query

LINE = TableSpec("line", ("id",), {"id": BIGINT, "kind": VARCHAR, "amount": LandingType("DECIMAL", 18, 2)})
NOTE = TableSpec("note", ("id",), {"id": BIGINT}, optional=True)


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("sqlite://", 'select t."id" from "line" t limit 5'),
        ("postgresql://h/d", 'select t."id" from "line" t limit 5'),
        ("mysql://h/d", "select t.`id` from `line` t limit 5"),
        ("mssql://h/d", "select top (5) t.[id] from [line] t"),
        ("oracle://h/d", 'select t."ID" from "LINE" t fetch first 5 rows only'),
    ],
)
def test_the_first_rows_in_every_dialect(url: str, query: str) -> None:
    assert rows_query(dialect_of(sqlalchemy.make_url(url), "s"), plan(), COLUMNS, None, 5) == query


def test_many_values_are_asked_in_lists_that_every_database_takes() -> None:
    where = AllOf((WithValues("id", tuple(map(str, range(1000)))), WithValues("kind", ("a'b",))))
    query = rows_query(dialect_of(sqlalchemy.make_url("sqlite://"), "s"), plan(), COLUMNS, where, 5)
    assert query.startswith('select t."id" from "line" t where (t."id" in (0, 1, ')
    assert '899) or t."id" in (900, ' in query
    assert query.endswith("""999)) and t."kind" in ('a''b') limit 5""")


COLUMNS = (LandedColumn("id", "id", BIGINT),)


def plan() -> TablePlan:
    columns = {"id": SourceColumn("id", "integer"), "kind": SourceColumn("kind", "text")}
    return TablePlan(LINE, "line", None, COLUMNS, columns, None, None)


@pytest.fixture
def sampler(tmp_path: Path) -> Sampler:
    with closing(sqlite3.connect(tmp_path / "erp.sqlite")) as source, source:
        source.execute("create table line (id integer, kind text, amount numeric, extra text)")
        rows = [(1, "a", "1.10", "x"), (2, "b", "2.20", "x"), (3, "a", "three", "x"), (4, "a", "4.40", "x")]
        source.executemany("insert into line values (?, ?, ?, ?)", rows)
    pack = Pack("toy", "玩具", "Toy", tmp_path, (), (LINE, NOTE, TableSpec("gone", ("id",), {"id": BIGINT})))
    made = Sampler(SourceSpec("erp", "toy", "sqlite:///erp.sqlite"), pack, relative_to=tmp_path)
    made.open()
    return made


def test_rows_are_typed_and_those_that_cannot_be_are_counted(sampler: Sampler) -> None:
    sample = sampler.read("line", {"kind": ["a", None], "id": [1, 3, Decimal(4), "no number"]}, 2)
    assert sample is not None
    assert sample.rows.to_pylist() == [
        {"id": 1, "kind": "a", "amount": Decimal("1.10")},
        {"id": 4, "kind": "a", "amount": Decimal("4.40")},
    ]
    assert (sample.held, sample.is_cut) == (1, True)


def test_tables_that_are_not_there(sampler: Sampler) -> None:
    assert sampler.read("note", {}, 5) is None
    nothing = sampler.read("line", {"id": ["no number"]}, 5)
    assert nothing is not None
    assert nothing.rows.num_rows == 0
    with pytest.raises(errors.UnknownTable):
        sampler.read("gone", {}, 5)
