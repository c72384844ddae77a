"""What the group's master data office has approved: which code of U8 is which code of SAP.

Some codes were left for later on purpose, so that the worklist of unmapped codes has something to show.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bridgebook.demo.group.masters import Masters, customer_number, supplier_number
from bridgebook.demo.group.u8_values import customer_codes, item_codes, supplier_codes

COLUMNS = (
    "entity", "source_id", "partner_kind", "source_code", "master_code", "valid_from", "valid_to",
    "approved_by",
)  # fmt: skip
_LEFT_PARTNERS, _LEFT_ITEMS = 23, 29
_OFFICE = "集团主数据组"


def _is_left(database: str, entity: str, position: int) -> bool:
    """Tell whether a code waits for its decision.

    Only the retail company has such codes, which its books and its business share, so they still compare.
    """
    every = _LEFT_PARTNERS if entity == "partners" else _LEFT_ITEMS
    return database.startswith("u8_003") and position % every == 11


def write_master_map(path: Path, masters: Masters, databases: Iterable[str]) -> int:
    """Write the approved mappings of all U8 databases as a rule file; give the number of rows."""
    suppliers = np.arange(len(masters.suppliers))
    customers = np.arange(len(masters.customers))
    items = np.arange(len(masters.items.name))
    known = [
        ("partners", "supplier", supplier_codes(suppliers).to_pylist(), supplier_number(suppliers).tolist()),
        ("partners", "customer", customer_codes(customers).to_pylist(), customer_number(customers).tolist()),
        ("items", "", item_codes(items).to_pylist(), (items + 200001).tolist()),
    ]
    rows = [
        (entity, database, kind, own, str(master), "", "", _OFFICE)
        for database in databases
        if database.startswith("u8")
        for entity, kind, codes, numbers in known
        for position, (own, master) in enumerate(zip(codes, numbers, strict=True))
        if not _is_left(database, entity, position)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)
