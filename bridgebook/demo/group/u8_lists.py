"""U8's small lists: voucher words, ways of payment, terms, banks, kinds of purchase and sale."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.masters import TERMS
from bridgebook.demo.group.u8_values import bank_account
from bridgebook.demo.group.writers import Store


def write_lists(store: Store, company: Company, database: str) -> None:
    words = ["收", "付", "转"] if company.index == 0 else ["记"]
    store.write(
        database,
        "dsign",
        {"i_id": np.arange(1, len(words) + 1), "csign": words,
         "ctext": [f"{w}账凭证" if w == "记" else f"{w}款凭证" for w in words],
         "isignseq": np.arange(1, len(words) + 1)},
    )  # fmt: skip
    store.write(
        database,
        "SettleStyle",
        {"cSSCode": ["1", "2", "3"], "cSSName": ["现金", "电汇", "银行承兑汇票"], "iSSGrade": 1, "bSSEnd": 1,
         "bSSFlag": 0},
    )  # fmt: skip
    store.write(
        database,
        "PayCondition",
        {"cPayCode": [c for c, _ in TERMS], "cPayName": [f"{d}天" for _, d in TERMS],
         "iPayCreDays": np.array([d for _, d in TERMS])},
    )  # fmt: skip
    code = {"CNY": "bank", "USD": "bank_usd", "JPY": "bank_jpy"}
    from bridgebook.demo.group import charts

    store.write(
        database,
        "Bank",
        {"cBCode": ["01", "02", "03"],
         "cBName": ["临溪商业银行人民币户", "临溪商业银行美元户", "临溪商业银行日元户"],
         "cBAccount": [bank_account(90000 + company.index * 10 + n) for n in range(3)],
         "cexch_name": ["人民币", "美元", "日元"],
         "ccode": [charts.code(role, company.index) for role in code.values()]},
    )  # fmt: skip
    store.write(
        database,
        "PurchaseType",
        {"cPTCode": ["01", "02"], "cPTName": ["普通采购", "费用采购"], "cRdCode": "11"},
    )
    store.write(
        database, "SaleType", {"cSTCode": ["01", "02"], "cSTName": ["普通销售", "门店零售"], "cRdCode": "21"}
    )
    store.write(
        database,
        "Rd_Style",
        {"cRdCode": ["11", "21", "31"], "cRdName": ["采购入库", "销售出库", "其他"],
         "bRdFlag": np.array([1, 0, 0]),
         "iRdGrade": 1, "bRdEnd": 1},
    )  # fmt: skip
