"""Whatever happens to documents and vouchers: every bridge closes, and order of arrival changes nothing."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bridge.harness import Given, Harness, booked, document

BEGIN = date(2026, 1, 5)
DEFECTS = (
    "none",
    "none",
    "missing",
    "double",
    "cent",
    "moved",
    "account",
    "partner",
    "unnamed",
    "cent+moved",
)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Happening:
    """One thing that happened: kind, order, day, quantity, price in cents, rate in per cent, mistake."""

    kind: str
    order: int
    day: int
    quantity: int
    price: int
    rate: int
    linked: bool
    mistake: str


happenings = st.builds(
    Happening,
    kind=st.sampled_from(["purchase_orders", "goods_receipts", "purchase_invoices", "sales_invoices"]),
    order=st.integers(0, 2),
    day=st.integers(0, 110),
    quantity=st.integers(-3, 12),
    price=st.integers(0, 5000),
    rate=st.sampled_from([100, 100, 713]),
    linked=st.booleans(),
    mistake=st.sampled_from(DEFECTS),
)


def lines_of(history: list[Happening]) -> list[Given]:
    """Return the document lines of a history; the first of an order number is the order."""
    made: list[Given] = []
    for number, one in enumerate(history):
        net = Decimal(one.quantity * one.price) / 100
        base = (net * one.rate / 100).quantize(CENT, ROUND_HALF_UP)
        more: dict[str, Any] = {"order_line_id": f"O{one.order}", "base_net_amount": base}
        line_id = f"L{number}"
        if one.kind == "purchase_orders":
            line_id = f"O{one.order}"
            more["status"] = "cancelled" if one.mistake == "missing" else "approved"
            more["is_counted"] = one.mistake != "missing"
        if one.rate != 100:
            more |= {"currency_code": "USD", "exchange_rate": Decimal(one.rate) / 100}
        line = document(one.kind, line_id, BEGIN + timedelta(one.day), str(one.quantity), str(net), **more)
        tax = (base * Decimal("0.13")).quantize(CENT)
        line = {
            **line,
            "base_tax_amount": tax,
            "base_gross_amount": base + tax,
            "is_return": one.quantity < 0,
        }
        if one.kind != "purchase_orders" or all(line_id != other["line_id"] for other in made):
            made.append(line)
    return made


def links_of(history: list[Happening], lines: list[Given]) -> list[Given]:
    """Link some invoices to some receipt, also of another order and with other quantities."""
    receipts = [line for line in lines if line["entity"] == "goods_receipts"]
    invoices = [line for line in lines if line["entity"] == "purchase_invoices"]
    return [
        {
            "source_id": "erp",
            "from_entity": "goods_receipts",
            "from_line_id": receipts[position % len(receipts)]["line_id"],
            "to_entity": "purchase_invoices",
            "to_line_id": invoice["line_id"],
            "quantity": None if one.mistake == "cent" else one.quantity,
            "amount": invoice["net_amount"],
        }
        for position, (one, invoice) in enumerate(zip(history, invoices, strict=False))
        if receipts and one.linked
    ]


def entries_of(history: list[Happening], lines: list[Given]) -> tuple[list[Given], list[Given]]:
    """Return what must be in the ledger, and a ledger with the mistakes of the history."""
    expected: list[Given] = []
    ledger: list[Given] = []
    for number, line in enumerate(lines):
        one = history[number % len(history)]
        net, gross = line["base_net_amount"], line["base_gross_amount"]
        kinds = {
            "goods_receipts": ("estimate", {"inventory": net, "grni": -net}),
            "purchase_invoices": (
                "purchase_invoice",
                {"inventory": net, "input_vat": gross - net, "accounts_payable": -gross},
            ),
            "sales_invoices": (
                "sales_invoice",
                {"accounts_receivable": gross, "revenue": -net, "output_vat": net - gross},
            ),
        }
        if line["entity"] not in kinds:
            continue
        event, amounts = kinds[line["entity"]]
        shown = {role: str(amount) for role, amount in amounts.items() if amount != 0}
        wanted, found = booked(event, line, line["event_date"], shown, f"V{number}")
        expected += wanted
        ledger += mistaken(found, one.mistake, number)
    return expected, ledger


def mistaken(lines: list[Given], mistake: str, number: int) -> list[Given]:
    """Return a voucher's lines with a mistake."""
    if mistake == "missing" or not lines:
        return []
    changed = [dict(line) for line in lines]
    if mistake == "double":
        return lines + [
            {**line, "voucher_id": f"W{number}", "line_id": f"W{line['line_id']}"} for line in lines
        ]
    if "cent" in mistake:
        changed[0]["amount"] += CENT
    if "moved" in mistake:
        changed = [{**line, "period_no": line["period_no"] + 1} for line in changed]
    if mistake == "account":
        changed[0] |= {"account_code": "cash", "account_role": "cash"}
    if mistake == "partner":
        changed = [{**line, "partner_code": line["partner_code"] and "P2"} for line in changed]
    if mistake == "unnamed":
        names = ("origin_entity", "origin_document_id", "origin_document_no")
        changed = [{**line, **dict.fromkeys(names), "is_posted": number % 2 == 0} for line in changed]
        changed = [{**line, "status": "posted" if line["is_posted"] else "draft"} for line in changed]
    return [*changed]


EVERYTHING = """
select bridge_code, step_no, step_code, company_code, fiscal_year, period_no, account_role, partner_code,
    document_no, voucher_no, amount
from marts.bridge_lines order by all
"""


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(happenings, min_size=1, max_size=14), seed=st.integers(0, 9))
def test_every_bridge_closes_in_whatever_order_things_arrive(
    harness: Harness, history: list[Happening], seed: int
) -> None:
    lines = lines_of(history)
    links = links_of(history, lines)
    expected, ledger = entries_of(history, lines)
    seen = []
    for shuffled in (False, True):
        harness.clear()
        for table, rows in (
            ("document_lines", lines),
            ("document_links", links),
            ("expected_voucher_lines", expected),
            ("journal_lines", ledger),
        ):
            arriving = list(rows)
            if shuffled:
                random.Random(seed).shuffle(arriving)
            harness.insert(table, arriving)
        harness.run()  # every residual 0, shares sum to their line, classes are the ledger
        seen.append(harness.ask(EVERYTHING))
    assert seen[0] == seen[1]
