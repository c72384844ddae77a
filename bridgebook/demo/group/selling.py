"""Sales as they happen.

Orders, shipments, invoices and receipts of money, as facts without vendor or account.
"""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Bools, Ints, dense, rounded, some, totals, within
from bridgebook.demo.group.companies import Company, money_range
from bridgebook.demo.group.masters import base_amount
from bridgebook.demo.group.sale_orders import (
    ADJUSTMENT,
    SAMPLE,
    Sales,
    draw_lines,
    draw_moments,
    draw_orders,
    spread_over_deliveries,
)
from bridgebook.demo.group.world import Frame, World, pick, size, stack, workday


def sales(world: World, company: Company, month: int) -> Sales:
    """Draw all sales ordered from a company in a month, and what became of them up to the as-of date."""
    rng = world.chance("sales", company.index, month)
    orders = draw_orders(world, company, month, rng)
    lines = draw_lines(world, company, orders, rng)
    lines["id"] = world.numbers.take(f"sale_line_{company.system}", size(lines))
    moments = draw_moments(orders, rng)
    dead = orders["cancelled"] | orders["unreleased"]
    flow = spread_over_deliveries(orders, lines, rng)
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
