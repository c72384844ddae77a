"""Differences that the business itself causes, each occurrence labelled.

Time, price, quantity, tax, currency, kind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, totals
from bridgebook.demo.group.companies import COMPANIES, Company
from bridgebook.demo.group.entries import GOODS_MOVEMENT, PAYMENT, PURCHASE_INVOICE, SALES_INVOICE, SHIPMENT
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.purchase_entries import estimated_months
from bridgebook.demo.group.purchase_orders import (
    ALLOWANCE,
    ASSET,
    CONSIGNED,
    EXPENSE,
    FREIGHT,
    NOT_DEDUCTED,
    PENDING,
    RETURN,
    SUBCONTRACTED,
    Purchases,
)
from bridgebook.demo.group.references import line_names
from bridgebook.demo.group.sale_orders import ADJUSTMENT, HELD, SAMPLE, Sales
from bridgebook.demo.group.sale_orders import CONSIGNED as GIVEN_OUT
from bridgebook.demo.group.sale_orders import RETURN as BACK
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.world import Frame, World, pick, size


def order_names(
    company: Company, table: tuple[str, str], orders: Frame, lines: Frame, rows: Ints
) -> pa.Array:
    """Name order lines: EKPO or VBAP by number and item, U8's by their own id."""
    chosen = pick(lines, rows)
    if not company.in_sap:
        return pc.binary_join_element_wise(table[1], pc.cast(pa.array(chosen["id"]), pa.string()), "/")
    start, width = (4500000000, 5) if table[0] == "EKPO" else (0, 6)
    numbers = padded(orders["no"][chosen["order"]] + start, 10)
    return pc.binary_join_element_wise(table[0], numbers, padded(chosen["line"] * 10, width), "/")


def _names(company: Company, document: int, heads: Frame, owner: Any, lines: Frame, rows: Ints) -> pa.Array:
    number, year = heads["no"][owner[rows]], heads["year"][owner[rows]]
    own = lines["line"][rows] if company.in_sap else lines["id"][rows]
    return line_names(company, np.full(len(rows), document), number, year, own)


def label_purchases(world: World, labels: Labels, facts: Purchases) -> None:
    """Label what one cohort of purchases holds."""
    _label_orders(world, labels, facts)
    _label_receipts(world, labels, facts)
    _label_purchase_invoices(labels, facts)
    _label_payments(labels, facts)


def _label_orders(world: World, labels: Labels, facts: Purchases) -> None:
    company, orders, lines = facts.company, facts.orders, facts.lines
    order = lines["order"]
    received = totals(facts.receipt_lines["quantity"] * (facts.receipt_lines["batch"] < 2),
                      facts.receipt_lines["row"],
                      size(lines))  # fmt: skip
    moves = ~np.isin(orders["kind"][order], [EXPENSE, ASSET, FREIGHT])
    live = ~orders["cancelled"][order] & ~orders["unreleased"][order]
    kinds = {
        "cancelled_order": orders["cancelled"][order],
        "closed_short": live & lines["short"] & (received > 0) & (received < lines["quantity"]),
        "open_order": live & moves & ~lines["short"] & (received < lines["quantity"]),
        "over_delivery": live & (received > lines["quantity"]),
        "free_goods": live & lines["free"],
        "unit_conversion": live & (lines["pack"] > 1),
        "internal_purchase": live & (orders["supplier"][order] < len(COMPANIES)),
    }
    month = timeline.month_of(orders["day"][order])
    for kind, mask in kinds.items():
        rows = np.flatnonzero(mask)
        labels.add(kind, "purchase", company.master_code, months=month[rows], amounts=lines["net"][rows],
                   documents=order_names(company, ("EKPO", "PO_Podetails"), orders, lines, rows))  # fmt: skip


def _label_receipts(world: World, labels: Labels, facts: Purchases) -> None:
    company, lines, heads = facts.company, facts.receipt_lines, facts.receipts
    kind = facts.orders["kind"][lines["order"]]
    received, invoiced, _ = estimated_months(world, facts)
    ordered = timeline.month_of(facts.orders["day"][lines["order"]])
    kinds = {
        "cut_off": received != ordered,
        "estimate": (invoiced > received) & (kind != CONSIGNED) & (lines["base"] != 0),
        "purchase_return": lines["batch"] == RETURN,
        "consignment_in": kind == CONSIGNED,
        "subcontracting": kind == SUBCONTRACTED,
    }
    for name, mask in kinds.items():
        rows = np.flatnonzero(mask)
        labels.add(name, "purchase", company.master_code, months=received[rows], amounts=lines["base"][rows],
                   roles="estimate" if name == "estimate" else "",
                   documents=_names(company, GOODS_MOVEMENT, heads, lines["receipt"], lines,
                                    rows))  # fmt: skip


def _label_purchase_invoices(labels: Labels, facts: Purchases) -> None:
    company, lines, heads = facts.company, facts.invoice_lines, facts.invoices
    of, row = lines["invoice"], lines["row"]
    kind = facts.orders["kind"][lines["order"]]
    plain = lines["batch"] != ALLOWANCE
    ordered = -(
        -lines["quantity"] * facts.lines["pack"][row] * facts.lines["price"][row] // facts.lines["unit"][row]
    )
    first = np.concatenate(([True], of[1:] != of[:-1])) if len(of) else np.zeros(0, dtype=bool)
    month = timeline.month_of(heads["day"])[of] if len(of) else np.zeros(0, dtype=np.int32)
    table: list[tuple[str, Any, Any, str]] = [
        ("price_variance", plain & (facts.lines["variance"][row] != 0) & (lines["net"] != ordered),
         lines["net"] - ordered,
         company.goods_role),
        ("allowance", lines["batch"] == ALLOWANCE, lines["base"], company.goods_role),
        ("input_vat_not_deducted", (heads["usage"][of] == NOT_DEDUCTED) & (lines["tax"] != 0), lines["tax"],
         "input_vat"),
        ("input_vat_pending", (heads["usage"][of] == PENDING) & (lines["tax"] != 0), lines["tax"],
         "input_vat_pending"),
        ("expense_purchase", kind == EXPENSE, lines["base"], "admin"),
        ("asset_purchase", kind == ASSET, lines["base"], "fixed_asset"),
        ("freight", kind == FREIGHT, lines["base"], company.goods_role),
        ("rounding", first & (heads["rounding"][of] != 0), heads["rounding"][of], "input_vat"),
        ("foreign_currency", heads["currency"][of] > 0, lines["base"], "payable"),
    ]  # fmt: skip
    for name, mask, amount, role in table:
        rows = np.flatnonzero(mask)
        labels.add(name, "purchase", company.master_code, months=month[rows], amounts=amount[rows],
                   roles=role,
                   documents=_names(company, PURCHASE_INVOICE, heads, of, lines, rows))  # fmt: skip


def _label_payments(labels: Labels, facts: Purchases) -> None:
    company, pays = facts.company, facts.payments
    difference = pays["paid_base"] + pays["discount_base"] - pays["cleared_base"]
    table: list[tuple[str, Any, Any, str]] = [
        ("exchange_realised", difference != 0, difference, "exchange"),
        ("cash_discount", pays["discount_base"] != 0, pays["discount_base"], "cash_discount"),
        ("note", pays["note"], pays["paid_base"], "notes_payable"),
    ]
    for name, mask, amount, role in table:
        rows = np.flatnonzero(mask)
        labels.add(name, "purchase", company.master_code, months=timeline.month_of(pays["day"][rows]),
                   amounts=amount[rows], roles=role, documents=_money_names(company, pays, rows))  # fmt: skip
    ahead = facts.prepayments
    rows = np.arange(size(ahead))
    labels.add("prepayment", "purchase", company.master_code, months=timeline.month_of(ahead["day"]),
               amounts=ahead["paid_base"], roles="prepayment",
               documents=_money_names(company, ahead, rows))  # fmt: skip


def _money_names(company: Company, frame: Frame, rows: Ints, document: int = PAYMENT) -> pa.Array:
    own = np.full(len(rows), 1) if company.in_sap else frame["no"][rows]
    return line_names(company, np.full(len(rows), document), frame["no"][rows], frame["year"][rows], own)


def label_sales(world: World, labels: Labels, facts: Sales) -> None:
    """Label what one cohort of sales holds."""
    company, orders, lines = facts.company, facts.orders, facts.lines
    order = lines["order"]
    live = ~orders["cancelled"][order] & ~orders["unreleased"][order]
    month = timeline.month_of(orders["day"][order])
    shipped = totals(facts.shipment_lines["quantity"] * (facts.shipment_lines["batch"] < 2),
                     facts.shipment_lines["row"],
                     size(lines))  # fmt: skip
    kinds = {
        "cancelled_order": orders["cancelled"][order],
        "signed_earlier": live & (timeline.month_of(orders["signed"][order]) != month),
        "open_order": live & (shipped < lines["quantity"]) & ~lines["short"],
        "closed_short": live & lines["short"] & (shipped > 0) & (shipped < lines["quantity"]),
        "bill_and_hold": live & (orders["kind"][order] == HELD),
        "internal_sale": live & orders["internal"][order],
        "trade_discount": live & (lines["deduction"] > 0) & (orders["kind"][order] != SAMPLE),
    }
    for name, mask in kinds.items():
        rows = np.flatnonzero(mask)
        labels.add(name, "sales", company.master_code, months=month[rows], amounts=lines["net"][rows],
                   documents=order_names(company, ("VBAP", "SO_SODetails"), orders, lines, rows))  # fmt: skip
    _label_shipments(world, labels, facts)
    _label_sales_invoices(world, labels, facts)


def _label_shipments(world: World, labels: Labels, facts: Sales) -> None:
    company, lines, heads = facts.company, facts.shipment_lines, facts.shipments
    month = timeline.month_of(lines["day"])
    billed = np.full(size(lines), world.last_month + 100, dtype=np.int64)
    linked = np.flatnonzero(facts.invoice_lines["shipment_line"] >= 0)
    days = facts.invoices["day"][facts.invoice_lines["invoice"][linked]]
    billed[facts.invoice_lines["shipment_line"][linked]] = timeline.month_of(days)
    kind = facts.orders["kind"][lines["order"]]
    sold = kind != SAMPLE
    ordered = timeline.month_of(facts.orders["day"][lines["order"]])
    kinds = {
        "cut_off": month != ordered,
        "shipped_not_invoiced": sold & (billed > month),
        "consignment_out": kind == GIVEN_OUT,
        "deemed_sale": kind == SAMPLE,
        "sales_return": lines["batch"] == BACK,
        "cost_not_final": (month == world.last_month) & (company.index == 2),
    }
    for name, mask in kinds.items():
        rows = np.flatnonzero(mask)
        number, year = heads["material_no"][lines["shipment"][rows]], heads["year"][lines["shipment"][rows]]
        own = lines["line"][rows] if company.in_sap else lines["id"][rows]
        labels.add(name, "sales", company.master_code, months=month[rows], amounts=lines["net"][rows],
                   roles="goods_shipped" if name == "shipped_not_invoiced" else "",
                   documents=line_names(company, np.full(len(rows), SHIPMENT), number, year,
                                        own))  # fmt: skip


def _label_sales_invoices(world: World, labels: Labels, facts: Sales) -> None:
    company, lines, heads, of = (
        facts.company,
        facts.invoice_lines,
        facts.invoices,
        facts.invoice_lines["invoice"],
    )
    month = timeline.month_of(heads["day"])[of] if len(of) else np.zeros(0, dtype=np.int32)
    exact = lines["net"] * lines["tax_rate"]
    off = lines["tax"] - (np.sign(exact) * ((2 * np.abs(exact) + 100) // 200))
    table: list[tuple[str, Any, Any, str]] = [
        ("price_adjustment", lines["batch"] == ADJUSTMENT, lines["base"], "revenue"),
        ("export", heads["currency"][of] > 0, lines["base"], "revenue_export"),
        ("rounding", off != 0, off, "output_vat"),
    ]
    for name, mask, amount, role in table:
        rows = np.flatnonzero(mask)
        labels.add(name, "sales", company.master_code, months=month[rows], amounts=amount[rows], roles=role,
                   documents=_names(company, SALES_INVOICE, heads, of, lines, rows))  # fmt: skip
    pays = facts.payments
    difference = pays["cleared_base"] - pays["paid_base"] - pays["discount_base"]
    for name, mask, amount, role in (
        ("exchange_realised", difference != 0, difference, "exchange"),
        ("cash_discount", pays["discount_base"] != 0, pays["discount_base"], "cash_discount"),
        ("note", pays["note"], pays["paid_base"], "notes_receivable"),
    ):
        rows = np.flatnonzero(mask)
        labels.add(name, "sales", company.master_code, months=timeline.month_of(pays["day"][rows]),
                   amounts=amount[rows],
                   roles=role, documents=_money_names(company, pays, rows, 5))  # fmt: skip
    ahead = facts.advances
    labels.add("advance_receipt", "sales", company.master_code, months=timeline.month_of(ahead["day"]),
               amounts=ahead["paid_base"], roles="advance",
               documents=_money_names(company, ahead, np.arange(size(ahead)), 5))  # fmt: skip
