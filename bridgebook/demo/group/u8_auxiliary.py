"""Balances by customer, supplier, department, person and project: GL_accass of U8's general ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, totals
from bridgebook.demo.group.charts import ACCOUNTS
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import CUSTOMER, PERSON, SUPPLIER
from bridgebook.demo.group.masters import DEPARTMENTS, PROJECTS
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import chosen, customer_codes, supplier_codes
from bridgebook.demo.group.world import Frame, World, pick, size
from bridgebook.demo.group.writers import Store

_HAS_DIMENSIONS = np.array([bool(account.aux) for account in ACCOUNTS])
_IS_RESULT = np.array([account.kind == "损益" for account in ACCOUNTS])
_SHAPE = (len(ACCOUNTS), 4, 1_000_001, len(DEPARTMENTS) + 1, len(PROJECTS) + 1, 3)
"""Account, partner kind, partner, department, project, currency; 0 stands for all currencies together."""


@dataclass
class Auxiliary:
    """Carry forward what stands on accounts by combination of dimensions: company currency and foreign."""

    key: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    amount: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    foreign: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def month(self, lines: Frame) -> Frame:
        """Count a month's lines; give opening, debit and credit of every combination that has any.

        Amounts are cents. A combination has a row for all currencies together and one for each foreign one.
        """
        lines = pick(lines, _HAS_DIMENSIONS[lines["account"]] & _names_any(lines))
        abroad = pick(lines, (lines["currency"] > 0) & ~_IS_RESULT[lines["account"]])
        rows = {name: np.concatenate([lines[name], abroad[name]]) for name in ("debit", "credit", "foreign")}
        rows["foreign"][: size(lines)] = 0
        key = np.concatenate(
            [_key(lines, np.zeros_like(lines["currency"])), _key(abroad, abroad["currency"])]
        )
        side = rows["debit"] != 0
        before, count = self, len(self.key)
        merged, place = np.unique(np.concatenate([before.key, key]), return_inverse=True)
        old, new = place[:count], place[count:]

        def opened(values: Ints) -> Ints:
            return totals(values, old, len(merged))

        def turned(values: Ints) -> Ints:
            return totals(values, new, len(merged))

        result: Frame = {
            **_dimensions(merged),
            "opening": opened(before.amount), "debit": turned(rows["debit"]),
            "credit": turned(rows["credit"]),
            "foreign_opening": opened(before.foreign), "foreign_debit": turned(rows["foreign"] * side),
            "foreign_credit": turned(rows["foreign"] * ~side),
        }  # fmt: skip
        result["closing"] = result["opening"] + result["debit"] - result["credit"]
        result["foreign_closing"] = (
            result["foreign_opening"] + result["foreign_debit"] - result["foreign_credit"]
        )
        self.key, self.amount, self.foreign = merged, result["closing"], result["foreign_closing"]
        moved = sum(np.abs(result[name]) for name in ("opening", "debit", "credit")) > 0
        whole = merged // _SHAPE[-1]
        told = np.isin(whole, whole[moved & (result["currency"] == 0)])
        return pick(result, told & ((result["currency"] > 0) | moved))

    def balances(self) -> Frame:
        """Give what stands now: dimensions and `amount` in cents, debit positive, all currencies together."""
        held = {**_dimensions(self.key), "amount": self.amount}
        return pick(held, (held["amount"] != 0) & (held["currency"] == 0))


def _names_any(lines: Frame) -> Any:
    return (lines["partner_kind"] > 0) | (lines["department"] >= 0) | (lines["project"] >= 0)


def _key(lines: Frame, currency: Ints) -> Ints:
    place = (
        lines["account"], lines["partner_kind"], lines["partner"] + 1, lines["department"] + 1,
        lines["project"] + 1, currency,
    )  # fmt: skip
    return np.asarray(np.ravel_multi_index(place, _SHAPE), dtype=np.int64)


def _dimensions(key: Ints) -> Frame:
    account, kind, partner, department, project, currency = np.unravel_index(key, _SHAPE)
    return {
        "account": account, "partner_kind": kind, "partner": partner - 1, "department": department - 1,
        "project": project - 1, "currency": currency,
    }  # fmt: skip


def write_sums(world: World, store: Store, company: Company, month: int, sums: Frame) -> None:
    """Write GL_accass of a month: amounts unsigned, their side in words."""
    year, period = timeline.year_of(month), timeline.period_of(month)
    target = company.database(year)
    codes = [account.codes[company.index] for account in ACCOUNTS]
    scale = np.where(sums["currency"] == 2, 100, 1)

    def partner(kind: int, shift: int = 0) -> Ints:
        return np.where(sums["partner_kind"] == kind, sums["partner"] + shift, -1)

    store.write(
        target,
        "GL_accass",
        {
            "i_id": world.numbers.take(f"auxiliary_{target}", size(sums)),
            "ccode": chosen(codes, sums["account"]),
            "cexch_name": chosen(["美元", "日元"], sums["currency"] - 1),
            "cdept_id": chosen([code for code, _ in DEPARTMENTS], sums["department"]),
            "cperson_id": padded(partner(PERSON, 1), 4), "ccus_id": customer_codes(partner(CUSTOMER)),
            "csup_id": supplier_codes(partner(SUPPLIER)),
            "citem_class": chosen(["00"], np.minimum(sums["project"], 0)),
            "citem_id": chosen([code for code, _ in PROJECTS], sums["project"]), "iyear": year,
            "iperiod": period, "iYPeriod": year * 100 + period,
            "cbegind_c": side_of(sums["opening"]), "mb": np.abs(sums["opening"]), "md": sums["debit"],
            "mc": sums["credit"], "cendd_c": side_of(sums["closing"]), "me": np.abs(sums["closing"]),
            "mb_f": np.abs(sums["foreign_opening"]) * scale, "md_f": sums["foreign_debit"] * scale,
            "mc_f": sums["foreign_credit"] * scale, "me_f": np.abs(sums["foreign_closing"]) * scale,
        },
    )  # fmt: skip


def side_of(amounts: Ints) -> Any:
    """Give the side on which balances stand, in U8's words."""
    return chosen(["贷", "平", "借"], np.sign(amounts) + 1)
