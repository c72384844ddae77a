"""How sales are booked: goods shipped and their cost, invoices, money received, advances."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group.chance import Ints, rounded
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import (
    COLLECTION,
    CUSTOMER,
    SALES_INVOICE,
    SHIPMENT,
    Vouchers,
    entry,
    in_order,
)
from bridgebook.demo.group.sale_orders import CONSIGNED, SAMPLE, Sales
from bridgebook.demo.group.timeline import years_of
from bridgebook.demo.group.world import Frame, World, pick, size, stack


def _bank(currency: Ints) -> Ints:
    return np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[currency]


def origin(company: Company, lines: Frame) -> Ints:
    """Name a document line: its number within the document in SAP, its own id in U8."""
    return lines["line"] if company.in_sap else lines["id"]


def shipments(company: Company, costed: Frame, vouchers: Vouchers) -> Frame:
    """Book goods that left: to goods shipped (manufacturer), straight to cost of sales (trader).

    `costed` holds shipment lines with their cost; consignments always go to goods shipped, samples to selling
    expense. The retailer books its cost by month, elsewhere.
    """
    own = costed["kind"]
    if company.index == 2:
        costed = pick(costed, (own == CONSIGNED) | (own == SAMPLE))
    _, group = np.unique(costed["document_id"], return_inverse=True)
    ids = vouchers.take(int(group.max()) + 1 if size(costed) else 0)[group]
    target = np.where(costed["kind"] == CONSIGNED, NUMBER["goods_shipped"], NUMBER["cogs"])
    if company.index == 0:
        target = np.full(len(target), NUMBER["goods_shipped"])
    target = np.where(costed["kind"] == SAMPLE, NUMBER["selling"], target)
    shared: dict[str, Any] = {
        "voucher": ids, "day": costed["day"], "event": np.where(target == NUMBER["cogs"], 8, 7),
        "document": SHIPMENT, "document_no": costed["no"], "document_year": costed["year"],
        "document_day": costed["day"], "item": costed["item"], "quantity": costed["quantity"],
        "origin": origin(company, costed),
    }  # fmt: skip
    department = np.where(target == NUMBER["goods_shipped"], -1, costed["department"])
    return in_order(
        stack(
            [
                entry(size(costed), account=target, debit=costed["cost"], department=department, **shared),
                entry(size(costed), account="goods", credit=costed["cost"], **shared),
            ]
        )
    )


def consigned_cost(company: Company, costed: Frame, vouchers: Vouchers) -> Frame:
    """Book the cost of goods given in consignment when they are billed (trader and retailer)."""
    rows = (costed["kind"] == CONSIGNED) & (costed["billed_day"] > 0) & (company.index > 0)
    sold = pick(costed, rows)
    _, group = np.unique(sold["billed_no"], return_inverse=True)
    ids = vouchers.take(int(group.max()) + 1 if size(sold) else 0)[group]
    shared: dict[str, Any] = {
        "voucher": ids, "day": sold["billed_day"], "event": "结转销售成本", "document": SALES_INVOICE,
        "document_no": sold["billed_no"], "document_year": years_of(sold["billed_day"]),
        "document_day": sold["billed_day"], "variant": sold["billed_variant"], "item": sold["item"],
        "quantity": sold["quantity"],
    }  # fmt: skip
    return in_order(
        stack(
            [
                entry(
                    size(sold), account="cogs", debit=sold["cost"], department=sold["department"], **shared
                ),
                entry(size(sold), account="goods_shipped", credit=sold["cost"], **shared),
            ]
        )
    )


def invoices(facts: Sales, vouchers: Vouchers) -> Frame:
    """Book sales invoices, one voucher each: receivable, revenue by line, output tax."""
    company, heads, lines = facts.company, facts.invoices, facts.invoice_lines
    ids = vouchers.take(size(heads))
    foreign = heads["currency"] > 0
    of = lines["invoice"]
    shared: dict[str, Any] = {
        "day": heads["day"], "event": "销售开票", "document": SALES_INVOICE, "document_no": heads["no"],
        "document_year": heads["year"], "document_day": heads["day"], "currency": heads["currency"],
        "rate": heads["rate"], "variant": 1 - heads["special"].astype(np.int64),
    }  # fmt: skip
    by_line = {name: value[of] if isinstance(value, np.ndarray) else value for name, value in shared.items()}
    revenue = np.where(foreign[of], NUMBER["revenue_export"], NUMBER["revenue"])
    rows = [
        entry(size(heads), voucher=ids, account="receivable", debit=heads["base_gross"],
              partner_kind=CUSTOMER,
              partner=heads["customer"], foreign=heads["gross"] * foreign, **shared),
        entry(size(lines), voucher=ids[of], account=revenue, credit=lines["base"], item=lines["item"],
              quantity=lines["quantity"], department=facts.orders["department"][lines["order"]],
              foreign=lines["net"] * foreign[of], origin=origin(company, lines), **by_line),
        entry(size(heads), voucher=ids, account="output_vat", credit=heads["base_tax"], **shared),
    ]  # fmt: skip
    return in_order(stack(rows))


def invoiced_cost(facts: Sales, cost: Ints, vouchers: Vouchers) -> Frame:
    """Book cost of sales when invoiced, from goods shipped.

    The manufacturer's way. `cost` is by invoice line.
    """
    heads, lines = facts.invoices, facts.invoice_lines
    ids = vouchers.take(size(heads))
    of = lines["invoice"]
    shared: dict[str, Any] = {
        "voucher": ids[of], "day": heads["day"][of], "event": "结转销售成本", "document": SALES_INVOICE,
        "document_no": heads["no"][of], "document_year": heads["year"][of], "document_day": heads["day"][of],
        "item": lines["item"], "quantity": lines["quantity"], "origin": origin(facts.company, lines),
    }  # fmt: skip
    department = facts.orders["department"][lines["order"]]
    return in_order(
        stack(
            [
                entry(size(lines), account="cogs", debit=cost, department=department, **shared),
                entry(size(lines), account="goods_shipped", credit=cost, **shared),
            ]
        )
    )


def payments(world: World, facts: Sales, vouchers: Vouchers) -> list[Frame]:
    """Book money from customers with its discount and exchange difference; notes are collected when due."""
    pays = facts.payments
    count, foreign = size(pays), pays["currency"] > 0
    shared: dict[str, Any] = {
        "voucher": vouchers.take(count), "day": pays["day"], "event": "收款", "document": COLLECTION,
        "document_no": pays["no"], "document_year": pays["year"], "document_day": pays["day"],
    }  # fmt: skip
    customer = facts.invoices["customer"][pays["invoice"]]
    money: dict[str, Any] = {"currency": pays["currency"], "rate": pays["rate"]}
    difference = pays["cleared_base"] - pays["paid_base"] - pays["discount_base"]
    target = np.where(pays["note"], NUMBER["notes_receivable"], _bank(pays["currency"]))
    rows = [
        entry(count, account=target, debit=pays["paid_base"], foreign=pays["paid"] * foreign,
              partner_kind=np.where(pays["note"], CUSTOMER, 0), partner=np.where(pays["note"], customer, -1),
              settlement=np.where(pays["note"], 2, 1), **money, **shared),
        entry(count, account="cash_discount", debit=pays["discount_base"], **shared),
        entry(count, account="exchange", debit=difference, **shared),
        entry(count, account="receivable", credit=pays["cleared_base"], foreign=pays["cleared"] * foreign,
              partner_kind=CUSTOMER, partner=customer, **money, **shared),
    ]  # fmt: skip
    due = np.flatnonzero(pays["note"] & world.is_past(pays["matures"]))
    held: dict[str, Any] = {
        "voucher": vouchers.take(len(due)), "day": pays["matures"][due], "event": "应收票据到期收款",
        "document": COLLECTION, "document_no": pays["no"][due], "document_year": pays["year"][due],
        "document_day": pays["day"][due],
    }  # fmt: skip
    matured = [
        entry(len(due), account="bank", debit=pays["paid_base"][due], settlement=2, **held),
        entry(len(due), account="notes_receivable", credit=pays["paid_base"][due], partner_kind=CUSTOMER,
              partner=customer[due], **held),
    ]  # fmt: skip
    return [in_order(stack(rows)), in_order(stack(matured))]


def offsets(facts: Sales) -> Frame:
    """Say how much of each advance every invoice of its order uses up: document and company currency."""
    ahead = facts.advances
    index = np.full(size(facts.orders), -1, dtype=np.int64)
    index[ahead["order"]] = np.arange(size(ahead))
    rows = np.flatnonzero((index[facts.invoices["order"]] >= 0) & (facts.invoices["batch"] < 2))
    rows = rows[np.lexsort((facts.invoices["day"][rows], facts.invoices["order"][rows]))]
    which = index[facts.invoices["order"][rows]]
    gross = facts.invoices["gross"][rows]
    before = np.cumsum(gross) - gross
    start = np.searchsorted(which, which)
    used_before = before - before[start] if len(rows) else before
    amount = np.clip(ahead["paid"][which] - used_before, 0, gross)
    whole = facts.invoices["base_gross"][rows]
    base = np.where(amount == gross, whole, rounded(whole * amount, np.maximum(gross, 1)))
    advance = (ahead["paid_base"][which] * amount) // np.maximum(ahead["paid"][which], 1)
    return pick(
        {"invoice": rows, "advance": which, "amount": amount, "base": base, "advance_base": advance},
        amount > 0,
    )


def advances(world: World, facts: Sales, vouchers: Vouchers) -> list[Frame]:
    """Book advances from customers, and their offset against the invoices that follow."""
    ahead = facts.advances
    currency = facts.orders["currency"][ahead["order"]]
    foreign = currency > 0
    shared: dict[str, Any] = {
        "voucher": vouchers.take(size(ahead)), "day": ahead["day"], "event": "预收款", "document": COLLECTION,
        "document_no": ahead["no"], "document_year": ahead["year"], "document_day": ahead["day"],
        "currency": currency, "rate": ahead["rate"], "foreign": ahead["paid"] * foreign,
    }  # fmt: skip
    taken = [
        entry(size(ahead), account=_bank(currency), debit=ahead["paid_base"], settlement=1, **shared),
        entry(size(ahead), account="advance", credit=ahead["paid_base"], partner_kind=CUSTOMER,
              partner=facts.orders["customer"][ahead["order"]], **shared),
    ]  # fmt: skip
    used = offsets(facts)
    invoice = used["invoice"]
    heads = pick(facts.invoices, invoice)
    other: dict[str, Any] = {
        "voucher": vouchers.take(size(used)), "day": heads["day"], "event": "预收冲应收",
        "document": SALES_INVOICE, "document_no": heads["no"], "document_year": heads["year"],
        "document_day": heads["day"], "currency": heads["currency"], "rate": heads["rate"],
        "variant": 1 - heads["special"].astype(np.int64),
    }  # fmt: skip
    named: dict[str, Any] = {"partner_kind": CUSTOMER, "partner": heads["customer"]}
    money = used["amount"] * (heads["currency"] > 0)
    offset = [
        entry(size(used), account="advance", debit=used["advance_base"], foreign=money, **named, **other),
        entry(size(used), account="exchange", debit=used["base"] - used["advance_base"], **other),
        entry(size(used), account="receivable", credit=used["base"], foreign=money, **named, **other),
    ]  # fmt: skip
    return [in_order(stack(taken)), in_order(stack(offset))]
