"""The walk through the months.

Business happens, is written as documents, is booked, and the month is closed.
"""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group import (
    other_entries,
    purchase_advances,
    purchase_entries,
    sale_entries,
    sap_accounting,
    sap_finance,
    sap_masters,
    sap_purchasing,
    sap_receivables,
    sap_selling,
    sap_stock,
    timeline,
    u8_masters,
    u8_money,
    u8_purchasing,
    u8_selling,
    u8_stock,
)
from bridgebook.demo.group.closing import close_month
from bridgebook.demo.group.companies import COMPANIES, Company
from bridgebook.demo.group.costing import Stock, unit_cost
from bridgebook.demo.group.defects import spoil
from bridgebook.demo.group.entries import summarise, typed_by_people
from bridgebook.demo.group.internal_trade import mirrored
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.lawful import label_purchases, label_sales
from bridgebook.demo.group.ledger import Ledger
from bridgebook.demo.group.purchase_orders import Purchases
from bridgebook.demo.group.purchasing import purchases
from bridgebook.demo.group.running import Books, expect_shipments, expect_stock, nothing_shipped
from bridgebook.demo.group.sale_orders import Sales
from bridgebook.demo.group.selling import sales
from bridgebook.demo.group.tax_pool import TaxPool
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


def generate(world: World, store: Store, labels: Labels, pool: TaxPool) -> None:
    """Generate everything into a store."""
    sap_masters.write_masters(world, store)
    feeder = sap_accounting.Totals()
    books = [Books(c, Ledger(world, c), Stock(world, c)) for c in COMPANIES]
    for own in books:
        for database, years in databases(world, own.company).items():
            u8_masters.write_masters(world, store, own.company, database, years)
        other_entries.open_books(world, store, own.ledger, own.stock)
        if own.company.in_sap:
            sap_stock.write_opening(world, store, feeder, own.company, own.stock)
        else:
            u8_stock.write_opening(world, store, own.company, own.stock)
    for month in world.months:
        inside: Sales | None = None
        for own in books:
            inside = _trade(world, store, labels, pool, feeder, own, month, inside)
        for own in books:
            _finish_month(world, store, labels, feeder, own, month)
    sap_accounting.write_totals(store, {c.index: c for c in COMPANIES}, feeder)
    for own in books:
        if own.company.in_sap:
            sap_stock.write_balances(world, store, feeder, own.company, own.stock)
        else:
            u8_stock.write_stock(world, store, own.company.database(0), own.stock)


def databases(world: World, company: Company) -> dict[str, list[int]]:
    """List a company's account set databases with the years each holds."""
    result: dict[str, list[int]] = {}
    for year in sorted({timeline.year_of(m) for m in world.months}):
        result.setdefault(company.database(year), []).append(year)
    return result


def _trade(
    world: World,
    store: Store,
    labels: Labels,
    pool: TaxPool,
    feeder: sap_accounting.Totals,
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
        pool.add(world, bought)
        label_purchases(world, labels, bought)
        expect_stock(own, bought)
        _book(world, labels, own, _purchase_vouchers(world, own, bought), f"purchases{position}", month)
    sold = sales(world, company, month)
    _write_sales(world, store, feeder, sold)
    label_sales(world, labels, sold)
    expect_shipments(own, sold)
    _book(world, labels, own, _sales_vouchers(world, own, sold), "sales", month)
    return sold


def _write_purchases(world: World, store: Store, feeder: sap_accounting.Totals, bought: Purchases) -> None:
    company, used = bought.company, purchase_advances.offsets(bought)
    if company.in_sap:
        sap_purchasing.write_purchases(world, store, bought)
        years = bought.invoices["year"][used["invoice"]]
        used["number"] = world.numbers.take_yearly(f"fi_AB_{company.index}", years)
        sap_finance.post_purchases(world, store, feeder, bought, used)
    else:
        database = company.database(0)
        u8_purchasing.write_purchases(world, store, database, bought)
        u8_money.write_purchase_money(world, store, database, bought, used)


def _write_sales(world: World, store: Store, feeder: sap_accounting.Totals, sold: Sales) -> None:
    company, used = sold.company, sale_entries.offsets(sold)
    if company.in_sap:
        sap_selling.write_sales(world, store, sold)
        years = sold.invoices["year"][used["invoice"]]
        used["number"] = world.numbers.take_yearly(f"fi_AB_{company.index}", years)
        sap_receivables.post_sales(world, store, feeder, sold, used)
    else:
        database = company.database(0)
        u8_selling.write_sales(world, store, database, sold)
        u8_money.write_sale_money(world, store, database, sold, used)


Batch = tuple[str, Frame, float]
"""Vouchers of one kind: the flow they belong to, their lines, and the share that is booked in summary."""


def _purchase_vouchers(world: World, own: Books, bought: Purchases) -> list[Batch]:
    vouchers = own.ledger.vouchers
    return [
        *(("purchase", lines, 0.0) for lines in purchase_entries.estimates(world, bought, vouchers)),
        ("purchase", purchase_entries.invoices(world, bought, vouchers), 0.2),
        ("purchase", purchase_entries.certifications(world, bought, vouchers), 0.0),
        *(("purchase", lines, 0.25) for lines in purchase_entries.payments(world, bought, vouchers)),
        *(("purchase", lines, 0.0) for lines in purchase_advances.prepayments(world, bought, vouchers)),
    ]


def _sales_vouchers(world: World, own: Books, sold: Sales) -> list[Batch]:
    company, vouchers = own.company, own.ledger.vouchers
    batches: list[Batch] = [
        ("sales", sale_entries.invoices(sold, vouchers), 0.4 if company.index == 2 else 0.2),
        *(("sales", lines, 0.35) for lines in sale_entries.payments(world, sold, vouchers)),
        *(("sales", lines, 0.0) for lines in sale_entries.advances(world, sold, vouchers)),
    ]
    if company.index == 0:
        cost = unit_cost(world, sold.invoice_lines["item"], sold.invoice_lines["quantity"])
        batches.append(("sales", sale_entries.invoiced_cost(sold, cost, vouchers), 0.25))
    return batches


def _book(world: World, labels: Labels, own: Books, batches: list[Batch], name: str, month: int) -> None:
    """Book a cohort.

    Each kind of voucher in its own manner, some without reference, some in summary, some wrong.
    """
    company, vouchers = own.company, own.ledger.vouchers
    rng = world.chance("booking", name, company.index, month)
    booked: dict[str, list[Frame]] = {}
    for flow, lines, summed in batches:
        lines = summarise(lines, vouchers, rng, summed, 3)
        booked.setdefault(flow, []).append(typed_by_people(world, lines, rng))
    for flow, frames in booked.items():
        own.ledger.add(spoil(world, company, labels, vouchers, flow, stack(frames), rng))


def _finish_month(
    world: World, store: Store, labels: Labels, feeder: sap_accounting.Totals, own: Books, month: int
) -> None:
    """Cost the month's shipments, book what belongs to the month's end, close it and write the books."""
    company, ledger = own.company, own.ledger
    shipped = own.shipped.pop(month, [])
    if shipped:
        costed = stack(shipped)
        costed = pick(costed, np.lexsort((costed["line"], costed["no"])))
    else:
        costed = nothing_shipped()
    costed["cost"] = own.stock.cost_month(month, costed)
    open_month = month == world.last_month
    if company.in_sap:
        sap_selling.write_issues(store, company, costed)
        sap_receivables.post_issues(world, store, feeder, company, costed)
        if company.index == 0:
            made = own.stock.produce(costed)
            sap_stock.write_production(world, store, feeder, company, month, made)
            ledger.add(other_entries.production(world, company, ledger.vouchers, month, made))
    else:
        u8_selling.write_issues(world, store, company.database(0), costed, not open_month)
        if not open_month:
            u8_stock.write_month(world, store, company, month, own.stock, costed)
    rng = world.chance("month", company.index, month)
    # Nobody books what is not costed yet: U8 knows the cost of an open month's issues at its end only.
    valued = pick(costed, np.full(size(costed), company.in_sap or not open_month))
    ledger.add(sale_entries.consigned_cost(company, valued, ledger.vouchers))
    issued = sale_entries.shipments(company, valued, ledger.vouchers)
    issued = summarise(issued, ledger.vouchers, rng, 0.3, 5)
    issued = typed_by_people(world, issued, rng)
    ledger.add(spoil(world, company, labels, ledger.vouchers, "sales", issued, rng))
    for lines in other_entries.month_end(world, store, labels, own.ledger, own.stock, costed, month):
        ledger.add(lines)
    close_month(world, store, labels, ledger, month)
