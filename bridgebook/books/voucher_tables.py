"""The tables of vouchers and their exact numbers: NUMERIC on PostgreSQL, whole smallest parts on SQLite."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from bridgebook.books.voucher import PLACES, Line, Posted, Source


class Exact(TypeDecorator[Decimal]):
    """A decimal of fixed places that never becomes a floating point number."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__(18, places)
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database has for it."""
        kind = sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric(18, self.places)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Return the number as the database keeps it; raise where it has more places."""
        if value is None or dialect.name != "sqlite":
            return value
        parts = value.scaleb(self.places)
        if parts != int(parts):
            raise ValueError(f"{value} has more than {self.places} places")
        return int(parts)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the number as it was given."""
        if value is None or dialect.name != "sqlite":
            return None if value is None else Decimal(value)
        return Decimal(value).scaleb(-self.places)


def _column(name: str) -> "sa.Column[Any]":
    if name in PLACES:
        return sa.Column(name, Exact(PLACES[name]))
    if name in ("voucher_date", "posting_date"):
        return sa.Column(name, sa.Date)
    whole = name.endswith("_no") and name not in ("document_no",)
    if whole or name.endswith("_count") or name in ("fiscal_year", "rule_version", "is_reversal"):
        return sa.Column(name, sa.BigInteger if name == "chain_no" else sa.Integer)
    return sa.Column(name, sa.Text)


_METADATA = sa.MetaData()


def _table(name: str, *columns: str) -> sa.Table:
    return sa.Table(name, _METADATA, *(_column(column) for column in columns))


VOUCHERS = _table("posted_vouchers", *Posted.__dataclass_fields__)
LINES = _table("posted_voucher_lines", "voucher_id", *Line._fields)
SOURCES = _table("posted_sources", "voucher_id", *Source._fields)
REVIEWS = _table(
    "reviews", "review_no", "draft_id", "content_hash", "decision", "role", "decided_by", "decided_at",
    "reason",
)  # fmt: skip
PERIOD_STATES = _table(
    "period_states", "state_no", "company_code", "ledger_code", "fiscal_year", "period_no", "module", "state",
    "decided_by", "decided_at", "reason", "second_person",
)  # fmt: skip
REVERSAL_REQUESTS = _table(
    "reversal_requests", "request_no", "voucher_id", "decided_by", "decided_at", "reason"
)
