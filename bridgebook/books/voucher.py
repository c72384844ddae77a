"""What a voucher is: a draft with lines and sources, a posted voucher, and the seal over its content."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Kind = Literal["normal", "red", "blue", "manual"]
GONE = "gone"
"""The content hash of a document that is no more."""


class Hashes(NamedTuple):
    """The content hash of an expected voucher, and the one that an earlier release made of it."""

    now: str
    former: str = ""

    def are(self, known: str) -> bool:
        """Tell whether a hash that was kept is that of this content, whichever release made it."""
        return known in self and known != ""


CASH_ROLES = frozenset({"cash", "bank"})
PLACES: Mapping[str, int] = {
    "debit": 4, "credit": 4, "amount": 4, "currency_amount": 4, "exchange_rate": 10, "quantity": 6,
}  # fmt: skip
"""Places after the point of each exact number of a voucher."""


class Line(NamedTuple):
    """One line; amounts in company currency, red is negative on its side, `amount` is debit less credit."""

    line_no: int
    account_role: str
    account_code: str
    side: str
    summary: str | None
    debit: Decimal
    credit: Decimal
    amount: Decimal
    document_currency_code: str | None = None
    currency_amount: Decimal | None = None
    exchange_rate: Decimal | None = None
    quantity: Decimal | None = None
    uom_code: str | None = None
    partner_kind: str | None = None
    partner_code: str | None = None
    item_code: str | None = None
    org_unit_code: str | None = None
    employee_code: str | None = None
    project_code: str | None = None
    bank_account_code: str | None = None
    tax_code: str | None = None
    document_entity: str | None = None
    document_id: str | None = None
    document_no: str | None = None

    def sealed(self) -> list[object]:
        """Return the line as it enters the seal."""
        return [_plain(name, value) for name, value in zip(self._fields, self, strict=True)]


class Source(NamedTuple):
    """A document line that is booked, once per event, ledger, period and number of its correction."""

    source_id: str
    document_entity: str
    line_id: str
    company_code: str
    ledger_code: str
    event: str
    fiscal_year: int
    period_no: int
    correction_no: int = 0
    is_reversal: int = 0

    @property
    def subject(self) -> tuple[object, ...]:
        """Return what is booked, whichever correction it is."""
        return self[:8]


@dataclass(frozen=True)
class Draft:
    """A voucher that may be posted. `root_id` names the expected voucher that it states or corrects."""

    draft_id: str
    root_id: str
    company_code: str
    ledger_code: str
    company_currency_code: str
    event: str
    rule_code: str
    rule_version: int
    voucher_date: date
    posting_date: date | None
    voucher_word: str
    content_hash: str
    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    document_entity: str | None = None
    document_id: str | None = None
    document_no: str | None = None
    attachment_count: int = 0
    correction_no: int = 0
    kind: Kind = "normal"
    corrects_voucher_id: str | None = None
    prepared_by: str = ""
    maker: str = ""
    fault: str = ""
    is_automatic: bool = False
    needs_cashier: bool = False
    former_hash: str = ""

    @property
    def hashes(self) -> Hashes:
        """Return the hash of its content, as this release and as the one before it makes it."""
        return Hashes(self.content_hash, self.former_hash)

    @property
    def debit(self) -> Decimal:
        """Return the total of the debit side."""
        return sum((line.debit for line in self.lines), Decimal(0))

    @property
    def credit(self) -> Decimal:
        """Return the total of the credit side."""
        return sum((line.credit for line in self.lines), Decimal(0))

    @property
    def moves_cash(self) -> bool:
        """Tell whether a line moves cash or bank."""
        return any(line.account_role in CASH_ROLES for line in self.lines)


@dataclass(frozen=True)
class Posted:
    """The head of a posted voucher, as it stands in the store."""

    chain_no: int
    voucher_id: str
    company_code: str
    ledger_code: str
    fiscal_year: int
    period_no: int
    voucher_word: str
    voucher_no: int
    voucher_date: date
    posting_date: date
    attachment_count: int
    event: str
    rule_code: str
    rule_version: int
    draft_id: str
    root_id: str
    draft_content_hash: str
    document_entity: str | None
    document_id: str | None
    document_no: str | None
    correction_no: int
    kind: Kind
    corrects_voucher_id: str | None
    company_currency_code: str
    line_count: int
    debit: Decimal
    credit: Decimal
    prepared_by: str
    reviewed_by: str
    cashier: str | None
    posted_by: str
    posted_at: str
    previous_hash: str
    voucher_hash: str

    def seal(self, lines: Sequence[Line], sources: Iterable[Source]) -> str:
        """Return the hash that this voucher must carry with these lines and sources."""
        head = {name: _plain(name, value) for name, value in self.__dict__.items() if name != "voucher_hash"}
        content = [head, [line.sealed() for line in lines], sorted(list(source) for source in sources)]
        words = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def reference(self) -> str:
        """Return our own number (接口流水号) by which other systems know this voucher, the same for ever."""
        return f"BB-{self.company_code}-{self.chain_no}"

    @property
    def series(self) -> tuple[str, str, int, int, str]:
        """Return what its number counts within."""
        return (
            self.company_code, self.ledger_code, self.fiscal_year, self.period_no, self.voucher_word,
        )  # fmt: skip


def voucher_id(series: tuple[str, str, int, int, str], number: int) -> str:
    """Name a voucher as people do: company, ledger, period, word and number."""
    company, ledger, year, period, word = series
    return f"{company}/{ledger}/{year}-{period:02d}/{word}-{number}"


def digest(rows: Iterable[Sequence[object]]) -> str:
    """Return a hash over rows of decisions."""
    words = json.dumps([[str(cell) for cell in row] for row in rows], ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()


def _plain(name: str, value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:.{PLACES[name]}f}"
    return value.isoformat() if isinstance(value, date) else value
