"""The marts equal the reports that Tryton itself printed from the same books, on three databases."""

from decimal import Decimal

import pytest

from tests.tryton import oracle
from tests.tryton.installation import Installation
from tests.tryton.oracle import DEMO, differences

POSTED_2025 = {
    "1.1.1": "3552966.05",
    "1.2.1": "5456.86",
    "1.3.1": "1006261.43",
    "2.1.1": "-76360.48",
    "4.1.1": "-27041.07",
}


@pytest.fixture(
    scope="session",
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.services),
        pytest.param("mariadb", marks=pytest.mark.services),
    ],
)
def home(request: pytest.FixtureRequest) -> Installation:
    """Return the home of each database in turn."""
    found: Installation = request.getfixturevalue(f"{request.param}_home")
    return found


def test_trial_balance_of_every_account_and_month_posted_and_all(home: Installation) -> None:
    expected = oracle.trial_balance(DEMO, span="month")
    assert len(expected) == 342
    assert differences(expected, oracle.trial_balance_months(home, "erp", expected)) == []


def test_trial_balance_of_every_account_and_year_posted_and_all(home: Installation) -> None:
    expected = oracle.trial_balance(DEMO, span="year")
    assert differences(expected, oracle.trial_balance_years(home, "erp")) == []


@pytest.mark.parametrize("account", POSTED_2025)
def test_closing_of_2025_as_printed(home: Installation, account: str) -> None:
    rows = home.query(
        "select closing_amount from trial_balance where posting_scope = 'posted' and fiscal_year = 2025"
        " and period_no = 12 and account_code = ?",
        [account],
    )
    assert rows == [(Decimal(POSTED_2025[account]),)]


def test_balance_sheet_at_three_dates(home: Installation) -> None:
    expected = oracle.balance_sheet(DEMO)
    assert differences(expected, oracle.balance_sheet_mart(home, "erp", expected)) == []


def test_income_statement_of_every_month_and_year(home: Installation) -> None:
    expected = oracle.income_statement(DEMO)
    assert differences(expected, oracle.income_statement_mart(home, "erp", expected)) == []


def test_aged_balance_of_every_party_at_three_dates(home: Installation) -> None:
    expected = oracle.aged_balance(DEMO)
    assert differences(expected, oracle.aged_balance_mart(home, "erp", expected)) == []


def test_stock_of_every_item_at_two_dates(home: Installation) -> None:
    expected = oracle.stock(DEMO)
    assert differences(expected, oracle.stock_mart(home, "erp", expected)) == []


def test_tax_codes_of_2025(home: Installation) -> None:
    expected = oracle.tax_codes(DEMO)
    assert differences(expected, oracle.tax_codes_mart(home, "erp", expected)) == []
