"""SAP's own accounting of a day of life: what documents post, money in and out, and what hangs on both."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

import numpy as np

from bridgebook.demo.group.charts import NUMBER
from bridgebook.demo.group.life_rows import Copied, Row, insert, rows_of
from bridgebook.demo.group.sap_accounting import RANGES, SAP_ACCOUNT

_STOCK = [f"{SAP_ACCOUNT[NUMBER[role]]:010d}" for role in ("material", "goods")]
_BANK = f"{SAP_ACCOUNT[NUMBER['bank']]:010d}"
_NOT_CLEARED = {"AUGBL": "", "AUGDT": "00000000", "AUGGJ": "0000"}


@dataclass(frozen=True)
class _Index:
    """Hold where SAP lists open items of one kind of partner, and how money settles them."""

    table: str
    column: str
    account_kind: str
    kind: str  # of the payment
    keys: tuple[str, str]  # posting keys of the partner's line and of the bank's


_SUPPLIERS = _Index("BSIK", "LIFNR", "K", "KZ", ("21", "50"))
_CUSTOMERS = _Index("BSID", "KUNNR", "D", "DZ", ("11", "40"))


def post_documents(connection: sqlite3.Connection, copied: list[Copied], today: date) -> int:
    """Post what copied documents post, and enter them in the history of orders; give rows inserted."""
    inserted = 0
    for document in copied:
        keys = _accounting_keys(document)
        if keys is None:
            continue
        inserted += _post_like(connection, document, *keys, today)
        inserted += _copy_history(connection, document)
    return inserted


def _accounting_keys(document: Copied) -> tuple[str, str] | None:
    """Give AWKEY of a document and of its copy; orders post nothing."""
    if document.table == "VBRK":
        return document.old, document.new
    if document.table in ("MKPF", "RBKP"):
        return document.old + document.old_year, f"{document.new}{document.day:%Y}"
    return None


def _post_like(connection: sqlite3.Connection, document: Copied, old: str, new: str, today: date) -> int:
    sign = {"MKPF": "MKPF", "RBKP": "RMRP", "VBRK": "VBRK"}[document.table]
    inserted = 0
    for head in rows_of(connection, "select * from BKPF where AWTYP = ? and AWKEY = ?", (sign, old)):
        lines = rows_of(
            connection,
            "select * from BSEG where BUKRS = ? and BELNR = ? and GJAHR = ? order by BUZEI",
            (head["BUKRS"], head["BELNR"], head["GJAHR"]),
        )
        inserted += _post(connection, {**head, "AWKEY": new}, lines, document.day, today)
    return inserted


def _post(connection: sqlite3.Connection, head: Row, lines: list[Row], day: date, today: date) -> int:
    """Write one accounting document under the next number of its kind, and all that hangs on its lines."""
    year, text = f"{day:%Y}", f"{day:%Y%m%d}"
    number = next_number(connection, head["BUKRS"], year, head["BLART"])
    dated = {"GJAHR": year, "BELNR": number, "MONAT": f"{day:%m}"} | dict.fromkeys(
        ("BUDAT", "BLDAT", "CPUDT"), text
    )
    insert(connection, "BKPF", {**head, **dated})
    inserted = 1
    for position, line in enumerate(lines, 1):
        cleared = (
            {"AUGGJ": year, "AUGDT": text, "AUGBL": number} if line.get("AUGBL") == number else _NOT_CLEARED
        )
        row = {
            **line, **cleared, "GJAHR": year, "BELNR": number, "BUZEI": f"{position:03d}", "H_BUDAT": text,
            "H_BLDAT": text, "H_MONAT": f"{day:%m}", "H_BLART": head["BLART"],
            "ZFBDT": text if line["ZFBDT"] != "00000000" else line["ZFBDT"],
        }  # fmt: skip
        insert(connection, "BSEG", row)
        inserted += 1 + _list_open(connection, head, row)
        inserted += _add_up(connection, row, day)
        _follow_value(connection, row, today)
    return inserted


def _list_open(connection: sqlite3.Connection, head: Row, line: Row) -> int:
    """Enter an open line of a partner in SAP's index of open items."""
    for index in (_SUPPLIERS, _CUSTOMERS):
        if line["KOART"] != index.account_kind or line["AUGBL"]:
            continue
        like = rows_of(connection, f"select * from {index.table} limit 1", ())[0]
        same = ("BUKRS", "UMSKZ", "GJAHR", "BELNR", "BUZEI", "BSCHL", "SHKZG", "DMBTR", "WRBTR", "HKONT",
                "ZFBDT", "ZBD1T", "AUGBL", "AUGDT")  # fmt: skip
        insert(connection, index.table, {
            **like, **{name: line[name] for name in same}, index.column: line[index.column],
            "BUDAT": line["H_BUDAT"], "BLDAT": line["H_BLDAT"], "CPUDT": line["H_BUDAT"],
            "WAERS": head["WAERS"], "BLART": head["BLART"], "MONAT": line["H_MONAT"],
        })  # fmt: skip
        return 1
    return 0


def _add_up(connection: sqlite3.Connection, line: Row, day: date) -> int:
    """Bring the month's balance (GLT0) of a line's account up; credits are negative."""
    month, cents = f"HSL{day:%m}", round(line["DMBTR"] * 100)
    where = "RLDNR = '00' and BUKRS = ? and RYEAR = ? and RACCT = ? and DRCRK = ?"
    key = (line["BUKRS"], line["GJAHR"], line["HKONT"], line["SHKZG"])
    inserted = 0
    if not rows_of(connection, f"select 1 as known from GLT0 where {where}", key):
        like = rows_of(connection, "select * from GLT0 limit 1", ())[0]
        empty = {name: 0 for name in like if name.startswith("HSL")}
        names = ("BUKRS", "RYEAR", "RACCT", "DRCRK")
        insert(connection, "GLT0", {**like, **empty, **dict(zip(names, key, strict=True))})
        inserted = 1
    signed = cents if line["SHKZG"] == "S" else -cents
    connection.execute(
        f"update GLT0 set {month} = round({month} * 100 + ?) / 100 where {where}", (signed, *key)
    )
    return inserted


def _follow_value(connection: sqlite3.Connection, line: Row, today: date) -> None:
    """Let the value of a material follow what is posted on stock accounts."""
    if not line["MATNR"] or line["HKONT"] not in _STOCK:
        return
    cents = round(line["DMBTR"] * 100) * (1 if line["SHKZG"] == "S" else -1)
    connection.execute(
        "update MBEW set SALK3 = round(SALK3 * 100 + ?) / 100, LFGJA = ?, LFMON = ?"
        " where MATNR = ? and BWKEY = ?",
        (cents, f"{today:%Y}", f"{today:%m}", line["MATNR"], line["WERKS"]),
    )


def _copy_history(connection: sqlite3.Connection, document: Copied) -> int:
    """Enter a copied receipt or invoice in the history of its orders, and the taxes of an invoice."""
    category = {"MKPF": "1", "RBKP": "2"}.get(document.table)
    if category is None:
        return 0
    text, year = f"{document.day:%Y%m%d}", f"{document.day:%Y}"
    of = (document.old, document.old_year)
    history = rows_of(
        connection, "select * from EKBE where VGABE = ? and BELNR = ? and GJAHR = ?", (category, *of)
    )
    taxes = (
        rows_of(connection, "select * from RBTX where BELNR = ? and GJAHR = ?", of) if category == "2" else []
    )
    for table, rows in (("EKBE", history), ("RBTX", taxes)):
        for row in rows:
            dates = {name: text for name in ("BUDAT", "BLDAT", "CPUDT") if name in row}
            own = {"LFBNR": document.new, "LFGJA": year} if row.get("LFBNR") == document.old else {}
            insert(connection, table, {**row, **dates, **own, "BELNR": document.new, "GJAHR": year})
    return len(history) + len(taxes)


def pay_open_items(
    connection: sqlite3.Connection, today: date, rng: np.random.Generator
) -> tuple[int, int, int]:
    """Pay one open invoice of a supplier and take the money of a customer's; give rows changed by kind."""
    inserted = updated = deleted = 0
    for index, side in ((_SUPPLIERS, "H"), (_CUSTOMERS, "S")):
        kind = "RE" if index is _SUPPLIERS else "RV"
        open_items = rows_of(
            connection,
            f"select * from {index.table} where BLART = ? and SHKZG = ? and UMSKZ = '' and WAERS = 'CNY'"
            " order by BUDAT, BUKRS, BELNR, BUZEI limit 20",
            (kind, side),
        )
        if not open_items:
            continue
        item = open_items[int(rng.integers(0, len(open_items)))]
        inserted += _settle(connection, index, item, today)
        updated += 1
        deleted += 1
    return inserted, updated, deleted


def _settle(connection: sqlite3.Connection, index: _Index, item: Row, today: date) -> int:
    """Post the payment of an open item, mark both lines as cleared by it, and take the item off the index."""
    key = (item["BUKRS"], item["BELNR"], item["GJAHR"], item["BUZEI"])
    where = "BUKRS = ? and BELNR = ? and GJAHR = ? and BUZEI = ?"
    owed = rows_of(connection, f"select * from BSEG where {where}", key)[0]
    head = rows_of(connection, "select * from BKPF where BUKRS = ? and BELNR = ? and GJAHR = ?", key[:3])[0]
    year, text = f"{today:%Y}", f"{today:%Y%m%d}"
    number = next_number(connection, item["BUKRS"], year, index.kind)
    turned = {"S": "H", "H": "S"}
    partner = {
        **owed, "SHKZG": turned[owed["SHKZG"]], "BSCHL": index.keys[0], "AUGBL": number, "ZBD1T": 0,
        "REBZG": item["BELNR"], "REBZJ": item["GJAHR"], "REBZZ": item["BUZEI"], "MWSKZ": "",
    }  # fmt: skip
    bank = {
        **partner, "SHKZG": owed["SHKZG"], "BSCHL": index.keys[1], "KOART": "S", "HKONT": _BANK, "AUGBL": "",
        index.column: "", "REBZG": "", "REBZJ": "0000", "REBZZ": "000", "ZFBDT": "00000000",
    }  # fmt: skip
    paying = {**head, "BLART": index.kind, "AWTYP": "BKPF", "TCODE": "F110",
              "AWKEY": f"{number}{item['BUKRS']}{year}"}  # fmt: skip
    lines = [partner, bank] if index is _SUPPLIERS else [bank, partner]
    inserted = _post(connection, paying, lines, today, today)
    connection.execute(
        f"update BSEG set AUGBL = ?, AUGDT = ?, AUGGJ = ? where {where}", (number, text, year, *key)
    )
    connection.execute(f"delete from {index.table} where {where}", key)
    return inserted


def next_number(connection: sqlite3.Connection, company: str, year: str, kind: str) -> str:
    """Give the next number of a kind of accounting document in a company's year."""
    last = connection.execute(
        "select max(BELNR) from BKPF where BUKRS = ? and GJAHR = ? and BLART = ?", (company, year, kind)
    ).fetchone()[0]
    return f"{int(last or RANGES[kind]) + 1:010d}"
