"""Stock in U8: at the beginning, now, and the months' sums of inventory accounting (IA_Summary)."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group import names, timeline
from bridgebook.demo.group.chance import totals
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.costing import Stock
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import item_codes, ratio
from bridgebook.demo.group.world import Frame, World
from bridgebook.demo.group.writers import Store

_WAREHOUSE = "01"


def write_opening(world: World, store: Store, company: Company, stock: Stock) -> None:
    """Write what a company's stock begins with, as one document of opening stock."""
    held = np.flatnonzero(stock.quantity)
    day = np.full(1, timeline.month_start(world.months.start))
    target = company.database(timeline.year_of(world.months.start))
    store.write(
        target,
        "RdRecord34",
        {"ID": np.ones(1, dtype=np.int64), "bRdFlag": 1, "cVouchType": "34", "cBusType": "期初结存",
         "cSource": "库存", "cWhCode": _WAREHOUSE, "dDate": day, "cCode": padded(np.ones(1), 10),
         "cHandler": names.person(25), "dVeriDate": day, "cMaker": names.person(26), "dnmaketime": day,
         "bredvouch": 0, "bIsSTQc": 1},
    )  # fmt: skip
    store.write(
        target,
        "rdrecords34",
        {"AutoID": np.arange(1, len(held) + 1), "ID": 1, "irowno": np.arange(1, len(held) + 1),
         "cInvCode": item_codes(held), "iQuantity": stock.quantity[held],
         "iUnitCost": ratio(stock.value[held], stock.quantity[held]), "iPrice": stock.value[held],
         "cbaccounter": names.person(22), "bCosting": 1},
    )  # fmt: skip


def write_month(
    world: World, store: Store, company: Company, month: int, stock: Stock, shipped: Frame
) -> None:
    """Write what a costed month did to every item: received, issued and left, in pieces and in money."""
    count = len(stock.quantity)
    pieces, cost = (totals(shipped[name], shipped["item"], count) for name in ("quantity", "cost"))
    moved = (stock.quantity, stock.value, stock.received, stock.received_value, pieces, cost)
    rows = np.flatnonzero(sum(np.abs(values) for values in moved))
    left, worth, came, paid, went, spent = (values[rows] for values in moved)
    target = company.database(timeline.year_of(month))
    store.write(
        target,
        "IA_Summary",
        {"AutoID": world.numbers.take(f"stock_{target}", len(rows)), "cWhCode": _WAREHOUSE,
         "cInvCode": item_codes(rows), "iYear": timeline.year_of(month),
         "iMonth": timeline.period_of(month), "iNum": left, "iMoney": worth, "iDif": 0, "iINum": came,
         "iIMoney": paid, "iONum": went, "iOMoney": spent},
    )  # fmt: skip


def write_stock(world: World, store: Store, database: str, stock: Stock) -> None:
    """Write the current stock of every item."""
    held = np.flatnonzero(stock.quantity)
    store.write(
        database,
        "CurrentStock",
        {"AutoID": np.arange(1, len(held) + 1), "cWhCode": _WAREHOUSE, "cInvCode": item_codes(held),
         "iQuantity": stock.quantity[held], "iNum": 0},
    )  # fmt: skip
