"""One company while the demo lives: its ledger, its stock, and the shipments whose month is still to come."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bridgebook.demo.group import (
    timeline,
)
from bridgebook.demo.group.chance import totals
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.costing import Stock
from bridgebook.demo.group.ledger import Ledger
from bridgebook.demo.group.purchase_orders import CONSIGNED, NOT_DEDUCTED, Need, Purchases
from bridgebook.demo.group.sale_orders import Sales
from bridgebook.demo.group.world import Frame, pick, size


@dataclass
class Books:
    """Hold one company's running state: ledger, stock, and shipments whose month is still to be costed."""

    company: Company
    ledger: Ledger
    stock: Stock
    shipped: dict[int, list[Frame]] = field(default_factory=dict)

    def need(self) -> Need:
        """Say what should be bought: by stock and demand in trade, evenly by the manufacturer."""
        if self.company.index == 0:
            return self.ledger.world.masters.items.lot.astype(np.float64)
        committed = np.zeros_like(self.stock.quantity)
        for frames in self.shipped.values():
            for frame in frames:
                committed += totals(frame["quantity"], frame["item"], len(committed))
        return self.stock.need(committed)


def expect_stock(own: Books, bought: Purchases) -> None:
    lines = bought.receipt_lines
    kind = bought.orders["kind"][lines["order"]]
    stock = (kind != CONSIGNED) & (kind != 5)
    item = np.where(stock, bought.lines["item"][lines["row"]], -1)
    own.stock.expect(timeline.month_of(lines["day"]), item, lines["pieces"], lines["base"])
    matched = pick(bought.invoice_lines, bought.invoice_lines["receipt_line"] >= 0)
    source = matched["receipt_line"]
    undeducted = bought.invoices["usage"][matched["invoice"]] == NOT_DEDUCTED
    change = matched["base"] + np.where(undeducted, matched["tax"], 0) - lines["base"][source]
    own.stock.expect(
        timeline.month_of(bought.invoices["day"][matched["invoice"]]),
        item[source],
        np.zeros(len(source), np.int64),
        change,
    )


def expect_shipments(own: Books, sold: Sales) -> None:
    """Let shipment lines wait for the month in which they are costed, with all that their documents need."""
    lines, heads = sold.shipment_lines, sold.shipments
    of, order = lines["shipment"], lines["order"]
    frame = {
        "id": lines["id"], "line": lines["line"], "document_id": heads["no"][of],
        "no": heads["material_no"][of],
        "delivery": heads["no"][of], "day": heads["day"][of], "year": heads["year"][of],
        "batch": heads["batch"][of],
        "kind": sold.orders["kind"][order], "item": lines["item"], "quantity": lines["quantity"],
        "customer": sold.orders["customer"][order], "department": sold.orders["department"][order],
        "person": sold.orders["person"][order], "order_no": sold.orders["no"][order],
        "order_line": sold.lines["line"][lines["row"]], **_billed(sold),
    }  # fmt: skip
    months = timeline.month_of(frame["day"])
    for month in np.unique(months):
        own.shipped.setdefault(int(month), []).append(pick(frame, months == month))


def _billed(sold: Sales) -> Frame:
    """Say for each shipment line by which invoice and when it was billed; 0 where it was not (yet)."""
    result = {
        name: np.zeros(size(sold.shipment_lines), dtype=np.int64)
        for name in ("billed_day", "billed_no", "billed_variant")
    }
    linked = pick(sold.invoice_lines, sold.invoice_lines["shipment_line"] >= 0)
    heads = pick(sold.invoices, linked["invoice"])
    target = linked["shipment_line"]
    result["billed_day"][target] = heads["day"]
    result["billed_no"][target] = heads["no"]
    result["billed_variant"][target] = 1 - heads["special"].astype(np.int64)
    return result


def nothing_shipped() -> Frame:
    names = (
        "id line document_id no delivery day year batch kind item quantity customer department"
        " person order_no order_line"
        " billed_day billed_no billed_variant"
    )
    return {name: np.zeros(0, dtype=np.int64) for name in names.split()}
