"""Sales orders as facts: who orders what, at what price, and when all that follows is to happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, choose, rounded, some, within
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.world import Frame, World, pick, size, stack, workday

NORMAL, CONSIGNED, SAMPLE, HELD = range(4)
"""Kinds of order: sold, given in consignment, given away (deemed sale), billed and held."""


RETURN, ADJUSTMENT = 2, 3


@dataclass(frozen=True)
class Sales:
    """Hold one cohort: orders of a month and all that followed from them; row numbers link the frames."""

    company: Company
    orders: Frame
    lines: Frame
    shipments: Frame
    shipment_lines: Frame
    invoices: Frame
    invoice_lines: Frame
    payments: Frame
    advances: Frame


def draw_orders(world: World, company: Company, month: int, rng: np.random.Generator) -> Frame:
    season = 1 + 0.15 * np.sin((month + 2) * np.pi / 6)
    count = max(6, round(company.orders * world.scale * season * (1.5 if company.index == 2 else 1)))
    customers = world.masters.customers
    home = customers.by_company[company.index]
    customer = home[(rng.random(count) ** 1.4 * len(home)).astype(np.int64)]
    if company.index == 1:
        customer = np.where(some(rng, count, 0.4), rng.choice(customers.abroad, count), customer)
    internal = some(rng, count, 0.05) & (company.index < 2)
    customer = np.where(internal, min(company.index + 1, 2), customer)
    first = timeline.month_start(month)
    day = np.sort(workday(first + rng.integers(0, timeline.month_end(month) - first + 1, count)))
    day = np.maximum(day, first)
    currency = np.where(internal, 0, customers.currency[customer])
    kind = choose(rng, count, [0.91, 0.03, 0.03, 0.03])
    kind = np.where(internal | (currency > 0), NORMAL, kind)
    return {
        "no": world.numbers.take(f"sale_{company.system}", count),
        "day": day,
        "signed": day - rng.integers(0, 20, count),
        "customer": customer,
        "currency": currency,
        "rate": world.masters.rate(currency, day),
        "kind": kind,
        "internal": internal,
        "cancelled": some(rng, count, 0.02) & ~internal,
        "unreleased": some(rng, count, 0.03) & (month == world.last_month) & ~internal,
        "advance": some(rng, count, 0.05) & (kind == NORMAL) & ~internal,
        "split": some(rng, count, 0.2) & (kind == NORMAL) & ~internal,
        "merged": some(rng, count, 0.4),
        "department": choose(rng, count, [0, 0, 6, 4]),
        "person": rng.integers(0, 48, count),
        "project": np.where(some(rng, count, 0.05), rng.integers(0, 4, count), -1),
    }


def draw_lines(world: World, company: Company, orders: Frame, rng: np.random.Generator) -> Frame:
    items = world.masters.items
    counts = 1 + choose(rng, size(orders), [0.45, 0.3, 0.17, 0.08])
    order = np.repeat(np.arange(size(orders)), counts)
    count = len(order)
    sold = items.sold_by[company.index]
    item = sold[(rng.random(count) ** 1.3 * len(sold)).astype(np.int64)]
    currency, rate = orders["currency"][order], orders["rate"][order]
    quantity = 1 + rng.integers(0, (24, 34, 22)[company.index], count)
    quantity = np.where(orders["kind"][order] == SAMPLE, 1 + quantity % 3, quantity)
    quantity = quantity * (1 if company.index == 0 else items.lot[item] * items.pack[item])
    margin = 1150 + rng.integers(0, 400, count)
    margin = np.where(orders["internal"][order], 1080, margin)
    listed = rounded(items.price[item] * margin, 1000)
    listed = np.where(currency == 1, rounded(listed * 100000, rate), listed)
    listed = np.maximum(np.where(currency == 2, rounded(listed * 1000, rate), listed), 1)
    tax_rate = np.where(currency > 0, 0, items.tax_rate[item])
    deduction = np.where(some(rng, count, 0.1), rng.integers(1, 4, count) * 5, 0)
    deduction = np.where(orders["internal"][order], 0, deduction)
    if company.index == 2:  # retail types prices with tax in
        listed = rounded(listed * (100 + tax_rate), 100)
    full = quantity * listed
    money = rounded(full * (100 - deduction), 100)
    if company.index == 2:
        gross = money
        net = rounded(gross * 100, 100 + tax_rate)
        tax = gross - net
    else:
        net = money
        tax = rounded(net * tax_rate, 100)
        gross = net + tax
    return {
        "order": order,
        "line": within(order) + 1,
        "item": item,
        "quantity": quantity,
        "listed": listed,
        "deduction": deduction,
        "net": net,
        "tax_rate": tax_rate,
        "tax": tax,
        "gross": gross,
        "short": some(rng, count, 0.02) & (orders["kind"][order] == NORMAL) & ~orders["internal"][order],
        "returned": some(rng, count, 0.03) & (orders["kind"][order] == NORMAL) & ~orders["internal"][order],
        "adjusted": some(rng, count, 0.012) & (orders["kind"][order] == NORMAL) & ~orders["internal"][order],
    }


def draw_moments(orders: Frame, rng: np.random.Generator) -> dict[str, Ints]:
    count = size(orders)
    shipped = np.zeros((count, 4), dtype=np.int64)
    shipped[:, 0] = orders["day"] + rng.integers(0, 20, count)
    shipped[:, 1] = shipped[:, 0] + rng.integers(3, 25, count)
    shipped[:, 2] = np.maximum(shipped[:, 0], shipped[:, 1]) + rng.integers(5, 40, count)
    shipped = np.maximum(
        np.asarray(workday(shipped.reshape(-1)), dtype=np.int64).reshape(count, 4), orders["day"][:, None]
    )
    lag = rng.integers(0, 30, (count, 4))
    lag = np.where(rng.random((count, 4)) < 0.4, 0, lag)
    late = rng.random(count) < 0.03
    lag[:, :2] += np.where(late, 50, 0)[:, None]
    lag[:, :2] += np.where(orders["kind"] == CONSIGNED, 35, 0)[:, None]
    invoiced = shipped + lag
    held = orders["kind"] == HELD
    invoiced[:, 0] = np.where(held, orders["day"] + 1, invoiced[:, 0])
    shipped[:, 0] = np.where(held, shipped[:, 0] + 30, shipped[:, 0])
    merged = orders["split"] & orders["merged"]
    invoiced[:, 0] = np.where(merged, invoiced[:, 1], invoiced[:, 0])
    last = np.maximum(invoiced[:, 0], np.where(orders["split"], invoiced[:, 1], 0))
    invoiced[:, 2] = np.maximum(invoiced[:, 2], last + 1)
    invoiced[:, 3] = last + rng.integers(10, 70, count)
    return {"shipped": shipped, "invoiced": invoiced}


def spread_over_deliveries(orders: Frame, lines: Frame, rng: np.random.Generator) -> Frame:
    """Spread each order line over its deliveries and returns, with exact shares of its amounts."""
    count = size(lines)
    total = lines["quantity"]
    split = orders["split"][lines["order"]] & (total > 1)
    first = np.where(split, np.maximum(1, total // 2), total)
    second = np.where(split & ~lines["short"], total - first, 0)
    back = np.where(lines["returned"], np.maximum(1, first * rng.integers(1, 4, count) // 10), 0)
    table = stack(
        [
            {"row": np.arange(count), "batch": np.full(count, batch), "quantity": sign * quantity}
            for batch, quantity, sign in ((0, first, 1), (1, second, 1), (RETURN, back, -1))
        ]
    )
    table = pick(table, table["quantity"] != 0)
    row = table["row"]
    for name in ("net", "tax"):
        share = rounded(lines[name][row] * table["quantity"], total[row])
        rest = lines[name][row] - rounded(lines[name][row] * first[row], total[row])
        table[name] = np.where((table["batch"] == 1) & (first[row] + second[row] == total[row]), rest, share)
    order = lines["order"][row]
    return pick(table, np.lexsort((lines["line"][row], table["batch"], order)))
