"""Charts of accounts.

The same roles under different codes in each company, and SAP's own chart beside them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """Hold one account: its role in this package, names, nature and the code it has in every chart."""

    role: str
    name: str
    kind: str  # 资产 负债 权益 成本 损益
    debit: bool
    aux: str  # c customer, s supplier, d department, p person, j project, i item; in the vendor's flags
    codes: tuple[str, str, str]
    sap: str
    currency: str = ""


def _a(
    role: str, name: str, kind: str, side: str, aux: str, codes: str, sap: str = "", currency: str = ""
) -> Account:
    one, two, three = codes.split()
    return Account(role, name, kind, side == "d", aux, (one, two, three), sap, currency)


ACCOUNTS = (
    _a("cash", "库存现金", "资产", "d", "", "1001 1001 1001", "1001000000"),
    _a("bank", "银行存款-人民币户", "资产", "d", "", "100201 100201 100201", "1002010000"),
    _a("bank_usd", "银行存款-美元户", "资产", "d", "", "100202 100211 100202", "1002020000", "USD"),
    _a("bank_jpy", "银行存款-日元户", "资产", "d", "", "100203 100212 100203", "1002030000", "JPY"),
    _a("notes_receivable", "应收票据", "资产", "d", "c", "1121 1121 1121", "1121000000"),
    _a("receivable", "应收账款", "资产", "d", "c", "112201 112202 112201", "1122000000"),
    _a("receivable_uninvoiced", "应收账款-未开票", "资产", "d", "c", "112209 112209 112299"),
    _a("prepayment", "预付账款", "资产", "d", "s", "1123 112301 1123", "1123000000"),
    _a("other_receivable", "其他应收款", "资产", "d", "p", "122101 122101 1221", "1221000000"),
    _a("allowance", "坏账准备", "资产", "c", "", "1231 1231 1231"),
    _a("material", "原材料", "资产", "d", "", "1403 140301 1403", "1403000000"),
    _a("goods", "库存商品", "资产", "d", "", "140501 1405 140501", "1405000000"),
    _a("goods_shipped", "发出商品", "资产", "d", "", "1406 140601 1406", "1406000000"),
    _a("subcontracted", "委托加工物资", "资产", "d", "", "1408 1408 1408", "1408000000"),
    _a("contract_asset", "合同资产", "资产", "d", "c", "1475 147501 1475"),
    _a("fixed_asset", "固定资产", "资产", "d", "", "1601 160101 1601", "1601000000"),
    _a("depreciation", "累计折旧", "资产", "c", "", "1602 1602 1602"),
    _a("notes_payable", "应付票据", "负债", "c", "s", "2201 2201 2201", "2201000000"),
    _a("payable", "应付账款-应付货款", "负债", "c", "s", "220201 220202 220201", "2202010000"),
    _a("estimate", "应付账款-暂估应付款", "负债", "c", "s", "220202 220201 220209", "2202020000"),
    _a("advance", "预收账款", "负债", "c", "c", "2203 220301 2203", "2203000000"),
    _a("refund_liability", "预计负债-应付退货款", "负债", "c", "", "280101 280101 280105"),
    _a("payroll", "应付职工薪酬", "负债", "c", "", "221101 2211 221101"),
    _a(
        "input_vat", "应交增值税-进项税额", "负债", "c", "", "22210101 22210102 22210101",
        "2221010000"),
    _a("output_vat", "应交增值税-销项税额", "负债", "c", "", "22210105 22210101 22210102",
       "2221020000"),
    _a("input_transfer_out", "应交增值税-进项税额转出", "负债", "c", "",
       "22210106 22210104 22210106", "2221030000"),
    _a("vat_carried_out", "应交增值税-转出未交增值税", "负债", "c", "",
       "22210103 22210109 22210107"),
    _a("unpaid_vat", "未交增值税", "负债", "c", "", "222102 222103 222102"),
    _a("input_vat_pending", "待认证进项税额", "负债", "c", "", "222104 222108 222103"),
    _a("output_vat_pending", "待转销项税额", "负债", "c", "", "222105 222109 222104"),
    _a("other_tax", "应交其他税费", "负债", "c", "", "222111 222112 222111"),
    _a("other_payable", "其他应付款", "负债", "c", "", "224101 224101 224103", "2241000000"),
    _a("accrued", "预提费用", "负债", "c", "", "224109 224102 224109"),
    _a("loan", "短期借款", "负债", "c", "", "2001 2001 2001"),
    _a("capital", "实收资本", "权益", "c", "", "4001 4001 4001", "4001000000"),
    _a("surplus", "盈余公积", "权益", "c", "", "4101 410101 4101"),
    _a("profit", "本年利润", "权益", "c", "", "4103 4103 4103"),
    _a("retained", "利润分配-未分配利润", "权益", "c", "", "410415 410406 410401", "4104000000"),
    _a("production", "生产成本", "成本", "d", "", "500101 5001 5001", "5001000000"),
    _a("overhead", "制造费用", "成本", "d", "d", "5101 510101 5101"),
    _a("revenue", "主营业务收入", "损益", "c", "d", "600101 600101 600101", "6001000000"),
    _a("revenue_export", "主营业务收入-出口", "损益", "c", "d", "600102 600102 600102", "6001020000"),
    _a("other_revenue", "其他业务收入", "损益", "c", "", "6051 605101 6051", "6051000000"),
    _a("cogs", "主营业务成本", "损益", "d", "d", "6401 640101 640101", "6401000000"),
    _a("tax_surcharge", "税金及附加", "损益", "d", "", "6403 6403 6403"),
    _a("selling", "销售费用", "损益", "d", "d", "660101 660101 660101", "6601000000"),
    _a("selling_freight", "销售费用-运杂费", "损益", "d", "d", "660105 660103 660107"),
    _a("admin", "管理费用", "损益", "d", "d", "660201 660201 660201", "6602000000"),
    _a("travel", "管理费用-差旅费", "损益", "d", "dpj", "660212 660204 660209"),
    _a("interest", "财务费用-利息支出", "损益", "d", "", "660301 660301 660301"),
    _a("bank_charge", "财务费用-手续费", "损益", "d", "", "660302 660305 660302", "6603020000"),
    _a("exchange", "财务费用-汇兑损益", "损益", "d", "", "660303 660302 660309", "6603030000"),
    _a("cash_discount", "财务费用-现金折扣", "损益", "d", "", "660304 660304 660304", "6603040000"),
    _a("credit_loss", "信用减值损失", "损益", "d", "", "6702 6702 6702"),
    _a("non_operating", "营业外支出", "损益", "d", "", "6711 671101 6711"),
    _a("income_tax", "所得税费用", "损益", "d", "", "6801 6801 6801"),
)  # fmt: skip

NUMBER = {account.role: number for number, account in enumerate(ACCOUNTS)}
"""The number of every role: how voucher lines name their account until they are written."""

PARENTS = {
    "1002": "银行存款", "1122": "应收账款", "1123": "预付账款", "1221": "其他应收款", "1403": "原材料",
    "1405": "库存商品", "1406": "发出商品", "1475": "合同资产", "1601": "固定资产", "2202": "应付账款",
    "2203": "预收账款", "2211": "应付职工薪酬", "2221": "应交税费", "222101": "应交增值税",
    "2241": "其他应付款", "2801": "预计负债", "4101": "盈余公积", "4104": "利润分配", "5001": "生产成本",
    "5101": "制造费用", "6001": "主营业务收入", "6051": "其他业务收入", "6401": "主营业务成本",
    "6601": "销售费用", "6602": "管理费用", "6603": "财务费用", "6711": "营业外支出",
}  # fmt: skip
"""Headings above the accounts, where a chart has them."""


def code(role: str, company: int) -> str:
    """Give the account code of a role in a company's own chart."""
    return ACCOUNTS[NUMBER[role]].codes[company]


def chart(company: int) -> list[tuple[str, str, Account, bool]]:
    """List a company's chart.

    (code, name, an account of that nature, is a leaf), headings included, by code.
    """
    leaves = {account.codes[company]: account for account in ACCOUNTS}
    rows = {number: (number, account.name, account, True) for number, account in leaves.items()}
    for heading, name in PARENTS.items():
        below = [number for number in leaves if number.startswith(heading) and number != heading]
        if below:
            account = leaves.get(heading, leaves[below[0]])
            rows[heading] = (heading, name if heading not in leaves else account.name, account, False)
    return [rows[number] for number in sorted(rows)]
