"""SAP's own accounting as a feeder book: BKPF/BSEG that MM and SD post by themselves, and the money side
with clearing.

It follows SAP's way (GR/IR at receipt, cleared by the invoice), whatever the company's books in U8 do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.entries import (
    GOODS_MOVEMENT,
    PAYMENT,
    PURCHASE_INVOICE,
)
from bridgebook.demo.group.purchase_entries import stock_account
from bridgebook.demo.group.purchase_orders import CONSIGNED, NOT_DEDUCTED, SUBCONTRACTED, Purchases
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sap_accounting import RANGES, Totals, head, line, maturities, post, post_matured
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


def post_purchases(world: World, store: Store, book: Totals, facts: Purchases, used: Frame) -> None:
    """Post receipts, invoices, payments, advances and their offsets of one cohort."""
    _post_receipts(world, store, book, facts)
    numbers = world.numbers.take_yearly(f"fi_RE_{facts.company.index}", facts.invoices["year"])
    _post_invoices(world, store, book, facts, used, numbers)
    _post_payments(world, store, book, facts, numbers)
    _post_advances(world, store, book, facts, used, numbers)


def _post_receipts(world: World, store: Store, book: Totals, facts: Purchases) -> None:
    heads, lines = facts.receipts, facts.receipt_lines
    kind = facts.orders["kind"][lines["order"]]
    base = np.where(kind == CONSIGNED, 0, lines["base"])
    shared: dict[str, Any] = {
        "doc": lines["receipt"], "order": facts.orders["no"][lines["order"]],
        "position": facts.lines["line"][lines["row"]] * 10, "quantity": lines["pieces"],
    }  # fmt: skip
    count = size(lines)
    rows = [
        line(count, account=stock_account(facts.company, kind), base=base, foreign=lines["net"],
             item=_materials(facts, lines, kind), **shared),
        line(count, account="estimate", base=-base, foreign=-lines["net"], **shared),
    ]  # fmt: skip
    numbers = world.numbers.take_yearly(f"fi_WE_{facts.company.index}", heads["year"])
    money = facts.orders["currency"][heads["order"]]
    post(world, store, book, facts.company, "WE",
         head(heads, numbers, heads["no"] + SAP_START[GOODS_MOVEMENT], money, heads["rate"]), stack(rows),
         "MKPF")  # fmt: skip


def _materials(facts: Purchases, lines: Frame, kind: Ints) -> Ints:
    """Give the material of each line; what a subcontractor delivers is his work and has none."""
    return np.where(kind == SUBCONTRACTED, -1, facts.lines["item"][lines["row"]])


def _post_invoices(
    world: World, store: Store, book: Totals, facts: Purchases, used: Frame, numbers: Ints
) -> None:
    heads, lines, of = facts.invoices, facts.invoice_lines, facts.invoice_lines["invoice"]
    kind = facts.orders["kind"][lines["order"]]
    receipt = lines["receipt_line"]
    known = receipt >= 0
    source = np.maximum(receipt, 0)
    gr = (
        np.where(known, facts.receipt_lines["base"][source], 0)
        if size(facts.receipt_lines)
        else np.zeros_like(receipt)
    )
    gr_net = np.where(known, facts.receipt_lines["net"][source], 0) if size(facts.receipt_lines) else gr
    value = lines["base"] + np.where(heads["usage"][of] == NOT_DEDUCTED, lines["tax"], 0)
    first = np.searchsorted(of, np.arange(size(heads)))
    if size(heads):
        value[first] += np.where(heads["usage"] == NOT_DEDUCTED, heads["rounding"], 0)
    shared: dict[str, Any] = {
        "doc": of, "order": facts.orders["no"][lines["order"]],
        "position": facts.lines["line"][lines["row"]] * 10,
        "quantity": lines["quantity"] * facts.lines["pack"][lines["row"]],
    }  # fmt: skip
    paid = np.full(size(heads), -1, dtype=np.int64)
    when = np.zeros(size(heads), dtype=np.int64)
    last = pick(facts.payments, facts.payments["last"])
    paid[last["invoice"]] = last["no"] + SAP_START[PAYMENT]
    when[last["invoice"]] = last["day"]
    full = pick(used, used["amount"] == heads["gross"][used["invoice"]])
    paid[full["invoice"]] = full["number"] + RANGES["AB"]
    when[full["invoice"]] = heads["day"][full["invoice"]]
    count, docs = size(lines), np.arange(size(heads))
    deductible = np.where(heads["usage"] == NOT_DEDUCTED, 0, heads["base_tax"])
    rows = [
        line(size(heads), doc=docs, account="payable", base=-heads["base_gross"], foreign=-heads["gross"],
             supplier=heads["supplier"], cleared_no=paid, cleared_day=when,
             term_days=np.array([0, 30, 60, 90])[world.masters.suppliers.term[heads["supplier"]]]),
        line(count, account="estimate", base=gr, foreign=gr_net, tax_rate=lines["tax_rate"], **shared),
        line(count, account=stock_account(facts.company, kind), base=value - gr,
             foreign=lines["net"] - gr_net,
             item=_materials(facts, lines, kind), tax_rate=lines["tax_rate"],
             **shared),
        line(size(heads), doc=docs, account="input_vat", base=deductible, foreign=heads["tax"],
             tax_rate=lines["tax_rate"][first] if size(heads) else 0),
    ]  # fmt: skip
    post(world, store, book, facts.company, "RE",
         head(heads, numbers, heads["no"] + SAP_START[PURCHASE_INVOICE], heads["currency"], heads["rate"]),
         stack(rows), "RMRP")  # fmt: skip


def _post_payments(world: World, store: Store, book: Totals, facts: Purchases, invoice_numbers: Ints) -> None:
    pays = facts.payments
    index, count = pays["invoice"], size(pays)
    supplier = facts.invoices["supplier"][index]
    matured = maturities(world, facts.company, pays)
    difference = pays["paid_base"] + pays["discount_base"] - pays["cleared_base"]
    own = pays["no"] + SAP_START[PAYMENT]
    bank = np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[pays["currency"]]
    partial = ~pays["last"]
    docs = np.arange(count)
    rows = [
        line(count, doc=docs, account="payable", base=pays["cleared_base"], foreign=pays["cleared"],
             supplier=supplier,
             cleared_no=np.where(partial, -1, own), cleared_day=np.where(partial, 0, pays["day"]),
             invoice_no=invoice_numbers[index] + RANGES["RE"], invoice_year=facts.invoices["year"][index],
             discount=pays["discount_base"]),
        line(count, doc=docs, account=np.where(pays["note"], NUMBER["notes_payable"], bank),
             base=-pays["paid_base"],
             foreign=-pays["paid"], supplier=np.where(pays["note"], supplier, -1),
             special=np.where(pays["note"], 2, 0), cleared_no=matured["cleared_no"],
             cleared_day=matured["cleared_day"]),
        line(count, doc=docs, account="exchange", base=difference),
        line(count, doc=docs, account="cash_discount", base=-pays["discount_base"],
             foreign=-pays["discount"]),
    ]  # fmt: skip
    post(world, store, book, facts.company, "KZ", head(pays, pays["no"], own, pays["currency"], pays["rate"]),
         stack(rows), "BKPF")  # fmt: skip
    due = pick({**pays, **matured}, matured["number"] >= 0)
    due["day"] = due["matures"]
    due["year"] = timeline.years_of(due["day"]).astype(np.int64)
    post_matured(
        world, store, book, facts.company, due, facts.invoices["supplier"][due["invoice"]], paying=True
    )


def _post_advances(
    world: World, store: Store, book: Totals, facts: Purchases, used: Frame, invoice_numbers: Ints
) -> None:
    ahead = facts.prepayments
    count = size(ahead)
    money = facts.orders["currency"][ahead["order"]]
    bank = np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[money]
    rows = [
        line(count, doc=np.arange(count), account="prepayment", base=ahead["paid_base"],
             foreign=ahead["paid"],
             supplier=facts.orders["supplier"][ahead["order"]], special=1,
             order=facts.orders["no"][ahead["order"]], position=10),
        line(count, doc=np.arange(count), account=bank, base=-ahead["paid_base"], foreign=-ahead["paid"]),
    ]  # fmt: skip
    own = ahead["no"] + SAP_START[PAYMENT]
    post(
        world,
        store,
        book,
        facts.company,
        "KZ",
        head(ahead, ahead["no"], own, money, ahead["rate"]),
        stack(rows),
        "BKPF",
    )
    index = used["invoice"]
    number = used["number"] + RANGES["AB"]
    full = used["amount"] == facts.invoices["gross"][index]
    supplier, count = facts.invoices["supplier"][index], size(used)
    offset = [
        line(count, doc=np.arange(count), account="payable", base=used["base"], foreign=used["amount"],
             supplier=supplier,
             cleared_no=np.where(full, number, -1),
             cleared_day=np.where(full, facts.invoices["day"][index], 0),
             invoice_no=invoice_numbers[index] + RANGES["RE"], invoice_year=facts.invoices["year"][index]),
        line(count, doc=np.arange(count), account="exchange", base=used["advance_base"] - used["base"]),
        line(count, doc=np.arange(count), account="prepayment", base=-used["advance_base"],
             foreign=-used["amount"],
             supplier=supplier, special=1),
    ]  # fmt: skip
    heads = pick(facts.invoices, index)
    post(world, store, book, facts.company, "AB",
         head(heads, used["number"], number, heads["currency"], heads["rate"]),
         stack(offset), "BKPF")  # fmt: skip
