"""SAP's accounting documents as such: BKPF and BSEG from plain lines, and the balances of GLT0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bridgebook.demo.group import timeline
from bridgebook.demo.group.chance import Ints, totals, within
from bridgebook.demo.group.charts import ACCOUNTS, NUMBER
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import (
    filled,
)
from bridgebook.demo.group.masters import customer_number, supplier_number
from bridgebook.demo.group.sap_values import ORDER_START, SAP, USERS, currency, materials, tax_code
from bridgebook.demo.group.schema import padded
from bridgebook.demo.group.u8_values import chosen
from bridgebook.demo.group.world import Frame, World, pick, size, stack
from bridgebook.demo.group.writers import Store

SAP_ACCOUNT = np.array([int(account.sap or 0) for account in ACCOUNTS])


STOCK_ACCOUNTS = [NUMBER["material"], NUMBER["goods"]]


RANGES = {"WE": 5000000000, "WL": 4900000000, "RE": 5100000000, "RV": 90000000, "KZ": 1500000000,
          "DZ": 1400000000, "AB": 100000000, "WA": 4700000000}  # fmt: skip


_LINE: dict[str, Any] = {
    "doc": 0, "account": 0, "base": 0, "foreign": 0, "supplier": -1, "customer": -1, "item": -1, "order": -1,
    "position": 0, "tax_rate": -1, "output": 0, "special": 0, "cleared_no": -1, "cleared_day": 0,
    "quantity": 0, "invoice_no": -1, "invoice_year": 0, "term_days": 0, "discount": 0,
}  # fmt: skip


class Totals:
    """Add up what is posted per company, account and month, for SAP's own balances (GLT0)."""

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int, int], list[int]] = {}
        self.stock_value: dict[tuple[int, int], int] = {}

    def note_stock(self, company: Company, lines: Frame) -> None:
        """Count what was posted on stock accounts, by material: SAP's own value of the material."""
        rows = np.flatnonzero((lines["item"] >= 0) & np.isin(lines["account"], STOCK_ACCOUNTS))
        for item, base in zip(lines["item"][rows].tolist(), lines["base"][rows].tolist(), strict=True):
            key = (company.index, item)
            self.stock_value[key] = self.stock_value.get(key, 0) + base

    def note(self, company: Company, months: Ints, accounts: Ints, base: Ints) -> None:
        """Count posted lines: debits and credits apart."""
        key = months.astype(np.int64) * 10**10 + accounts
        keys, group = np.unique(key, return_inverse=True)
        debit = totals(np.maximum(base, 0), group, len(keys)).tolist()
        credit = totals(np.minimum(base, 0), group, len(keys)).tolist()
        for name, plus, minus in zip(keys.tolist(), debit, credit, strict=True):
            cell = self.sums.setdefault((company.index, name // 10**10, name % 10**10), [0, 0])
            cell[0] += plus
            cell[1] += minus


def line(count: int, **columns: Any) -> Frame:
    """Make accounting lines: positive base is debit; an account may be a role's name."""
    frame: Frame = {}
    for name, default in _LINE.items():
        value = columns.pop(name, default)
        if isinstance(value, str):
            value = NUMBER[value]
        frame[name] = filled(value, count)
    if columns:
        raise KeyError(f"accounting lines have no {sorted(columns)}")
    return frame


def post(
    world: World,
    store: Store,
    book: Totals,
    company: Company,
    kind: str,
    heads: Frame,
    lines: Frame,
    sign: str,
) -> None:
    """Write accounting documents; `heads` needs day, year, number, key, key_year, currency and rate."""
    lines = pick(lines, lines["base"] != 0)
    lines = pick(lines, np.argsort(lines["doc"], kind="stable"))
    used = np.unique(lines["doc"])
    if len(used) == 0:
        return
    number, shown = heads["number"] + RANGES[kind], pick(heads, used)
    known = number[used]
    month = timeline.month_of(shown["day"])
    if sign == "BKPF":
        awkey: Any = pc.binary_join_element_wise(
            padded(known, 10), company.sap_code, pc.cast(pa.array(shown["year"]), pa.string()), ""
        )
    elif sign == "VBRK":
        awkey = padded(shown["key"], 10)
    else:
        awkey = pc.binary_join_element_wise(
            padded(shown["key"], 10), pc.cast(pa.array(shown["key_year"]), pa.string()), ""
        )
    store.write(
        SAP,
        "BKPF",
        {"BUKRS": company.sap_code, "BELNR": known, "GJAHR": shown["year"], "BLART": kind,
         "BLDAT": shown["day"],
         "BUDAT": shown["day"], "MONAT": month % 12 + 1, "CPUDT": shown["day"], "CPUTM": "160000",
         "USNAM": chosen(USERS, known % 48),
         "TCODE": {"BKPF": "F110", "VBRK": "VF01", "RMRP": "MIRO"}.get(sign, "MIGO"),
         "WAERS": currency(shown["currency"]), "KURSF": shown["rate"], "HWAER": "CNY", "AWTYP": sign,
         "AWKEY": awkey},
    )  # fmt: skip
    _write_lines(store, book, company, kind, heads, number, lines)


def _write_lines(
    store: Store, book: Totals, company: Company, kind: str, heads: Frame, number: Ints, lines: Frame
) -> None:
    doc, base = lines["doc"], lines["base"]
    account = SAP_ACCOUNT[lines["account"]]
    debit = (base > 0).astype(np.int64)
    party = np.where(
        lines["supplier"] >= 0, 1, np.where(lines["customer"] >= 0, 2, np.where(lines["item"] >= 0, 3, 0))
    )
    keys = np.array([[50, 31, 11, 99], [40, 21, 1, 89]])[debit, party]
    keys = np.where(
        (lines["special"] > 0) & (party > 0), np.where(debit == 1, 29, 39) - np.where(party == 2, 20, 0), keys
    )
    year, position = heads["year"][doc], within(doc) + 1
    foreign = heads["currency"][doc] > 0
    cleared = lines["cleared_no"] >= 0
    store.write(
        SAP,
        "BSEG",
        {"BUKRS": company.sap_code, "BELNR": number[doc], "GJAHR": year, "BUZEI": position,
         "KOART": chosen(["S", "K", "D", "M"], party), "BSCHL": padded(keys, 2),
         "UMSKZ": chosen(["", "A", "W"], lines["special"]),
         "SHKZG": chosen(["H", "S"], debit),
         "MWSKZ": pc.if_else(pa.array(lines["tax_rate"] >= 0),
                             pc.if_else(pa.array(lines["output"] == 1),
                                        tax_code(np.maximum(lines["tax_rate"], 0), "X"),
                                        tax_code(np.maximum(lines["tax_rate"], 0))), ""),
         "DMBTR": np.abs(base), "WRBTR": np.where(foreign, np.abs(lines["foreign"]), np.abs(base)),
         "HKONT": account,
         "LIFNR": pc.fill_null(padded(np.where(lines["supplier"] >= 0, supplier_number(lines["supplier"]),
                                               -1), 10), ""),
         "KUNNR": pc.fill_null(padded(np.where(lines["customer"] >= 0, customer_number(lines["customer"]),
                                               -1), 10), ""),
         "EBELN": pc.fill_null(padded(np.where(lines["order"] >= 0, lines["order"] + ORDER_START, -1), 10),
                               ""),
         "EBELP": lines["position"], "MATNR": materials(lines["item"]), "WERKS": company.plant,
         "MENGE": np.abs(lines["quantity"]), "MEINS": "ST",
         "ZFBDT": np.where(party % 3 > 0, heads["day"][doc], 0),
         "ZBD1T": lines["term_days"], "AUGDT": np.where(cleared, lines["cleared_day"], 0),
         "AUGBL": pc.fill_null(padded(lines["cleared_no"], 10), ""),
         "AUGGJ": pc.if_else(pa.array(cleared), padded(timeline.years_of(lines["cleared_day"]), 4), "0000"),
         "REBZG": pc.fill_null(padded(lines["invoice_no"], 10), ""),
         "REBZZ": pc.if_else(pa.array(lines["invoice_no"] >= 0), "001", "000"),
         "REBZJ": pc.if_else(pa.array(lines["invoice_no"] >= 0), padded(lines["invoice_year"], 4), "0000"),
         "SKNTO": lines["discount"], "H_BUDAT": heads["day"][doc], "H_BLDAT": heads["day"][doc],
         "H_MONAT": timeline.month_of(heads["day"][doc]) % 12 + 1, "H_BLART": kind,
         "H_WAERS": currency(heads["currency"][doc])},
    )  # fmt: skip
    book.note(company, timeline.month_of(heads["day"][doc]), account, base)
    book.note_stock(company, lines)
    for place, (table, column) in enumerate((("BSIK", "LIFNR"), ("BSID", "KUNNR")), start=1):
        # Open items stand a second time in SAP: in the index of suppliers or customers.
        rows = np.flatnonzero((party == place) & ~cleared)
        who = lines["supplier"] if place == 1 else lines["customer"]
        of = doc[rows]
        store.write(
            SAP,
            table,
            {"BUKRS": company.sap_code,
             column: (supplier_number if place == 1 else customer_number)(who[rows]),
             "UMSKZ": chosen(["", "A", "W"], lines["special"][rows]), "GJAHR": year[rows],
             "BELNR": number[of], "BUZEI": position[rows], "BUDAT": heads["day"][of],
             "BLDAT": heads["day"][of], "CPUDT": heads["day"][of],
             "WAERS": currency(heads["currency"][of]), "BLART": kind,
             "MONAT": timeline.month_of(heads["day"][of]) % 12 + 1,
             "BSCHL": padded(keys[rows], 2), "SHKZG": chosen(["H", "S"], debit[rows]),
             "DMBTR": np.abs(base[rows]),
             "WRBTR": np.where(foreign, np.abs(lines["foreign"]), np.abs(base))[rows],
             "HKONT": account[rows], "ZFBDT": heads["day"][of], "ZBD1T": lines["term_days"][rows]},
        )  # fmt: skip


def head(frame: Frame, number: Ints, key: Ints, money: Ints, rate: Ints) -> Frame:
    """Make heads of accounting documents for documents that have day and year."""
    return {"day": frame["day"], "year": frame["year"], "number": number, "key": key,
            "key_year": frame["year"],
            "currency": money, "rate": rate}  # fmt: skip


def write_totals(store: Store, companies: dict[int, Company], book: Totals) -> None:
    """Write GLT0: debits and (negative) credits by account, year and month; balances are carried forward."""
    table: dict[tuple[int, int, int, str], list[int]] = {}
    for (company, month, account), (debit, credit) in sorted(book.sums.items()):
        year, period = timeline.year_of(month), timeline.period_of(month)
        for side, amount in (("S", debit), ("H", credit)):
            table.setdefault((company, account, year, side), [0] * 13)[period] += amount
    years = sorted({key[2] for key in table})
    _retain(table, years)
    for company, account, _year, side in sorted({(c, a, 0, s) for c, a, _, s in table}):
        carried = 0
        for year in years:
            row = table.setdefault((company, account, year, side), [0] * 13)
            if account // 10**9 != 6:
                row[0] += carried
                carried += sum(row[1:])
    keys = sorted(table)
    values = np.array([table[key] for key in keys], dtype=np.int64).reshape(len(keys), 13)
    store.write(
        SAP,
        "GLT0",
        {"RLDNR": "00", "RRCTY": "0", "RVERS": "001", "BUKRS": [companies[key[0]].sap_code for key in keys],
         "RYEAR": np.array([key[2] for key in keys]), "RACCT": np.array([key[1] for key in keys]),
         "RTCUR": "CNY",
         "DRCRK": [key[3] for key in keys], "RPMAX": "016", "HSLVT": values[:, 0],
         **{f"HSL{n:02d}": values[:, n] for n in range(1, 13)}},
    )  # fmt: skip


def _retain(table: dict[tuple[int, int, int, str], list[int]], years: list[int]) -> None:
    """Carry the results of the years before forward to retained earnings, as SAP does without a document."""
    account = int(SAP_ACCOUNT[NUMBER["retained"]])
    for company in sorted({key[0] for key in table}):
        carried = 0
        for year in years:
            own = [(key, row) for key, row in table.items() if key[0] == company and key[2] == year]
            if carried:
                table.setdefault((company, account, year, "H"), [0] * 13)[0] += carried
            carried += sum(sum(row[1:]) for key, row in own if key[2] == year and key[1] // 10**9 == 6)


def maturities(world: World, company: Company, pays: Frame) -> Frame:
    """Number the vouchers of notes that have fallen due: for each payment its voucher (or -1) and the day."""
    due = np.asarray(pays["note"] & world.is_past(pays["matures"]))
    years = timeline.years_of(pays["matures"]).astype(np.int64)
    numbers = np.full(size(pays), -1, dtype=np.int64)
    numbers[due] = world.numbers.take_yearly(f"fi_AB_{company.index}", years[due])
    return {
        "number": numbers,
        "cleared_no": np.where(due, numbers + RANGES["AB"], -1),
        "cleared_day": np.where(due, pays["matures"], 0),
    }


def post_matured(
    world: World, store: Store, book: Totals, company: Company, due: Frame, who: Ints, *, paying: bool
) -> None:
    """Post what becomes of notes on the day they fall due; `number` is that of `maturities`."""
    count = size(due)
    sign = 1 if paying else -1
    named: dict[str, Any] = {"supplier": who} if paying else {"customer": who}
    numbers = due["number"]
    rows = [
        line(count, doc=np.arange(count), account="notes_payable" if paying else "notes_receivable",
             base=sign * due["paid_base"], foreign=sign * due["paid"], special=2,
             cleared_no=due["cleared_no"], cleared_day=due["cleared_day"], **named),
        line(count, doc=np.arange(count), account="bank", base=-sign * due["paid_base"],
             foreign=-sign * due["paid"]),
    ]  # fmt: skip
    zero = np.zeros(count, dtype=np.int64)
    post(
        world,
        store,
        book,
        company,
        "AB",
        head(due, numbers, numbers, zero, zero + 100000),
        stack(rows),
        "BKPF",
    )
