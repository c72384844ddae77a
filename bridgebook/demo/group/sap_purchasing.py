"""Purchases as SAP holds them.

EBAN, EKKO/EKPO, goods receipts in MKPF/MSEG, RBKP/RSEG, and their history in EKBE.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group.chance import Ints, totals
from bridgebook.demo.group.entries import GOODS_MOVEMENT, PURCHASE_INVOICE
from bridgebook.demo.group.masters import TERMS, supplier_number
from bridgebook.demo.group.purchase_orders import (
    ALLOWANCE,
    ASSET,
    CONSIGNED,
    EXPENSE,
    FREIGHT,
    NOT_DEDUCTED,
    RETURN,
    SUBCONTRACTED,
    Purchases,
)
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sap_values import (
    ORDER_START,
    REQUEST_START,
    SAP,
    USERS,
    cost_centres,
    currency,
    day_texts,
    mark,
    materials,
    movement_heads,
    project_numbers,
    tax_code,
    tax_numbers,
    units,
)
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import chosen
from bridgebook.demo.group.world import World, pick, size
from bridgebook.demo.group.writers import Store


def write_purchases(world: World, store: Store, facts: Purchases) -> None:
    """Write one cohort of purchases."""
    _requests(store, facts)
    _orders(world, store, facts)
    _receipts(store, facts)
    _invoices(world, store, facts)


def _requests(store: Store, facts: Purchases) -> None:
    rows = np.flatnonzero(facts.orders["requested"][facts.lines["order"]])
    if len(rows) == 0:
        return
    lines = pick(facts.lines, rows)
    heads = pick(facts.orders, lines["order"])
    store.write(
        SAP,
        "EBAN",
        {"BANFN": heads["no"] + REQUEST_START, "BNFPO": lines["line"] * 10, "BSART": "NB", "STATU": "B",
         "FRGKZ": "2",
         "EKGRP": "001", "ERNAM": chosen(USERS, heads["person"]), "ERDAT": heads["day"] - 5,
         "AFNAM": "计划员",
         "TXZ01": _texts(facts, rows), "MATNR": materials(lines["item"]), "WERKS": facts.company.plant,
         "LGORT": "0001",
         "MENGE": lines["quantity"], "MEINS": units(lines["pack"]), "BADAT": heads["day"] - 5,
         "LFDAT": heads["day"] + lines["lead"], "FRGDT": heads["day"] - 3, "PREIS": lines["price"],
         "PEINH": lines["unit"], "WAERS": currency(heads["currency"]), "EBELN": heads["no"] + ORDER_START,
         "EBELP": lines["line"] * 10, "BSMNG": lines["quantity"], "EBAKZ": "X"},
    )  # fmt: skip


def _texts(facts: Purchases, rows: Ints) -> pa.Array:
    kind = facts.orders["kind"][facts.lines["order"][rows]]
    return chosen(["", "服务费", "设备购置", "运输费", "", "委外加工费"], kind)


def _orders(world: World, store: Store, facts: Purchases) -> None:
    heads, lines, company = facts.orders, facts.lines, facts.company
    number = heads["no"] + ORDER_START
    stamp = pc.binary_join_element_wise(day_texts(heads["day"]), "083000.000000", "")
    store.write(
        SAP,
        "EKKO",
        {"EBELN": number, "BUKRS": company.sap_code, "BSTYP": "F", "BSART": "NB",
         "LOEKZ": "", "STATU": "9", "AEDAT": heads["day"], "ERNAM": chosen(USERS, heads["person"]),
         "LIFNR": supplier_number(heads["supplier"]),
         "ZTERM": chosen([c for c, _ in TERMS], world.masters.suppliers.term[heads["supplier"]]),
         "EKORG": company.sap_code, "EKGRP": "001", "WAERS": currency(heads["currency"]),
         "WKURS": heads["rate"],
         "BEDAT": heads["day"], "FRGKE": chosen(["2", "1"], heads["unreleased"].astype(np.int64)),
         "FRGRL": mark(heads["unreleased"]),
         "PROCSTAT": chosen(["05", "03"], heads["unreleased"].astype(np.int64)),
         "LASTCHANGEDATETIME": stamp},
    )  # fmt: skip
    order = lines["order"]
    kind = heads["kind"][order]
    received = totals(facts.receipt_lines["quantity"], facts.receipt_lines["row"], size(lines))
    billed = totals(facts.invoice_lines["quantity"], facts.invoice_lines["row"], size(lines))
    done = (received >= lines["quantity"]) | (lines["short"] & (received > 0))
    assigned = np.isin(kind, [EXPENSE, ASSET, FREIGHT])
    store.write(
        SAP,
        "EKPO",
        {"EBELN": number[order], "EBELP": lines["line"] * 10,
         "LOEKZ": chosen(["", "L"], heads["cancelled"][order].astype(np.int64)),
         "AEDAT": heads["day"][order], "TXZ01": _texts(facts, np.arange(size(lines))),
         "MATNR": materials(np.where(kind == SUBCONTRACTED, -1, lines["item"])), "BUKRS": company.sap_code,
         "WERKS": company.plant, "LGORT": "0001", "MENGE": lines["quantity"], "MEINS": units(lines["pack"]),
         "BPRME": "ST", "BPUMZ": lines["pack"], "BPUMN": 1, "UMREZ": lines["pack"], "UMREN": 1,
         "NETPR": lines["price"], "PEINH": lines["unit"], "NETWR": lines["net"], "BRTWR": lines["net"],
         "MWSKZ": tax_code(lines["tax_rate"]), "ELIKZ": mark(done & ~assigned),
         "EREKZ": mark(billed >= lines["quantity"]),
         "WEPOS": mark(~assigned), "REPOS": mark(kind != CONSIGNED), "WEBRE": mark(~assigned),
         "KNTTP": chosen(["", "K", "A"], np.where(kind == ASSET, 2, np.where(assigned, 1, 0))),
         "PSTYP": chosen(["0", "2", "3"],
                         np.where(kind == CONSIGNED, 1, np.where(kind == SUBCONTRACTED, 2, 0))),
         "UMSON": mark(lines["free"]), "UEBTO": 10.0, "UNTTO": 10.0,
         "BANFN": pc.if_else(pa.array(heads["requested"][order]),
                             padded(heads["no"][order] + REQUEST_START, 10), ""),
         "BNFPO": pc.if_else(pa.array(heads["requested"][order]), padded(lines["line"] * 10, 5), "00000")},
    )  # fmt: skip
    store.write(
        SAP,
        "EKET",
        {"EBELN": number[order], "EBELP": lines["line"] * 10, "ETENR": "0001",
         "EINDT": heads["day"][order] + lines["lead"],
         "MENGE": lines["quantity"], "WEMNG": np.maximum(received, 0)},
    )  # fmt: skip
    rows = np.flatnonzero(assigned)
    if len(rows):
        owner = pick(heads, order[rows])
        account = np.where(
            kind[rows] == ASSET, 1601000000, np.where(kind[rows] == FREIGHT, 1405000000, 6602000000)
        )
        store.write(
            SAP,
            "EKKN",
            {"EBELN": owner["no"] + ORDER_START, "EBELP": lines["line"][rows] * 10, "ZEKKN": "01",
             "SAKTO": account,
             "KOSTL": cost_centres(company, owner["department"]),
             "PS_PSP_PNR": project_numbers(owner["project"]),
             "MENGE": lines["quantity"][rows]},
        )  # fmt: skip


def _receipts(store: Store, facts: Purchases) -> None:
    heads, lines, company = facts.receipts, facts.receipt_lines, facts.company
    if size(heads) == 0:
        return
    number = heads["no"] + SAP_START[GOODS_MOVEMENT]
    owner = pick(facts.orders, heads["order"])
    store.write(
        SAP,
        "MKPF",
        {**movement_heads(number, heads, "WE"), "USNAM": chosen(USERS, owner["person"]),
         "XBLNR": pc.binary_join_element_wise("SH", padded(heads["no"], 8), "")},
    )  # fmt: skip
    receipt, row = lines["receipt"], lines["row"]
    kind = facts.orders["kind"][lines["order"]]
    back = lines["batch"] == RETURN
    shared = {
        "EBELN": facts.orders["no"][lines["order"]] + ORDER_START, "EBELP": facts.lines["line"][row] * 10,
        "MATNR": materials(np.where(kind == SUBCONTRACTED, -1, facts.lines["item"][row])),
        "WERKS": company.plant,
        "DMBTR": np.where(kind == CONSIGNED, 0, np.abs(lines["base"])), "MENGE": np.abs(lines["pieces"]),
        "BWART": chosen(["101", "122"], back.astype(np.int64)),
    }  # fmt: skip
    store.write(
        SAP,
        "MSEG",
        {"MBLNR": number[receipt], "MJAHR": heads["year"][receipt], "ZEILE": lines["line"], "LGORT": "0001",
         "SOBKZ": chosen(["", "K"], (kind == CONSIGNED).astype(np.int64)),
         "LIFNR": supplier_number(facts.orders["supplier"][lines["order"]]),
         "SHKZG": chosen(["S", "H"], back.astype(np.int64)), "WAERS": "CNY", "MEINS": "ST",
         "ERFMG": np.abs(lines["quantity"]), "ERFME": units(facts.lines["pack"][row]),
         "BPMNG": np.abs(lines["pieces"]), "BPRME": "ST", "BUKRS": company.sap_code,
         "GJAHR": heads["year"][receipt], "BUDAT_MKPF": lines["day"], "CPUDT_MKPF": lines["day"], **shared},
    )  # fmt: skip
    store.write(
        SAP,
        "EKBE",
        {**shared, "ZEKKN": "00", "VGABE": "1", "GJAHR": heads["year"][receipt], "BELNR": number[receipt],
         "BUZEI": lines["line"], "BEWTP": "E", "BUDAT": lines["day"], "BLDAT": lines["day"],
         "WRBTR": np.abs(lines["net"]), "MENGE": np.abs(lines["quantity"]),
         "WAERS": currency(facts.orders["currency"][lines["order"]]),
         "SHKZG": chosen(["S", "H"], back.astype(np.int64)),
         "LFGJA": heads["year"][receipt], "LFBNR": number[receipt], "LFPOS": lines["line"],
         "CPUDT": lines["day"],
         "CPUTM": "093000"},
    )  # fmt: skip


def _invoices(world: World, store: Store, facts: Purchases) -> None:
    heads, lines, company = facts.invoices, facts.invoice_lines, facts.company
    if size(heads) == 0:
        return
    number = heads["no"] + SAP_START[PURCHASE_INVOICE]
    credit = heads["gross"] < 0
    undeducted = heads["usage"] == NOT_DEDUCTED
    days = np.array([d for _, d in TERMS])[world.masters.suppliers.term[heads["supplier"]]]
    owner = pick(facts.orders, heads["order"])
    store.write(
        SAP,
        "RBKP",
        {"BELNR": number, "GJAHR": heads["year"], "BLART": "RE", "BLDAT": heads["day"], "BUDAT": heads["day"],
         "USNAM": chosen(USERS, owner["person"]), "TCODE": "MIRO", "CPUDT": heads["day"], "CPUTM": "140000",
         "VGART": "RD",
         "XBLNR": tax_numbers(heads["tax_no"], heads["year"]), "BUKRS": company.sap_code,
         "LIFNR": supplier_number(heads["supplier"]), "WAERS": currency(heads["currency"]),
         "KURSF": heads["rate"],
         "RMWWR": np.abs(heads["gross"]), "WMWST1": np.abs(heads["tax"]),
         "MWSKZ1": tax_code(facts.lines["tax_rate"][lines["row"][np.searchsorted(lines["invoice"],
             np.arange(size(heads)))]]),
         "ZTERM": chosen([c for c, _ in TERMS], world.masters.suppliers.term[heads["supplier"]]),
         "ZFBDT": heads["day"],
         "ZBD1T": days, "XRECH": chosen(["X", ""], credit.astype(np.int64)), "RBSTAT": "5",
         "BKTXT": chosen(["", "不得抵扣"], undeducted.astype(np.int64))},
    )  # fmt: skip
    of, row, receipt = lines["invoice"], lines["row"], lines["receipt_line"]
    red = credit[of]
    source = np.maximum(receipt, 0)
    has = receipt >= 0
    doc = facts.receipt_lines["receipt"][source] if size(facts.receipt_lines) else source
    gr_number = (
        np.where(has, facts.receipts["no"][doc] + SAP_START[GOODS_MOVEMENT], -1)
        if size(facts.receipts)
        else source - 1
    )
    gr_year = np.where(has, facts.receipts["year"][doc], 0) if size(facts.receipts) else source
    gr_line = np.where(has, facts.receipt_lines["line"][source], 0) if size(facts.receipt_lines) else source
    later = lines["batch"] == ALLOWANCE
    shared: dict[str, Any] = {
        "EBELN": facts.orders["no"][lines["order"]] + ORDER_START, "EBELP": facts.lines["line"][row] * 10,
        "LFBNR": pc.fill_null(padded(gr_number, 10), ""), "LFGJA": padded(gr_year, 4),
        "LFPOS": padded(gr_line, 4),
        "MATNR": materials(np.where(facts.orders["kind"][lines["order"]] == SUBCONTRACTED, -1,
                                    facts.lines["item"][row])),
        "WERKS": company.plant, "WRBTR": np.abs(lines["net"]), "MENGE": np.abs(lines["quantity"]),
        "SHKZG": chosen(["S", "H"], red.astype(np.int64)),
    }  # fmt: skip
    store.write(
        SAP,
        "RSEG",
        {"BELNR": number[of], "GJAHR": heads["year"][of], "BUZEI": lines["line"], "ZEKKN": "00",
         "BUKRS": company.sap_code,
         "MWSKZ": tax_code(lines["tax_rate"]), "BSTME": units(facts.lines["pack"][row]),
         "BPMNG": np.abs(lines["quantity"] * facts.lines["pack"][row]), "BPRME": "ST", "TBTKZ": mark(later),
         "MEINS": "ST", **shared},
    )  # fmt: skip
    store.write(
        SAP,
        "EKBE",
        {**shared, "ZEKKN": "00", "VGABE": chosen(["2", "3"], later.astype(np.int64)),
         "GJAHR": heads["year"][of],
         "BELNR": number[of], "BUZEI": lines["line"], "BEWTP": chosen(["Q", "N"], later.astype(np.int64)),
         "BUDAT": heads["day"][of],
         "BLDAT": heads["day"][of], "DMBTR": np.abs(lines["base"]), "WAERS": currency(heads["currency"][of]),
         "XBLNR": tax_numbers(heads["tax_no"][of], heads["year"][of]), "CPUDT": heads["day"][of],
         "CPUTM": "140000"},
    )  # fmt: skip
    _tax_lines(store, facts, number)


def _tax_lines(store: Store, facts: Purchases, number: Ints) -> None:
    """Write RBTX: the tax of each invoice by rate; the rounding sits on the last rate."""
    heads, lines = facts.invoices, facts.invoice_lines
    key = lines["invoice"] * 100 + lines["tax_rate"]
    keys, group = np.unique(key, return_inverse=True)
    of, rate = keys // 100, keys % 100
    tax = totals(lines["tax"], group, len(keys))
    last = np.append(of[1:] != of[:-1], True) if len(keys) else np.zeros(0, bool)
    tax = tax + np.where(last, heads["rounding"][of], 0)
    first = np.searchsorted(of, of)
    store.write(
        SAP,
        "RBTX",
        {"BELNR": number[of], "GJAHR": heads["year"][of], "BUZEI": np.arange(len(keys)) - first + 1,
         "MWSKZ": tax_code(rate), "WMWST": np.abs(tax),
         "FWBAS": np.abs(totals(lines["net"], group, len(keys))),
         "SHKZG": chosen(["S", "H"], (heads["gross"][of] < 0).astype(np.int64))},
    )  # fmt: skip
