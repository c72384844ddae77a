"""Books that are wrong in themselves never block: they are published, and a check names them with money."""

from decimal import Decimal

import pytest

from tests.tryton import books, oracle
from tests.tryton.installation import Installation
from tests.tryton.oracle import differences
from tests.tryton.source import open_books

NO_ACCOUNT, NO_PARTY = 990001, 990002


@pytest.fixture(scope="module")
def home(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home whose books have an unbalanced voucher, an unknown account and an unknown party."""
    home = sqlite_home.copy_to(tmp_path_factory.mktemp("books") / "home")
    with open_books(home.books_url) as source:
        line = source.all("account_move_line", "id = 3")[0]
        source.update("account_move_line", 3, debit=line["debit"] + Decimal("0.07"))
        lines = source.all("account_move_line", "party is not null and state = 'valid'")
        source.update("account_move_line", lines[0]["id"], account=NO_ACCOUNT)
        source.update("account_move_line", lines[1]["id"], party=NO_PARTY)
    home.run("run", code=(0, 3))
    return home


def checks(home: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Return the data checks by code."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for row in home.query(
        "select check_code, subject, amount, row_count, message_en, message_zh from data_checks"
    ):
        found.setdefault(row[0], []).append(row[1:])
    return found


def test_an_unbalanced_voucher_is_published_and_named_with_its_difference(home: Installation) -> None:
    named = [row for code, rows in checks(home).items() if "balance" in code for row in rows]
    assert any(abs(row[1]) == Decimal("0.07") for row in named), checks(home)  # type: ignore[arg-type]
    assert all(row[3] and row[4] for row in named)
    debit, credit = home.query("select sum(debit), sum(credit) from ledger_lines")[0]
    assert debit - credit == Decimal("0.07")


def test_unknown_account_and_party_stay_visible(home: Installation) -> None:
    assert home.query("select count(*) from ledger_lines") == [(659,)]
    known = home.query(
        "select count(*) from ledger_lines where account_code in (select account_code from accounts)"
    )
    assert known == [(658,)]
    told = str(checks(home)) + str(home.query("select * from unmapped_codes"))
    assert str(NO_ACCOUNT) in told
    assert str(NO_PARTY) in told


def test_accounts_that_are_known_keep_true_balances(home: Installation) -> None:
    with open_books(home.books_url) as source:
        accounts = {account["id"] for account in source.all("account_account")}
        for line in source.all("account_move_line"):
            if line["account"] not in accounts:
                source.delete("account_move_line", "id = :id", id=line["id"])
        truth = books.trial_balance(source)
        source.connection.rollback()
    codes = {key[3] for key in truth}
    ours = oracle.trial_balance_months(home, "erp", truth)
    assert differences(truth, {key: amounts for key, amounts in ours.items() if key[3] in codes}) == []
