"""The packs on the demo group's books: what they make of them equals the vendors' own sums."""

import csv
import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.packs.demo_home import demo_home
from tests.tryton.installation import Installation

BALANCES = """
select source_id, fiscal_year, period_no, account_code, difference_amount
from trial_balance
where posting_scope = 'posted' and reported_closing_amount is not null and source_id {sources}
"""


@pytest.fixture(scope="module")
def demo(group_home: Installation) -> Installation:
    """Return the home of the demo group."""
    return group_home


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


def test_vouchers_that_name_a_document_of_sap_find_it_but_for_mistyped_ones(demo: Installation) -> None:
    named = """
        from ledger_lines
        where (source_id like 'u8_001%' or source_id like 'u8_002%') and origin_document_no is not null
    """
    found = demo.query(f"select origin_entity, count(origin_source_id) {named} group by 1 order by 1")
    assert [entity for entity, count in found if count > 100] == [
        "cash_movements", "goods_receipts", "purchase_invoices", "sales_invoices", "shipments",
    ]  # fmt: skip
    lost = demo.query(f"select distinct source_id, voucher_id {named} and origin_source_id is null")
    with (demo.folder / "demo" / "labels.csv").open(encoding="utf-8") as file:
        mistyped = [
            line.split("/")
            for row in csv.DictReader(file)
            if row["kind"] == "wrong_reference"
            for line in row["voucher_line"].split()
        ]
    told = {
        demo.query("select source_id, voucher_id from ledger_lines where source_id = ? and line_id = ?",
                   [database, number])[0]
        for database, _, number in mistyped
        if not database.startswith("u8_003")
    }  # fmt: skip
    assert lost
    assert set(lost) <= told


def test_a_voucher_leads_to_the_document_in_the_other_system(demo: Installation) -> None:
    missing = demo.query("""
        select line.origin_document_id from ledger_lines as line
        left join sales_events as event
            on line.origin_source_id = event.source_id and line.origin_document_id = event.document_id
        where line.source_id like 'u8_001%' and line.origin_entity = 'sales_invoices'
            and line.origin_source_id is not null and event.source_id is null
    """)
    assert missing == []


def test_control_totals_of_both_systems_agree_with_their_rows(demo: Installation) -> None:
    """U8's GL_accsum, GL_accass and IA_Summary, SAP's GLT0, BSIK and BSID, MBEW: no difference anywhere."""
    rows = demo.query("""
        select control_kind, split_part(source_id, '_', 1), count(*), count(*) filter (where not is_equal)
        from control_totals group by all order by 1, 2
    """)
    assert [(kind, system) for kind, system, _, _ in rows] == [
        ("account", "sap"), ("account", "u8"), ("auxiliary", "u8"), ("partner", "sap"), ("partner", "u8"),
        ("stock", "sap"), ("stock", "u8"),
    ]  # fmt: skip
    assert all(count > 50 and unequal == 0 for _, _, count, unequal in rows)


def test_balances_by_dimension_are_those_of_the_auxiliary_balances(demo: Installation) -> None:
    """The controls tell partners by the source's code, the mart by the master's; departments are one."""
    rows = demo.query("""
        with control as (
            select source_id, fiscal_year, period_no, account_code, org_unit_code, project_code,
                sum(our_amount) as amount from control_totals
            where control_kind in ('partner', 'auxiliary') and source_id like 'u8%' group by all
        ),
        mart as (
            select source_id, fiscal_year, period_no, account_code, org_unit_code, project_code,
                sum(closing_amount) as amount from auxiliary_balances
            semi join control using (source_id, fiscal_year, period_no) group by all
        )
        select count(*), count(*) filter (where coalesce(control.amount, 0) <> coalesce(mart.amount, 0)),
            count(distinct control.org_unit_code), count(distinct control.project_code)
        from control full join mart on control.source_id = mart.source_id
            and control.fiscal_year = mart.fiscal_year and control.period_no = mart.period_no
            and control.account_code = mart.account_code
            and control.org_unit_code is not distinct from mart.org_unit_code
            and control.project_code is not distinct from mart.project_code
    """)
    compared, unequal, departments, projects = rows[0]
    assert compared > 1000
    assert unequal == 0
    assert departments > 5
    assert projects > 2


def test_values_of_stock_are_told_by_documents_where_the_ledger_names_no_items(demo: Installation) -> None:
    rows = demo.query("""
        select count(*), count(our_amount), count(distinct item_code), sum(our_amount) > 0 from control_totals
        where control_kind = 'stock' and source_id = 'u8_003'
    """)
    assert rows[0][0] == rows[0][1] > 500
    assert rows[0][2] > 40
    assert rows[0][3] is True


def test_one_balance_changed_in_the_source_is_one_difference(demo: Installation, tmp_path: Path) -> None:
    """A customer's balance and the value of an item's stock, each told 100.00 too high by U8."""
    wrong = demo.copy_to(tmp_path / "wrong")
    with closing(sqlite3.connect(wrong.folder / "demo" / "u8_003.db")) as books:
        customer, account = books.execute(
            "select ccus_id, ccode from GL_accass where iyear = 2026 and iperiod = 5 and ccus_id is not null"
            " and cendd_c = '借' order by i_id limit 1"
        ).fetchone()
        item = books.execute(
            "select cInvCode from IA_Summary where iYear = 2026 and iMonth = 5 order by 1 limit 1"
        ).fetchone()[0]
        books.execute(
            "update GL_accass set me = me + 100"
            " where iyear = 2026 and iperiod = 5 and ccus_id = ? and ccode = ?",
            (customer, account),
        )
        books.execute(
            "update IA_Summary set iMoney = iMoney + 100 where iYear = 2026 and iMonth = 5 and cInvCode = ?",
            (item,),
        )
        books.commit()
    wrong.run("run", timeout=900)
    assert wrong.query(
        "select control_kind, source_id, fiscal_year, period_no, account_code, partner_code, item_code,"
        " difference_amount from control_totals where not is_equal order by 1"
    ) == [
        ("partner", "u8_003", 2026, 5, account, customer, None, Decimal("-100.0000")),
        ("stock", "u8_003", 2026, 5, None, None, item, Decimal("-100.0000")),
    ]
    assert wrong.query("select check_code from data_checks where check_code like 'reported%' order by 1") == [
        ("reported_partner_differs",),
        ("reported_stock_differs",),
    ]


def test_codes_left_unmapped_are_on_the_worklist_with_their_money(demo: Installation) -> None:
    rows = demo.query("select entity, count(*), sum(abs(amount_at_stake)) > 0 from unmapped_codes group by 1")
    assert {entity: has_money for entity, _, has_money in rows}["partners"] is True
    assert demo.query("select count(*) from partners where partner_code like 'u8_003:V%'")[0][0] < 20


def test_the_command_tells_what_is_wrong_from_the_marts(demo: Installation) -> None:
    said = (demo.folder.parent / "said.txt").read_text(encoding="utf-8")
    lines = re.findall(r"^ +\d\. (.+)$", said, re.MULTILINE)
    assert len(lines) == 5
    assert all(re.search(r"\d,\d{3}", line) for line in lines)
    overdue = demo.query("""
        select sum(open_amount) from receivables_ageing
        where as_of_date = date '2026-10-31' and row_kind = 'invoice' and due_date < as_of_date
            and open_amount > 0
    """)[0][0]
    if told := [line for line in lines if line.startswith("Overdue receivables")]:
        assert f"{overdue:,.2f}" in told[0]
    assert re.search(r"Sync: (\d+) of \1 tables", said)


def test_what_happens_in_a_day_of_life_comes_in_and_nothing_breaks(
    demo: Installation, tmp_path: Path
) -> None:
    living = demo.copy_to(tmp_path / "living")
    before = living.query("select count(*) from ledger_lines")[0][0]
    assert "2026-11-01" in living.run("demo", "tick", "--lang", "en").output
    living.run("run", timeout=900)
    assert living.query("select count(*) from ledger_lines")[0][0] > before
    assert living.query("select * from control_totals where not is_equal") == []
    posted = living.query(
        "select distinct origin_entity from ledger_lines"
        " where source_id = 'sap' and posting_date = '2026-11-01'"
    )
    assert {("goods_receipts",), ("purchase_invoices",), (None,)} <= set(posted)


def test_what_is_landed_is_complete_and_nothing_is_rejected(demo: Installation) -> None:
    assert demo.query("select source_id, table_name from sync_tables where not is_complete") == []
    assert demo.query("select count(*) from quarantined_rows") == [(0,)]


def test_every_bridge_of_the_group_closes(demo: Installation) -> None:
    rows = demo.query(
        "select bridge_code, company_code, fiscal_year, period_no, "
        "sum(case when row_kind = 'to_total' then -amount else amount end) as residual "
        "from bridge_summary group by all having residual <> 0"
    )
    assert rows == []
    assert demo.query("select count(distinct company_code) from bridge_summary") == [(3,)]


def test_books_without_mistakes_have_no_findings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The codes of two systems for one partner are no defect, though no master data joins them."""
    clean = demo_home(tmp_path_factory)
    assert clean.query("select explanation_en from findings") == []


def test_a_period_is_as_the_primary_ledger_says(demo: Installation) -> None:
    """The business system has closed the months to come already; the ledger has not said anything."""
    states = dict(
        demo.query(
            "select period_no, status from periods where company_code = 'HY01' and fiscal_year = 2026 "
            "and period_no between 9 and 12"
        )
    )
    assert states == {9: "closed", 10: "open", 11: "unknown", 12: "unknown"}
