"""SAP's selling: rejected lines, deliveries that left or did not, billing, cancellations, credits."""

from datetime import date
from decimal import Decimal

from tests.packs.conftest import Canonical
from tests.packs.vendor import VendorDatabase, rows_of
from tests.tryton.installation import Installation

D = Decimal
ITEM = "000000000000000777"


@rows_of("sap")
def orders(database: VendorDatabase) -> None:
    """An order of 10, a rejected line, 2 sent back, a credit request, and a quotation, which is no order."""
    for number, kind in (("0000000001", "C"), ("0000000002", "H"), ("0000000003", "K"), ("0000000004", "B")):
        database.add(
            "VBAK",
            VBELN=number,
            VBTYP=kind,
            AUDAT="20260201",
            ERDAT="20260201",
            ERZET="090000",
            VKORG="1000",
            KUNNR="0000100001",
            WAERK="CNY",
            VTWEG="10",
            VDATU="20260211",
        )
    line = {
        "MATNR": ITEM,
        "ARKTX": "轴承",
        "VRKME": "ST",
        "MEINS": "ST",
        "UMVKZ": 1,
        "UMVKN": 1,
        "WAERK": "CNY",
        "WERKS": "1100",
    }
    for number, position, quantity, net, tax, rejected in (
        ("0000000001", "000010", 10, 200, 26, ""),
        ("0000000001", "000020", 5, 100, 13, "10"),
        ("0000000002", "000010", 2, 40, D("5.20"), ""),
        ("0000000003", "000010", 1, 10, D("1.30"), ""),
        ("0000000004", "000010", 1, 10, D("1.30"), ""),
    ):
        database.add(
            "VBAP",
            VBELN=number,
            POSNR=position,
            KWMENG=quantity,
            NETPR=20,
            KPEIN=1,
            NETWR=net,
            MWSBP=tax,
            ABGRU=rejected,
            **line,
        )


def test_returns_and_credits_are_negative_and_rejected_lines_cancelled(canonical: Canonical) -> None:
    columns = "line_id, status, quantity, net_amount, cancelled_quantity, is_return, tax_rate, company_code"
    rate = D("0.1300000000")
    assert canonical("sap", "sales_orders", columns) == [
        ("0000000001/000010", "approved", D("10.000000"), D("200.0000"), None, False, rate, "1000"),
        ("0000000001/000020", "cancelled", D("5.000000"), D("100.0000"), D("5.000000"), False, rate, "1000"),
        ("0000000002/000010", "approved", D("-2.000000"), D("-40.0000"), None, True, rate, "1000"),
        ("0000000003/000010", "approved", D("-1.000000"), D("-10.0000"), None, True, rate, "1000"),
    ]


@rows_of("sap")
def deliveries(database: VendorDatabase) -> None:
    """8 left on the 5th; 2 are packed but have not left; 2 came back; one leaves for another plant."""
    for number, kind, day, state in (
        ("0080000001", "J", "20260205", "C"),
        ("0080000002", "J", "00000000", "A"),
        ("0080000003", "T", "20260220", "C"),
        ("0080000004", "J", "20260206", "C"),
    ):
        database.add(
            "LIKP",
            VBELN=number,
            VBTYP=kind,
            ERDAT="20260204",
            WADAT="20260206",
            WADAT_IST=day,
            VKORG="1000",
            KUNNR="0000100001",
            KUNAG="0000100001",
            WBSTK=state,
        )
    for number, quantity, order, move in (
        ("0080000001", 8, "0000000001", "601"),
        ("0080000002", 2, "0000000001", "601"),
        ("0080000003", 2, "0000000002", "651"),
        ("0080000004", 1, "4500000099", "641"),
    ):
        database.add(
            "LIPS",
            VBELN=number,
            POSNR="000010",
            MATNR=ITEM,
            WERKS="1100",
            LGORT="0001",
            LFIMG=quantity,
            VRKME="ST",
            LGMNG=quantity,
            MEINS="ST",
            VGBEL=order,
            VGPOS="000010",
            BWART=move,
        )
    for number, delivery, kind, side, value in (
        ("4900000101", "0080000001", "601", "H", 60),
        ("4900000102", "0080000001", "602", "S", 60),
        ("4900000103", "0080000001", "601", "H", 56),
        ("4900000104", "0080000003", "651", "S", 14),
    ):
        database.add(
            "MKPF",
            MBLNR=number,
            MJAHR="2026",
            BLDAT="20260205",
            BUDAT="20260205",
            CPUDT="20260205",
            CPUTM="100000",
        )
        database.add(
            "MSEG",
            MBLNR=number,
            MJAHR="2026",
            ZEILE="0001",
            BWART=kind,
            MATNR=ITEM,
            WERKS="1100",
            SHKZG=side,
            DMBTR=value,
            MENGE=8,
            MEINS="ST",
            BUKRS="1000",
            VBELN_IM=delivery,
            VBELP_IM="000010",
        )


def test_a_delivery_is_shipped_when_its_goods_left(canonical: Canonical, group: Installation) -> None:
    columns = "document_no, status, document_date, quantity, cost_amount, shipment_kind, sales_order_line_id"
    assert canonical("sap", "shipments", columns) == [
        ("80000001", "closed", date(2026, 2, 5), D("8.000000"), D("56.0000"), "sale", "0000000001/000010"),
        ("80000002", "submitted", date(2026, 2, 6), D("2.000000"), None, "sale", "0000000001/000010"),
        (
            "80000003",
            "closed",
            date(2026, 2, 20),
            D("-2.000000"),
            D("-14.0000"),
            "return",
            "0000000002/000010",
        ),
    ]
    rows = group.query(
        "select net_amount from sales_events where document_no = '80000001' and event = 'shipped'"
    )
    assert rows == [(D("160.0000"),)]


@rows_of("sap")
def billing(database: VendorDatabase) -> None:
    """An invoice cancelled by another document, its successor, a credit memo, a pro forma invoice."""
    for number, kind, day, state, cancelled, cancels, net, tax in (
        ("0090000001", "M", "20260210", "C", "X", "", 160, D("20.80")),
        ("0090000002", "N", "20260305", "C", "", "0090000001", 160, D("20.80")),
        ("0090000003", "M", "20260305", "C", "", "", 150, D("19.50")),
        ("0090000004", "O", "20260306", "C", "", "", 10, D("1.30")),
        ("0090000005", "U", "20260306", "", "", "", 1, 0),
        ("0090000006", "M", "20260306", "A", "", "", 1, 0),
    ):
        database.add(
            "VBRK",
            VBELN=number,
            VBTYP=kind,
            FKDAT=day,
            ERDAT=day,
            ERZET="150000",
            BUKRS="1000",
            KUNRG="0000100001",
            WAERK="CNY",
            KURRF=1,
            RFBSK=state,
            FKSTO=cancelled,
            SFAKN=cancels,
            NETWR=net,
            MWSBK=tax,
            ZTERM="N030",
            XBLNR=f"26{number[5:]}",
        )
        order = "0000000003" if kind == "O" else "0000000001"
        database.add(
            "VBRP",
            VBELN=number,
            POSNR="000010",
            FKIMG=8,
            VRKME="ST",
            NETWR=net,
            MWSBP=tax,
            AUBEL=order,
            AUPOS="000010",
            VGBEL="" if kind == "O" else "0080000001",
            VGPOS="000010",
            MATNR=ITEM,
            WERKS="1100",
        )


def test_cancelled_invoices_stay_and_their_cancellation_takes_them_away(canonical: Canonical) -> None:
    columns = (
        "document_no, status, posting_date, quantity, gross_amount, red_reason, original_line_id, due_date"
    )
    found = canonical("sap", "sales_invoices", columns)
    assert found == [
        (
            "90000001",
            "approved",
            date(2026, 2, 10),
            D("8.000000"),
            D("180.8000"),
            None,
            None,
            date(2026, 3, 12),
        ),
        (
            "90000002",
            "approved",
            date(2026, 3, 5),
            D("-8.000000"),
            D("-180.8000"),
            "error",
            "0090000001/000010",
            date(2026, 4, 4),
        ),
        (
            "90000003",
            "approved",
            date(2026, 3, 5),
            D("8.000000"),
            D("169.5000"),
            None,
            None,
            date(2026, 4, 4),
        ),
        (
            "90000004",
            "approved",
            date(2026, 3, 6),
            D("0.000000"),
            D("-11.3000"),
            "price",
            None,
            date(2026, 4, 5),
        ),
        ("90000006", "submitted", date(2026, 3, 6), D("8.000000"), D("1.0000"), None, None, date(2026, 4, 5)),
    ]


def test_billing_knows_its_delivery_and_order(canonical: Canonical) -> None:
    columns = "shipment_line_id, sales_order_line_id, invoice_no"
    assert canonical("sap", "sales_invoices", columns, document_no="90000003") == [
        ("0080000001/000010", "0000000001/000010", "2600003")
    ]
    assert canonical("sap", "sales_invoices", columns, document_no="90000004") == [
        (None, "0000000003/000010", "2600004")
    ]


def test_masters_are_those_of_the_client_in_use(canonical: Canonical) -> None:
    assert canonical("sap", "companies", "company_code, company_name, base_currency_code") == [
        ("1000", "恒远制造", "CNY")
    ]
    columns = "partner_kind, partner_code, partner_name, tax_id, payment_terms_days, is_active"
    assert canonical("sap", "partners", columns) == [
        ("customer", "100001", "乙客户", "9102", None, False),
        ("supplier", "100001", "甲供应商", "9101", 30, True),
    ]
    assert canonical("sap", "items", "item_code, item_name, base_uom_code, updated_at") == [
        ("777", "轴承", "ST", None)
    ]
    assert canonical("sap", "uom_conversions", "from_uom_code, to_uom_code, numerator, denominator") == [
        ("KAR", "ST", D("12.000000"), D("1.000000"))
    ]
    assert canonical("sap", "tax_codes", "tax_code, tax_rate, is_deductible") == [
        ("J0", D("0E-10"), True),
        ("J1", D("0.1300000000"), True),
        ("X1", D("0.1300000000"), False),
    ]
