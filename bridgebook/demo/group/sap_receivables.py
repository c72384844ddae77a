"""What SAP posts for sales: goods issues, billing documents, money from customers, advances."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import (
    COLLECTION,
    SALES_INVOICE,
    SHIPMENT,
)
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sale_orders import CONSIGNED as GIVEN_OUT
from bridgebook.demo.group.sale_orders import SAMPLE, Sales
from bridgebook.demo.group.sap_accounting import RANGES, Totals, head, line, maturities, post, post_matured
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


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
    taken[full["invoice"]] = full["number"] + RANGES["AB"]
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
    matured = maturities(world, facts.company, pays)
    difference = pays["cleared_base"] - pays["paid_base"] - pays["discount_base"]
    own = pays["no"] + SAP_START[COLLECTION]
    bank = np.array([NUMBER["bank"], NUMBER["bank_usd"], NUMBER["bank_jpy"]])[pays["currency"]]
    partial, docs = ~pays["last"], np.arange(count)
    rows = [
        line(count, doc=docs, account=np.where(pays["note"], NUMBER["notes_receivable"], bank),
             base=pays["paid_base"],
             foreign=pays["paid"], customer=np.where(pays["note"], customer, -1),
             special=np.where(pays["note"], 2, 0), cleared_no=matured["cleared_no"],
             cleared_day=matured["cleared_day"]),
        line(count, doc=docs, account="cash_discount", base=pays["discount_base"], foreign=pays["discount"]),
        line(count, doc=docs, account="exchange", base=difference),
        line(count, doc=docs, account="receivable", base=-pays["cleared_base"], foreign=-pays["cleared"],
             customer=customer,
             cleared_no=np.where(partial, -1, own), cleared_day=np.where(partial, 0, pays["day"]),
             invoice_no=facts.invoices["no"][index] + RANGES["RV"],
             invoice_year=facts.invoices["year"][index],
             discount=pays["discount_base"]),
    ]  # fmt: skip
    post(world, store, book, facts.company, "DZ", head(pays, pays["no"], own, pays["currency"], pays["rate"]),
         stack(rows), "BKPF")  # fmt: skip
    due = pick({**pays, **matured}, matured["number"] >= 0)
    due["day"] = due["matures"]
    due["year"] = timeline.years_of(due["day"]).astype(np.int64)
    post_matured(
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
    number = used["number"] + RANGES["AB"]
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
             invoice_no=facts.invoices["no"][index] + RANGES["RV"],
             invoice_year=facts.invoices["year"][index]),
    ]  # fmt: skip
    heads = pick(facts.invoices, index)
    post(world, store, book, facts.company, "AB",
         head(heads, used["number"], number, heads["currency"], heads["rate"]),
         stack(offset), "BKPF")  # fmt: skip
