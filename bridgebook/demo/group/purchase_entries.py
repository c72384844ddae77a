"""How purchases are booked.

Estimates by each company's own policy, invoices, payments, advances, input tax.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import (
    GOODS_MOVEMENT,
    PAYMENT,
    PURCHASE_INVOICE,
    SUPPLIER,
    Vouchers,
    entry,
    in_order,
    red_copy,
)
from bridgebook.demo.group.purchase_orders import (
    ASSET,
    CONSIGNED,
    EXPENSE,
    NOT_DEDUCTED,
    PENDING,
    SUBCONTRACTED,
    Purchases,
)
from bridgebook.demo.group.world import Frame, World, pick, size, stack


def stock_account(company: Company, kind: Ints) -> Ints:
    """Give the account that an order's goods or services are debited on."""
    account = np.full(len(kind), NUMBER[company.goods_role])
    account[kind == EXPENSE] = NUMBER["admin"]
    account[kind == ASSET] = NUMBER["fixed_asset"]
    account[kind == SUBCONTRACTED] = NUMBER["subcontracted"]
    return account


def bank_accounts(currency: Ints) -> Ints:
    return np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[currency]


def estimated_months(world: World, facts: Purchases) -> tuple[Ints, Ints, Ints]:
    """Give for each receipt line.

    Month of receipt, month of its invoice (beyond the end when none), invoice line.
    """
    received = timeline.month_of(facts.receipt_lines["day"]).astype(np.int64)
    invoiced = np.full(len(received), world.last_month + 100, dtype=np.int64)
    matched = np.full(len(received), -1, dtype=np.int64)
    linked = np.flatnonzero(facts.invoice_lines["receipt_line"] >= 0)
    target = facts.invoice_lines["receipt_line"][linked]
    matched[target] = linked
    days = facts.invoices["day"][facts.invoice_lines["invoice"][linked]]
    invoiced[target] = timeline.month_of(days)
    return received, invoiced, matched


def _estimate_lines(
    company: Company, facts: Purchases, rows: Ints, months: Ints, vouchers: Vouchers
) -> Frame:
    """Book estimates of receipt lines at the end of given months: one voucher a receipt and month."""
    lines = pick(facts.receipt_lines, rows)
    key = lines["receipt"] * 4096 + months
    _, inverse = np.unique(key, return_inverse=True)
    ids = vouchers.take(int(inverse.max()) + 1 if len(inverse) else 0)[inverse]
    order = lines["order"]
    shared: dict[str, Any] = {
        "voucher": ids,
        "day": timeline.month_ends(months),
        "event": "暂估入库",
        "document": GOODS_MOVEMENT,
        "document_no": facts.receipts["no"][lines["receipt"]],
        "document_year": facts.receipts["year"][lines["receipt"]],
        "document_day": lines["day"],
        "origin": origin(company, lines),
        "twin": facts.orders["twin"][order],
    }
    count = len(rows)
    goods = entry(
        count, account=stock_account(company, facts.orders["kind"][order]), debit=lines["base"],
        quantity=lines["pieces"], item=facts.lines["item"][lines["row"]], **shared,
    )  # fmt: skip
    owed = entry(
        count, account="estimate", credit=lines["base"], partner_kind=SUPPLIER,
        partner=facts.orders["supplier"][order], **shared,
    )  # fmt: skip
    return stack([goods, owed])


def origin(company: Company, lines: Frame) -> Ints:
    """Name a document line: its number within the document in SAP, its own id in U8."""
    return lines["line"] if company.in_sap else lines["id"]


def estimates(world: World, facts: Purchases, vouchers: Vouchers) -> list[Frame]:
    """Estimate what was received and not invoiced at a month's end.

    And reverse it as the company's policy says.
    """
    company = facts.company
    received, invoiced, matched = estimated_months(world, facts)
    kind = facts.orders["kind"][facts.receipt_lines["order"]]
    open_rows = np.flatnonzero(
        (invoiced > received) & (facts.receipt_lines["base"] != 0) & (kind != CONSIGNED)
        & (received <= world.last_month)
    )  # fmt: skip
    if company.estimate == "month_start_reversal":
        spans = np.minimum(invoiced[open_rows], world.last_month + 1) - received[open_rows]
        rows = np.repeat(open_rows, spans)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(spans) - spans, spans)
        months = received[rows] + within
    else:
        rows, months = open_rows, received[open_rows]
    booked = _estimate_lines(company, facts, rows, months, vouchers)
    result = [in_order(booked)]
    if company.estimate == "month_start_reversal":
        again = np.concatenate([months, months]) < world.last_month
        base = pick(booked, again)
        _, renamed = np.unique(base["voucher"], return_inverse=True)
        ids = vouchers.take(int(renamed.max()) + 1 if len(renamed) else 0)
        start = timeline.month_starts(timeline.month_of(base["day"]).astype(np.int64) + 1)
        result.append(in_order(red_copy(base, voucher=ids[renamed], day=start, event="冲销暂估")))
    if company.estimate == "on_invoice_reversal":
        due = np.concatenate([matched[rows], matched[rows]])
        base = pick(booked, due >= 0)
        invoice = facts.invoice_lines["invoice"][due[due >= 0]]
        _, renamed = np.unique(base["voucher"] * 64 + invoice % 64, return_inverse=True)
        ids = vouchers.take(int(renamed.max()) + 1 if len(renamed) else 0)
        days = facts.invoices["day"][invoice]
        result.append(in_order(red_copy(base, voucher=ids[renamed], day=days, event="冲销暂估")))
    return result


def invoice_columns(facts: Purchases, invoice: Ints) -> dict[str, Any]:
    heads = pick(facts.invoices, invoice)
    return {
        "day": heads["day"],
        "currency": heads["currency"],
        "rate": heads["rate"],
        "document": PURCHASE_INVOICE,
        "document_no": heads["no"],
        "document_year": heads["year"],
        "document_day": heads["day"],
        "variant": (heads["usage"] == NOT_DEDUCTED).astype(np.int64),
        "twin": np.where(heads["batch"] == 0, facts.orders["twin"][heads["order"]], -1),
    }


def invoices(world: World, facts: Purchases, vouchers: Vouchers) -> Frame:
    """Book purchase invoices, one voucher each; on_invoice_difference clears the estimate inside of it."""
    company, heads, lines = facts.company, facts.invoices, facts.invoice_lines
    ids = vouchers.take(size(heads))
    kind = facts.orders["kind"][lines["order"]]
    value = lines["base"] + np.where(heads["usage"][lines["invoice"]] == NOT_DEDUCTED, lines["tax"], 0)
    start = np.searchsorted(lines["invoice"], np.arange(size(heads)))
    if size(heads):
        undeducted = heads["usage"] == NOT_DEDUCTED
        value[start] += np.where(undeducted, heads["rounding"], 0)
    estimated = np.zeros(size(lines), dtype=np.int64)
    if company.estimate == "on_invoice_difference":
        received, invoiced, _ = estimated_months(world, facts)
        source = lines["receipt_line"]
        known = source >= 0
        late = known & (invoiced[source] > received[source]) & (kind != CONSIGNED)
        estimated = np.where(late, facts.receipt_lines["base"][source], 0)
    shared = invoice_columns(facts, lines["invoice"])
    shared |= {"voucher": ids[lines["invoice"]], "origin": origin(company, lines)}
    event = np.where(estimated != 0, 1, 0)
    goods = entry(
        size(lines), account=stock_account(company, kind), debit=value - estimated,
        event="采购发票", item=facts.lines["item"][lines["row"]], department=np.where(
            kind == EXPENSE, facts.orders["department"][lines["order"]], -1),
        quantity=np.where(event == 1, 0, lines["quantity"] * facts.lines["pack"][lines["row"]]),
        foreign=np.where(lines["net"] == 0, 0, lines["net"]) * (shared["currency"] > 0), **shared,
    )  # fmt: skip
    cleared = entry(
        size(lines), account="estimate", debit=estimated, event="采购发票", partner_kind=SUPPLIER,
        partner=facts.orders["supplier"][lines["order"]], **shared,
    )  # fmt: skip
    doc = np.arange(size(heads))
    own = invoice_columns(facts, doc) | {"voucher": ids, "event": "采购发票"}
    tax_account = np.where(heads["usage"] == PENDING, NUMBER["input_vat_pending"], NUMBER["input_vat"])
    tax_debit = np.where(heads["usage"] == NOT_DEDUCTED, 0, heads["base_tax"])
    tax = entry(size(heads), account=tax_account, debit=tax_debit, **own)
    owed = entry(
        size(heads), account="payable", credit=heads["base_gross"], partner_kind=SUPPLIER,
        partner=heads["supplier"], foreign=heads["gross"] * (heads["currency"] > 0), **own,
    )  # fmt: skip
    return in_order(stack([goods, cleared, tax, owed]))


def certifications(world: World, facts: Purchases, vouchers: Vouchers) -> Frame:
    """Move input tax from pending to deductible when the invoice is ticked."""
    rows = np.flatnonzero((facts.invoices["usage"] == PENDING) & world.is_past(facts.invoices["certified"]))
    rows = rows[facts.invoices["base_tax"][rows] != 0]
    ids, heads = vouchers.take(len(rows)), pick(facts.invoices, rows)
    shared = invoice_columns(facts, rows) | {
        "voucher": ids, "day": heads["certified"], "event": "进项税认证抵扣", "currency": 0, "rate": 100000,
    }  # fmt: skip
    return in_order(
        stack(
            [
                entry(len(rows), account="input_vat", debit=heads["base_tax"], **shared),
                entry(len(rows), account="input_vat_pending", credit=heads["base_tax"], **shared),
            ]
        )
    )


def payments(world: World, facts: Purchases, vouchers: Vouchers) -> list[Frame]:
    """Book payments with their discount and exchange difference; a note is paid when it matures."""
    pays = facts.payments
    invoice = pays["invoice"]
    ids = vouchers.take(size(pays))
    shared: dict[str, Any] = {
        "voucher": ids, "day": pays["day"], "event": "付款", "document": PAYMENT, "document_no": pays["no"],
        "document_year": pays["year"], "document_day": pays["day"],
    }  # fmt: skip
    foreign = pays["currency"] > 0
    who: dict[str, Any] = {"partner_kind": SUPPLIER, "partner": facts.invoices["supplier"][invoice]}
    money: dict[str, Any] = {"currency": pays["currency"], "rate": pays["rate"]}
    difference = pays["paid_base"] + pays["discount_base"] - pays["cleared_base"]
    count = size(pays)
    source = np.where(pays["note"], NUMBER["notes_payable"], bank_accounts(pays["currency"]))
    lines = [
        entry(count, account="payable", debit=pays["cleared_base"], foreign=pays["cleared"] * foreign,
              **who, **money, **shared),
        entry(count, account="exchange", debit=difference, **shared),
        entry(count, account="cash_discount", credit=pays["discount_base"], **shared),
        entry(count, account=source, credit=pays["paid_base"], foreign=pays["paid"] * foreign,
              partner_kind=np.where(pays["note"], SUPPLIER, 0), settlement=np.where(pays["note"], 2, 1),
              partner=np.where(pays["note"], who["partner"], -1), **money, **shared),
    ]  # fmt: skip
    due = np.flatnonzero(pays["note"] & world.is_past(pays["matures"]))
    later = vouchers.take(len(due))
    held: dict[str, Any] = {
        "voucher": later, "day": pays["matures"][due], "event": "票据到期承兑", "document": PAYMENT,
        "document_no": pays["no"][due], "document_year": pays["year"][due],
        "document_day": pays["day"][due],
    }  # fmt: skip
    matured = [
        entry(len(due), account="notes_payable", debit=pays["paid_base"][due], partner_kind=SUPPLIER,
              partner=who["partner"][due], **held),
        entry(len(due), account="bank", credit=pays["paid_base"][due], settlement=2, **held),
    ]  # fmt: skip
    return [in_order(stack(lines)), in_order(stack(matured))]
