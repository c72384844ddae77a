"""SAP FI as a feeder book: sides, negative postings, reversals, origins, clearing, balances, rates."""

from datetime import date
from decimal import Decimal

from tests.packs.conftest import Canonical
from tests.packs.vendor import VendorDatabase, rows_of
from tests.tryton.installation import Installation

D = Decimal


def voucher(
    database: VendorDatabase, number: str, kind: str, *lines: dict[str, object], **head: object
) -> None:
    """Add an FI document of 11 February 2026 in yuan."""
    stated: dict[str, object] = {
        "BUKRS": "1000",
        "BELNR": number,
        "GJAHR": "2026",
        "BLART": kind,
        "BLDAT": "20260211",
        "BUDAT": "20260211",
        "MONAT": "02",
        "CPUDT": "20260211",
        "CPUTM": "160000",
        "USNAM": "LI",
        "WAERS": "CNY",
        "KURSF": 1,
        "HWAER": "CNY",
    }
    database.add("BKPF", **(stated | head))
    for position, line in enumerate(lines, 1):
        database.add(
            "BSEG",
            BUKRS="1000",
            BELNR=number,
            GJAHR="2026",
            BUZEI=f"{position:03d}",
            H_BUDAT="20260211",
            **({"WRBTR": line["DMBTR"], "KOART": "S"} | line),
        )


@rows_of("sap")
def invoices(database: VendorDatabase) -> None:
    """An invoice by MIRO, its reversal by negative posting, a yen invoice, one parked, one noted."""
    supplier = {"KOART": "K", "HKONT": "0002202000", "LIFNR": "0000100001", "ZFBDT": "20260210", "ZBD1T": 30}
    voucher(
        database,
        "5100000001",
        "RE",
        supplier | {"SHKZG": "H", "DMBTR": 113},
        {
            "SHKZG": "S",
            "DMBTR": 100,
            "HKONT": "0002202900",
            "MATNR": "000000000000000777",
            "MENGE": 10,
            "MEINS": "ST",
        },
        {"SHKZG": "S", "DMBTR": 13, "HKONT": "0002221010", "MWSKZ": "J1"},
        AWTYP="RMRP",
        AWKEY="51056000032026",
        STBLG="5100000002",
        STJAH="2026",
    )
    voucher(
        database,
        "5100000002",
        "RE",
        supplier | {"SHKZG": "S", "DMBTR": 113, "XNEGP": "X"},
        {"SHKZG": "H", "DMBTR": 100, "HKONT": "0002202900", "XNEGP": "X"},
        {"SHKZG": "H", "DMBTR": 13, "HKONT": "0002221010", "XNEGP": "X"},
        AWTYP="RMRP",
        AWKEY="51056000042026",
        STBLG="5100000001",
        STJAH="2026",
        MONAT="03",
        BUDAT="20260305",
        CPUDT="20260305",
    )
    voucher(
        database,
        "5100000003",
        "KR",
        supplier | {"SHKZG": "H", "DMBTR": 2400, "WRBTR": 500},
        {"SHKZG": "S", "DMBTR": 2400, "WRBTR": 500, "HKONT": "0006603000"},
        WAERS="JPY",
        KURSF=D("4.8"),
    )
    voucher(database, "5100000004", "KR", supplier | {"SHKZG": "H", "DMBTR": 9}, BSTAT="V", PPNAM="WANG")
    voucher(database, "5100000005", "KA", supplier | {"SHKZG": "H", "DMBTR": 9}, BSTAT="S")


def test_sides_become_two_columns(canonical: Canonical) -> None:
    columns = "line_no, account_code, debit, credit, amount, partner_kind, partner_code, due_date, quantity"
    assert canonical("sap", "journal_lines", columns, voucher_id="1000/5100000001/2026") == [
        (
            "1",
            "2202000",
            D("0.0000"),
            D("113.0000"),
            D("-113.0000"),
            "supplier",
            "100001",
            date(2026, 3, 12),
            D("0.000000"),
        ),
        ("2", "2202900", D("100.0000"), D("0.0000"), D("100.0000"), None, None, None, D("10.000000")),
        ("3", "2221010", D("13.0000"), D("0.0000"), D("13.0000"), None, None, None, D("0.000000")),
    ]


def test_a_negative_posting_is_red_and_names_what_it_reverses(canonical: Canonical) -> None:
    columns = "line_no, debit, credit, amount, is_red, reverses_voucher_id, period_no"
    original = "1000/5100000001/2026"
    assert canonical("sap", "journal_lines", columns, voucher_id="1000/5100000002/2026") == [
        ("1", D("0.0000"), D("-113.0000"), D("113.0000"), True, original, 3),
        ("2", D("-100.0000"), D("0.0000"), D("-100.0000"), True, original, 3),
        ("3", D("-13.0000"), D("0.0000"), D("-13.0000"), True, original, 3),
    ]
    assert canonical("sap", "journal_lines", "distinct reverses_voucher_id", voucher_id=original) == [(None,)]


def test_the_reference_key_finds_the_document(canonical: Canonical) -> None:
    columns = "distinct origin_system, origin_entity, origin_document_id, origin_document_no, entry_kind"
    assert canonical("sap", "journal_lines", columns, voucher_id="1000/5100000001/2026") == [
        ("sap", "purchase_invoices", "5105600003/2026", "5105600003", "document")
    ]


def test_yen_in_the_ledger(canonical: Canonical) -> None:
    columns = "amount, currency_code, currency_amount, exchange_rate"
    assert canonical("sap", "journal_lines", columns, voucher_id="1000/5100000003/2026", line_no="1") == [
        (D("-2400.0000"), "JPY", D("-50000.0000"), D("0.0480000000"))
    ]


def test_parked_documents_are_drafts_and_noted_items_are_none(canonical: Canonical) -> None:
    columns = "voucher_no, status, prepared_by, posted_by"
    assert canonical("sap", "journal_lines", columns, voucher_id="1000/5100000004/2026") == [
        ("5100000004", "draft", "WANG", None)
    ]
    assert canonical("sap", "journal_lines", columns, voucher_id="1000/5100000005/2026") == []


def test_the_feeder_book_never_counts_beside_the_books(group: Installation) -> None:
    assert group.query("select distinct is_primary_ledger from ledger_lines where source_id = 'sap'") == [
        (False,)
    ]
    assert group.query(
        "select count(*) from unified_lines where source_id = 'sap' and line_kind = 'ledger'"
    ) == [(0,)]


@rows_of("sap")
def cleared_items(database: VendorDatabase) -> None:
    """Invoices of 100 and 50 less a credit of 30 were paid with 90 and 30; a third is paid in part."""
    supplier = {"KOART": "K", "HKONT": "0002202000", "LIFNR": "0000100001"}
    cleared = supplier | {"AUGBL": "1500000002", "AUGDT": "20260320", "SHKZG": "H"}
    expense = {"HKONT": "0006603000"}
    bank = {"HKONT": "0001002000"}
    invoice = {"AWTYP": "RMRP"}
    voucher(
        database,
        "5100000011",
        "RE",
        cleared | {"DMBTR": 100},
        expense | {"SHKZG": "S", "DMBTR": 100},
        AWKEY="51056000112026",
        **invoice,
    )
    voucher(
        database,
        "5100000012",
        "RE",
        cleared | {"DMBTR": 50},
        expense | {"SHKZG": "S", "DMBTR": 50},
        AWKEY="51056000122026",
        **invoice,
    )
    voucher(
        database,
        "5100000013",
        "RE",
        cleared | {"DMBTR": 30, "SHKZG": "S"},
        expense | {"SHKZG": "H", "DMBTR": 30},
        AWKEY="51056000132026",
        **invoice,
    )
    voucher(
        database,
        "1500000001",
        "KZ",
        cleared | {"DMBTR": 90, "SHKZG": "S"},
        bank | {"SHKZG": "H", "DMBTR": 90},
    )
    voucher(
        database,
        "1500000002",
        "KZ",
        cleared | {"DMBTR": 30, "SHKZG": "S"},
        bank | {"SHKZG": "H", "DMBTR": 30},
        BUDAT="20260320",
        MONAT="03",
    )
    voucher(
        database,
        "5100000014",
        "RE",
        supplier | {"DMBTR": 70, "SHKZG": "H"},
        expense | {"SHKZG": "S", "DMBTR": 70},
        AWKEY="51056000142026",
        **invoice,
    )
    voucher(
        database,
        "1500000003",
        "KZ",
        supplier | {"DMBTR": 20, "SHKZG": "S", "REBZG": "5100000014", "REBZJ": "2026", "REBZZ": "001"},
        bank | {"SHKZG": "H", "DMBTR": 20},
    )


def test_clearing_gives_exact_settlements(canonical: Canonical) -> None:
    columns = "to_line_id, from_entity, from_line_id, amount, settlement_kind, settled_on"
    found = [row for row in canonical("sap", "settlements", columns) if row[0].startswith("51056000")]
    day = date(2026, 3, 20)
    assert found == [
        ("5105600011/2026", "cash_movements", "1000/1500000001/2026/001", D("90.0000"), "cash", day),
        ("5105600011/2026", "cash_movements", "1000/1500000002/2026/001", D("10.0000"), "cash", day),
        ("5105600012/2026", "cash_movements", "1000/1500000002/2026/001", D("20.0000"), "cash", day),
        ("5105600012/2026", "purchase_invoices", "5105600013/2026", D("30.0000"), "red_blue", day),
        (
            "5105600014/2026",
            "cash_movements",
            "1000/1500000003/2026/001",
            D("20.0000"),
            "cash",
            date(2026, 2, 11),
        ),
    ]


def test_lines_know_what_cleared_them(canonical: Canonical) -> None:
    columns = "clearing_id, cleared_on"
    assert canonical("sap", "journal_lines", columns, line_id="1000/5100000012/2026/001") == [
        ("1000/1500000002/2026", date(2026, 3, 20))
    ]
    assert canonical("sap", "journal_lines", columns, line_id="1000/5100000014/2026/001") == [(None, None)]


def test_money_is_the_partners_line_of_a_voucher_that_moves_cash(canonical: Canonical) -> None:
    columns = "document_no, direction, amount, partner_code, is_refund, method"
    found = canonical("sap", "cash_movements", columns)
    assert found == [
        ("1500000001", "out", D("90.0000"), "100001", False, "transfer"),
        ("1500000002", "out", D("30.0000"), "100001", False, "transfer"),
        ("1500000003", "out", D("20.0000"), "100001", False, "transfer"),
    ]


@rows_of("sap")
def balances_and_rates(database: VendorDatabase) -> None:
    """Totals of the classic ledger, rates by inverted dates, the stock of a material."""
    for side, carried, february in (("S", 1000, 0), ("H", 0, -120)):
        database.add(
            "GLT0",
            RLDNR="00",
            RRCTY="0",
            RVERS="001",
            BUKRS="1000",
            RYEAR="2026",
            RACCT="0001002000",
            RBUSA="",
            RTCUR="CNY",
            DRCRK=side,
            RPMAX="016",
            HSLVT=carried,
            HSL02=february,
        )
    database.add(
        "TCURR", KURST="M", FCURR="USD", TCURR="CNY", GDATU="79739868", UKURS=D("7.10000"), FFACT=1, TFACT=1
    )
    database.add("TCURR", KURST="M", FCURR="JPY", TCURR="CNY", GDATU="79739868", UKURS=D("4.80000"))
    database.add(
        "TCURR", KURST="M", FCURR="EUR", TCURR="CNY", GDATU="79739868", UKURS=D("-0.12500"), FFACT=1, TFACT=1
    )
    database.add(
        "TCURR", KURST="P", FCURR="USD", TCURR="CNY", GDATU="79739868", UKURS=D("9.00000"), FFACT=1, TFACT=1
    )
    database.add(
        "MBEW",
        MATNR="000000000000000777",
        BWKEY="1100",
        BWTAR="",
        LBKUM=50,
        SALK3=D("512.34"),
        VPRSV="S",
        STPRS=D("1024.68"),
        PEINH=100,
        LFGJA="2026",
        LFMON="03",
    )
    database.add(
        "MBEWH",
        MATNR="000000000000000777",
        BWKEY="1100",
        BWTAR="",
        LFGJA="2026",
        LFMON="02",
        LBKUM=40,
        SALK3=400,
    )


def test_dates_of_rates_are_inverted_and_rates_scaled(canonical: Canonical) -> None:
    columns = "from_currency_code, rate_kind, rate_date, rate"
    day = date(2026, 1, 31)
    assert canonical("sap", "exchange_rates", columns) == [
        ("EUR", "spot", day, D("8.0000000000")),
        ("JPY", "spot", day, D("0.0480000000")),
        ("USD", "spot", day, D("7.1000000000")),
    ]


def test_balances_are_carried_and_reported(canonical: Canonical, group: Installation) -> None:
    columns = "period_no, opening_amount, debit, credit, closing_amount"
    found = canonical("sap", "account_balances", columns, account_code="1002000")
    assert len(found) == 12
    assert found[1] == (2, D("1000.0000"), D("0.0000"), D("120.0000"), D("880.0000"))
    rows = group.query(
        "select opening_amount, closing_amount, difference_amount from trial_balance where source_id = 'sap' "
        "and account_code = '1002000' and period_no = 2 and posting_scope = 'posted'"
    )
    # The vouchers paid 110 in February; SAP's totals say 120.
    assert rows == [(D("1000.0000"), D("890.0000"), D("10.0000"))]


def test_stock_values_are_control_totals(canonical: Canonical) -> None:
    columns = "period_no, warehouse_code, item_code, quantity, amount"
    assert canonical("sap", "stock_balances", columns) == [
        (2, "1100", "777", D("40.000000"), D("400.0000")),
        (3, "1100", "777", D("50.000000"), D("512.3400")),
    ]
    assert canonical("sap", "item_valuations", "cost_method, standard_cost") == [("standard", D("10.246800"))]


def test_posting_periods_are_open_or_closed(canonical: Canonical) -> None:
    columns = "module, period_no"
    assert canonical("sap", "period_statuses", columns, status="open") == [
        ("gl", 2),
        ("gl", 3),
        ("inventory", 2),
        ("inventory", 3),
    ]
