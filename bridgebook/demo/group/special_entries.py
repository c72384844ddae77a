"""The lawful oddities of accounting that no document of trade causes, each planted with its label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, rounded
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.entries import CUSTOMER, SUPPLIER, entry, in_order, red_copy
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.ledger import Ledger
from bridgebook.demo.group.sale_orders import SAMPLE
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


@dataclass(frozen=True)
class Recipe:
    """Hold one kind of entry: who books it, how often, on which accounts, between which amounts (cents)."""

    kind: str
    flow: str
    companies: tuple[int, ...]
    every: int
    debit: str
    credit: str
    most: int
    event: str
    partner: int = 0  # whose partner stands on the line that has one
    red: str = ""  # the side that is written in red instead: debit or credit account moves over, negative
    reversed: bool = False  # taken back in red on the first of the next month


RECIPES = (
    Recipe("import_vat", "purchase", (1,), 1, "input_vat", "bank", 900000, "进口环节增值税"),
    Recipe("input_transfer_out", "purchase", (0, 1, 2), 3, "admin", "input_transfer_out", 300000,
           "进项税额转出"),
    Recipe("purchase_rebate", "purchase", (0, 1, 2), 3, "payable", "goods", 500000, "计提返利", SUPPLIER),
    Recipe("reclassification", "purchase", (0, 1, 2), 3, "prepayment", "payable", 800000, "重分类调整",
           SUPPLIER,
           reversed=True),
    Recipe("manual_unexplained", "purchase", (0, 1, 2), 2, "admin", "goods", 90000, "手工调整"),
    Recipe("uninvoiced_revenue", "sales", (2,), 1, "receivable_uninvoiced", "revenue", 1500000, "未开票收入",
           CUSTOMER,
           reversed=True),
    Recipe("output_vat_pending", "sales", (0, 2), 2, "receivable_uninvoiced", "output_vat_pending", 200000,
           "未开票收入",
           CUSTOMER, reversed=True),
    Recipe("export_refund_difference", "sales", (1,), 1, "cogs", "input_transfer_out", 400000,
           "出口退税率差转成本"),
    Recipe("sales_rebate", "sales", (0, 1, 2), 3, "revenue", "other_payable", 600000, "计提返利",
           red="debit"),
    Recipe("refund_liability", "sales", (2,), 1, "revenue", "refund_liability", 700000, "预计退货负债",
           red="debit",
           reversed=True),
    Recipe("over_time_revenue", "sales", (0,), 1, "contract_asset", "revenue", 2500000, "确认进度收入",
           CUSTOMER),
    Recipe("agent_net", "sales", (2,), 2, "cogs", "revenue", 800000, "代理收入净额确认", red="both"),
    Recipe("freight_billed", "sales", (0, 1), 2, "receivable", "other_revenue", 120000, "销售运费", CUSTOMER),
    Recipe("bad_debt", "sales", (0, 1, 2), 6, "allowance", "receivable", 300000, "核销坏账", CUSTOMER),
    Recipe("bad_debt_allowance", "sales", (0, 1, 2), 3, "credit_loss", "allowance", 400000, "计提坏账准备"),
    Recipe("simplified_rate", "sales", (2,), 3, "bank", "other_tax", 60000, "简易计税"),
    Recipe("loan_interest", "other", (0, 1, 2), 3, "interest", "bank", 250000, "支付借款利息"),
    Recipe("manual_sales", "sales", (0, 1, 2), 2, "selling", "receivable", 70000, "手工调整", CUSTOMER),
)  # fmt: skip


def of_month(
    world: World, store: Store, labels: Labels, ledger: Ledger, costed: Frame, month: int
) -> list[Frame]:
    """Book a month's oddities of one company."""
    rng = world.chance("special", ledger.company.index, month)
    result = []
    for number, recipe in enumerate(RECIPES):
        due = ledger.company.index in recipe.companies and (month + number) % recipe.every == 0
        # What nobody can explain is a mistake too: clean books have none.
        due = due and (world.defects > 0 or recipe.event != "手工调整")
        if due:
            result += _booked(world, labels, ledger, recipe, month, rng)
    result.append(_deemed_tax(labels, ledger, costed))
    return [lines for lines in result if size(lines)]


def _partners(world: World, ledger: Ledger, kind: int, count: int, rng: Any) -> Ints:
    if not kind:
        return np.full(count, -1, dtype=np.int64)
    own = world.masters.suppliers if kind == SUPPLIER else world.masters.customers
    return np.asarray(rng.choice(own.by_company[ledger.company.index], count), dtype=np.int64)


_WITH_PARTNER = {
    SUPPLIER: ("payable", "prepayment"),
    CUSTOMER: ("receivable", "receivable_uninvoiced", "contract_asset"),
}


def _booked(
    world: World, labels: Labels, ledger: Ledger, recipe: Recipe, month: int, rng: Any
) -> list[Frame]:
    """Book one recipe: as many vouchers as the group is big, and their reversals."""
    count = max(1, round(world.scale * 4))
    amount = rng.integers(recipe.most // 10, recipe.most, count)
    who = _partners(world, ledger, recipe.partner, count, rng)
    ids = labels.add(recipe.kind, recipe.flow, ledger.company.master_code, months=np.full(count, month),
                     amounts=amount, roles=recipe.debit)  # fmt: skip
    shared: dict[str, Any] = {
        "voucher": ledger.vouchers.take(count), "day": min(timeline.month_end(month), world.as_of),
        "event": recipe.event,
    }  # fmt: skip
    rows = []
    for role, side in ((recipe.debit, "debit"), (recipe.credit, "credit")):
        named = role in _WITH_PARTNER.get(recipe.partner, ())
        turned = recipe.red in (side, "both")
        where = {"debit": "credit", "credit": "debit"}[side] if turned else side
        rows.append(
            entry(count, account=role, partner_kind=recipe.partner if named else 0,
                  partner=who if named else -1,
                  source_label=ids if side == "debit" else -1, department=5,
                  **{where: -amount if turned else amount},
                  **shared)
        )  # fmt: skip
    lines = in_order(stack(rows))
    if not recipe.reversed or month == world.last_month:
        return [lines]
    again = ledger.vouchers.take(count)[np.searchsorted(np.unique(lines["voucher"]), lines["voucher"])]
    return [lines, red_copy(lines, voucher=again, day=timeline.month_start(month + 1), source_label=-1)]


def _deemed_tax(labels: Labels, ledger: Ledger, costed: Frame) -> Frame:
    """Book the output tax of goods given away: deemed sales (视同销售), one voucher a shipment."""
    given = pick(costed, (costed["kind"] == SAMPLE) & (costed["cost"] > 0))
    count = size(given)
    tax = rounded(given["cost"] * 143, 1000)
    ids = labels.add("deemed_sale_tax", "sales", ledger.company.master_code,
                     months=timeline.month_of(given["day"]),
                     amounts=tax, roles="output_vat")  # fmt: skip
    shared: dict[str, Any] = {
        "voucher": ledger.vouchers.take(count),
        "day": given["day"],
        "event": "视同销售",
    }
    return in_order(
        stack(
            [
                entry(count, account="selling", debit=tax, department=given["department"], **shared),
                entry(count, account=NUMBER["output_vat"], credit=tax, source_label=ids, **shared),
            ]
        )
    )
