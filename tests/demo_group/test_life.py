"""Days of life change the books in place, the same way every time, and leave their promises intact."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from bridgebook.demo.group import GroupBooks, tick
from tests.demo_group.conftest import ask_file
from tests.demo_group.test_books_hold import AUXILIARY, LEAF


def _copy(books: GroupBooks, target: Path) -> Path:
    shutil.copytree(books.folder, target)
    return target


def test_days_bring_new_changed_and_deleted_rows_in_every_system(books: GroupBooks, tmp_path: Path) -> None:
    folder = _copy(books, tmp_path / "living")
    before = ask_file(folder / "u8_003.db", "select count(*) from GL_accvouch")[0][0]
    lived = tick(folder, days=3)
    assert lived.as_of == date(2026, 11, 3)
    assert all(lived.inserted[name] > 0 for name in ("sap", "u8_001_2026", "u8_002_2026", "u8_003"))
    assert lived.updated["sap"] >= 3
    assert lived.deleted["u8_003"] > 0
    after = ask_file(folder / "u8_003.db", "select count(*) from GL_accvouch")[0][0]
    booked = ask_file(folder / "u8_003.db", "select count(*) from GL_accvouch where cbill = '制单员'")[0][0]
    assert after > before - lived.deleted["u8_003"]
    assert booked > 0


def test_late_rows_are_dated_before_the_day_they_appear(books: GroupBooks, tmp_path: Path) -> None:
    folder = _copy(books, tmp_path / "late")
    tick(folder, days=4)
    new = ask_file(
        folder / "sap.db", "select count(*), sum(BUDAT <= '20261031') from MKPF where BUDAT > '20261020'"
    )[0]
    assert new[0] > 0
    days = ask_file(
        folder / "u8_003.db",
        "select distinct substr(dPODate, 1, 10) from PO_Pomain where dPODate > '2026-10-31'",
    )
    assert days


def test_saps_stock_follows_its_movements(books: GroupBooks, tmp_path: Path) -> None:
    """What SAP says is in stock less what moved (deliveries apart, which copy none) stays as it was."""
    folder = _copy(books, tmp_path / "stock")
    question = """
        with moved as (
            select MATNR, WERKS, sum(case SHKZG when 'S' then MENGE else -MENGE end) as pieces from MSEG
            where MATNR <> '' and SOBKZ = '' and VBELN_IM = '' group by 1, 2
        )
        select BWKEY, MATNR, round(LBKUM - coalesce(pieces, 0), 3) from MBEW left join moved
            using (MATNR) where WERKS is null or BWKEY = WERKS order by 1, 2
    """
    before = ask_file(folder / "sap.db", question)
    stock = ask_file(folder / "sap.db", "select sum(LBKUM) from MBEW")
    tick(folder, days=6)
    assert ask_file(folder / "sap.db", question) == before
    assert ask_file(folder / "sap.db", "select sum(LBKUM) from MBEW") != stock


def test_saps_documents_of_the_days_are_posted_in_its_books(books: GroupBooks, tmp_path: Path) -> None:
    """Receipts, invoices, bills and money have their accounting documents, and SAP's sums follow."""
    folder = _copy(books, tmp_path / "posted")
    before = ask_file(folder / "sap.db", "select count(*), sum(SALK3) from BKPF, MBEW")[0]
    tick(folder, days=6)

    def ask(query: str) -> list[tuple[Any, ...]]:
        return ask_file(folder / "sap.db", query)

    posted = dict(ask("select BLART, count(*) from BKPF where CPUDT > '20261020' group by 1"))
    assert all(posted[kind] >= 5 for kind in ("RE", "RV", "KZ", "DZ"))
    lost = """
        select 'RBKP', BELNR from RBKP left join (select AWKEY from BKPF where AWTYP = 'RMRP')
            on AWKEY = BELNR || GJAHR where AWKEY is null
        union all
        select 'VBRK', VBELN from VBRK left join (select AWKEY from BKPF where AWTYP = 'VBRK')
            on AWKEY = VBELN where AWKEY is null
    """
    assert ask(lost) == []
    signed = "case SHKZG when 'S' then DMBTR else -DMBTR end"
    assert ask(f"select BELNR from BSEG group by BUKRS, BELNR, GJAHR having abs(sum({signed})) > 0.004") == []
    months = " + ".join(f"HSL{n:02d}" for n in range(1, 13))
    told = ask(f"select BUKRS, RYEAR, RACCT, round(sum({months}), 2) from GLT0 group by 1, 2, 3")
    own = ask(f"select BUKRS, GJAHR, HKONT, round(sum({signed}), 2) from BSEG group by 1, 2, 3")
    assert {row for row in told if row[3]} == {row for row in own if row[3]}
    for kind, table in (("K", "BSIK"), ("D", "BSID")):
        key = "BUKRS, BELNR, GJAHR, BUZEI, DMBTR, SHKZG"
        assert set(ask(f"select {key} from {table}")) == set(
            ask(f"select {key} from BSEG where KOART = '{kind}' and AUGBL = ''")
        )
    stock = "MATNR <> '' and HKONT in ('1403000000', '1405000000')"
    value = ask(f"select round(sum({signed}), 2) from BSEG where {stock}")
    assert value == ask("select round(sum(SALK3), 2) from MBEW")
    assert ask("select count(*), sum(SALK3) from BKPF, MBEW")[0] != before
    history = "select VGABE, count(*) from EKBE where CPUDT > '20261031' group by 1"
    assert {category for category, _ in ask(history)} == {"1", "2"}


def test_two_livings_of_one_folder_are_equal(books: GroupBooks, tmp_path: Path) -> None:
    one, two = _copy(books, tmp_path / "one"), _copy(books, tmp_path / "two")
    assert tick(one, days=2) == tick(two, days=2)
    for path in one.glob("*.db"):
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_sums_follow_what_is_posted(books: GroupBooks, tmp_path: Path) -> None:
    folder = _copy(books, tmp_path / "sums")
    tick(folder, days=5)
    for name in ("u8_001_2026", "u8_002_2026", "u8_003"):
        wrong = ask_file(
            folder / f"{name}.db",
            f"""
            with posted as (
                select iyear, iperiod, ccode, sum(md) as debit, sum(mc) as credit from GL_accvouch
                where iperiod > 0 and ibook = 1 and iflag is null group by 1, 2, 3
            ),
            told as (select * from GL_accsum where cexch_name is null and ccode in ({LEAF}))
            select iyear, iperiod, ccode from told full join posted using (iyear, iperiod, ccode)
            where abs(coalesce(told.md, 0) - coalesce(debit, 0)) > 0.004
                or abs(coalesce(told.mc, 0) - coalesce(credit, 0)) > 0.004
            """,
        )
        assert wrong == []
        assert ask_file(folder / f"{name}.db", AUXILIARY) == []
        assert (
            ask_file(
                folder / f"{name}.db", "select count(*) from GL_accsum where iyear = 2026 and iperiod = 11"
            )[0][0]
            > 0
        )
        assert ask_file(folder / f"{name}.db", "pragma integrity_check") == [("ok",)]
