"""Build, increments and publication on a small project: values that readers see, and what is done again."""

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from bridgebook import snapshots
from bridgebook.build import BuildResult, build
from bridgebook.errors import BuildFailed, NothingToPublish, RulesInvalid
from bridgebook.publish import publish
from tests.bridgebook.shop import PROJECT, Shop, copied_project, new_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return new_shop(tmp_path / "home")


def go(shop: Shop, *, full: bool = False, as_of: date | None = None) -> BuildResult:
    """Build and publish; return how much was built."""
    built = build(shop.settings, source=shop.project, full=full, as_of=as_of)
    publish(shop.settings)
    return built


def test_readers_see_what_landed_and_an_increment_builds_only_what_changed(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "100.10"), (2, "2025-01-03", 2, "0.01"))
    assert go(shop).scope == "full"
    assert shop.lines() == [
        (1, "North", "wholesale", Decimal("100.1000")),
        (2, "South", None, Decimal("0.0100")),
    ]
    assert shop.ask("select comment from duckdb_tables() where table_name = 'sales_lines'") == [
        ("销售 · 每笔一行 | Sales · One row per sale.",)
    ]

    assert go(shop).scope == "nothing"
    assert go(shop, full=True).scope == "full"

    shop.land(11, (2, "2025-01-03", 2, "7"), (3, "2025-01-04", 1, "5"))
    assert go(shop).scope == "increment"
    assert shop.lines() == [
        (1, "North", "wholesale", Decimal("100.1000")),
        (2, "South", None, Decimal("7.0000")),
        (3, "North", "wholesale", Decimal("5.0000")),
    ]
    kinds = shop.ask("select kind, status from marts.sync_runs order by started_at, kind")
    assert kinds.count(("publish", "success")) == 2
    assert (
        kinds.count(("build", "success")) == 3
    )  # the one that wrote the mart too: it is read because it was
    assert {status for _, status in kinds} == {"success"}


def test_a_failed_test_publishes_nothing_and_the_next_build_makes_it_good(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "100"))
    go(shop)
    before = snapshots.require(shop.settings.home)
    shop.land(11, (2, "2025-01-02", 1, "666"))
    with pytest.raises(BuildFailed) as failure:
        build(shop.settings, source=shop.project)
    for language in ("zh", "en"):
        sentence = failure.value.sentence(language)
        assert "no_amount_of_666" in sentence
        assert str(shop.settings.home.dbt_logs / "dbt.log") in sentence
    publish(shop.settings)
    assert snapshots.require(shop.settings.home) == before
    assert shop.lines() == [(1, "North", "wholesale", Decimal(100))]
    shop.land(12, (2, "2025-01-02", 1, "667"))
    assert go(shop).scope == "increment"
    assert [line[3] for line in shop.lines()] == [Decimal(100), Decimal(667)]


def test_a_build_that_was_not_published_is_continued(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "1"))
    go(shop)
    for number in (2, 3):
        shop.land(10 + number, (number, "2025-01-02", 1, str(number)))
        assert build(shop.settings, source=shop.project).scope == "increment"
    assert len(shop.lines()) == 1
    assert build(shop.settings, source=shop.project).scope == "nothing"
    publish(shop.settings)
    assert [line[0] for line in shop.lines()] == [1, 2, 3]


def test_a_publication_that_died_between_name_and_pointer_is_made_good(shop: Shop) -> None:
    """The file has its name, the pointer was not moved: nobody sees it, the next build does it again."""
    shop.land(10, (1, "2025-01-02", 1, "1"))
    go(shop)
    shop.land(11, (2, "2025-01-02", 1, "2"))
    build(shop.settings, source=shop.project)
    home = shop.settings.home
    orphan = snapshots.next_path(home)
    home.marts_file.rename(orphan)
    assert len(shop.lines()) == 1
    assert go(shop).scope == "increment"
    assert [line[0] for line in shop.lines()] == [1, 2]
    assert not orphan.exists()


def test_changed_models_rules_and_sources_build_everything_anew(shop: Shop, tmp_path: Path) -> None:
    shop = copied_project(shop, tmp_path / "project")
    shop.land(10, (1, "2025-01-02", 1, "1"), (2, "2025-01-02", 2, "2"))
    go(shop)
    model = shop.project.folder / "models" / "marts" / "sales_lines.sql"
    model.write_text(model.read_text(encoding="utf-8").replace("kinds.kind,", "upper(kinds.kind) as kind,"))
    assert go(shop).scope == "full"
    assert [line[2] for line in shop.lines()] == ["WHOLESALE", None]

    rules = shop.settings.home.rules / "customer_kinds.csv"
    rules.write_text("customer,kind,valid_from\nSouth,retail,2025-01-01\n", encoding="utf-8")
    assert go(shop).scope == "full"
    assert shop.ask("select own_rules from marts.run_context") == [(1,)]

    file = shop.settings.home.settings_file
    file.write_text(file.read_text(encoding="utf-8") + 'companies = { "1" = "HD01" }\n', encoding="utf-8")
    assert go(shop).scope == "full"


def test_a_row_deleted_from_a_looked_up_table_builds_everything_anew(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "1"))
    go(shop)
    with closing(duckdb.connect(str(shop.settings.home.landing / "shop.duckdb"))) as connection:
        connection.execute("delete from raw.customers where id = 1")
    with closing(sqlite3.connect(shop.settings.home.ledger_file)) as ledger, ledger:
        ledger.execute(
            "insert into sync_tables (run_id, source_id, table_name, status, started_at, rows_deleted) "
            "values ('r', 'shop', 'customers', 'success', '2025-01-01', 1)"
        )
    assert go(shop).scope == "full"
    assert shop.lines() == [(1, None, None, Decimal(1))]


def test_after_a_sync_without_change_only_its_record_is_built(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "1"))
    go(shop)
    shop.record_sync("idle", moved=0)
    shop.land(11, (2, "2025-01-02", 1, "2"))  # what no sync tells of is not looked for
    assert go(shop).scope == "records"
    assert [line[0] for line in shop.lines()] == [1]
    assert shop.ask("select status from marts.sync_runs where run_id = 'idle'") == [("success",)]
    shop.record_sync("busy", moved=1)
    assert go(shop).scope == "increment"
    assert [line[0] for line in shop.lines()] == [1, 2]
    shop.land(12, (3, "2025-01-02", 1, "3"))
    shop.record_sync("elsewhere", moved=1, table="stock")  # no model reads it
    assert go(shop).scope == "records"
    shop.record_sync("held", moved=0, held=1)
    assert go(shop).scope == "increment"
    assert [line[0] for line in shop.lines()] == [1, 2, 3]
    shop.record_sync("broken", moved=0, status="interrupted")
    assert go(shop).scope == "increment"


def test_a_wrong_rule_file_is_told_with_row_and_expectation(shop: Shop) -> None:
    file = shop.settings.home.rules / "customer_kinds.csv"
    file.write_text("customer,kind,valid_from\nSouth,retail,31.1.2025\n", encoding="utf-8")
    with pytest.raises(RulesInvalid) as wrong:
        build(shop.settings, source=shop.project)
    assert wrong.value.sentence("en") == (
        f'{file}:2: column valid_from holds "31.1.2025"; expected date '
        "(dates as 2025-01-31, flags as true/false)"
    )


def test_another_day_is_a_reason_to_build(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "1"))
    go(shop, as_of=date(2025, 1, 31))
    assert go(shop, as_of=date(2025, 1, 31)).scope == "nothing"
    assert go(shop, as_of=date(2025, 2, 1)).scope == "increment"
    assert shop.ask("select as_of from marts.run_context") == [(date(2025, 2, 1),)]


def test_nothing_is_published_where_nothing_was_built(shop: Shop) -> None:
    with pytest.raises(NothingToPublish):
        publish(shop.settings)


def test_only_the_last_five_snapshots_are_kept_and_a_reader_of_an_old_one_goes_on(shop: Shop) -> None:
    shop.land(1, (1, "2025-01-02", 1, "1"))
    go(shop)
    first = snapshots.require(shop.settings.home)
    with closing(duckdb.connect(str(first), read_only=True)) as reader:
        for number in range(2, 8):
            shop.land(number, (number, "2025-01-02", 1, str(number)))
            go(shop)
        assert not first.exists()
        assert reader.execute("select count(*) from marts.sales_lines").fetchall() == [(1,)]
    assert len(snapshots.versions(shop.settings.home)) == snapshots.KEPT
    assert [line[0] for line in shop.lines()] == list(range(1, 8))


def test_everything_that_a_build_writes_stands_in_the_home(shop: Shop) -> None:
    before = set(PROJECT.folder.rglob("*"))
    shop.land(1, (1, "2025-01-02", 1, "1"))
    go(shop)
    assert set(PROJECT.folder.rglob("*")) == before
    assert not (Path.home() / ".dbt" / ".user.yml").exists()
