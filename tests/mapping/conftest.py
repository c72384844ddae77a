"""The shipped packs' field mappings, traced once for all tests of this folder."""

from collections.abc import Callable
from functools import cache

import pytest

from bridgebook.mapping.fields import FieldRow, field_rows
from bridgebook.project import shipped
from ingestion.packs import Pack, find_packs

Feeds = Callable[[str, str, str], list[str]]


@cache
def packs() -> dict[str, Pack]:
    """Return the shipped packs by system."""
    return find_packs([shipped().packs])


@cache
def traced(system: str) -> tuple[FieldRow, ...]:
    """Return the mapping of a shipped pack."""
    return field_rows(shipped(), packs()[system], None)


@pytest.fixture(scope="session")
def column() -> Callable[[str, str, str], list[FieldRow]]:
    """Return a function that gives the rows of one canonical column."""
    return lambda system, entity, name: [
        row for row in traced(system) if (row.entity, row.canonical_column) == (entity, name)
    ]


@pytest.fixture(scope="session")
def feeds(column: Callable[[str, str, str], list[FieldRow]]) -> Feeds:
    """Return a function that names the vendor columns of a canonical column; conditions in brackets."""

    def named(system: str, entity: str, name: str) -> list[str]:
        return [
            f"({row.vendor_table}.{row.vendor_column})"
            if row.usage == "condition"
            else f"{row.vendor_table}.{row.vendor_column}"
            for row in column(system, entity, name)
            if row.vendor_table
        ]

    return named
