"""The generated books keep their own promises.

They balance, add up, clear, and never sell what is not there.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

from bridgebook.demo.group import GroupBooks, sources_toml
from tests.demo_group.conftest import Ask, ask_file

LEAF = "select ccode from code where bend = 1"


def test_the_files_are_sound_databases(books: GroupBooks) -> None:
    for path in books.databases.values():
        assert ask_file(path, "pragma integrity_check") == [("ok",)]


def test_row_counts_told_are_those_in_the_files(books: GroupBooks) -> None:
    for name, tables in books.rows.items():
        for table, count in tables.items():
            assert ask_file(books.databases[name], f'select count(*) from "{table}"') == [(count,)]


def test_every_voucher_balances_but_the_planted_ones(books: GroupBooks, ledgers: list[str], ask: Ask) -> None:
    found = [
        row
        for name in ledgers
        for row in ask(
            name,
            "select iyear, iperiod, csign, ino_id, max(iflag), round(sum(md - mc), 2) from"
            " GL_accvouch where iperiod > 0"
            " group by 1, 2, 3, 4 having abs(sum(md - mc)) > 0.004",
        )
    ]
    assert [(row[4], row[5]) for row in found] == [(2, 1.0)] * books.labels["unbalanced"]


def test_the_ledgers_own_sums_are_those_of_its_posted_vouchers(ledgers: list[str], ask: Ask) -> None:
    query = f"""
        with posted as (
            select iyear, iperiod, ccode, sum(md) as debit, sum(mc) as credit from GL_accvouch
            where iperiod > 0 and ibook = 1 and iflag is null group by 1, 2, 3
        ),
        told as (select * from GL_accsum where cexch_name is null and ccode in ({LEAF}))
        select * from told full join posted using (iyear, iperiod, ccode)
        where abs(coalesce(told.md, 0) - coalesce(debit, 0)) > 0.004
            or abs(coalesce(told.mc, 0) - coalesce(credit, 0)) > 0.004
    """
    assert [ask(name, query) for name in ledgers] == [[]] * len(ledgers)


def test_closing_figures_carry_into_the_next_month(ledgers: list[str], ask: Ask) -> None:
    query = f"""
        with told as (
            select ccode, iyear * 12 + iperiod as month,
            mb * (case cbegind_c when '贷' then -1 else 1 end) as opening,
                me * (case cendd_c when '贷' then -1 else 1 end) as closing, md, mc
            from GL_accsum where cexch_name is null and ccode in ({LEAF})
        )
        select count(*), sum(abs(round(opening + md - mc - closing, 2))),
            (select count(*) from told as a join told as b on a.ccode = b.ccode and b.month = a.month + 1
             where abs(a.closing - b.opening) > 0.004)
        from told
    """
    for name in ledgers:
        rows, unexplained, broken = ask(name, query)[0]
        assert rows > 50
        assert (unexplained, broken) == (0, 0)


AUXILIARY = """
    with line as (
        select iyear * 12 + iperiod as month, ccode, cdept_id, cperson_id, ccus_id, csup_id, citem_id,
            md - mc as amount
        from GL_accvouch where (ibook = 1 or iperiod = 0) and iflag is null
            and coalesce(cdept_id, cperson_id, ccus_id, csup_id, citem_id) is not null
    ),
    told as (
        select iyear * 12 + iperiod as month, ccode, cdept_id, cperson_id, ccus_id, csup_id, citem_id,
            me * (case cendd_c when '贷' then -1 else 1 end) as amount
        from GL_accass where cexch_name is null
    ),
    side as (
        select *, 0 as ours from told
        union all
        select asked.month, ccode, cdept_id, cperson_id, ccus_id, csup_id, citem_id, 0, line.amount
        from (select distinct month from told) as asked join line on line.month <= asked.month
    )
    select ccode, count(*), round(sum(amount), 2) from (
        select month, ccode, cdept_id, cperson_id, ccus_id, csup_id, citem_id, sum(amount) as amount,
            sum(ours) as ours
        from side group by 1, 2, 3, 4, 5, 6, 7 having abs(sum(amount) - sum(ours)) > 0.004
    ) group by 1
"""


def test_balances_by_dimension_are_those_of_the_posted_vouchers(ledgers: list[str], ask: Ask) -> None:
    assert [ask(name, AUXILIARY) for name in ledgers] == [[]] * len(ledgers)
    dimensions = "count(cdept_id), count(cperson_id), count(ccus_id), count(csup_id), count(citem_id)"
    for name in ledgers:
        assert min(ask(name, f"select {dimensions} from GL_accass")[0]) > 0


def test_currencies_stand_beside_the_whole_balance(ask: Ask) -> None:
    beside = """
        select count(*), sum(whole.i_id is null), sum(own.me_f <> 0) from GL_accass as own
        left join GL_accass as whole
        on whole.cexch_name is null and whole.iyear = own.iyear and whole.iperiod = own.iperiod
            and whole.ccode = own.ccode and whole.ccus_id is own.ccus_id and whole.csup_id is own.csup_id
        where own.cexch_name is not null
    """
    rows, alone, foreign = ask("u8_002_2025", beside)[0]
    assert rows > 50
    assert alone == 0
    assert foreign > 20


def test_inventory_accounting_adds_up_from_the_opening_stock(books: GroupBooks, ask: Ask) -> None:
    """What a month left is what the month before left, what came and what went, in pieces and in money."""
    months = """
        with told as (select *, iYear * 12 + iMonth as month from IA_Summary),
        opening as (
            select cInvCode, sum(iQuantity) as pieces, sum(iPrice) as worth from rdrecords34 group by 1
        )
        select count(*),
            sum(abs(round(told.iNum - told.iINum + told.iONum - coalesce(before.iNum, pieces, 0), 3))),
            sum(abs(round(told.iMoney - told.iIMoney + told.iOMoney - coalesce(before.iMoney, worth, 0), 2)))
        from told
        left join told as before
            on before.cWhCode = told.cWhCode and before.cInvCode = told.cInvCode
            and before.month = told.month - 1
        left join opening
            on opening.cInvCode = told.cInvCode and told.month = (select min(month) from told)
    """
    rows, pieces, worth = ask("u8_003", months)[0]
    assert rows > 500
    assert (pieces, worth) == (0, 0)
    issued = "select round(sum(iPrice), 2) from rdrecords32 where cbaccounter is not null"
    assert ask("u8_003", "select round(sum(iOMoney), 2) from IA_Summary") == ask("u8_003", issued)


def test_voucher_numbers_have_no_gap(ledgers: list[str], ask: Ask) -> None:
    query = (
        "select iyear, iperiod, csign from GL_accvouch where iperiod > 0 group by 1, 2, 3"
        " having max(ino_id) <> count(distinct ino_id)"
    )
    assert [ask(name, query) for name in ledgers] == [[]] * len(ledgers)


def test_closed_months_leave_no_result_on_revenue_and_expense(ledgers: list[str], ask: Ask) -> None:
    query = f"""
        select ccode, iyear, iperiod, me from GL_accsum join GL_mend using (iyear, iperiod)
        where bflag = 1 and ccode like '6%' and ccode in ({LEAF}) and abs(me) > 0.004
    """
    assert [ask(name, query) for name in ledgers] == [[]] * len(ledgers)


def test_a_new_years_database_opens_with_the_old_ones_balances(books: GroupBooks, ask: Ask) -> None:
    def partners(name: str, condition: str) -> dict[tuple[str, str], float]:
        rows = ask(
            name,
            "select ccode, coalesce(csup_id, ccus_id), round(sum(md - mc), 2) from GL_accvouch"
            f" where coalesce(csup_id, ccus_id) is not null and iflag is null and {condition} group by 1, 2",
        )
        return {(code, partner): amount for code, partner, amount in rows if amount}

    for account_set in ("001", "002"):
        closing = partners(f"u8_{account_set}_2024", "(ibook = 1 or iperiod = 0)")
        assert partners(f"u8_{account_set}_2025", "iperiod = 0") == closing
        assert len(closing) > 10


def test_sap_documents_balance_and_its_totals_add_up(ask: Ask) -> None:
    assert (
        ask(
            "sap",
            "select BUKRS, BELNR, GJAHR from BSEG group by 1, 2, 3"
            " having abs(sum(case SHKZG when 'S' then DMBTR else -DMBTR end)) > 0.004",
        )
        == []
    )
    months = " + ".join(f"HSL{n:02d}" for n in range(1, 13))
    told = ask("sap", f"select BUKRS, RYEAR, RACCT, round(sum({months}), 2) from GLT0 group by 1, 2, 3")
    posted = ask(
        "sap",
        "select BUKRS, GJAHR, HKONT, round(sum(case SHKZG when 'S' then DMBTR else -DMBTR end), 2)"
        " from BSEG group by 1, 2, 3",
    )
    assert {row[:3]: row[3] for row in told if row[3]} == {row[:3]: row[3] for row in posted if row[3]}


def test_sap_keys_are_unique(ask: Ask) -> None:
    keys = {
        "EKKO": "EBELN", "EKPO": "EBELN, EBELP", "MKPF": "MBLNR, MJAHR", "MSEG": "MBLNR, MJAHR, ZEILE",
        "RBKP": "BELNR, GJAHR", "RSEG": "BELNR, GJAHR, BUZEI", "BKPF": "BUKRS, BELNR, GJAHR",
        "LIPS": "VBELN, POSNR",
        "BSEG": "BUKRS, BELNR, GJAHR, BUZEI", "VBRP": "VBELN, POSNR", "VBAP": "VBELN, POSNR",
        "EKBE": "EBELN, EBELP, VGABE, GJAHR, BELNR, BUZEI",
    }  # fmt: skip
    for table, key in keys.items():
        assert ask("sap", f"select {key} from {table} group by {key} having count(*) > 1") == [], table


def test_stock_is_never_negative_at_a_months_end(ask: Ask) -> None:
    assert ask("sap", "select count(*) from MBEW where LBKUM < 0 or SALK3 < 0") == [(0,)]
    assert ask("u8_003", "select count(*) from CurrentStock where iQuantity < 0") == [(0,)]


def test_receipts_stay_within_their_orders_but_for_labelled_over_delivery(
    books: GroupBooks, ask: Ask
) -> None:
    over = ask(
        "u8_003",
        "select d.ID from PO_Podetails d join rdrecords01 r on r.iPOsID = d.ID where r.iQuantity > 0"
        " group by d.ID having sum(r.iQuantity) > max(d.iQuantity)",
    )
    told = {row["document_line"] for row in labels_of(books.labels_path) if row["kind"] == "over_delivery"}
    assert {f"PO_Podetails/{row[0]}" for row in over} <= told
    assert over


def test_estimates_clear_when_invoiced(clean: GroupBooks) -> None:
    """What stays on 暂估 in clean books is exactly the goods received and not yet invoiced."""
    path = clean.databases["u8_003"]
    left = ask_file(
        path, "select round(sum(mc - md), 2) from GL_accvouch where ccode = '220209' and iflag is null"
    )
    open_goods = ask_file(
        path,
        "select round(sum(l.iAPrice), 2) from rdrecords01 l join RdRecord01 h using (ID)"
        " where l.dSDate is null and h.cBusType <> '受托代销'",
    )
    assert left == open_goods
    assert left[0][0] != 0


def test_sources_name_every_database_and_its_company(books: GroupBooks) -> None:
    sources = tomllib.loads(sources_toml(books))["source"]
    *databases, pool = sources
    assert [source["id"] for source in databases] == list(books.databases)
    assert sources[0]["companies"] == {"1000": "HY01", "2000": "HY02"}
    assert {s["companies"]["003"] for s in databases if s["id"] == "u8_003"} == {"HY03"}
    assert all(Path(source["url"].removeprefix("sqlite:///")).exists() for source in databases)
    assert (pool["id"], pool["system"], list(Path(pool["inbox"]).glob("*.csv")) != []) == (
        "tax_pool",
        "bills",
        True,
    )


def labels_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_tax_pool_says_what_no_system_knows(clean: GroupBooks) -> None:
    """Every domestic invoice stands in it once; what was ticked later was ticked in a later month."""
    with (clean.folder / "tax_pool" / "发票池.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["发票号码"] for row in rows}) == len(rows) > 300
    assert {"抵扣", "不抵扣"} <= {row["进项用途"] for row in rows} <= {"抵扣", "不抵扣", "待认证"}
    assert {row["抵扣所属期"] == "" for row in rows if row["进项用途"] == "抵扣"} == {False}
    late = ask_file(
        clean.databases["sap"],
        "select XBLNR, substr(BUDAT, 1, 6) from RBKP where WAERS = 'CNY' and XBLNR <> ''",
    )
    claimed = {row["发票号码"]: row["抵扣所属期"] for row in rows}
    months = [(claimed[number], month) for number, month in late if claimed[number]]
    assert all(period >= month for period, month in months)
    assert {period > month for period, month in months} == {True, False}
