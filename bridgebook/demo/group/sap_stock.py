"""Stock in SAP beside trade: production in MKPF/MSEG and FI, and the balances MBEW, MARD."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.costing import Stock
from bridgebook.demo.group.references import SAP_START
from bridgebook.demo.group.sap_accounting import Totals, line, post
from bridgebook.demo.group.sap_values import SAP, materials, movement_heads
from bridgebook.demo.group.u8_values import chosen
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


def write_opening(world: World, store: Store, book: Totals, company: Company, stock: Stock) -> None:
    """Write what a company's stock begins with: initial entry (561) on the first day, against its capital."""
    held = np.flatnonzero(stock.quantity)
    material = np.array([family == "material" for family in world.masters.items.family])[held]
    first = world.months.start
    _write_movements(
        world, store, book, company, timeline.month_start(first), "561",
        {"item": held, "pieces": stock.quantity[held], "cost": stock.value[held]},
        np.where(material, NUMBER["material"], NUMBER["goods"]), "capital", "",
    )  # fmt: skip


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
        if size(rows):
            stock = np.full(size(rows), NUMBER["goods"] if issue == 0 else NUMBER["material"])
            order = f"{1000000 + month:012d}"
            _write_movements(world, store, book, company, day, movement, rows, stock, "production", order)


def _write_movements(
    world: World,
    store: Store,
    book: Totals,
    company: Company,
    day: int,
    movement: str,
    rows: Frame,
    stock: Ints,
    other: str,
    order: str,
) -> None:
    """Write one material document and its posting; `rows` needs item, pieces and cost, all in or all out."""
    count, inward = size(rows), movement != "261"
    year = np.array([timeline.year_of(int(timeline.month_of(np.array([day]))[0]))])
    head: Frame = {"day": np.array([day]), "year": year}
    number = world.numbers.take_for("sap", "material", year) + SAP_START[1] - 100000000
    store.write(
        SAP, "MKPF", {**movement_heads(number, head, "WF" if movement == "101" else "WA"), "USNAM": "HYU0006"}
    )
    store.write(
        SAP,
        "MSEG",
        {"MBLNR": np.repeat(number, count), "MJAHR": np.repeat(year, count),
         "ZEILE": np.arange(1, count + 1),
         "BWART": movement, "MATNR": materials(rows["item"]), "WERKS": company.plant, "LGORT": "0001",
         "SHKZG": "S" if inward else "H", "WAERS": "CNY", "DMBTR": rows["cost"],
         "MENGE": rows["pieces"],
         "MEINS": "ST", "ERFMG": rows["pieces"], "ERFME": "ST", "BUKRS": company.sap_code,
         "AUFNR": order, "GJAHR": np.repeat(year, count),
         "BUDAT_MKPF": np.full(count, day), "CPUDT_MKPF": np.full(count, day)},
    )  # fmt: skip
    sign = 1 if inward else -1
    zero = np.zeros(count, dtype=np.int64)
    shared: dict[str, Any] = {"doc": zero, "quantity": sign * rows["pieces"]}
    posted = [
        line(count, account=stock, base=sign * rows["cost"], item=rows["item"], **shared),
        line(count, account=other, base=-sign * rows["cost"], **shared),
    ]
    heads: Frame = {
        **head, "number": world.numbers.take_yearly(f"fi_WA_{company.index}", year), "key": number,
        "key_year": year,
        "currency": zero[:1], "rate": zero[:1] + 100000,
    }  # fmt: skip
    post(world, store, book, company, "WA", heads, stack(posted), "MKPF")


def write_balances(world: World, store: Store, book: Totals, company: Company, stock: Stock) -> None:
    """Write what SAP says is in stock at the end: quantity and value by material."""
    items = world.masters.items
    pieces, value = stock.quantity, np.zeros_like(stock.value)
    for (index, item), amount in book.stock_value.items():
        if index == company.index:
            value[item] = amount
    held = np.flatnonzero((pieces != 0) | (value != 0))
    year, period = str(timeline.year_of(world.last_month)), f"{timeline.period_of(world.last_month):02d}"
    standard = company.index == 0
    quantity = np.maximum(pieces[held], 1)
    moving = value[held] * items.price_unit[held] // quantity
    store.write(
        SAP,
        "MBEW",
        {"MATNR": materials(held), "BWKEY": company.plant, "BWTAR": "", "BKLAS": "3000",
         "VPRSV": chosen(["V", "S"], np.full(len(held), int(standard))), "VERPR": moving,
         "STPRS": items.price[held],
         "PEINH": items.price_unit[held], "LBKUM": pieces[held], "SALK3": value[held],
         "LFGJA": year,
         "LFMON": period},
    )  # fmt: skip
    store.write(
        SAP,
        "MARD",
        {"MATNR": materials(held), "WERKS": company.plant, "LGORT": "0001", "LABST": pieces[held],
         "LFGJA": year, "LFMON": period},
    )  # fmt: skip
