"""The pool of tax invoices as the tax bureau exports it: which input invoice was ticked for which month.

Neither SAP nor U8 knows when input tax was claimed; this file is the only place that says so.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints
from bridgebook.demo.group.entries import PURCHASE_INVOICE
from bridgebook.demo.group.purchase_orders import NOT_DEDUCTED, PENDING, Purchases
from bridgebook.demo.group.references import u8_code
from bridgebook.demo.group.sap_values import tax_numbers
from bridgebook.demo.group.world import World

TAX_POOL = "tax_pool"
"""The id of the source, and the folder beside the databases that is its inbox."""

_FILE = "发票池.csv"
_HEADINGS = (
    "发票号码", "进销方向", "发票种类", "不含税金额", "税额", "价税合计", "发票状态", "进项用途",
    "抵扣所属期",
)  # fmt: skip


class TaxPool:
    """Collect the input invoices of the whole group."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def add(self, world: World, facts: Purchases) -> None:
        """Take a cohort's domestic invoices, as the platform knows them on the as-of date."""
        heads = facts.invoices
        numbers = _numbers(facts)
        for place in np.flatnonzero(heads["currency"] == 0).tolist():
            usage, period = _usage(world, facts, place)
            amounts = (_money(int(heads[name][place])) for name in ("net", "tax", "gross"))
            kind = "普通发票" if heads["usage"][place] == NOT_DEDUCTED else "专用发票"
            self.rows.append((numbers[place], "进项", kind, *amounts, "正常", usage, period))

    def write(self, folder: Path) -> None:
        """Write the export into the inbox `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _FILE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_HEADINGS)
            writer.writerows(self.rows)


def ticked_on(day: Ints, waited: Ints) -> Ints:
    """Say when a pending invoice of `day` is ticked: in a later month, or it was never pending."""
    next_month = timeline.month_starts(timeline.month_of(day).astype(np.int64) + 1)
    return np.asarray(np.maximum(day + waited, next_month + waited % 10), dtype=np.int64)


def _numbers(facts: Purchases) -> list[str]:
    """Give each invoice's number as its company's system has it."""
    heads = facts.invoices
    texts: pa.Array = (
        tax_numbers(heads["tax_no"], heads["year"])
        if facts.company.in_sap
        else u8_code(PURCHASE_INVOICE, heads["no"])
    )
    return [str(text) for text in pc.fill_null(texts, "").to_pylist()]


def _usage(world: World, facts: Purchases, place: int) -> tuple[str, str]:
    """Give what an invoice's tax is used for, and the month for which it was claimed."""
    heads = facts.invoices
    if heads["usage"][place] == NOT_DEDUCTED:
        return "不抵扣", ""
    day = int(heads["day"][place])
    if heads["usage"][place] == PENDING:
        day = int(heads["certified"][place])
        if day > world.as_of:
            return "待认证", ""
    month = int(timeline.month_of(np.array([day]))[0])
    return "抵扣", f"{timeline.year_of(month)}{timeline.period_of(month):02}"


def _money(cents: int) -> str:
    """Write whole cents with two decimals."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
