"""Two Tryton instances in one home: each keeps its own figures, whatever the other one holds."""

from pathlib import Path

import pytest

from bridgebook.demo import tryton
from tests.tryton import books, oracle
from tests.tryton.installation import Installation, SourceText
from tests.tryton.landing import landing_differences
from tests.tryton.oracle import DEMO, Figures, differences
from tests.tryton.source import SourceBooks, open_books, sqlite_url


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite source with the same ids and codes, but other names, amounts and entries."""
    file = tmp_path_factory.mktemp("branch") / "branch.sqlite"
    tryton.write_sqlite(file)
    with open_books(sqlite_url(file)) as source:
        _become_another_company(source)
    return file


def _become_another_company(source: SourceBooks) -> None:
    for party in source.all("party_party"):
        source.update("party_party", party["id"], name=f"分公司 {party['name']}")
    for move in source.all("account_move", "origin is null and date >= '2026-01-01'"):
        source.delete("account_move_line", "move = :move", move=move["id"])
        source.delete("account_move", "id = :move", move=move["id"])
    for line in source.all("account_move_line"):
        debit, credit = line["debit"] * 3, line["credit"] * 3
        source.update("account_move_line", line["id"], debit=debit, credit=credit)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, branch: Path) -> Installation:
    """Return a home with both sources, run once."""
    folder = tmp_path_factory.mktemp("two") / "home"
    sources = (SourceText("erp", "sqlite:///books.sqlite"), SourceText("branch", sqlite_url(branch)))
    home = Installation.create(folder, *sources, head='master_source = "erp"')
    tryton.write_sqlite(folder / "books.sqlite")
    home.run("run")
    return home


def test_the_first_instance_still_equals_trytons_report(home: Installation) -> None:
    expected = oracle.trial_balance(DEMO, span="month")
    assert differences(expected, oracle.trial_balance_months(home, "erp", expected)) == []


def test_the_second_instance_has_its_own_trial_balance_under_its_own_codes(
    home: Installation, branch: Path
) -> None:
    with open_books(sqlite_url(branch)) as source:
        truth = books.trial_balance(source)
    expected: Figures = {(*key[:3], f"branch:{key[3]}"): amounts for key, amounts in truth.items()}
    assert len(expected) > 200
    assert differences(expected, oracle.trial_balance_months(home, "branch", expected)) == []


def test_both_are_landed_apart(home: Installation, branch: Path) -> None:
    for source_id, file in (("erp", home.folder / "books.sqlite"), ("branch", branch)):
        with open_books(sqlite_url(file)) as source:
            assert landing_differences(home, source_id, source) == []


def test_every_mart_of_the_first_instance_is_as_if_it_were_alone(
    home: Installation, sqlite_home: Installation
) -> None:
    for mart in ("ledger_lines", "procurement_lines", "sales_lines", "payables_ageing", "stock_on_hand"):
        columns = [
            row[0] for row in sqlite_home.query("select column_name from (describe from " + mart + ")")
        ]
        chosen = ", ".join(f'"{name}"' for name in columns if name != "changed_seq")
        ours = home.query(f"select {chosen} from {mart} where source_id = 'erp' order by all")
        alone = sqlite_home.query(f"select {chosen} from {mart} order by all")
        assert ours == alone, mart
        assert alone, mart
