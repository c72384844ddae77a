"""Master data of the group.

Partners, items, people, projects and rates, as arrays that documents index into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridgebook.demo.group import names, timeline
from bridgebook.demo.group.chance import Ints, choose, rounded, stream

CURRENCIES = ("CNY", "USD", "JPY")
MINOR = (100, 100, 1)
DEPARTMENTS = (
    ("01", "总经办"), ("02", "采购部"), ("03", "销售一部"), ("04", "销售二部"), ("05", "仓储部"),
    ("06", "财务部"), ("07", "生产部"), ("08", "研发部"),
)  # fmt: skip
PROJECTS = (("P001", "智能产线改造"), ("P002", "北区仓库扩建"), ("P003", "新品研发"), ("P004", "门店升级"))
TERMS = (("0001", 0), ("Z030", 30), ("Z060", 60), ("Z090", 90))
PEOPLE = 48


@dataclass(frozen=True)
class Partners:
    """Hold suppliers or customers; the first rows are the group's own companies (row = company index)."""

    name: list[str]
    tax_id: list[str]
    country: list[str]
    currency: Ints
    term: Ints
    by_company: tuple[Ints, ...]  # which partners a company deals with, at home
    abroad: Ints

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True)
class Items:
    """Hold items; prices are whole cents per price unit, costs whole cents per piece times 10000."""

    name: list[str]
    family: list[str]
    tax_rate: Ints
    price: Ints  # purchase price, cents for price_unit pieces
    price_unit: Ints
    lot: Ints  # what is bought or sold at the least
    pack: Ints  # pieces in one order unit
    by_company: tuple[Ints, ...]  # bought by a company
    sold_by: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True)
class Masters:
    """Hold everything that documents refer to."""

    suppliers: Partners
    customers: Partners
    items: Items
    rates: NDArray[Any]  # [currency, month since the first] company currency per unit x 100000
    first_month: int

    def rate(self, currency: Ints, days: NDArray[Any]) -> Ints:
        """Give the rate of a day: company currency per unit, times 100000; moves a little within a month."""
        months = np.clip(timeline.month_of(days) - self.first_month, 0, self.rates.shape[1] - 1)
        start = self.rates[currency, months]
        wobble = rounded(start * ((days.astype(np.int64) * 37) % 11 - 5), 4000)
        return np.where(currency == 0, 100000, start + wobble).astype(np.int64)

    def closing_rate(self, currency: int, month: int) -> int:
        """Give the rate of a month's last day."""
        return int(self.rate(np.array([currency]), np.array([timeline.month_end(month)]))[0])


def base_amount(amounts: Ints, currency: Ints, rates: Ints) -> Ints:
    """Turn document currency (minor units) into cents of the company currency."""
    factor = np.where(currency == 2, 1000, 100000)
    return np.where(currency == 0, amounts, rounded(amounts * rates, factor)).astype(np.int64)


def _partners(seed: int, kind: str, size: int, abroad: int) -> Partners:
    rng = stream(seed, "partners", kind)
    make = names.supplier if kind == "supplier" else names.customer
    from bridgebook.demo.group.companies import COMPANIES

    own = [(company.name, company.tax_id, "CN") for company in COMPANIES]
    offset = 1000 if kind == "supplier" else 5000
    home = [(make(n), names.tax_id(offset + n), "CN") for n in range(size)]
    away = [(names.foreign(n, "JP" if n % 3 == 2 else "US"), "", "JP" if n % 3 == 2 else "US")
            for n in range(abroad)]  # fmt: skip
    rows = own + home + away
    currency = np.array([0 if land == "CN" else 1 if land == "US" else 2 for _, _, land in rows])
    term = choose(rng, len(rows), [0.1, 0.5, 0.3, 0.1])
    inside = np.arange(len(own), len(own) + size)
    turn = (inside - len(own)) % 5
    shares = (inside[turn <= 1], inside[(turn == 2) | (turn == 0)], inside[turn >= 3])
    return Partners(
        name=[row[0] for row in rows],
        tax_id=[row[1] for row in rows],
        country=[row[2] for row in rows],
        currency=currency.astype(np.int64),
        term=term,
        by_company=shares,
        abroad=np.arange(len(own) + size, len(rows)),
    )


def _items(seed: int, size: int) -> Items:
    rng = stream(seed, "items")
    family = ["material"] * size + ["product"] * size + ["goods"] * (2 * size)
    count = len(family)
    number = np.arange(count)
    tax = np.where((number >= 2 * size) & (number % 10 == 5), 9, 13)
    unit = np.where(number < size, np.array([1, 1, 1, 100, 1000])[number % 5], 1)
    price = (np.exp(rng.normal(4.2, 0.7, count)) * 100).astype(np.int64) + 500
    price = np.where(number < size, np.where(unit > 1, price * 5, price), price)
    price = np.where((number >= size) & (number < 2 * size), price * 8, price)
    pack = np.where(number >= 2 * size, np.array([1, 1, 12, 1])[number % 4], 1)
    material, product = number[:size], number[size : 2 * size]
    goods = number[2 * size :]
    return Items(
        name=[names.item(int(n), f) for n, f in zip(number % size, family, strict=True)],
        family=family,
        tax_rate=tax.astype(np.int64),
        price=price.astype(np.int64),
        price_unit=unit.astype(np.int64),
        lot=np.where(number < size, np.where(unit > 1, unit, 10), np.where(price > 20000, 1, 4)).astype(
            np.int64
        ),
        pack=pack.astype(np.int64),
        by_company=(material, goods[:size], goods[size // 2 :]),
        sold_by=(product, goods[:size], goods[size // 2 :]),
    )


def make_masters(seed: int, scale: float, months: range) -> Masters:
    """Make the master data of a scale: the bigger the group, the more partners and items it has."""
    size = int(40 + 120 * scale**0.5)
    rng = stream(seed, "rates")
    count = len(months) + 14
    steps = rng.normal(0, 1, (3, count)).cumsum(axis=1)
    start = np.array([100000, 714000, 4720])[:, None]
    swing = np.array([0, 2200, 45])[:, None]
    return Masters(
        suppliers=_partners(seed, "supplier", size, 8),
        customers=_partners(seed, "customer", size, 9),
        items=_items(seed, max(20, size // 2)),
        rates=(start + steps * swing).astype(np.int64),
        first_month=months.start - 2,
    )


def supplier_number(partner: Any) -> Any:
    """Give SAP's vendor number of a supplier."""
    return partner + 100001


def customer_number(partner: Any) -> Any:
    """Give SAP's customer number of a customer: the same figures as a vendor's may mean another party."""
    return partner + 100001
