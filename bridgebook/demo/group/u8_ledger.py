"""Vouchers, sums and closed periods as U8's general ledger holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import names, timeline
from bridgebook.demo.group.chance import Ints, dense
from bridgebook.demo.group.charts import ACCOUNTS, PARENTS
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import CUSTOMER, EVENTS, PERSON, SUPPLIER
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.ledger import RESULT, Sums
from bridgebook.demo.group.masters import DEPARTMENTS, PROJECTS
from bridgebook.demo.group.references import (
    SAP_SIGN,
    U8_MODULE,
    U8_SIGN,
    document_texts,
)
from bridgebook.demo.group.schema import NULL, padded
from bridgebook.demo.group.u8_auxiliary import side_of
from bridgebook.demo.group.u8_values import customer_codes, supplier_codes
from bridgebook.demo.group.world import Frame, World, pick, size
from bridgebook.demo.group.writers import Store

WORDS = (("转", "收", "付"), ("记", "记", "记"), ("记", "记", "记"))
EXCHANGE_NAMES = ("人民币", "美元", "日元")


def _codes(company: Company, lines: Frame) -> pa.Array:
    return pa.array([a.codes[company.index] for a in ACCOUNTS]).take(pa.array(lines["account"]))


def _counter_accounts(company: Company, lines: Frame) -> pa.Array:
    """Name the first account on the other side of each line's voucher."""
    codes = np.array([account.codes[company.index] for account in ACCOUNTS] + [""])
    first, group = dense(lines["voucher"])
    sides = []
    for side in ("debit", "credit"):
        rows = np.flatnonzero(lines[side] != 0)[::-1]
        found = np.full(len(first), len(ACCOUNTS), dtype=np.int64)
        found[group[rows]] = lines["account"][rows]
        sides.append(found)
    other = np.where(lines["debit"] != 0, sides[1][group], sides[0][group])
    return pa.array(codes).take(pa.array(other))


def _chosen(values: list[str], index: Any) -> pa.Array:
    """Take texts by index; a negative index is NULL."""
    index = np.asarray(index)
    return pa.array(values, pa.string()).take(pa.array(np.maximum(index, 0), mask=index < 0))


def _summaries(world: World, company: Company, lines: Frame) -> pa.Array:
    """Write the summaries: what happened, with whom, and the number that was typed."""
    events = _chosen(list(EVENTS), lines["event"])
    suppliers, customers = world.masters.suppliers.name, world.masters.customers.name
    first, group = dense(lines["voucher"])
    partner = np.full(len(first), -1, dtype=np.int64)
    rows = np.flatnonzero(lines["partner_kind"] > 0)[::-1]
    people = [names.person(n) for n in range(48)]
    offset = np.where(lines["partner_kind"] == CUSTOMER, len(suppliers), 0)
    offset = np.where(lines["partner_kind"] == PERSON, len(suppliers) + len(customers), offset)
    partner[group[rows]] = (lines["partner"] + offset)[rows]
    who = _chosen([*suppliers, *customers, *people], partner[group])
    number = document_texts(company, lines["document"], lines["typed_no"])
    return pc.binary_join_element_wise(events, who, number, " ", null_handling="skip")


def _reference(company: Company, lines: Frame) -> dict[str, Any]:
    """Fill the fields by which U8 points to the document that caused a voucher."""
    shown = (lines["document"] > 0) & (lines["shown"] == 1) & (lines["typed_no"] >= 0)
    known = pa.array(shown)
    number = document_texts(company, lines["document"], np.where(shown, lines["typed_no"], -1))
    if company.in_sap:
        signs = [SAP_SIGN.get(kind, "") for kind in range(8) for _ in range(2)]
    else:
        signs = [sign for kind in range(8) for sign in U8_SIGN.get(kind, ("", ""))]
    sign = _chosen(signs, np.where(shown, lines["document"] * 2 + lines["variant"], -1))
    if company.in_sap:
        system: Any = pc.if_else(known, pa.scalar("SAP"), pa.scalar(None, pa.string()))
        year = pc.cast(pa.array(lines["document_year"]), pa.string())
        external = pc.if_else(known, pc.binary_join_element_wise(number, year, ""), None)
    else:
        modules = [U8_MODULE.get(kind, "") for kind in range(8)]
        system = _chosen(modules, np.where(shown, lines["document"], -1))
        external = pc.binary_join_element_wise(system, padded(lines["number"], 10), "")
    return {
        "coutsysname": system,
        "coutbillsign": sign,
        "coutid": number,
        "coutno_id": external,
        "doutbilldate": np.where(shown, lines["document_day"], 0),
        "ioutyear": np.where(shown, lines["document_year"], NULL),
        "ioutperiod": np.where(shown, timeline.month_of(lines["document_day"]) % 12 + 1, NULL),
    }


def write_vouchers(
    world: World, store: Store, company: Company, month: int, lines: Frame, labels: Labels
) -> None:
    """Write a month's numbered vouchers, and tell the labels which lines they stand on."""
    year, count = timeline.year_of(month), size(lines)
    if count == 0:
        return
    target = company.database(year)
    ids = world.numbers.take(f"voucher_line_{target}", count)
    foreign = (lines["foreign"] != 0) | np.isin(
        lines["account"], [n for n, account in enumerate(ACCOUNTS) if account.currency]
    )
    posted, debit = lines["posted"] == 1, lines["debit"] != 0
    clerks = [names.person(n) for n in range(48)]
    maker = lines["voucher"] % 3 + company.index * 7
    absent = pa.scalar(None, pa.string())
    checked = posted | (lines["day"] % 2 == 0)
    store.write(
        target,
        "GL_accvouch",
        {
            "i_id": ids, "iyear": year, "iperiod": timeline.period_of(month),
            "iYPeriod": year * 100 + timeline.period_of(month),
            "csign": _chosen(list(WORDS[company.index]), lines["word"]), "isignseq": lines["word"] + 1,
            "ino_id": lines["number"], "inid": lines["line"], "dbill_date": lines["day"],
            "idoc": lines["voucher"] % 4, "cbill": _chosen(clerks, maker),
            "ccheck": pc.if_else(pa.array(checked), pa.scalar(names.person(10 + company.index)), absent),
            "cbook": pc.if_else(pa.array(posted), pa.scalar(names.person(20 + company.index)), absent),
            "ibook": lines["posted"], "iflag": np.where(lines["void"] > 0, lines["void"], NULL),
            "daudit_date": np.where(checked, lines["day"], 0),
            "dkeep_date": np.where(posted, lines["day"], 0),
            "cdigest": _summaries(world, company, lines), "ccode": _codes(company, lines),
            "ccode_equal": _counter_accounts(company, lines), "md": lines["debit"], "mc": lines["credit"],
            "md_f": _foreign(lines, debit & foreign), "mc_f": _foreign(lines, ~debit & foreign),
            "cexch_name": _chosen(list(EXCHANGE_NAMES),
                                  np.where(foreign & (lines["currency"] > 0), lines["currency"], -1)),
            "nfrat": np.where(foreign, lines["rate"], 0) / 100000,
            "nd_s": np.where(debit, lines["quantity"], 0), "nc_s": np.where(debit, 0, lines["quantity"]),
            "csettle": _chosen(["", "2", "3"], np.where(lines["settlement"] > 0, lines["settlement"], -1)),
            "cdept_id": _chosen([code for code, _ in DEPARTMENTS], lines["department"]),
            "cperson_id": padded(np.where(lines["partner_kind"] == PERSON, lines["partner"] + 1, -1), 4),
            "ccus_id": customer_codes(np.where(lines["partner_kind"] == CUSTOMER, lines["partner"], -1)),
            "csup_id": supplier_codes(np.where(lines["partner_kind"] == SUPPLIER, lines["partner"], -1)),
            "citem_class": _chosen(["00"], np.where(lines["project"] >= 0, 0, -1)),
            "citem_id": _chosen([code for code, _ in PROJECTS], lines["project"]),
            "bdelete": 0, **_reference(company, lines),
        },
    )  # fmt: skip
    _name_labels(target, ids, lines, labels)


def _foreign(lines: Frame, rows: Any) -> Any:
    scale = np.where(lines["currency"] == 2, 100, 1)
    return np.where(rows, lines["foreign"] * scale, 0)


def _name_labels(target: str, ids: Ints, lines: Frame, labels: Labels) -> None:
    for name in ("source_label", "defect_label", "second_label"):
        rows = np.flatnonzero(lines[name] >= 0)
        if len(rows):
            labels.found(lines[name][rows], [f"{target}/GL_accvouch/{i}" for i in ids[rows].tolist()])


def write_opening(world: World, store: Store, company: Company, month: int, opening: Frame) -> None:
    """Write period 0: a line for each balance that has a partner or department, as U8 keeps them."""
    opening = pick(opening, (opening["partner_kind"] > 0) | (opening["department"] >= 0))
    year = timeline.year_of(month)
    target = company.database(year)
    count = size(opening)
    store.write(
        target,
        "GL_accvouch",
        {
            "i_id": world.numbers.take(f"voucher_line_{target}", count), "iyear": year, "iperiod": 0,
            "iYPeriod": year * 100, "ino_id": NULL, "inid": np.arange(1, count + 1),
            "dbill_date": np.full(count, 0),
            "ibook": 0, "cdigest": "期初余额", "ccode": _codes(company, opening), "md": opening["debit"],
            "mc": opening["credit"], "md_f": _foreign(opening, opening["debit"] != 0),
            "mc_f": _foreign(opening, opening["credit"] != 0),
            "cexch_name": _chosen(list(EXCHANGE_NAMES),
                                  np.where(opening["currency"] > 0, opening["currency"], -1)),
            "nfrat": np.where(opening["currency"] > 0, opening["rate"], 0) / 100000,
            "ccus_id": customer_codes(np.where(opening["partner_kind"] == CUSTOMER, opening["partner"], -1)),
            "csup_id": supplier_codes(np.where(opening["partner_kind"] == SUPPLIER, opening["partner"], -1)),
            "cperson_id": padded(np.where(opening["partner_kind"] == PERSON, opening["partner"] + 1, -1), 4),
            "cdept_id": _chosen([code for code, _ in DEPARTMENTS], opening["department"]),
            "bdelete": 0,
        },
    )  # fmt: skip


def write_sums(world: World, store: Store, company: Company, sums: Sums) -> None:
    """Write GL_accsum of a month: every account and heading, with its side in words and amounts unsigned."""
    year, period = timeline.year_of(sums.month), timeline.period_of(sums.month)
    target = company.database(year)
    codes = [account.codes[company.index] for account in ACCOUNTS]
    headings = {
        heading: [n for n, c in enumerate(codes) if c.startswith(heading) and c != heading]
        for heading in PARENTS
    }
    groups = [(code, [n], n) for n, code in enumerate(codes)]
    groups += [
        (heading, below, below[0]) for heading, below in headings.items() if below and heading not in codes
    ]
    groups.sort()
    rows: list[dict[str, Any]] = []
    for code, below, nature in groups:
        parts = [int(values[below].sum()) for values in (sums.opening, sums.debit, sums.credit, sums.closing)]
        if any(parts) or not RESULT[nature]:
            rows.append({"code": code, "parts": parts, "currency": None, "foreign": [0, 0, 0, 0]})
        own = ACCOUNTS[nature].currency
        if own and len(below) == 1:
            scale = 100 if own == "JPY" else 1
            foreign = [
                int(sums.foreign[name][below[0]]) * scale
                for name in ("opening", "debit", "credit", "closing")
            ]
            rows.append(
                {
                    "code": code,
                    "parts": parts,
                    "currency": {"USD": "美元", "JPY": "日元"}[own],
                    "foreign": foreign,
                }
            )
    count = len(rows)
    figures = np.array([row["parts"] for row in rows])
    abroad = np.array([row["foreign"] for row in rows])
    store.write(
        target,
        "GL_accsum",
        {
            "i_id": world.numbers.take(f"sum_{target}", count), "ccode": [row["code"] for row in rows],
            "cexch_name": pa.array([row["currency"] for row in rows], pa.string()), "iyear": year,
            "iperiod": period, "iYPeriod": year * 100 + period,
            "cbegind_c": side_of(figures[:, 0]), "cendd_c": side_of(figures[:, 3]),
            "mb": np.abs(figures[:, 0]),
            "md": figures[:, 1], "mc": figures[:, 2],
            "me": np.abs(figures[:, 3]), "mb_f": np.abs(abroad[:, 0]),
            "md_f": abroad[:, 1], "mc_f": abroad[:, 2], "me_f": np.abs(abroad[:, 3]),
        },
    )  # fmt: skip


def write_period(
    world: World, store: Store, company: Company, month: int, closed: bool, modules: bool
) -> None:
    """Write whether a period is closed, in the ledger and in the business modules."""
    year = timeline.year_of(month)
    target = company.database(year)
    flags = {
        f"bflag_{name}": int(closed or (modules and name in ("PU", "SA")))
        for name in ("AP", "AR", "CA", "FA", "FD", "IA", "PP", "PU", "SA", "ST", "WA")
    }
    store.write(
        target,
        "GL_mend",
        {"i_id": world.numbers.take(f"mend_{target}", 1), "iyear": year, "iperiod": timeline.period_of(month),
         "bflag": int(closed), **flags},
    )  # fmt: skip
