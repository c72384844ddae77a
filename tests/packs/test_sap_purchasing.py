"""SAP's purchasing: price units, deletion flags, movement types, reversals, blocked stock, tax."""

from datetime import date
from decimal import Decimal

from tests.packs.conftest import Canonical
from tests.packs.vendor import VendorDatabase, rows_of
from tests.tryton.installation import Installation

D = Decimal
ITEM = "000000000000000777"


def order(database: VendorDatabase, number: str, position: str = "00010", **line: object) -> None:
    """Add an order line of 100 pieces at 10.00, plant 1100; the head comes with the first line."""
    head = {key: line.pop(key) for key in ("WAERS", "WKURS", "head_deletion", "FRGRL") if key in line}
    if position == "00010":
        database.add(
            "EKKO",
            EBELN=number,
            BUKRS="1000",
            BSTYP="F",
            BEDAT="20260128",
            AEDAT="20260128",
            LIFNR="0000100001",
            WAERS=head.get("WAERS", "CNY"),
            WKURS=head.get("WKURS", 1),
            LOEKZ=head.get("head_deletion", ""),
            FRGRL=head.get("FRGRL", ""),
        )
    stated: dict[str, object] = {
        "MATNR": ITEM,
        "TXZ01": "轴承",
        "WERKS": "1100",
        "LGORT": "0001",
        "MENGE": 100,
        "MEINS": "ST",
        "BPRME": "ST",
        "BPUMZ": 1,
        "BPUMN": 1,
        "UMREZ": 1,
        "UMREN": 1,
        "NETPR": 10,
        "PEINH": 1,
        "NETWR": 1000,
        "MWSKZ": "J1",
        "REPOS": "X",
    }
    database.add("EKPO", EBELN=number, EBELP=position, **(stated | line))


@rows_of("sap")
def orders(database: VendorDatabase) -> None:
    """Priced per 1,000; in boxes; in yen; back to the supplier; deleted; deleted "
    "after part came; complete."""
    order(database, "4500000001", NETPR=D("2345.67"), PEINH=1000, NETWR=D("234.57"))
    order(database, "4500000002", MEINS="KAR", MENGE=10, UMREZ=12, NETPR=120, NETWR=1200)
    # 50,000 JPY at 500 for one: SAP stores 500.00 and 5.00. The rate is per 100 yen.
    order(database, "4500000003", WAERS="JPY", WKURS=D("4.8"), NETPR=5, NETWR=500)
    order(database, "4500000004", RETPO="X", MENGE=5, NETWR=50)
    order(database, "4500000005", LOEKZ="L")
    order(database, "4500000005", "00020", LOEKZ="L")
    order(database, "4500000005", "00030", ELIKZ="X", EREKZ="X")
    order(database, "4500000006", FRGRL="X")
    database.add("TCURF", KURST="M", FCURR="JPY", TCURR="CNY", GDATU="79739898", FFACT=100, TFACT=1)
    database.add("EKET", EBELN="4500000001", EBELP="00010", ETENR="0001", EINDT="20260215")
    for position in ("00020", "00030"):
        database.add(
            "EKBE",
            EBELN="4500000005",
            EBELP=position,
            VGABE="1",
            GJAHR="2026",
            BELNR=f"50000099{position[3:]}",
            BUZEI="0001",
            BUDAT="20260201",
            MENGE=60,
            DMBTR=600,
            WRBTR=600,
            WAERS="CNY",
            SHKZG="S",
            CPUDT="20260201",
        )
    # A contract is no order.
    database.add(
        "EKKO", EBELN="4600000001", BUKRS="1000", BSTYP="K", BEDAT="20260101", LIFNR="0000100001", WAERS="CNY"
    )
    database.add("EKPO", EBELN="4600000001", EBELP="00010", MENGE=1, MEINS="ST")


def test_a_price_is_for_its_price_unit(canonical: Canonical) -> None:
    columns = (
        "unit_price, net_amount, tax_amount, gross_amount, partner_code, item_code, "
        "promised_date, warehouse_code"
    )
    assert canonical("sap", "purchase_orders", columns, document_id="4500000001") == [
        (
            D("2.345670"),
            D("234.5700"),
            D("30.4900"),
            D("265.0600"),
            "100001",
            "777",
            date(2026, 2, 15),
            "1100/0001",
        )
    ]
    columns = "quantity, uom_code, base_quantity, unit_price"
    assert canonical("sap", "purchase_orders", columns, document_id="4500000002") == [
        (D("10.000000"), "KAR", D("120.000000"), D("120.000000"))
    ]


def test_yen_are_not_hundredths_and_their_rate_is_per_hundred(
    canonical: Canonical, group: Installation
) -> None:
    columns = "net_amount, unit_price, currency_code, exchange_rate"
    assert canonical("sap", "purchase_orders", columns, document_id="4500000003") == [
        (D("50000.0000"), D("500.000000"), "JPY", D("0.0480000000"))
    ]
    rows = group.query(
        "select net_amount, document_net_amount from procurement_events where document_no = '4500000003'"
    )
    assert rows == [(D("2400.0000"), D("50000.0000"))]


def test_orders_are_returned_deleted_closed_short_and_blocked(canonical: Canonical) -> None:
    columns = "line_id, status, quantity, cancelled_quantity, is_delivery_complete, is_finally_invoiced"
    found = {row[0]: row[1:] for row in canonical("sap", "purchase_orders", columns)}
    assert found["4500000004/00010"] == ("approved", D("-5.000000"), None, False, False)
    assert found["4500000005/00010"] == ("cancelled", D("100.000000"), D("100.000000"), False, False)
    assert found["4500000005/00020"] == ("closed", D("100.000000"), D("40.000000"), False, False)
    assert found["4500000005/00030"] == ("closed", D("100.000000"), D("40.000000"), True, True)
    assert found["4500000006/00010"][0] == "submitted"
    assert "4600000001/00010" not in found


def movement(
    database: VendorDatabase, number: str, kind: str, side: str, quantity: int, value: object, **more: object
) -> None:
    """Add a material document of one line at 3 February and, where it is of an order, the order's history."""
    day = str(more.pop("day", "20260203"))
    database.add(
        "MKPF", MBLNR=number, MJAHR="2026", BLDAT=day, BUDAT=day, CPUDT=day, CPUTM="093000", USNAM="LI"
    )
    line: dict[str, object] = {
        "MBLNR": number,
        "MJAHR": "2026",
        "ZEILE": "0001",
        "BWART": kind,
        "MATNR": ITEM,
        "WERKS": "1100",
        "LGORT": "0001",
        "SHKZG": side,
        "WAERS": "CNY",
        "DMBTR": value,
        "MENGE": quantity,
        "MEINS": "ST",
        "ERFMG": quantity,
        "ERFME": "ST",
        "BUKRS": "1000",
        "BUDAT_MKPF": day,
    }
    database.add("MSEG", **(line | more))
    if more.get("EBELN"):
        database.add(
            "EKBE",
            EBELN=more["EBELN"],
            EBELP=more["EBELP"],
            VGABE="1",
            GJAHR="2026",
            BELNR=number,
            BUZEI="0001",
            BWART=kind,
            BUDAT=day,
            MENGE=quantity,
            DMBTR=value,
            WRBTR=value,
            WAERS="CNY",
            SHKZG=side,
            CPUDT=day,
        )


@rows_of("sap")
def receipts(database: VendorDatabase) -> None:
    """60 came, cancelled and entered again; 5 went back; 10 wait in blocked stock, 4 of them released."""
    order(database, "4500000010")
    line = {"EBELN": "4500000010", "EBELP": "00010"}
    movement(database, "5000000001", "101", "S", 60, 600, **line)
    movement(
        database, "5000000002", "102", "H", 60, 600, SMBLN="5000000001", SJAHR="2026", SMBLP="0001", **line
    )
    movement(database, "5000000003", "101", "S", 60, 600, **line)
    movement(database, "5000000004", "122", "H", 5, 50, **line)
    movement(database, "5000000005", "103", "S", 10, 0, **line)
    movement(database, "5000000006", "105", "S", 4, 40, **line)
    # Not of an order: to production, a transfer, a count; the copy of S/4 holds one more and repeats another.
    movement(database, "4900000001", "261", "H", 3, 30)
    movement(database, "4900000002", "311", "H", 2, 20, UMWRK="1100", UMLGO="0002")
    movement(database, "4900000003", "701", "S", 1, 10)
    for number in ("4900000001", "4900000009"):
        database.add(
            "MATDOC",
            RECORD_TYPE="MDOC",
            MBLNR=number,
            MJAHR="2026",
            ZEILE="0001",
            BLDAT="20260204",
            BUDAT="20260204",
            CPUDT="20260204",
            CPUTM="101500",
            BWART="551",
            MATNR=ITEM,
            WERKS="1100",
            SHKZG="H",
            DMBTR=7,
            MENGE=1,
            MEINS="ST",
            BUKRS="1000",
        )


def test_movement_types_and_sides_give_the_sign(canonical: Canonical) -> None:
    columns = (
        "document_no, quantity, net_amount, cost_amount, status, is_return, red_reason, original_line_id"
    )
    found = canonical("sap", "goods_receipts", columns, purchase_order_line_id="4500000010/00010")
    assert found == [
        ("5000000001", D("60.000000"), D("600.0000"), D("600.0000"), "closed", False, None, None),
        (
            "5000000002",
            D("-60.000000"),
            D("-600.0000"),
            D("-600.0000"),
            "closed",
            False,
            "error",
            "5000000001/2026/0001",
        ),
        ("5000000003", D("60.000000"), D("600.0000"), D("600.0000"), "closed", False, None, None),
        ("5000000004", D("-5.000000"), D("-50.0000"), D("-50.0000"), "closed", True, "return", None),
        ("5000000005", D("10.000000"), D("0.0000"), D("0.0000"), "submitted", False, None, None),
        ("5000000006", D("4.000000"), D("40.0000"), D("40.0000"), "closed", False, None, None),
    ]


def test_blocked_stock_is_not_received(group: Installation) -> None:
    rows = group.query(
        "select received_quantity, ordered_quantity from procurement_lines where document_no = '4500000010'"
    )
    assert rows == [(D("59.000000"), D("100.000000"))]


def test_other_movements_are_classified_and_matdoc_repeats_nothing(canonical: Canonical) -> None:
    columns = "document_no, movement_kind, direction, quantity, cost_amount, counter_warehouse_code"
    assert canonical("sap", "stock_movements", columns) == [
        ("4900000001", "production_issue", "out", D("3.000000"), D("30.0000"), None),
        ("4900000002", "transfer", "out", D("2.000000"), D("20.0000"), "1100/0002"),
        ("4900000003", "count", "in", D("1.000000"), D("10.0000"), None),
        ("4900000009", "scrap", "out", D("1.000000"), D("7.0000"), None),
    ]


def invoice(
    database: VendorDatabase, number: str, mark: str, gross: object, tax: object, **more: object
) -> None:
    """Add the head of a supplier's invoice of 10 February; XRECH X is an invoice, empty a credit memo."""
    stated: dict[str, object] = {
        "GJAHR": "2026",
        "BUKRS": "1000",
        "BLDAT": "20260210",
        "BUDAT": "20260211",
        "CPUDT": "20260211",
        "CPUTM": "140000",
        "XBLNR": "26911",
        "LIFNR": "0000100001",
        "WAERS": "CNY",
        "KURSF": 1,
        "RBSTAT": "5",
        "ZFBDT": "20260210",
        "ZBD1T": 30,
    }
    database.add("RBKP", BELNR=number, XRECH=mark, RMWWR=gross, WMWST1=tax, **(stated | more))


@rows_of("sap")
def invoices(database: VendorDatabase) -> None:
    """Two lines and freight; a price credit; a reversed pair; one parked; one in yen to an account."""
    line = {
        "GJAHR": "2026",
        "BUKRS": "1000",
        "MWSKZ": "J1",
        "BSTME": "ST",
        "EBELN": "4500000010",
        "EBELP": "00010",
    }
    invoice(database, "5105600001", "X", D("1158.26"), D("132.96"), BEZNK=5)
    database.add(
        "RSEG",
        BELNR="5105600001",
        BUZEI="000001",
        WRBTR=D("612.00"),
        SHKZG="S",
        MENGE=60,
        LFBNR="5000000003",
        LFGJA="2026",
        LFPOS="0001",
        **line,
    )
    database.add("RSEG", BELNR="5105600001", BUZEI="000002", WRBTR=D("408.30"), SHKZG="S", MENGE=40, **line)
    invoice(database, "5105600002", "", D("11.30"), D("1.30"))
    database.add("RSEG", BELNR="5105600002", BUZEI="000001", WRBTR=10, SHKZG="H", MENGE=60, TBTKZ="X", **line)
    invoice(database, "5105600003", "X", D("113.00"), D("13.00"), STBLG="5105600004", STJAH="2026")
    database.add("RSEG", BELNR="5105600003", BUZEI="000001", WRBTR=100, SHKZG="S", MENGE=10, **line)
    invoice(
        database,
        "5105600004",
        "",
        D("113.00"),
        D("13.00"),
        STBLG="5105600003",
        STJAH="2026",
        CPUDT="20260305",
        BUDAT="20260305",
    )
    database.add("RSEG", BELNR="5105600004", BUZEI="000001", WRBTR=100, SHKZG="H", MENGE=10, **line)
    invoice(database, "5105600005", "X", 1, 0, RBSTAT="A")
    database.add("RSEG", BELNR="5105600005", BUZEI="000001", WRBTR=1, SHKZG="S", MENGE=1, **line)
    invoice(database, "5105600006", "X", D("123.45"), 0, WAERS="JPY", KURSF=D("4.8"))
    database.add(
        "RBCO",
        BELNR="5105600006",
        GJAHR="2026",
        BUZEI="000001",
        COBL_NR="0001",
        BUKRS="1000",
        SAKNR="0006602000",
        WRBTR=D("123.45"),
        SHKZG="S",
        MWSKZ="J0",
    )


def test_the_lines_bear_exactly_the_invoices_tax(canonical: Canonical) -> None:
    columns = (
        "line_id, line_kind, quantity, net_amount, tax_rate, tax_amount, "
        "goods_receipt_line_id, due_date, status"
    )
    day = date(2026, 3, 12)
    rate = D("0.1300000000")
    assert canonical("sap", "purchase_invoices", columns, document_id="5105600001/2026") == [
        (
            "5105600001/2026/000001",
            "stock",
            D("60.000000"),
            D("612.0000"),
            rate,
            D("79.7500"),
            "5000000003/2026/0001",
            day,
            "approved",
        ),
        (
            "5105600001/2026/000002",
            "stock",
            D("40.000000"),
            D("408.3000"),
            rate,
            D("53.2100"),
            None,
            day,
            "approved",
        ),
        (
            "5105600001/2026/BEZNK",
            "freight",
            D("0.000000"),
            D("5.0000"),
            None,
            D("0.0000"),
            None,
            day,
            "approved",
        ),
    ]


def test_credits_reversals_and_parked_invoices(canonical: Canonical) -> None:
    columns = (
        "document_no, status, posting_date, quantity, gross_amount, is_return, red_reason, original_line_id"
    )
    found = {row[0]: row[1:] for row in canonical("sap", "purchase_invoices", columns)}
    february, march = date(2026, 2, 11), date(2026, 3, 5)
    assert found["5105600002"] == ("approved", february, D("0.000000"), D("-11.3000"), True, "price", None)
    assert found["5105600003"] == ("approved", february, D("10.000000"), D("113.0000"), False, None, None)
    assert found["5105600004"] == (
        "approved",
        march,
        D("-10.000000"),
        D("-113.0000"),
        False,
        "error",
        "5105600003/2026/000001",
    )
    assert found["5105600005"][0] == "draft"


def test_an_invoice_line_may_go_straight_to_an_account(canonical: Canonical) -> None:
    columns = "line_kind, cost_account_code, net_amount, currency_code, exchange_rate, purchase_order_line_id"
    assert canonical("sap", "purchase_invoices", columns, document_no="5105600006") == [
        ("expense", "6602000", D("12345.0000"), "JPY", D("0.0480000000"), None)
    ]
