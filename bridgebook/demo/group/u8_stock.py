"""Stock in U8: what is there now, and the months' sums of inventory accounting (control totals)."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group.costing import Stock
from bridgebook.demo.group.u8_values import item_codes
from bridgebook.demo.group.world import World
from bridgebook.demo.group.writers import Store


def write_stock(world: World, store: Store, database: str, stock: Stock) -> None:
    """Write the current stock of every item."""
    held = np.flatnonzero(stock.quantity)
    store.write(
        database,
        "CurrentStock",
        {"AutoID": np.arange(1, len(held) + 1), "cWhCode": "01", "cInvCode": item_codes(held),
         "iQuantity": stock.quantity[held], "iNum": 0},
    )  # fmt: skip
