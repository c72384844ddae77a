"""Sales as SAP holds them.

VBAK/VBAP, LIKP/LIPS, goods issues in MKPF/MSEG, VBRK/VBRP, and the flow in VBFA.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group.chance import totals
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.costing import unit_cost
from bridgebook.demo.group.entries import SALES_INVOICE, SHIPMENT
from bridgebook.demo.group.masters import TERMS, customer_number
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sale_orders import ADJUSTMENT, CONSIGNED, RETURN, SAMPLE, Sales
from bridgebook.demo.group.sap_values import (
    SAP,
    USERS,
    currency,
    materials,
    movement_heads,
    tax_code,
    tax_numbers,
)
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import chosen
from bridgebook.demo.group.world import Frame, World, pick, size
from bridgebook.demo.group.writers import Store

DELIVERY_START = 80000000


def write_sales(world: World, store: Store, facts: Sales) -> None:
    """Write one cohort of sales; goods issues follow when their month is costed."""
    _orders(world, store, facts)
    _deliveries(store, facts)
    _billing(world, store, facts)
    _flow(store, facts)


def _orders(world: World, store: Store, facts: Sales) -> None:
    heads, lines, company = facts.orders, facts.lines, facts.company
    order = lines["order"]
    given = heads["kind"] == SAMPLE
    net = np.where(given[order], 0, lines["net"])
    term = chosen([c for c, _ in TERMS], world.masters.customers.term[heads["customer"]])
    dead = heads["cancelled"]
    store.write(
        SAP,
        "VBAK",
        {"VBELN": heads["no"], "ERDAT": heads["day"], "ERZET": "090000",
         "ERNAM": chosen(USERS, heads["person"]),
         "AEDAT": np.where(dead, heads["day"] + 3, 0), "AUDAT": heads["day"], "VBTYP": "C",
         "AUART": chosen(["TA", "KB", "FD", "TA"], heads["kind"]), "VKORG": company.sap_code, "VTWEG": "10",
         "SPART": "00",
         "KUNNR": customer_number(heads["customer"]),
         "BSTNK": pc.binary_join_element_wise("HT", padded(heads["no"], 8), ""),
         "BSTDK": heads["signed"], "NETWR": totals(net, order, size(heads)),
         "WAERK": currency(heads["currency"]),
         "KURSK": heads["rate"], "VDATU": heads["day"] + 10, "BUKRS_VF": company.sap_code,
         "ABSTK": chosen(["A", "C"], dead.astype(np.int64)),
         "GBSTK": chosen(["C", "A"], heads["unreleased"].astype(np.int64)),
         "LIFSK": chosen(["", "01"], heads["unreleased"].astype(np.int64)),
         "CMGST": chosen(["A", "B"], heads["unreleased"].astype(np.int64))},
    )  # fmt: skip
    price = np.where(given[order], 0, lines["listed"] * (100 - lines["deduction"]) // 100)
    rejected = np.where(dead[order], 1, np.where(lines["short"], 2, 0))
    store.write(
        SAP,
        "VBAP",
        {"VBELN": heads["no"][order], "POSNR": lines["line"] * 10, "MATNR": materials(lines["item"]),
         "ARKTX": _texts(world, lines),
         "PSTYV": chosen(["TAN", "KBN", "TANN", "TAN"], heads["kind"][order]), "KWMENG": lines["quantity"],
         "VRKME": "ST",
         "UMVKZ": 1, "UMVKN": 1, "KLMENG": lines["quantity"], "MEINS": "ST", "NETPR": price, "KPEIN": 1,
         "KMEIN": "ST",
         "NETWR": net, "MWSBP": np.where(given[order], 0, lines["tax"]),
         "WAERK": currency(heads["currency"][order]),
         "ABGRU": chosen(["", "10", ""], rejected), "WERKS": company.plant, "LGORT": "0001",
         "ERDAT": heads["day"][order],
         "PS_PSP_PNR": pc.fill_null(padded(np.where(heads["project"][order] >= 0,
                                                    heads["project"][order] + 1, -1), 8), "00000000"),
         "KZWI1": lines["quantity"] * lines["listed"], "KZWI2": net,
         "MWSKZ": tax_code(lines["tax_rate"], "X"),
         "LFSTA": "C", "GBSTA": "C"},
    )  # fmt: skip
    store.write(SAP, "VBKD", {"VBELN": heads["no"], "POSNR": "000000", "ZTERM": term, "KURSK": heads["rate"]})
    store.write(
        SAP,
        "VBEP",
        {"VBELN": heads["no"][order], "POSNR": lines["line"] * 10, "ETENR": "0001",
         "EDATU": heads["day"][order] + 10,
         "WMENG": lines["quantity"], "BMENG": lines["quantity"]},
    )  # fmt: skip


def _texts(world: World, lines: Frame) -> pa.Array:
    return chosen(world.masters.items.name, lines["item"])


def _deliveries(store: Store, facts: Sales) -> None:
    heads, lines, company = facts.shipments, facts.shipment_lines, facts.company
    if size(heads) == 0:
        return
    owner = pick(facts.orders, heads["order"])
    back = heads["batch"] == RETURN
    store.write(
        SAP,
        "LIKP",
        {"VBELN": heads["no"] + DELIVERY_START, "ERDAT": heads["day"], "ERZET": "100000",
         "ERNAM": chosen(USERS, owner["person"]),
         "VBTYP": chosen(["J", "T"], back.astype(np.int64)),
         "LFART": chosen(["LF", "LR"], back.astype(np.int64)),
         "VSTEL": company.plant, "VKORG": company.sap_code, "LFDAT": heads["day"], "WADAT": heads["day"],
         "WADAT_IST": heads["day"], "KUNNR": customer_number(owner["customer"]),
         "KUNAG": customer_number(owner["customer"]),
         "KODAT": heads["day"], "WBSTK": "C", "FKSTK": "C", "BLDAT": heads["day"],
         "WAERK": currency(owner["currency"])},
    )  # fmt: skip
    of, order = lines["shipment"], lines["order"]
    red = back[of].astype(np.int64)
    kind = facts.orders["kind"][order]
    store.write(
        SAP,
        "LIPS",
        {"VBELN": heads["no"][of] + DELIVERY_START, "POSNR": lines["line"] * 10,
         "PSTYV": chosen(["TAN", "KBN", "TANN", "TAN"], kind), "MATNR": materials(lines["item"]),
         "WERKS": company.plant, "LGORT": "0001", "LFIMG": np.abs(lines["quantity"]), "VRKME": "ST",
         "LGMNG": np.abs(lines["quantity"]), "MEINS": "ST", "UMVKZ": 1, "UMVKN": 1,
         "VGBEL": facts.orders["no"][order], "VGPOS": facts.lines["line"][lines["row"]] * 10, "VGTYP": "C",
         "FKSTA": "C", "WBSTA": "C", "BWART": _movement(red, kind), "SHKZG": chosen(["", "X"], red),
         "SOBKZ": chosen(["", "W"], (kind == CONSIGNED).astype(np.int64)), "ERDAT": lines["day"]},
    )  # fmt: skip


def _movement(red: Any, kind: Any) -> pa.Array:
    return chosen(["601", "651", "631"], np.where(red == 1, 1, np.where(kind == CONSIGNED, 2, 0)))


def write_issues(store: Store, company: Company, costed: Frame) -> None:
    """Write the goods issues of a month's deliveries at their cost."""
    if size(costed) == 0:
        return
    number = costed["no"] + SAP_START[SHIPMENT]
    first = costed["line"] == 1
    heads = pick(costed, first)
    store.write(
        SAP,
        "MKPF",
        {**movement_heads(number[first], heads, "WL"), "USNAM": chosen(USERS, heads["person"]),
         "XBLNR": padded(heads["delivery"] + DELIVERY_START, 10),
         "LE_VBELN": heads["delivery"] + DELIVERY_START},
    )  # fmt: skip
    red = (costed["quantity"] < 0).astype(np.int64)
    store.write(
        SAP,
        "MSEG",
        {"MBLNR": number, "MJAHR": costed["year"], "ZEILE": costed["line"],
         "BWART": _movement(red, costed["kind"]),
         "MATNR": materials(costed["item"]), "WERKS": company.plant, "LGORT": "0001",
         "SOBKZ": chosen(["", "W"], (costed["kind"] == CONSIGNED).astype(np.int64)),
         "KUNNR": customer_number(costed["customer"]), "SHKZG": chosen(["H", "S"], red), "WAERS": "CNY",
         "DMBTR": np.abs(costed["cost"]), "MENGE": np.abs(costed["quantity"]), "MEINS": "ST",
         "ERFMG": np.abs(costed["quantity"]), "ERFME": "ST", "BUKRS": company.sap_code,
         "VBELN_IM": costed["delivery"] + DELIVERY_START, "VBELP_IM": costed["line"] * 10,
         "KDAUF": costed["order_no"], "KDPOS": costed["order_line"] * 10, "GJAHR": costed["year"],
         "BUDAT_MKPF": costed["day"], "CPUDT_MKPF": costed["day"]},
    )  # fmt: skip


def _billing(world: World, store: Store, facts: Sales) -> None:
    heads, lines, company = facts.invoices, facts.invoice_lines, facts.company
    if size(heads) == 0:
        return
    owner = pick(facts.orders, heads["order"])
    credit = heads["gross"] < 0
    number = heads["no"] + SAP_START[SALES_INVOICE]
    store.write(
        SAP,
        "VBRK",
        {"VBELN": number, "FKART": chosen(["F2", "G2"], credit.astype(np.int64)), "FKTYP": "L",
         "VBTYP": chosen(["M", "O"], credit.astype(np.int64)), "WAERK": currency(heads["currency"]),
         "VKORG": company.sap_code,
         "VTWEG": "10", "FKDAT": heads["day"], "BELNR": "", "GJAHR": heads["year"], "RFBSK": "C",
         "KURRF": heads["rate"],
         "BUKRS": company.sap_code, "NETWR": np.abs(heads["net"]), "MWSBK": np.abs(heads["tax"]),
         "ERNAM": chosen(USERS, owner["person"]), "ERZET": "150000", "ERDAT": heads["day"],
         "KUNRG": customer_number(heads["customer"]), "KUNAG": customer_number(heads["customer"]),
         "XBLNR": tax_numbers(heads["tax_no"], heads["year"]), "LAND1": "CN",
         "ZTERM": chosen([c for c, _ in TERMS], world.masters.customers.term[heads["customer"]])},
    )  # fmt: skip
    of, order, shipped = lines["invoice"], lines["order"], lines["shipment_line"]
    has = shipped >= 0
    source = np.maximum(shipped, 0)
    some_shipped = size(facts.shipment_lines) > 0
    doc = facts.shipment_lines["shipment"][source] if some_shipped else source
    delivery = (
        np.where(has, facts.shipments["no"][doc] + DELIVERY_START, facts.orders["no"][order])
        if some_shipped
        else facts.orders["no"][order]
    )
    position = (
        np.where(has, facts.shipment_lines["line"][source] * 10, facts.lines["line"][lines["row"]] * 10)
        if some_shipped
        else facts.lines["line"][lines["row"]] * 10
    )
    cost = unit_cost(world, lines["item"], np.abs(lines["quantity"]))
    store.write(
        SAP,
        "VBRP",
        {"VBELN": number[of], "POSNR": lines["line"] * 10, "FKIMG": np.abs(lines["quantity"]),
         "VRKME": "ST", "UMVKZ": 1,
         "UMVKN": 1, "FKLMG": np.abs(lines["quantity"]), "MEINS": "ST", "NETWR": np.abs(lines["net"]),
         "MWSBP": np.abs(lines["tax"]), "WAVWR": cost,
         "KZWI1": np.where(lines["batch"] == ADJUSTMENT, np.abs(lines["net"]),
                           np.abs(lines["quantity"]) * facts.lines["listed"][lines["row"]]),
                           "KZWI2": np.abs(lines["net"]),
         "MATNR": materials(lines["item"]), "ARKTX": _texts(world, lines),
         "PSTYV": chosen(["TAN", "G2N"], credit[of].astype(np.int64)), "WERKS": company.plant,
         "LGORT": "0001",
         "VGBEL": delivery, "VGPOS": position, "VGTYP": chosen(["C", "J"], has.astype(np.int64)),
         "AUBEL": facts.orders["no"][order], "AUPOS": facts.lines["line"][lines["row"]] * 10,
         "MWSKZ": tax_code(lines["tax_rate"], "X"), "PRSDT": heads["day"][of], "FBUDA": heads["day"][of],
         "ERDAT": heads["day"][of]},
    )  # fmt: skip


def _flow(store: Store, facts: Sales) -> None:
    """Write the document flow: order to delivery, and delivery (or order) to billing document."""
    lines, bills = facts.shipment_lines, facts.invoice_lines
    if size(lines):
        store.write(
            SAP,
            "VBFA",
            {"VBELV": facts.orders["no"][lines["order"]], "POSNV": facts.lines["line"][lines["row"]] * 10,
             "VBELN": facts.shipments["no"][lines["shipment"]] + DELIVERY_START, "POSNN": lines["line"] * 10,
             "VBTYP_N": chosen(["J", "T"], (lines["quantity"] < 0).astype(np.int64)), "VBTYP_V": "C",
             "RFMNG": np.abs(lines["quantity"]), "RFWRT": np.abs(lines["net"]), "MEINS": "ST",
             "ERDAT": lines["day"],
             "WAERS": currency(facts.orders["currency"][lines["order"]])},
        )  # fmt: skip
    linked = pick(bills, bills["shipment_line"] >= 0)
    if size(linked):
        source = linked["shipment_line"]
        store.write(
            SAP,
            "VBFA",
            {"VBELV": facts.shipments["no"][lines["shipment"][source]] + DELIVERY_START,
             "POSNV": lines["line"][source] * 10,
             "VBELN": facts.invoices["no"][linked["invoice"]] + SAP_START[SALES_INVOICE],
             "POSNN": linked["line"] * 10,
             "VBTYP_N": chosen(["M", "O"], (linked["net"] < 0).astype(np.int64)), "VBTYP_V": "J",
             "RFMNG": np.abs(linked["quantity"]), "RFWRT": np.abs(linked["net"]), "MEINS": "ST",
             "ERDAT": facts.invoices["day"][linked["invoice"]],
             "WAERS": currency(facts.orders["currency"][linked["order"]])},
        )  # fmt: skip
