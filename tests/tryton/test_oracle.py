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


SOURCES = (
    "erp",
    pytest.param("pg", marks=pytest.mark.services),
    pytest.param("maria", marks=pytest.mark.services),
)


@pytest.fixture(scope="session", params=SOURCES)
def source(request: pytest.FixtureRequest, four_books: Installation) -> str:
    """Return the id of each instance of the demo books in turn."""
    source_id: str = request.param
    request.getfixturevalue(
        {"erp": "four_books", "pg": "postgresql_books", "maria": "mariadb_books"}[source_id]
    )
    return source_id


def test_trial_balance_of_every_account_and_month_posted_and_all(
    four_books: Installation, source: str
) -> None:
    expected = oracle.trial_balance(DEMO, span="month")
    assert len(expected) == 342
    assert differences(expected, oracle.trial_balance_months(four_books, source, expected)) == []


def test_trial_balance_of_every_account_and_year_posted_and_all(
    four_books: Installation, source: str
) -> None:
    expected = oracle.trial_balance(DEMO, span="year")
    assert differences(expected, oracle.trial_balance_years(four_books, source)) == []


@pytest.mark.parametrize("account", POSTED_2025)
def test_closing_of_2025_as_printed(four_books: Installation, source: str, account: str) -> None:
    rows = four_books.query(
        """
        select closing_amount from trial_balance
        where posting_scope = 'posted' and fiscal_year = 2025 and period_no = 12
            and source_id = ? and replace(account_code, source_id || ':', '') = ?
        """,
        [source, account],
    )
    assert rows == [(Decimal(POSTED_2025[account]),)]


def test_balance_sheet_at_three_dates(four_books: Installation, source: str) -> None:
    expected = oracle.balance_sheet(DEMO)
    assert differences(expected, oracle.balance_sheet_mart(four_books, source, expected)) == []


def test_income_statement_of_every_month_and_year(four_books: Installation, source: str) -> None:
    expected = oracle.income_statement(DEMO)
    assert differences(expected, oracle.income_statement_mart(four_books, source, expected)) == []


def test_aged_balance_of_every_party_at_three_dates(four_books: Installation, source: str) -> None:
    expected = oracle.aged_balance(DEMO)
    assert differences(expected, oracle.aged_balance_mart(four_books, source, expected)) == []


def test_stock_of_every_item_at_two_dates(four_books: Installation, source: str) -> None:
    expected = oracle.stock(DEMO)
    assert differences(expected, oracle.stock_mart(four_books, source, expected)) == []


def test_tax_codes_of_2025(four_books: Installation, source: str) -> None:
    expected = oracle.tax_codes(DEMO)
    assert differences(expected, oracle.tax_codes_mart(four_books, source, expected)) == []


def test_posted_open_items_add_up_to_the_control_accounts(four_books: Installation, source: str) -> None:
    for mart, role, sign in (("payables_ageing", "2.1.1", -1), ("receivables_ageing", "1.2.1", 1)):
        rows = four_books.query(
            f"""
            select period_end, {sign} * closing_amount, (
                select coalesce(sum(open_amount), 0) from {mart}
                where is_posted and source_id = b.source_id and as_of_date = b.period_end)
            from trial_balance as b
            where posting_scope = 'posted' and source_id = ?
                and replace(account_code, source_id || ':', '') = ? and period_end <= '2026-02-28'
            """,
            [source, role],
        )
        assert len(rows) >= 10
        assert [row for row in rows if row[1] != row[2]] == []
