"""A tiny ERP that nobody has a pack for, made by hand: exports in Chinese with words of its own.

One purchase and one sale in January 2025, from order to payment, with their vouchers; one voucher is not yet
booked. Codes of suppliers and accounts begin with zeros; amounts have thousands separators.
"""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

SETTINGS = """
[[source]]
id = "jinyuan"
system = "bills"
companies = { "01" = "JY01" }

[source.bills]
fill = { company_code = "01", ledger_code = "GL", currency_code = "CNY" }

[source.bills.entity.journal_lines]
headings = { "制证日期" = "posting_date" }

[source.bills.entity.journal_lines.fill]
fiscal_year = "{posting_date:%Y}"
period_no = "{posting_date:%m}"
voucher_id = "{fiscal_year}-{period_no}-{凭证字}{凭证号}"
line_id = "{voucher_id}-{分录号}"

[source.bills.entity.purchase_orders]
fill = { document_id = "{订单号}", line_id = "{订单号}-{行号}" }
values = { status = { "执行" = "approved" } }

[source.bills.entity.goods_receipts.fill]
document_id = "{入库单号}"
line_id = "{入库单号}-{行号}"
purchase_order_line_id = "{采购订单号}-{采购订单行号}"

[source.bills.entity.purchase_invoices.fill]
document_id = "{单据编号}"
line_id = "{单据编号}-{行号}"
purchase_order_line_id = "{采购订单号}-{采购订单行号}"
"""

MASTERS = {
    "公司": [["公司编码", "公司名称", "本位币"], ["01", "金源精密有限公司", "人民币"]],
    "账簿": [
        ["账簿编码", "公司编码", "账簿类型", "科目表编码", "账簿币种", "是否主账簿"],
        ["GL", "01", "法定", "JY", "CNY", "是"],
    ],
    "会计期间": [
        ["公司编码", "会计年度", "会计期间", "开始日期", "结束日期"],
        ["01", 2025, 1, "2025-01-01", "2025-01-31"],
        ["01", 2025, 2, "2025-02-01", "2025-02-28"],
    ],
    "会计科目": [
        ["科目表编码", "科目代码", "科目名称", "科目类别", "余额方向", "科目角色提示"],
        ["JY", "1002", "银行存款", "资产", "借", "cash"],
        ["JY", "1122", "应收账款", "资产", "借", "accounts_receivable"],
        ["JY", "1405", "库存商品", "资产", "借", "inventory"],
        ["JY", "0112", "备用金", "资产", "借", None],
        ["JY", "2202", "应付账款", "负债", "贷", "accounts_payable"],
        ["JY", "222101", "应交增值税-进项", "负债", "贷", "input_vat"],
        ["JY", "222102", "应交增值税-销项", "负债", "贷", "output_vat"],
        ["JY", "6001", "主营业务收入", "收入", "贷", "revenue"],
    ],
    "往来单位": [
        ["往来单位类别", "往来单位编码", "往来单位名称"],
        ["供应商", "0007", "上海钢联"],
        ["客户", "0101", "宁波远洋"],
    ],
    "存货": [["存货编码", "存货名称", "主计量单位"], ["M0112", "冷轧钢板", "KG"]],
}

ORDERS = """\
金源精密有限公司采购订单列表,,,,,,,,
订单号,行号,供应商编码,存货编码,订单日期,状态,数量,无税单价,无税金额
CG2501001,1,0007,M0112,2025/1/6,执行,"1,000","12.50","12,500.00"
CG2501001,2,0007,M0112,2025/1/6,执行,100,12.50,"1,250.00"
合计,,,,,,"1,100",,"13,750.00"
"""

RECEIPTS = """\
入库单号;行号;供应商编码;存货编码;入库日期;状态;数量;采购订单号;采购订单行号
RK2501003;1;0007;M0112;2025年1月10日;已审核;600;CG2501001;1
"""

INVOICES = """\
单据编号\t行号\t供应商编码\t存货编码\t单据日期\t到期日\t状态\t数量\t无税金额\t税额\t价税合计\t采购订单号\t采购订单行号
FP2501009\t1\t0007\tM0112\t20250120\t20250219\t已审核\t600\t7,500.00\t975.00\t8,475.00\tCG2501001\t1
"""

SALES_INVOICES = [
    ["单据内码", "单据行内码", "单据编号", "行号", "客户编码", "存货编码", "单据日期", "到期日", "状态",
     "不含税金额", "税额", "价税合计"],
    ["XS1", "XS1-1", "XS2501001", 1, "0101", "M0112", 45680, 45710, "已审核", 2000, 260, 2260],
]  # fmt: skip

VOUCHERS = """\
制证日期,凭证字,凭证号,分录号,科目代码,摘要,借方,贷方,往来单位类别,往来单位编码,状态
2025-01-20,记,1,1,1405,采购发票FP2501009,"7,500.00",,,,已记账
2025-01-20,记,1,2,222101,进项税,975.00,,,,已记账
2025-01-20,记,1,3,2202,应付上海钢联,,"8,475.00",供应商,0007,已记账
2025-01-23,记,2,1,1122,应收宁波远洋,"2,260.00",,客户,0101,已记账
2025-01-23,记,2,2,6001,销售收入,,"2,000.00",,,已记账
2025-01-23,记,2,3,222102,销项税,,260.00,,,已记账
2025-01-31,记,3,1,0112,备用金,500.00,,,,未审核
2025-01-31,记,3,2,1002,备用金,,500.00,,,未审核
合计,,,,,,"11,235.00","11,235.00",,,
"""


def write(inbox: Path) -> None:
    """Drop the exports: in GB18030, with commas, semicolons and tabs, and in workbooks."""
    inbox.mkdir(parents=True, exist_ok=True)
    texts = {
        "采购订单.csv": ORDERS,
        "采购入库单.txt": RECEIPTS,
        "采购发票.csv": INVOICES,
        "凭证分录 2025.csv": VOUCHERS,
    }
    for name, text in texts.items():
        (inbox / name).write_bytes(text.encode("gb18030"))
    with xlsxwriter.Workbook(inbox / "档案.xlsx") as book:
        for sheet, rows in MASTERS.items():
            page = book.add_worksheet(sheet)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    with xlsxwriter.Workbook(inbox / "销售发票.xlsx") as book:
        page = book.add_worksheet("Sheet1")
        for number, row in enumerate(SALES_INVOICES):
            page.write_row(number, 0, row)
