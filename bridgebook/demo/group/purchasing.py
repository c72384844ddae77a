"""Purchases as they happen: orders, receipts, invoices and payments of one company and one order month, as
facts.

Nothing here knows a vendor or an account. Amounts are whole minor units of the document currency.
"""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Bools, Ints, choose, dense, rounded, some, totals, within
from bridgebook.demo.group.companies import Company, money_range
from bridgebook.demo.group.masters import MINOR, base_amount
from bridgebook.demo.group.purchase_orders import (
    ALLOWANCE,
    ASSET,
    CONSIGNED,
    DEDUCT,
    EXPENSE,
    FREIGHT,
    STOCK,
    SUBCONTRACTED,
    Need,
    Purchases,
    draw_lines,
    draw_moments,
    draw_orders,
    spread_over_deliveries,
)
from bridgebook.demo.group.tax_pool import ticked_on
from bridgebook.demo.group.world import Frame, World, pick, size, stack, workday


def purchases(world: World, company: Company, month: int, need: Need) -> Purchases:
    """Draw all purchases ordered by a company in a month, and what became of them up to the as-of date.

    `need` says how much of each item is wanted; orders follow it.
    """
    rng = world.chance("purchases", company.index, month)
    orders = draw_orders(world, company, month, rng)
    lines = draw_lines(world, company, orders, need, rng)
    return follow(world, company, orders, lines, draw_moments(orders, rng), rng)


def follow(
    world: World,
    company: Company,
    orders: Frame,
    lines: Frame,
    moments: dict[str, Ints],
    rng: np.random.Generator,
) -> Purchases:
    """Let orders live: receive, invoice and pay them as their moments say."""
    lines["id"] = world.numbers.take(f"order_line_{company.system}", size(lines))
    dead = orders["cancelled"] | orders["unreleased"]
    flow = spread_over_deliveries(orders, lines, rng)
    never = some(rng, size(orders), 0.008)
    receipts, receipt_lines = _receipts(world, company, orders, lines, flow, moments, dead)
    wanted = _billable(lines, orders, receipt_lines, dead)
    invoices, invoice_lines = _invoices(world, company, orders, lines, wanted, moments, never, rng)
    payments = _payments(world, company, orders, invoices, rng)
    live = orders["prepaid"] & ~dead & world.is_past(orders["day"] + 2)
    return Purchases(
        company=company, orders=orders, lines=lines, receipts=receipts, receipt_lines=receipt_lines,
        invoices=invoices, invoice_lines=invoice_lines, payments=payments,
        prepayments=_prepayments(world, company, orders, lines, invoices, live),
    )  # fmt: skip


def _receipts(
    world: World,
    company: Company,
    orders: Frame,
    lines: Frame,
    flow: Frame,
    moments: dict[str, Ints],
    dead: Bools,
) -> tuple[Frame, Frame]:
    order = lines["order"][flow["row"]]
    day = moments["received"][order, flow["batch"]]
    arrives = np.isin(orders["kind"][order], [STOCK, CONSIGNED, SUBCONTRACTED])
    kept = arrives & ~dead[order] & world.is_past(day)
    flow, order, day = pick(flow, kept), order[kept], day[kept]
    row = flow["row"]
    first, doc = dense(order * 4 + flow["batch"])
    sequence = np.argsort(day[first], kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[sequence] = np.arange(len(first))
    doc = rank[doc]
    head = first[sequence]
    years = timeline.years_of(day[head])
    receipts = {
        "no": world.numbers.take_for(company.system, "material", years),
        "day": day[head],
        "year": years.astype(np.int64),
        "order": order[head],
        "batch": flow["batch"][head],
        "rate": world.masters.rate(orders["currency"][order[head]], day[head]),
    }
    keys = np.lexsort((flow["batch"], row, doc))
    flow, order, doc = pick(flow, keys), order[keys], doc[keys]
    row = flow["row"]
    pieces = flow["quantity"] * lines["pack"][row]
    net = np.where(lines["free"][row], 0, rounded(pieces * lines["price"][row], lines["unit"][row]))
    receipt_lines = {
        "id": world.numbers.take(f"material_line_{company.system}", len(doc)),
        "receipt": doc,
        "line": within(doc) + 1,
        "row": row,
        "order": order,
        "batch": flow["batch"],
        "quantity": flow["quantity"],
        "pieces": pieces,
        "net": net,
        "base": base_amount(net, orders["currency"][order], receipts["rate"][doc]),
        "day": receipts["day"][doc],
        "invoice_line": np.full(len(doc), -1, dtype=np.int64),
    }
    return receipts, receipt_lines


def _billable(lines: Frame, orders: Frame, receipt_lines: Frame, dead: Bools) -> Frame:
    """List what can be invoiced: receipt lines, services without a receipt, and allowances."""
    kind = orders["kind"][receipt_lines["order"]]
    own = np.flatnonzero((kind != CONSIGNED) & (receipt_lines["net"] != 0))
    without = np.isin(orders["kind"][lines["order"]], [EXPENSE, ASSET, FREIGHT]) & ~dead[lines["order"]]
    services = np.flatnonzero(without)
    allowed = np.flatnonzero(lines["allowed"] & ~dead[lines["order"]])
    parts = [
        {
            "row": receipt_lines["row"][own],
            "receipt_line": own,
            "batch": receipt_lines["batch"][own],
            "quantity": receipt_lines["quantity"][own],
        },
        {
            "row": services,
            "receipt_line": np.full(len(services), -1),
            "batch": np.zeros(len(services), dtype=np.int64),
            "quantity": lines["quantity"][services],
        },
        {
            "row": allowed,
            "receipt_line": np.full(len(allowed), -1),
            "batch": np.full(len(allowed), ALLOWANCE),
            "quantity": np.zeros(len(allowed), dtype=np.int64),
        },
    ]
    return stack(parts)


def _invoices(
    world: World,
    company: Company,
    orders: Frame,
    lines: Frame,
    wanted: Frame,
    moments: dict[str, Ints],
    never: Bools,
    rng: np.random.Generator,
) -> tuple[Frame, Frame]:
    order = lines["order"][wanted["row"]]
    merged = orders["split"] & orders["merged"]
    batch = np.where((wanted["batch"] == 1) & merged[order], 0, wanted["batch"])
    day = moments["invoiced"][order, np.where(batch == 1, 1, batch)]
    kept = world.is_past(day) & ~never[order]
    wanted, order, batch, day = pick(wanted, kept), order[kept], batch[kept], day[kept]
    first, doc = dense(order * 4 + batch)
    sequence = np.argsort(day[first], kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[sequence] = np.arange(len(first))
    doc, head = rank[doc], first[sequence]
    keys = np.lexsort((wanted["batch"], wanted["row"], doc))
    wanted, order, doc = pick(wanted, keys), order[keys], doc[keys]
    row, quantity = wanted["row"], wanted["quantity"]
    price = rounded(lines["price"][row] * (1000 + lines["variance"][row]), 1000)
    net = rounded(quantity * lines["pack"][row] * price, lines["unit"][row])
    net = np.where(wanted["batch"] == ALLOWANCE, -rounded(lines["net"][row] * 3, 100), net)
    rate = lines["tax_rate"][row]
    heads = len(head)
    who = (
        orders["supplier"][order[np.searchsorted(doc, np.arange(heads))]] if heads else np.zeros(0, np.int64)
    )
    invoices = _invoice_heads(world, company, orders, day[head], who, heads, rng)
    invoices["order"] = order[np.searchsorted(doc, np.arange(heads))] if heads else np.zeros(0, np.int64)
    invoices["batch"] = (
        wanted["batch"][np.searchsorted(doc, np.arange(heads))] if heads else invoices["order"]
    )
    currency = orders["currency"][invoices["order"]]
    invoices["currency"] = currency
    invoices["rate"] = world.masters.rate(currency, invoices["day"])
    base = base_amount(net, currency[doc], invoices["rate"][doc])
    line_tax = rounded(net * rate, 100)
    invoices["net"], invoices["base_net"] = totals(net, doc, heads), totals(base, doc, heads)
    line_sum, whole = totals(line_tax, doc, heads), rounded(totals(net * rate, doc, heads), 100)
    invoices["tax"] = np.where(invoices["by_header"], whole, line_sum)
    invoices["rounding"] = invoices["tax"] - line_sum
    invoices["base_tax"] = base_amount(invoices["tax"], currency, invoices["rate"])
    invoices["gross"] = invoices["net"] + invoices["tax"]
    invoices["base_gross"] = invoices["base_net"] + invoices["base_tax"]
    return invoices, {
        "id": world.numbers.take(f"invoice_line_{company.system}", len(doc)), "invoice": doc,
        "line": within(doc) + 1, "row": row, "order": order,
        "receipt_line": wanted["receipt_line"], "batch": wanted["batch"], "quantity": quantity,
        "price": price, "net": net, "tax": line_tax, "base": base, "tax_rate": rate,
    }  # fmt: skip


def _invoice_heads(
    world: World, company: Company, orders: Frame, day: Ints, who: Ints, count: int, rng: np.random.Generator
) -> Frame:
    """Make the heads of invoices, oldest first: numbers, and how their input tax is used."""
    years = timeline.years_of(day)
    usage = choose(rng, count, [0.88, 0.05, 0.07])
    abroad = world.masters.suppliers.currency[who] > 0
    return {
        "no": world.numbers.take_for(company.system, "invoice", years),
        "year": years.astype(np.int64),
        "day": day,
        "tax_no": world.numbers.take("tax_invoice", count),
        "usage": np.where(abroad, DEDUCT, usage),
        "by_header": some(rng, count, 0.5),
        "supplier": who,
        "certified": ticked_on(day, rng.integers(20, 60, count)),
    }


def _payments(
    world: World, company: Company, orders: Frame, invoices: Frame, rng: np.random.Generator
) -> Frame:
    """Pay invoices when they are due: in one or two parts, by transfer or note, some less a cash discount."""
    count = size(invoices)
    term = np.array([0, 30, 60, 90])[world.masters.suppliers.term[invoices["supplier"]]]
    due = np.asarray(workday(invoices["day"] + term + rng.integers(-3, 12, count)), dtype=np.int64)
    due = np.maximum(due, invoices["day"] + 1)
    half = some(rng, count, 0.08)
    note = some(rng, count, 0.08) & (invoices["currency"] == 0)
    cheap = some(rng, count, 0.03) & ~half
    positive = invoices["gross"] > 0
    discount = np.where(cheap, rounded(invoices["gross"], 50), 0)
    prepaid = np.where(orders["prepaid"][invoices["order"]] & (invoices["batch"] < 2), 1, 0)
    open_gross = invoices["gross"]
    one = np.where(half, rounded(open_gross, 2), open_gross)
    rows = [
        {"invoice": np.arange(count), "day": due, "cleared": one, "part": np.zeros(count, np.int64)},
        {
            "invoice": np.arange(count),
            "day": due + 25,
            "cleared": open_gross - one,
            "part": np.ones(count, np.int64),
        },
    ]
    table = stack(rows)
    doc = table["invoice"]
    kept = positive[doc] & (table["cleared"] > 0) & world.is_past(table["day"]) & (prepaid[doc] == 0)
    table = pick(table, kept)
    table = pick(table, np.argsort(table["day"], kind="stable"))
    doc = table["invoice"]
    first_base = rounded(invoices["base_gross"][doc] * one[doc], np.maximum(invoices["gross"][doc], 1))
    table["cleared_base"] = np.where(table["part"] == 0, first_base, invoices["base_gross"][doc] - first_base)
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
    table["no"] = world.numbers.take_for(company.system, money_range(company, "payment"), table["year"])
    return table


def _prepayments(
    world: World, company: Company, orders: Frame, lines: Frame, invoices: Frame, live: Bools
) -> Frame:
    """Pay the whole order in advance where that was agreed; the invoice is then offset against it."""
    who = np.flatnonzero(live)
    gross = totals(lines["net"] + lines["tax"], lines["order"], size(orders))
    days = orders["day"][who].astype(np.int64) + 2
    years = timeline.years_of(days).astype(np.int64)
    rate = world.masters.rate(orders["currency"][who], days)
    kept = gross[who] >= MINOR[0]
    who, days, years, rate = who[kept], days[kept], years[kept], rate[kept]
    return {
        "order": who,
        "day": days,
        "year": years,
        "no": world.numbers.take_for(company.system, money_range(company, "payment"), years),
        "paid": gross[who],
        "rate": rate,
        "paid_base": base_amount(gross[who], orders["currency"][who], rate),
    }
