"""The ledger's side of a day of life.

A voucher booked in place, and the sums that U8 keeps of the open months.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bridgebook.demo.group import charts
from bridgebook.demo.group.charts import ACCOUNTS, PARENTS
from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.life_auxiliary import refresh_auxiliary


@dataclass(frozen=True)
class Voucher:
    """Name one voucher by U8's key."""

    WHERE: ClassVar[str] = "iyear = ? and iperiod = ? and csign = ? and ino_id = ?"
    key: tuple[int, int, str, int]


def unposted(connection: sqlite3.Connection) -> list[Voucher]:
    """List vouchers that may still be changed: not posted, not void, without error mark."""
    rows = connection.execute(
        "select iyear, iperiod, csign, ino_id from GL_accvouch where iperiod > 0 and ibook = 0 and"
        " iflag is null"
        " group by 1, 2, 3, 4 order by 1, 2, 3, 4"
    ).fetchall()
    return [Voucher(tuple(row)) for row in rows]


def book(connection: sqlite3.Connection, company: Company, day: date, cents: int, manner: int) -> int:
    """Book one voucher by hand: an expense, a bank charge, or money moved to the till."""
    debit, credit, text = (
        ("admin", "bank", "支付办公费"), ("bank_charge", "bank", "支付银行手续费"),
        ("cash", "bank", "提取备用金"),
    )[manner % 3]  # fmt: skip
    word = "付" if company.index == 0 else "记"
    number = connection.execute(
        "select coalesce(max(ino_id), 0) + 1 from GL_accvouch where iyear = ? and iperiod = ? and csign = ?",
        (day.year, day.month, word),
    ).fetchone()[0]
    first = connection.execute("select max(i_id) + 1 from GL_accvouch").fetchone()[0]
    codes = (charts.code(debit, company.index), charts.code(credit, company.index))
    for line, (code, other) in enumerate((codes, codes[::-1])):
        connection.execute(
            "insert into GL_accvouch (i_id, iyear, iperiod, iYPeriod, csign, isignseq, ino_id,"
            " inid, dbill_date, idoc,"
            " cbill, ibook, cdigest, ccode, ccode_equal, md, mc, md_f, mc_f, nd_s, nc_s, nfrat,"
            " cdept_id, bdelete)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, '制单员', 0, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, 0)",
            (first + line, day.year, day.month, day.year * 100 + day.month, word, 3 if word == "付" else 1,
             number, line + 1,
             f"{day.isoformat()} 00:00:00", text, code, other, cents / 100 * (line == 0),
             cents / 100 * (line == 1),
             "06" if line == 0 and debit == "admin" else None),
        )  # fmt: skip
    return 2


def refresh_sums(connection: sqlite3.Connection, company: Company, today: date) -> int:
    """Bring GL_accsum of the open months up to what is posted, a new month's rows included.

    Give rows inserted.
    """
    inserted = 0
    opened = connection.execute("select iyear, iperiod from GL_mend where bflag = 0 order by 1, 2").fetchall()
    months = [tuple(row) for row in opened]
    if (today.year, today.month) not in months:
        year, month = today.year, today.month
        identity = connection.execute("select max(i_id) + 1 from GL_mend").fetchone()[0]
        connection.execute(
            "insert into GL_mend (i_id, iyear, iperiod, bflag) values (?, ?, ?, 0)", (identity, year, month)
        )
        months.append((year, month))
    for position, (year, month) in enumerate(months):
        if position:
            inserted += _open_month(connection, months[position - 1], (year, month))
        _sum_month(connection, company, year, month)
        inserted += refresh_auxiliary(connection, months[position - 1] if position else None, (year, month))
    return inserted


def _open_month(connection: sqlite3.Connection, before: tuple[int, int], month: tuple[int, int]) -> int:
    """Write a month's rows anew from the closing figures of the month before."""
    connection.execute("delete from GL_accsum where iyear = ? and iperiod = ?", month)
    first = connection.execute("select max(i_id) from GL_accsum").fetchone()[0]
    return connection.execute(
        "insert into GL_accsum (i_id, ccode, cexch_name, iyear, iperiod, iYPeriod, cbegind_c, mb,"
        " md, mc, cendd_c, me,"
        " mb_f, md_f, mc_f, me_f)"
        " select ? + row_number() over (order by i_id), ccode, cexch_name, ?, ?, ?, cendd_c, me, 0,"
        " 0, cendd_c, me,"
        " me_f, 0, 0, me_f from GL_accsum where iyear = ? and iperiod = ?",
        (first, *month, month[0] * 100 + month[1], *before),
    ).rowcount


def _sum_month(connection: sqlite3.Connection, company: Company, year: int, month: int) -> None:
    """Add the posted lines of one month up, by account and heading, and set the closing figures."""
    posted = dict.fromkeys((account.codes[company.index] for account in ACCOUNTS), (0, 0))
    rows = connection.execute(
        "select ccode, cast(round(sum(md) * 100) as integer), cast(round(sum(mc) * 100) as integer)"
        " from GL_accvouch"
        " where iyear = ? and iperiod = ? and ibook = 1 and iflag is null group by ccode",
        (year, month),
    )
    posted |= {code: (debit, credit) for code, debit, credit in rows}
    headings = [heading for heading in PARENTS if heading not in posted]
    for heading in headings:
        below = [sums for code, sums in posted.items() if code.startswith(heading) and code not in headings]
        if below:
            posted[heading] = (sum(d for d, _ in below), sum(c for _, c in below))
    for code, (debit, credit) in posted.items():
        row = connection.execute(
            "select i_id, cbegind_c, mb from GL_accsum where iyear = ? and iperiod = ? and ccode ="
            " ? and cexch_name is null",
            (year, month, code),
        ).fetchone()
        if row is None:
            if debit or credit:
                _add_row(connection, code, year, month)
                row = connection.execute("select max(i_id), '平', 0 from GL_accsum").fetchone()
            else:
                continue
        sign = {"借": 1, "贷": -1}.get(row[1], 0)
        closing = sign * round(row[2] * 100) + debit - credit
        side = "借" if closing > 0 else "贷" if closing < 0 else "平"
        connection.execute("update GL_accsum set md = ?, mc = ?, cendd_c = ?, me = ? where i_id = ?",
                           (debit / 100, credit / 100, side, abs(closing) / 100, row[0]))  # fmt: skip


def _add_row(connection: sqlite3.Connection, code: str, year: int, month: int) -> None:
    connection.execute(
        "insert into GL_accsum (i_id, ccode, iyear, iperiod, iYPeriod, cbegind_c, mb, md, mc,"
        " cendd_c, me, mb_f, md_f, mc_f,"
        " me_f) select max(i_id) + 1, ?, ?, ?, ?, '平', 0, 0, 0, '平', 0, 0, 0, 0, 0 from GL_accsum",
        (code, year, month, year * 100 + month),
    )
