"""The snapshot is read by many, is left when the pointer moves, and its connection stays in its file."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from dashboards.errors import NoSnapshot
from dashboards.semantics import ALL, Periods, Question, ask
from dashboards.warehouse import Snapshot, Warehouse
from tests.dashboards.published import COMPANIES, ident, publish

SECOND, THIRD = "20250702T000000000Z", "20250703T000000000Z"


def test_a_home_without_a_snapshot_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot) as refusal, Warehouse(tmp_path).reading():
        pass
    assert "bridgebook run" in refusal.value.sentence("zh")
    assert "bridgebook run" in refusal.value.sentence("en")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "marts-20990101T000000000Z.duckdb", "x.duckdb"])
def test_a_pointer_to_nothing_is_no_snapshot(tmp_path: Path, name: str) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "CURRENT").write_text(name, encoding="utf-8")
    with pytest.raises(NoSnapshot):
        Warehouse(tmp_path).current_path()


def test_threads_on_one_connection_get_their_own_answers(home: Path) -> None:
    warehouse = Warehouse(home)

    def count(number: int) -> bool:
        with warehouse.reading() as snapshot:
            found = snapshot.fetch(
                "select count(*) as n, ? as k from marts.unified_lines where period_no = ?",
                [number, number % 12 + 1],
            )
            expected = snapshot.fetch(
                "select count(*) as n from marts.unified_lines where period_no = ?", [number % 12 + 1]
            )
            return bool(found["k"][0].as_py() == number and found["n"][0] == expected["n"][0])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(count, range(200)))
    assert len(warehouse.open_versions()) == 1
    warehouse.close()


def test_a_reader_keeps_its_version_while_the_pointer_moves(tmp_path: Path) -> None:
    home = tmp_path / "home"
    publish(home)
    warehouse = Warehouse(home)
    asked = Question(report="data_checks", limit=None)
    more = {"data_checks": [{**ident_of_check(), "check_code": "new"}]}
    with warehouse.reading() as before:
        assert ask(asked, ALL, before).row_count == 1
        publish(home, version=SECOND, changes=more)
        with warehouse.reading() as after:
            assert (before.version, after.version) == ("20250701T000000000Z", SECOND)
            assert ask(asked, ALL, after).row_count == 2
            assert ask(asked, ALL, before).row_count == 1
        assert warehouse.open_versions() == ["20250701T000000000Z", SECOND]
        before.path.unlink()
        assert before.fetch("select count(*) as n from marts.data_checks")["n"][0].as_py() == 1
    assert warehouse.open_versions() == [SECOND]
    warehouse.close()
    assert warehouse.open_versions() == []


def test_many_readers_never_see_two_versions_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    publish(home)
    warehouse, stop, seen = Warehouse(home), threading.Event(), set()
    failures: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with warehouse.reading() as snapshot:
                    first = ask(Question(report="data_checks", limit=None), ALL, snapshot).row_count
                    second = snapshot.fetch("select count(*) as n from marts.data_checks")["n"][0].as_py()
                    assert first == second
                    seen.add((snapshot.version, first))
            except BaseException as failure:
                failures.append(failure)
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number, version in enumerate((SECOND, THIRD), start=1):
        rows = [{**ident_of_check(), "check_code": f"n{step}"} for step in range(number)]
        publish(home, version=version, changes={"data_checks": rows})
    threading.Event().wait(0.3)
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert {(version, count) for version, count in seen} <= {
        ("20250701T000000000Z", 1),
        (SECOND, 2),
        (THIRD, 3),
    }
    assert (THIRD, 3) in seen
    warehouse.close()


ATTACKS = [
    "select * from read_text('/etc/hostname')",
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from glob('/*')",
    "copy (select 1) to '/tmp/stolen.csv'",
    "attach '/tmp/other.duckdb' as other",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set memory_limit = '100GB'",
    "set lock_configuration = false",
    "export database '/tmp/stolen'",
    "create table marts.mine as select 1",
    "update marts.periods set period_no = 1",
    "drop table marts.periods",
    "select * from secret",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_connection_cannot_leave_its_file(snapshot: Snapshot, attack: str) -> None:
    secret = {"a": [1]}  # noqa: F841 - a replacement scan would find it in this frame
    with pytest.raises(duckdb.Error):
        snapshot.fetch(attack)


def test_the_cache_does_not_survive_the_version(tmp_path: Path) -> None:
    home = tmp_path / "home"
    publish(home)
    warehouse = Warehouse(home)
    asked = Question(report="procurement", periods=Periods.parse("2025-06"))
    with warehouse.reading() as snapshot:
        before = ask(asked, ALL, snapshot).totals
    event = {
        **ident(COMPANIES[0]),
        "event": "invoiced",
        "event_id": "x",
        "fiscal_year": 2025,
        "period_no": 6,
        "is_counted": True,
        "net_amount": 1,
    }
    publish(home, version=SECOND, changes={"procurement_events": [event]})
    with warehouse.reading() as snapshot:
        after = ask(asked, ALL, snapshot).totals
    assert after[0].values["invoiced_amount"] - before[0].values["invoiced_amount"] == 1  # type: ignore[operator]
    warehouse.close()


def ident_of_check() -> dict[str, object]:
    return {"severity": "warning", "source_id": "erp", "company_code": "HD01", "row_count": 1}
