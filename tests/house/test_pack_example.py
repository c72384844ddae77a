"""A stranger adds a system by following CONTRIBUTING, and its trial balance is right."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.house.documents import files
from tests.tryton.installation import Installation

KONTOR = """
create table firm (no integer primary key, name text, currency text);
create table ledger_account (number text primary key, name text, kind text);
create table voucher
    (id integer primary key, firm integer, number text, booked_on text, is_booked integer, changed_at text);
create table voucher_line
    (id integer primary key, voucher integer, account text, text text, amount numeric, changed_at text);
insert into firm values (1, 'Nordhandel', 'EUR');
insert into ledger_account values
    ('1000', 'Cash', 'asset'), ('2000', 'Capital', 'equity'), ('4000', 'Rent', 'expense');
insert into voucher values
    (1, 1, 'A-1', '2025-01-05', 1, '2025-01-05 10:00:00'),
    (2, 1, 'A-2', '2025-02-01', 1, '2025-02-01 10:00:00'),
    (3, 1, 'A-3', '2025-02-02', 0, '2025-02-02 10:00:00');
insert into voucher_line values
    (1, 1, '1000', 'Start', '5000.00', '2025-01-05 10:00:00'),
    (2, 1, '2000', 'Start', '-5000.00', '2025-01-05 10:00:00'),
    (3, 2, '4000', 'Rent', '700.10', '2025-02-01 10:00:00'),
    (4, 2, '1000', 'Rent', '-700.10', '2025-02-01 10:00:00'),
    (5, 3, '4000', 'Draft', '1.00', '2025-02-02 10:00:00'),
    (6, 3, '1000', 'Draft', '-1.00', '2025-02-02 10:00:00');
"""
BALANCE = (
    "select period_no, account_code, opening_amount, debit, credit, closing_amount from trial_balance "
    "where fiscal_year = 2025 and posting_scope = 'posted' and period_no <= 2 "
    "and account_code in ('1000', '4000') order by all"
)


def change(home: Installation, statements: str) -> None:
    with closing(sqlite3.connect(home.folder / "kontor.sqlite")) as source, source:
        source.executescript(statements)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A home made of nothing but what CONTRIBUTING shows."""
    folder = tmp_path_factory.mktemp("kontor")
    for path, content in files("CONTRIBUTING.md").items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    home = Installation(folder)
    change(home, KONTOR)
    assert "has all 4 tables" in home.run("doctor").output
    home.run("run")
    return home


def test_its_trial_balance_is_right(home: Installation) -> None:
    assert home.query(BALANCE) == [
        (1, "1000", Decimal(0), Decimal(5000), Decimal(0), Decimal(5000)),
        (2, "1000", Decimal(5000), Decimal(0), Decimal("700.10"), Decimal("4299.90")),
        (2, "4000", Decimal(0), Decimal("700.10"), Decimal(0), Decimal("700.10")),
    ]
    assert home.query("select voucher_no, status from unposted_ledger_lines order by line_id") == [
        ("A-3", "draft"), ("A-3", "draft"),
    ]  # fmt: skip
    assert home.query("select bool_and(is_equal), count(*) > 4 from sync_totals") == [(True, True)]


def test_its_field_mapping_is_told(home: Installation) -> None:
    assert home.query(
        "select canonical_column, kind, vendor_table, vendor_column, expression from field_mappings "
        "where entity = 'journal_lines' and canonical_column in ('debit', 'account_code', 'ledger_code') "
        "order by all"
    ) == [
        ("account_code", "direct", "voucher_line", "account", "voucher_line.account"),
        (
            "debit",
            "derived",
            "voucher_line",
            "amount",
            "CASE WHEN voucher_line.amount > 0 THEN voucher_line.amount ELSE 0 END",
        ),
        ("ledger_code", "constant", None, None, "'GL'"),
    ]


def test_its_changes_come_with_the_next_run(home: Installation, tmp_path: Path) -> None:
    copy = home.copy_to(tmp_path / "copy")
    change(
        copy,
        "update voucher set is_booked = 1, changed_at = '2025-02-03 10:00:00' where id = 3;"
        "update ledger_account set name = 'Rent and heating' where number = '4000';",
    )
    copy.run("run")
    assert copy.query(BALANCE)[-1] == (
        2,
        "4000",
        Decimal(0),
        Decimal("701.10"),
        Decimal(0),
        Decimal("701.10"),
    )
    assert copy.query("select account_name from accounts where account_code = '4000'") == [
        ("Rent and heating",)
    ]


def test_a_column_that_the_language_does_not_have_is_told(home: Installation, tmp_path: Path) -> None:
    copy = home.copy_to(tmp_path / "copy")
    model = copy.folder / "packs" / "kontor" / "stg_kontor__accounts.sql"
    model.write_text(model.read_text(encoding="utf-8").replace("as account_name", "as acount_name"))
    said = copy.run("build", code=1).output
    assert "stg_kontor__accounts: column 'acount_name' is not a column of canonical entity 'accounts'" in said
    assert copy.query(BALANCE) == home.query(BALANCE)
