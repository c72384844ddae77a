"""Files as people make them: good lines land; of each bad one place, reason and remedy are told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.bills.telling import told_of_sheet
from tests.bills.inbox import Inbox

ORDERS = (
    "单据内码,单据行内码,单据编号,行号,公司编码,往来单位编码,存货编码,"
    "单据日期,单据状态,数量,原币币种,不含税金额,价税合计"
)
GOOD = "1,1-1,PO1,1,1000,V001,0112,2025-01-31,已审核,10,CNY,100.00,113.00"
HEADINGS = ORDERS.split(",")


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Return an empty inbox."""
    return Inbox(tmp_path)


def orders(*lines: str, heading: str = ORDERS, delimiter: str = ",") -> str:
    """Return a file of orders: a heading, and a line for each text."""
    return "\n".join([heading, *lines]).replace(",", delimiter) + "\n"


def line(number: int, **changed: str) -> str:
    """Return an order line with its own key; `changed` by heading."""
    cells = dict(zip(HEADINGS, GOOD.split(","), strict=True)) | {
        "单据行内码": f"1-{number}",
        "行号": str(number),
    }
    return ",".join((cells | changed)[heading] for heading in HEADINGS)


def only(inbox: Inbox, reason: str) -> tuple[str, str]:
    """Return both sentences of the one line that is held, which must be for this reason."""
    (held,) = inbox.look().held
    assert held.reason == reason, held
    return held.told.zh, held.told.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(inbox: Inbox, encoding: str, delimiter: str) -> None:
    inbox.drop("采购订单.csv", orders(GOOD, delimiter=delimiter), encoding)
    assert inbox.look().is_clean
    assert inbox.look().rows("select company_code, status, net_amount from purchase_orders") == [
        ("1000", "approved", Decimal("100.0000"))
    ]


def test_a_line_in_another_encoding_is_held_and_the_others_land(inbox: Inbox) -> None:
    good = orders(line(1), line(2)).encode()
    inbox.drop("purchase_orders.csv", good + line(3, 单据状态="已关闭").encode("gbk") + b"\n")
    assert inbox.look().rows("select count(*) from purchase_orders") == [(2,)]
    zh, en = only(inbox, "bad_text")
    assert "purchase_orders.csv 第 4 行" in zh
    assert "row 4" in en
    assert "UTF-8" in en


def test_a_wrong_configured_encoding_is_told(inbox: Inbox) -> None:
    inbox.drop("采购订单.csv", orders(*(line(n) for n in range(1, 5))), "gbk")
    inbox.settings(encoding="utf-16-le")
    assert "encoding" in inbox.look().trouble("purchase_orders").en


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"1,234.56"', "1234.56"), ("１２３４．５６", "1234.56"), ('"１，２３４．５６"', "1234.56"),
        ("(12.50)", "-12.50"), ("12.50-", "-12.50"), ("¥12.5", "12.50"), (" 12.5 ", "12.50"),
        ("1 234.5", "1234.50"), ("1.5e3", "1500"),
        ("0.30000000000000004", "0.3"), ("-", "0"), ("￥1234元", "1234"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(inbox: Inbox, written: str, meant: str) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 不含税金额=written)))
    assert inbox.look().is_clean
    assert inbox.look().rows("select net_amount from purchase_orders") == [(Decimal(meant),)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [("12.34567", "too_many_decimals"), ("约100", "bad_number"), ('"1.234,56"', "bad_number"),
     ('"12,34"', "bad_number"), ("999999999999999999", "out_of_range")],
)  # fmt: skip
def test_amounts_that_are_not_certain_are_held(inbox: Inbox, written: str, reason: str) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1), line(2, 不含税金额=written)))
    zh, en = only(inbox, reason)
    assert "文件 purchase_orders.csv 第 3 行 L 列 不含税金额 (net_amount)：" in zh
    assert "File purchase_orders.csv, row 3, column L 不含税金额 (net_amount): " in en
    assert written.strip('"') in zh
    assert inbox.look().rows("select line_id from purchase_orders") == [("1-1",)]


def test_a_decimal_comma_can_be_configured(inbox: Inbox) -> None:
    inbox.drop(
        "purchase_orders.csv",
        orders(line(1, 不含税金额="1.234@56", 价税合计="10"), delimiter=";").replace("@", ","),
    )
    inbox.settings(decimal=",")
    assert inbox.look().rows("select net_amount from purchase_orders") == [(Decimal("1234.56"),)]


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-31",
        "2025/1/31",
        "20250131",
        "2025年1月31日",
        "45688",
        "2025.1.31",
        "31.01.2025",
        "2025-01-31 09:30",
    ],
)
def test_dates_as_people_write_them(inbox: Inbox, written: str) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 单据日期=written)))
    assert inbox.look().is_clean
    assert inbox.look().rows("select document_date from purchase_orders") == [(date(2025, 1, 31),)]


@pytest.mark.parametrize("written", ["01/02/2025", "2025-02-30", "昨天", "31-1-25"])
def test_dates_that_are_not_certain_are_held(inbox: Inbox, written: str) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 单据日期=written)))
    zh, en = only(inbox, "bad_date")
    assert "H 列 单据日期 (document_date)" in zh
    assert "2025-01-31" in en


def test_a_date_format_can_be_configured(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 单据日期="01/02/2025")))
    inbox.settings(date_format="%d/%m/%Y")
    assert inbox.look().is_clean
    assert inbox.look().rows("select document_date from purchase_orders") == [(date(2025, 2, 1),)]


def test_cells_of_a_workbook(inbox: Inbox) -> None:
    """Numbers, dates as serial numbers or texts, codes as numbers: 0112 stays, 1001.0 is 1001."""
    row = ["1", "1-1", "PO1", 1.0, 1001.0, "V001", "0112", 45688, "已审核", 10, "CNY", 0.1 + 0.2, "1,234.50"]
    other = [2, "2-1", "PO2", "1", "1001.0", "V001", 112, 20250131, "approved", 1.5, "人民币", 12.5, -3]
    inbox.drop_workbook("采购订单.xlsx", Sheet1=[HEADINGS, row, other])
    assert inbox.look().is_clean
    assert inbox.look().rows(
        "select document_id, line_no, company_code, item_code, document_date, quantity, currency_code, "
        "net_amount, gross_amount from purchase_orders order by document_id"
    ) == [
        ("1", "1", "1001", "0112", date(2025, 1, 31), Decimal(10), "CNY", Decimal("0.3"), Decimal("1234.5")),
        ("2", "1", "1001.0", "112", date(2025, 1, 31), Decimal("1.5"), "CNY", Decimal("12.5"), Decimal(-3)),
    ]


def test_a_code_that_a_spreadsheet_has_cut_is_held(inbox: Inbox) -> None:
    row = ["1", "1-1", "PO1", 1, 1000, 123456789012345678, "0112", 45688, "已审核", 10, "CNY", 1, 1]
    inbox.drop_workbook("采购订单.xlsx", Sheet1=[HEADINGS, row])
    zh, _ = only(inbox, "long_number_as_code")
    assert "采购订单.xlsx 工作表 Sheet1 第 2 行 F 列 往来单位编码 (partner_code)" in zh


def test_titles_repeated_headings_totals_blanks_and_footnotes_are_named(inbox: Inbox) -> None:
    body = [
        "华源机电有限公司采购订单明细" + "," * 12, "打印日期：2025-02-01" + "," * 12,
        ORDERS, line(1), line(2),
        "小计,,,,,,,,,20,,200.00,226.00", "," * 12, ORDERS, line(3), "合 计：,,,,,,,,,30,,300.00,339.00",
        "制表人：张三" + "," * 12, "",
    ]  # fmt: skip
    inbox.drop("采购订单.csv", "\n".join(body) + "\n")
    assert inbox.look().is_clean
    (file,) = inbox.look().files
    assert (file.lines_physical, file.lines_title, file.lines_heading, file.lines_blank) == (12, 2, 2, 2)
    assert (file.lines_totals, file.lines_footnote, file.lines_landed) == (2, 1, 3)


def test_a_line_whose_text_says_total_is_no_totals_row(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 存货编码="合计")))
    assert inbox.look().rows("select item_code from purchase_orders") == [("合计",)]


def test_merged_headings_of_a_workbook(inbox: Inbox) -> None:
    """A group heading over its columns, and headings merged over both rows."""
    import xlsxwriter

    with xlsxwriter.Workbook(inbox.folder / "采购订单.xlsx") as book:
        page = book.add_worksheet("明细")
        page.merge_range(0, 0, 0, 12, "采购订单明细表")
        singles = [
            "单据内码",
            "单据行内码",
            "单据编号",
            "行号",
            "公司编码",
            "单据日期",
            "单据状态",
            "原币币种",
        ]
        for position, text in enumerate(singles):
            page.merge_range(1, position, 2, position, text)
        page.merge_range(1, 8, 1, 9, "原币")
        page.write_row(2, 8, ["不含税金额", "价税合计"])
        page.merge_range(1, 10, 1, 11, "本币")
        page.write_row(2, 10, ["不含税金额", "价税合计"])
        page.write_row(
            3, 0, ["1", "1-1", "PO1", "1", "1000", "2025-01-31", "已审核", "USD", 100, 113, 700, 791]
        )
    assert inbox.look().is_clean
    assert inbox.look().rows(
        "select net_amount, gross_amount, base_net_amount, base_gross_amount from purchase_orders"
    ) == [(100, 113, 700, 791)]


def test_merged_headings_of_a_text_file(inbox: Inbox) -> None:
    rows = [
        "单据内码,单据行内码,单据编号,行号,公司编码,单据日期,单据状态,原币币种,原币,,本币,",
        ",,,,,,,,不含税金额,价税合计,不含税金额,价税合计",
        "1,1-1,PO1,1,1000,2025-01-31,已审核,USD,100,113,700,791",
    ]
    inbox.drop("采购订单.csv", "\n".join(rows))
    assert inbox.look().is_clean
    assert inbox.look().rows("select net_amount, base_gross_amount from purchase_orders") == [(100, 791)]


def test_cells_merged_over_lines_stand_in_each_but_amounts_do_not(inbox: Inbox) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(inbox.folder / "采购订单.xlsx") as book:
        page = book.add_worksheet("明细")
        page.write_row(
            0,
            0,
            [
                "单据内码",
                "单据行内码",
                "单据编号",
                "行号",
                "公司编码",
                "单据日期",
                "单据状态",
                "原币币种",
                "不含税金额",
            ],
        )
        for number in (1, 2):
            page.write_row(number, 1, [f"1-{number}", None, number, "1000", "2025-01-31", "已审核", "CNY"])
        page.merge_range(1, 0, 2, 0, "1")
        page.merge_range(1, 2, 2, 2, "PO1")
        page.merge_range(1, 8, 2, 8, 500)
    assert inbox.look().is_clean
    assert inbox.look().rows("select document_no, net_amount from purchase_orders order by line_no") == [
        ("PO1", 500), ("PO1", None),
    ]  # fmt: skip


def test_an_unclosed_quote_swallows_no_line(inbox: Inbox) -> None:
    lines = [line(n) for n in range(1, 7)]
    lines[1] = line(2, 往来单位编码='"V002')
    lines[4] = line(5, 存货编码='"M"x')
    inbox.drop("purchase_orders.csv", orders(*lines))
    assert inbox.look().rows("select line_id from purchase_orders order by 1") == [
        ("1-1",),
        ("1-3",),
        ("1-4",),
        ("1-6",),
    ]
    assert [(row.reason, "row 3" in row.told.en, "row 6" in row.told.en) for row in inbox.look().held] == [
        ("unclosed_quote", True, False), ("unclosed_quote", False, True),
    ]  # fmt: skip


def test_a_quoted_text_may_hold_line_breaks_and_delimiters(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 存货编码='"A,\n""B"""'), line(2)))
    assert inbox.look().is_clean
    assert inbox.look().rows("select item_code from purchase_orders order by line_no") == [
        ('A,\n"B"',),
        ("0112",),
    ]
    assert inbox.look().files[0].lines_physical == 4


def test_lines_cut_otherwise_than_the_heading_are_held(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1), line(2, 不含税金额="1,234.56"), "1,1-3,PO1,3,1000"))
    assert [row.reason for row in inbox.look().held] == ["too_many_cells", "too_few_cells"]
    assert inbox.look().rows("select line_id from purchase_orders") == [("1-1",)]


def test_different_lines_of_one_key_are_all_held(inbox: Inbox) -> None:
    inbox.drop("purchase_orders 1.csv", orders(line(1), line(2)))
    inbox.drop("purchase_orders 2.csv", orders(line(2, 不含税金额="999.00")))
    assert inbox.look().rows("select line_id from purchase_orders") == [("1-1",)]
    first, second = inbox.look().held
    assert "1-2" in first.told.en
    assert "purchase_orders 2.csv#2" in first.told.en
    assert "purchase_orders 1.csv#3" in second.told.zh


def test_a_blank_required_cell_is_held(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 公司编码=""), line(2)))
    zh, en = only(inbox, "required_blank")
    assert "第 2 行 E 列 公司编码 (company_code)" in zh
    assert "fill" in en


def test_missing_required_columns_are_named(inbox: Inbox) -> None:
    heading = ORDERS.replace("公司编码,", "").replace("单据状态,", "")
    inbox.drop("采购订单.csv", f"{heading}\n" + "1,1-1,PO1,1,V001,0112,2025-01-31,10,CNY,100,113\n" * 3)
    message = inbox.look().trouble("purchase_orders")
    assert "文件 采购订单.csv 第 1 行" in message.zh
    assert "公司编码 (company_code)、单据状态 (status)" in message.zh
    assert "[source.bills.fill]" in message.en
    assert [row.reason for row in inbox.look().held] == ["missing_columns"] * 3
    assert inbox.look().files[0].lines_quarantined == 3


def test_a_file_of_another_entity_is_told(inbox: Inbox) -> None:
    inbox.drop("销售发票.csv", "公司编码,公司名称,本位币\n1000,华源,CNY\n")
    message = inbox.look().trouble("sales_invoices")
    assert "companies" in message.en
    assert inbox.look().held[0].reason == "wrong_entity"


def test_a_file_without_a_known_name_is_told_with_what_it_looks_like(inbox: Inbox) -> None:
    inbox.drop("导出1.csv", "公司编码,公司名称,本位币\n1000,华源,CNY\n")
    inbox.drop("readme.pdf", b"%PDF-1.4")
    message = told_of_sheet(inbox.look().source.strangers[1])
    assert "companies" in message.en
    assert "bridgebook template --list" in message.en
    assert {row.reason for row in inbox.look().held} == {"no_entity", "not_a_bill"}


@pytest.mark.parametrize("content", ["", "\n\n", " \n"])
def test_an_empty_file_is_told(inbox: Inbox, content: str) -> None:
    inbox.drop("公司.csv", content)
    assert inbox.look().held[0].reason == "empty_file"


def test_a_heading_alone_is_a_file_without_rows(inbox: Inbox) -> None:
    inbox.drop("采购订单.csv", ORDERS + "\n")
    assert inbox.look().is_clean


def test_a_file_without_heading_is_told(inbox: Inbox) -> None:
    inbox.drop("采购订单.csv", GOOD + "\n")
    assert "bridgebook template purchase_orders" in inbox.look().trouble("purchase_orders").en


def test_an_unknown_heading_is_told_until_it_is_mapped_or_ignored(inbox: Inbox) -> None:
    body = orders(line(1) + ",x", heading=ORDERS + ",付款条件说明")
    inbox.drop("purchase_orders.csv", body)
    message = inbox.look().trouble("purchase_orders").en
    assert "row 1" in message
    assert "付款条件说明" in message
    assert "column N" in message
    assert inbox.look().rows("select count(*) from purchase_orders") == [(1,)]
    inbox.settings(ignore=("付款条件说明",))
    assert inbox.look().is_clean
    inbox.settings(rules={"": {"headings": {"付款条件说明": "description"}}})
    assert inbox.look().is_clean
    assert inbox.look().rows("select description from purchase_orders") == [("x",)]


def test_two_headings_of_one_column_are_told(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1) + ",5", heading=ORDERS + ",net_amount"))
    assert "net_amount" in inbox.look().trouble("purchase_orders").en
    assert inbox.look().held[0].reason == "heading_twice"


def test_an_unknown_value_of_a_closed_list_is_held_until_it_is_mapped(inbox: Inbox) -> None:
    inbox.drop("purchase_orders.csv", orders(line(1, 单据状态="在途")))
    zh, en = only(inbox, "unknown_word")
    assert "approved" in zh
    assert "[source.bills.values]" in en
    inbox.settings(rules={"purchase_orders": {"values": {"status": {"在途": "approved"}}}})
    assert inbox.look().is_clean
    assert inbox.look().rows("select status from purchase_orders") == [("approved",)]


@pytest.mark.parametrize(("written", "meant"), [("13%", "0.13"), ("0.13", "0.13"), ("９％", "0.09")])
def test_tax_rates(inbox: Inbox, written: str, meant: str) -> None:
    inbox.drop("税码.csv", f"税码,税率,生效日期\nJ13,{written},2019-04-01\n")
    assert inbox.look().is_clean
    assert inbox.look().rows("select tax_rate from tax_codes") == [(Decimal(meant),)]


def test_a_tax_rate_of_thirteen_is_not_guessed_unless_the_heading_says_percent(inbox: Inbox) -> None:
    inbox.drop("税码.csv", "税码,税率,生效日期\nJ13,13,2019-04-01\n")
    assert "13%" in only(inbox, "rate_not_a_fraction")[1]
    inbox.drop("税码.csv", "税码,税率(%),生效日期\nJ13,13,2019-04-01\n")
    assert inbox.look().is_clean
    assert inbox.look().rows("select tax_rate from tax_codes") == [(Decimal("0.13"),)]


def test_a_workbook_of_several_entities(inbox: Inbox) -> None:
    """Sheets are known by their names; an empty one and a remark are no bills."""
    inbox.drop_workbook(
        "导入.xlsx",
        公司=[["公司编码", "公司名称", "本位币"], [1000, "华源", "CNY"]],
        币种=[["currency_code", "minor_units"], ["CNY", 2]],
        备注=[["这里什么也没有"]],
        Sheet4=[],
    )
    assert inbox.look().is_clean
    assert inbox.look().rows("select company_code from companies") == [("1000",)]
    assert inbox.look().rows("select minor_units from currencies") == [(2,)]
    assert {file.sheet_name: file.status for file in inbox.look().files}["备注"] == "skipped"


def test_text_called_a_workbook_is_read_and_a_web_page_is_told(inbox: Inbox) -> None:
    inbox.drop("采购订单.xls", orders(GOOD, delimiter="\t"), "gbk")
    inbox.drop("公司.xls", "<html><table><tr><td>公司编码</td></tr></table></html>")
    inbox.drop("币种.xlsx", b"PK\x03\x04 broken")
    assert inbox.look().rows("select line_id from purchase_orders") == [("1-1",)]
    assert {row.reason for row in inbox.look().held} == {"workbook_is_text", "workbook_broken"}


def test_a_moment_keeps_its_time(inbox: Inbox) -> None:
    inbox.drop("公司.csv", "公司编码,公司名称,本位币,修改时间\n1000,华源,CNY,2025/1/31 9:30:15\n")
    assert inbox.look().rows("select updated_at from companies") == [(datetime(2025, 1, 31, 9, 30, 15),)]


def test_of_a_bank_account_number_only_mask_and_fingerprint_land(inbox: Inbox) -> None:
    """The fingerprint is the one that the packs of databases make: blanks, dashes and dots do not count."""
    number = "6222 0211-0000.1234567"
    inbox.drop("供应商银行账号.csv", f"往来单位类别,往来单位编码,银行账号\n供应商,V1,{number}\n")
    looked = inbox.look()
    assert looked.is_clean, looked.held
    fingerprint = f"md5(translate(upper('{number}'), ' -.', ''))"
    assert looked.rows(
        f"select account_key = {fingerprint}, account_no_masked from partner_bank_accounts"
    ) == [(True, "6222****4567")]


def test_what_is_only_worth_a_look_is_said_and_stops_nothing(inbox: Inbox) -> None:
    """An optional list's other words and codes that end in .0 are taken as they are."""
    heading = ORDERS + ",行类型"
    inbox.drop("采购订单.csv", orders(line(1, 存货编码="1001.0") + ",低值易耗", heading=heading))
    looked = inbox.look()
    assert looked.is_clean
    assert looked.rows("select item_code, line_kind from purchase_orders") == [("1001.0", "低值易耗")]
    assert "低值易耗" in looked.files[0].message.zh
    assert "1001.0" in looked.files[0].message.en
    assert len(looked.source.all_troubles()) == 2


def test_the_partner_of_a_purchase_is_a_supplier_unless_the_file_says_otherwise(inbox: Inbox) -> None:
    heading = ORDERS + ",往来单位类别"
    lines = [line(1) + ",", line(2) + ",职员", line(3, 往来单位编码="") + ","]
    inbox.drop("采购订单.csv", orders(*lines, heading=heading))
    assert inbox.look().rows("select partner_kind from purchase_orders order by line_no") == [
        ("supplier",), ("employee",), (None,),
    ]  # fmt: skip


def test_the_name_of_a_file_may_say_what_its_rows_are(inbox: Inbox) -> None:
    """A list of suppliers needs no column for it; a name that says both says nothing."""
    inbox.drop("供应商档案.csv", "往来单位编码,往来单位名称\n0007,上海钢联\n")
    inbox.drop_workbook("档案.xlsx", 客户=[["往来单位编码", "往来单位名称"], ["0007", "宁波远洋"]])
    looked = inbox.look()
    assert looked.is_clean
    assert looked.rows("select partner_kind, partner_code from partners order by 1") == [
        ("customer", "0007"), ("supplier", "0007"),
    ]  # fmt: skip
    inbox.drop("客户与供应商.csv", "往来单位编码,往来单位名称\n0008,某某\n")
    assert [held.reason for held in inbox.look().held] == ["missing_columns"]
