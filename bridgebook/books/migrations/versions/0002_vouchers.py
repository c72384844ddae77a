"""Vouchers: posted ones with lines and sources, reviews, states of periods; the database keeps them all."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    "posted_vouchers",
    "posted_voucher_lines",
    "posted_sources",
    "reviews",
    "period_states",
    "reversal_requests",
)
NUMBERED = {"reviews": "review_no", "period_states": "state_no", "reversal_requests": "request_no"}
GENESIS = "0" * 64
# What must hold for a new voucher (`new`), as (name, condition that refuses it, message).
RULES = (
    (
        "in_chain",
        "new.chain_no <> (select coalesce(max(chain_no), 0) + 1 from posted_vouchers) "
        "or new.previous_hash <> coalesce("
        "(select voucher_hash from posted_vouchers order by chain_no desc limit 1), "
        f"'{GENESIS}')",
        "posted_vouchers is append-only: a voucher follows the last one",
    ),
    (
        "numbered",
        # Numbers are unique: each that has the one before it leaves no gap.
        "new.voucher_no <> 1 and not exists (select 1 from posted_vouchers "
        "where company_code = new.company_code and ledger_code = new.ledger_code "
        "and fiscal_year = new.fiscal_year and period_no = new.period_no "
        "and voucher_word = new.voucher_word and voucher_no = new.voucher_no - 1)",
        "voucher numbers have no gaps",
    ),
    (
        "balanced",
        "not exists (select 1 from posted_voucher_lines where voucher_id = new.voucher_id "
        "group by voucher_id having count(*) = new.line_count and sum(debit) = new.debit "
        "and sum(credit) = new.credit and sum(debit) = sum(credit))",
        "a voucher balances and equals its lines",
    ),
)
CLOSED = "append-only: a posted voucher gets no further rows"


def upgrade() -> None:
    """Create the tables and the triggers that guard them."""
    _create_vouchers()
    _create_lines()
    _create_decisions()
    guards = {"sqlite": _sqlite_guards, "postgresql": _postgresql_guards}
    for statement in guards[op.get_bind().dialect.name]():
        op.execute(statement)


def _exact(scale: int) -> sa.types.TypeEngine[Any]:
    """Return the type of an exact number: SQLite has none, there it is a whole number of smallest parts."""
    return sa.BigInteger() if op.get_bind().dialect.name == "sqlite" else sa.Numeric(18, scale)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=nullable)


def _whole(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer, nullable=False)


def _create_vouchers() -> None:
    op.create_table(
        "posted_vouchers",
        sa.Column("chain_no", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("voucher_id", sa.Text, nullable=False, unique=True),
        *(_text(name) for name in ("company_code", "ledger_code")),
        _whole("fiscal_year"),
        _whole("period_no"),
        _text("voucher_word"),
        sa.Column("voucher_no", sa.Integer, sa.CheckConstraint("voucher_no >= 1"), nullable=False),
        sa.Column("voucher_date", sa.Date, nullable=False),
        sa.Column("posting_date", sa.Date, nullable=False),
        _whole("attachment_count"),
        _text("event"),
        _text("rule_code"),
        _whole("rule_version"),
        _text("draft_id"),
        _text("root_id"),
        _text("draft_content_hash"),
        *(_text(name, nullable=True) for name in ("document_entity", "document_id", "document_no")),
        _whole("correction_no"),
        sa.Column(
            "kind",
            sa.String(8),
            sa.CheckConstraint("kind in ('normal', 'red', 'blue', 'manual')"),
            nullable=False,
        ),
        _text("corrects_voucher_id", nullable=True),
        _text("company_currency_code"),
        _whole("line_count"),
        sa.Column("debit", _exact(4), nullable=False),
        sa.Column("credit", _exact(4), nullable=False),
        _text("prepared_by"),
        _text("reviewed_by"),
        _text("cashier", nullable=True),
        _text("posted_by"),
        sa.Column("posted_at", sa.String(32), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("voucher_hash", sa.String(64), nullable=False, unique=True),
        sa.CheckConstraint("debit = credit"),
        sa.UniqueConstraint(
            "company_code", "ledger_code", "fiscal_year", "period_no", "voucher_word", "voucher_no"
        ),
        sa.UniqueConstraint("draft_id", "draft_content_hash"),
    )
    op.create_index("posted_vouchers_by_root", "posted_vouchers", ["root_id"])


def _create_lines() -> None:
    def voucher() -> "sa.Column[str]":
        key = sa.ForeignKey("posted_vouchers.voucher_id", deferrable=True, initially="DEFERRED")
        return sa.Column("voucher_id", sa.Text, key, nullable=False)

    op.create_table(
        "posted_voucher_lines",
        voucher(),
        _whole("line_no"),
        _text("account_role"),
        _text("account_code"),
        _text("side"),
        _text("summary", nullable=True),
        sa.Column("debit", _exact(4), nullable=False),
        sa.Column("credit", _exact(4), nullable=False),
        sa.Column("amount", _exact(4), nullable=False),
        _text("document_currency_code", nullable=True),
        sa.Column("currency_amount", _exact(4)),
        sa.Column("exchange_rate", _exact(10)),
        sa.Column("quantity", _exact(6)),
        *(
            _text(name, nullable=True)
            for name in (
                "uom_code", "partner_kind", "partner_code", "item_code", "org_unit_code", "employee_code",
                "project_code", "bank_account_code", "tax_code", "document_entity", "document_id",
                "document_no",
            )
        ),
        sa.PrimaryKeyConstraint("voucher_id", "line_no"),
    )  # fmt: skip
    op.create_table(
        "posted_sources",
        voucher(),
        *(_text(name) for name in ("source_id", "document_entity", "line_id")),
        *(_text(name) for name in ("company_code", "ledger_code", "event")),
        _whole("fiscal_year"),
        _whole("period_no"),
        _whole("correction_no"),
        sa.Column("is_reversal", sa.Integer, sa.CheckConstraint("is_reversal in (0, 1)"), nullable=False),
        sa.UniqueConstraint(
            "line_id", "document_entity", "source_id", "event", "company_code", "ledger_code", "fiscal_year",
            "period_no", "correction_no", "is_reversal",
        ),
    )  # fmt: skip
    op.create_index("posted_sources_by_voucher", "posted_sources", ["voucher_id"])


def _create_decisions() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_no", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("draft_id"),
        _text("content_hash"),
        sa.Column(
            "decision",
            sa.String(8),
            sa.CheckConstraint("decision in ('approved', 'rejected')"),
            nullable=False,
        ),
        sa.Column(
            "role", sa.String(8), sa.CheckConstraint("role in ('reviewer', 'cashier')"), nullable=False
        ),
        _text("decided_by"),
        sa.Column("decided_at", sa.String(32), nullable=False),
        _text("reason"),
    )  # fmt: skip
    op.create_index("reviews_by_draft", "reviews", ["draft_id"])
    op.create_table(
        "period_states",
        sa.Column("state_no", sa.BigInteger, primary_key=True, autoincrement=False),
        *(_text(name) for name in ("company_code", "ledger_code")),
        _whole("fiscal_year"),
        _whole("period_no"),
        _text("module"),
        sa.Column(
            "state", sa.String(8), sa.CheckConstraint("state in ('open', 'hold', 'closed')"), nullable=False
        ),
        _text("decided_by"),
        sa.Column("decided_at", sa.String(32), nullable=False),
        _text("reason"),
        _text("second_person"),
    )
    op.create_table(
        "reversal_requests",
        sa.Column("request_no", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("voucher_id"),
        _text("decided_by"),
        sa.Column("decided_at", sa.String(32), nullable=False),
        _text("reason"),
    )


def _sqlite_guards() -> list[str]:
    def refuse(message: str) -> str:
        return f"begin select raise(abort, '{message}'); end"

    kept = [
        f"create trigger {table}_no_{change} before {change} on {table} {refuse(f'{table} is append-only')}"
        for table in TABLES
        for change in ("update", "delete")
    ]
    ordered = [
        f"create trigger {table}_in_order before insert on {table} when new.{number} <> "
        f"(select coalesce(max({number}), 0) + 1 from {table}) {refuse(f'{table} is append-only')}"
        for table, number in NUMBERED.items()
    ]
    closed = [
        f"create trigger {table}_closed before insert on {table} when exists "
        f"(select 1 from posted_vouchers where voucher_id = new.voucher_id) {refuse(CLOSED)}"
        for table in ("posted_voucher_lines", "posted_sources")
    ]
    rules = [
        f"create trigger posted_vouchers_{name} before insert on posted_vouchers when {condition} "
        f"{refuse(message)}"
        for name, condition, message in RULES
    ]
    return [*kept, *ordered, *closed, *rules]


def _postgresql_guards() -> list[str]:
    def function(name: str, condition: str, message: str) -> str:
        return (
            f"create function {name}() returns trigger language plpgsql as $$ begin "
            f"if {condition} then raise exception '{message}'; end if; return new; end $$"
        )

    def before_insert(table: str, name: str) -> str:
        return f"create trigger {name} before insert on {table} for each row execute function {name}()"

    made = [
        "create function books_refuse() returns trigger language plpgsql as $$ "
        "begin raise exception '% is append-only', tg_table_name; end $$"
    ]
    for table in TABLES:
        made.append(
            f"create trigger {table}_no_change before update or delete on {table} "
            "for each row execute function books_refuse()"
        )
        made.append(
            f"create trigger {table}_no_truncate before truncate on {table} "
            "for each statement execute function books_refuse()"
        )
    for table, number in NUMBERED.items():
        condition = f"new.{number} <> (select coalesce(max({number}), 0) + 1 from {table})"
        made.append(function(f"{table}_in_order", condition, f"{table} is append-only"))
        made.append(before_insert(table, f"{table}_in_order"))
    made.append(
        function(
            "posted_rows_closed",
            "exists (select 1 from posted_vouchers where voucher_id = new.voucher_id)",
            CLOSED,
        )
    )
    made += [
        f"create trigger {table}_closed before insert on {table} "
        "for each row execute function posted_rows_closed()"
        for table in ("posted_voucher_lines", "posted_sources")
    ]
    for name, condition, message in RULES:
        made.append(function(f"posted_vouchers_{name}", condition, message))
        made.append(before_insert("posted_vouchers", f"posted_vouchers_{name}"))
    return made
