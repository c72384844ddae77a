"""Stock and its cost.

Standard cost at the manufacturer, moving average at the trader, monthly average in retail.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bridgebook.demo.group.chance import Ints, rounded, totals
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.world import Frame, World, size


def unit_cost(world: World, item: Ints, pieces: Ints) -> Ints:
    """Value pieces at the list cost of their item, in cents."""
    items = world.masters.items
    return rounded(pieces * items.price[item], items.price_unit[item])


def monthly_demand(world: World, company: Company) -> NDArray[np.float64]:
    """Say how many pieces of each item a company is expected to sell in a month."""
    items = world.masters.items
    result = np.zeros(len(items))
    goods = items.sold_by[company.index]
    share = np.diff((np.arange(len(goods) + 1) / len(goods)) ** (1 / 1.3))
    orders = max(6, round(company.orders * world.scale)) * (1.5 if company.index == 2 else 1)
    mean = (12.5, 17.5, 11.5)[company.index]
    result[goods] = share * orders * 1.88 * mean * items.lot[goods] * items.pack[goods]
    return result


def opening_quantity(world: World, company: Company) -> Ints:
    """Give the stock a company starts with: some months of demand, and room for its chance."""
    items = world.masters.items
    result = np.zeros(len(items), dtype=np.int64)
    if company.index == 0:
        material = items.by_company[0]
        result[material] = 20 * items.lot[material]
        result[items.sold_by[0]] = 200
        return result
    goods = items.by_company[company.index]
    lot = items.lot[goods] * items.pack[goods]
    lines = monthly_demand(world, company)[goods] / (15 * lot)
    result[goods] = np.ceil(20 * (3 * lines + 6 * np.sqrt(3 * lines) + 4)).astype(np.int64) * lot
    return result


@dataclass
class Stock:
    """Hold pieces and value of every item of one company, and what is still to come in later months."""

    world: World
    company: Company
    quantity: Ints = field(init=False)
    value: Ints = field(init=False)
    coming: dict[int, list[tuple[Ints, Ints, Ints]]] = field(default_factory=dict)
    received: Ints = field(init=False)
    received_value: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Start with the opening stock at list cost."""
        self.quantity = opening_quantity(self.world, self.company)
        self.value = unit_cost(self.world, np.arange(len(self.quantity)), self.quantity)
        self.received = np.zeros_like(self.quantity)
        self.received_value = np.zeros_like(self.quantity)

    def expect(self, months: Ints, item: Ints, pieces: Ints, value: Ints) -> None:
        """Note what comes in (or changes in value) in given months."""
        real = item >= 0
        for month in np.unique(months[real]):
            rows = real & (months == month)
            self.coming.setdefault(int(month), []).append((item[rows], pieces[rows], value[rows]))

    def need(self, committed: Ints) -> NDArray[np.float64]:
        """Say how much of each item should be ordered now, in pieces.

        Target less what is there or on its way.
        """
        target = opening_quantity(self.world, self.company)
        on_way = np.zeros_like(self.quantity)
        for parts in self.coming.values():
            for item, pieces, _ in parts:
                on_way += totals(pieces, item, len(on_way))
        demand = monthly_demand(self.world, self.company)
        return np.maximum(target + demand - self.quantity - on_way + committed, 0) + demand * 0.05 + 0.001

    def cost_month(self, month: int, shipped: Frame) -> Ints:
        """Cost the shipment lines of a month by the company's method and move stock; cents by line."""
        count = len(self.quantity)
        pieces_in = np.zeros(count, dtype=np.int64)
        value_in = np.zeros(count, dtype=np.int64)
        for item, pieces, value in self.coming.pop(month, []):
            pieces_in += totals(pieces, item, count)
            value_in += totals(value, item, count)
        item, out = shipped["item"], shipped["quantity"]
        if self.company.index == 0:
            cost = unit_cost(self.world, item, out)
        else:
            monthly = self.company.index == 2
            base = self.quantity + (pieces_in if monthly else 0)
            worth = self.value + (value_in if monthly else 0)
            sound = (base > 0) & (worth > 0)
            listed = rounded(self.world.masters.items.price * 10000, self.world.masters.items.price_unit)
            average = np.where(sound, worth * 10000 // np.maximum(base, 1), listed)
            cost = rounded(out * average[item], 10000)
        self.received, self.received_value = pieces_in, value_in
        self.quantity = self.quantity + pieces_in - totals(out, item, count)
        self.value = self.value + value_in - totals(cost, item, count)
        return cost

    def produce(self, shipped: Frame) -> Frame:
        """Make what was shipped (manufacturer): products in at standard cost, half of the material out."""
        count = len(self.quantity)
        made = (
            np.maximum(totals(shipped["quantity"], shipped["item"], count), 0)
            if size(shipped)
            else 0 * self.quantity
        )
        product = np.flatnonzero(made)
        worth = unit_cost(self.world, product, made[product])
        self.quantity[product] += made[product]
        self.value[product] += worth
        used = np.flatnonzero(self.received > 1)
        pieces = np.minimum(self.received[used], self.quantity[used] * 4 // 5)
        used, pieces = used[pieces > 0], pieces[pieces > 0]
        spent = rounded(self.value[used] * pieces, np.maximum(self.quantity[used], 1))
        self.quantity[used] -= pieces
        self.value[used] -= spent
        kind = np.concatenate([np.zeros(len(product), np.int64), np.ones(len(used), np.int64)])
        return {
            "issue": kind,
            "item": np.concatenate([product, used]),
            "pieces": np.concatenate([made[product], pieces]),
            "cost": np.concatenate([worth, spent]),
        }
