"""The open vouchers as the warehouse states them, and the links as it keeps them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from bridgebook.matching.links import Unit, links

SCALE = 4
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("expected_unit", "ledger_unit", "match_class", "reason", "match_group")]
)


def match_links(rows: Any) -> pa.Table:
    """Find the links between open vouchers, given as a relation with core_match_open_rows' columns."""
    columns = (
        "side, unit_id, company_code, fiscal_year, period_no, voucher_date, event, document_key, "
        "written_key, is_named, coalesce(account_code, ''), party, amount"
    )
    heads: dict[str, tuple[Any, ...]] = {}
    amounts: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in rows.project(columns).fetchall():
        *head, account, party, amount = row
        heads[row[1]] = tuple(head)
        if amount:
            amounts[row[1]][account, party] = int(amount.scaleb(SCALE))
    sides: dict[str, list[Unit]] = {"expected": [], "ledger": []}
    for unit_id, (side, _, company, year, period, day, event, document, written, is_named) in heads.items():
        names = frozenset(name for name in (document, written) if name)
        sides[side].append(
            Unit(unit_id, company, (year, period), day, event or "", names, amounts[unit_id], bool(is_named))
        )
    found = links(sides["expected"], sides["ledger"])
    return pa.table({name: [getattr(link, name) for link in found] for name in SCHEMA.names}, schema=SCHEMA)
