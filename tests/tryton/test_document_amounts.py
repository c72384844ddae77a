"""Documents carry the amounts that Tryton itself keeps on their headers, to the cent, in their currency."""

from decimal import Decimal
from typing import Any

import pytest

from bridgebook.demo.tryton import rows, tables
from tests.tryton.installation import Installation


def _headers(table: str) -> list[dict[str, Any]]:
    names = [column.name for column in tables()[table]]
    return [dict(zip(names, row, strict=True)) for row in rows(table)]


def _kept(table: str) -> dict[str, tuple[Decimal, ...]]:
    amounts = ("untaxed_amount_cache", "tax_amount_cache", "total_amount_cache")
    return {
        str(header["id"]): tuple(Decimal(str(header[name])) for name in amounts)
        for header in _headers(table)
        if header["total_amount_cache"] is not None
    }


def _shown(home: Installation, mart: str, entity: str) -> dict[str, tuple[Decimal, ...]]:
    found = home.query(
        f"""
        select document_id, sum(document_net_amount), sum(document_tax_amount), sum(document_gross_amount)
        from {mart} where source_id = 'erp' and document_entity = ? group by document_id
        """,
        [entity],
    )
    return {row[0]: tuple(row[1:]) for row in found}


def test_invoices_net_tax_and_gross(sqlite_home: Installation) -> None:
    expected = _kept("account_invoice")
    shown = _shown(sqlite_home, "procurement_events", "purchase_invoices")
    shown |= _shown(sqlite_home, "sales_events", "sales_invoices")
    assert len(expected) > 40
    assert {key: shown[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("table", "mart", "entity"),
    [
        ("purchase_purchase", "procurement_events", "purchase_orders"),
        ("sale_sale", "sales_events", "sales_orders"),
    ],
)
def test_orders_net(sqlite_home: Installation, table: str, mart: str, entity: str) -> None:
    expected = {key: amounts[0] for key, amounts in _kept(table).items()}
    shown = {key: amounts[0] for key, amounts in _shown(sqlite_home, mart, entity).items()}
    assert len(expected) > 15
    assert {key: shown[key] for key in expected} == expected
