"""The tables look as the vendors' do, and hold every column that the shipped packs read."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from bridgebook.demo.group import GroupBooks
from tests.demo_group.conftest import Ask, ask_file


@pytest.mark.parametrize(("system", "database"), [("sap", "sap"), ("u8", "u8_001_2026"), ("u8", "u8_003")])
def test_the_packs_find_every_column_they_must_have(books: GroupBooks, system: str, database: str) -> None:
    text = (
        resources.files("dbt_project")
        .joinpath(f"models/staging/{system}/pack.toml")
        .read_text(encoding="utf-8")
    )
    written = {
        table.lower(): {row[0].lower() for row in ask_file(books.databases[database],
                                                           f"select name from pragma_table_info('{table}')")}
        for (table,) in ask_file(books.databases[database],
                                 "select name from sqlite_master where type = 'table'")
    }  # fmt: skip
    missing = []
    for table in tomllib.loads(text)["tables"]:
        columns = written.get(table["name"].lower())
        if columns is None:
            if not table.get("optional"):
                missing.append(table["name"])
            continue
        must = set(table["columns"]) - set(table.get("optional_columns", []))
        missing += [f"{table['name']}.{name}" for name in must if name.lower() not in columns]
    assert missing == []


def test_sap_keeps_leading_zeros_and_no_nulls(ask: Ask) -> None:
    assert ask("sap", "select distinct MANDT, length(EBELN), length(EBELP) from EKPO") == [("100", 10, 5)]
    assert ask("sap", "select distinct length(LIFNR), min(LIFNR) from LFA1") == [(10, "0000100001")]
    assert ask("sap", "select min(length(POSNR)), max(length(POSNR)) from VBAP") == [(6, 6)]
    assert ask("sap", "select count(*) from BSEG where AUGBL is null or EBELN is null or AUGDT is null") == [
        (0,)
    ]
    assert ask("sap", "select count(*) from BSEG where DMBTR < 0 or SHKZG not in ('S', 'H')") == [(0,)]


def test_sap_shifts_yen_by_two_decimals_and_prices_have_units(ask: Ask) -> None:
    shifted = ask(
        "sap",
        "select sum(abs(round(DMBTR - WRBTR * 100 * KURSF, 2)) < 0.02), count(*) from BSEG join BKPF using"
        " (BUKRS, BELNR, GJAHR) where WAERS = 'JPY' and BLART = 'RE' and KOART = 'K'",
    )[0]
    assert shifted[0] == shifted[1] > 0
    assert {row[0] for row in ask("sap", "select distinct PEINH from EKPO")} >= {1, 100, 1000}
    wrong = ask(
        "sap",
        "select count(*) from EKPO where UMSON = '' and abs(round(MENGE * BPUMZ / BPUMN * NETPR /"
        " PEINH, 2) - NETWR) > 0.011",
    )
    assert wrong == [(0,)]


def test_red_lines_are_negative_in_their_own_column(ask: Ask) -> None:
    red = ask(
        "u8_001_2025",
        "select count(*) from GL_accvouch where cdigest like '冲销暂估%' and (md < 0 or mc < 0)",
    )
    assert red[0][0] > 10
    black = ask("u8_001_2025", "select count(*) from GL_accvouch where cdigest like '冲销暂估%' and md > 0")
    assert (
        black[0][0] < red[0][0] / 10
    )  # only estimates of returned goods, red themselves, are taken back in black


def test_partners_are_spelled_differently_under_equal_tax_ids(books: GroupBooks) -> None:
    sap = dict(ask_file(books.databases["sap"], "select STCD5, NAME1 from LFA1 where STCD5 <> ''"))
    u8 = dict(
        ask_file(
            books.databases["u8_001_2026"], "select cVenRegCode, cVenName from Vendor where cVenRegCode <> ''"
        )
    )
    assert set(sap) == set(u8)
    different = [code for code in sap if sap[code] != u8[code]]
    assert 0.05 < len(different) / len(sap) < 0.4


def test_one_tax_id_has_two_bank_accounts(ask: Ask) -> None:
    twice = ask(
        "sap", "select LIFNR, count(distinct BANKN) from LFBK group by LIFNR having count(distinct BANKN) > 1"
    )
    assert [row[1] for row in twice] == [2]
    assert (
        len(ask("u8_003", "select cVenCode from VenBank group by 1 having count(distinct cAccountNum) > 1"))
        == 1
    )


def test_each_company_estimates_by_its_own_policy(clean: GroupBooks) -> None:
    def count(name: str, condition: str) -> int:
        query = f"select count(*) from GL_accvouch where cdigest like {condition}"
        return int(ask_file(clean.databases[name], query)[0][0])

    on_the_first = "'冲销暂估%' and substr(dbill_date, 9, 2) = '01'"
    assert count("u8_001_2025", on_the_first) == count("u8_001_2025", "'冲销暂估%'") > 0
    assert 0 < count("u8_002_2025", on_the_first) < count("u8_002_2025", "'冲销暂估%'")
    assert count("u8_003", "'冲销暂估%'") == 0
    assert count("u8_003", "'采购发票%' and ccode = '220209' and md > 0") > 0


def test_books_hold_notes_advances_foreign_money_and_unposted_vouchers(ask: Ask) -> None:
    assert (
        ask("u8_002_2026", "select count(*) from GL_accvouch where cexch_name = '日元' and md_f > 0")[0][0]
        > 0
    )
    assert (
        ask("u8_002_2026", "select count(distinct ccode) from GL_accvouch where cdigest like '期末调汇%'")[0][
            0
        ]
        > 2
    )
    assert ask("u8_003", "select count(*) from GL_accvouch where ibook = 0 and iperiod = 10")[0][0] > 0
    assert ask("u8_003", "select count(*) from GL_accvouch where iflag = 1")[0][0] > 0
    assert ask("sap", "select count(*) from BSEG where UMSKZ = 'A'")[0][0] > 0
    assert ask("sap", "select count(*) from BSEG where UMSKZ = 'W'")[0][0] > 0
