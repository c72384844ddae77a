"""U8's documents: states, red ones, tax under misleading names, settlements of receipts and of money."""

from datetime import date
from decimal import Decimal

from tests.packs.conftest import Canonical
from tests.packs.vendor import VendorDatabase, rows_of
from tests.tryton.installation import Installation

D = Decimal


@rows_of("u8_003")
def orders(database: VendorDatabase) -> None:
    """Three purchase orders: approved, closed short at 60 of 100, and a draft in dollars."""
    for key, verifier, closer, currency, rate in (
        (1, "李四", None, "人民币", 1),
        (2, "李四", "李四", "人民币", 1),
        (3, None, None, "美元", D("7.1")),
    ):
        database.add(
            "PO_Pomain",
            POID=key,
            cPOID=f"CG{key}",
            dPODate="2026-01-28",
            cVenCode="V01",
            cDepCode="0101",
            cPersonCode="P1",
            cexch_name=currency,
            nflat=rate,
            cVerifier=verifier,
            cCloser=closer,
        )
        database.add(
            "PO_Podetails",
            ID=key * 10,
            POID=key,
            ivouchrowno=1,
            cInvCode="A1",
            iQuantity=100,
            iUnitPrice=10,
            iTaxPrice=D("11.3"),
            iMoney=1000,
            iTax=130,
            iSum=1130,
            iNatMoney=1000 * rate,
            iNatTax=130 * rate,
            iNatSum=1130 * rate,
            iPerTaxRate=13,
            iReceivedQTY=60,
            dArriveDate="2026-02-10",
        )


def test_a_closed_order_line_cancels_what_did_not_come(canonical: Canonical) -> None:
    columns = (
        "document_no, status, quantity, cancelled_quantity, is_delivery_complete, net_amount, "
        "tax_rate, gross_amount"
    )
    assert canonical("u8", "purchase_orders", columns, source_id="u8_003", document_id="2") == [
        (
            "CG2",
            "closed",
            D("100.000000"),
            D("40.000000"),
            True,
            D("1000.0000"),
            D("0.1300000000"),
            D("1130.0000"),
        )
    ]
    assert canonical("u8", "purchase_orders", "status, cancelled_quantity", document_id="1") == [
        ("approved", None)
    ]


def test_a_foreign_order_has_both_currencies(canonical: Canonical) -> None:
    columns = (
        "status, currency_code, exchange_rate, net_amount, base_net_amount, "
        "base_gross_amount, gross_unit_price, uom_code"
    )
    assert canonical("u8", "purchase_orders", columns, document_id="3") == [
        (
            "draft",
            "USD",
            D("7.1000000000"),
            D("1000.0000"),
            D("7100.0000"),
            D("8023.0000"),
            D("11.300000"),
            "个",
        )
    ]


@rows_of("u8_003")
def receipts(database: VendorDatabase) -> None:
    """60 came (settled), 40 more by an arrival (estimated), 5 went back; one red receipt is unsigned."""
    database.add("PU_ArrivalVouch", ID=1, cCode="DH1", dDate="2026-02-03", iBillType=0)
    database.add("PU_ArrivalVouchs", Autoid=71, ID=1, cInvCode="A1", iQuantity=40, iPOsID=10)
    for key, day, red, handler in (
        (1, "2026-01-30", 0, "王五"),
        (2, "2026-02-03", 0, "王五"),
        (3, "2026-02-20", 1, "王五"),
        (4, "2026-02-21", 1, None),
    ):
        database.add(
            "RdRecord01",
            ID=key,
            cCode=f"RK{key}",
            dDate=day,
            cWhCode="W1",
            cVenCode="V01",
            cBusType="普通采购",
            bredvouch=red,
            cHandler=handler,
        )
    line = {"irowno": 1, "cInvCode": "A1"}
    database.add(
        "rdrecords01",
        AutoID=101,
        ID=1,
        iQuantity=60,
        iUnitCost=D("10.2"),
        iPrice=612,
        iAPrice=600,
        iSQuantity=60,
        dSDate="2026-02-10",
        iPOsID=10,
        **line,
    )
    database.add(
        "rdrecords01",
        AutoID=102,
        ID=2,
        iQuantity=40,
        iUnitCost=10,
        iPrice=None,
        iAPrice=400,
        iArrsId=71,
        **line,
    )
    database.add("rdrecords01", AutoID=103, ID=3, iQuantity=-5, iUnitCost=10, iPrice=-50, iPOsID=10, **line)
    database.add("rdrecords01", AutoID=104, ID=4, iQuantity=2, iUnitCost=10, iPrice=20, iPOsID=10, **line)


def test_receipts_find_their_order_and_are_costed_finally_when_settled(canonical: Canonical) -> None:
    columns = "line_id, quantity, cost_amount, is_cost_final, purchase_order_line_id, status, net_amount"
    found = canonical("u8", "goods_receipts", columns, source_id="u8_003")
    assert found[:2] == [
        ("101", D("60.000000"), D("612.0000"), True, "10", "closed", None),
        ("102", D("40.000000"), D("400.0000"), False, "10", "closed", None),
    ]


def test_a_red_receipt_takes_goods_away_however_it_is_stored(canonical: Canonical) -> None:
    columns = "line_id, quantity, cost_amount, is_return, receipt_kind, status"
    assert canonical("u8", "goods_receipts", columns, source_id="u8_003", is_return=True) == [
        ("103", D("-5.000000"), D("-50.0000"), True, "return", "closed"),
        ("104", D("-2.000000"), D("-20.0000"), True, "return", "draft"),
    ]


def test_a_receipt_without_a_price_is_worth_its_orders_price(group: Installation) -> None:
    rows = group.query(
        "select document_no, net_amount from procurement_events "
        "where source_id = 'u8_003' and event = 'received' and is_counted and "
        "document_no in ('RK1', 'RK2', 'RK3') order by 1"
    )
    assert rows == [("RK1", D("600.0000")), ("RK2", D("400.0000")), ("RK3", D("-50.0000"))]


@rows_of("u8_003")
def invoices(database: VendorDatabase) -> None:
    """An invoice of 100 pieces settled with both receipts, a red one of 5, and one without audit."""
    for key, red, verifier in ((1, 0, "李四"), (2, 1, "李四"), (3, 0, None)):
        database.add(
            "PurBillVouch",
            PBVID=key,
            cPBVCode=f"2691{key}",
            dPBVDate="2026-02-10",
            cPBVBillType="01",
            cVenCode="V01",
            cexch_name="人民币",
            cExchRate=1,
            bNegative=red,
            cVerifier=verifier,
            dGatheringDate="2026-03-12",
        )
    database.add(
        "PurBillVouchs",
        ID=201,
        PBVID=1,
        cInvCode="A1",
        iPBVQuantity=100,
        iOriCost=D("10.2"),
        iOriTaxCost=D("11.526"),
        iOriMoney=1020,
        iOriTaxPrice=D("132.60"),
        iOriSum=D("1152.60"),
        iTaxRate=13,
        iCost=D("10.2"),
        iMoney=1020,
        iTaxPrice=D("132.60"),
        iSum=D("1152.60"),
        iPOsID=10,
    )
    database.add(
        "PurBillVouchs",
        ID=202,
        PBVID=2,
        cInvCode="A1",
        iPBVQuantity=-5,
        iOriCost=10,
        iOriMoney=-50,
        iOriTaxPrice=D("-6.50"),
        iOriSum=D("-56.50"),
        iTaxRate=13,
        iMoney=-50,
        iTaxPrice=D("-6.50"),
        iSum=D("-56.50"),
        RdsId=103,
    )
    database.add(
        "PurBillVouchs",
        ID=203,
        PBVID=3,
        cInvCode="S1",
        iPBVQuantity=1,
        iOriCost=100,
        iOriMoney=100,
        iOriTaxPrice=9,
        iOriSum=109,
        iTaxRate=9,
        iMoney=100,
        iTaxPrice=9,
        iSum=109,
    )
    database.add("PurSettleVouch", PSVID=1, cSVCode="JS1", dSVDate="2026-02-10")
    database.add(
        "PurSettleVouchs", ID=1, PSVID=1, iRdsID=101, iBsID=201, iSVQuantity=60, iSVPrice=D("612.00")
    )
    database.add(
        "PurSettleVouchs", ID=2, PSVID=1, iRdsID=102, iBsID=201, iSVQuantity=40, iSVPrice=D("408.00")
    )


def test_the_column_called_tax_price_is_the_tax(canonical: Canonical) -> None:
    columns = (
        "unit_price, net_amount, tax_amount, gross_amount, tax_rate, base_tax_amount, "
        "invoice_kind, invoice_no, due_date"
    )
    assert canonical("u8", "purchase_invoices", columns, source_id="u8_003", line_id="201") == [
        (
            D("10.200000"),
            D("1020.0000"),
            D("132.6000"),
            D("1152.6000"),
            D("0.1300000000"),
            D("132.6000"),
            "special",
            "26911",
            date(2026, 3, 12),
        )
    ]


def test_an_invoice_of_several_receipts_is_linked_by_exact_shares(canonical: Canonical) -> None:
    assert canonical("u8", "purchase_invoices", "goods_receipt_line_id", line_id="201") == [(None,)]
    columns = "from_entity, from_line_id, to_entity, to_line_id, quantity, amount"
    assert canonical("u8", "document_links", columns, source_id="u8_003") == [
        ("goods_receipts", "101", "purchase_invoices", "201", D("60.000000"), D("612.0000")),
        ("goods_receipts", "102", "purchase_invoices", "201", D("40.000000"), D("408.0000")),
    ]


def test_red_and_unaudited_invoices(canonical: Canonical) -> None:
    columns = (
        "line_id, status, is_return, quantity, gross_amount, goods_receipt_line_id, "
        "purchase_order_line_id, line_kind"
    )
    assert canonical("u8", "purchase_invoices", columns, source_id="u8_003")[1:3] == [
        ("202", "approved", True, D("-5.000000"), D("-56.5000"), "103", "10", "stock"),
        ("203", "draft", False, D("1.000000"), D("109.0000"), None, None, "service"),
    ]


@rows_of("u8_003")
def sales(database: VendorDatabase) -> None:
    """An order of 10, shipped with 8 (cost 56.00 in the warehouse), billed, and 1 sent back in red."""
    line = {"cInvCode": "A1", "iUnitPrice": 20, "iTaxUnitPrice": D("22.6"), "iTaxRate": 13}

    def amounts(quantity: int) -> dict[str, object]:
        net, tax = D(20 * quantity), D("2.6") * quantity
        return {
            "iQuantity": quantity,
            "iMoney": net,
            "iTax": tax,
            "iSum": net + tax,
            "iNatMoney": net,
            "iNatTax": tax,
            "iNatSum": net + tax,
            **line,
        }

    database.add(
        "SO_SOMain",
        ID=1,
        cSOCode="XS1",
        dDate="2026-02-01",
        cCusCode="C01",
        cexch_name="人民币",
        iExchRate=1,
        cVerifier="李四",
        cSTCode="01",
    )
    database.add(
        "SO_SODetails",
        iSOsID=11,
        ID=1,
        iRowNo=1,
        dPreDate="2026-02-09",
        iFHQuantity=8,
        cSCloser="李四",
        **amounts(10),
    )
    for key, back, quantity in ((1, 0, 8), (2, 1, -1)):
        database.add(
            "DispatchList",
            DLID=key,
            cDLCode=f"FH{key}",
            dDate=f"2026-02-0{4 + key}",
            cCusCode="C01",
            cBusType="普通销售",
            cexch_name="人民币",
            iExchRate=1,
            bReturnFlag=back,
            cVerifier="李四",
        )
        database.add("DispatchLists", iDLsID=20 + key, DLID=key, cWhCode="W1", iSOsID=11, **amounts(quantity))
    database.add(
        "RdRecord32",
        ID=1,
        cCode="CK1",
        dDate="2026-02-05",
        cWhCode="W1",
        cCusCode="C01",
        bredvouch=0,
        cHandler="王五",
    )
    database.add(
        "rdrecords32",
        AutoID=1,
        ID=1,
        cInvCode="A1",
        iQuantity=8,
        iUnitCost=7,
        iPrice=56,
        iDLsID=21,
        cbaccounter="王五",
    )
    for key, back, quantity, invalid in ((1, 0, 8, None), (2, 1, -1, None), (3, 0, 8, "李四")):
        database.add(
            "SaleBillVouch",
            SBVID=key,
            cSBVCode=f"XF{key}",
            cVouchType="26",
            dDate="2026-02-10",
            cCusCode="C01",
            cexch_name="人民币",
            iExchRate=1,
            bReturnFlag=back,
            cChecker="李四",
            cInvalider=invalid,
        )
        database.add(
            "SaleBillVouchs", AutoID=30 + key, SBVID=key, iDLsID=21 if key != 2 else 22, **amounts(quantity)
        )


def test_sales_are_linked_from_order_to_invoice(canonical: Canonical) -> None:
    columns = "status, quantity, cancelled_quantity, net_amount, tax_amount"
    assert canonical("u8", "sales_orders", columns, line_id="11") == [
        ("closed", D("10.000000"), D("2.000000"), D("200.0000"), D("26.0000"))
    ]
    columns = (
        "line_id, status, quantity, cost_amount, is_cost_final, shipment_kind, "
        "sales_order_line_id, net_amount"
    )
    assert canonical("u8", "shipments", columns, source_id="u8_003") == [
        ("21", "approved", D("8.000000"), D("56.0000"), True, "sale", "11", D("160.0000")),
        ("22", "approved", D("-1.000000"), None, None, "return", "11", D("-20.0000")),
    ]
    columns = "line_id, status, gross_amount, is_return, shipment_line_id, sales_order_line_id"
    assert canonical("u8", "sales_invoices", columns, source_id="u8_003") == [
        ("31", "approved", D("180.8000"), False, "21", "11"),
        ("32", "approved", D("-22.6000"), True, "22", "11"),
        ("33", "cancelled", D("180.8000"), False, "21", "11"),
    ]


@rows_of("u8_003")
def money(database: VendorDatabase) -> None:
    """652.60 paid in two lines (500.00 for invoice 1, 152.60 ahead), and money back from the supplier."""
    common = {"cDwCode": "V01", "cexch_name": "人民币", "iExchRate": 1, "cFlag": "AP", "cCheckMan": "李四"}
    database.add(
        "Ap_CloseBill",
        iID=1,
        cVouchType="49",
        cVouchID="FK1",
        dVouchDate="2026-03-01",
        iAmount=D("652.60"),
        iAmount_f=D("652.60"),
        cSSCode="2",
        cNoteNo="N7",
        **common,
    )
    database.add("Ap_CloseBills", ID=1, iID=1, iType=0, cCusVen="V01", iAmt=500, iAmt_f=500)
    database.add("Ap_CloseBills", ID=2, iID=1, iType=1, cCusVen="V01", iAmt=D("152.60"), iAmt_f=D("152.60"))
    database.add(
        "Ap_CloseBill",
        iID=2,
        cVouchType="48",
        cVouchID="SK2",
        dVouchDate="2026-03-05",
        iAmount=30,
        iAmount_f=30,
        cSSCode="3",
        **common,
    )
    detail = {
        "iPeriod": 3,
        "dVouchDate": "2026-03-01",
        "dRegDate": "2026-03-02",
        "cDwCode": "V01",
        "cexch_name": "人民币",
        "iExchRate": 1,
        "iCAmount": 0,
        "iCAmount_f": 0,
        "cFlag": "AP",
        "iFlag": 0,
    }
    database.add(
        "Ap_Detail",
        Auto_ID=1,
        cVouchType="49",
        cVouchID="FK1",
        cCoVouchType="01",
        cCoVouchID="26911",
        cProcStyle="9P",
        iDAmount=500,
        iDAmount_f=500,
        iClosesID=1,
        **detail,
    )
    # A red invoice set off against its blue one, the payment's own row, and a row that U8 has withdrawn.
    database.add(
        "Ap_Detail",
        Auto_ID=2,
        cVouchType="01",
        cVouchID="26912",
        cCoVouchType="01",
        cCoVouchID="26911",
        cProcStyle="9R",
        iDAmount=D("56.50"),
        iDAmount_f=D("56.50"),
        **detail,
    )
    database.add(
        "Ap_Detail",
        Auto_ID=3,
        cVouchType="49",
        cVouchID="FK1",
        cCoVouchType="49",
        cCoVouchID="FK1",
        cProcStyle="49",
        iDAmount=D("652.60"),
        iDAmount_f=D("652.60"),
        **detail,
    )
    database.add(
        "Ap_Detail",
        Auto_ID=4,
        cVouchType="49",
        cVouchID="FK1",
        cCoVouchType="01",
        cCoVouchID="26911",
        cProcStyle="9P",
        iDAmount=1,
        iDAmount_f=1,
        **{**detail, "iFlag": 3},
    )


def test_money_goes_where_it_really_went(canonical: Canonical) -> None:
    columns = (
        "line_id, direction, is_refund, partner_kind, amount, is_prepayment, method, settlement_no, status"
    )
    assert canonical("u8", "cash_movements", columns, source_id="u8_003") == [
        ("1", "out", False, "supplier", D("500.0000"), False, "transfer", "N7", "closed"),
        ("2", "out", False, "supplier", D("152.6000"), True, "transfer", "N7", "closed"),
        ("head/2", "in", True, "supplier", D("30.0000"), False, "note", None, "closed"),
    ]


def test_sub_ledger_rows_settle_invoices(canonical: Canonical) -> None:
    columns = "settlement_id, from_entity, from_line_id, to_entity, to_line_id, level, settled_on, amount"
    day = date(2026, 3, 2)
    assert canonical("u8", "settlements", columns, source_id="u8_003") == [
        ("AP/1", "cash_movements", "1", "purchase_invoices", "1", "document", day, D("500.0000")),
        ("AP/2", "purchase_invoices", "2", "purchase_invoices", "1", "document", day, D("56.5000")),
    ]


@rows_of("u8_003")
def other_documents(database: VendorDatabase) -> None:
    """Freight owed to a supplier (应付单), and stock that moved: scrap, and a red other receipt."""
    database.add(
        "Ap_Vouch",
        Auto_ID=1,
        cLink="P0YF1",
        cVouchType="P0",
        cVouchID="YF1",
        dVouchDate="2026-02-15",
        cDwCode="V01",
        cCode="220201",
        bd_c=0,
        cexch_name="人民币",
        iExchRate=1,
        iAmount=80,
        iAmount_f=80,
        cFlag="AP",
        cCheckMan="李四",
    )
    database.add(
        "Ap_Vouchs",
        Auto_ID=1,
        cLink="P0YF1",
        cCode="6602",
        bd_c=1,
        iAmount=100,
        iAmount_f=100,
        cDeptCode="0101",
    )
    database.add("Ap_Vouchs", Auto_ID=2, cLink="P0YF1", cCode="6602", bd_c=0, iAmount=20, iAmount_f=20)
    database.add(
        "RdRecord09",
        ID=1,
        cCode="QT1",
        dDate="2026-02-16",
        cWhCode="W1",
        cBusType="其他出库",
        bredvouch=0,
        cHandler="王五",
    )
    database.add("rdrecords09", AutoID=1, ID=1, cInvCode="A1", iQuantity=3, iPrice=30)
    database.add(
        "RdRecord08", ID=1, cCode="QT2", dDate="2026-02-17", cWhCode="W1", cBusType="盘盈入库", bredvouch=1
    )
    database.add("rdrecords08", AutoID=1, ID=1, cInvCode="A1", iQuantity=-2, iPrice=-20)


def test_other_payables_sum_to_their_document(canonical: Canonical) -> None:
    columns = "line_id, side, gross_amount, expense_account_code, org_unit_code, status"
    assert canonical("u8", "other_payables", columns, source_id="u8_003") == [
        ("1", "payable", D("100.0000"), "6602", "0101", "approved"),
        ("2", "payable", D("-20.0000"), "6602", None, "approved"),
    ]


def test_stock_movements_are_positive_and_their_direction_tells(canonical: Canonical) -> None:
    columns = "line_id, movement_kind, direction, quantity, cost_amount, status"
    assert canonical("u8", "stock_movements", columns, source_id="u8_003") == [
        ("08/1", "count", "out", D("2.000000"), D("20.0000"), "draft"),
        ("09/1", "adjustment", "out", D("3.000000"), D("30.0000"), "closed"),
    ]


def test_masters(canonical: Canonical) -> None:
    columns = "partner_kind, partner_code, partner_name, tax_id, payment_terms_days, credit_limit"
    assert canonical("u8", "partners", columns, source_id="u8_003") == [
        ("customer", "C01", "乙客户", "9102", None, D("50000.0000")),
        ("employee", "P1", "张三", None, None, None),
        ("supplier", "V01", "甲供应商", "9101", 30, None),
    ]
    assert canonical("u8", "org_units", "org_unit_code, parent_org_unit_code", source_id="u8_003") == [
        ("01", None),
        ("0101", "01"),
    ]
    assert canonical(
        "u8", "uom_conversions", "from_uom_code, to_uom_code, numerator", source_id="u8_003"
    ) == [("箱", "个", D("12.000000"))]
