"""What the books hold beside trade.

Opening balances, payroll, depreciation, expenses, taxes, cost of retail sales.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group import special_entries, timeline, u8_ledger
from bridgebook.demo.group.chance import Ints, totals
from bridgebook.demo.group.charts import ACCOUNTS, NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.costing import Stock
from bridgebook.demo.group.entries import (
    CUSTOMER,
    PERSON,
    SUPPLIER,
    Vouchers,
    entry,
    in_order,
    typed_by_people,
)
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.ledger import Ledger
from bridgebook.demo.group.sale_orders import CONSIGNED, SAMPLE
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


def open_books(world: World, store: Store, ledger: Ledger, stock: Stock) -> None:
    """Start a company's books: stock, money, assets and old open items, balanced by capital."""
    company = ledger.company
    month = world.months.start
    rng = world.chance("opening", company.index)
    scale = max(1, round(world.scale * 100))
    material = np.array([family == "material" for family in world.masters.items.family])
    amounts = {
        "cash": 60000000 * scale,
        "bank": 400000000 * scale,
        "bank_usd": 0,
        "material": int(stock.value[material].sum()),
        "goods": int(stock.value[~material].sum()),
        "fixed_asset": 300000000 * scale // 10,
        "depreciation": -60000000 * scale // 10,
        "loan": -50000000 * scale // 10,
    }
    rows = [
        entry(1, account=role, debit=max(amount, 0), credit=max(-amount, 0), event="期初余额")
        for role, amount in amounts.items()
        if amount
    ]
    for role, kind, partners in (
        ("receivable", CUSTOMER, world.masters.customers.by_company[company.index][:8]),
        ("payable", SUPPLIER, world.masters.suppliers.by_company[company.index][:8]),
    ):
        worth = rng.integers(100000, 4000000, len(partners))
        side = "debit" if role == "receivable" else "credit"
        rows.append(entry(len(partners), account=role, partner_kind=kind, partner=partners, event="期初余额",
                          **{side: worth}))  # fmt: skip
    lines = stack(rows)
    rest = int(lines["debit"].sum() - lines["credit"].sum())
    lines = stack([lines, entry(1, account="capital", credit=rest, event="期初余额")])
    lines["day"][:] = timeline.month_start(month)
    ledger.balance = totals(lines["debit"] - lines["credit"], lines["account"], len(ACCOUNTS))
    ledger.count(lines)
    ledger.auxiliary.month(lines)
    u8_ledger.write_opening(world, store, company, month, lines)


def carry_forward(world: World, store: Store, ledger: Ledger, month: int) -> None:
    """Open a new year's database with the balances that have partners or departments.

    The rest stands in its first sums.
    """
    rows = [_department_balances(ledger)]
    for kind in (SUPPLIER, CUSTOMER, PERSON):
        account, partner = np.nonzero(ledger.owed[kind])
        amount = ledger.owed[kind][account, partner]
        foreign = ledger.owed_foreign[kind][account, partner]
        code = np.zeros(len(partner), dtype=np.int64)
        if kind != PERSON:
            own = world.masters.suppliers if kind == SUPPLIER else world.masters.customers
            code = np.where(foreign != 0, own.currency[partner], 0)
        debit = np.array([a.debit for a in ACCOUNTS])[account]
        rows.append(
            entry(len(account), account=account, partner_kind=kind, partner=partner, event="期初余额",
                  debit=np.where(debit, amount, 0), credit=np.where(debit, 0, -amount), currency=code,
                  foreign=np.where(debit, foreign, -foreign), rate=world.masters.rate(
                      code, np.full(len(code), timeline.month_start(month) - 1)))
        )  # fmt: skip
    lines = stack(rows)
    if size(lines):
        u8_ledger.write_opening(world, store, ledger.company, month, lines)


def _department_balances(ledger: Ledger) -> Frame:
    """Give what stands on accounts by department alone."""
    held = ledger.auxiliary.balances()
    held = pick(held, (held["partner_kind"] == 0) & (held["department"] >= 0))
    debit = np.array([a.debit for a in ACCOUNTS])[held["account"]]
    return entry(
        size(held),
        account=held["account"],
        department=held["department"],
        event="期初余额",
        debit=np.where(debit, held["amount"], 0),
        credit=np.where(debit, 0, -held["amount"]),
    )


def production(world: World, company: Company, vouchers: Vouchers, month: int, made: Frame) -> Frame:
    """Book material into production at month-end and products out of it at the month's start."""
    count = size(made)
    issue = made["issue"] == 1
    ids = vouchers.take(2)
    shared: dict[str, Any] = {
        "voucher": np.where(issue, ids[0], ids[1]),
        "day": np.where(issue, timeline.month_end(month), timeline.month_start(month)),
        "event": np.where(issue, 26, 27),
        "item": made["item"],
        "quantity": made["pieces"],
    }
    stock = np.where(issue, NUMBER["material"], NUMBER["goods"])
    process = np.full(count, NUMBER["production"])
    return in_order(
        stack(
            [
                entry(count, account=np.where(issue, process, stock), debit=made["cost"], **shared),
                entry(count, account=np.where(issue, stock, process), credit=made["cost"], **shared),
            ]
        )
    )


def month_end(
    world: World, store: Store, labels: Labels, ledger: Ledger, stock: Stock, costed: Frame, month: int
) -> list[Frame]:
    """Book everything that no document of trade causes."""
    company, vouchers = ledger.company, ledger.vouchers
    rng = world.chance("month_end", company.index, month)
    result = [
        _payroll(world, company, vouchers, month),
        _depreciation(world, vouchers, month),
        _expenses(world, company, vouchers, month, rng),
        _charges(world, company, vouchers, month, rng),
    ]
    if company.index == 2 and month < world.last_month:
        result.append(_retail_cost(vouchers, month, costed))
    result += special_entries.of_month(world, store, labels, ledger, costed, month)
    for lines in result:
        ledger.add(typed_by_people(world, lines, rng))
    return [_value_added_tax(world, ledger, vouchers, month)]


def _pair(count: int, debit: str, credit: str, amount: Any, **shared: Any) -> Frame:
    left: dict[str, Any] = {name[6:]: shared.pop(name) for name in list(shared) if name.startswith("debit_")}
    right: dict[str, Any] = {
        name[7:]: shared.pop(name) for name in list(shared) if name.startswith("credit_")
    }
    return in_order(
        stack(
            [
                entry(count, account=debit, debit=amount, **left, **shared),
                entry(count, account=credit, credit=amount, **right, **shared),
            ]
        )
    )


def _payroll(world: World, company: Company, vouchers: Vouchers, month: int) -> Frame:
    """Accrue the month's wages by department, and pay last month's."""
    unit = max(1, round(world.scale * 100))
    departments = np.array([0, 1, 2, 4, 5, 6]) if company.index == 0 else np.array([0, 1, 2, 3, 4, 5])
    wage = 3000000 * unit // 10 + departments * 70000 + (month % 7) * 1111
    ids = vouchers.take(2)
    accrued = stack(
        [
            entry(len(departments), account=np.where(departments == 6, NUMBER["overhead"], np.where(
                (departments == 2) | (departments == 3), NUMBER["selling"], NUMBER["admin"])), debit=wage,
                department=departments, voucher=ids[0], day=timeline.month_end(month), event="计提工资"),
            entry(1, account="payroll", credit=int(wage.sum()), voucher=ids[0], day=timeline.month_end(month),
                  event="计提工资"),
        ]
    )  # fmt: skip
    rows = [accrued]
    if month > world.months.start:
        before = int((3000000 * unit // 10 + departments * 70000 + ((month - 1) % 7) * 1111).sum())
        rows.append(_pair(1, "payroll", "bank", before, voucher=ids[1], day=timeline.month_start(month) + 9,
                          event="发放工资", settlement=1))  # fmt: skip
    return in_order(stack(rows))


def _depreciation(world: World, vouchers: Vouchers, month: int) -> Frame:
    unit = max(1, round(world.scale * 100))
    return _pair(1, "admin", "depreciation", 2500000 * unit // 10, voucher=vouchers.take(1),
                 debit_department=0,
                 day=timeline.month_end(month), event="计提折旧")  # fmt: skip


def _expenses(
    world: World, company: Company, vouchers: Vouchers, month: int, rng: np.random.Generator
) -> Frame:
    """Book expense claims: no document anywhere in the business systems."""
    count = max(2, round(company.vouchers * world.scale * 0.17))
    start, end = timeline.month_start(month), min(timeline.month_end(month), world.as_of)
    day = start + rng.integers(0, end - start + 1, count)
    person = rng.integers(0, 48, count)
    advanced = rng.random(count) < 0.15
    ids = vouchers.take(count)
    amount = rng.integers(8000, 600000, count)
    shared: dict[str, Any] = {"voucher": ids, "day": day, "event": "报销差旅费"}
    return in_order(
        stack(
            [
                entry(count, account="travel", debit=amount, department=person % 8, partner_kind=PERSON,
                      partner=person,
                      person=person, project=np.where(person % 9 == 0, person % 4, -1), **shared),
                entry(count, account=np.where(advanced, NUMBER["cash"], NUMBER["bank"]), credit=amount,
                      settlement=np.where(advanced, 0, 1), **shared),
            ]
        )
    )  # fmt: skip


def _charges(
    world: World, company: Company, vouchers: Vouchers, month: int, rng: np.random.Generator
) -> Frame:
    count = max(1, round(company.vouchers * world.scale * 0.02))
    start, end = timeline.month_start(month), min(timeline.month_end(month), world.as_of)
    return _pair(count, "bank_charge", "bank", rng.integers(500, 30000, count), voucher=vouchers.take(count),
                 day=start + rng.integers(0, end - start + 1, count), event="支付银行手续费",
                 settlement=1)  # fmt: skip


def _retail_cost(vouchers: Vouchers, month: int, costed: Frame) -> Frame:
    """Book the retailer's cost of sales in one summary voucher a month, by department."""
    sold = pick(costed, (costed["kind"] != CONSIGNED) & (costed["kind"] != SAMPLE))
    cost: Ints = totals(sold["cost"], sold["department"], 8)
    pieces = totals(sold["quantity"], sold["department"], 8)
    who = np.flatnonzero(cost)
    shared: dict[str, Any] = {
        "voucher": vouchers.take(1)[0],
        "day": timeline.month_end(month),
        "event": "结转销售成本",
    }
    return in_order(
        stack(
            [
                entry(
                    len(who), account="cogs", debit=cost[who], department=who, quantity=pieces[who], **shared
                ),
                entry(1, account="goods", credit=int(cost.sum()), quantity=int(pieces.sum()), **shared),
            ]
        )
    )


def _value_added_tax(world: World, ledger: Ledger, vouchers: Vouchers, month: int) -> Frame:
    """Carry the month's VAT to be paid to 未交增值税 and accrue the surcharges; pay last month's."""
    if month == world.last_month:
        return entry(0)
    due = -sum(ledger.pending(month, role) for role in ("input_vat", "output_vat", "input_transfer_out"))
    ids, day = vouchers.take(3), timeline.month_end(month)
    rows = []
    if due > 0:
        rows.append(
            _pair(1, "vat_carried_out", "unpaid_vat", due, voucher=ids[0], day=day, event="结转未交增值税")
        )
        rows.append(
            _pair(
                1,
                "tax_surcharge",
                "other_tax",
                due * 12 // 100,
                voucher=ids[1],
                day=day,
                event="计提税金及附加",
            )
        )
    owed = -int(ledger.balance[NUMBER["unpaid_vat"]]) - int(ledger.balance[NUMBER["other_tax"]])
    if owed > 0:
        paid = entry(2, account=np.array([NUMBER["unpaid_vat"], NUMBER["other_tax"]]), voucher=ids[2],
                     debit=np.array([-ledger.balance[NUMBER["unpaid_vat"]],
                                     -ledger.balance[NUMBER["other_tax"]]]),
                     day=timeline.month_start(month) + 14, event="结转未交增值税")  # fmt: skip
        rows.append(paid)
        rows.append(entry(1, account="bank", credit=owed, voucher=ids[2],
                          day=timeline.month_start(month) + 14,
                          event="结转未交增值税", settlement=1))  # fmt: skip
    return in_order(stack(rows)) if rows else entry(0)
