"""Mistakes that people make, planted into vouchers with their labels.

Missing, twice, wrong amount, month, account, name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, dense, totals
from bridgebook.demo.group.charts import ACCOUNTS, NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import CUSTOMER, EVENT, SUPPLIER, Vouchers
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.references import document_texts, line_names
from bridgebook.demo.group.world import Frame, World, pick, size, stack

MISTAKES = (
    "missing", "duplicate", "wrong_amount", "wrong_period", "wrong_account", "wrong_partner",
    "wrong_reference",
    "wrong_period+wrong_amount", "wrong_partner+wrong_amount", "voided",
)  # fmt: skip
_SHARES = np.array([0.008, 0.005, 0.007, 0.006, 0.005, 0.004, 0.10, 0.0015, 0.0015, 0.004])
_OTHER_ACCOUNT = {
    NUMBER["material"]: NUMBER["goods"], NUMBER["goods"]: NUMBER["material"],
    NUMBER["revenue"]: NUMBER["other_revenue"],
    NUMBER["revenue_export"]: NUMBER["revenue"], NUMBER["admin"]: NUMBER["selling"],
    NUMBER["cogs"]: NUMBER["selling"],
    NUMBER["payable"]: NUMBER["other_payable"], NUMBER["bank"]: NUMBER["cash"],
    NUMBER["fixed_asset"]: NUMBER["admin"],
    NUMBER["goods_shipped"]: NUMBER["goods"], NUMBER["bank_usd"]: NUMBER["bank_jpy"],
    NUMBER["bank_jpy"]: NUMBER["bank_usd"], NUMBER["subcontracted"]: NUMBER["goods"],
}  # fmt: skip
_KEY_ACCOUNTS = np.array([
    a.role in ("material", "goods", "revenue", "revenue_export", "cogs", "payable", "receivable", "admin",
               "fixed_asset",
               "goods_shipped", "bank", "bank_usd", "bank_jpy", "subcontracted", "selling")
    for a in ACCOUNTS
])  # fmt: skip


def spoil(
    world: World,
    company: Company,
    labels: Labels,
    vouchers: Vouchers,
    flow: str,
    lines: Frame,
    rng: np.random.Generator,
) -> Frame:
    """Spoil a share of the vouchers that have one document; the labels say how."""
    if size(lines) == 0:
        return lines
    first, group = dense(lines["voucher"])
    count = len(first)
    draw = rng.random(count)
    if world.defects == 0:
        return lines
    lines, first, group = _ambiguous(world, company, labels, flow, lines, rng)
    count = len(first)
    draw = draw[:count]
    limits = np.cumsum(_SHARES * world.defects)
    kind = np.searchsorted(limits, draw, side="right")
    head = pick(lines, first)
    usable = (
        (head["document"] > 0) & (head["day"] < world.as_of - 40) & (head["twin"] < 0) & _unlike(lines, group)
    )
    kind = np.where(usable, kind, len(MISTAKES))
    result: list[Frame] = []
    for number, name in enumerate(MISTAKES):
        chosen = kind == number
        if chosen.any():
            part = pick(lines, chosen[group])
            result += _spoiled(world, company, labels, vouchers, flow, name, part, rng)
    result.append(pick(lines, (kind == len(MISTAKES))[group]))
    return stack(result)


def _signs(lines: Frame, group: Ints) -> Ints:
    """Give what tells vouchers apart beside number and day: amounts by account, and the partner."""
    count = int(group.max()) + 1 if len(group) else 0
    amount = lines["debit"] - lines["credit"]
    who = np.zeros(count, dtype=np.int64)
    np.maximum.at(who, group, lines["partner_kind"] * 100000 + lines["partner"] + 1)
    return np.stack(
        [who, totals(amount * (lines["account"] + 1), group, count), totals(np.abs(amount), group, count)],
        axis=1,
    )


def _unlike(lines: Frame, group: Ints) -> Any:
    """Tell which vouchers no other one equals: of two alike nobody could say which of them is wrong."""
    _, place, times = np.unique(_signs(lines, group), axis=0, return_inverse=True, return_counts=True)
    return times[place.reshape(-1)] == 1


def _ambiguous(
    world: World, company: Company, labels: Labels, flow: str, lines: Frame, rng: np.random.Generator
) -> tuple[Frame, Ints, Ints]:
    """Book only one of two equal invoices of a supplier, without saying which.

    Either may be the one that is missing.
    """
    first, group = dense(lines["voucher"])
    twin = np.where(lines["event"][first] == EVENT["采购发票"], lines["twin"][first], -1)
    twin = np.where(_unlike(lines, group), -1, twin)
    pairs, counts = np.unique(twin[twin >= 0], return_counts=True)
    chosen = pairs[(counts == 2) & (rng.random(len(pairs)) < 0.7 * world.defects)]
    hit = np.isin(twin, chosen)[group]
    if hit.any():
        rows = np.flatnonzero(hit)
        heads = first[np.isin(twin, chosen)]
        order = heads[np.argsort(lines["twin"][heads], kind="stable")]
        second = order[1::2]
        dropped = np.isin(lines["voucher"], lines["voucher"][second])
        keys = _key_rows(pick(lines, rows))
        keys = rows[keys]
        keys = keys[np.argsort(lines["twin"][keys], kind="stable")]
        pair = np.repeat(labels.count + np.arange(0, len(keys), 2), 2)
        ids = _label(company, labels, flow, "ambiguous", lines, keys, _amounts(lines), pair)
        lines["second_label"][keys] = ids
        lines["shown"][rows], lines["typed_no"][rows] = 0, -1
        lines = pick(lines, ~dropped)
        first, group = dense(lines["voucher"])
    return lines, first, group


def _spoiled(
    world: World,
    company: Company,
    labels: Labels,
    vouchers: Vouchers,
    flow: str,
    name: str,
    lines: Frame,
    rng: np.random.Generator,
) -> list[Frame]:
    """Make one kind of mistake in vouchers; give the vouchers as they are then booked."""
    before = lines
    lines = {column: values.copy() for column, values in lines.items()}
    if name == "missing":
        _label(company, labels, flow, name, before, _key_rows(before), _amounts(before))
        return []
    if name == "duplicate":
        return [before, _duplicated(world, company, labels, vouchers, flow, before)]
    if name == "voided":
        copy = dict(lines)
        copy["voucher"] = _renamed(lines["voucher"], vouchers)
        copy["void"] = np.ones(size(lines), dtype=np.int64)
        return [before, copy]
    if name == "wrong_reference":
        return [_mistyped(company, labels, flow, lines, rng)]
    parts = name.split("+")
    pair = labels.count if len(parts) > 1 else -1
    for position, part in enumerate(parts):
        rows = _key_rows(lines)
        column = "defect_label" if position == 0 else "second_label"
        if part == "wrong_period":
            _move(world, company, labels, flow, lines, rows, column, pair)
        elif part == "wrong_amount":
            _alter(company, labels, flow, lines, rows, column, pair, rng)
        elif part == "wrong_account":
            _misplace(company, labels, flow, lines, column, pair)
        else:
            _misname(world, company, labels, flow, lines, column, pair, rng)
    return [lines]


def _amounts(lines: Frame) -> Ints:
    return np.asarray(lines["debit"] - lines["credit"], dtype=np.int64)


def _key_rows(lines: Frame) -> Ints:
    """Give one telling line of each voucher: the first on a key account, else the first."""
    first, group = dense(lines["voucher"])
    score = np.where(_KEY_ACCOUNTS[lines["account"]], 0, 1000000) + np.arange(size(lines))
    best = np.full(len(first), np.iinfo(np.int64).max)
    np.minimum.at(best, group, score)
    return np.asarray(best % 1000000, dtype=np.int64)


def _label(
    company: Company,
    labels: Labels,
    flow: str,
    kind: str,
    lines: Frame,
    rows: Ints,
    amounts: Ints,
    pair: int | Ints = -1,
) -> Ints:
    chosen = pick(lines, rows)
    documents = line_names(
        company, chosen["document"], chosen["document_no"], chosen["document_year"], chosen["origin"]
    )
    return labels.add(kind, flow, company.master_code, months=timeline.month_of(chosen["day"]),
                      amounts=amounts[rows],
                      roles=chosen["account"], documents=documents, pairs=pair,
                      numbers=pc.fill_null(
                          document_texts(company, chosen["document"], chosen["document_no"]), "",
                      ))  # fmt: skip


def _renamed(ids: Ints, vouchers: Vouchers) -> Ints:
    first, group = dense(ids)
    return vouchers.take(len(first))[group]


def _duplicated(
    world: World, company: Company, labels: Labels, vouchers: Vouchers, flow: str, lines: Frame
) -> Frame:
    """Book vouchers a second time, some days later."""
    copy = {column: values.copy() for column, values in lines.items()}
    copy["voucher"] = _renamed(lines["voucher"], vouchers)
    copy["day"] = np.minimum(copy["day"] + 3, world.as_of)
    rows = _key_rows(copy)
    copy["defect_label"][rows] = _label(company, labels, flow, "duplicate", copy, rows, _amounts(copy))
    return copy


def _move(
    world: World,
    company: Company,
    labels: Labels,
    flow: str,
    lines: Frame,
    rows: Ints,
    column: str,
    pair: int,
) -> None:
    """Book vouchers in the month after their own."""
    lines[column][rows] = _label(company, labels, flow, "wrong_period", lines, rows, _amounts(lines), pair)
    after = timeline.month_starts(timeline.month_of(lines["day"]).astype(np.int64) + 1)
    lines["day"] = np.minimum(after + 1, world.as_of).astype(np.int64)


def _alter(
    company: Company, labels: Labels, flow: str, lines: Frame, rows: Ints, column: str, pair: int, rng: Any
) -> None:
    """Mistype an amount.

    The key line and one line of the other side are wrong by the same sum, so it still balances.
    """
    count = len(rows)
    swing = rng.choice(np.array([50, -50, 900, 9000, -1800, 27]), count)
    _, group = dense(lines["voucher"])
    debit_side = lines["debit"][rows] != 0
    other = np.full(count, -1, dtype=np.int64)
    opposite = np.flatnonzero((lines["debit"] != 0) != debit_side[group])[::-1]
    other[group[opposite]] = opposite
    usable = other >= 0
    rows, other, swing, debit_side = rows[usable], other[usable], swing[usable], debit_side[usable]
    lines["debit"][rows] += np.where(debit_side, swing, 0)
    lines["credit"][rows] += np.where(debit_side, 0, swing)
    lines["debit"][other] += np.where(debit_side, 0, swing)
    lines["credit"][other] += np.where(debit_side, swing, 0)
    wrong = np.zeros(size(lines), dtype=np.int64)
    wrong[rows] = np.where(debit_side, swing, -swing)
    wrong[other] = -wrong[rows]
    lines[column][rows] = _label(company, labels, flow, "wrong_amount", lines, rows, wrong, pair)
    mirror = "second_label" if column == "defect_label" else "source_label"
    lines[mirror][other] = _label(company, labels, flow, "wrong_amount", lines, other, wrong, pair)


def _misplace(company: Company, labels: Labels, flow: str, lines: Frame, column: str, pair: int) -> None:
    """Book a line on a neighbouring account."""
    movable = np.isin(lines["account"], list(_OTHER_ACCOUNT))
    rows = _first_of(lines, movable)
    lines[column][rows] = _label(company, labels, flow, "wrong_account", lines, rows, _amounts(lines), pair)
    target = np.array([_OTHER_ACCOUNT.get(n, n) for n in range(len(ACCOUNTS))])
    lines["account"][rows] = target[lines["account"][rows]]
    lines["partner"][rows] = -1
    lines["partner_kind"][rows] = 0


def _first_of(lines: Frame, usable: Any) -> Ints:
    """Give the first usable line of every voucher that has one."""
    first, group = dense(lines["voucher"])
    best = np.full(len(first), -1, dtype=np.int64)
    rows = np.flatnonzero(usable)[::-1]
    best[group[rows]] = rows
    return best[best >= 0]


def _misname(
    world: World, company: Company, labels: Labels, flow: str, lines: Frame, column: str, pair: int, rng: Any
) -> None:
    """Book a line on the next supplier or customer of the list."""
    rows = _first_of(lines, np.isin(lines["partner_kind"], [SUPPLIER, CUSTOMER]) & (lines["currency"] == 0))
    lines[column][rows] = _label(company, labels, flow, "wrong_partner", lines, rows, _amounts(lines), pair)
    masters = world.masters
    for kind, partners in ((SUPPLIER, masters.suppliers), (CUSTOMER, masters.customers)):
        home = partners.by_company[company.index]
        own = rows[lines["partner_kind"][rows] == kind]
        place = np.searchsorted(home, lines["partner"][own])
        lines["partner"][own] = home[(place + 1) % len(home)]


def _mistyped(company: Company, labels: Labels, flow: str, lines: Frame, rng: Any) -> Frame:
    """Mistype the document number of vouchers that show one: two figures change places, or one is wrong."""
    visible = lines["typed_no"] >= 0
    first, group = dense(lines["voucher"])
    number = lines["typed_no"]
    shift = np.where(rng.random(len(first)) < 0.5, 90, 7)[group]
    lines["typed_no"] = np.where(visible, np.abs(number + shift), number)
    rows = _first_of(lines, visible)
    if len(rows):
        zero = np.zeros(size(lines), dtype=np.int64)
        lines["defect_label"][rows] = _label(company, labels, flow, "wrong_reference", lines, rows, zero)
    return lines
