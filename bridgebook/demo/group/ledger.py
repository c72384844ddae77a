"""The books of one company.

Voucher lines wait for their month, are numbered, summed and closed, month after month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, rounded, totals, within
from bridgebook.demo.group.charts import ACCOUNTS, NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import CUSTOMER, PERSON, SUPPLIER, Vouchers, entry, in_order
from bridgebook.demo.group.masters import DEPARTMENTS, PEOPLE, PROJECTS
from bridgebook.demo.group.u8_auxiliary import Auxiliary
from bridgebook.demo.group.world import Frame, World, pick, size, stack

RESULT = np.array([account.kind == "损益" for account in ACCOUNTS])
DEBIT_SIDE = np.array([account.debit for account in ACCOUNTS])
_REVALUED = ("bank_usd", "bank_jpy", "receivable", "payable")
_BY_DEPARTMENT = np.array(["d" in account.aux for account in ACCOUNTS])
_MONEY = np.array([account.role in ("cash", "bank", "bank_usd", "bank_jpy") for account in ACCOUNTS])


@dataclass
class Sums:
    """Hold what one month did to the accounts.

    Opening, debit, credit and closing, company currency and foreign.
    """

    month: int
    opening: Ints
    debit: Ints
    credit: Ints
    closing: Ints
    foreign: dict[str, Ints]


@dataclass
class Ledger:
    """Keep one company's books while the demo lives."""

    world: World
    company: Company
    vouchers: Vouchers = field(default_factory=Vouchers)
    waiting: dict[int, list[Frame]] = field(default_factory=dict)
    balance: Ints = field(default_factory=lambda: np.zeros(len(ACCOUNTS), dtype=np.int64))
    foreign: Ints = field(default_factory=lambda: np.zeros(len(ACCOUNTS), dtype=np.int64))
    partners: dict[tuple[str, int], tuple[Ints, Ints]] = field(default_factory=dict)
    year_result: int = 0
    owed: dict[int, Ints] = field(default_factory=dict)  # partner kind -> [account, partner] balance
    owed_foreign: dict[int, Ints] = field(default_factory=dict)
    auxiliary: Auxiliary = field(default_factory=Auxiliary)

    def __post_init__(self) -> None:
        """Start with empty sub-ledgers."""
        masters = self.world.masters
        for kind, count in (
            (SUPPLIER, len(masters.suppliers)),
            (CUSTOMER, len(masters.customers)),
            (PERSON, PEOPLE),
        ):
            self.owed[kind] = np.zeros((len(ACCOUNTS), count), dtype=np.int64)
            self.owed_foreign[kind] = np.zeros((len(ACCOUNTS), count), dtype=np.int64)

    def count(self, lines: Frame) -> None:
        """Carry the sub-ledgers of partners forward over counted lines."""
        for kind in (SUPPLIER, CUSTOMER, PERSON):
            rows = pick(lines, (lines["partner_kind"] == kind) & (lines["partner"] >= 0))
            place = (rows["account"], rows["partner"])
            np.add.at(self.owed[kind], place, rows["debit"] - rows["credit"])
            side = np.where(rows["credit"] != 0, -1, 1)
            np.add.at(self.owed_foreign[kind], place, rows["foreign"] * side)

    def pending(self, month: int, role: str) -> int:
        """Add up what already waits for a month on an account: debit less credit."""
        total = 0
        for frame in self.waiting.get(month, []):
            rows = frame["account"] == NUMBER[role]
            total += int((frame["debit"][rows] - frame["credit"][rows]).sum())
        return total

    def add(self, lines: Frame) -> None:
        """Let voucher lines wait for the month of their day."""
        if size(lines) == 0:
            return
        months = timeline.month_of(lines["day"])
        for month in np.unique(months):
            self.waiting.setdefault(int(month), []).append(pick(lines, months == month))

    def month_lines(self, month: int) -> Frame:
        """Take the lines of a month, vouchers in order of their day."""
        frames = self.waiting.pop(month, [])
        lines = stack(frames) if frames else entry(0)
        first_day = np.zeros(self.vouchers.given + 1, dtype=np.int64)
        first_day[lines["voucher"]] = lines["day"]
        order = np.lexsort((lines["voucher"], first_day[lines["voucher"]]))
        return pick(lines, order)

    def revaluation(self, month: int, lines: Frame) -> Frame:
        """Bring foreign balances to the month's closing rate, partner by partner."""
        currencies = self.world.masters.suppliers.currency, self.world.masters.customers.currency
        rows: list[Frame] = []
        for role in _REVALUED:
            for code in (1, 2):
                if ACCOUNTS[NUMBER[role]].currency not in ("", ("", "USD", "JPY")[code]):
                    continue
                kind = SUPPLIER if role == "payable" else CUSTOMER if role == "receivable" else 0
                count = len(currencies[kind - 1]) if kind else 1
                base, foreign = self._position(role, code, kind, count, lines)
                rate = self.world.masters.closing_rate(code, month)
                wanted = rounded(foreign * rate, 1000 if code == 2 else 100000)
                change = wanted - base
                who = np.flatnonzero(change)
                moved = entry(
                    len(who), account=role, day=timeline.month_end(month), event="期末调汇",
                    debit=np.where(DEBIT_SIDE[NUMBER[role]], change[who], 0),
                    credit=np.where(DEBIT_SIDE[NUMBER[role]], 0, -change[who]), currency=code, rate=rate,
                    partner_kind=kind, partner=who if kind else -1,
                )  # fmt: skip
                rows.append(moved)
                self.partners[(role, code)] = (base + change, foreign)
        lines = stack(rows)
        if size(lines) == 0:
            return lines
        lines["voucher"][:] = self.vouchers.take(1)[0]
        gain = int(lines["debit"].sum() - lines["credit"].sum())
        other = entry(1, account="exchange", day=timeline.month_end(month), event="期末调汇", debit=-gain,
                      voucher=lines["voucher"][:1])  # fmt: skip
        return in_order(stack([lines, other]))

    def _position(self, role: str, code: int, kind: int, count: int, lines: Frame) -> tuple[Ints, Ints]:
        """Carry the position of an account in one currency forward over a month's lines."""
        zero = np.zeros(count, dtype=np.int64)
        base, foreign = self.partners.get((role, code), (zero, zero))
        rows = pick(
            lines, (lines["account"] == NUMBER[role]) & (lines["currency"] == code) & (lines["void"] == 0)
        )
        who = np.maximum(rows["partner"], 0) if kind else np.zeros(size(rows), dtype=np.int64)
        side = np.where(rows["credit"] != 0, -1, 1)
        new_base = base + totals(rows["debit"] - rows["credit"], who, count)
        return new_base, foreign + totals(rows["foreign"] * side, who, count)

    def closing(self, month: int, lines: Frame) -> Frame:
        """Carry the month's result to 本年利润, and in December the year's to 未分配利润."""
        # Person, department and project are carried over one by one, or none of them would ever come to rest.
        shape = (len(ACCOUNTS), PEOPLE + 1, len(DEPARTMENTS) + 1, len(PROJECTS) + 1)
        person = np.where(lines["partner_kind"] == PERSON, lines["partner"], -1)
        place = (lines["account"], person + 1, departments(lines) + 1, lines["project"] + 1)
        key = np.ravel_multi_index(place, shape)
        amount = (lines["debit"] - lines["credit"]) * (lines["void"] == 0)
        sums = totals(amount, key, int(np.prod(shape)))
        moved = np.flatnonzero(sums)
        moved = moved[RESULT[np.unravel_index(moved, shape)[0]]]
        who, person, department, project = np.unravel_index(moved, shape)
        result = sums[moved]
        day = timeline.month_end(month)
        ids = self.vouchers.take(2)
        # What stands in debit is credited away, what stands in credit is debited away.
        turned = entry(
            len(moved),
            account=who,
            day=day,
            event="结转本期损益",
            voucher=ids[0],
            debit=np.where(DEBIT_SIDE[who], 0, -result),
            credit=np.where(DEBIT_SIDE[who], result, 0),
            partner_kind=np.where(person > 0, PERSON, 0),
            partner=person - 1,
            department=department - 1,
            project=project - 1,
        )
        net = int(result.sum())
        profit = entry(1, account="profit", day=day, event="结转本期损益", voucher=ids[0], debit=max(net, 0),
                       credit=max(-net, 0))  # fmt: skip
        self.year_result += net
        rows = [turned, profit]
        if timeline.period_of(month) == 12:
            year = self.year_result
            self.year_result = 0
            shared: dict[str, Any] = {"day": day, "event": "结转全年利润", "voucher": ids[1]}
            rows.append(entry(1, account="profit", debit=max(-year, 0), credit=max(year, 0), **shared))
            rows.append(entry(1, account="retained", debit=max(year, 0), credit=max(-year, 0), **shared))
        return in_order(stack(rows))

    def sums(self, month: int, counted: Frame) -> Sums:
        """Add a month's counted lines up as the finance system does."""
        debit = totals(counted["debit"], counted["account"], len(ACCOUNTS))
        credit = totals(counted["credit"], counted["account"], len(ACCOUNTS))
        side = counted["debit"] != 0
        foreign_debit = totals(counted["foreign"] * side, counted["account"], len(ACCOUNTS))
        foreign_credit = totals(counted["foreign"] * ~side, counted["account"], len(ACCOUNTS))
        self.count(counted)
        opening, foreign_opening = self.balance.copy(), self.foreign.copy()
        self.balance = opening + debit - credit
        self.foreign = foreign_opening + foreign_debit - foreign_credit
        return Sums(
            month=month, opening=opening, debit=debit, credit=credit, closing=self.balance,
            foreign={
                "opening": foreign_opening, "debit": foreign_debit, "credit": foreign_credit,
                "closing": self.foreign,
            },
        )  # fmt: skip


def departments(lines: Frame) -> Ints:
    """Give each line the department that its account asks for: 06 where nobody typed one; -1 is none."""
    own = np.where(lines["department"] < 0, 5, lines["department"])
    return np.where(_BY_DEPARTMENT[lines["account"]], own, -1)


def words(company: Company, lines: Frame) -> Ints:
    """Give each line its voucher word: 0 记 (or 转), 1 收, 2 付."""
    count = size(lines)
    if company.index != 0 or count == 0:
        return np.zeros(count, dtype=np.int64)
    _, group = np.unique(lines["voucher"], return_inverse=True)
    money = _MONEY[lines["account"]]
    taken = totals(money & (lines["debit"] != 0), group, int(group.max()) + 1) > 0
    given = totals(money & (lines["credit"] != 0), group, int(group.max()) + 1) > 0
    return np.where(given, 2, np.where(taken, 1, 0))[group].astype(np.int64)


def number(company: Company, lines: Frame) -> Frame:
    """Number a month's vouchers within their word, without gaps, and their lines within the voucher."""
    lines["word"] = words(company, lines)
    lines["number"] = np.zeros(size(lines), dtype=np.int64)
    for word in np.unique(lines["word"]):
        rows = np.flatnonzero(lines["word"] == word)
        ids = lines["voucher"][rows]
        new = np.concatenate(([True], ids[1:] != ids[:-1]))
        lines["number"][rows] = np.cumsum(new)
    lines["line"] = within(lines["voucher"]) + 1
    return lines
