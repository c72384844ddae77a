"""Trade inside the group: what one company sells to another is the other's purchase, from the same facts."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.purchase_orders import STOCK, Purchases
from bridgebook.demo.group.purchasing import follow
from bridgebook.demo.group.sale_orders import Sales
from bridgebook.demo.group.world import Frame, World, pick, size


def mirrored(world: World, buyer: Company, sold: Sales) -> Purchases:
    """See a cohort's sales to a buyer of the group from his side.

    Ordered the same day, received two days later.
    """
    chosen = np.flatnonzero(sold.orders["internal"] & (sold.orders["customer"] == buyer.index))
    rank = np.full(size(sold.orders), -1, dtype=np.int64)
    rank[chosen] = np.arange(len(chosen))
    source = pick(sold.orders, chosen)
    rows = np.flatnonzero(rank[sold.lines["order"]] >= 0)
    lines = _lines(pick(sold.lines, rows), rank)
    count = len(chosen)
    no = np.zeros(count, dtype=bool)
    orders: Frame = {
        "no": world.numbers.take(f"order_{buyer.system}", count), "day": source["day"],
        "supplier": np.full(count, sold.company.index), "currency": np.zeros(count, dtype=np.int64),
        "rate": np.full(count, 100000), "kind": np.full(count, STOCK), "cancelled": no, "unreleased": no,
        "prepaid": no,
        "requested": no, "split": no, "merged": no, "department": np.ones(count, dtype=np.int64),
        "person": source["person"], "project": np.full(count, -1),
        "twin": np.full(count, -1),
    }  # fmt: skip
    far = world.as_of + 400
    received = np.full((count, 4), far, dtype=np.int64)
    invoiced = np.full((count, 4), far, dtype=np.int64)
    first = sold.shipments["batch"] == 0
    shipped = rank[sold.shipments["order"]]
    mine = first & (shipped >= 0)
    received[shipped[mine], 0] = sold.shipments["day"][mine] + 2
    billed = rank[sold.invoices["order"]]
    mine = (sold.invoices["batch"] == 0) & (billed >= 0)
    invoiced[billed[mine], 0] = sold.invoices["day"][mine]
    invoiced = np.maximum(invoiced, received)
    rng = world.chance("mirror", buyer.index, int(source["day"][0]) if count else 0)
    return follow(world, buyer, orders, lines, {"received": received, "invoiced": invoiced}, rng)


def _lines(lines: Frame, rank: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Frame:
    """Turn sales lines into purchase lines of the same quantity and price."""
    count = size(lines)
    none = np.zeros(count, dtype=bool)
    return {
        "order": rank[lines["order"]], "line": lines["line"], "item": lines["item"],
        "quantity": lines["quantity"],
        "pack": np.ones(count, dtype=np.int64), "price": lines["listed"],
        "unit": np.ones(count, dtype=np.int64),
        "net": lines["net"], "tax_rate": lines["tax_rate"], "tax": lines["tax"], "free": none, "short": none,
        "over": none, "variance": np.zeros(count, dtype=np.int64), "returned": none, "allowed": none,
        "lead": np.full(count, 7),
    }  # fmt: skip
