"""Corrections of posted vouchers whose document changed or is gone: red and blue drafts in an open period."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bridgebook.books.expected import Expected, merged
from bridgebook.books.periods import Calendar, module_of
from bridgebook.books.policies import EARLIER_YEAR, SAME_YEAR, Policies
from bridgebook.books.posting import Held
from bridgebook.books.voucher import GONE, Draft, Hashes, Line, Posted, Source

PERIOD_END = "periods"
"""Entity of what the end of a period asks for: it is worked out from the ledger, not from a document."""

Words = Callable[[str, Posted], str]
"""Return the summary text of a correction (`voucher_summary_red` or `voucher_summary_blue`) of a voucher."""


@dataclass(frozen=True)
class Request:
    """Somebody wants a posted voucher cancelled."""

    request_no: int
    voucher_id: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Content:
    """Lines and sources of a posted voucher."""

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]


def changed_roots(held: Held, expected: Expected) -> dict[str, str]:
    """Return the expected vouchers whose content is no longer what stands posted, with their hash now.

    A document that waits on the unposted worklist is not gone: nothing is known about it. What ended a
    period is no document: once the ledger holds it, nothing is left to ask for and nothing to correct.
    """
    hashes = expected.hashes(list(held.by_root))
    found = {}
    for root, every in held.by_root.items():
        content, standing = hashes.get(root, Hashes(GONE)), held.standing(root)
        now = content.now
        head = every[-1]
        waits = (head.event, head.document_entity or "", head.document_id or "") in expected.held_back
        if waits and now == GONE:
            continue
        if not standing:
            if now != GONE and not any(each.draft_content_hash == GONE for each in every):
                found[root] = now
        elif not content.are(standing[-1].draft_content_hash) and head.document_entity != PERIOD_END:
            found[root] = now
    return found


def asked_again(held: Held, expected: Expected) -> list[Draft]:
    """Return what the end of a period asks for beside a voucher of ours that stands posted for it.

    It holds what ours holds too while ours is on its way to the ledger, so nobody can post it.
    """
    return [
        replace(draft, fault="period_end_posted")
        for draft in expected.drafts
        if draft.document_entity == PERIOD_END
        and (standing := held.standing(draft.root_id))
        and not draft.hashes.are(standing[-1].draft_content_hash)
    ]


def corrections(
    held: Held,
    changed: Mapping[str, str],
    stated: Mapping[str, Draft],
    content: Mapping[str, Content],
    calendar: Calendar,
    policies: Policies,
    words: Words,
) -> list[Draft]:
    """Return what corrects each changed voucher, red before blue."""
    found: list[Draft] = []
    for root, now in sorted(changed.items()):
        standing = held.standing(root)
        new = stated.get(root)
        number = max(each.correction_no for each in held.by_root[root]) + 1
        if not standing:
            last = held.by_root[root][-1]
            if new is not None:
                found.append(_blue(new, last, number, calendar, words, now))
            continue
        old = [line for each in standing for line in content[each.voucher_id].lines]
        differing = difference(old, new.lines if new else ())
        if not differing:
            continue
        first = standing[0]
        opened = calendar.first_open(
            first.company_code, first.ledger_code, module_of(first.event), standing[-1].posting_date
        )
        year = opened[1].fiscal_year if opened else first.fiscal_year
        is_earlier = any(each.fiscal_year < year for each in standing)
        policy = EARLIER_YEAR if is_earlier else SAME_YEAR
        day = opened[0] if opened else first.posting_date
        how = policies.value(policy, first.company_code, first.ledger_code, day)
        if how == "difference":
            found.append(_difference(standing[-1], differing, content, new, number, calendar, words, now))
            continue
        found += [red(each, content[each.voucher_id], calendar, words, now) for each in standing]
        if new is not None:
            found.append(_blue(new, standing[-1], number, calendar, words, now))
    return found


def red(voucher: Posted, content: Content, calendar: Calendar, words: Words, now: str) -> Draft:
    """Return the exact mirror of a posted voucher in red, negative on the same sides."""
    summary = words("voucher_summary_red", voucher)
    lines = tuple(
        line._replace(
            summary=summary,
            debit=-line.debit,
            credit=-line.credit,
            amount=-line.amount,
            currency_amount=None if line.currency_amount is None else -line.currency_amount,
            quantity=None if line.quantity is None else -line.quantity,
        )
        for line in content.lines
    )
    sources = tuple(source._replace(is_reversal=1) for source in content.sources)
    draft = _from_posted(voucher, calendar, lines, sources)
    return replace(
        draft,
        draft_id=f"{voucher.root_id}#red{voucher.correction_no}",
        content_hash=f"{voucher.voucher_hash[:32]}:{now}",
        correction_no=voucher.correction_no,
        kind="red",
    )


def requested(
    requests: Iterable[Request],
    held: Held,
    vouchers: Mapping[str, Posted],
    content: Mapping[str, Content],
    calendar: Calendar,
    words: Words,
) -> list[Draft]:
    """Return the red drafts that people asked for; in a later year with sides turned instead of red."""
    found = []
    for request in requests:
        voucher = vouchers[request.voucher_id]
        if voucher not in held.standing(voucher.root_id):
            continue
        draft = red(voucher, content[voucher.voucher_id], calendar, words, f"request {request.request_no}")
        opened = calendar.first_open(
            voucher.company_code, voucher.ledger_code, module_of(voucher.event), voucher.posting_date
        )
        if opened and opened[1].fiscal_year > voucher.fiscal_year:
            draft = replace(draft, lines=tuple(_turned(line) for line in draft.lines))
        found.append(replace(draft, maker=request.by, prepared_by=request.by))
    return found


def moved(drafts: Sequence[Draft], held: Held, numbers: Mapping[tuple[object, ...], int]) -> list[Draft]:
    """Return new drafts of document lines that were booked before as the blue vouchers that they are."""
    found = []
    for draft in drafts:
        roots = {root for source in draft.sources for root in held.roots.get(source.subject, ())}
        roots.discard(draft.root_id)
        if not roots:
            found.append(draft)
            continue
        last = max((held.by_root[root][-1] for root in roots), key=lambda each: each.chain_no)
        sources = tuple(
            source._replace(correction_no=numbers.get(source.subject, -1) + 1) for source in draft.sources
        )
        number = max(source.correction_no for source in sources)
        changes = {"corrects_voucher_id": last.corrects_voucher_id or last.voucher_id, "sources": sources}
        found.append(replace(draft, kind="blue", correction_no=number, **changes))  # type: ignore[arg-type]
    return found


def difference(old: Iterable[Line], new: Iterable[Line]) -> tuple[Line, ...]:
    """Return what has to be booked so that `old` becomes `new`, in blue: positive, sides as needed."""
    signed = [_neutral(line, 1) for line in new] + [_neutral(line, -1) for line in old]
    kept = [
        line for line in merged(signed) if line.amount or (line.currency_amount or 0) or (line.quantity or 0)
    ]
    return tuple(_sided(line)._replace(line_no=number) for number, line in enumerate(kept, 1))


def _neutral(line: Line, factor: int) -> Line:
    """Return a line without side and summary, so that equal accounts and dimensions meet."""
    return line._replace(
        side="",
        summary=None,
        debit=Decimal(0),
        credit=Decimal(0),
        amount=factor * line.amount,
        exchange_rate=None,
        currency_amount=None if line.currency_amount is None else factor * line.currency_amount,
        quantity=None if line.quantity is None else factor * line.quantity,
        document_entity=None,
    )


def _sided(line: Line) -> Line:
    zero = Decimal("0.0000")
    if line.amount >= 0:
        return line._replace(side="debit", debit=line.amount, credit=zero)
    return line._replace(side="credit", debit=zero, credit=-line.amount)


def _turned(line: Line) -> Line:
    return _sided(line)._replace(summary=line.summary)


def _blue(new: Draft, old: Posted, number: int, calendar: Calendar, words: Words, now: str) -> Draft:
    """Return the document's voucher as it has to be, in place of a cancelled one."""
    told = words("voucher_summary_blue", old)
    lines = tuple(line._replace(summary=f"{told} {line.summary or ''}".strip()) for line in new.lines)
    day = new.posting_date or new.voucher_date
    opened = calendar.first_open(new.company_code, new.ledger_code, module_of(new.event), day)
    return replace(
        new,
        draft_id=f"{new.root_id}#blue{number}",
        kind="blue",
        correction_no=number,
        content_hash=now,
        lines=lines,
        sources=tuple(source._replace(correction_no=number) for source in new.sources),
        posting_date=opened[0] if opened else None,
        corrects_voucher_id=old.corrects_voucher_id if old.kind == "red" else old.voucher_id,
    )


def _difference(
    last: Posted,
    lines: tuple[Line, ...],
    content: Mapping[str, Content],
    new: Draft | None,
    number: int,
    calendar: Calendar,
    words: Words,
    now: str,
) -> Draft:
    """Return one blue voucher over the difference to what an earlier year holds."""
    told = words("voucher_summary_blue", last)
    sources = new.sources if new else content[last.voucher_id].sources
    numbered = tuple(source._replace(correction_no=number, is_reversal=0) for source in sources)
    draft = _from_posted(last, calendar, tuple(line._replace(summary=told) for line in lines), numbered)
    return replace(
        draft,
        draft_id=f"{last.root_id}#difference{number}",
        content_hash=now,
        correction_no=number,
        kind="blue",
        fault=new.fault if new else "",
    )


def _from_posted(
    voucher: Posted, calendar: Calendar, lines: tuple[Line, ...], sources: tuple[Source, ...]
) -> Draft:
    opened = calendar.first_open(
        voucher.company_code, voucher.ledger_code, module_of(voucher.event), voucher.posting_date
    )
    return Draft(
        draft_id=voucher.draft_id,
        root_id=voucher.root_id,
        company_code=voucher.company_code,
        ledger_code=voucher.ledger_code,
        company_currency_code=voucher.company_currency_code,
        event=voucher.event,
        rule_code=voucher.rule_code,
        rule_version=voucher.rule_version,
        voucher_date=opened[0] if opened else voucher.voucher_date,
        posting_date=opened[0] if opened else None,
        voucher_word=voucher.voucher_word,
        content_hash="",
        lines=lines,
        sources=sources,
        document_entity=voucher.document_entity,
        document_id=voucher.document_id,
        document_no=voucher.document_no,
        corrects_voucher_id=voucher.voucher_id,
        prepared_by=f"{voucher.rule_code} v{voucher.rule_version}",
    )
