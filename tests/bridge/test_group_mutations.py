"""Mistakes made in the clean group's own ledgers, one of each kind: the next run finds exactly these."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.test_real_books import RESIDUALS
from tests.packs.demo_home import demo_home
from tests.tryton.installation import Installation

YEARLY, WHOLE = "u8_001_2025", "u8_003"
INVOICES = """
select voucher_id
from ledger_lines
where source_id = ? and is_posted and summary like '采购发票%' and origin_document_no is not null
    and period_no between 2 and 9 and fiscal_year = 2025
group by voucher_id
having count(*) between 3 and 6 and count(distinct origin_document_no) = 1 and count(partner_code) = 1
    and min(debit) >= 0 and min(credit) >= 0
order by voucher_id
"""
"""Vouchers that book one purchase invoice each and name it."""

WHERE = "iyear = ? and iperiod = ? and csign = ? and ino_id = ?"
Key = tuple[int, int, str, int]
Change = Callable[[sqlite3.Connection, Key], None]


def rows_of(ledger: sqlite3.Connection, voucher: Key) -> list[dict[str, Any]]:
    ledger.row_factory = sqlite3.Row
    return [
        dict(row) for row in ledger.execute(f"select * from GL_accvouch where {WHERE} order by inid", voucher)
    ]


def update(ledger: sqlite3.Connection, line: dict[str, Any], **values: Any) -> None:
    columns = ", ".join(f"{name} = ?" for name in values)
    ledger.execute(f"update GL_accvouch set {columns} where i_id = ?", (*values.values(), line["i_id"]))


def free_number(ledger: sqlite3.Connection, year: int, period: int, word: str) -> int:
    asked = "select max(ino_id) + 1 from GL_accvouch where iyear = ? and iperiod = ? and csign = ?"
    return int(ledger.execute(asked, (year, period, word)).fetchone()[0])


def delete(ledger: sqlite3.Connection, voucher: Key) -> None:
    ledger.execute(f"delete from GL_accvouch where {WHERE}", voucher)


def double(ledger: sqlite3.Connection, voucher: Key) -> None:
    """Enter a voucher a second time under the next free number."""
    number = free_number(ledger, *voucher[:3])
    (first,) = ledger.execute("select max(i_id) from GL_accvouch").fetchone()
    for place, line in enumerate(rows_of(ledger, voucher), start=1):
        copy = {**line, "ino_id": number, "i_id": first + place}
        marks = ", ".join("?" * len(copy))
        ledger.execute(f"insert into GL_accvouch ({', '.join(copy)}) values ({marks})", tuple(copy.values()))


def move(ledger: sqlite3.Connection, voucher: Key) -> None:
    """Book a voucher on the second day of the month after its own."""
    year, period, word, _ = voucher
    number = free_number(ledger, year, period + 1, word)
    for line in rows_of(ledger, voucher):
        day = f"{year}-{period + 1:02}-02 00:00:00"
        update(
            ledger, line, iperiod=period + 1, iYPeriod=year * 100 + period + 1, ino_id=number, dbill_date=day
        )


def edit_by_a_cent(ledger: sqlite3.Connection, voucher: Key) -> None:
    line = next(line for line in rows_of(ledger, voucher) if line["md"] > 0)
    update(ledger, line, md=round(line["md"] + 0.01, 2))


def retype(ledger: sqlite3.Connection, voucher: Key) -> None:
    """Give a voucher the number of a document that does not exist."""
    for line in rows_of(ledger, voucher):
        right = line["coutid"]
        wrong = f"{right[:-5]}9{right[-4:]}"
        update(ledger, line, coutid=wrong, cdigest=line["cdigest"].replace(right, wrong),
               coutno_id=line["coutno_id"].replace(right, wrong))  # fmt: skip


def swap_partner(ledger: sqlite3.Connection, voucher: Key) -> None:
    line = next(line for line in rows_of(ledger, voucher) if line["csup_id"])
    (other,) = ledger.execute(
        "select max(csup_id) from GL_accvouch where csup_id <> ? and iyear = ?", (line["csup_id"], voucher[0])
    ).fetchone()
    update(ledger, line, csup_id=other)


def swap_account(ledger: sqlite3.Connection, voucher: Key) -> None:
    """Book goods as the cost of sold ones."""
    line = rows_of(ledger, voucher)[0]
    (other,) = ledger.execute("select min(ccode) from GL_accvouch where ccode like '6401%'").fetchone()
    update(ledger, line, ccode=other)


MISTAKES: dict[str, Change] = {
    "missing": delete,
    "duplicate": double,
    "wrong_period": move,
    "wrong_amount": edit_by_a_cent,
    "wrong_reference": retype,
    "wrong_partner": swap_partner,
    "wrong_account": swap_account,
}


def copied(factory: pytest.TempPathFactory, folder: Path) -> Installation:
    """Copy the clean group, its databases included, so that they can be changed."""
    origin = demo_home(factory).folder.parent
    shutil.copytree(origin, folder)
    settings = folder / "home" / "bridgebook.toml"
    text = settings.read_text(encoding="utf-8").replace(origin.as_posix(), folder.as_posix())
    settings.write_text(text, encoding="utf-8")
    return Installation(folder / "home")


def key_of(voucher_id: str) -> Key:
    year, period, word, number = voucher_id.split("/")
    return int(year), int(period), word, int(number)


def spoil(home: Installation, source: str) -> set[tuple[str, str, str]]:
    """Make each mistake once in one database of U8; give class, database and document of each."""
    vouchers = [str(row[0]) for row in home.query(INVOICES, [source])]
    chosen = vouchers[:: len(vouchers) // len(MISTAKES)][: len(MISTAKES)]
    assert len(set(chosen)) == len(MISTAKES)
    named = "select voucher_id, max(origin_document_no) from ledger_lines where source_id = ? group by 1"
    documents = dict(home.query(named, [source]))
    with closing(sqlite3.connect(home.folder.parent / "books" / f"{source}.db")) as ledger:
        for voucher, change in zip(chosen, MISTAKES.values(), strict=True):
            change(ledger, key_of(voucher))
        ledger.commit()
    return {
        (name, source, str(documents[voucher]).lstrip("0"))
        for name, voucher in zip(MISTAKES, chosen, strict=True)
    }


def test_mistakes_made_in_the_ledgers_are_found_and_only_these(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    home = copied(tmp_path_factory, tmp_path / "group")
    planted = spoil(home, YEARLY) | spoil(home, WHOLE)
    home.run("run", code=(0, 3), timeout=900)
    found = home.query("select finding_class, company_code, document_no, explanation_en from findings")
    companies = {"HY01": YEARLY, "HY03": WHOLE}
    seen = [(name, companies[company], str(number).lstrip("0")) for name, company, number, _ in found]
    assert sorted(seen) == sorted(planted), found
    assert home.query(RESIDUALS) == []
