"""What the end of a period asks for, worked out from the ledger: nothing where it is booked already."""

from decimal import Decimal

import pytest

from tests.packs.demo_home import demo_home
from tests.tryton.installation import Installation

# The open month is booked in part only.
LINES = "(select * from ledger_lines union all by name select * from unposted_ledger_lines)"
VAT = ("input_vat", "input_vat_transferred_out", "output_vat", "vat_due_transfer")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home over the demo group at its smallest, without planted mistakes; October 2026 is open."""
    return demo_home(tmp_path_factory)


def _drafted(home: Installation, event: str, columns: str) -> list[tuple[object, ...]]:
    return home.query(
        f"select {columns} from voucher_draft_lines where event = '{event}' and document_entity = 'periods' "
        "group by all order by all"
    )


def test_profit_is_the_sum_of_what_the_period_earned_and_cost(demo: Installation) -> None:
    drafted = _drafted(demo, "profit_transfer", "company_code, account_code, sum(amount)")
    of_period = demo.query(
        f"select company_code, account_code, sum(amount) from {LINES} "
        "where is_primary_ledger and status <> 'void' and fiscal_year = 2026 and period_no = 10 "
        "and account_type in ('revenue', 'expense') group by all having sum(amount) <> 0 order by all"
    )
    assert {row[0] for row in drafted} == {"HY01", "HY02", "HY03"}
    cleared = [(company, account, -amount) for company, account, amount in of_period]
    profit = [
        (company, "4103", sum((row[2] for row in of_period if row[0] == company), Decimal(0)))
        for company in ("HY01", "HY02", "HY03")
    ]
    assert drafted == sorted(cleared + profit)


def test_vat_due_leaves_nothing_on_the_account_of_the_period(demo: Installation) -> None:
    drafted = dict(_drafted(demo, "vat_transfer", "company_code, sum(debit)"))
    roles = ", ".join(f"'{role}'" for role in VAT)
    balances = dict(
        demo.query(
            f"select company_code, -sum(amount) from {LINES} where is_primary_ledger and status <> 'void' "
            f"and account_role in ({roles}) and (entry_kind <> 'opening' or fiscal_year = 2024) group by all"
        )
    )
    assert drafted == {company: due for company, due in balances.items() if due > 0}
    assert len(balances) == 3


def test_foreign_balances_that_are_revalued_already_ask_for_nothing(demo: Installation) -> None:
    """The group's own clerks revalued the bank, receivables and payables of October, by their own sums."""
    held = demo.query(
        f"select count(*) from {LINES} where entry_kind = 'revaluation' and fiscal_year = 2026 "
        "and period_no = 10 and account_role <> 'exchange_difference'"
    )
    drafted = _drafted(demo, "exchange_revaluation", "account_code, sum(amount)")
    assert held[0][0] > 0
    assert [account for account, _ in drafted if str(account).startswith(("1002", "1122", "2202"))] == []


def test_every_draft_of_a_period_balances_and_is_explained(demo: Installation) -> None:
    drafts = demo.query(
        "select draft_id, debit, credit from voucher_drafts where document_entity = 'periods'"
    )
    assert drafts
    assert all(debit == credit != 0 for _, debit, credit in drafts)
    told = demo.run("vouchers", "explain", str(drafts[0][0])).output
    assert "account_determination.csv" in told
    assert "voucher_rules.csv" in told
