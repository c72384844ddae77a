"""Voucher lines on their way to the ledger.

Plain columns, in which every line knows its voucher and its document.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group.chance import Ints, choose, dense, some, totals, within
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.timeline import month_of
from bridgebook.demo.group.world import Frame, World, pick, stack

NO_PARTNER, SUPPLIER, CUSTOMER, PERSON = range(4)

# What a voucher can refer to. The number typed into the summary is that document's.
(
    NO_DOCUMENT, GOODS_MOVEMENT, PURCHASE_INVOICE, SALES_INVOICE, PAYMENT, COLLECTION, OTHER_PAYABLE,
    SHIPMENT,
) = range(8)  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "voucher": 0, "day": 0, "event": 0, "account": 0, "debit": 0, "credit": 0, "currency": 0, "foreign": 0,
    "rate": 100000, "quantity": 0, "partner_kind": 0, "partner": -1, "department": -1, "person": -1,
    "project": -1, "item": -1, "document": 0, "document_no": 0, "document_year": 0, "document_day": 0,
    "shown": 1, "typed_no": -1, "origin": -1, "source_label": -1, "defect_label": -1, "second_label": -1,
    "settlement": 0, "void": 0, "variant": 0, "twin": -1,
}  # fmt: skip

# Kinds of entry, each with the words of its summary.
EVENTS = (
    "暂估入库", "冲销暂估", "采购发票", "票到补差", "付款", "预付款", "预付冲应付", "发出商品",
    "结转销售成本",
    "销售开票", "收款", "预收款", "预收冲应收", "票据到期承兑", "应收票据到期收款", "进项税认证抵扣",
    "计提工资",
    "发放工资", "计提折旧", "报销差旅费", "支付银行手续费", "计提税金及附加", "结转未交增值税", "期末调汇",
    "结转本期损益", "期初余额", "生产领料", "产品完工入库", "计提坏账准备", "核销坏账", "重分类调整",
    "未开票收入", "视同销售", "出口退税率差转成本", "计提返利", "预计退货负债", "确认进度收入",
    "代理收入净额确认",
    "进项税额转出", "进口环节增值税", "支付借款利息", "销售运费", "库存盘点", "委托代销发货", "手工调整",
    "以现汇结售汇",
    "简易计税", "结转全年利润",
)  # fmt: skip
EVENT = {name: number for number, name in enumerate(EVENTS)}


def filled(value: Any, count: int) -> Ints:
    """Make a column of its own from an array or from one value."""
    if isinstance(value, np.ndarray) and value.ndim == 1 and len(value) == count:
        return value.astype(np.int64)
    if isinstance(value, np.ndarray):
        return np.broadcast_to(value.astype(np.int64), (count,)).copy()
    return np.full(count, value, dtype=np.int64)


def entry(count: int, **columns: Any) -> Frame:
    """Make voucher lines: what is not given holds its default; an `account` may be a role's name."""
    frame: Frame = {}
    for name, default in DEFAULTS.items():
        value = columns.pop(name, default)
        if name == "account" and isinstance(value, str):
            value = NUMBER[value]
        if name == "event" and isinstance(value, str):
            value = EVENT[value]
        frame[name] = filled(value, count)
    if columns:
        raise KeyError(f"voucher lines have no {sorted(columns)}")
    return frame


def red_copy(lines: Frame, **changes: Any) -> Frame:
    """Mirror voucher lines in red: the same sides, negative amounts."""
    count = len(lines["voucher"])
    copy = {name: values.copy() for name, values in lines.items()}
    for name in ("debit", "credit", "foreign", "quantity"):
        copy[name] = -copy[name]
    for name, value in changes.items():
        value = EVENT[value] if isinstance(value, str) else value
        copy[name] = np.broadcast_to(np.asarray(value, dtype=np.int64), (count,)).copy()
    return copy


class Vouchers:
    """Number vouchers of one company as they are drafted, before the ledger numbers them for good."""

    def __init__(self) -> None:
        self.given = 0

    def take(self, count: int) -> Ints:
        """Give the next voucher ids."""
        first = self.given
        self.given += count
        return np.arange(first, first + count, dtype=np.int64)


def in_order(lines: Frame) -> Frame:
    """Sort lines by voucher, keeping the order within; lines without any amount are left out."""
    filled = (lines["debit"] != 0) | (lines["credit"] != 0)
    lines = pick(lines, filled)
    return pick(lines, np.argsort(lines["voucher"], kind="stable"))


def typed_by_people(world: World, lines: Frame, rng: np.random.Generator) -> Frame:
    """Let part of the vouchers lose their reference.

    Some keep the number in the summary, some not even that.
    """
    if len(lines["voucher"]) == 0:
        return lines
    _, group = dense(lines["voucher"])
    style = choose(rng, int(group.max()) + 1, [0.84, 0.08, 0.08])[group]
    lines["shown"] = np.where(style == 0, lines["shown"], 0)
    lines["typed_no"] = np.where((style < 2) & (lines["document"] > 0), lines["document_no"], -1)
    return lines


def summarise(lines: Frame, vouchers: Vouchers, rng: np.random.Generator, share: float, span: int) -> Frame:
    """Book a share of the vouchers in summary: one voucher for a few days, amounts added up, no reference."""
    if len(lines["voucher"]) == 0 or share <= 0:
        return lines
    first, group = dense(lines["voucher"])
    head = pick(lines, first)
    summed = some(rng, len(first), share) & (head["currency"] == 0)
    summed &= totals(lines["source_label"] >= 0, group, len(first)) == 0
    bucket = (month_of(head["day"]).astype(np.int64) * 40 + head["day"] % 31 // span) * 100 + head["event"]
    rows = np.flatnonzero(summed)
    if len(rows) == 0:
        return lines
    rows = rows[np.argsort(bucket[rows], kind="stable")]
    _, number = dense(bucket[rows] * 1000000 + within(bucket[rows]) // 3)
    ids = vouchers.take(int(number.max()) + 1)
    last = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(last, number, head["day"][rows])
    target = np.full(len(first), -1, dtype=np.int64)
    target[rows] = ids[number]
    moved = pick(lines, summed[group])
    moved["voucher"] = target[group][summed[group]]
    moved["day"] = last[moved["voucher"] - ids[0]]
    return stack([pick(lines, ~summed[group]), added_up(moved)])


def added_up(lines: Frame) -> Frame:
    """Add lines of one voucher, account, side and partner up into one, which forgets its documents."""
    side = (lines["debit"] != 0).astype(np.int64)
    key = lines["voucher"]
    for name, width in (("account", 100), ("partner_kind", 5), ("partner", 100000), ("department", 20)):
        key = key * width + lines[name] + 1
    key = key * 2 + side
    order = np.argsort(key, kind="stable")
    lines, key = pick(lines, order), key[order]
    first, group = dense(key)
    result = pick(lines, first)
    for name in ("debit", "credit", "foreign", "quantity"):
        result[name] = totals(lines[name], group, len(first))
    for name in ("person", "project", "item", "typed_no", "origin", "twin"):
        result[name] = np.full(len(first), -1, dtype=np.int64)
    for name in ("document", "document_no", "document_year", "document_day", "shown", "variant"):
        result[name] = np.zeros(len(first), dtype=np.int64)
    return result
