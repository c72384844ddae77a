"""The landing file as staging sees it: one view per vendor table over every instance, typed as declared."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion.landing import landed_past_view_sql, landed_sources, landed_view_sql, landing_path
from tests.ingestion.toy import Toy, debit_of


@pytest.fixture
def warehouse(toy: Toy) -> duckdb.DuckDBPyConnection:
    toy.sync()
    toy.execute("update \"move-line\" set debit = 7, write_date = '2025-05-02 09:00:00' where id = 15")
    toy.sync()
    connection = duckdb.connect()
    path = landing_path(toy.home / "landing", "toy_1")
    connection.execute(f"attach '{path}' as landing_toy_1 (read_only)")
    connection.execute("create schema landed_toy")
    return connection


def test_a_view_unites_the_instances(toy: Toy, warehouse: duckdb.DuckDBPyConnection) -> None:
    sources = landed_sources(toy.home / "landing", ["toy_1", "toy_2"])
    for spec in toy.pack().tables:
        warehouse.execute(landed_view_sql("toy", spec, sources))
        warehouse.execute(landed_past_view_sql("toy", spec, sources))
    lines = 'landed_toy."move-line"'
    described = warehouse.execute(f"describe {lines}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [
        ("source_id", "VARCHAR"),
        ("id", "BIGINT"),
        ("move", "BIGINT"),
        ("debit", "DECIMAL(38,12)"),
        ("credit", "DECIMAL(38,12)"),
        ("Text", "VARCHAR"),
        ("active", "BOOLEAN"),
        ("create_date", "TIMESTAMP"),
        ("write_date", "TIMESTAMP"),
        ("_bb_seq", "BIGINT"),
    ]
    assert warehouse.execute(f"select source_id, count(*) from {lines} group by 1").fetchall() == [
        ("toy_1", 120)
    ]
    past = warehouse.execute('select id, debit, _bb_seq from landed_toy."move-line__past"').fetchall()
    now = warehouse.execute(f"select _bb_seq from {lines} where id = 15").fetchall()
    assert past == [(15, debit_of(5), now[0][0])]


def test_a_view_without_instances_is_empty_and_typed(toy: Toy) -> None:
    connection = duckdb.connect()
    connection.execute("create schema landed_toy")
    for spec in toy.pack().tables:
        connection.execute(landed_view_sql("toy", spec, []))
        connection.execute(landed_past_view_sql("toy", spec, landed_sources(Path("/nowhere"), ["toy_9"])))
    assert connection.execute("select count(*) from landed_toy.rate").fetchall() == [(0,)]
    described = connection.execute('describe landed_toy."rate__past"').fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [
        ("source_id", "VARCHAR"),
        ("code", "VARCHAR"),
        ("day", "DATE"),
        ("rate", "DECIMAL(18,6)"),
        ("_bb_seq", "BIGINT"),
    ]


def test_everything_is_written_into_the_home(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("HOME", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    toy.sync()
    assert list(elsewhere.rglob("*")) == []
    assert {path.name for path in toy.home.iterdir()} == {"dlt", "landing", "packs", "runs.sqlite"}
