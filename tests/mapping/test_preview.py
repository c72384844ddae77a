"""`bridgebook mapping --preview`: source rows beside what they become, and nothing written."""

import csv
import json
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.house.documents import files
from tests.house.test_pack_example import KONTOR
from tests.tryton.installation import Installation, SourceText


@pytest.fixture(scope="module")
def kontor(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A home with the pack of CONTRIBUTING and its source, from which nothing was ever read."""
    folder = tmp_path_factory.mktemp("preview")
    for path, content in files("CONTRIBUTING.md").items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    with closing(sqlite3.connect(folder / "kontor.sqlite")) as source, source:
        source.executescript(KONTOR)
    return Installation(folder)


def records(home: Installation, *options: str) -> list[dict[str, Any]]:
    """Return a preview as a program reads it."""
    said = home.run("mapping", options[0], "--preview", "--format", "json", *options[1:]).output
    return list(json.loads(said))


def values(rows: list[dict[str, Any]], column: str) -> list[tuple[int, str | None, str | None]]:
    return [
        (row["row_no"], row["vendor_value"], row["canonical_value"])
        for row in rows
        if row["canonical_column"] == column
    ]


def test_canonical_rows_beside_the_rows_that_they_come_from(kontor: Installation) -> None:
    rows = records(kontor, "kontor", "--entity", "journal_lines", "--rows", "6")
    assert values(rows, "line_id") == [(n, str(n), str(n)) for n in range(1, 7)]
    assert values(rows, "debit") == [
        (1, "5000", "5000"), (2, "-5000", "0"), (3, "700.1000", "700.1000"),
        (4, "-700.1000", "0"), (5, "1", "1"), (6, "-1", "0"),
    ]  # fmt: skip
    assert values(rows, "posting_date")[2] == (3, "2025-02-01", "2025-02-01")
    assert values(rows, "status")[4] == (5, "false", "draft")
    assert values(rows, "ledger_code")[0] == (1, None, "GL")
    (date, *_) = [row for row in rows if row["canonical_column"] == "posting_date"]
    assert (date["vendor_table"], date["vendor_column"], date["usage"]) == ("voucher", "booked_on", "value")


def test_a_row_that_several_source_rows_make(kontor: Installation) -> None:
    """Kontor's periods come from vouchers: January's from one alone, February's from two together."""
    said = kontor.run("mapping", "kontor", "--preview", "--entity", "fiscal_periods").output
    assert "voucher 3; they give 2 canonical rows" in said
    assert "from voucher (id = 1)\n" in said
    assert "from voucher (id = 2) and others like it" in said


def test_people_read_it_in_their_language(kontor: Installation) -> None:
    said = kontor.run("mapping", "kontor", "--preview", "--rows", "1", "--lang", "zh").output
    for entity in ("companies", "ledgers", "accounts", "fiscal_periods", "journal_lines"):
        assert f"预览：{entity}，数据源 kontor" in said
    assert "第 1/1 行，来自 voucher_line (id = 1)" in said
    assert "没有写入任何内容" in said
    (line,) = [line for line in said.splitlines() if " account_name " in line]
    assert line.split() == ["ledger_account.name", "Cash", "account_name", "科目名称", "Cash"]


def test_nothing_is_written(kontor: Installation, tmp_path: Path) -> None:
    home = kontor.copy_to(tmp_path / "home")

    def state() -> dict[str, bytes]:
        kept = [file for file in home.folder.rglob("*") if file.is_file() and "logs" not in file.parts]
        return {str(file.relative_to(home.folder)): file.read_bytes() for file in kept}

    before = state()
    written = home.run("mapping", "kontor", "--preview", "--format", "csv").output
    assert len(list(csv.DictReader(StringIO(written)))) > 40
    assert state() == before


@pytest.mark.parametrize(
    ("more", "options", "code", "sentence"),
    [
        ("", ("--source", "erp"), 2, 'no source "erp"'),
        ("", ("--entity", "contracts"), 1, 'does not fill the entity "contracts"'),
        ("", ("--entity", "vouchers"), 2, 'no canonical entity "vouchers"'),
        ("second", (), 1, "kontor, second"),
        ("gone", ("--source", "gone"), 1, "gone.sqlite"),
        ("server", ("--source", "server"), 1, "server"),
        ("other", ("--source", "other"), 1, "read by the pack sap, not kontor"),
        ("table", ("--entity", "accounts"), 1, "ledger_account"),
    ],
)
def test_trouble_is_told_in_sentences(
    kontor: Installation, tmp_path: Path, more: str, options: tuple[str, ...], code: int, sentence: str
) -> None:
    home = kontor.copy_to(tmp_path / "home")
    added = {
        "second": SourceText("second", "sqlite:///kontor.sqlite", system="kontor"),
        "gone": SourceText("gone", "sqlite:///gone.sqlite", system="kontor"),
        "server": SourceText("server", "postgresql://nobody@127.0.0.1:1/nothing", system="kontor"),
        "other": SourceText("other", "sqlite:///kontor.sqlite", system="sap"),
    }
    if more in added:
        with (home.folder / "bridgebook.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n" + added[more].toml())
    if more == "table":
        with closing(sqlite3.connect(home.folder / "kontor.sqlite")) as source, source:
            source.execute("drop table ledger_account")
    said = home.run("mapping", "kontor", "--preview", *options, code=code).output
    assert sentence in said
    assert "Traceback" not in said
    assert "Unexpected" not in said


def test_a_home_that_reads_no_such_system(kontor: Installation) -> None:
    said = kontor.run("mapping", "sap", "--preview", "--entity", "companies", code=2).output
    assert 'read by the pack "sap"' in said


def test_files_with_canonical_columns_have_nothing_to_preview(kontor: Installation, tmp_path: Path) -> None:
    home = kontor.copy_to(tmp_path / "home")
    with (home.folder / "bridgebook.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[source]]\nid = "files"\nsystem = "bills"\n')
    assert "reads files" in home.run("mapping", "bills", "--preview", code=1).output


def test_rows_that_cannot_be_typed_are_counted(kontor: Installation, tmp_path: Path) -> None:
    home = kontor.copy_to(tmp_path / "home")
    with closing(sqlite3.connect(home.folder / "kontor.sqlite")) as source, source:
        source.execute("update voucher_line set amount = 'much' where id = 2")
    said = home.run("mapping", "kontor", "--preview", "--entity", "journal_lines").output
    assert "1 rows of voucher_line cannot be typed" in said
    assert "they give 5 canonical rows" in said


@pytest.mark.services
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_servers_are_previewed_alike(
    server: str, request: pytest.FixtureRequest, tmp_path: Path, sqlite_books: Path
) -> None:
    url = request.getfixturevalue(f"{server}_books")
    home = Installation.create(
        tmp_path / "home",
        SourceText("server", url),
        SourceText("file", f"sqlite:///{sqlite_books}"),
    )
    options = ("tryton", "--entity", "purchase_orders", "--rows", "2", "--source")
    on_server, in_file = (records(home, *options, source) for source in ("server", "file"))
    assert [row["canonical_column"] for row in on_server] == [row["canonical_column"] for row in in_file]
    amounts = [row for row in on_server if row["canonical_column"] == "net_amount"]
    assert {row["vendor_table"] for row in amounts} >= {"purchase_line"}
    assert all(row["canonical_value"] for row in amounts)


@pytest.fixture(scope="module")
def sqlite_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from bridgebook.demo import tryton

    file = tmp_path_factory.mktemp("books") / "books.sqlite"
    tryton.write_sqlite(file)
    return file
