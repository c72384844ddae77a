"""Whatever changes at the source: an incremental run leaves what a full build makes, and it is the truth.

BRIDGEBOOK_RANDOM_SEEDS ("7" or "1-20") and BRIDGEBOOK_RANDOM_STEPS size the random sequences; one more, with
many changes in one step, is always run.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.tryton import books, oracle
from tests.tryton.comparison import core_differences, counts, mart_differences
from tests.tryton.installation import Installation
from tests.tryton.landing import landing_differences
from tests.tryton.oracle import Figures, differences
from tests.tryton.race import Race, changed_at_random
from tests.tryton.source import open_books

CHANGES_PER_STEP = 20
STEPS = int(os.environ.get("BRIDGEBOOK_RANDOM_STEPS", "2"))


def _seeds() -> list[int]:
    first, _, last = os.environ.get("BRIDGEBOOK_RANDOM_SEEDS", "1").partition("-")
    return list(range(int(first), int(last or first) + 1))


def newest_tables(home: Installation) -> dict[str, tuple[int, int, int]]:
    """Return {table: (inserted, updated, deleted)} of the newest sync, where any of them is not zero."""
    rows = home.ledger(
        """
        select table_name, rows_inserted, rows_updated, rows_deleted from sync_tables
        where run_id = (select run_id from sync_runs where kind = 'sync' order by started_at desc limit 1)
        """
    )
    return {row[0]: row[1:] for row in rows if any(row[1:])}


@pytest.mark.parametrize("seed", _seeds())
def test_incremental_equals_full_after_random_changes(
    sqlite_home: Installation, tmp_path: Path, seed: int
) -> None:
    home = sqlite_home
    for step in range(1, STEPS + 1):
        race = changed_at_random(home, tmp_path / f"step-{step}", seed * 100 + step, CHANGES_PER_STEP)
        print(f"seed {seed} step {step}:", "; ".join(race.changes))
        home = race.after
        assert_landed_and_true(home)
    assert_equals_full_build(home, tmp_path / "full")


def test_incremental_equals_full_after_very_many_changes(many_changes: Race, tmp_path: Path) -> None:
    print("; ".join(many_changes.changes))
    assert_landed_and_true(many_changes.after)
    assert_equals_full_build(many_changes.after, tmp_path / "full")


def assert_landed_and_true(home: Installation) -> None:
    """Fail where landing is not the source, or where balances and open items are not what its rows say."""
    with open_books(home.books_url) as source:
        assert landing_differences(home, "erp", source) == []
        truth, open_items = books.trial_balance(source), books.open_by_party(source, date(2026, 2, 28))
    _assert_figures_are_true(home, truth, open_items)


def assert_equals_full_build(home: Installation, folder: Path) -> None:
    """Fail where a table of core or marts differs from what a full build in a copy makes."""
    full = home.copy_to(folder)
    full.run("build", "--full")
    full.run("publish")
    assert core_differences(home, full) == []
    assert mart_differences(home, full) == []


def _assert_figures_are_true(home: Installation, truth: Figures, open_items: Figures) -> None:
    assert differences(truth, oracle.trial_balance_months(home, "erp", truth)) == []
    rows = home.query(
        """
        select 'payable', partner_name, -sum(open_amount) from payables_ageing
        where as_of_date = '2026-02-28' and is_posted and partner_name is not null
        group by all
        union all
        select 'receivable', partner_name, sum(open_amount) from receivables_ageing
        where as_of_date = '2026-02-28' and is_posted and partner_name is not null
        group by all
        """
    )
    assert differences(open_items, {row[:2]: row[2:] for row in rows if row[2]}) == []


def test_twice_is_once(sqlite_home: Installation, home_copy: Installation) -> None:
    home_copy.run("run")
    assert newest_tables(home_copy) == {}
    assert core_differences(sqlite_home, home_copy) == []
    assert mart_differences(sqlite_home, home_copy) == []
    grown = {"sync_runs", "sync_tables", "sync_totals"}
    first, second = (counts(home.snapshot, "marts") for home in (sqlite_home, home_copy))
    assert {name for name in second if second[name] != first[name]} <= grown
    rows = home_copy.query("select count(*), count(*) filter (where is_complete) from sync_tables")
    assert rows[0][0] == rows[0][1] > 0


def test_three_changed_rows_are_three_and_two_deleted_are_two(home_copy: Installation) -> None:
    with open_books(home_copy.books_url) as source:
        for line_id in (5, 6, 7):
            source.update("purchase_line", line_id, description=f"changed {line_id}")
    home_copy.run("sync")
    assert newest_tables(home_copy) == {"purchase_line": (0, 3, 0)}
    with open_books(home_copy.books_url) as source:
        for line in source.all("account_move_line")[-2:]:
            source.delete("account_tax_line", "move_line = :id", id=line["id"])
            source.delete("account_move_line", "id = :id", id=line["id"])
    home_copy.run("sync")
    assert newest_tables(home_copy)["account_move_line"] == (0, 0, 2)


def test_what_was_replaced_or_deleted_stays_in_the_version_log(home_copy: Installation) -> None:
    with open_books(home_copy.books_url) as source:
        before = source.all("party_party", "id in (3, 4)")
        source.update("party_party", 3, name="新名称")
        source.delete("party_address", "party = 4")
        source.delete("party_party", "id = 4")
    home_copy.run("sync")
    logged = home_copy.landed("erp", 'select id, name, change from history."party_party" order by id')
    assert logged == [(3, before[0]["name"], "replaced"), (4, before[1]["name"], "deleted")]
    assert home_copy.landed("erp", "select name from raw.party_party where id in (3, 4)") == [("新名称",)]
    home_copy.run("sync", "--full")
    assert home_copy.landed("erp", 'select id, name, change from history."party_party" order by id') == logged


def test_a_change_without_a_stamp_does_not_go_unnoticed_when_money_moved(home_copy: Installation) -> None:
    with open_books(home_copy.books_url) as source:
        line = source.all("account_move_line", "id = 3")[0]
        source.update("account_move_line", 3, stamped=False, debit=line["debit"] + 1)
    home_copy.run("sync", code=(0, 3))
    landed = home_copy.landed("erp", "select debit from raw.account_move_line where id = 3")
    complete = home_copy.ledger(
        """
        select is_complete from sync_tables where table_name = 'account_move_line'
        and run_id = (select run_id from sync_runs where kind = 'sync' order by started_at desc limit 1)
        """
    )
    assert landed == [(line["debit"] + 1,)] or complete == [(0,)]
