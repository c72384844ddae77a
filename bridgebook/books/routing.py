"""Which targets a posted voucher is told to, and what the letters about it hold."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bridgebook.books.outbox import Row, enqueue
from ingestion.outbound.voucher import HEAD, LINE

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bridgebook.settings_targets import TargetTable

DOCUMENT = ("document_entity", "document_id", "document_no")


def enqueue_posted(
    connection: "sa.Connection",
    targets: "Sequence[TargetTable]",
    *,
    reference: str,
    head: Mapping[str, object],
    lines: Sequence[Mapping[str, object]],
) -> None:
    """Write down, in the transaction that posts a voucher, what every target is to be told of it.

    `reference` is our own number of the voucher (接口流水号), the same for ever. Where another system is told
    the voucher, the document learns a number only when that system has given one (`enqueue_acknowledged`).
    """
    company, ledger = str(head["company_code"]), head.get("ledger_code")
    concerned = [each for each in targets if each.takes(company, str(ledger) if ledger else None)]
    vouchers = [each for each in concerned if each.letters == "voucher"]
    payload = voucher_payload(head, lines)
    for target in vouchers:
        _enqueue(connection, "voucher", target.id, reference, payload)
    if not vouchers:
        state = status_payload(head, state="posted", word=head.get("voucher_word"), no=head.get("voucher_no"))
        for target in concerned:
            _enqueue(connection, "status", target.id, reference, state)


def enqueue_acknowledged(
    connection: "sa.Connection", targets: "Sequence[TargetTable]", row: Row, target_no: str
) -> None:
    """Write down that a document's voucher has a number in the finance system."""
    head = row.payload
    company, ledger = str(head["company_code"]), head.get("ledger_code")
    reference = reference_of(row)
    state = status_payload(head, state="posted", word=head.get("voucher_word"), no=target_no)
    for target in targets:
        if target.letters == "status" and target.takes(company, str(ledger) if ledger else None):
            _enqueue(connection, "status", target.id, reference, state)


def voucher_payload(head: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the letter about a voucher: its head, its document and its lines, amounts as exact text."""
    return {
        **{name: _plain(head.get(name)) for name in (*HEAD, *DOCUMENT)},
        "lines": [{name: _plain(line.get(name)) for name in LINE} for line in lines],
    }


def status_payload(head: Mapping[str, object], *, state: str, word: object, no: object) -> dict[str, object]:
    """Return the letter about the state of a document's voucher."""
    names = ("company_code", "ledger_code", "fiscal_year", "period_no", "voucher_date", *DOCUMENT)
    return {
        **{name: _plain(head.get(name)) for name in names},
        "voucher_word": _plain(word),
        "voucher_no": _plain(no),
        "state": state,
    }


def _enqueue(
    connection: "sa.Connection", kind: str, target: str, reference: str, payload: Mapping[str, object]
) -> None:
    subject = f"{payload['company_code']} {payload['voucher_word']}-{payload['voucher_no']}"
    if payload.get("document_no"):
        subject += f" {payload['document_no']}"
    enqueue(
        connection,
        kind=kind,
        target=target,
        subject=subject,
        payload=payload,
        idempotency_key=f"{kind}:{target}:{reference}",
    )


def reference_of(row: Row) -> str:
    """Return our own number of the voucher that a row is about."""
    parts = row.idempotency_key.split(":", 2)
    return parts[2] if len(parts) == 3 and parts[:2] == [row.kind, row.target] else row.idempotency_key


def _plain(value: object) -> object:
    """Return a value as JSON keeps it; amounts as text with all their digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    json.dumps(value)
    return value
