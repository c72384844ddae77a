"""Post drafts: checked again, numbered without gaps, chained; many in one transaction, each exactly once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from bridgebook.books import audit
from bridgebook.books.periods import Calendar, Period, decided_periods, module_of
from bridgebook.books.voucher import GONE, Draft, Line, Posted, Source, voucher_id
from bridgebook.books.voucher_tables import LINES, REVIEWS, SOURCES, VOUCHERS
from bridgebook.errors import Problem

POSTED = "vouchers_posted"
Series = tuple[str, str, int, int, str]
OnPosted = Callable[[sa.Connection, Posted, tuple[Line, ...]], None]
"""What else happens in the transaction that posts a voucher, such as a row of the outbox."""


@dataclass(frozen=True)
class Review:
    """The newest decision about a draft in one role."""

    draft_id: str
    content_hash: str
    decision: str
    role: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Held:
    """What the store holds of some drafts and of the document lines they book."""

    by_draft: Mapping[str, Posted] = field(default_factory=dict)
    by_root: Mapping[str, tuple[Posted, ...]] = field(default_factory=dict)
    roots: Mapping[tuple[object, ...], frozenset[str]] = field(default_factory=dict)

    def standing(self, root: str) -> tuple[Posted, ...]:
        """Return the vouchers of an expected voucher that no red one has cancelled, oldest first."""
        every = self.by_root.get(root, ())
        cancelled = {each.corrects_voucher_id for each in every if each.kind == "red"}
        return tuple(each for each in every if each.kind != "red" and each.voucher_id not in cancelled)


@dataclass(frozen=True)
class Batch:
    """What one transaction posted, what it refused with the reasons, and the newest anchor."""

    posted: tuple[Posted, ...]
    refused: tuple[Problem, ...]


def post_batch(
    connection: sa.Connection,
    drafts: Sequence[Draft],
    calendar: Calendar,
    *,
    by: str,
    on_posted: OnPosted | None = None,
    is_strict: bool = True,
) -> Batch:
    """Post drafts within a transaction of `audit.writing`; strict: none where one is refused."""
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    reviews = newest_reviews(connection, [draft.draft_id for draft in drafts])
    held = held_of(connection, drafts)
    current = replace(calendar, decided=decided_periods(connection))
    ready: list[tuple[Draft, Period]] = []
    refused: list[Problem] = []
    seen: set[str] = set()
    together: set[str] = set()
    for draft in drafts:
        objection = _objection(draft, reviews, held, current, by=by, together=together)
        period = current.period_of(draft.company_code, draft.posting_date) if draft.posting_date else None
        if objection is not None or period is None:
            refused.append(objection or _problem(draft, "voucher_no_period"))
        elif draft.draft_id in seen:
            refused.append(_problem(draft, "voucher_twice_in_list"))
        else:
            seen.add(draft.draft_id)
            together |= {draft.root_id} if draft.kind == "red" else set()
            ready.append((draft, period))
    if (refused and is_strict) or not ready:
        return Batch((), tuple(refused))
    posted = _chained(connection, ready, reviews, by=by, moment=moment)
    _insert(connection, posted, [draft for draft, _ in ready])
    _tell(connection, posted, by)
    if on_posted is not None:
        for voucher, (draft, _) in zip(posted, ready, strict=True):
            on_posted(connection, voucher, draft.lines)
    return Batch(tuple(posted), tuple(refused))


def newest_reviews(connection: sa.Connection, draft_ids: Iterable[str]) -> dict[tuple[str, str], Review]:
    """Return the newest decision by draft and role."""
    wanted = list(draft_ids)
    table = REVIEWS.c
    found: dict[tuple[str, str], Review] = {}
    for part in parts(wanted):
        question = sa.select(REVIEWS).where(table.draft_id.in_(part)).order_by(table.review_no)
        for row in connection.execute(question):
            review = Review(*row[1:])
            found[(review.draft_id, review.role)] = review
    return found


def held_of(connection: sa.Connection, drafts: Sequence[Draft]) -> Held:
    """Return what the store holds of these drafts, their expected vouchers and their document lines."""
    roots = {draft.root_id for draft in drafts}
    lines = {source.line_id for draft in drafts for source in draft.sources}
    subjects: dict[tuple[object, ...], set[str]] = defaultdict(set)
    question = sa.select(VOUCHERS.c.root_id, *(SOURCES.c[name] for name in Source._fields[:8])).join_from(
        SOURCES, VOUCHERS, SOURCES.c.voucher_id == VOUCHERS.c.voucher_id
    )
    for part in parts(sorted(lines)):
        for root, *subject in connection.execute(question.where(SOURCES.c.line_id.in_(part))):
            subjects[tuple(subject)].add(root)
            roots.add(root)
    heads: dict[str, list[Posted]] = defaultdict(list)
    by_draft: dict[str, Posted] = {}
    for part in parts(sorted(roots)):
        asked = sa.select(VOUCHERS).where(VOUCHERS.c.root_id.in_(part)).order_by(VOUCHERS.c.chain_no)
        for row in connection.execute(asked):
            posted = Posted(*row)
            heads[posted.root_id].append(posted)
            by_draft[posted.draft_id] = posted
    return Held(
        by_draft,
        {root: tuple(each) for root, each in heads.items()},
        {subject: frozenset(each) for subject, each in subjects.items()},
    )


def last_posted(connection: sa.Connection) -> tuple[int, str]:
    """Return number and hash of the newest voucher of the chain."""
    newest = sa.select(VOUCHERS.c.chain_no, VOUCHERS.c.voucher_hash).order_by(VOUCHERS.c.chain_no.desc())
    row = connection.execute(newest.limit(1)).first()
    return (int(row[0]), str(row[1])) if row else (0, audit.GENESIS)


def _objection(
    draft: Draft,
    reviews: Mapping[tuple[str, str], Review],
    held: Held,
    calendar: Calendar,
    *,
    by: str,
    together: set[str],
) -> Problem | None:
    """Say why a draft cannot be posted now; None where it can."""
    before = held.by_draft.get(draft.draft_id)
    if before is not None:
        words = {"voucher": before.voucher_id, "who": before.posted_by, "at": before.posted_at[:16]}
        return _problem(draft, "voucher_already_posted", **words)
    return (
        draft_fault(draft)
        or _review_fault(draft, reviews, by=by)
        or _period_fault(draft, calendar)
        or _source_fault(draft, held, together)
    )


def draft_fault(draft: Draft) -> Problem | None:
    """Say what is wrong with a draft itself, whoever looks at it."""
    if draft.fault:
        return _problem(draft, f"voucher_{draft.fault}")
    if not draft.lines or not draft.sources or not draft.ledger_code or not draft.voucher_word:
        return _problem(draft, "voucher_without_content")
    if draft.debit != draft.credit:
        return _problem(
            draft, "voucher_unbalanced", debit=f"{draft.debit:,.2f}", credit=f"{draft.credit:,.2f}"
        )
    return None


def _review_fault(draft: Draft, reviews: Mapping[tuple[str, str], Review], *, by: str) -> Problem | None:
    review = reviews.get((draft.draft_id, "reviewer"))
    if review is None:
        return _problem(draft, "voucher_not_reviewed")
    if review.content_hash != draft.content_hash:
        return _problem(draft, "voucher_stale", who=review.by, at=review.at[:16])
    if review.decision == "rejected":
        return _problem(draft, "voucher_rejected", who=review.by, reason=review.reason or "-")
    if not draft.needs_cashier:
        return None
    signature = reviews.get((draft.draft_id, "cashier"))
    if signature is None or signature.content_hash != draft.content_hash:
        return _problem(draft, "voucher_not_signed")
    if signature.by.casefold() == by.casefold():
        return _problem(draft, "voucher_cashier_posts", by=by)
    return None


def _period_fault(draft: Draft, calendar: Calendar) -> Problem | None:
    if draft.posting_date is None:
        return _problem(draft, "voucher_no_open_period", date=draft.voucher_date)
    period = calendar.period_of(draft.company_code, draft.posting_date)
    if period is None:
        return _problem(draft, "voucher_no_period", date=draft.posting_date)
    module = module_of(draft.event)
    state = calendar.state(period, draft.ledger_code, module)
    if state != "open":
        return _problem(draft, f"voucher_period_{state}", period=period, module=module)
    return None


def _source_fault(draft: Draft, held: Held, together: set[str]) -> Problem | None:
    """Say that a line of the document is booked already, by this expected voucher or another one."""
    if draft.kind == "red":
        return None
    standing = held.standing(draft.root_id)
    is_difference = "#difference" in draft.draft_id
    if standing and draft.root_id not in together and not is_difference:
        return _problem(draft, "voucher_not_cancelled", voucher=standing[-1].voucher_id)
    for source in draft.sources:
        for root in sorted(held.roots.get(source.subject, frozenset())):
            others = held.standing(root)
            is_gone = not others or others[-1].draft_content_hash == GONE
            if root != draft.root_id and root not in together and not is_gone:
                return _problem(draft, "voucher_not_cancelled", voucher=others[-1].voucher_id)
    return None


def _chained(
    connection: sa.Connection,
    ready: Sequence[tuple[Draft, Period]],
    reviews: Mapping[tuple[str, str], Review],
    *,
    by: str,
    moment: str,
) -> list[Posted]:
    """Number the drafts and seal each together with the one before it."""
    numbers = _last_numbers(connection, {(period.company_code, period.fiscal_year) for _, period in ready})
    chain_no, previous = last_posted(connection)
    posted: list[Posted] = []
    for draft, period in ready:
        series = (
            draft.company_code, draft.ledger_code, period.fiscal_year, period.period_no, draft.voucher_word,
        )  # fmt: skip
        number = numbers[series] = numbers.get(series, 0) + 1
        chain_no += 1
        signature = reviews.get((draft.draft_id, "cashier")) if draft.needs_cashier else None
        voucher = Posted(
            chain_no=chain_no,
            voucher_id=voucher_id(series, number),
            company_code=draft.company_code,
            ledger_code=draft.ledger_code,
            fiscal_year=period.fiscal_year,
            period_no=period.period_no,
            voucher_word=draft.voucher_word,
            voucher_no=number,
            voucher_date=draft.voucher_date,
            posting_date=draft.posting_date or draft.voucher_date,
            attachment_count=draft.attachment_count,
            event=draft.event,
            rule_code=draft.rule_code,
            rule_version=draft.rule_version,
            draft_id=draft.draft_id,
            root_id=draft.root_id,
            draft_content_hash=draft.content_hash,
            document_entity=draft.document_entity,
            document_id=draft.document_id,
            document_no=draft.document_no,
            correction_no=draft.correction_no,
            kind=draft.kind,
            corrects_voucher_id=draft.corrects_voucher_id,
            company_currency_code=draft.company_currency_code,
            line_count=len(draft.lines),
            debit=draft.debit,
            credit=draft.credit,
            prepared_by=draft.prepared_by,
            reviewed_by=reviews[(draft.draft_id, "reviewer")].by,
            cashier=signature.by if signature else None,
            posted_by=by,
            posted_at=moment,
            previous_hash=previous,
            voucher_hash="",
        )
        previous = voucher.seal(draft.lines, draft.sources)
        posted.append(replace(voucher, voucher_hash=previous))
    return posted


def _last_numbers(connection: sa.Connection, years: set[tuple[str, int]]) -> dict[Series, int]:
    table = VOUCHERS.c
    series = (table.company_code, table.ledger_code, table.fiscal_year, table.period_no, table.voucher_word)
    asked = sa.select(*series, sa.func.max(table.voucher_no)).group_by(*series)
    chosen = [
        sa.and_(table.company_code == company, table.fiscal_year == year) for company, year in sorted(years)
    ]
    return {
        (row[0], row[1], row[2], row[3], row[4]): int(row[5])
        for row in connection.execute(asked.where(sa.or_(*chosen)))
    }


def _insert(connection: sa.Connection, posted: Sequence[Posted], drafts: Sequence[Draft]) -> None:
    """Write lines and sources first: a voucher that stands in the store gets no further rows."""
    lines = [
        {"voucher_id": voucher.voucher_id, **line._asdict()}
        for voucher, draft in zip(posted, drafts, strict=True)
        for line in draft.lines
    ]
    sources = [
        {"voucher_id": voucher.voucher_id, **source._asdict()}
        for voucher, draft in zip(posted, drafts, strict=True)
        for source in draft.sources
    ]
    names = tuple(Posted.__dataclass_fields__)
    connection.execute(LINES.insert(), lines)
    connection.execute(SOURCES.insert(), sources)
    connection.execute(VOUCHERS.insert(), [dict(zip(names, astuple(each), strict=True)) for each in posted])


def _tell(connection: sa.Connection, posted: Sequence[Posted], by: str) -> None:
    """Write into the audit log what was posted: another chain that has to agree with this one."""
    numbers: dict[Series, list[int]] = defaultdict(list)
    for voucher in posted:
        numbers[voucher.series].append(voucher.voucher_no)
    content = {
        "first": posted[0].chain_no,
        "last": posted[-1].chain_no,
        "head": posted[-1].voucher_hash,
        "series": [[*series, each[0], each[-1]] for series, each in sorted(numbers.items())],
        "debit": str(sum((voucher.debit for voucher in posted), Decimal(0))),
    }
    subject = f"{posted[0].voucher_id}..{posted[-1].voucher_id}"
    audit.add(connection, actor=by, action=POSTED, subject=subject, content=content)


def _problem(draft: Draft, key: str, **values: object) -> Problem:
    words = {"draft": draft.draft_id, "document": draft.document_no or "-"} | values
    return Problem(draft.draft_id, key, tuple(words.items()))


def parts(values: Sequence[str], size: int = 5000) -> Iterable[Sequence[str]]:
    """Divide values, so that a question names no more of them than a database takes."""
    return (values[start : start + size] for start in range(0, len(values), size))
