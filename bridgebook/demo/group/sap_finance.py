"""SAP's own accounting as a feeder book: BKPF/BSEG that MM and SD post by themselves, and the money side
with clearing.

It follows SAP's way (GR/IR at receipt, cleared by the invoice), whatever the company's books in U8 do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, totals, within
from bridgebook.demo.group.charts import ACCOUNTS, NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import (
    COLLECTION,
    GOODS_MOVEMENT,
    PAYMENT,
    PURCHASE_INVOICE,
    SALES_INVOICE,
    SHIPMENT,
    filled,
)
from bridgebook.demo.group.masters import customer_number, supplier_number
from bridgebook.demo.group.purchase_entries import stock_account
from bridgebook.demo.group.purchasing import CONSIGNED, NOT_DEDUCTED, Purchases
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sap_purchasing import ORDER_START, SAP, USERS, currency, materials, tax_code
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.selling import CONSIGNED as GIVEN_OUT
from bridgebook.demo.group.selling import SAMPLE, Sales
from bridgebook.demo.group.u8_purchasing import chosen
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store

SAP_ACCOUNT = np.array([int(account.sap or 0) for account in ACCOUNTS])
_BLART = {"WE": 5000000000, "WL": 4900000000, "RE": 5100000000, "RV": 90000000, "KZ": 1500000000,
          "DZ": 1400000000, "AB": 100000000, "WA": 4700000000}  # fmt: skip
_LINE: dict[str, Any] = {
    "doc": 0, "account": 0, "base": 0, "foreign": 0, "supplier": -1, "customer": -1, "item": -1, "order": -1,
    "position": 0, "tax_rate": -1, "output": 0, "special": 0, "cleared_no": -1, "cleared_day": 0,
    "quantity": 0, "invoice_no": -1, "invoice_year": 0, "term_days": 0, "discount": 0,
}  # fmt: skip


class Totals:
    """Add up what is posted per company, account and month, for SAP's own balances (GLT0)."""

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int, int], list[int]] = {}

    def note(self, company: Company, months: Ints, accounts: Ints, base: Ints) -> None:
        """Count posted lines: debits and credits apart."""
        key = months.astype(np.int64) * 10**10 + accounts
        keys, group = np.unique(key, return_inverse=True)
        debit = totals(np.maximum(base, 0), group, len(keys)).tolist()
        credit = totals(np.minimum(base, 0), group, len(keys)).tolist()
        for name, plus, minus in zip(keys.tolist(), debit, credit, strict=True):
            cell = self.sums.setdefault((company.index, name // 10**10, name % 10**10), [0, 0])
            cell[0] += plus
            cell[1] += minus


def line(count: int, **columns: Any) -> Frame:
    """Make accounting lines: positive base is debit; an account may be a role's name."""
    frame: Frame = {}
    for name, default in _LINE.items():
        value = columns.pop(name, default)
        if isinstance(value, str):
            value = NUMBER[value]
        frame[name] = filled(value, count)
    if columns:
        raise KeyError(f"accounting lines have no {sorted(columns)}")
    return frame


def post(
    world: World,
    store: Store,
    book: Totals,
    company: Company,
    kind: str,
    heads: Frame,
    lines: Frame,
    sign: str,
) -> None:
    """Write accounting documents; `heads` needs day, year, number, key, key_year, currency and rate."""
    lines = pick(lines, lines["base"] != 0)
    lines = pick(lines, np.argsort(lines["doc"], kind="stable"))
    used = np.unique(lines["doc"])
    if len(used) == 0:
        return
    number, shown = heads["number"] + _BLART[kind], pick(heads, used)
    known = number[used]
    month = timeline.month_of(shown["day"])
    if sign == "BKPF":
        awkey: Any = pc.binary_join_element_wise(
            padded(known, 10), company.sap_code, pc.cast(pa.array(shown["year"]), pa.string()), ""
        )
    elif sign == "VBRK":
        awkey = padded(shown["key"], 10)
    else:
        awkey = pc.binary_join_element_wise(
            padded(shown["key"], 10), pc.cast(pa.array(shown["key_year"]), pa.string()), ""
        )
    store.write(
        SAP,
        "BKPF",
        {"BUKRS": company.sap_code, "BELNR": known, "GJAHR": shown["year"], "BLART": kind,
         "BLDAT": shown["day"],
         "BUDAT": shown["day"], "MONAT": month % 12 + 1, "CPUDT": shown["day"], "CPUTM": "160000",
         "USNAM": chosen(USERS, known % 48),
         "TCODE": {"BKPF": "F110", "VBRK": "VF01", "RMRP": "MIRO"}.get(sign, "MIGO"),
         "WAERS": currency(shown["currency"]), "KURSF": shown["rate"], "HWAER": "CNY", "AWTYP": sign,
         "AWKEY": awkey},
    )  # fmt: skip
    _write_lines(store, book, company, kind, heads, number, lines)


def _write_lines(
    store: Store, book: Totals, company: Company, kind: str, heads: Frame, number: Ints, lines: Frame
) -> None:
    doc, base = lines["doc"], lines["base"]
    account = SAP_ACCOUNT[lines["account"]]
    debit = (base > 0).astype(np.int64)
    party = np.where(
        lines["supplier"] >= 0, 1, np.where(lines["customer"] >= 0, 2, np.where(lines["item"] >= 0, 3, 0))
    )
    keys = np.array([[50, 31, 11, 99], [40, 21, 1, 89]])[debit, party]
    keys = np.where(
        (lines["special"] > 0) & (party > 0), np.where(debit == 1, 29, 39) - np.where(party == 2, 20, 0), keys
    )
    year = heads["year"][doc]
    foreign = heads["currency"][doc] > 0
    cleared = lines["cleared_no"] >= 0
    store.write(
        SAP,
        "BSEG",
        {"BUKRS": company.sap_code, "BELNR": number[doc], "GJAHR": year, "BUZEI": within(doc) + 1,
         "KOART": chosen(["S", "K", "D", "M"], party), "BSCHL": padded(keys, 2),
         "UMSKZ": chosen(["", "A", "W"], lines["special"]),
         "SHKZG": chosen(["H", "S"], debit),
         "MWSKZ": pc.if_else(pa.array(lines["tax_rate"] >= 0),
                             pc.if_else(pa.array(lines["output"] == 1),
                                        tax_code(np.maximum(lines["tax_rate"], 0), "X"),
                                        tax_code(np.maximum(lines["tax_rate"], 0))), ""),
         "DMBTR": np.abs(base), "WRBTR": np.where(foreign, np.abs(lines["foreign"]), np.abs(base)),
         "HKONT": account,
         "LIFNR": pc.fill_null(padded(np.where(lines["supplier"] >= 0, supplier_number(lines["supplier"]),
                                               -1), 10), ""),
         "KUNNR": pc.fill_null(padded(np.where(lines["customer"] >= 0, customer_number(lines["customer"]),
                                               -1), 10), ""),
         "EBELN": pc.fill_null(padded(np.where(lines["order"] >= 0, lines["order"] + ORDER_START, -1), 10),
                               ""),
         "EBELP": lines["position"], "MATNR": materials(lines["item"]), "WERKS": company.plant,
         "MENGE": np.abs(lines["quantity"]), "MEINS": "ST",
         "ZFBDT": np.where(party % 3 > 0, heads["day"][doc], 0),
         "ZBD1T": lines["term_days"], "AUGDT": np.where(cleared, lines["cleared_day"], 0),
         "AUGBL": pc.fill_null(padded(lines["cleared_no"], 10), ""),
         "AUGGJ": pc.if_else(pa.array(cleared), padded(timeline.years_of(lines["cleared_day"]), 4), "0000"),
         "REBZG": pc.fill_null(padded(lines["invoice_no"], 10), ""),
         "REBZJ": pc.if_else(pa.array(lines["invoice_no"] >= 0), padded(lines["invoice_year"], 4), "0000"),
         "SKNTO": lines["discount"], "H_BUDAT": heads["day"][doc], "H_BLDAT": heads["day"][doc],
         "H_MONAT": timeline.month_of(heads["day"][doc]) % 12 + 1, "H_BLART": kind,
         "H_WAERS": currency(heads["currency"][doc])},
    )  # fmt: skip
    book.note(company, timeline.month_of(heads["day"][doc]), account, base)


def head(frame: Frame, number: Ints, key: Ints, money: Ints, rate: Ints) -> Frame:
    """Make heads of accounting documents for documents that have day and year."""
    return {"day": frame["day"], "year": frame["year"], "number": number, "key": key,
            "key_year": frame["year"],
            "currency": money, "rate": rate}  # fmt: skip


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
             item=facts.lines["item"][lines["row"]], **shared),
        line(count, account="estimate", base=-base, foreign=-lines["net"], **shared),
    ]  # fmt: skip
    numbers = world.numbers.take_yearly(f"fi_WE_{facts.company.index}", heads["year"])
    money = facts.orders["currency"][heads["order"]]
    post(world, store, book, facts.company, "WE",
         head(heads, numbers, heads["no"] + SAP_START[GOODS_MOVEMENT], money, heads["rate"]), stack(rows),
         "MKPF")  # fmt: skip


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
    paid[full["invoice"]] = full["number"] + _BLART["AB"]
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
             item=np.where(known, facts.lines["item"][lines["row"]], -1), tax_rate=lines["tax_rate"],
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
    difference = pays["paid_base"] + pays["discount_base"] - pays["cleared_base"]
    own = pays["no"] + SAP_START[PAYMENT]
    bank = np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[pays["currency"]]
    partial = ~pays["last"]
    docs = np.arange(count)
    rows = [
        line(count, doc=docs, account="payable", base=pays["cleared_base"], foreign=pays["cleared"],
             supplier=supplier,
             cleared_no=np.where(partial, -1, own), cleared_day=np.where(partial, 0, pays["day"]),
             invoice_no=invoice_numbers[index] + _BLART["RE"], invoice_year=facts.invoices["year"][index],
             discount=pays["discount_base"]),
        line(count, doc=docs, account=np.where(pays["note"], NUMBER["notes_payable"], bank),
             base=-pays["paid_base"],
             foreign=-pays["paid"], supplier=np.where(pays["note"], supplier, -1),
             special=np.where(pays["note"], 2, 0)),
        line(count, doc=docs, account="exchange", base=difference),
        line(count, doc=docs, account="cash_discount", base=-pays["discount_base"],
             foreign=-pays["discount"]),
    ]  # fmt: skip
    post(world, store, book, facts.company, "KZ", head(pays, pays["no"], own, pays["currency"], pays["rate"]),
         stack(rows), "BKPF")  # fmt: skip
    due = pick(pays, pays["note"] & world.is_past(pays["matures"]))
    due["day"] = due["matures"]
    due["year"] = timeline.years_of(due["day"]).astype(np.int64)
    _post_matured(
        world, store, book, facts.company, due, facts.invoices["supplier"][due["invoice"]], paying=True
    )


def _post_matured(
    world: World, store: Store, book: Totals, company: Company, due: Frame, who: Ints, *, paying: bool
) -> None:
    count = size(due)
    sign = 1 if paying else -1
    named: dict[str, Any] = {"supplier": who} if paying else {"customer": who}
    numbers = world.numbers.take_yearly(f"fi_AB_{company.index}", due["year"])
    rows = [
        line(count, doc=np.arange(count), account="notes_payable" if paying else "notes_receivable",
             base=sign * due["paid_base"], foreign=sign * due["paid"], special=2, **named),
        line(count, doc=np.arange(count), account="bank", base=-sign * due["paid_base"],
             foreign=-sign * due["paid"]),
    ]  # fmt: skip
    zero = np.zeros(count, dtype=np.int64)
    post(
        world,
        store,
        book,
        company,
        "AB",
        head(due, numbers, numbers, zero, zero + 100000),
        stack(rows),
        "BKPF",
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
    number = used["number"] + _BLART["AB"]
    full = used["amount"] == facts.invoices["gross"][index]
    supplier, count = facts.invoices["supplier"][index], size(used)
    offset = [
        line(count, doc=np.arange(count), account="payable", base=used["base"], foreign=used["amount"],
             supplier=supplier,
             cleared_no=np.where(full, number, -1),
             cleared_day=np.where(full, facts.invoices["day"][index], 0),
             invoice_no=invoice_numbers[index] + _BLART["RE"], invoice_year=facts.invoices["year"][index]),
        line(count, doc=np.arange(count), account="exchange", base=used["advance_base"] - used["base"]),
        line(count, doc=np.arange(count), account="prepayment", base=-used["advance_base"],
             foreign=-used["amount"],
             supplier=supplier, special=1),
    ]  # fmt: skip
    heads = pick(facts.invoices, index)
    post(world, store, book, facts.company, "AB",
         head(heads, used["number"], number, heads["currency"], heads["rate"]),
         stack(offset), "BKPF")  # fmt: skip


def post_issues(world: World, store: Store, book: Totals, company: Company, costed: Frame) -> None:
    """Post goods issues of a month.

    Cost of sales (or goods given in consignment, or samples) against stock.
    """
    if size(costed) == 0:
        return
    first = costed["line"] == 1
    doc = np.cumsum(first) - 1
    heads = pick(costed, first)
    target = np.where(costed["kind"] == GIVEN_OUT, NUMBER["goods_shipped"], NUMBER["cogs"])
    target = np.where(costed["kind"] == SAMPLE, NUMBER["selling"], target)
    count = size(costed)
    rows = [
        line(count, doc=doc, account=target, base=costed["cost"], quantity=costed["quantity"]),
        line(count, doc=doc, account="goods", base=-costed["cost"], item=costed["item"],
             quantity=costed["quantity"]),
    ]  # fmt: skip
    numbers = world.numbers.take_yearly(f"fi_WL_{company.index}", heads["year"])
    zero = np.zeros(size(heads), dtype=np.int64)
    post(world, store, book, company, "WL",
         head(heads, numbers, heads["no"] + SAP_START[SHIPMENT], zero, zero + 100000), stack(rows),
         "MKPF")  # fmt: skip


def post_sales(world: World, store: Store, book: Totals, facts: Sales, used: Frame) -> None:
    """Post billing documents, receipts of money, advances and their offsets of one cohort."""
    heads, lines, of = facts.invoices, facts.invoice_lines, facts.invoice_lines["invoice"]
    taken = np.full(size(heads), -1, dtype=np.int64)
    when = np.zeros(size(heads), dtype=np.int64)
    last = pick(facts.payments, facts.payments["last"])
    taken[last["invoice"]] = last["no"] + SAP_START[COLLECTION]
    when[last["invoice"]] = last["day"]
    full = pick(used, used["amount"] == heads["gross"][used["invoice"]])
    taken[full["invoice"]] = full["number"] + _BLART["AB"]
    when[full["invoice"]] = heads["day"][full["invoice"]]
    numbers = heads["no"]
    docs = np.arange(size(heads))
    first = np.searchsorted(of, docs)
    revenue = np.where(heads["currency"][of] > 0, NUMBER["revenue_export"], NUMBER["revenue"])
    rows = [
        line(size(heads), doc=docs, account="receivable", base=heads["base_gross"], foreign=heads["gross"],
             customer=heads["customer"], cleared_no=taken, cleared_day=when,
             term_days=np.array([0, 30, 60, 90])[world.masters.customers.term[heads["customer"]]]),
        line(size(lines), doc=of, account=revenue, base=-lines["base"], foreign=-lines["net"],
             tax_rate=lines["tax_rate"],
             output=1, quantity=lines["quantity"]),
        line(size(heads), doc=docs, account="output_vat", base=-heads["base_tax"], foreign=-heads["tax"],
             output=1,
             tax_rate=lines["tax_rate"][first] if size(heads) else 0),
    ]  # fmt: skip
    post(world, store, book, facts.company, "RV",
         head(heads, numbers, numbers + SAP_START[SALES_INVOICE], heads["currency"], heads["rate"]),
         stack(rows), "VBRK")  # fmt: skip
    _post_collections(world, store, book, facts)
    _post_taken_ahead(world, store, book, facts, used)


def _post_collections(world: World, store: Store, book: Totals, facts: Sales) -> None:
    pays = facts.payments
    index, count = pays["invoice"], size(pays)
    customer = facts.invoices["customer"][index]
    difference = pays["cleared_base"] - pays["paid_base"] - pays["discount_base"]
    own = pays["no"] + SAP_START[COLLECTION]
    bank = np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[pays["currency"]]
    partial, docs = ~pays["last"], np.arange(count)
    rows = [
        line(count, doc=docs, account=np.where(pays["note"], NUMBER["notes_receivable"], bank),
             base=pays["paid_base"],
             foreign=pays["paid"], customer=np.where(pays["note"], customer, -1),
             special=np.where(pays["note"], 2, 0)),
        line(count, doc=docs, account="cash_discount", base=pays["discount_base"], foreign=pays["discount"]),
        line(count, doc=docs, account="exchange", base=difference),
        line(count, doc=docs, account="receivable", base=-pays["cleared_base"], foreign=-pays["cleared"],
             customer=customer,
             cleared_no=np.where(partial, -1, own), cleared_day=np.where(partial, 0, pays["day"]),
             invoice_no=facts.invoices["no"][index] + _BLART["RV"],
             invoice_year=facts.invoices["year"][index],
             discount=pays["discount_base"]),
    ]  # fmt: skip
    post(world, store, book, facts.company, "DZ", head(pays, pays["no"], own, pays["currency"], pays["rate"]),
         stack(rows), "BKPF")  # fmt: skip
    due = pick(pays, pays["note"] & world.is_past(pays["matures"]))
    due["day"] = due["matures"]
    due["year"] = timeline.years_of(due["day"]).astype(np.int64)
    _post_matured(
        world, store, book, facts.company, due, facts.invoices["customer"][due["invoice"]], paying=False
    )


def _post_taken_ahead(world: World, store: Store, book: Totals, facts: Sales, used: Frame) -> None:
    ahead = facts.advances
    count, money = size(ahead), facts.orders["currency"][ahead["order"]]
    bank = np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[money]
    rows = [
        line(count, doc=np.arange(count), account=bank, base=ahead["paid_base"], foreign=ahead["paid"]),
        line(count, doc=np.arange(count), account="advance", base=-ahead["paid_base"], foreign=-ahead["paid"],
             customer=facts.orders["customer"][ahead["order"]], special=1),
    ]  # fmt: skip
    own = ahead["no"] + SAP_START[COLLECTION]
    post(
        world,
        store,
        book,
        facts.company,
        "DZ",
        head(ahead, ahead["no"], own, money, ahead["rate"]),
        stack(rows),
        "BKPF",
    )
    index = used["invoice"]
    number = used["number"] + _BLART["AB"]
    full = used["amount"] == facts.invoices["gross"][index]
    customer, count = facts.invoices["customer"][index], size(used)
    offset = [
        line(count, doc=np.arange(count), account="advance", base=used["advance_base"],
             foreign=used["amount"],
             customer=customer, special=1),
        line(count, doc=np.arange(count), account="exchange", base=used["base"] - used["advance_base"]),
        line(count, doc=np.arange(count), account="receivable", base=-used["base"], foreign=-used["amount"],
             customer=customer, cleared_no=np.where(full, number, -1),
             cleared_day=np.where(full, facts.invoices["day"][index], 0),
             invoice_no=facts.invoices["no"][index] + _BLART["RV"],
             invoice_year=facts.invoices["year"][index]),
    ]  # fmt: skip
    heads = pick(facts.invoices, index)
    post(world, store, book, facts.company, "AB",
         head(heads, used["number"], number, heads["currency"], heads["rate"]),
         stack(offset), "BKPF")  # fmt: skip


def write_totals(store: Store, companies: dict[int, Company], book: Totals) -> None:
    """Write GLT0: debits and (negative) credits by account, year and month; balances are carried forward."""
    table: dict[tuple[int, int, int, str], list[int]] = {}
    for (company, month, account), (debit, credit) in sorted(book.sums.items()):
        year, period = timeline.year_of(month), timeline.period_of(month)
        for side, amount in (("S", debit), ("H", credit)):
            table.setdefault((company, account, year, side), [0] * 13)[period] += amount
    years = sorted({key[2] for key in table})
    for company, account, _year, side in sorted({(c, a, 0, s) for c, a, _, s in table}):
        carried = 0
        for year in years:
            row = table.setdefault((company, account, year, side), [0] * 13)
            if account // 10**9 != 6:
                row[0] = carried
                carried += sum(row[1:])
    keys = sorted(table)
    values = np.array([table[key] for key in keys], dtype=np.int64).reshape(len(keys), 13)
    store.write(
        SAP,
        "GLT0",
        {"RLDNR": "00", "RRCTY": "0", "RVERS": "001", "BUKRS": [companies[key[0]].sap_code for key in keys],
         "RYEAR": np.array([key[2] for key in keys]), "RACCT": np.array([key[1] for key in keys]),
         "RTCUR": "CNY",
         "DRCRK": [key[3] for key in keys], "RPMAX": "016", "HSLVT": values[:, 0],
         **{f"HSL{n:02d}": values[:, n] for n in range(1, 13)}},
    )  # fmt: skip
