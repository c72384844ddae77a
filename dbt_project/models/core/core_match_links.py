"""Vouchers that sum several documents up, and documents that several vouchers hold: found by exact sums."""

from typing import Any

from bridgebook.matching.tables import match_links


def model(dbt: Any, session: Any) -> Any:
    """Give the links as a table; the search itself is bounded and knows nothing of dbt."""
    dbt.config(materialized="table")
    return match_links(dbt.ref("core_match_open_rows"))
