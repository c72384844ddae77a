"""What an invented company did, on an ERP that nobody has a pack for: documents as rows of virtual bills.

Receipts split over months, over-delivery, an order closed short, one cancelled, a receipt without order,
returns, dollars, advances. `covered` and `delivered` tell which invoice lines stand for which receipt or
shipment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
D = Decimal
TITLES = {
    "purchase_orders": "PO",
    "goods_receipts": "RK",
    "purchase_invoices": "FP",
    "sales_orders": "SO",
    "shipments": "CK",
    "sales_invoices": "XS",
    "cash_movements": "SF",
}

# number: day, supplier, quantity, price, currency, rate at the order, status
ORDERS = {
    1: ("01-06", "S-1", 100, "10.00", "CNY", "1", "approved"),
    2: ("01-08", "S-2", 50, "23.37", "CNY", "1", "approved"),
    3: ("01-15", "S-2", 100, "7.77", "CNY", "1", "approved"),
    4: ("02-02", "S-1", 80, "15.55", "CNY", "1", "closed"),
    5: ("02-20", "S-3", 30, "100.00", "USD", "7.10", "approved"),
    6: ("03-11", "S-2", 40, "12.50", "CNY", "1", "approved"),
    7: ("04-03", "S-1", 10, "66.00", "CNY", "1", "cancelled"),
}
# number: day, order, quantity, rate; of 7 there is no order
RECEIPTS = {
    1: ("01-30", 1, 60, "1"),
    2: ("02-03", 1, 40, "1"),
    3: ("01-12", 2, 50, "1"),
    4: ("02-07", 3, 103, "1"),
    5: ("02-18", 4, 60, "1"),
    6: ("02-24", 5, 30, "7.15"),
    7: ("03-06", 0, 12, "1"),
    8: ("03-25", 6, 40, "1"),
    9: ("04-08", 2, -5, "1"),
}
# number, line: day, receipt, quantity, price, rate
INVOICES = {
    (1, 1): ("02-10", 1, 60, "10.20", "1"),
    (1, 2): ("02-10", 2, 40, "10.20", "1"),
    (2, 1): ("01-20", 3, 50, "23.37", "1"),
    (3, 1): ("02-25", 4, 50, "7.77", "1"),
    (4, 1): ("03-14", 4, 53, "7.77", "1"),
    (5, 1): ("03-05", 5, 60, "15.50", "1"),
    (6, 1): ("03-10", 6, 30, "100.00", "7.20"),
    (7, 1): ("03-20", 7, 12, "31.10", "1"),
    (8, 1): ("04-15", 9, -5, "23.37", "1"),
}
# number: day, customer, quantity, price, unit cost, rate; sold as ordered
SHIPMENTS = {
    1: ("01-31", "C-1", 40, "18.00", "10.00", "1"),
    2: ("02-15", "C-2", 30, "33.33", "21.11", "1"),
    3: ("03-09", "C-3", 20, "25.00", "15.00", "7.19"),
    4: ("04-10", "C-1", -4, "18.00", "10.00", "1"),
    5: ("04-25", "C-1", 6, "40.00", "22.00", "1"),
    6: ("04-22", "C-2", 3, "17.31", "9.00", "1"),
    7: ("04-22", "C-2", 5, "17.31", "9.00", "1"),
}
# number: day, shipment, quantity, rate
BILLS = {
    1: ("02-06", 1, 40, "1"),
    2: ("02-28", 2, 10, "1"),
    3: ("03-12", 2, 20, "1"),
    4: ("03-16", 3, 20, "7.22"),
    5: ("04-18", 4, -4, "1"),
    6: ("04-23", 6, 3, "1"),
    7: ("04-23", 7, 5, "1"),
}
# number: day, partner, amount, rate, what it settles (entity, number, line); none: an advance
MONEY = {
    1: ("02-27", "S-1", "691.56", "1", ("purchase_invoices", 1, 1)),
    2: ("02-05", "S-2", "500.00", "1", ("purchase_invoices", 2, 1)),
    3: ("03-28", "S-3", "3000.00", "7.25", ("purchase_invoices", 6, 1)),
    4: ("02-04", "S-1", "600.00", "1", None),
    5: ("03-03", "C-1", "813.60", "1", ("sales_invoices", 1, 1)),
    6: ("04-11", "C-3", "500.00", "7.19", ("sales_invoices", 4, 1)),
    7: ("02-12", "C-2", "300.00", "1", None),
}
# advance: day, what it is used for
OFFSETS = {4: ("03-06", ("purchase_invoices", 5, 1)), 7: ("03-01", ("sales_invoices", 2, 1))}


def cents(value: Decimal) -> Decimal:
    """Round to cents, half up."""
    return value.quantize(D("0.01"), ROUND_HALF_UP)


def day_of(text: str) -> date:
    """Return a day of 2025 from month and day."""
    return date.fromisoformat(f"2025-{text}")


@dataclass
class Business:
    """The documents of one company; its numbers are written in a style of its own."""

    company: str
    style: str
    rows: dict[str, dict[Any, Row]] = field(default_factory=lambda: defaultdict(dict))
    covered: dict[Any, list[Row]] = field(default_factory=lambda: defaultdict(list))
    delivered: dict[Any, list[Row]] = field(default_factory=lambda: defaultdict(list))
    settlements: list[Row] = field(default_factory=list)

    def number(self, entity: str, number: int) -> str:
        """Return how this company writes the number of a document."""
        return self.style.format(title=TITLES[entity], number=number)

    def line_id(self, entity: str, number: int, line: int = 1) -> str:
        """Return the key of a document line, unique over companies."""
        return f"{self.company}/{TITLES[entity]}{number}/{line}"

    def add(self, entity: str, number: int, day: str, partner: str, line: int = 1, **more: Any) -> Row:
        """State a document line."""
        row = {
            "document_id": self.line_id(entity, number, 0),
            "line_id": self.line_id(entity, number, line),
            "document_no": self.number(entity, number),
            "line_no": line,
            "company_code": self.company,
            "partner_kind": "supplier" if partner.startswith("S") else "customer",
            "partner_code": partner,
            "document_date": day_of(day),
            "status": "approved",
            **more,
        }
        self.rows[entity][number if line == 1 else (number, line)] = row
        return row

    def lines(self, entity: str) -> list[Row]:
        """Return the lines of an entity."""
        return list(self.rows[entity].values())


def money_of(quantity: int, price: str, currency: str, rate: str) -> Row:
    """Return currency, price and amounts of a line; what is foreign bears no tax."""
    net = cents(quantity * D(price))
    tax = cents(net * (D("0.13") if currency == "CNY" else 0))
    return {
        "item_code": "I-01",
        "quantity": quantity,
        "currency_code": currency,
        "exchange_rate": rate,
        "unit_price": price,
        "net_amount": net,
        "tax_amount": tax,
        "gross_amount": net + tax,
        "base_net_amount": cents(net * D(rate)),
        "base_tax_amount": cents(tax * D(rate)),
        "base_gross_amount": cents(net * D(rate)) + cents(tax * D(rate)),
    }


def business_of(company: str, style: str) -> Business:
    """Let a company do its business of four months."""
    made = Business(company, style)
    _buy(made)
    _sell(made)
    for number, (day, partner, amount, rate, settles) in MONEY.items():
        currency = "CNY" if D(rate) == 1 else "USD"
        paid = cents(D(amount) * D(rate))
        row = made.add("cash_movements", number, day, partner)
        row |= {"direction": "out" if partner.startswith("S") else "in", "method": "transfer"}
        row |= {"amount": amount, "base_amount": paid, "currency_code": currency, "exchange_rate": rate}
        row |= {"is_prepayment": settles is None, "value_date": day_of(day)}
        if settles:
            made.settlements.append(_settlement(made, number, day, settles, amount, paid, "cash"))
    for number, (day, settles) in OFFSETS.items():
        amount = made.rows["cash_movements"][number]["amount"]
        made.settlements.append(_settlement(made, number, day, settles, amount, D(amount), "prepayment"))
    return made


def _buy(made: Business) -> None:
    for number, (day, partner, quantity, price, currency, rate, status) in ORDERS.items():
        row = made.add("purchase_orders", number, day, partner, **money_of(quantity, price, currency, rate))
        closed = status == "closed"
        row |= {"status": status, "is_delivery_complete": closed, "is_finally_invoiced": closed}
    for number, (day, order, quantity, rate) in RECEIPTS.items():
        ordered = made.rows["purchase_orders"].get(order)
        price, currency = (ordered["unit_price"], ordered["currency_code"]) if ordered else ("31.10", "CNY")
        partner = ordered["partner_code"] if ordered else "S-1"
        row = made.add("goods_receipts", number, day, partner, **money_of(quantity, price, currency, rate))
        row |= {"receipt_kind": "purchase" if quantity > 0 else "return", "is_return": quantity < 0}
        row["purchase_order_line_id"] = ordered and ordered["line_id"]
    for (number, line), (day, receipt, quantity, price, rate) in INVOICES.items():
        received = made.rows["goods_receipts"][receipt]
        money = money_of(quantity, price, received["currency_code"], rate)
        row = made.add("purchase_invoices", number, day, received["partner_code"], line, **money)
        row |= {"goods_receipt_line_id": received["line_id"], "invoice_kind": "special"}
        row |= {"purchase_order_line_id": received["purchase_order_line_id"], "is_return": quantity < 0}
        row |= {"input_usage": "deduct", "due_date": day_of(day) + timedelta(30)}
        made.covered[receipt].append(row)


def _sell(made: Business) -> None:
    for number, (day, partner, quantity, price, cost, rate) in SHIPMENTS.items():
        currency = "CNY" if D(rate) == 1 else "USD"
        order = max(number, 1) if number != 4 else 1  # what comes back was ordered with the first
        if quantity > 0:
            made.add("sales_orders", number, day, partner, **money_of(quantity, price, currency, rate))
        row = made.add("shipments", number, day, partner, **money_of(quantity, price, currency, rate))
        row |= {"shipment_kind": "sale" if quantity > 0 else "return", "is_return": quantity < 0}
        row |= {"cost_amount": cents(quantity * D(cost)), "is_cost_final": True}
        row["sales_order_line_id"] = made.line_id("sales_orders", order)
    for number, (day, shipment, quantity, rate) in BILLS.items():
        shipped = made.rows["shipments"][shipment]
        money = money_of(quantity, shipped["unit_price"], shipped["currency_code"], rate)
        row = made.add("sales_invoices", number, day, shipped["partner_code"], **money)
        row |= {"shipment_line_id": shipped["line_id"], "is_return": quantity < 0}
        row |= {
            "sales_order_line_id": shipped["sales_order_line_id"],
            "due_date": day_of(day) + timedelta(60),
        }
        made.delivered[shipment].append(row)


def _settlement(
    made: Business,
    number: int,
    day: str,
    settles: tuple[str, int, int],
    amount: str,
    paid: Decimal,
    kind: str,
) -> Row:
    entity, document, line = settles
    invoice: Mapping[str, Any] = made.rows[entity][document if line == 1 else (document, line)]
    stands = cents(D(amount) * D(invoice["exchange_rate"]))
    return {
        "settlement_id": f"{made.company}/{number}/{kind}",
        "from_entity": "cash_movements",
        "from_line_id": made.line_id("cash_movements", number),
        "to_entity": entity,
        "to_line_id": invoice["line_id"],
        "settlement_kind": kind,
        "settled_on": day_of(day),
        "amount": amount,
        "from_base_amount": paid,
        "to_base_amount": stands,
        "exchange_difference_amount": stands - paid,
        "level": "line",
    }
