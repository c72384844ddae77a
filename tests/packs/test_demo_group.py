"""The packs on the demo group's books: what they make of them equals the vendors' own sums."""

import pytest

from tests.packs.demo_home import demo_home
from tests.tryton.installation import Installation

BALANCES = """
select source_id, fiscal_year, period_no, account_code, difference_amount
from trial_balance
where posting_scope = 'posted' and reported_closing_amount is not null and source_id {sources}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home over the demo group at its smallest, without planted mistakes."""
    return demo_home(tmp_path_factory)


def different(home: Installation, sources: str) -> tuple[int, set[str]]:
    """Count the compared balances, and name the accounts whose balance differs."""
    rows = home.query(BALANCES.format(sources=sources))
    return len(rows), {str(row[3]) for row in rows if row[4] != 0}


def test_u8s_own_sums_equal_the_trial_balance(demo: Installation) -> None:
    compared, accounts = different(demo, "like 'u8%'")
    assert compared > 2500
    assert accounts == set()


def test_saps_own_totals_equal_the_feeder_books_balances(demo: Installation) -> None:
    compared, accounts = different(demo, "= 'sap'")
    assert compared > 800
    assert accounts == set()


def test_each_company_has_one_primary_book_and_saps_is_none(demo: Installation) -> None:
    rows = demo.query(
        "select distinct company_code, is_primary, split_part(source_id, '_', 1) from ledgers order by all"
    )
    assert rows == [
        ("HY01", False, "sap"),
        ("HY01", True, "u8"),
        ("HY02", False, "sap"),
        ("HY02", True, "u8"),
        ("HY03", True, "u8"),
    ]


def test_a_rule_that_names_one_yearly_database_holds_for_all_of_them(demo: Installation) -> None:
    rows = demo.query("select source_id from ledgers where company_code = 'HY01' and is_primary order by 1")
    assert rows == [("u8_001_2024",), ("u8_001_2025",), ("u8_001_2026",)]


def test_open_items_over_yearly_databases_add_up_to_the_control_accounts(demo: Installation) -> None:
    """Each year's database opens with what the year before left: that counts once."""
    ages = demo.query("""
        select company_code, sum(open_amount)
        from (
            select company_code, as_of_date, open_amount from receivables_ageing
            union all
            select company_code, as_of_date, -open_amount from payables_ageing
        ) where as_of_date = date '2026-10-31' group by company_code order by 1
    """)
    books = demo.query("""
        select company_code, sum(closing_amount) from trial_balance
        where fiscal_year = 2026 and period_no = 10 and posting_scope = 'posted' and is_primary_ledger
            and account_role in ('accounts_receivable', 'accounts_payable')
        group by company_code order by 1
    """)
    assert [company for company, _ in books] == ["HY01", "HY02", "HY03"]
    assert ages == books


def test_years_open_with_what_the_year_before_left(demo: Installation) -> None:
    assert demo.query("select * from data_checks where check_code = 'year_opening_differs'") == []


def test_vouchers_that_name_a_document_of_sap_find_it(demo: Installation) -> None:
    rows = demo.query("""
        select origin_entity, count(*), count(origin_document_id), count(origin_source_id)
        from ledger_lines
        where source_id like 'u8_001%' or source_id like 'u8_002%'
        group by origin_entity having origin_entity is not null order by 1
    """)
    assert {row[0] for row in rows} == {
        "cash_movements", "goods_receipts", "purchase_invoices", "sales_invoices", "shipments",
    }  # fmt: skip
    assert all(row[1] == row[2] == row[3] for row in rows)
    missing = demo.query("""
        select line.origin_document_id from ledger_lines as line
        left join sales_events as event
            on line.origin_source_id = event.source_id and line.origin_document_id = event.document_id
        where line.source_id like 'u8_001%' and line.origin_entity = 'sales_invoices'
            and event.source_id is null
    """)
    assert missing == []


def test_what_is_landed_is_complete_and_nothing_is_rejected(demo: Installation) -> None:
    assert demo.query("select source_id, table_name from sync_tables where not is_complete") == []
    assert demo.query("select count(*) from quarantined_rows") == [(0,)]
