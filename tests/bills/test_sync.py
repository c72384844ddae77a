"""What lands from files over time: replaced, refused and vanished files, versions, and what is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestion.bills import bill
from tests.bills.inbox import Inbox

HEADING = "公司编码,公司名称,本位币\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Return an empty inbox."""
    return Inbox(tmp_path)


def names(inbox: Inbox) -> list[str]:
    """Return the names of the companies that have landed."""
    return [row[0] for row in inbox.rows("select company_name from companies order by 1")]


def test_a_replaced_file_replaces_its_rows_and_the_versions_are_kept(inbox: Inbox) -> None:
    inbox.drop("公司.csv", HEADING + "1,甲,CNY\n2,乙,CNY\n")
    first = inbox.sync()
    assert (first.status, first.tables[0].rows_inserted) == ("success", 2)
    inbox.drop("公司.csv", HEADING + "1,甲甲,CNY\n3,丙,CNY\n")
    second = inbox.table(inbox.sync(), "companies")
    assert (second.rows_inserted, second.rows_updated, second.rows_deleted) == (1, 1, 1)
    assert names(inbox) == ["丙", "甲甲"]
    past = inbox.rows("select company_name, change from history.companies order by 1")
    assert past == [("乙", "deleted"), ("甲", "replaced")]
    third = inbox.table(inbox.sync(), "companies")
    assert (third.rows_inserted, third.rows_updated, third.rows_deleted) == (0, 0, 0)


def test_copies_are_counted_and_a_held_line_is_released_when_it_is_mended(inbox: Inbox) -> None:
    inbox.drop("公司 1.csv", HEADING + "1,甲,CNY\n1,甲,CNY\n2,,CNY\n")
    inbox.drop("公司 2.csv", HEADING + "1,甲,CNY\n")
    result = inbox.sync()
    table = inbox.table(result, "companies")
    assert (result.status, table.status, table.is_complete) == ("partial", "partial", True)
    assert (table.source_row_count, table.landed_row_count, table.rows_quarantined) == (4, 1, 1)
    assert table.message is not None
    assert "公司 1.csv 第 4 行 B 列 公司名称 (company_name)" in table.message.zh
    (row,) = inbox.ledger.rows("select rows_collapsed from sync_tables where run_id = ?", [inbox.run_id])
    assert row["rows_collapsed"] == 2
    (held,) = inbox.held()
    assert '"row": 4' in held["raw_record"]
    assert (held["key"], held["table_name"]) == ("2", "companies")
    inbox.drop("公司 1.csv", HEADING + "1,甲,CNY\n2,乙,CNY\n")
    assert inbox.sync().status == "success"
    assert inbox.held() == []
    assert names(inbox) == ["乙", "甲"]


def test_totals_are_recorded_per_company_and_month(inbox: Inbox) -> None:
    heading = (
        "税额分录内码,账簿编码,公司编码,凭证内码,凭证日期,会计年度,"
        "会计期间,税码,红蓝字,金额类型,金额,凭证状态\n"
    )
    row = "{0},GL,{1},V{0},2025-0{2}-15,2025,{2},J13,invoice,tax,{3},{4}\n"
    inbox.drop(
        "税额分录.csv",
        heading
        + row.format(1, "A", 1, 10, "已记账")
        + row.format(2, "A", 2, 20, "已记账")
        + row.format(3, "B", 1, 5, "?"),
    )
    inbox.sync()
    assert [
        (t["company_code"], t["period"], t["source_sum"], t["landed_sum"], t["quarantined_sum"])
        for t in inbox.ledger.rows("select * from sync_totals where column_name = 'amount' order by 4, 5, 6")
    ] == [
        ("A", "2025-01", "10.0000", "10.0000", "0"), ("A", "2025-02", "20.0000", "20.0000", "0"),
        ("B", "2025-01", "5.0000", "0", "5.0000"),
    ]  # fmt: skip


def test_a_file_that_is_taken_away_takes_its_rows_away(inbox: Inbox) -> None:
    inbox.drop("公司 1.csv", HEADING + "1,甲,CNY\n")
    inbox.drop("公司 2.csv", HEADING + "2,乙,CNY\n")
    inbox.drop("币种.csv", "币种代码\nCNY\n")
    inbox.sync()
    os.remove(inbox.folder / "公司 2.csv")
    os.remove(inbox.folder / "币种.csv")
    assert inbox.sync().status == "success"
    assert names(inbox) == ["甲"]
    assert inbox.rows("select count(*) from currencies") == [(0,)]
    assert inbox.rows("select currency_code, change from history.currencies") == [("CNY", "deleted")]


def test_with_keep_the_rows_of_a_file_that_is_taken_away_stay(inbox: Inbox) -> None:
    inbox.settings(when_removed="keep")
    inbox.drop("公司 1.csv", HEADING + "1,甲,CNY\n")
    inbox.drop("公司 2.csv", HEADING + "2,乙,CNY\n")
    inbox.sync()
    os.remove(inbox.folder / "公司 2.csv")
    assert inbox.sync().status == "success"
    assert names(inbox) == ["乙", "甲"]
    assert [file["file_name"] for file in inbox.files()] == ["公司 1.csv", "公司 2.csv (kept)"]
    inbox.settings()
    inbox.sync()
    assert names(inbox) == ["甲"]


def test_an_emptied_inbox_is_refused_until_full(inbox: Inbox) -> None:
    inbox.drop("公司.csv", HEADING + "1,甲,CNY\n")
    inbox.sync()
    os.remove(inbox.folder / "公司.csv")
    result = inbox.sync()
    assert result.status == "failure"
    assert "--full" in result.message_zh
    assert names(inbox) == ["甲"]
    inbox.sync(full=True)
    assert names(inbox) == []


def test_a_missing_inbox_is_a_failure_and_nothing_is_lost(inbox: Inbox) -> None:
    inbox.drop("公司.csv", HEADING + "1,甲,CNY\n")
    inbox.sync()
    inbox.folder.rename(inbox.home / "elsewhere")
    result = inbox.sync()
    assert result.status == "failure"
    assert str(inbox.folder) in result.message_en
    assert names(inbox) == ["甲"]


def test_an_inbox_that_never_had_a_file_says_so(inbox: Inbox) -> None:
    result = inbox.sync()
    assert result.status == "partial"
    assert "bridgebook template" in str(result.tables[0].message)


def test_while_a_file_cannot_be_read_its_last_good_version_counts(inbox: Inbox) -> None:
    inbox.drop("公司 1.csv", HEADING + "1,甲,CNY\n")
    inbox.drop("公司 2.csv", HEADING + "2,乙,CNY\n")
    inbox.sync()
    inbox.drop("公司 2.csv", "公司编码,公司名称\n2,乙乙\n3,丙\n")
    result = inbox.sync()
    assert result.status == "partial"
    assert names(inbox) == ["乙", "甲"]
    table = inbox.table(result, "companies")
    assert (table.source_row_count, table.landed_row_count, table.rows_quarantined) == (4, 2, 2)
    said = {file["file_name"]: file["message_en"] for file in inbox.files()}
    assert "base_currency_code" in said["公司 2.csv"]
    assert "last good version" in said["公司 2.csv (last good version)"]
    inbox.drop("公司 2.csv", HEADING + "2,乙乙,CNY\n")
    assert inbox.sync().status == "success"
    assert names(inbox) == ["乙乙", "甲"]


def test_one_sick_file_does_not_stop_the_others(inbox: Inbox) -> None:
    inbox.drop("公司.xlsx", b"PK\x03\x04")
    inbox.drop("币种.csv", "币种代码,小数位数\nCNY,2\n")
    inbox.drop("~$公司.xlsx", b"lock")
    inbox.drop("memo.docx", b"?")
    result = inbox.sync()
    assert result.status == "partial"
    assert inbox.rows("select minor_units from currencies") == [(2,)]
    assert {table.table_name: table.status for table in result.tables} == {
        "companies": "partial", "currencies": "success", "inbox": "partial",
    }  # fmt: skip


def test_too_many_held_lines_are_counted_and_the_good_ones_land(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bill, "LISTED", 10)
    bad = "".join(f"{number},,CNY\n" for number in range(2, 102))
    inbox.drop("公司.csv", HEADING + "1,甲,CNY\n" + bad)
    table = inbox.table(inbox.sync(), "companies")
    assert (table.landed_row_count, table.rows_quarantined, table.source_row_count) == (1, 100, 101)
    assert names(inbox) == ["甲"]
    held = inbox.held()
    assert len(held) == 11
    assert "90" in held[-1]["reason_en"]


def test_lines_without_a_key_are_known_by_their_content(inbox: Inbox) -> None:
    """Two equal payments of one statement are two; the same statement dropped twice is one."""
    body = "银行账户编码,起息日,发生额\nBA1,2025-01-05,100\nBA1,2025-01-05,100\nBA1,2025-01-06,7\n"
    inbox.drop("银行流水 1.csv", body)
    inbox.drop("银行流水 2.csv", body)
    assert inbox.sync().status == "success"
    assert inbox.rows("select sum(amount), count(*) from bank_statement_lines") == [(207, 3)]


def test_values_are_filled_in_as_configured(inbox: Inbox) -> None:
    rules = {
        "journal_lines": {
            "headings": {"制证日期": "posting_date"},
            "fill": {
                "ledger_code": "GL",
                "fiscal_year": "{posting_date:%Y}",
                "period_no": "{posting_date:%m}",
                "voucher_id": "{公司编码}/{fiscal_year}/{period_no}/{凭证字}-{凭证号}",
                "line_id": "{voucher_id}/{line_no}",
            },
        }
    }
    inbox.settings(rules=rules)
    inbox.drop(
        "序时账.csv",
        "公司编码,制证日期,凭证字,凭证号,分录号,科目编码,摘要,方向,金额,凭证状态\n"
        "1000,2025-03-05,记,12,1,1405,入库,借,100,已记账\n1000,2025-03-05,记,12,2,2202,入库,贷,100,已记账\n"
        "1000,2025-03-05,记,12,3,2202,红冲,贷,-5,已记账\n",
    )
    assert inbox.sync().status == "success", inbox.held()
    assert inbox.rows(
        "select line_id, period_no, debit, credit, amount from journal_lines order by line_no"
    ) == [
        ("1000/2025/3/记-12/1", 3, 100, 0, 100),
        ("1000/2025/3/记-12/2", 3, 0, 100, -100),
        ("1000/2025/3/记-12/3", 3, 0, -5, 5),
    ]
