"""The end of a month: revalue, carry the result over, number, post, sum up, write."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group import (
    other_entries,
    timeline,
    u8_auxiliary,
    u8_ledger,
)
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.ledger import Ledger, departments, number
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store


def close_month(world: World, store: Store, labels: Labels, ledger: Ledger, month: int) -> None:
    """Revalue, carry the result over, number, post, sum up and write one month."""
    company = ledger.company
    lines = ledger.month_lines(month)
    open_month = month == world.last_month
    extra = [_labelled_revaluation(labels, company, month, ledger.revaluation(month, lines))]
    if not open_month:
        extra.append(ledger.closing(month, stack([lines, *extra])))
    lines = stack([lines, *(frame for frame in extra if size(frame))])
    lines["department"] = departments(lines)
    lines = number(company, lines)
    late = open_month & (lines["day"] > world.as_of - 6)
    lines["posted"] = np.where((lines["void"] == 1) | late, 0, 1)
    if open_month and world.defects > 0:
        _unbalance(labels, company, month, lines)
    u8_ledger.write_vouchers(world, store, company, month, lines, labels)
    counted = pick(lines, (lines["void"] == 0) & (lines["posted"] == 1))
    u8_ledger.write_sums(world, store, company, ledger.sums(month, counted))
    u8_auxiliary.write_sums(world, store, company, month, ledger.auxiliary.month(counted))
    u8_ledger.write_period(world, store, company, month, not open_month, month == world.last_month)
    if timeline.period_of(month) == 12 and company.one_database_a_year:
        other_entries.carry_forward(world, store, ledger, month + 1)


def _labelled_revaluation(labels: Labels, company: Company, month: int, lines: Frame) -> Frame:
    """Label what the month-end revaluation changed, by line."""
    rows = np.flatnonzero(lines["partner_kind"] > 0) if size(lines) else np.zeros(0, dtype=np.int64)
    amounts = (lines["debit"] - lines["credit"])[rows] if size(lines) else rows
    ids = labels.add("exchange_revaluation", "other", company.master_code, months=np.full(len(rows), month),
                     amounts=amounts, roles=lines["account"][rows] if size(lines) else "")  # fmt: skip
    if size(lines):
        lines["source_label"][rows] = ids
    return lines


def _unbalance(labels: Labels, company: Company, month: int, lines: Frame) -> None:
    """Leave one voucher of the open month in error: not posted, flagged, one side a yuan too much."""
    rows = np.flatnonzero((lines["posted"] == 0) & (lines["void"] == 0) & (lines["debit"] > 0))
    if len(rows) == 0:
        return
    row = rows[:1]
    lines["debit"][row] += 100
    lines["void"][lines["voucher"] == lines["voucher"][row]] = 2
    lines["second_label"][row] = labels.add(
        "unbalanced",
        "other",
        company.master_code,
        months=np.full(1, month),
        amounts=np.full(1, 100),
        roles=lines["account"][row],
    )
