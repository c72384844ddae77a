"""Sales as U8 holds them: orders, dispatches, stock issues with their cost, invoices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import names
from bridgebook.demo.group.chance import Ints, totals
from bridgebook.demo.group.entries import SALES_INVOICE, SHIPMENT
from bridgebook.demo.group.masters import TERMS
from bridgebook.demo.group.references import u8_code
from bridgebook.demo.group.sale_orders import CONSIGNED, RETURN, SAMPLE, Sales
from bridgebook.demo.group.schema import NULL, padded
from bridgebook.demo.group.u8_values import chosen, customer_codes, item_codes, makers, people, project, ratio
from bridgebook.demo.group.world import Frame, World, pick, size
from bridgebook.demo.group.writers import Store

_BUSINESS = ("普通销售", "委托代销", "普通销售", "普通销售")


def write_sales(world: World, store: Store, database: str, facts: Sales) -> None:
    """Write one cohort of sales; stock issues follow when their month is costed."""
    _orders(world, store, database, facts)
    _dispatches(world, store, database, facts)
    _invoices(world, store, database, facts)


def _amounts(facts: Sales, rows: Ints, quantity: Ints, net: Ints, tax: Ints) -> dict[str, Any]:
    """Give the amount columns that orders, dispatches and invoices share."""
    gross = net + tax
    listed = facts.lines["listed"][rows]
    return {
        "iQuantity": quantity, "iQuotedPrice": listed / 100, "iUnitPrice": ratio(net, quantity),
        "iTaxUnitPrice": ratio(gross, quantity), "iMoney": net, "iTax": tax, "iSum": gross,
        "iDisCount": quantity * listed - gross, "iNatUnitPrice": ratio(net, quantity), "iNatMoney": net,
        "iNatTax": tax, "iNatSum": gross, "iNatDisCount": quantity * listed - gross,
        "iTaxRate": facts.lines["tax_rate"][rows], "KL": 100 - facts.lines["deduction"][rows],
    }  # fmt: skip


def _orders(world: World, store: Store, database: str, facts: Sales) -> None:
    heads, lines = facts.orders, facts.lines
    released = ~heads["unreleased"]
    code = pc.binary_join_element_wise("XS", padded(heads["no"], 10), "")
    store.write(
        database,
        "SO_SOMain",
        {"ID": heads["no"], "cSOCode": code, "dDate": heads["day"], "cSTCode": "01",
         "cBusType": chosen(list(_BUSINESS), heads["kind"]), "cCusCode": customer_codes(heads["customer"]),
         **people(heads), "cexch_name": "人民币", "iExchRate": 1.0, "iTaxRate": 13,
         "cPayCode": chosen([c for c, _ in TERMS], world.masters.customers.term[heads["customer"]]),
         "iStatus": np.where(released, 1, 0), "cMaker": makers(heads, 1),
         "cVerifier": pc.if_else(pa.array(released), makers(heads, 2), None),
         "dverifydate": np.where(released, heads["day"], 0),
         "cCloser": pc.if_else(pa.array(heads["cancelled"]), makers(heads, 2), None),
         "dPreDateBT": heads["day"] + 10, "dcreatesystime": heads["day"], "dmodifysystime": heads["day"]},
    )  # fmt: skip
    order = lines["order"]
    shipped = totals(facts.shipment_lines["quantity"], facts.shipment_lines["row"], size(lines))
    billed = totals(facts.invoice_lines["quantity"], facts.invoice_lines["row"], size(lines))
    stopped = lines["short"] & (shipped < lines["quantity"]) & (shipped > 0)
    store.write(
        database,
        "SO_SODetails",
        {"iSOsID": lines["id"], "ID": heads["no"][order],
         "cSOCode": pc.binary_join_element_wise("XS", padded(heads["no"][order], 10), ""),
         "iRowNo": lines["line"],
         "cInvCode": item_codes(lines["item"]), "dPreDate": heads["day"][order] + 10,
         **_amounts(facts, np.arange(size(lines)), lines["quantity"], lines["net"], lines["tax"]),
         "iFHQuantity": shipped, "iKPQuantity": billed, "cUnitID": "01", "bgift": 0,
         "cSCloser": pc.if_else(pa.array(stopped | heads["cancelled"][order]), pa.scalar(names.person(9)),
                                None),
         **project(pick(heads, order))},
    )  # fmt: skip


def _dispatches(world: World, store: Store, database: str, facts: Sales) -> None:
    heads, lines = facts.shipments, facts.shipment_lines
    owners = pick(facts.orders, heads["order"])
    store.write(
        database,
        "DispatchList",
        {"DLID": heads["no"], "cDLCode": pc.binary_join_element_wise("FH", padded(heads["no"], 10), ""),
         "cVouchType": chosen(["05", "06"], (owners["kind"] == CONSIGNED).astype(np.int64)), "cSTCode": "01",
         "dDate": heads["day"], "cRdCode": "21", **people(owners),
         "cSOCode": pc.binary_join_element_wise("XS", padded(owners["no"], 10), ""),
         "cCusCode": customer_codes(owners["customer"]), "cexch_name": "人民币", "iExchRate": 1.0,
         "iTaxRate": 13,
         "bFirst": 0, "bReturnFlag": (heads["batch"] == RETURN).astype(np.int64),
         "cVerifier": makers(owners, 2),
         "dverifydate": heads["day"], "cMaker": makers(owners, 4),
         "cBusType": chosen(list(_BUSINESS), owners["kind"]),
         "cSaleOut": u8_code(SHIPMENT, heads["material_no"]), "dcreatesystime": heads["day"],
         "dmodifysystime": heads["day"]},
    )  # fmt: skip
    given = owners["kind"][lines["shipment"]] == SAMPLE
    net, tax = np.where(given, 0, lines["net"]), np.where(given, 0, lines["tax"])
    invoiced = np.zeros(size(lines), dtype=np.int64)
    linked = facts.invoice_lines["shipment_line"] >= 0
    invoiced[facts.invoice_lines["shipment_line"][linked]] = facts.invoice_lines["quantity"][linked]
    store.write(
        database,
        "DispatchLists",
        {"iDLsID": lines["id"], "DLID": heads["no"][lines["shipment"]], "irowno": lines["line"],
         "cWhCode": "01",
         "cInvCode": item_codes(lines["item"]), **_amounts(facts, lines["row"], lines["quantity"], net, tax),
         "iSettleQuantity": invoiced, "iSOsID": facts.lines["id"][lines["row"]],
         "cSoCode": pc.binary_join_element_wise("XS", padded(facts.orders["no"][lines["order"]], 10), ""),
         "fOutQuantity": lines["quantity"], "cUnitID": "01", "bGift": given.astype(np.int64),
         **project(pick(facts.orders, lines["order"]))},
    )  # fmt: skip


def write_issues(world: World, store: Store, database: str, costed: Frame, final: bool) -> None:
    """Write the stock issues of a month's dispatches, with their cost once the month is costed."""
    if size(costed) == 0:
        return
    heads = pick(costed, costed["line"] == 1)
    store.write(
        database,
        "RdRecord32",
        {"ID": heads["no"], "bRdFlag": 0, "cVouchType": "32",
         "cBusType": chosen(list(_BUSINESS), heads["kind"]),
         "cSource": "发货单", "cWhCode": "01", "dDate": heads["day"], "cCode": u8_code(SHIPMENT, heads["no"]),
         "cRdCode": "21", "cDepCode": "05", "cSTCode": "01", "cCusCode": customer_codes(heads["customer"]),
         "cDLCode": heads["delivery"], "cHandler": names.person(25), "dVeriDate": heads["day"],
         "cMaker": names.person(26), "dnmaketime": heads["day"],
         "bredvouch": (heads["batch"] == RETURN).astype(np.int64),
         "bIsSTQc": 0, "cBusCode": pc.binary_join_element_wise("FH", padded(heads["delivery"], 10), "")},
    )  # fmt: skip
    cost = costed["cost"] if final else np.full(size(costed), NULL)
    store.write(
        database,
        "rdrecords32",
        {"AutoID": costed["id"], "ID": costed["no"], "irowno": costed["line"],
         "cInvCode": item_codes(costed["item"]),
         "iQuantity": costed["quantity"],
         "iUnitCost": ratio(costed["cost"], costed["quantity"]) if final else None,
         "iPrice": cost, "iDLsID": costed["id"], "cbaccounter": names.person(22) if final else None,
         "bCosting": 1},
    )  # fmt: skip


def _invoices(world: World, store: Store, database: str, facts: Sales) -> None:
    heads, lines = facts.invoices, facts.invoice_lines
    owners = pick(facts.orders, heads["order"])
    term = np.array([days for _, days in TERMS])[world.masters.customers.term[heads["customer"]]]
    store.write(
        database,
        "SaleBillVouch",
        {"SBVID": heads["no"], "cSBVCode": u8_code(SALES_INVOICE, heads["no"]),
         "cVouchType": chosen(["27", "26"], heads["special"].astype(np.int64)), "cSTCode": "01",
         "dDate": heads["day"],
         "cRdCode": "21", **people(owners),
         "cSOCode": pc.binary_join_element_wise("XS", padded(owners["no"], 10), ""),
         "cCusCode": customer_codes(heads["customer"]), "cexch_name": "人民币", "cExchRate": 1.0,
         "iExchRate": 1.0,
         "iTaxRate": 13, "bReturnFlag": (heads["gross"] < 0).astype(np.int64), "bFirst": 0,
         "cChecker": makers(owners, 5),
         "dChkDate": heads["day"], "cVerifier": makers(owners, 6), "dverifydate": heads["day"],
         "cMaker": makers(owners, 7),
         "cBusType": chosen(list(_BUSINESS), owners["kind"]), "dGatheringDate": heads["day"] + term,
         "dcreatesystime": heads["day"], "dmodifysystime": heads["day"]},
    )  # fmt: skip
    shipped = lines["shipment_line"]
    ids = np.append(facts.shipment_lines["id"], 0)
    store.write(
        database,
        "SaleBillVouchs",
        {"AutoID": lines["id"], "SBVID": heads["no"][lines["invoice"]], "irowno": lines["line"],
         "cWhCode": "01",
         "cInvCode": item_codes(lines["item"]),
         **_amounts(facts, lines["row"], lines["quantity"], lines["net"], lines["tax"]),
         "iDLsID": np.where(shipped >= 0, ids[shipped], NULL), "iSOsID": facts.lines["id"][lines["row"]],
         "cSoCode": pc.binary_join_element_wise("XS", padded(facts.orders["no"][lines["order"]], 10), ""),
         "cUnitID": "01", "bGift": 0, **project(pick(facts.orders, lines["order"]))},
    )  # fmt: skip
