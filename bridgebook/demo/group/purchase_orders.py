"""Purchase orders as facts: who orders what, at what price, and when all that follows is to happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, choose, rounded, some, within
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.world import Frame, World, pick, size, stack, workday

STOCK, EXPENSE, ASSET, FREIGHT, CONSIGNED, SUBCONTRACTED = range(6)
"""Kinds of order; the last two are stock that belongs to the supplier, and work done by him."""


DEDUCT, NOT_DEDUCTED, PENDING = range(3)


Need = NDArray[np.float64]


RECEIPT, RETURN, ALLOWANCE = 0, 2, 3
"""Batches: 0 and 1 are deliveries, 2 a return, 3 a later allowance without goods."""


@dataclass(frozen=True)
class Purchases:
    """Hold one cohort: orders of a month and all that followed from them; row numbers link the frames."""

    company: Company
    orders: Frame
    lines: Frame
    receipts: Frame
    receipt_lines: Frame
    invoices: Frame
    invoice_lines: Frame
    payments: Frame
    prepayments: Frame


def draw_orders(world: World, company: Company, month: int, rng: np.random.Generator) -> Frame:
    """Draw the orders of a month."""
    season = 1 + 0.12 * np.sin(month * np.pi / 6)
    count = max(5, round(company.orders * world.scale * season))
    suppliers = world.masters.suppliers
    home = suppliers.by_company[company.index]
    supplier = home[(rng.random(count) ** 1.4 * len(home)).astype(np.int64)]
    if company.index == 1:
        abroad = some(rng, count, 0.3)
        supplier = np.where(abroad, rng.choice(suppliers.abroad, count), supplier)
    first = timeline.month_start(month)
    day = np.sort(workday(first + rng.integers(0, timeline.month_end(month) - first + 1, count)))
    day = np.maximum(day, first)
    currency = suppliers.currency[supplier]
    kind = choose(rng, count, [0.83, 0.06, 0.02, 0.04, 0.025, 0.025])
    kind = np.where(currency > 0, STOCK, kind)
    return {
        "no": world.numbers.take(f"order_{company.system}", count),
        "day": day,
        "supplier": supplier,
        "currency": currency,
        "rate": world.masters.rate(currency, day),
        "kind": kind,
        "cancelled": some(rng, count, 0.02),
        "unreleased": some(rng, count, 0.03) & (month == world.last_month),
        "prepaid": some(rng, count, 0.06) & (kind == STOCK),
        "requested": some(rng, count, 0.35),
        "split": some(rng, count, 0.25) & (kind == STOCK),
        "merged": some(rng, count, 0.4),
        "department": choose(rng, count, [0, 6, 1, 1, 1, 0, 2, 1]),
        "person": rng.integers(0, 48, count),
        "project": np.where(some(rng, count, 0.08), rng.integers(0, 4, count), -1),
        "twin": np.full(count, -1, dtype=np.int64),
    }


def _pair_up(world: World, orders: Frame, rng: np.random.Generator) -> Ints:
    """Let some orders be twins of the one before: the same supplier, one line of the same item and amount."""
    count = size(orders)
    plain = (orders["kind"] == STOCK) & ~orders["split"] & ~orders["prepaid"] & (orders["currency"] == 0)
    chosen = np.flatnonzero(plain[1:] & plain[:-1] & some(rng, max(count - 1, 0), 0.08)) + 1
    chosen = chosen[np.concatenate(([True], np.diff(chosen) > 1))] if len(chosen) else chosen
    pair = world.numbers.take("twin", len(chosen))
    orders["supplier"][chosen] = orders["supplier"][chosen - 1]
    orders["twin"][chosen], orders["twin"][chosen - 1] = pair, pair
    return chosen


def draw_lines(world: World, company: Company, orders: Frame, need: Need, rng: np.random.Generator) -> Frame:
    """Draw the lines of orders: items, quantities, prices and what is odd about them."""
    items = world.masters.items
    counts = 1 + choose(rng, size(orders), [0.4, 0.3, 0.2, 0.1])
    counts = np.where((orders["kind"] == STOCK), counts, 1)
    twins = _pair_up(world, orders, rng)
    counts[twins], counts[twins - 1] = 1, 1
    order = np.repeat(np.arange(size(orders)), counts)
    count = len(order)
    bought = items.by_company[company.index]
    lots = need[bought] / (items.lot[bought] * items.pack[bought])
    item = bought[choose(rng, count, lots.tolist())]
    kind, currency, rate = orders["kind"][order], orders["currency"][order], orders["rate"][order]
    unit = items.price_unit[item]
    lot = items.lot[item]
    most = np.clip(2 * lots.sum() / max(count, 1), 10, 60) if company.index else 40
    quantity = (1 + (rng.random(count) * most).astype(np.int64)) * lot
    quantity = np.where(kind == SUBCONTRACTED, 10 + rng.integers(0, 200, count), quantity)
    quantity = np.where((kind == EXPENSE) | (kind == ASSET) | (kind == FREIGHT), 1, quantity)
    price = rounded(items.price[item] * (970 + rng.integers(0, 61, count)), 1000)
    price = np.where(kind == EXPENSE, rng.integers(50000, 900000, count), price)
    price = np.where(kind == ASSET, rng.integers(800000, 9000000, count), price)
    price = np.where(kind == FREIGHT, rng.integers(20000, 180000, count), price)
    price = np.where(kind == SUBCONTRACTED, rng.integers(300, 6000, count), price)
    plain = (kind == STOCK) | (kind == CONSIGNED)
    unit = np.where(plain, unit, 1)
    price = np.where(currency == 1, rounded(price * 100000, rate), price)
    price = np.where(currency == 2, rounded(price * 1000, rate), price)
    price = np.maximum(price, 1)
    free = some(rng, count, 0.015) & (kind == STOCK) & (counts[order] > 1)
    tax = np.where(plain, items.tax_rate[item], np.where(kind == FREIGHT, 9, np.where(kind == ASSET, 13, 6)))
    tax = np.where(kind == SUBCONTRACTED, 13, tax)
    tax = np.where(currency > 0, 0, tax)
    pack = np.where(plain, items.pack[item], 1)
    second = np.searchsorted(order, twins)
    for values in (item, quantity, price, unit, tax, pack):
        values[second] = values[second - 1]
    net = np.where(free, 0, rounded(quantity * pack * price, unit))
    return {
        "order": order,
        "line": within(order) + 1,
        "item": np.where(plain | (kind == SUBCONTRACTED), item, -1),
        "quantity": quantity,
        "pack": pack,
        "price": np.where(free, 0, price),
        "unit": unit,
        "net": net,
        "tax_rate": tax,
        "tax": rounded(net * tax, 100),
        "free": free,
        "short": some(rng, count, 0.03) & (kind == STOCK),
        "over": some(rng, count, 0.02) & (kind == STOCK),
        "variance": np.where(
            some(rng, count, 0.12) & ~free & (orders["twin"][order] < 0), rng.integers(-30, 41, count), 0
        ),
        "returned": some(rng, count, 0.03) & (kind == STOCK) & ~free,
        "allowed": some(rng, count, 0.012) & (kind == STOCK) & ~free,
        "lead": rng.integers(3, 30, count),
        "asset_part": rng.random(count),
    }


def spread_over_deliveries(orders: Frame, lines: Frame, rng: np.random.Generator) -> Frame:
    """Spread each order line over its deliveries and returns: one row a receipt line."""
    count = size(lines)
    split = orders["split"][lines["order"]] & (lines["quantity"] > 1)
    total = lines["quantity"]
    first = np.where(split, np.maximum(1, (total * 6) // 10), total)
    first = np.where(lines["short"] & ~split & (total > 2), np.maximum(1, (total * 7) // 10), first)
    second = np.where(split & ~lines["short"], total - first, 0)
    extra = np.where(lines["over"], np.maximum(1, total // 20), 0)
    second = np.where(second > 0, second + extra, second)
    first = np.where(second == 0, first + extra, first)
    back = np.where(
        lines["returned"] & (first > 1), np.maximum(1, (first * rng.integers(1, 4, count)) // 10), 0
    )
    rows = [
        {"row": np.arange(count), "batch": np.full(count, batch), "quantity": sign * quantity}
        for batch, quantity, sign in ((0, first, 1), (1, second, 1), (RETURN, back, -1))
    ]
    table = stack(rows)
    table = pick(table, table["quantity"] != 0)
    order = lines["order"][table["row"]]
    keys = np.lexsort((lines["line"][table["row"]], table["batch"], order))
    return pick(table, keys)


def draw_moments(orders: Frame, rng: np.random.Generator) -> dict[str, Ints]:
    """Draw the days of everything that can follow an order: [order, batch]."""
    count = size(orders)
    received = np.zeros((count, 4), dtype=np.int64)
    received[:, 0] = orders["day"] + rng.integers(2, 28, count)
    received[:, 1] = received[:, 0] + rng.integers(4, 28, count)
    received[:, 2] = received[:, 0] + rng.integers(8, 45, count)
    received = np.asarray(workday(received.reshape(-1)), dtype=np.int64).reshape(count, 4)
    received = np.maximum(received, orders["day"][:, None])
    invoiced = received + rng.integers(1, 40, (count, 4))
    merged = orders["split"] & orders["merged"]
    invoiced[:, 0] = np.where(merged, invoiced[:, 1], invoiced[:, 0])
    invoiced[:, 1] = np.where(merged, invoiced[:, 1], invoiced[:, 1])
    last = np.where(orders["split"], np.maximum(invoiced[:, 0], invoiced[:, 1]), invoiced[:, 0])
    invoiced[:, 2] = np.maximum(invoiced[:, 2], last + 1)
    invoiced[:, 3] = last + rng.integers(10, 60, count)
    moved = np.asarray(workday(invoiced.reshape(-1)), dtype=np.int64).reshape(count, 4)
    floor = np.stack([received[:, 0], received[:, 1], np.maximum(received[:, 2], last), last], axis=1)
    floor[:, 0] = np.where(merged, received[:, 1], floor[:, 0])
    invoiced = np.maximum(moved, floor)
    # Twins arrive and are invoiced on one day: nothing but their numbers tells them apart.
    second = np.flatnonzero((orders["twin"][1:] >= 0) & (orders["twin"][1:] == orders["twin"][:-1])) + 1
    for days in (received, invoiced):
        days[second] = days[second - 1] = np.maximum(days[second], days[second - 1])
    return {"received": received, "invoiced": invoiced}
