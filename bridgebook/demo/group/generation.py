"""The walk through the months.

Business happens, is written as documents, is booked, and the month is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bridgebook.demo.group import (
    other_entries,
    purchase_entries,
    sale_entries,
    sap_finance,
    sap_masters,
    sap_purchasing,
    sap_selling,
    sap_stock,
    timeline,
    u8_ledger,
    u8_masters,
    u8_money,
    u8_purchasing,
    u8_selling,
    u8_stock,
)
from bridgebook.demo.group.chance import totals
from bridgebook.demo.group.companies import COMPANIES, Company
from bridgebook.demo.group.costing import Stock, unit_cost
from bridgebook.demo.group.defects import spoil
from bridgebook.demo.group.entries import entry, summarise, typed_by_people
from bridgebook.demo.group.internal_trade import mirrored
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.lawful import label_purchases, label_sales
from bridgebook.demo.group.ledger import Ledger, number
from bridgebook.demo.group.purchasing import CONSIGNED, Need, Purchases, purchases
from bridgebook.demo.group.selling import Sales, sales
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


@dataclass
class Books:
    """Hold one company's running state: ledger, stock, and shipments whose month is still to be costed."""

    company: Company
    ledger: Ledger
    stock: Stock
    shipped: dict[int, list[Frame]] = field(default_factory=dict)

    def need(self) -> Need:
        """Say what should be bought: by stock and demand in trade, evenly by the manufacturer."""
        if self.company.index == 0:
            return self.ledger.world.masters.items.lot.astype(np.float64)
        committed = np.zeros_like(self.stock.quantity)
        for frames in self.shipped.values():
            for frame in frames:
                committed += totals(frame["quantity"], frame["item"], len(committed))
        return self.stock.need(committed)


def generate(world: World, store: Store, labels: Labels) -> None:
    """Generate everything into a store."""
    sap_masters.write_masters(world, store)
    feeder = sap_finance.Totals()
    books = [Books(c, Ledger(world, c), Stock(world, c)) for c in COMPANIES]
    for own in books:
        for database, years in databases(world, own.company).items():
            u8_masters.write_masters(world, store, own.company, database, years)
        other_entries.open_books(world, store, own.ledger, own.stock)
    for month in world.months:
        inside: Sales | None = None
        for own in books:
            inside = _trade(world, store, labels, feeder, own, month, inside)
        for own in books:
            _finish_month(world, store, labels, feeder, own, month)
    sap_finance.write_totals(store, {c.index: c for c in COMPANIES}, feeder)
    for own in books:
        if own.company.in_sap:
            sap_stock.write_balances(world, store, own.company, own.stock)
        else:
            u8_stock.write_stock(world, store, u8_ledger.database(own.company, 0), own.stock)


def databases(world: World, company: Company) -> dict[str, list[int]]:
    """List a company's account set databases with the years each holds."""
    result: dict[str, list[int]] = {}
    for year in sorted({timeline.year_of(m) for m in world.months}):
        result.setdefault(u8_ledger.database(company, year), []).append(year)
    return result


def _trade(
    world: World,
    store: Store,
    labels: Labels,
    feeder: sap_finance.Totals,
    own: Books,
    month: int,
    inside: Sales | None,
) -> Sales:
    """Let a month's orders and all that follows from them happen: documents are written, vouchers wait.

    `inside` holds the sales of the company before this one, part of which this company buys.
    """
    company = own.company
    cohorts = [purchases(world, company, month, own.need())]
    if inside is not None:
        cohorts.append(mirrored(world, company, inside))
    for position, bought in enumerate(cohorts):
        _write_purchases(world, store, feeder, bought)
        label_purchases(world, labels, bought)
        _expect_stock(own, bought)
        _book(world, labels, own, _purchase_vouchers(world, own, bought), f"purchases{position}", month)
    sold = sales(world, company, month)
    _write_sales(world, store, feeder, sold)
    label_sales(world, labels, sold)
    _expect_shipments(own, sold)
    _book(world, labels, own, _sales_vouchers(world, own, sold), "sales", month)
    return sold


def _write_purchases(world: World, store: Store, feeder: sap_finance.Totals, bought: Purchases) -> None:
    company, used = bought.company, purchase_entries.offsets(bought)
    if company.in_sap:
        sap_purchasing.write_purchases(world, store, bought)
        years = bought.invoices["year"][used["invoice"]]
        used["number"] = world.numbers.take_yearly(f"fi_AB_{company.index}", years)
        sap_finance.post_purchases(world, store, feeder, bought, used)
    else:
        database = u8_ledger.database(company, 0)
        u8_purchasing.write_purchases(world, store, database, bought)
        u8_money.write_purchase_money(world, store, database, bought, used)


def _write_sales(world: World, store: Store, feeder: sap_finance.Totals, sold: Sales) -> None:
    company, used = sold.company, sale_entries.offsets(sold)
    if company.in_sap:
        sap_selling.write_sales(world, store, sold)
        years = sold.invoices["year"][used["invoice"]]
        used["number"] = world.numbers.take_yearly(f"fi_AB_{company.index}", years)
        sap_finance.post_sales(world, store, feeder, sold, used)
    else:
        database = u8_ledger.database(company, 0)
        u8_selling.write_sales(world, store, database, sold)
        u8_money.write_sale_money(world, store, database, sold, used)


def _expect_stock(own: Books, bought: Purchases) -> None:
    lines = bought.receipt_lines
    kind = bought.orders["kind"][lines["order"]]
    stock = (kind != CONSIGNED) & (kind != 5)
    item = np.where(stock, bought.lines["item"][lines["row"]], -1)
    own.stock.expect(timeline.month_of(lines["day"]), item, lines["pieces"], lines["base"])
    matched = pick(bought.invoice_lines, bought.invoice_lines["receipt_line"] >= 0)
    source = matched["receipt_line"]
    change = matched["base"] - lines["base"][source]
    own.stock.expect(
        timeline.month_of(bought.invoices["day"][matched["invoice"]]),
        item[source],
        np.zeros(len(source), np.int64),
        change,
    )


def _expect_shipments(own: Books, sold: Sales) -> None:
    """Let shipment lines wait for the month in which they are costed, with all that their documents need."""
    lines, heads = sold.shipment_lines, sold.shipments
    of, order = lines["shipment"], lines["order"]
    frame = {
        "id": lines["id"], "line": lines["line"], "document_id": heads["no"][of],
        "no": heads["material_no"][of],
        "delivery": heads["no"][of], "day": heads["day"][of], "year": heads["year"][of],
        "batch": heads["batch"][of],
        "kind": sold.orders["kind"][order], "item": lines["item"], "quantity": lines["quantity"],
        "customer": sold.orders["customer"][order], "department": sold.orders["department"][order],
        "person": sold.orders["person"][order], "order_no": sold.orders["no"][order],
        "order_line": sold.lines["line"][lines["row"]], **_billed(sold),
    }  # fmt: skip
    months = timeline.month_of(frame["day"])
    for month in np.unique(months):
        own.shipped.setdefault(int(month), []).append(pick(frame, months == month))


def _billed(sold: Sales) -> Frame:
    """Say for each shipment line by which invoice and when it was billed; 0 where it was not (yet)."""
    result = {
        name: np.zeros(size(sold.shipment_lines), dtype=np.int64)
        for name in ("billed_day", "billed_no", "billed_variant")
    }
    linked = pick(sold.invoice_lines, sold.invoice_lines["shipment_line"] >= 0)
    heads = pick(sold.invoices, linked["invoice"])
    target = linked["shipment_line"]
    result["billed_day"][target] = heads["day"]
    result["billed_no"][target] = heads["no"]
    result["billed_variant"][target] = 1 - heads["special"].astype(np.int64)
    return result


Batch = tuple[str, Frame, float]
"""Vouchers of one kind: the flow they belong to, their lines, and the share that is booked in summary."""


def _purchase_vouchers(world: World, own: Books, bought: Purchases) -> list[Batch]:
    vouchers = own.ledger.vouchers
    return [
        *(("purchase", lines, 0.0) for lines in purchase_entries.estimates(world, bought, vouchers)),
        ("purchase", purchase_entries.invoices(world, bought, vouchers), 0.05),
        ("purchase", purchase_entries.certifications(world, bought, vouchers), 0.0),
        *(("purchase", lines, 0.1) for lines in purchase_entries.payments(world, bought, vouchers)),
        *(("purchase", lines, 0.0) for lines in purchase_entries.prepayments(world, bought, vouchers)),
    ]


def _sales_vouchers(world: World, own: Books, sold: Sales) -> list[Batch]:
    company, vouchers = own.company, own.ledger.vouchers
    batches: list[Batch] = [
        ("sales", sale_entries.invoices(sold, vouchers), 0.35 if company.index == 2 else 0.1),
        *(("sales", lines, 0.15) for lines in sale_entries.payments(world, sold, vouchers)),
        *(("sales", lines, 0.0) for lines in sale_entries.advances(world, sold, vouchers)),
    ]
    if company.index == 0:
        cost = unit_cost(world, sold.invoice_lines["item"], sold.invoice_lines["quantity"])
        batches.append(("sales", sale_entries.invoiced_cost(sold, cost, vouchers), 0.1))
    return batches


def _book(world: World, labels: Labels, own: Books, batches: list[Batch], name: str, month: int) -> None:
    """Book a cohort.

    Each kind of voucher in its own manner, some without reference, some in summary, some wrong.
    """
    company, vouchers = own.company, own.ledger.vouchers
    for position, (flow, lines, summed) in enumerate(batches):
        rng = world.chance("booking", name, company.index, month, position)
        lines = summarise(lines, vouchers, rng, summed, 3)
        lines = typed_by_people(world, lines, rng)
        own.ledger.add(spoil(world, company, labels, vouchers, flow, lines, rng))


def _finish_month(
    world: World, store: Store, labels: Labels, feeder: sap_finance.Totals, own: Books, month: int
) -> None:
    """Cost the month's shipments, book what belongs to the month's end, close it and write the books."""
    company, ledger = own.company, own.ledger
    shipped = own.shipped.pop(month, [])
    if shipped:
        costed = stack(shipped)
        costed = pick(costed, np.lexsort((costed["line"], costed["no"])))
    else:
        costed = _nothing()
    costed["cost"] = own.stock.cost_month(month, costed)
    open_month = month == world.last_month
    if company.in_sap:
        sap_selling.write_issues(store, company, costed)
        sap_finance.post_issues(world, store, feeder, company, costed)
        if company.index == 0:
            made = own.stock.produce(costed)
            sap_stock.write_production(world, store, feeder, company, month, made)
            ledger.add(other_entries.production(world, company, ledger.vouchers, month, made))
    else:
        u8_selling.write_issues(world, store, u8_ledger.database(company, 0), costed, not open_month)
    rng = world.chance("month", company.index, month)
    ledger.add(sale_entries.consigned_cost(company, costed, ledger.vouchers))
    issued = sale_entries.shipments(company, costed, ledger.vouchers)
    issued = summarise(issued, ledger.vouchers, rng, 0.3, 5)
    issued = typed_by_people(world, issued, rng)
    ledger.add(spoil(world, company, labels, ledger.vouchers, "sales", issued, rng))
    for lines in other_entries.month_end(world, store, labels, own.ledger, own.stock, costed, month):
        ledger.add(lines)
    _close_month(world, store, labels, ledger, month)


def _nothing() -> Frame:
    names = (
        "id line document_id no delivery day year batch kind item quantity customer department"
        " person order_no order_line"
        " billed_day billed_no billed_variant"
    )
    return {name: np.zeros(0, dtype=np.int64) for name in names.split()}


def _close_month(world: World, store: Store, labels: Labels, ledger: Ledger, month: int) -> None:
    """Revalue, carry the result over, number, post, sum up and write one month."""
    company = ledger.company
    lines = ledger.month_lines(month)
    open_month = month == world.last_month
    extra = [_labelled_revaluation(labels, company, month, ledger.revaluation(month, lines))]
    if not open_month:
        extra.append(ledger.closing(month, stack([lines, *extra])))
    lines = stack([lines, *(frame for frame in extra if size(frame))])
    lines = number(company, lines)
    late = open_month & (lines["day"] > world.as_of - 6)
    lines["posted"] = np.where((lines["void"] == 1) | late, 0, 1)
    if open_month and world.defects > 0:
        _unbalance(labels, company, month, lines)
    u8_ledger.write_vouchers(world, store, company, month, lines, labels)
    u8_ledger.write_sums(world, store, company, ledger.sums(month, lines))
    u8_ledger.write_period(world, store, company, month, not open_month, month == world.last_month)
    if timeline.period_of(month) == 12 and company.one_database_a_year:
        other_entries.carry_forward(world, store, ledger, month + 1)


def _labelled_revaluation(labels: Labels, company: Company, month: int, lines: Frame) -> Frame:
    """Label what the month-end revaluation changed, by line."""
    rows = np.flatnonzero(lines["partner_kind"] > 0) if size(lines) else np.zeros(0, dtype=np.int64)
    amounts = (lines["debit"] - lines["credit"])[rows] if size(lines) else rows
    ids = labels.add("exchange_revaluation", "other", company.master_code, months=np.full(len(rows), month),
                     amounts=amounts, roles=lines["account"][rows] if size(lines) else "")  # fmt: skip
    if size(lines):
        lines["source_label"][rows] = ids
    return lines


def _unbalance(labels: Labels, company: Company, month: int, lines: Frame) -> None:
    """Leave one voucher of the open month in error: not posted, flagged, one side a yuan too much."""
    rows = np.flatnonzero((lines["posted"] == 0) & (lines["void"] == 0) & (lines["debit"] > 0))
    if len(rows) == 0:
        return
    row = rows[:1]
    lines["debit"][row] += 100
    lines["void"][lines["voucher"] == lines["voucher"][row]] = 2
    lines["second_label"][row] = labels.add(
        "unbalanced",
        "other",
        company.master_code,
        months=np.full(1, month),
        amounts=np.full(1, 100),
        roles=lines["account"][row],
    )


__all__ = ["entry", "generate"]
