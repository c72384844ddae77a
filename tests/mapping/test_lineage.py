"""What the shipped packs' columns are made of, stated column by column."""

from collections.abc import Callable

import pytest

from bridgebook.mapping.fields import FieldRow, seed_columns
from bridgebook.project import shipped
from tests.mapping.conftest import Feeds, packs, traced

Column = Callable[[str, str, str], list[FieldRow]]


@pytest.mark.parametrize(
    ("system", "entity", "name", "vendor"),
    [
        ("tryton", "journal_lines", "debit", ["account_move_line.debit"]),
        ("tryton", "journal_lines", "posting_date", ["account_move.date"]),
        ("tryton", "journal_lines", "status", ["(account_move.state)"]),
        ("tryton", "journal_lines", "amount", ["account_move_line.credit", "account_move_line.debit"]),
        ("sap", "purchase_orders", "net_amount", ["EKPO.NETWR", "(EKPO.RETPO)", "(TCURX.CURRDEC)"]),
        ("sap", "purchase_orders", "company_code", ["EKKO.BUKRS"]),
        ("sap", "purchase_orders", "line_id", ["EKPO.EBELN", "EKPO.EBELP"]),
        ("sap", "journal_lines", "summary", ["BKPF.BKTXT", "BSEG.SGTXT"]),
        ("u8", "purchase_orders", "net_amount", ["PO_Podetails.iMoney"]),
        ("u8", "purchase_orders", "is_return", ["PO_Podetails.iQuantity"]),
        ("u8", "purchase_orders", "document_date", ["PO_Pomain.dPODate"]),
    ],
)
def test_vendor_columns(feeds: Feeds, system: str, entity: str, name: str, vendor: list[str]) -> None:
    assert feeds(system, entity, name) == vendor


def test_a_column_through_models_and_unions(feeds: Feeds) -> None:
    """SAP's journal is BSEG's lines and openings of whichever ledger totals the client has."""
    found = feeds("sap", "journal_lines", "debit")
    assert {name.split(".")[0] for name in found if not name.startswith("(")} == {"BSEG", "GLT0", "FAGLFLEXT"}
    assert "(BSEG.SHKZG)" in found
    assert "GLT0.HSLVT" in found


def test_expressions_are_short_and_exact(column: Column) -> None:
    def expression(system: str, entity: str, name: str) -> str | None:
        return column(system, entity, name)[0].expression

    assert expression("sap", "purchase_orders", "company_code") == "EKKO.BUKRS"
    assert expression("sap", "purchase_orders", "line_id") == "EKPO.EBELN || '/' || EKPO.EBELP"
    assert expression("sap", "purchase_orders", "quantity") == (
        "CASE WHEN EKPO.RETPO = 'X' THEN -1 ELSE 1 END * EKPO.MENGE"
    )
    assert expression("sap", "journal_lines", "currency_code") == "BKPF.WAERS | T001.WAERS"
    assert expression("u8", "purchase_orders", "tax_rate") == "PO_Podetails.iPerTaxRate / NULLIF(100, 0)"
    assert expression("tryton", "journal_lines", "ledger_code") == "'GL'"
    # "and" binds closer than "or": without its brackets the condition would say something else.
    status = expression("sap", "purchase_orders", "status") or ""
    assert status.startswith("CASE WHEN (EKKO.LOEKZ IN ('L', 'X') OR EKPO.LOEKZ IN ('L', 'X')) AND COALESCE(")


@pytest.mark.parametrize(
    ("system", "entity", "name", "kind"),
    [
        ("sap", "purchase_orders", "company_code", "direct"),
        ("sap", "purchase_orders", "document_no", "derived"),
        ("sap", "purchase_orders", "partner_kind", "constant"),
        ("sap", "purchase_orders", "base_tax_amount", "not_filled"),
        ("u8", "purchase_orders", "base_tax_amount", "direct"),
        ("tryton", "ledgers", "lives_in", "constant"),
        ("sap", "contracts", "contract_no", "not_filled"),
    ],
)
def test_kinds(column: Column, system: str, entity: str, name: str, kind: str) -> None:
    (first, *_) = column(system, entity, name)
    assert first.kind == kind
    assert first.is_filled is (kind != "not_filled")
    assert first.is_constant is (kind == "constant")
    assert (first.vendor_table is None) is (kind in ("constant", "not_filled"))


@pytest.mark.parametrize("system", ["tryton", "sap", "u8"])
def test_every_canonical_column_is_told_with_real_vendor_columns(system: str) -> None:
    rows, seed = traced(system), seed_columns(shipped())
    told = {(row.entity, row.canonical_column) for row in rows}
    assert told == {(entity, column["column"]) for entity, columns in seed.items() for column in columns}
    declared = {(table.name, column) for table in packs()[system].tables for column in (*table.columns, None)}
    assert {(row.vendor_table, row.vendor_column) for row in rows if row.vendor_table} <= declared
    for row in rows:
        assert (row.expression is None) is (row.kind == "not_filled"), row
        assert row.kind != "derived" or row.vendor_table, row
    required = {
        (row.entity, row.canonical_column)
        for row in rows
        if row.is_required and row.entity in packs()[system].entities and not row.is_filled
    }
    assert required == set()
