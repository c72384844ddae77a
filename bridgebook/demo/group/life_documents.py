"""The business side of a day of life.

Documents like those of the last weeks, today, late or changed afterwards.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bridgebook.demo.group.life_accounting import post_documents
from bridgebook.demo.group.life_rows import Copied, insert, rows_of


@dataclass(frozen=True)
class Kind:
    """Hold how one kind of document is copied: its tables, key, dates, and what its number looks like."""

    head: str
    line: str
    key: str
    dates: tuple[str, ...]
    year: str = ""
    code: str = ""  # U8: the column with the document's code
    prefix: str = ""
    line_key: str = ""  # U8: the line's own id
    such: str = "true"  # which documents serve as pattern


SAP_KINDS = (
    Kind("EKKO", "EKPO", "EBELN", ("BEDAT", "AEDAT")),
    Kind(
        "MKPF",
        "MSEG",
        "MBLNR",
        ("BUDAT", "BLDAT", "CPUDT", "BUDAT_MKPF", "CPUDT_MKPF"),
        year="MJAHR",
        such="VGART <> 'WL'",
    ),  # an issue of a delivery needs one more delivery
    Kind("RBKP", "RSEG", "BELNR", ("BUDAT", "BLDAT", "CPUDT", "ZFBDT"), year="GJAHR"),
    Kind("VBAK", "VBAP", "VBELN", ("AUDAT", "ERDAT")),
    Kind("VBRK", "VBRP", "VBELN", ("FKDAT", "ERDAT", "FBUDA")),
)
U8_KINDS = (
    Kind("PO_Pomain", "PO_Podetails", "POID", ("dPODate", "cmaketime"), code="cPOID", prefix="CG",
         line_key="ID"),
    Kind("RdRecord01", "rdrecords01", "ID", ("dDate", "dnmaketime", "dVeriDate"), code="cCode", prefix="RK",
         line_key="AutoID"),
    Kind("SO_SOMain", "SO_SODetails", "ID", ("dDate", "dcreatesystime"), code="cSOCode", prefix="XS",
         line_key="iSOsID"),
    Kind("SaleBillVouch", "SaleBillVouchs", "SBVID", ("dDate", "dcreatesystime", "dverifydate"),
         code="cSBVCode",
         prefix="XF", line_key="AutoID"),
)  # fmt: skip


def copy_sap_documents(
    connection: sqlite3.Connection, today: date, rng: np.random.Generator
) -> tuple[int, int]:
    """Enter the day's documents in SAP, one of them late by a week; change an order line.

    Give inserted and updated.
    """
    before = connection.execute("select max(rowid) from MSEG").fetchone()[0]
    copied = []
    for number, kind in enumerate(SAP_KINDS):
        day = today - timedelta(days=7) if number == int(rng.integers(0, len(SAP_KINDS))) else today
        copied += _copy(connection, kind, day, rng, "%Y%m%d")
    inserted = sum(document.rows for document in copied) + post_documents(connection, copied, today)
    updated = _change_line(connection, "EKPO", "MENGE", rng) + _follow_stock(connection, before, today)
    return inserted, updated


def _follow_stock(connection: sqlite3.Connection, before: int, today: date) -> int:
    """Let SAP's own stock follow the day's movements, but for issues of deliveries, which are not copied."""
    moved = connection.execute(
        "select MATNR, WERKS, LGORT, case SHKZG when 'S' then MENGE else -MENGE end from MSEG"
        " where rowid > ? and MATNR <> '' and VBELN_IM = '' and SOBKZ = ''",
        (before,),
    ).fetchall()
    changed = 0
    for material, plant, place, pieces in moved:
        changed += connection.execute(
            "update MBEW set LBKUM = LBKUM + ?, LFGJA = ?, LFMON = ? where MATNR = ? and BWKEY = ?",
            (pieces, f"{today:%Y}", f"{today:%m}", material, plant),
        ).rowcount
        changed += connection.execute(
            "update MARD set LABST = LABST + ? where MATNR = ? and WERKS = ? and LGORT = ?",
            (pieces, material, plant, place),
        ).rowcount
    return changed


def copy_u8_documents(
    connection: sqlite3.Connection, today: date, rng: np.random.Generator
) -> tuple[int, int]:
    """Enter the day's documents in U8, one of them late by a week; change an order line.

    Give inserted and updated.
    """
    inserted = 0
    for number, kind in enumerate(U8_KINDS):
        day = today - timedelta(days=7) if number == int(rng.integers(0, len(U8_KINDS))) else today
        copied = _copy(connection, kind, day, rng, "%Y-%m-%d 00:00:00")
        inserted += sum(document.rows for document in copied)
    updated = _change_line(connection, "PO_Podetails", "iQuantity", rng)
    return inserted, updated


def _copy(
    connection: sqlite3.Connection, kind: Kind, day: date, rng: np.random.Generator, pattern: str
) -> list[Copied]:
    """Copy one document of the last ones under the next number; none where there is none."""
    heads = connection.execute(
        f'select rowid from "{kind.head}" where {kind.such} order by rowid desc limit 40'
    ).fetchall()
    if not heads:
        return []
    chosen = heads[int(rng.integers(0, len(heads)))][0]
    head = dict(connection.execute(f'select * from "{kind.head}" where rowid = ?', (chosen,)).fetchone())
    old = head[kind.key]
    where, values = f'"{kind.key}" = ?', [old]
    if kind.year:
        where += f' and "{kind.year}" = ?'
        values.append(head[kind.year])
    old_year = str(head[kind.year]) if kind.year else ""
    lines = rows_of(connection, f'select * from "{kind.line}" where {where}', tuple(values))
    greatest = connection.execute(f'select max("{kind.key}") from "{kind.head}"').fetchone()[0]
    new = f"{int(greatest) + 1:0{len(greatest)}d}" if isinstance(greatest, str) else greatest + 1
    moment = day.strftime(pattern)
    for row in (head, *lines):
        row[kind.key] = new
        row |= {name: moment for name in kind.dates if name in row}
        if kind.year and kind.year in row:
            row[kind.year] = str(day.year)
        if "ufts" in row:
            row["ufts"] = _next(connection, kind.head, "ufts")
    if kind.code:
        head[kind.code] = f"{kind.prefix}{int(new):010d}"
        first = _next(connection, kind.line, kind.line_key)
        for number, row in enumerate(lines):
            row[kind.line_key] = first + number
    insert(connection, kind.head, head)
    for row in lines:
        insert(connection, kind.line, row)
    return [Copied(kind.head, str(old), old_year, str(new), day, 1 + len(lines))]


def _next(connection: sqlite3.Connection, table: str, column: str) -> int:
    return int(connection.execute(f'select coalesce(max("{column}"), 0) + 1 from "{table}"').fetchone()[0])


def _change_line(connection: sqlite3.Connection, table: str, column: str, rng: np.random.Generator) -> int:
    """Raise the quantity of one of the last order lines by one."""
    rows = connection.execute(f'select rowid from "{table}" order by rowid desc limit 40').fetchall()
    chosen = rows[int(rng.integers(0, len(rows)))][0]
    return connection.execute(
        f'update "{table}" set "{column}" = "{column}" + 1 where rowid = ?', (chosen,)
    ).rowcount
