"""Several Tryton instances in one home: each keeps its own figures, whatever the others hold."""

from tests.tryton import books, oracle
from tests.tryton.installation import Installation
from tests.tryton.landing import landing_differences
from tests.tryton.oracle import differences
from tests.tryton.source import open_books


def test_the_other_company_has_its_own_trial_balance(four_books: Installation) -> None:
    with open_books(f"sqlite:///{four_books.folder / 'branch.sqlite'}") as source:
        truth = books.trial_balance(source)
    assert len(truth) > 200
    assert differences(truth, oracle.trial_balance_months(four_books, "branch", truth)) == []


def test_its_codes_and_names_are_its_own(four_books: Installation) -> None:
    for code in ("company_code", "partner_code"):
        rows = four_books.query(
            f"select {code} like 'branch:%', count(*) from ledger_lines"
            f" where source_id = 'branch' and {code} is not null group by 1"
        )
        assert [row[0] for row in rows] == [True]
    names = "select count(*) from ledger_lines where partner_name is not null and (source_id = 'branch') <>"
    assert four_books.query(f"{names} (partner_name like '分公司 %')") == [(0,)]


def test_every_instance_is_landed_apart(four_books: Installation) -> None:
    for source_id, name in (("erp", "books.sqlite"), ("branch", "branch.sqlite")):
        with open_books(f"sqlite:///{four_books.folder / name}") as source:
            assert landing_differences(four_books, source_id, source) == []


def test_every_mart_of_the_master_instance_is_as_if_it_were_alone(
    four_books: Installation, sqlite_home: Installation
) -> None:
    for mart in ("ledger_lines", "procurement_lines", "sales_lines", "payables_ageing", "stock_on_hand"):
        columns = [row[0] for row in sqlite_home.query(f"select column_name from (describe {mart})")]
        chosen = ", ".join(f'"{name}"' for name in columns if name != "changed_seq")
        ours = four_books.query(f"select {chosen} from {mart} where source_id = 'erp' order by all")
        alone = sqlite_home.query(f"select {chosen} from {mart} order by all")
        assert ours == alone, mart
        assert alone, mart
