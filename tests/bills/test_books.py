"""Whole books brought in by files alone: Tryton's give the same marts, a hand-made ERP's reach them too."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from bridgebook import templates
from tests.bills import foreign
from tests.conftest import made_once
from tests.tryton.comparison import PER_RUN_COLUMNS
from tests.tryton.installation import Installation

FORMS = ("csv", "parquet", "xlsx", "gb18030")


@pytest.fixture(scope="session")
def books_by_file(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home that ran once over two inboxes: Tryton's canonical rows, a hand-made ERP's exports."""

    def make(folder: Path) -> None:
        home = Installation.create(folder / "home")
        settings = '\n[[source]]\nid = "erp"\nsystem = "bills"\n' + foreign.SETTINGS
        with (home.folder / "bridgebook.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
        export(sqlite_home, home.folder / "inbox" / "erp")
        foreign.write(home.folder / "inbox" / "jinyuan")
        home.run("run")

    return Installation(made_once(tmp_path_factory, "books-by-file", make) / "home")


def export(home: Installation, inbox: Path) -> None:
    """Write Tryton's canonical rows as files: by turns CSV, Parquet, workbooks, and CSV in Chinese."""
    inbox.mkdir(parents=True)
    with closing(duckdb.connect()) as connection:
        connection.execute(f"attach '{home.folder}/landing/erp.duckdb' as landing_erp (read_only)")
        connection.execute(f"attach '{home.folder}/work/work.duckdb' as work (read_only)")
        connection.execute("use work")
        views = connection.execute(
            "select view_name from duckdb_views() where view_name like 'stg_tryton__%' order by 1"
        ).fetchall()
        assert len(views) > 20
        for number, (view,) in enumerate(views):
            entity = view.split("__")[1]
            query = f"select * exclude (source_id, changed_seq) from staging.{view}"
            write(connection, entity, query, inbox, FORMS[number % len(FORMS)])


def write(connection: duckdb.DuckDBPyConnection, entity: str, query: str, inbox: Path, form: str) -> None:
    """Write the rows of a query as one file."""
    if form in ("csv", "parquet"):
        connection.execute(f"copy ({query}) to '{inbox}/{entity}.{form}'")
        return
    cursor = connection.execute(query)
    columns = {column.name: column for column in templates.contract()[entity].columns}
    headings = [columns[name[0]].zh for name in cursor.description]
    rows = cursor.fetchall()
    if form == "xlsx":
        options = {"default_date_format": "yyyy-mm-dd hh:mm:ss"}
        with xlsxwriter.Workbook(inbox / f"{entity}.xlsx", options) as book:
            page = book.add_worksheet(templates.contract()[entity].zh)
            page.write_row(0, 0, headings)
            for number, row in enumerate(rows, start=1):
                page.write_row(number, 0, [cell(value) for value in row])
        return
    lines = [",".join(headings), *(",".join(quoted(value) for value in row) for row in rows)]
    (inbox / f"{templates.contract()[entity].zh}.csv").write_bytes("\r\n".join(lines).encode("gb18030"))


def cell(value: Any) -> Any:
    """Return a value as a cell: numbers and days as such, where a spreadsheet keeps them exactly."""
    if isinstance(value, Decimal):
        return float(value) if len(value.as_tuple().digits) <= 15 else str(value)
    if isinstance(value, datetime) and value.microsecond:
        return value.isoformat(sep=" ")
    return value


def quoted(value: Any) -> str:
    """Return a value as people export it in Chinese."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return f'"{value:,f}"'
    text = str(value).replace('"', '""')
    return f'"{text}"' if set(text) & set('",\r\n') else text


def test_the_trial_balance_by_files_is_the_one_by_the_database(
    sqlite_home: Installation, books_by_file: Installation
) -> None:
    question = "select * from trial_balance where source_id = 'erp' order by all"
    by_file = books_by_file.query(question)
    assert len(by_file) > 100
    assert by_file == sqlite_home.query(question)


def test_every_mart_by_files_is_the_one_by_the_database(
    sqlite_home: Installation, books_by_file: Installation
) -> None:
    """What only one home has is the hand-made ERP's."""
    for mart in ("ledger_lines", "procurement_lines", "sales_lines", "procurement_events", "sales_events",
                 "payables_ageing", "receivables_ageing", "open_item_movements", "auxiliary_balances",
                 "statement_balances", "stock_on_hand", "tax_totals", "accounts", "partners"):  # fmt: skip
        columns = sqlite_home.query(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? "
            "order by column_index",
            [mart],
        )
        picked = ", ".join(f'"{name}"' for (name,) in columns if name not in PER_RUN_COLUMNS)
        question = f"select {picked} from {mart} where source_id = 'erp' order by all"
        assert books_by_file.query(question) == sqlite_home.query(question), mart


def test_every_line_of_every_file_is_accounted_for(books_by_file: Installation) -> None:
    (counts,) = books_by_file.query(
        "select count(*), bool_and(is_complete), sum(lines_quarantined), "
        "bool_and(status in ('read', 'skipped')), sum(lines_physical) from sync_files"
    )
    assert counts[1:4] == (True, 0, True)
    assert counts[0] > 30
    assert counts[4] > 2000
    assert books_by_file.query("select count(*) from sync_totals where not is_equal") == [(0,)]
    assert books_by_file.query("select distinct status from sync_tables") == [("success",)]


def test_the_hand_made_books_have_a_trial_balance(books_by_file: Installation) -> None:
    assert books_by_file.query(
        "select account_code, debit, credit, closing_amount from trial_balance "
        "where source_id = 'jinyuan' and posting_scope = 'posted' and period_no = 1 order by 1"
    ) == [
        ("1122", 2260, 0, 2260),
        ("1405", 7500, 0, 7500),
        ("2202", 0, 8475, -8475),
        ("222101", 975, 0, 975),
        ("222102", 0, 260, -260),
        ("6001", 0, 2000, -2000),
    ]
    assert books_by_file.query(
        "select distinct account_code from unposted_ledger_lines where source_id = 'jinyuan' order by 1"
    ) == [("0112",), ("1002",)]


def test_the_hand_made_documents_reach_the_marts(books_by_file: Installation) -> None:
    assert books_by_file.query(
        "select line_no, ordered_quantity, received_quantity, invoiced_quantity, ordered_net_amount, "
        "received_net_amount, invoiced_net_amount from procurement_lines "
        "where source_id = 'jinyuan' order by 1"
    ) == [("1", 1000, 600, 600, 12500, 7500, 7500), ("2", 100, 0, 0, 1250, 0, 0)]
    assert books_by_file.query(
        "select invoiced_net_amount, partner_name from sales_lines where source_id = 'jinyuan'"
    ) == [(2000, "宁波远洋")]
    assert books_by_file.query(
        "select open_amount, due_date from payables_ageing "
        "where source_id = 'jinyuan' and as_of_date = '2025-01-31'"
    ) == [(8475, date(2025, 2, 19))]
    assert books_by_file.query(
        "select open_amount, due_date from receivables_ageing "
        "where source_id = 'jinyuan' and as_of_date = '2025-01-31'"
    ) == [(2260, date(2025, 2, 22))]


def test_codes_without_a_master_are_listed_with_their_amount(books_by_file: Installation) -> None:
    """The first source's codes are the master codes; the other's wait for a mapping, and nothing is lost."""
    listed = books_by_file.query(
        "select entity, source_code from unmapped_codes where source_id = 'jinyuan' order by 1, 2"
    )
    assert {("partners", "0007"), ("partners", "0101"), ("items", "M0112")} <= set(listed)
