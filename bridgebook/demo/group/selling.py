"""Sales as they happen.

Orders, shipments, invoices and receipts of money, as facts without vendor or account.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Bools, Ints, choose, dense, rounded, some, totals, within
from bridgebook.demo.group.companies import Company, money_range
from bridgebook.demo.group.masters import base_amount
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


def _orders(world: World, company: Company, month: int, rng: np.random.Generator) -> Frame:
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


def _lines(world: World, company: Company, orders: Frame, rng: np.random.Generator) -> Frame:
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


def _moments(orders: Frame, rng: np.random.Generator) -> dict[str, Ints]:
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


def sales(world: World, company: Company, month: int) -> Sales:
    """Draw all sales ordered from a company in a month, and what became of them up to the as-of date."""
    rng = world.chance("sales", company.index, month)
    orders = _orders(world, company, month, rng)
    lines = _lines(world, company, orders, rng)
    lines["id"] = world.numbers.take(f"sale_line_{company.system}", size(lines))
    moments = _moments(orders, rng)
    dead = orders["cancelled"] | orders["unreleased"]
    flow = _batches(orders, lines, rng)
    shipments, shipment_lines = _shipments(world, company, orders, lines, flow, moments, dead)
    invoices, invoice_lines = _invoices(
        world, company, orders, lines, flow, shipment_lines, moments, dead, rng
    )
    live = orders["advance"] & ~dead & world.is_past(orders["day"] + 1)
    payments = _payments(world, company, orders, invoices, rng)
    return Sales(
        company=company, orders=orders, lines=lines, shipments=shipments, shipment_lines=shipment_lines,
        invoices=invoices, invoice_lines=invoice_lines, payments=payments,
        advances=_advances(world, company, orders, lines, live),
    )  # fmt: skip


def _batches(orders: Frame, lines: Frame, rng: np.random.Generator) -> Frame:
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


def _shipments(
    world: World,
    company: Company,
    orders: Frame,
    lines: Frame,
    flow: Frame,
    moments: dict[str, Ints],
    dead: Bools,
) -> tuple[Frame, Frame]:
    order = lines["order"][flow["row"]]
    day = moments["shipped"][order, flow["batch"]]
    kept = ~dead[order] & world.is_past(day)
    flow = pick({**flow, "flow": np.arange(len(order))}, kept)
    order, day = order[kept], day[kept]
    first, doc = dense(order * 4 + flow["batch"])
    sequence = np.argsort(day[first], kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[sequence] = np.arange(len(first))
    doc, head = rank[doc], first[sequence]
    years = timeline.years_of(day[head])
    shipments = {
        "no": world.numbers.take(f"delivery_{company.system}", len(head)),
        "material_no": world.numbers.take_for(company.system, "material", years),
        "day": day[head],
        "year": years.astype(np.int64),
        "order": order[head],
        "batch": flow["batch"][head],
        "rate": world.masters.rate(orders["currency"][order[head]], day[head]),
    }
    keys = np.lexsort((flow["row"], doc))
    flow, order, doc = pick(flow, keys), order[keys], doc[keys]
    return shipments, {
        "id": world.numbers.take(f"delivery_line_{company.system}", len(doc)), "shipment": doc,
        "line": within(doc) + 1, "row": flow["row"], "order": order,
        "batch": flow["batch"], "quantity": flow["quantity"], "net": flow["net"], "tax": flow["tax"],
        "flow": flow["flow"], "day": shipments["day"][doc], "item": lines["item"][flow["row"]],
    }  # fmt: skip


def _invoices(
    world: World,
    company: Company,
    orders: Frame,
    lines: Frame,
    flow: Frame,
    shipment_lines: Frame,
    moments: dict[str, Ints],
    dead: Bools,
    rng: np.random.Generator,
) -> tuple[Frame, Frame]:
    shipped = np.full(size(flow), -1, dtype=np.int64)
    shipped[shipment_lines["flow"]] = np.arange(size(shipment_lines))
    adjusted = np.flatnonzero(lines["adjusted"])
    wanted = stack(
        [
            {**flow, "shipment_line": shipped},
            {
                "row": adjusted,
                "batch": np.full(len(adjusted), ADJUSTMENT),
                "quantity": np.zeros(len(adjusted), np.int64),
                "net": -rounded(lines["net"][adjusted] * 4, 100),
                "tax": -rounded(rounded(lines["net"][adjusted] * 4, 100) * lines["tax_rate"][adjusted], 100),
                "shipment_line": np.full(len(adjusted), -1),
            },
        ]
    )
    order = lines["order"][wanted["row"]]
    merged = orders["split"] & orders["merged"]
    batch = np.where((wanted["batch"] == 1) & merged[order], 0, wanted["batch"])
    day = moments["invoiced"][order, batch]
    sold = orders["kind"][order] != SAMPLE
    kept = sold & ~dead[order] & world.is_past(day)
    wanted, order, batch, day = pick(wanted, kept), order[kept], batch[kept], day[kept]
    first, doc = dense(order * 4 + batch)
    sequence = np.argsort(day[first], kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[sequence] = np.arange(len(first))
    doc, head = rank[doc], first[sequence]
    keys = np.lexsort((wanted["batch"], wanted["row"], doc))
    wanted, doc_sorted, order_sorted = pick(wanted, keys), doc[keys], order[keys]
    heads = len(head)
    years = timeline.years_of(day[head])
    currency = orders["currency"][order[head]]
    rate = world.masters.rate(currency, day[head])
    invoices = {
        "no": world.numbers.take(f"billing_{company.system}", heads),
        "year": years.astype(np.int64),
        "day": day[head],
        "order": order[head],
        "batch": batch[head],
        "customer": orders["customer"][order[head]],
        "currency": currency,
        "rate": rate,
        "tax_no": world.numbers.take("tax_invoice", heads),
        "special": some(rng, heads, 0.8),
        "net": totals(wanted["net"], doc_sorted, heads),
        "tax": totals(wanted["tax"], doc_sorted, heads),
    }
    base = base_amount(wanted["net"], currency[doc_sorted], rate[doc_sorted])
    invoices["gross"] = invoices["net"] + invoices["tax"]
    invoices["base_net"] = totals(base, doc_sorted, heads)
    invoices["base_tax"] = base_amount(invoices["tax"], currency, rate)
    invoices["base_gross"] = invoices["base_net"] + invoices["base_tax"]
    return invoices, {
        "id": world.numbers.take(f"billing_line_{company.system}", len(doc_sorted)), "invoice": doc_sorted,
        "line": within(doc_sorted) + 1, "row": wanted["row"], "order": order_sorted,
        "shipment_line": wanted["shipment_line"], "batch": wanted["batch"], "quantity": wanted["quantity"],
        "net": wanted["net"], "tax": wanted["tax"], "base": base, "item": lines["item"][wanted["row"]],
        "tax_rate": lines["tax_rate"][wanted["row"]],
    }  # fmt: skip


def _payments(
    world: World, company: Company, orders: Frame, invoices: Frame, rng: np.random.Generator
) -> Frame:
    """Collect invoices: some in two parts, by note, less a cash discount, or never (bad debt)."""
    count = size(invoices)
    term = np.array([0, 30, 60, 90])[world.masters.customers.term[invoices["customer"]]]
    term = np.where(company.index == 2, term // 3, term)
    due = np.asarray(workday(invoices["day"] + term + rng.integers(0, 25, count)), dtype=np.int64)
    due = np.maximum(due, invoices["day"])
    half = some(rng, count, 0.08)
    note = some(rng, count, 0.1) & (invoices["currency"] == 0)
    cheap = some(rng, count, 0.03) & ~half
    never = some(rng, count, 0.012)
    discount = np.where(cheap, rounded(invoices["gross"], 50), 0)
    one = np.where(half, rounded(invoices["gross"], 2), invoices["gross"])
    table = stack(
        [
            {"invoice": np.arange(count), "day": due, "cleared": one, "part": np.zeros(count, np.int64)},
            {
                "invoice": np.arange(count),
                "day": due + 20,
                "cleared": invoices["gross"] - one,
                "part": np.ones(count, np.int64),
            },
        ]
    )
    doc = table["invoice"]
    ahead = orders["advance"][invoices["order"]] & (invoices["batch"] < 2)
    kept = (invoices["gross"][doc] > 0) & (table["cleared"] > 0) & world.is_past(table["day"])
    table = pick(table, kept & ~ahead[doc] & ~never[doc])
    table = pick(table, np.argsort(table["day"], kind="stable"))
    doc = table["invoice"]
    share = rounded(invoices["base_gross"][doc] * one[doc], np.maximum(invoices["gross"][doc], 1))
    table["cleared_base"] = np.where(table["part"] == 0, share, invoices["base_gross"][doc] - share)
    table["discount"] = np.where(table["part"] == 0, discount[doc], 0)
    table["paid"] = table["cleared"] - table["discount"]
    table["currency"] = invoices["currency"][doc]
    table["rate"] = world.masters.rate(table["currency"], table["day"])
    table["paid_base"] = base_amount(table["paid"], table["currency"], table["rate"])
    table["discount_base"] = base_amount(table["discount"], table["currency"], table["rate"])
    table["note"] = note[doc]
    table["matures"] = table["day"] + 90
    table["last"] = ~half[doc] | (table["part"] == 1)
    table["year"] = timeline.years_of(table["day"]).astype(np.int64)
    table["no"] = world.numbers.take_for(company.system, money_range(company, "collection"), table["year"])
    return table


def _advances(world: World, company: Company, orders: Frame, lines: Frame, live: Bools) -> Frame:
    """Take the whole order's money in advance where that was agreed."""
    who = np.flatnonzero(live)
    gross = totals(lines["gross"], lines["order"], size(orders))
    days = orders["day"][who].astype(np.int64) + 1
    years = timeline.years_of(days).astype(np.int64)
    rate = world.masters.rate(orders["currency"][who], days)
    return {
        "order": who,
        "day": days,
        "year": years,
        "no": world.numbers.take_for(company.system, money_range(company, "collection"), years),
        "paid": gross[who],
        "rate": rate,
        "paid_base": base_amount(gross[who], orders["currency"][who], rate),
    }
