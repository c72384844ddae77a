"""The worked example: 100 units ordered at 10.00, received in two months, invoiced at 10.20."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from tests.bridge.harness import Given, Harness, booked, document

JAN, FEB = 1, 2
ORDER = document("purchase_orders", "10", date(2026, 1, 28), "100", "1000.00", order_line_id="10")
FIRST = document("goods_receipts", "20", date(2026, 1, 30), "60", "600.00", order_line_id="10")
SECOND = document("goods_receipts", "21", date(2026, 2, 3), "40", "400.00", order_line_id="10")
INVOICE = document("purchase_invoices", "30", date(2026, 2, 10), "100", "1020.00", order_line_id="10")
LINKS = [("20", "60", "612.00"), ("21", "40", "408.00")]
END, START, BILLED = date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 10)
WHOLE = {"inventory": "1020.00", "input_vat": "132.60", "accounts_payable": "-1152.60"}
ESTIMATE = ("estimate", FIRST, END, {"inventory": "600.00", "grni": "-600.00"})
RED = {"inventory": "-600.00", "grni": "600.00"}
CLEARED = {
    "grni": "600.00",
    "inventory": "420.00",
    "input_vat": "132.60",
    "accounts_payable": "-1152.60",
}
REALTIME = {"grni": "1000.00", "inventory": "20.00", "input_vat": "132.60", "accounts_payable": "-1152.60"}
Entry = tuple[str, Given, date, Mapping[str, str]]
POLICIES: dict[str, list[Entry]] = {
    "month_start_reversal": [
        ESTIMATE,
        ("estimate_reversal", FIRST, START, RED),
        ("purchase_invoice", INVOICE, BILLED, WHOLE),
    ],
    "on_invoice_reversal": [
        ESTIMATE,
        ("estimate_reversal", FIRST, BILLED, RED),
        ("purchase_invoice", INVOICE, BILLED, WHOLE),
    ],
    "on_invoice_difference": [ESTIMATE, ("purchase_invoice", INVOICE, BILLED, CLEARED)],
    "gr_ir_realtime": [
        ("goods_receipt", FIRST, date(2026, 1, 30), {"inventory": "600.00", "grni": "-600.00"}),
        ("goods_receipt", SECOND, date(2026, 2, 3), {"inventory": "400.00", "grni": "-400.00"}),
        ("purchase_invoice", INVOICE, BILLED, REALTIME),
    ],
}
Steps = dict[tuple[str, int], Decimal]


def state(harness: Harness, entries: list[Entry], *, in_ledger: bool = True) -> None:
    """State the documents and entries, and run."""
    harness.insert("document_lines", [ORDER, FIRST, SECOND, INVOICE])
    links = [
        {
            "source_id": "erp",
            "from_entity": "goods_receipts",
            "from_line_id": receipt,
            "to_entity": "purchase_invoices",
            "to_line_id": "30",
            "quantity": quantity,
            "amount": amount,
        }
        for receipt, quantity, amount in LINKS
    ]
    harness.insert("document_links", links)
    for number, (event, line, day, amounts) in enumerate(entries, start=1):
        expected, ledger = booked(event, line, day, amounts, f"V{number}")
        harness.insert("expected_voucher_lines", expected)
        if in_ledger:
            harness.insert("journal_lines", ledger)
    harness.run()


def steps(harness: Harness, bridge: str) -> Steps:
    found: Steps = defaultdict(Decimal)
    rows = harness.ask(
        f"select step_code, period_no, amount from marts.bridge_summary where bridge_code = '{bridge}'"
    )
    for code, period, amount in rows:
        if amount != 0:
            found[code, period] += amount
    return dict(found)


def test_the_steps_of_the_example_under_reversal_at_the_month_start(harness: Harness) -> None:
    state(harness, POLICIES["month_start_reversal"])
    assert steps(harness, "purchases_to_inventory") == {
        ("purchases_ordered_gross", JAN): Decimal("1130.00"),
        ("tax", JAN): Decimal("-130.00"),
        ("order_to_delivery", JAN): Decimal("-400.00"),
        ("order_to_delivery", FEB): Decimal("400.00"),
        ("estimate_reversal", FEB): Decimal("-600.00"),
        ("invoiced_after_reversal", FEB): Decimal("600.00"),
        ("price_variance", FEB): Decimal("20.00"),
        ("ledger_posted", JAN): Decimal("600.00"),
        ("ledger_posted", FEB): Decimal("420.00"),
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_closes_and_is_matched(policy: str, harness: Harness) -> None:
    """Inventory is equal once invoiced, the estimate clears to zero, tax and payable are the invoice's."""
    state(harness, POLICIES[policy])
    assert harness.ask("select finding_class from marts.findings") == []
    assert harness.ask("select distinct finding_class from core.ledger_line_shares") == [("matched",)]
    balances = harness.ask(
        "select account_role, sum(amount) from marts.caliber_amounts "
        "where caliber_code = 'ledger_posted' group by 1"
    )
    assert dict(balances) == {
        "inventory": Decimal("1020.00"),
        "grni": Decimal("0.00"),
        "input_vat": Decimal("132.60"),
        "accounts_payable": Decimal("-1152.60"),
    }
    inventory = steps(harness, "purchases_to_inventory")
    january = inventory[("ledger_posted", JAN)]
    assert january == Decimal("600.00")
    assert inventory[("ledger_posted", FEB)] == Decimal("420.00")
    assert not {code for code, _ in inventory} & {"rule_difference", "other_account", "received_not_booked"}
    payables = steps(harness, "purchases_to_payables")
    assert payables[("ledger_posted", FEB)] == Decimal("1152.60")
    assert ("ledger_posted", JAN) not in payables
    assert steps(harness, "purchases_to_input_vat")[("ledger_posted", FEB)] == Decimal("132.60")


def test_sold_before_the_invoice_the_variance_of_what_is_gone_leaves_stock(harness: Harness) -> None:
    """The 60 units are sold in January: the 12.00 on them go to cost of sales and not to stock."""
    sold = {**WHOLE, "inventory": "1008.00", "cogs": "12.00"}
    entries = POLICIES["month_start_reversal"][:2]
    state(harness, [*entries, ("purchase_invoice", INVOICE, BILLED, sold)])
    inventory = steps(harness, "purchases_to_inventory")
    assert inventory[("ledger_posted", FEB)] == Decimal("408.00")
    assert inventory[("variance_of_goods_sold", FEB)] == Decimal("-12.00")
    assert harness.ask("select finding_class from marts.findings") == []


def test_nothing_booked_is_missing_event_by_event(harness: Harness) -> None:
    state(harness, POLICIES["month_start_reversal"], in_ledger=False)
    found = harness.ask("select finding_class, event, amount from marts.findings order by event, fiscal_year")
    assert found == [
        ("missing", "estimate", Decimal("-600.00")),
        ("missing", "estimate_reversal", Decimal("-600.00")),
        ("missing", "purchase_invoice", Decimal("-1152.60")),
    ]
    assert steps(harness, "purchases_to_inventory")[("missing", JAN)] == Decimal("-600.00")
