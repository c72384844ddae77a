"""How advances to suppliers are booked, and offset against the invoices that follow."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group.chance import rounded
from bridgebook.demo.group.entries import (
    PAYMENT,
    SUPPLIER,
    Vouchers,
    entry,
    in_order,
)
from bridgebook.demo.group.purchase_entries import bank_accounts, invoice_columns
from bridgebook.demo.group.purchase_orders import Purchases
from bridgebook.demo.group.world import Frame, World, pick, size, stack


def offsets(facts: Purchases) -> Frame:
    """Say how much of each prepayment every invoice of its order uses up: document and company currency."""
    ahead = facts.prepayments
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
    base = np.where(
        amount == gross,
        facts.invoices["base_gross"][rows],
        rounded(facts.invoices["base_gross"][rows] * amount, np.maximum(gross, 1)),
    )
    advance = (ahead["paid_base"][which] * amount) // np.maximum(ahead["paid"][which], 1)
    return pick(
        {"invoice": rows, "prepayment": which, "amount": amount, "base": base, "advance_base": advance},
        amount > 0,
    )


def prepayments(world: World, facts: Purchases, vouchers: Vouchers) -> list[Frame]:
    """Book advances to suppliers, and their offset against the invoices that follow."""
    ahead = facts.prepayments
    who = facts.orders["supplier"][ahead["order"]]
    currency = facts.orders["currency"][ahead["order"]]
    foreign = currency > 0
    shared: dict[str, Any] = {
        "voucher": vouchers.take(size(ahead)), "day": ahead["day"], "event": "预付款", "document": PAYMENT,
        "document_no": ahead["no"], "document_year": ahead["year"], "document_day": ahead["day"],
        "currency": currency, "rate": ahead["rate"], "foreign": ahead["paid"] * foreign,
    }  # fmt: skip
    paid = [
        entry(size(ahead), account="prepayment", debit=ahead["paid_base"], partner_kind=SUPPLIER,
              partner=who, **shared),
        entry(size(ahead), account=bank_accounts(currency), credit=ahead["paid_base"], settlement=1,
              **shared),
    ]  # fmt: skip
    used = offsets(facts)
    ids, invoice = vouchers.take(size(used)), used["invoice"]
    other = invoice_columns(facts, invoice) | {"voucher": ids, "event": "预付冲应付"}
    named: dict[str, Any] = {"partner_kind": SUPPLIER, "partner": facts.invoices["supplier"][invoice]}
    money = used["amount"] * (facts.invoices["currency"][invoice] > 0)
    offset = [
        entry(size(used), account="payable", debit=used["base"], foreign=money, **named, **other),
        entry(size(used), account="exchange", debit=used["advance_base"] - used["base"], **other),
        entry(size(used), account="prepayment", credit=used["advance_base"], foreign=money, **named, **other),
    ]  # fmt: skip
    return [in_order(stack(paid)), in_order(stack(offset))]
