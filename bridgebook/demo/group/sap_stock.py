"""Stock in SAP beside trade: production in MKPF/MSEG and FI, and the balances MBEW, MARD."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.costing import Stock
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sap_accounting import Totals, line, post
from bridgebook.demo.group.sap_values import SAP, materials, movement_heads
from bridgebook.demo.group.u8_values import chosen
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


def write_production(
    world: World, store: Store, book: Totals, company: Company, month: int, made: Frame
) -> None:
    """Write products received from production (101 F.

    At the month's start) and material issued to it (261).
    """
    for issue, day, movement in (
        (0, timeline.month_start(month), "101"),
        (1, timeline.month_end(month), "261"),
    ):
        rows = pick(made, made["issue"] == issue)
        count = size(rows)
        if count == 0:
            continue
        year = np.array([timeline.year_of(month)])
        head: Frame = {"day": np.array([day]), "year": year}
        no = world.numbers.take_for("sap", "material", year)
        number = no + SAP_START[1] - 100000000
        store.write(
            SAP, "MKPF", {**movement_heads(number, head, "WF" if issue == 0 else "WA"), "USNAM": "HYU0006"}
        )
        store.write(
            SAP,
            "MSEG",
            {"MBLNR": np.repeat(number, count), "MJAHR": np.repeat(year, count),
             "ZEILE": np.arange(1, count + 1),
             "BWART": movement, "MATNR": materials(rows["item"]), "WERKS": company.plant, "LGORT": "0001",
             "SHKZG": "S" if issue == 0 else "H", "WAERS": "CNY", "DMBTR": rows["cost"],
             "MENGE": rows["pieces"],
             "MEINS": "ST", "ERFMG": rows["pieces"], "ERFME": "ST", "BUKRS": company.sap_code,
             "AUFNR": f"{1000000 + month:012d}", "GJAHR": np.repeat(year, count),
             "BUDAT_MKPF": np.full(count, day), "CPUDT_MKPF": np.full(count, day)},
        )  # fmt: skip
        sign = 1 if issue == 0 else -1
        stock = np.full(count, NUMBER["goods"] if issue == 0 else NUMBER["material"])
        zero = np.zeros(count, dtype=np.int64)
        shared: dict[str, Any] = {"doc": zero, "quantity": sign * rows["pieces"]}
        posted = [
            line(count, account=stock, base=sign * rows["cost"], item=rows["item"], **shared),
            line(count, account="production", base=-sign * rows["cost"], **shared),
        ]
        heads: Frame = {
            **head, "number": world.numbers.take_yearly(f"fi_WA_{company.index}", year), "key": number,
            "key_year": year,
            "currency": zero[:1], "rate": zero[:1] + 100000,
        }  # fmt: skip
        post(world, store, book, company, "WA", heads, stack(posted), "MKPF")


def write_balances(world: World, store: Store, company: Company, stock: Stock) -> None:
    """Write what SAP says is in stock at the end: quantity and value by material."""
    items = world.masters.items
    held = np.flatnonzero((stock.quantity != 0) | (stock.value != 0))
    year, period = str(timeline.year_of(world.last_month)), f"{timeline.period_of(world.last_month):02d}"
    standard = company.index == 0
    quantity = np.maximum(stock.quantity[held], 1)
    moving = stock.value[held] * items.price_unit[held] // quantity
    store.write(
        SAP,
        "MBEW",
        {"MATNR": materials(held), "BWKEY": company.plant, "BWTAR": "", "BKLAS": "3000",
         "VPRSV": chosen(["V", "S"], np.full(len(held), int(standard))), "VERPR": moving,
         "STPRS": items.price[held],
         "PEINH": items.price_unit[held], "LBKUM": stock.quantity[held], "SALK3": stock.value[held],
         "LFGJA": year,
         "LFMON": period},
    )  # fmt: skip
    store.write(
        SAP,
        "MARD",
        {"MATNR": materials(held), "WERKS": company.plant, "LGORT": "0001", "LABST": stock.quantity[held],
         "LFGJA": year, "LFMON": period},
    )  # fmt: skip
