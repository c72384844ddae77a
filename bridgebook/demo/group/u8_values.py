"""How U8 writes values: codes of partners and items, people, projects, prices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import names
from bridgebook.demo.group.masters import DEPARTMENTS, PROJECTS
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.world import Frame


def chosen(values: list[str], index: Any) -> pa.Array:
    """Take texts by index; a negative index is NULL."""
    index = np.asarray(index)
    return pa.array(values, pa.string()).take(pa.array(np.maximum(index, 0), mask=index < 0))


def people(frame: Frame) -> dict[str, Any]:
    """Give department and person of a document's head."""
    return {
        "cDepCode": chosen([code for code, _ in DEPARTMENTS], frame["department"]),
        "cPersonCode": padded(frame["person"] + 1, 4),
    }


def makers(frame: Frame, shift: int) -> pa.Array:
    """Name who made each document."""
    return chosen([names.person(n) for n in range(48)], (frame["person"] + shift) % 48)


def project(frame: Frame) -> dict[str, Any]:
    """Give the project columns of lines."""
    return {
        "cItem_class": chosen(["00"], np.minimum(frame["project"], 0)),
        "cItemCode": chosen([code for code, _ in PROJECTS], frame["project"]),
    }


def ratio(amount: Any, quantity: Any) -> Any:
    """Give a price in units from cents, six figures behind the point; nothing where there is no quantity."""
    whole = np.asarray(quantity)
    price = np.asarray(amount) / np.where(whole == 0, 1, whole) / 100
    return np.where(whole == 0, np.nan, np.round(price, 6))


def supplier_codes(numbers: Any) -> pa.Array:
    """Write U8's supplier codes: V and five figures; NULL where there is none."""
    return pc.binary_join_element_wise("V", padded(numbers, 5), "")


def customer_codes(numbers: Any) -> pa.Array:
    """Write U8's customer codes: C and five figures; NULL where there is none."""
    return pc.binary_join_element_wise("C", padded(numbers, 5), "")


def item_codes(numbers: Any) -> pa.Array:
    """Write U8's item codes; NULL where there is none."""
    return pc.binary_join_element_wise("SP", padded(numbers, 6), "")


def bank_account(number: int) -> str:
    """Give the bank account of a partner."""
    return f"6222{number * 7919 % 10**8:08d}{number:06d}"
