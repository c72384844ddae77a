"""Purchases as they happen: orders, receipts, invoices and payments of one company and one order month, as
facts.

Nothing here knows a vendor or an account. Amounts are whole minor units of the document currency.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Bools, Ints, choose, dense, rounded, some, totals, within
from bridgebook.demo.group.companies import Company, money_range
from bridgebook.demo.group.masters import MINOR, base_amount
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


def _orders(world: World, company: Company, month: int, rng: np.random.Generator) -> Frame:
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
    chosen = np.flatnonzero(plain[1:] & plain[:-1] & some(rng, max(count - 1, 0), 0.03)) + 1
    chosen = chosen[np.concatenate(([True], np.diff(chosen) > 1))] if len(chosen) else chosen
    pair = world.numbers.take("twin", len(chosen))
    orders["supplier"][chosen] = orders["supplier"][chosen - 1]
    orders["twin"][chosen], orders["twin"][chosen - 1] = pair, pair
    return chosen


def _lines(world: World, company: Company, orders: Frame, need: Need, rng: np.random.Generator) -> Frame:
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


def _batches(orders: Frame, lines: Frame, rng: np.random.Generator) -> Frame:
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


def _moments(orders: Frame, rng: np.random.Generator) -> dict[str, Ints]:
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
    return {"received": received, "invoiced": np.maximum(moved, floor)}


def purchases(world: World, company: Company, month: int, need: Need) -> Purchases:
    """Draw all purchases ordered by a company in a month, and what became of them up to the as-of date.

    `need` says how much of each item is wanted; orders follow it.
    """
    rng = world.chance("purchases", company.index, month)
    orders = _orders(world, company, month, rng)
    lines = _lines(world, company, orders, need, rng)
    return follow(world, company, orders, lines, _moments(orders, rng), rng)


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
    flow = _batches(orders, lines, rng)
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
        "certified": day + rng.integers(20, 60, count),
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
