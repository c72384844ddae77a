"""Vouchers to tell, an installation with one target, and ways to look at what became of them."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import Engine

from bridgebook import settings
from bridgebook.books import outbox
from bridgebook.books.outbox import Row
from bridgebook.books.routing import enqueue_posted
from bridgebook.pushing import Delivery, push
from bridgebook.records import open_books
from bridgebook.settings import Settings

Line = Mapping[str, object]


def head(number: int, **changed: object) -> dict[str, object]:
    return {
        "company_code": "HD01",
        "ledger_code": "GL",
        "fiscal_year": 2026,
        "period_no": 1,
        "voucher_word": "记",
        "voucher_no": number,
        "voucher_date": "2026-01-31",
        "attachment_count": 1,
        "company_currency_code": "CNY",
        "prepared_by": "系统",
        "document_entity": "purchase_receipts",
        "document_id": f"R{number}",
        "document_no": f"CGRK{number:05}",
        **changed,
    }


def lines(amount: str = "1106.19", summary: str = "暂估入库 CGRK00001") -> list[Line]:
    common = {"summary": summary, "document_currency_code": "CNY", "currency_amount": amount}
    return [
        {**common, "account_code": "1403", "debit": amount, "credit": "0.00", "item_code": "M-01"},
        {
            **common,
            "account_code": "220202",
            "debit": "0.00",
            "credit": amount,
            "partner_kind": "supplier",
            "partner_code": "V001",
        },
    ]


def home(folder: Path, target: str, secret: str = "appsecret-demo") -> Settings:
    """Return an installation with these targets; their secret lies in a file."""
    folder.mkdir(parents=True, exist_ok=True)
    secrets = folder / "secret"
    secrets.write_text(secret, encoding="utf-8")
    secrets.chmod(0o600)
    (folder / "bridgebook.toml").write_text(f'language = "en"\n{target}', encoding="utf-8")
    return settings.load(folder)


def post(given: Settings, numbers: range, **changed: object) -> Engine:
    """Write vouchers into the outbox, as posting them does; `amount` and `summary` change their lines."""
    books = open_books(given)
    wording = {name: str(changed.pop(name)) for name in ("amount", "summary") if name in changed}
    with books.begin() as connection:
        for number in numbers:
            enqueue_posted(
                connection,
                given.targets,
                reference=f"YZ-202601-{number:04}",
                head=head(number, **changed),
                lines=lines(**wording),
            )
    return books


def deliver(given: Settings, books: Engine, target: str = "erp") -> Delivery:
    return push(given, books, given.target(target))


def rows(books: Engine) -> list[Row]:
    with books.connect() as connection:
        return outbox.rows(connection)


def states(given: Settings, books: Engine) -> list[str]:
    return [row.state(given.target(row.target).attempts) for row in rows(books)]


def make_due(books: Engine) -> None:
    """Let every wait be over, as if time had passed: the guards are lifted for that."""
    with books.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql("drop trigger outbox_attempts_no_update")
        else:
            connection.exec_driver_sql("alter table outbox_attempts disable trigger user")
        connection.exec_driver_sql("update outbox_attempts set not_before = null")
        if is_sqlite:
            connection.exec_driver_sql(
                "create trigger outbox_attempts_no_update before update on outbox_attempts "
                "begin select raise(abort, 'outbox_attempts is append-only'); end"
            )
        else:
            connection.exec_driver_sql("alter table outbox_attempts enable trigger user")
