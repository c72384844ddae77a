"""A voucher as a letter carries it, read strictly: every amount exact, debits equal to credits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from ingestion.errors import LetterUnreadable

HEAD = (
    "company_code", "ledger_code", "fiscal_year", "period_no", "voucher_word", "voucher_no", "voucher_date",
    "attachment_count", "company_currency_code", "prepared_by", "reviewed_by", "cashier", "posted_by",
)  # fmt: skip
LINE = (
    "summary", "account_code", "debit", "credit", "document_currency_code", "currency_amount",
    "exchange_rate", "quantity", "uom_code", "partner_kind", "partner_code", "item_code", "org_unit_code",
    "employee_code", "project_code", "bank_account_code",
)  # fmt: skip
ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One line; debit and credit in the company's currency, red ones negative on their own side."""

    summary: str
    account_code: str
    debit: Decimal
    credit: Decimal
    currency: str
    currency_amount: Decimal
    rate: Decimal
    quantity: Decimal | None
    partner_kind: str
    partner_code: str
    item_code: str
    org_unit_code: str
    employee_code: str
    project_code: str
    bank_account_code: str

    @property
    def is_debit(self) -> bool:
        """Whether the line stands on the debit side."""
        return self.debit != 0

    def dimensions(self) -> dict[str, str]:
        """Return the auxiliary dimensions that the line carries: kind -> code."""
        found = {
            self.partner_kind or "partner": self.partner_code,
            "item": self.item_code,
            "department": self.org_unit_code,
            "employee": self.employee_code,
            "project": self.project_code,
            "bank_account": self.bank_account_code,
        }
        return {kind: code for kind, code in found.items() if code}


@dataclass(frozen=True)
class Voucher:
    """The head of a voucher and its lines; `reference` is our own number, which the target keeps."""

    reference: str
    company_code: str
    fiscal_year: int
    period_no: int
    word: str
    number: str
    day: date
    attachments: int
    currency: str
    prepared_by: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """Return the sum of the debits."""
        return sum((line.debit for line in self.lines), ZERO)


def read_voucher(reference: str, payload: Mapping[str, object]) -> Voucher:
    """Return the voucher in a letter, or raise LetterUnreadable naming what is wrong with it."""
    try:
        currency = _text(payload, "company_currency_code")
        given = payload["lines"]
        lines = tuple(_line(each, currency) for each in given) if isinstance(given, list) else ()
        voucher = Voucher(
            reference,
            _text(payload, "company_code"),
            int(_text(payload, "fiscal_year")),
            int(_text(payload, "period_no")),
            _text(payload, "voucher_word"),
            _text(payload, "voucher_no"),
            date.fromisoformat(_text(payload, "voucher_date")[:10]),
            int(_text(payload, "attachment_count") or 0),
            currency,
            _text(payload, "prepared_by"),
            lines,
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise LetterUnreadable(reference=reference, detail=repr(error)) from None
    credit = sum((line.credit for line in lines), ZERO)
    if not lines or voucher.total != credit:
        raise LetterUnreadable(reference=reference, detail=f"{voucher.total} <> {credit}")
    return voucher


def _line(given: Mapping[str, object], book_currency: str) -> Line:
    debit, credit = (_amount(given, side) or ZERO for side in ("debit", "credit"))
    foreign = _amount(given, "currency_amount")
    currency = _text(given, "document_currency_code") or book_currency
    booked = debit if debit != 0 else credit
    if foreign is None or currency == book_currency:
        foreign, currency = booked, currency if foreign is not None else book_currency
    else:  # signed by side in the books; a voucher's side tells the sign, red ones keep theirs
        foreign = abs(foreign) if booked >= 0 else -abs(foreign)
    return Line(
        _text(given, "summary"),
        _text(given, "account_code"),
        debit,
        credit,
        currency,
        foreign,
        _amount(given, "exchange_rate") or Decimal(1),
        _amount(given, "quantity"),
        *(
            _text(given, name)
            for name in (
                "partner_kind", "partner_code", "item_code", "org_unit_code", "employee_code", "project_code",
                "bank_account_code",
            )
        ),
    )  # fmt: skip


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    return "" if value is None else str(value)


def _amount(given: Mapping[str, object], name: str) -> Decimal | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, float):
        raise TypeError(f"{name} is a floating point number")
    return Decimal(str(value))
