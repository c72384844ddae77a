"""How the company's accountants lawfully wrote it down, by code apart from the rules.

Each company has one estimate policy and recognises cost in one way. Vouchers name their document in a
reference, in the summary, or not at all; two bills of one day are one voucher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from tests.exam.business import Business, D, Row, cents

LAST = date(2025, 4, 30)
PARTNERED = ("accounts_payable", "accounts_receivable", "grni", "prepayments", "advances_received")
CHART = {  # role: code, name, type, side
    "cash": ("1002.01", "银行存款-基本户", "资产", "借"),
    "accounts_receivable": ("1122.01", "应收账款-货款", "资产", "借"),
    "prepayments": ("1123", "预付账款", "资产", "借"),
    "inventory": ("1405.01", "库存商品-五金", "资产", "借"),
    "goods_shipped": ("1406", "发出商品", "资产", "借"),
    "accounts_payable": ("2202.01", "应付账款-明细", "负债", "贷"),
    "grni": ("2202.02", "应付账款-暂估", "负债", "贷"),
    "advances_received": ("2203", "预收账款", "负债", "贷"),
    "input_vat": ("2221.01.01", "应交增值税-进项税额", "负债", "贷"),
    "output_vat": ("2221.01.07", "应交增值税-销项税额", "负债", "贷"),
    "capital": ("4001", "实收资本", "权益", "贷"),
    "revenue": ("6001.01", "主营业务收入-商品", "收入", "贷"),
    "cogs": ("6401.01", "主营业务成本-商品", "费用", "借"),
    "payroll": ("6602.01", "管理费用-工资", "费用", "借"),
    "expense": ("6602.09", "管理费用-其他", "费用", "借"),
    "exchange_difference": ("6603.03", "财务费用-汇兑损益", "费用", "借"),
}
WITHOUT_ROLE = ("capital", "payroll")


@dataclass(frozen=True)
class Entry:
    """One line: debit less credit; a red one stands negative in the column that it mirrors."""

    role: str
    amount: Decimal
    partner: str | None = None
    red: bool = False


@dataclass(frozen=True)
class Voucher:
    """A voucher of the invented company, and the document that it stands for."""

    day: date
    event: str
    entity: str
    number: str | None
    entries: tuple[Entry, ...]
    period: int
    said: str = "reference"
    summary: str = ""


def month_end(day: date) -> date:
    """Return the last day of a month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(1)


def vouchers_of(made: Business, estimate: str, cost: str) -> list[Voucher]:
    """Return all vouchers of a company in the order of their days; the opening stands in period 0."""
    written = [*_purchases(made, estimate), *_sales(made, cost), *_payments(made), *_own_entries()]
    ways = cycle(["reference", "summary", "nothing", "reference", "summary", "reference", "nothing"])
    ordered = sorted(written, key=lambda one: (one.period > 0, one.day, one.event, one.number or ""))
    return [replace(one, said=next(ways) if one.number else "nothing") for one in ordered]


def _voucher(day: date, event: str, document: Row, *sums: tuple[str, Decimal]) -> Voucher:
    partner = document["partner_code"]
    entity = {"FP": "purchase_invoices", "RK": "goods_receipts", "CK": "shipments", "XS": "sales_invoices"}
    kind = document["line_id"].split("/")[1][:2]
    debits = sum(amount for _, amount in sums if amount > 0)
    red = bool(debits) and next(amount for _, amount in sums if amount) < 0
    return Voucher(
        day,
        event,
        entity.get(kind, "cash_movements"),
        document["document_no"],
        tuple(
            Entry(role, amount, partner if role in PARTNERED else None, red)
            for role, amount in sums
            if amount
        ),
        day.month,
    )


def _purchases(made: Business, policy: str) -> Iterator[Voucher]:
    relieved: dict[str, Decimal] = defaultdict(Decimal)
    for receipt in made.rows["goods_receipts"]:
        line = made.rows["goods_receipts"][receipt]
        yield from _estimates(line, made.covered[receipt], policy, relieved)
    bills: dict[str, list[Row]] = defaultdict(list)
    for line in made.lines("purchase_invoices"):
        bills[line["document_id"]].append(line)
    for lines in bills.values():
        relief = sum((relieved[line["line_id"]] for line in lines), D(0))
        net, tax = (sum((line[f"base_{name}_amount"] for line in lines), D(0)) for name in ("net", "tax"))
        yield _voucher(
            lines[0]["document_date"],
            "purchase_invoice",
            lines[0],
            ("inventory", net - relief),
            ("grni", relief),
            ("input_vat", tax),
            ("accounts_payable", -net - tax),
        )


def _estimates(line: Row, bills: list[Row], policy: str, relieved: dict[str, Decimal]) -> Iterator[Voucher]:
    """Yield estimates of a receipt and what takes them back; note what its invoices find estimated."""
    whole, day = line["base_net_amount"], line["document_date"]
    first = end = month_end(day)
    shares: list[tuple[Row, Decimal]] = []
    for bill in bills:
        left = whole - sum((share for _, share in shares), D(0))
        part = cents(whole * bill["quantity"] / line["quantity"])
        shares.append((bill, left if bill is bills[-1] and _is_all(line, bills) else part))
    if policy == "gr_ir_realtime":
        yield _voucher(day, "goods_receipt", line, ("inventory", whole), ("grni", -whole))
    while policy != "gr_ir_realtime" and end <= LAST:
        rest = whole - sum((share for bill, share in shares if bill["document_date"] <= end), D(0))
        if rest and (end == first or policy == "month_start_reversal"):
            yield _voucher(end, "estimate", line, ("inventory", rest), ("grni", -rest))
        following = end + timedelta(1)
        if rest and policy == "month_start_reversal" and following <= LAST:
            yield _voucher(following, "estimate_reversal", line, ("inventory", -rest), ("grni", rest))
        end = month_end(following)
    for bill, share in shares:
        later = bill["document_date"] > first
        if policy == "gr_ir_realtime" or (later and policy == "on_invoice_difference"):
            relieved[bill["line_id"]] = share
        if later and policy == "on_invoice_reversal":
            on = bill["document_date"]
            yield _voucher(on, "estimate_reversal", line, ("inventory", -share), ("grni", share))


def _is_all(line: Row, bills: list[Row]) -> bool:
    return bool(sum(bill["quantity"] for bill in bills) == line["quantity"])


def _sales(made: Business, policy: str) -> Iterator[Voucher]:
    monthly: dict[date, Decimal] = defaultdict(Decimal)
    together: list[Voucher] = []
    for number, line in made.rows["shipments"].items():
        cost, day = line["cost_amount"], line["document_date"]
        monthly[month_end(day)] += cost
        if policy != "period_end":
            role = "goods_shipped" if policy == "invoice" else "cogs"
            yield _voucher(day, "shipment", line, (role, cost), ("inventory", -cost))
        for bill in made.delivered[number]:
            net, tax = bill["base_net_amount"], bill["base_tax_amount"]
            sums = (("accounts_receivable", net + tax), ("revenue", -net), ("output_vat", -tax))
            sold = _voucher(bill["document_date"], "sales_invoice", bill, *sums)
            if bill["document_date"] == date(2025, 4, 23):
                together.append(sold)
            else:
                yield sold
            if policy == "invoice":
                share = cents(cost * bill["quantity"] / line["quantity"])
                cleared = (("cogs", share), ("goods_shipped", -share))
                yield _voucher(bill["document_date"], "cost_of_sales", bill, *cleared)
    summed = tuple(
        replace(one, amount=one.amount + two.amount)
        for one, two in zip(*(one.entries for one in together), strict=True)
    )
    yield replace(together[0], number=None, entries=summed, summary="4月23日销售汇总")
    for day, cost in monthly.items() if policy == "period_end" else ():
        entries = (Entry("cogs", cost), Entry("inventory", -cost))
        yield Voucher(day, "cost_of_sales", "shipments", None, entries, day.month, "", "结转本月销售成本")


def _payments(made: Business) -> Iterator[Voucher]:
    settled = {one["from_line_id"]: one for one in made.settlements if one["settlement_kind"] == "cash"}
    for line in made.lines("cash_movements"):
        out, paid, day = line["direction"] == "out", line["base_amount"], line["document_date"]
        sign = 1 if out else -1
        if line["is_prepayment"]:
            role = "prepayments" if out else "advances_received"
            event = "prepayment" if out else "advance_receipt"
            yield _voucher(day, event, line, (role, sign * paid), ("cash", -sign * paid))
            continue
        cleared = settled[line["line_id"]]["to_base_amount"]
        role, event = ("accounts_payable", "payment") if out else ("accounts_receivable", "cash_receipt")
        gain = sign * (paid - cleared)
        sums = ((role, sign * cleared), ("cash", -sign * paid), ("exchange_difference", gain))
        yield _voucher(day, event, line, *sums)
    money = {line["line_id"]: line for line in made.lines("cash_movements")}
    for one in made.settlements:
        if one["settlement_kind"] == "prepayment":
            line, used = money[one["from_line_id"]], one["to_base_amount"]
            out = line["direction"] == "out"
            debit, credit = (
                ("accounts_payable", "prepayments") if out else ("advances_received", "accounts_receivable")
            )
            event = "prepayment_offset" if out else "advance_offset"
            yield _voucher(one["settled_on"], event, line, (debit, used), (credit, -used))


def _own_entries() -> Iterator[Voucher]:
    """Yield what has no document: what the year begins with, and wages."""
    opening: dict[str, Any] = {"cash": 500000, "inventory": 20000, "capital": -518000}
    entries = [Entry(role, D(amount)) for role, amount in opening.items()]
    entries += [Entry("accounts_payable", D(-3000), "S-1"), Entry("accounts_receivable", D(1000), "C-1")]
    yield Voucher(date(2025, 1, 1), "opening", "", None, tuple(entries), 0, "", "期初余额")
    for month in range(1, 5):
        day = month_end(date(2025, month, 1))
        wages = D(9000 + month)
        paid = (Entry("payroll", wages), Entry("cash", -wages))
        yield Voucher(day, "payroll", "", None, paid, month, "", f"发放{month}月工资")
