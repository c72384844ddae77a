"""Purchases as U8 holds them: requests, orders, receipts, invoices and their settlement (采购结算)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import names
from bridgebook.demo.group.chance import Ints, rounded, totals
from bridgebook.demo.group.entries import GOODS_MOVEMENT, PURCHASE_INVOICE
from bridgebook.demo.group.masters import TERMS
from bridgebook.demo.group.purchase_orders import (
    CONSIGNED,
    NOT_DEDUCTED,
    RETURN,
    STOCK,
    SUBCONTRACTED,
    Purchases,
)
from bridgebook.demo.group.references import u8_code
from bridgebook.demo.group.schema import NULL, padded
from bridgebook.demo.group.u8_values import chosen, item_codes, makers, people, project, ratio, supplier_codes
from bridgebook.demo.group.world import World, pick, size
from bridgebook.demo.group.writers import Store

_SERVICES = ("", "FW0001", "FW0002", "FW0003", "", "FW0004")
_BUSINESS = ("普通采购", "普通采购", "固定资产", "普通采购", "受托代销", "委外加工")


def article(facts: Purchases, rows: Ints) -> pa.Array:
    """Give the item of order lines; services have items of their own."""
    item = facts.lines["item"][rows]
    kind = facts.orders["kind"][facts.lines["order"][rows]]
    service = chosen(list(_SERVICES), kind)
    return pc.if_else(
        pa.array((item >= 0) & (kind != SUBCONTRACTED)), item_codes(np.maximum(item, 0)), service
    )


def write_purchases(world: World, store: Store, database: str, facts: Purchases) -> None:
    """Write one cohort of purchases."""
    _requests(world, store, database, facts)
    _orders(world, store, database, facts)
    _receipts(world, store, database, facts)
    _invoices(world, store, database, facts)
    _settlements(world, store, database, facts)


def _requests(world: World, store: Store, database: str, facts: Purchases) -> None:
    heads = pick(facts.orders, facts.orders["requested"])
    rows = np.flatnonzero(facts.orders["requested"][facts.lines["order"]])
    lines, count = pick(facts.lines, rows), size(heads)
    if count == 0:
        return
    day = heads["day"] - 5
    store.write(
        database,
        "PU_AppVouch",
        {"ID": heads["no"], "cCode": pc.binary_join_element_wise("QG", padded(heads["no"], 10), ""),
         "dDate": day,
         **people(heads), "cPTCode": "01", "cMaker": makers(heads, 3), "cVerifier": names.person(5),
         "cAuditDate": day + 1, "cmaketime": day},
    )  # fmt: skip
    store.write(
        database,
        "PU_AppVouchs",
        {"AutoID": lines["id"], "ID": facts.orders["no"][lines["order"]], "cInvCode": article(facts, rows),
         "fQuantity": lines["quantity"] * lines["pack"],
         "fUnitPrice": ratio(lines["net"], lines["quantity"] * lines["pack"]),
         "fMoney": lines["net"], "iPerTaxRate": lines["tax_rate"],
         "dRequirDate": facts.orders["day"][lines["order"]] + lines["lead"], "ivouchrowno": lines["line"],
         "cexch_name": "人民币", "iExchRate": 1.0,
         "iReceivedQTY": lines["quantity"] * lines["pack"],
         **project(pick(facts.orders, lines["order"]))},
    )  # fmt: skip


def _orders(world: World, store: Store, database: str, facts: Purchases) -> None:
    heads, lines = facts.orders, facts.lines
    released = ~heads["unreleased"]
    store.write(
        database,
        "PO_Pomain",
        {"POID": heads["no"], "cPOID": pc.binary_join_element_wise("CG", padded(heads["no"], 10), ""),
         "dPODate": heads["day"], "cVenCode": supplier_codes(heads["supplier"]), **people(heads),
         "cPTCode": "01",
         "cBusType": chosen(list(_BUSINESS), heads["kind"]), "cexch_name": "人民币", "nflat": 1.0,
         "iTaxRate": 13,
         "cPayCode": chosen([c for c, _ in TERMS], world.masters.suppliers.term[heads["supplier"]]),
         "cState": np.where(heads["cancelled"], 2, np.where(released, 1, 0)), "cMaker": makers(heads, 0),
         "cVerifier": pc.if_else(pa.array(released), makers(heads, 9), None),
         "cAuditDate": np.where(released, heads["day"] + 1, 0),
         "cCloser": pc.if_else(pa.array(heads["cancelled"]), makers(heads, 9), None),
         "dCloseDate": np.where(heads["cancelled"], heads["day"] + 9, 0), "cmaketime": heads["day"],
         "cModifyTime": np.where(released, heads["day"] + 1, 0),
         "cAppCode": pc.if_else(pa.array(heads["requested"]),
                                pc.binary_join_element_wise("QG", padded(heads["no"], 10), ""), None)},
    )  # fmt: skip
    order, pieces = lines["order"], lines["quantity"] * lines["pack"]
    gross = lines["net"] + lines["tax"]
    received = totals(facts.receipt_lines["pieces"], facts.receipt_lines["row"], size(lines))
    billed = totals(
        facts.invoice_lines["quantity"] * lines["pack"][facts.invoice_lines["row"]],
        facts.invoice_lines["row"], size(lines),
    )  # fmt: skip
    short = lines["short"] & (received < pieces) & (received > 0)
    store.write(
        database,
        "PO_Podetails",
        {"ID": lines["id"], "POID": heads["no"][order], "ivouchrowno": lines["line"],
         "cInvCode": article(facts, np.arange(size(lines))), "iQuantity": pieces,
         "iNum": np.where(lines["pack"] > 1, lines["quantity"], 0), "iUnitPrice": ratio(lines["net"], pieces),
         "iTaxPrice": ratio(gross, pieces), "iMoney": lines["net"], "iTax": lines["tax"], "iSum": gross,
         "iNatUnitPrice": ratio(lines["net"], pieces), "iNatMoney": lines["net"], "iNatTax": lines["tax"],
         "iNatSum": gross, "iPerTaxRate": lines["tax_rate"], "bTaxCost": 1,
         "dArriveDate": heads["day"][order] + lines["lead"],
         "iReceivedQTY": received, "iInvQTY": billed,
         "cUnitID": chosen(["01", "02"], (lines["pack"] > 1).astype(np.int64)),
         "iAppIds": np.where(heads["requested"][order], lines["id"], NULL),
         "cbCloser": pc.if_else(pa.array(short | heads["cancelled"][order]), pa.scalar(names.person(9)),
                                None),
         **project(pick(heads, order))},
    )  # fmt: skip


def final_receipts(world: World, facts: Purchases) -> tuple[Ints, Ints]:
    """Give for each receipt line its settled value (-1 while open) and the day of its
    settlement (0 while open).
    """
    lines = facts.invoice_lines
    linked = np.flatnonzero(lines["receipt_line"] >= 0)
    value = np.full(size(facts.receipt_lines), -1, dtype=np.int64)
    day = np.zeros(size(facts.receipt_lines), dtype=np.int64)
    heads = lines["invoice"][linked]
    cost = lines["base"][linked] + np.where(
        facts.invoices["usage"][heads] == NOT_DEDUCTED, lines["tax"][linked], 0
    )
    value[lines["receipt_line"][linked]] = cost
    day[lines["receipt_line"][linked]] = facts.invoices["day"][heads]
    return value, day


def _receipts(world: World, store: Store, database: str, facts: Purchases) -> None:
    heads, lines = facts.receipts, facts.receipt_lines
    owners = pick(facts.orders, heads["order"])
    back = (heads["batch"] == RETURN).astype(np.int64)
    store.write(
        database,
        "RdRecord01",
        {"ID": heads["no"], "bRdFlag": 1, "cVouchType": "01",
         "cBusType": chosen(list(_BUSINESS), owners["kind"]),
         "cSource": "采购订单",
         "cWhCode": chosen(["01", "03"], (owners["kind"] == CONSIGNED).astype(np.int64)),
         "dDate": heads["day"], "cCode": u8_code(GOODS_MOVEMENT, heads["no"]), "cRdCode": "11",
         **people(owners),
         "cPTCode": "01", "cVenCode": supplier_codes(owners["supplier"]),
         "cOrderCode": pc.binary_join_element_wise("CG", padded(owners["no"], 10), ""),
         "cHandler": makers(owners, 20),
         "dVeriDate": heads["day"], "cMaker": makers(owners, 21), "dnmaketime": heads["day"],
         "bredvouch": back,
         "bIsSTQc": 0, "iExchRate": 1.0, "cExch_Name": "人民币", "iTaxRate": 13},
    )  # fmt: skip
    settled, day = final_receipts(world, facts)
    row, order = lines["row"], lines["order"]
    tax = rounded(lines["net"] * facts.lines["tax_rate"][row], 100)
    cost = np.where(settled >= 0, settled, NULL)
    cost = np.where((settled < 0) & (day > 0), settled, cost)
    cost = np.where(day > 0, settled, lines["base"])
    store.write(
        database,
        "rdrecords01",
        {"AutoID": lines["id"], "ID": heads["no"][lines["receipt"]], "irowno": lines["line"],
         "cInvCode": article(facts, row), "iQuantity": lines["pieces"],
         "iNum": np.where(facts.lines["pack"][row] > 1, lines["quantity"], 0),
         "iUnitCost": ratio(cost, lines["pieces"]), "iPrice": cost, "iAPrice": lines["base"],
         "iSQuantity": np.where(day > 0, lines["pieces"], 0), "iMoney": np.where(day > 0, settled, 0),
         "dSDate": day, "iTax": tax, "iTaxRate": facts.lines["tax_rate"][row],
         "iPOsID": facts.lines["id"][row],
         "cPOID": pc.binary_join_element_wise("CG", padded(facts.orders["no"][order], 10), ""),
         "iOriCost": ratio(lines["net"], lines["pieces"]),
         "iOriTaxCost": ratio(lines["net"] + tax, lines["pieces"]),
         "iOriMoney": lines["net"], "iOriTaxPrice": tax, "ioriSum": lines["net"] + tax, "iTaxPrice": tax,
         "iSum": lines["net"] + tax,
         "cAssUnit": chosen(["02"], np.where(facts.lines["pack"][row] > 1, 0, -1)),
         "iinvexchrate": facts.lines["pack"][row].astype(np.float64), "bCosting": 1,
         "cbaccounter": pc.if_else(pa.array(day > 0), pa.scalar(names.person(22)), None),
         "bGift": facts.lines["free"][row].astype(np.int64), **project(pick(facts.orders, order))},
    )  # fmt: skip


def invoice_taxes(facts: Purchases) -> Ints:
    """Give the tax of invoice lines such that they add up to their invoice.

    The rounding sits on the first line.
    """
    tax: Ints = facts.invoice_lines["tax"].copy()
    first = np.searchsorted(facts.invoice_lines["invoice"], np.arange(size(facts.invoices)))
    if size(facts.invoices):
        tax[first] += facts.invoices["rounding"]
    return tax


def _invoices(world: World, store: Store, database: str, facts: Purchases) -> None:
    heads, lines = facts.invoices, facts.invoice_lines
    owners = pick(facts.orders, heads["order"])
    red = (heads["gross"] < 0).astype(np.int64)
    code = u8_code(PURCHASE_INVOICE, heads["no"])
    term = np.array([days for _, days in TERMS])[world.masters.suppliers.term[heads["supplier"]]]
    store.write(
        database,
        "PurBillVouch",
        {"PBVID": heads["no"],
         "cPBVBillType": chosen(["01", "02"], (heads["usage"] == NOT_DEDUCTED).astype(np.int64)),
         "cPBVCode": code, "cBusType": chosen(list(_BUSINESS), owners["kind"]), "cPTCode": "01",
         "dPBVDate": heads["day"],
         "dVouDate": heads["day"], "cVenCode": supplier_codes(heads["supplier"]), **people(owners),
         "cexch_name": "人民币",
         "cExchRate": 1.0, "iPBVTaxRate": 13, "bNegative": red, "bFirst": 0, "cPBVMaker": makers(owners, 30),
         "cVerifier": makers(owners, 31), "dverifydate": heads["day"], "cPBVVerifier": names.person(22),
         "dPBVVeriDate": heads["day"], "dSDate": np.where(owners["kind"] == STOCK, heads["day"], 0),
         "cPayCode": chosen([c for c, _ in TERMS], world.masters.suppliers.term[heads["supplier"]]),
         "dGatheringDate": heads["day"] + term, "cmaketime": heads["day"], "cPBVMemo": None},
    )  # fmt: skip
    row = lines["row"]
    pieces = lines["quantity"] * facts.lines["pack"][row]
    tax = invoice_taxes(facts)
    total = lines["net"] + tax
    store.write(
        database,
        "PurBillVouchs",
        {"ID": lines["id"], "PBVID": heads["no"][lines["invoice"]], "ivouchrowno": lines["line"],
         "cInvCode": article(facts, row), "iPBVQuantity": pieces, "iOriCost": ratio(lines["net"], pieces),
         "iOriTaxCost": ratio(total, pieces), "iOriMoney": lines["net"], "iOriTaxPrice": tax,
         "iOriSum": total,
         "iCost": ratio(lines["net"], pieces), "iMoney": lines["base"], "iTaxPrice": tax,
         "iSum": lines["base"] + tax,
         "iTaxRate": lines["tax_rate"], "iPOsID": facts.lines["id"][row],
         "RdsId": np.where(lines["receipt_line"] >= 0, _receipt_ids(facts, lines["receipt_line"]), NULL),
         "dSignDate": np.where(lines["receipt_line"] >= 0, heads["day"][lines["invoice"]], 0),
         **project(pick(facts.orders, lines["order"]))},
    )  # fmt: skip


def _receipt_ids(facts: Purchases, rows: Ints) -> Ints:
    ids = np.append(facts.receipt_lines["id"], -1)
    return np.asarray(ids[rows], dtype=np.int64)


def _settlements(world: World, store: Store, database: str, facts: Purchases) -> None:
    """Match invoice lines with receipt lines as U8 does: one settlement an invoice."""
    lines = facts.invoice_lines
    linked = np.flatnonzero(lines["receipt_line"] >= 0)
    if len(linked) == 0:
        return
    invoices = np.unique(lines["invoice"][linked])
    heads = pick(facts.invoices, invoices)
    ids = world.numbers.take("settlement_u8", len(invoices))
    store.write(
        database,
        "PurSettleVouch",
        {"PSVID": ids, "cSVCode": pc.binary_join_element_wise("JS", padded(ids, 10), ""),
         "dSVDate": heads["day"],
         "cBusType": "普通采购", "cVenCode": supplier_codes(heads["supplier"]), "cPTCode": "01",
         "cMaker": names.person(22)},
    )  # fmt: skip
    matched = pick(lines, linked)
    pieces = matched["quantity"] * facts.lines["pack"][matched["row"]]
    usage = facts.invoices["usage"][matched["invoice"]]
    cost = matched["base"] + np.where(usage == NOT_DEDUCTED, matched["tax"], 0)
    store.write(
        database,
        "PurSettleVouchs",
        {"ID": world.numbers.take("settlement_line_u8", len(linked)),
         "PSVID": ids[np.searchsorted(invoices, matched["invoice"])],
         "iRdsID": _receipt_ids(facts, matched["receipt_line"]), "iBsID": matched["id"],
         "cInvCode": article(facts, matched["row"]), "iSVQuantity": pieces, "iSVCost": ratio(cost, pieces),
         "iSVPrice": cost, "cBillCode": u8_code(PURCHASE_INVOICE, facts.invoices["no"][matched["invoice"]])},
    )  # fmt: skip
