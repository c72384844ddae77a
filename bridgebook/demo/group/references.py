"""What documents are called: the numbers that vouchers, summaries and labels name them by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import (
    COLLECTION,
    GOODS_MOVEMENT,
    OTHER_PAYABLE,
    PAYMENT,
    PURCHASE_INVOICE,
    SALES_INVOICE,
    SHIPMENT,
)
from bridgebook.demo.group.schema import padded

SAP_START = {
    GOODS_MOVEMENT: 5000000000, PURCHASE_INVOICE: 5105600000, SALES_INVOICE: 90000000, PAYMENT: 1500000000,
    COLLECTION: 1400000000, SHIPMENT: 4900000000,
}  # fmt: skip
"""Where each of SAP's number ranges starts.

Goods issues are numbered with the receipts, in a range of their own.
"""

SAP_SIGN = {
    GOODS_MOVEMENT: "MKPF", PURCHASE_INVOICE: "RMRP", SALES_INVOICE: "VBRK", PAYMENT: "BKPF",
    COLLECTION: "BKPF",
    SHIPMENT: "MKPF",
}  # fmt: skip
SAP_TABLE = {
    GOODS_MOVEMENT: "MSEG", PURCHASE_INVOICE: "RSEG", SALES_INVOICE: "VBRP", PAYMENT: "BSEG",
    COLLECTION: "BSEG",
    SHIPMENT: "MSEG",
}  # fmt: skip
U8_PREFIX = {
    GOODS_MOVEMENT: "RK", PURCHASE_INVOICE: "CF", SALES_INVOICE: "XF", PAYMENT: "FK", COLLECTION: "SK",
    OTHER_PAYABLE: "YF", SHIPMENT: "CK",
}  # fmt: skip
U8_MODULE = {
    GOODS_MOVEMENT: "IA", PURCHASE_INVOICE: "AP", SALES_INVOICE: "AR", PAYMENT: "AP", COLLECTION: "AR",
    OTHER_PAYABLE: "AP", SHIPMENT: "IA",
}  # fmt: skip
U8_SIGN = {
    GOODS_MOVEMENT: ("01", "01"), PURCHASE_INVOICE: ("01", "02"), SALES_INVOICE: ("26", "27"),
    PAYMENT: ("49", "49"), COLLECTION: ("48", "48"), OTHER_PAYABLE: ("P0", "P0"), SHIPMENT: ("32", "32"),
}  # fmt: skip
"""Special and ordinary invoices are kinds of their own."""
U8_TABLE = {
    GOODS_MOVEMENT: "rdrecords01", PURCHASE_INVOICE: "PurBillVouchs", SALES_INVOICE: "SaleBillVouchs",
    PAYMENT: "Ap_CloseBills", COLLECTION: "Ap_CloseBills", OTHER_PAYABLE: "Ap_Vouchs",
    SHIPMENT: "DispatchLists",
}  # fmt: skip


def u8_code(document: int, numbers: Any) -> pa.Array:
    """Write U8's document codes: two letters and ten figures."""
    return pc.binary_join_element_wise(U8_PREFIX[document], padded(numbers, 10), "")


def sap_number(document: int, numbers: Any) -> Any:
    """Give SAP's document numbers as integers."""
    return np.asarray(numbers) + SAP_START[document]


def document_texts(company: Company, documents: Any, numbers: Any) -> pa.Array:
    """Write the document numbers as vouchers name them; NULL where there is no number."""
    documents, numbers = np.asarray(documents), np.asarray(numbers)
    result = pa.nulls(len(documents), pa.string())
    for kind in np.unique(documents[numbers >= 0]):
        if kind == 0:
            continue
        rows = (documents == kind) & (numbers >= 0)
        if company.in_sap:
            texts = padded(np.where(rows, numbers + SAP_START[int(kind)], 0), 10)
        else:
            texts = u8_code(int(kind), np.where(rows, numbers, 0))
        result = pc.if_else(pa.array(rows), texts, result)
    return result


def line_names(company: Company, documents: Any, numbers: Any, years: Any, lines: Any) -> pa.Array:
    """Name document lines as labels do: table and key, parts of the key divided by strokes.

    Empty where unknown.
    """
    documents, numbers, lines = np.asarray(documents), np.asarray(numbers), np.asarray(lines)
    result = pa.repeat(pa.scalar(""), len(documents))
    for kind in np.unique(documents).tolist():
        rows = (documents == kind) & ((lines >= 0) | company.in_sap)
        if kind and rows.any():
            if company.in_sap:
                names = _sap_names(company, kind, numbers, years, lines)
            else:
                texts = pc.cast(pa.array(lines), pa.string())
                names = pc.binary_join_element_wise(U8_TABLE[kind], texts, "/")
            result = names if rows.all() else pc.if_else(pa.array(rows), names, result)
    return result


def _sap_names(company: Company, kind: int, numbers: Any, years: Any, lines: Any) -> pa.Array:
    """Name lines of one of SAP's tables; without a line number the document alone is named."""
    table = SAP_TABLE[kind]
    parts: list[Any] = [table]
    if table == "BSEG":
        parts.append(company.sap_code)
    parts.append(padded(np.maximum(numbers + SAP_START[kind], 0), 10))
    if table != "VBRP":
        parts.append(pc.cast(pa.array(np.asarray(years, dtype=np.int64)), pa.string()))
    width = {"MSEG": 4, "BSEG": 3}.get(table, 6)
    parts.append(padded(np.where(lines >= 0, lines * (10 if table == "VBRP" else 1), -1), width))
    return pc.binary_join_element_wise(*parts, "/", null_handling="skip")
