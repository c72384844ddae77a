"""How SAP writes values: flags, units, numbers of materials and documents, tax codes, heads of movements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.masters import CURRENCIES
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import chosen
from bridgebook.demo.group.world import Frame

SAP = "sap"


ORDER_START, REQUEST_START = 4500000000, 10000000


USERS = [f"HYU{n:04d}" for n in range(48)]


TAX_CODES = {0: "J0", 6: "J6", 9: "J2", 13: "J1"}


def mark(condition: Any) -> pa.Array:
    """Write SAP's flag: X or empty."""
    return chosen(["", "X"], np.asarray(condition).astype(np.int64))


def currency(index: Ints) -> pa.Array:
    """Write currency codes."""
    return chosen(list(CURRENCIES), index)


def units(pack: Ints) -> pa.Array:
    """Write units of measure: boxes where an item is bought by the box, else pieces."""
    return chosen(["ST", "KAR"], (pack > 1).astype(np.int64))


def materials(items: Ints) -> pa.Array:
    """Write material numbers, 18 figures in the field of 40; empty where a line has none."""
    return pc.fill_null(padded(np.where(items >= 0, items + 200001, -1), 18), "")


def tax_code(rate: Ints, start: str = "J") -> pa.Array:
    """Write tax codes of input (J) or output (X) tax."""
    codes = [TAX_CODES[r].replace("J", start) for r in (0, 6, 9, 13)]
    return chosen(codes, np.searchsorted(np.array([0, 6, 9, 13]), rate))


def day_texts(days: Any) -> pa.Array:
    texts = pa.array(np.datetime_as_string(np.asarray(days, dtype=np.int64).astype("datetime64[D]")))
    return pc.replace_substring(texts, "-", "")


def cost_centres(company: Company, department: Ints) -> pa.Array:
    return padded(department + int(company.sap_code) * 100 + 1, 10)


def project_numbers(project: Ints) -> pa.Array:
    return pc.fill_null(padded(np.where(project >= 0, project + 1, -1), 8), "00000000")


def movement_heads(number: Ints, frame: Frame, kind: str) -> dict[str, Any]:
    """Give the columns of MKPF that every material document has."""
    return {
        "MBLNR": number, "MJAHR": frame["year"], "VGART": kind, "BLART": kind, "BLDAT": frame["day"],
        "BUDAT": frame["day"], "CPUDT": frame["day"], "CPUTM": "093000",
    }  # fmt: skip


def tax_numbers(sequence: Ints, years: Ints) -> pa.Array:
    """Write the numbers of digital tax invoices (the last 16 of their 20 figures)."""
    return pc.binary_join_element_wise(padded(years % 100, 2), padded(sequence, 14), "")
