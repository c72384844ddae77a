"""Drafts made by hand and a desk over them, for tests of the book store."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bridgebook.books.expected import Expected
from bridgebook.books.periods import Period
from bridgebook.books.policies import Policies, Policy
from bridgebook.books.store import open_store, store_url
from bridgebook.books.voucher import Draft, Line, Source
from bridgebook.books.vouchers import VoucherDesk
from bridgebook.errors import DecisionRefused

RULE = ("R", 1)
PERIODS = tuple(
    Period(
        date(year, month, 1),
        date(year + month // 12, month % 12 + 1, 1).replace(day=1) - (date(2, 1, 2) - date(2, 1, 1)),
        "C1",
        year,
        month,
    )
    for year in (2025, 2026)
    for month in range(1, 13)
)


def line(number: int, side: str, account: str, amount: str, role: str = "inventory") -> Line:
    """Return a line; a negative amount is red on its side."""
    value, zero = Decimal(amount).quantize(Decimal("0.0001")), Decimal("0.0000")
    is_debit = side == "debit"
    return Line(
        number,
        role,
        account,
        side,
        f"采购入库 {number}",
        value if is_debit else zero,
        zero if is_debit else value,
        value if is_debit else -value,
        partner_code="V1",
    )


def draft(number: int, amount: str = "100.00", day: date = date(2025, 3, 5), **changed: object) -> Draft:
    """Return a balanced draft of one document with two lines; a changed document has another amount."""
    name = f"purchase_invoice:erp:C1:purchase_invoices,{number}:{day.year}-{day.month}"
    lines = (line(1, "debit", "1403", amount), line(2, "credit", "2202", amount, "accounts_payable"))
    where = ("C1", "GL", "purchase_invoice", day.year, day.month)
    sources = (Source("erp", "purchase_invoices", f"{number}.1", *where),)
    made = Draft(
        draft_id=name,
        root_id=name,
        company_code="C1",
        ledger_code="GL",
        company_currency_code="CNY",
        event="purchase_invoice",
        rule_code="R",
        rule_version=1,
        voucher_date=day,
        posting_date=day,
        voucher_word="转",
        content_hash=f"hash of {amount}",
        lines=lines,
        sources=sources,
        document_entity="purchase_invoices",
        document_id=str(number),
        document_no=f"FP{number}",
        attachment_count=1,
        prepared_by="R v1",
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def cash(number: int, amount: str = "50.00") -> Draft:
    """Return a draft that pays a supplier from the bank."""
    lines = (
        line(1, "debit", "2202", amount, "accounts_payable"),
        line(2, "credit", "1002", amount, "cash"),
    )
    return draft(number, amount, lines=lines)


def desk(
    books: Engine,
    drafts: Iterable[Draft],
    *,
    approved_by: str = "controller",
    policies: Sequence[Policy] = (),
    periods: Sequence[Period] = PERIODS,
    **more: object,
) -> VoucherDesk:
    """Return a desk over drafts; rule R was approved by `approved_by` (empty: by nobody)."""
    expected = Expected(None, tuple(drafts), tuple(periods), charts={("C1", "GL"): "chart"})
    given = Policies({RULE: approved_by} if approved_by else {}, tuple(policies), expected.charts)
    return VoucherDesk(books, expected, given, **more)  # type: ignore[arg-type]


def posted(books: Engine, count: int, **changed: object) -> VoucherDesk:
    """Post `count` drafts and return the desk."""
    found = desk(books, [draft(number, **changed) for number in range(1, count + 1)])  # type: ignore[arg-type]
    found.post_all(by="bookkeeper", is_automatic=True)
    return found


def sqlite(folder: Path) -> Engine:
    """Return an empty book store on SQLite."""
    return open_store(store_url(folder))


def unguarded(books: Engine, *statements: str) -> None:
    """Change the store as somebody would who owns the database: guards off, then the change."""
    with books.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma defer_foreign_keys = on")
            names = connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'")
            for (name,) in names.fetchall():
                connection.exec_driver_sql(f"drop trigger {name}")
        else:
            connection.exec_driver_sql("set session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("set session_replication_role = origin")


def reason(refused: DecisionRefused) -> str:
    """Return the English sentence, after looking that the Chinese one is whole."""
    assert refused.exit_code == 4
    assert all(each and "{" not in each for each in refused.sentence("zh").splitlines())
    return refused.sentence("en")


def count(books: Engine, table: str) -> int:
    with books.connect() as connection:
        return int(connection.execute(sa.text(f"select count(*) from {table}")).scalar() or 0)
