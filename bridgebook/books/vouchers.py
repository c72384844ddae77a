"""The desk of vouchers: drafts of the snapshot with what was decided since; review, sign, post, reverse."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from bridgebook.books import audit
from bridgebook.books.corrections import (
    Content,
    asked_again,
    changed_roots,
    corrections,
    moved,
    requested,
)
from bridgebook.books.expected import Expected, read_expected
from bridgebook.books.held import all_held, contents, correction_numbers, reversal_requests
from bridgebook.books.periods import Calendar, calendar_of, decide_period, decided_periods, module_of
from bridgebook.books.periods import State as PeriodState
from bridgebook.books.policies import LANGUAGE, Policies, policies_of
from bridgebook.books.posting import (
    Batch,
    OnPosted,
    Review,
    draft_fault,
    held_of,
    last_posted,
    newest_reviews,
    post_batch,
)
from bridgebook.books.store import let_others_write
from bridgebook.books.voucher import Draft, Line, Posted, digest
from bridgebook.books.voucher_tables import REVERSAL_REQUESTS, REVIEWS, VOUCHERS
from bridgebook.errors import DecisionRefused, Problem

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from bridgebook.settings import Settings
    from bridgebook.texts import Language

__all__ = ["DecisionRefused", "Policies", "State", "VoucherDesk", "WorkDraft", "open_voucher_desk"]
State = Literal["draft", "incomplete", "ambiguous", "stale", "rejected", "approved", "signed", "posted"]
STATES: tuple[State, ...] = (
    "draft", "incomplete", "ambiguous", "stale", "rejected", "approved", "signed", "posted",
)  # fmt: skip
REVIEWED, REQUESTED = "vouchers_reviewed", "voucher_reversal_requested"
BATCH = 500
Decision = Literal["approved", "rejected"]
Role = Literal["reviewer", "cashier"]


@dataclass(frozen=True)
class WorkDraft:
    """A draft and where it stands now; `posted` is its voucher once it has one."""

    draft: Draft
    state: State
    review: Review | None = None
    signature: Review | None = None
    posted: Posted | None = None


@dataclass(frozen=True)
class Outcome:
    """What a command posted and refused, with the newest anchor."""

    posted: tuple[Posted, ...]
    refused: tuple[Problem, ...]
    anchor: str


class VoucherDesk:
    """Holds the book store, what the snapshot expects, and the policies of the house."""

    def __init__(
        self,
        engine: "Engine",
        expected: Expected,
        policies: Policies | None = None,
        *,
        on_posted: OnPosted | None = None,
        is_current: Callable[[], bool] = lambda: True,
        batch: int = BATCH,
    ) -> None:
        self.engine = engine
        self.expected = expected
        self._policies = policies or Policies()
        self._on_posted = on_posted
        self._is_current = is_current
        self._batch = batch

    @cached_property
    def _periods(self) -> Calendar:
        return calendar_of(self.expected.periods)

    def calendar(self) -> Calendar:
        """Return the periods with what was decided about them until now."""
        with self.engine.connect() as connection:
            return replace(self._periods, decided=decided_periods(connection))

    def work(self) -> list[WorkDraft]:
        """Return every draft with its state now, corrections among them; posted ones of the snapshot too."""
        with self.engine.connect() as connection:
            drafts, posted = self._drafts(connection)
            reviews = newest_reviews(connection, [draft.draft_id for draft in drafts])
        waiting = [self._with_state(draft, reviews) for draft in drafts]
        done = [WorkDraft(draft, "posted", posted=voucher) for draft, voucher in posted]
        return waiting + done

    def approve(self, draft_ids: Sequence[str], *, by: str, reason: str = "") -> list[WorkDraft]:
        """Approve drafts as reviewer; all of them or, with DecisionRefused, none; never one's own."""
        return self._decide(draft_ids, "approved", "reviewer", by=by, reason=reason)

    def reject(self, draft_ids: Sequence[str], *, by: str, reason: str) -> list[WorkDraft]:
        """Reject drafts with a reason: not posted until their document changes or somebody approves."""
        return self._decide(draft_ids, "rejected", "reviewer", by=by, reason=reason)

    def sign(self, draft_ids: Sequence[str], *, by: str) -> list[WorkDraft]:
        """Sign drafts as cashier, who neither reviews nor posts them."""
        return self._decide(draft_ids, "approved", "cashier", by=by, reason="")

    def post(self, draft_ids: Sequence[str], *, by: str) -> Outcome:
        """Post drafts; all of them or, with DecisionRefused, none."""
        by = _person(by)
        with audit.writing(self.engine) as connection:
            batch = self._post(connection, self._chosen(connection, draft_ids), by=by, is_strict=True)
            if batch.refused:
                raise DecisionRefused(batch.refused)
            return Outcome(batch.posted, (), _anchor(connection))

    def post_all(
        self,
        *,
        by: str,
        is_automatic: bool = False,
        company: str | None = None,
        progress: Callable[[Sequence[Posted]], None] = lambda posted: None,
    ) -> Outcome:
        """Post what is approved; `is_automatic` reviews before what approved rules made.

        Many vouchers a transaction; `progress` is told of each batch after it is durable.
        """
        by = _person(by)
        work = [each for each in self.work() if company in (None, each.draft.company_code)]
        taken = ("approved", "signed", "draft", "stale") if is_automatic else ("approved", "signed")
        chosen = [
            each.draft
            for each in work
            if each.state in taken and (each.state in ("approved", "signed") or each.draft.is_automatic)
        ]
        posted: list[Posted] = []
        refused: list[Problem] = []
        for start in range(0, len(chosen), self._batch):
            part = chosen[start : start + self._batch]
            with audit.writing(self.engine) as connection:
                if is_automatic:
                    self._review_by_rule(connection, part)
                batch = self._post(connection, part, by=by, is_strict=False)
            posted += batch.posted
            refused += [each for each in batch.refused if each.key != "voucher_already_posted"]
            progress(batch.posted)
            let_others_write(self.engine)
        with self.engine.connect() as connection:
            return Outcome(tuple(posted), tuple(refused), _anchor(connection))

    def reverse(self, voucher_id: str, *, by: str, reason: str) -> WorkDraft:
        """Ask that a posted voucher be cancelled; return the red draft, which another person reviews."""
        by = _person(by)
        with audit.writing(self.engine) as connection:
            held = all_held(connection)
            every = {each.voucher_id: each for root in held.by_root.values() for each in root}
            voucher = every.get(voucher_id)
            if voucher is None:
                raise _refusal(voucher_id, "voucher_not_posted", voucher=voucher_id)
            if not reason.strip():
                raise _refusal(voucher_id, "voucher_reason_missing", voucher=voucher_id)
            if voucher not in held.standing(voucher.root_id):
                raise _refusal(voucher_id, "voucher_cancelled_already", voucher=voucher_id)
            if any(each.voucher_id == voucher_id for each in reversal_requests(connection)):
                raise _refusal(voucher_id, "voucher_reversal_waits", voucher=voucher_id)
            number = (
                connection.execute(sa.select(sa.func.max(REVERSAL_REQUESTS.c.request_no))).scalar() or 0
            ) + 1
            row = (number, voucher_id, by, _now(), reason)
            connection.execute(REVERSAL_REQUESTS.insert().values(row))
            content = {"first": number, "last": number, "digest": digest([row]), "reason": reason}
            audit.add(connection, actor=by, action=REQUESTED, subject=voucher_id, content=content)
        draft_id = f"{voucher.root_id}#red{voucher.correction_no}"
        return next(each for each in self.work() if each.draft.draft_id == draft_id)

    def vouchers(self, voucher_ids: Collection[str] | None = None) -> list[Posted]:
        """Return posted vouchers, all or these, in the order of the chain."""
        question = sa.select(VOUCHERS).order_by(VOUCHERS.c.chain_no)
        if voucher_ids is not None:
            question = question.where(VOUCHERS.c.voucher_id.in_(list(voucher_ids)))
        with self.engine.connect() as connection:
            return [Posted(*row) for row in connection.execute(question)]

    def content(self, voucher_id: str) -> Content:
        """Return lines and sources of a posted voucher."""
        with self.engine.connect() as connection:
            return contents(connection, [voucher_id])[voucher_id]

    def paper(self, voucher_id: str, *, company_name: str = "", language: "Language" = "zh") -> str:
        """Return a posted voucher as HTML to print, or raise DecisionRefused where there is none."""
        from bridgebook.books.paper import paper

        voucher, content, names = self._on_paper(voucher_id)
        return paper(voucher, content, company_name=company_name, account_names=names, language=language)

    def pdf(self, voucher_id: str, *, company_name: str = "", language: "Language" = "zh") -> bytes:
        """Return a posted voucher as PDF; raise DecisionRefused or PaperUnavailable."""
        from bridgebook.books.paper_pdf import pdf

        voucher, content, names = self._on_paper(voucher_id)
        return pdf(voucher, content, company_name=company_name, account_names=names, language=language)

    def _on_paper(self, voucher_id: str) -> "tuple[Posted, Content, Mapping[str, str]]":
        found = self.vouchers([voucher_id])
        if not found:
            raise _refusal(voucher_id, "voucher_not_posted", voucher=voucher_id)
        names = self.expected.names(found[0].company_code, found[0].ledger_code)
        return found[0], self.content(voucher_id), names

    def anchor(self) -> str:
        """Return number and hash of the newest voucher, to be noted outside the book store."""
        with self.engine.connect() as connection:
            return _anchor(connection)

    def open_work(
        self, company: str, fiscal_year: int, period_no: int, module: str
    ) -> list[tuple[str, int, str]]:
        """Return what a period still has to book: drafts and unposted documents, count and amount."""
        named = calendar_of(self.expected.periods).named(company, fiscal_year, period_no)
        drafts = [
            each.draft
            for each in self.work()
            if each.state != "posted"
            and each.draft.company_code == company
            and named is not None
            and named.start_date <= (each.draft.posting_date or each.draft.voucher_date) <= named.end_date
            and module in ("general_ledger", module_of(each.draft.event))
        ]
        documents = [
            each
            for each in self.expected.unposted
            if (each.company_code, each.fiscal_year, each.period_no) == (company, fiscal_year, period_no)
            and module in ("general_ledger", module_of(each.event))
        ]
        money = sum((abs(draft.debit) for draft in drafts), Decimal(0))
        worth = sum((each.amount for each in documents), Decimal(0))
        count = sum(each.count for each in documents)
        return [("drafts", len(drafts), f"{money:,.2f}"), ("documents", count, f"{worth:,.2f}")]

    def ledgers(self) -> dict[str, str]:
        """Return each company's primary ledger."""
        return dict(sorted(self.expected.charts, reverse=True))

    def decide_period(
        self,
        company: str,
        fiscal_year: int,
        period_no: int,
        module: str,
        state: PeriodState,
        *,
        by: str,
        reason: str = "",
        second: str = "",
    ) -> None:
        """Open, hold or close a module of a period, or raise DecisionRefused."""
        calendar, ledger = self.calendar(), self.ledgers().get(company)
        period = calendar.named(company, fiscal_year, period_no)
        if period is None or ledger is None:
            name = f"{fiscal_year}-{period_no:02d}"
            known = ", ".join(sorted(calendar.periods)) or "-"
            raise _refusal(f"{company} {name}", "period_unknown", company=company, period=name, known=known)
        left = self.open_work(company, fiscal_year, period_no, module) if state == "closed" else []
        decide_period(
            self.engine,
            calendar,
            period,
            ledger,
            module,
            state,
            by=by,
            reason=reason,
            second=second,
            open_work=left,
        )

    def _drafts(self, connection: sa.Connection) -> tuple[list[Draft], list[tuple[Draft, Posted]]]:
        """Return the drafts that may be posted, and those of the snapshot that stand posted unchanged."""
        calendar = replace(self._periods, decided=decided_periods(connection))
        held = all_held(connection)
        every = {each.voucher_id: each for root in held.by_root.values() for each in root}
        changed = changed_roots(held, self.expected)
        requests = [each for each in reversal_requests(connection) if each.voucher_id in every]
        wanted = {each.voucher_id for root in changed for each in held.standing(root)}
        content = contents(connection, wanted | {each.voucher_id for each in requests})
        made = corrections(
            held, changed, self.expected.stated(list(changed)), content, calendar, self._policies, self._words
        )
        taken = {draft.draft_id for draft in made}
        made += [
            draft
            for draft in requested(requests, held, every, content, calendar, self._words)
            if draft.draft_id not in taken
        ]
        again = asked_again(held, self.expected)
        open_again = {draft.root_id for draft in again}
        fresh = [draft for draft in self.expected.drafts if draft.root_id not in held.by_root]
        done = [
            (draft, held.standing(draft.root_id)[-1])
            for draft in self.expected.drafts
            if held.standing(draft.root_id) and draft.root_id not in {*changed, *open_again}
        ]
        booked = held_of(connection, fresh)
        fresh = moved(fresh, booked, correction_numbers(connection, booked)) if booked.roots else fresh
        ready = [*made, *(_dated(draft, calendar) for draft in (*fresh, *again))]
        return [self._policies.applied(draft) for draft in ready], done

    def _with_state(self, draft: Draft, reviews: dict[tuple[str, str], Review]) -> WorkDraft:
        review = reviews.get((draft.draft_id, "reviewer"))
        signature = reviews.get((draft.draft_id, "cashier"))
        if signature and signature.content_hash != draft.content_hash:
            signature = None
        state: State = "draft"
        if draft.fault:
            state = "incomplete" if draft.fault == "incomplete" else "ambiguous"
        elif review and review.content_hash != draft.content_hash:
            state = "stale"
        elif review and review.decision == "rejected":
            state = "rejected"
        elif review:
            state = "signed" if signature else "approved"
        return WorkDraft(draft, state, review, signature)

    def _chosen(self, connection: sa.Connection, draft_ids: Sequence[str]) -> list[Draft]:
        """Return drafts by id in the order of the worklist, red before blue; refuse what there is not."""
        drafts, posted = self._drafts(connection)
        known = {draft.draft_id: draft for draft in drafts}
        done = {draft.draft_id: voucher for draft, voucher in posted}
        problems = []
        for draft_id in dict.fromkeys(draft_ids):
            if draft_id in done:
                was = done[draft_id]
                words = {"voucher": was.voucher_id, "who": was.posted_by, "at": was.posted_at[:16]}
                problems.append(_problem(draft_id, "voucher_already_posted", draft=draft_id, **words))
            elif draft_id not in known:
                problems.append(_problem(draft_id, "voucher_draft_unknown", draft=draft_id))
        if problems:
            raise DecisionRefused(tuple(problems))
        wanted = set(draft_ids)
        return [draft for draft in drafts if draft.draft_id in wanted]

    def _post(self, connection: sa.Connection, drafts: Sequence[Draft], *, by: str, is_strict: bool) -> Batch:
        if not self._is_current():
            raise _refusal("-", "voucher_snapshot_changed")
        return post_batch(
            connection, drafts, self._periods, by=by, on_posted=self._on_posted, is_strict=is_strict
        )

    def _decide(
        self, draft_ids: Sequence[str], decision: Decision, role: Role, *, by: str, reason: str
    ) -> list[WorkDraft]:
        by = _person(by)
        with audit.writing(self.engine) as connection:
            drafts = self._chosen(connection, draft_ids)
            reviews = newest_reviews(connection, [draft.draft_id for draft in drafts])
            if decision == "rejected" and not reason.strip():
                raise _refusal("-", "voucher_reason_missing", voucher=", ".join(draft_ids[:3]))
            problems = []
            for draft in drafts:
                problem = _decision_fault(draft, reviews, decision, role, by)
                if problem:
                    problems.append(problem)
            if problems:
                raise DecisionRefused(tuple(problems))
            rows = [
                (draft.draft_id, draft.content_hash, decision, role, by, _now(), reason) for draft in drafts
            ]
            _record_reviews(connection, rows, by)
            reviews = newest_reviews(connection, [draft.draft_id for draft in drafts])
        return [self._with_state(draft, reviews) for draft in drafts]

    def _review_by_rule(self, connection: sa.Connection, drafts: Sequence[Draft]) -> None:
        """Let approved rules approve their own drafts: the person who approved the rule is the reviewer."""
        reviews = newest_reviews(connection, [draft.draft_id for draft in drafts])
        rows = []
        for draft in drafts:
            review = reviews.get((draft.draft_id, "reviewer"))
            if not draft.is_automatic or (review and review.content_hash == draft.content_hash):
                continue
            words = f"rule {draft.rule_code} v{draft.rule_version}"
            rows.append(
                (draft.draft_id, draft.content_hash, "approved", "reviewer", draft.maker, _now(), words)
            )
        if rows:
            _record_reviews(connection, rows, "bridgebook")

    def _words(self, key: str, voucher: Posted) -> str:
        """Say it in the language of the ledger, whoever asks for it."""
        from bridgebook.texts import text

        day = voucher.posting_date
        language = self._policies.value(LANGUAGE, voucher.company_code, voucher.ledger_code, day)
        return text(
            key,
            "en" if language == "en" else "zh",
            month=day.month,
            day=day.day,
            word=voucher.voucher_word,
            number=voucher.voucher_no,
        )


def open_voucher_desk(settings: "Settings") -> VoucherDesk:
    """Open the desk of an installation: its book store, its current snapshot, its rules and its targets."""
    from bridgebook import snapshots
    from bridgebook.project import shipped
    from bridgebook.records import open_books
    from bridgebook.vouchers.rule_files import read_rule_set

    file = snapshots.require(settings.home)
    expected = _read(file)
    given = read_rule_set(settings.home.rules, shipped().seeds)
    return VoucherDesk(
        open_books(settings),
        expected,
        policies_of(given, expected.charts),
        on_posted=_outbox(settings),
        is_current=lambda: snapshots.current(settings.home) == file,
    )


@lru_cache(maxsize=2)
def _read(snapshot: Path) -> Expected:
    """Read a snapshot once: what was published never changes."""
    return read_expected(snapshot)


def _outbox(settings: "Settings") -> OnPosted | None:
    """Return what writes down for each target, in the transaction that posts, what it is to be told."""
    from bridgebook.books.routing import enqueue_posted

    if not settings.targets:
        return None

    def write(connection: sa.Connection, voucher: Posted, lines: tuple[Line, ...]) -> None:
        enqueue_posted(
            connection,
            settings.targets,
            reference=voucher.reference,
            head={**voucher.__dict__, "voucher_date": voucher.posting_date},
            lines=[line._asdict() for line in lines],
        )

    return write


def _dated(draft: Draft, calendar: Calendar) -> Draft:
    """Date a draft in the next open period where its own is closed; hold and unknown periods stay."""
    day = draft.posting_date or draft.voucher_date
    period = calendar.period_of(draft.company_code, day)
    module = module_of(draft.event)
    if period is not None and calendar.state(period, draft.ledger_code, module) == "closed":
        opened = calendar.first_open(draft.company_code, draft.ledger_code, module, day)
        return replace(draft, posting_date=opened[0] if opened else None)
    return replace(draft, posting_date=day)


def _decision_fault(
    draft: Draft, reviews: dict[tuple[str, str], Review], decision: Decision, role: Role, by: str
) -> Problem | None:
    """Say why a person may not decide so about a draft."""
    own = reviews.get((draft.draft_id, role))
    other = reviews.get((draft.draft_id, "cashier" if role == "reviewer" else "reviewer"))
    if decision == "approved":
        fault = draft_fault(draft)
        if fault:
            return fault
    if draft.maker and draft.maker.casefold() == by.casefold():
        return _problem(draft.draft_id, "voucher_maker_is_checker", draft=draft.draft_id, by=by)
    if other and other.content_hash == draft.content_hash and other.by.casefold() == by.casefold():
        return _problem(draft.draft_id, "voucher_cashier_is_checker", draft=draft.draft_id, by=by)
    if role == "cashier" and not draft.moves_cash:
        return _problem(draft.draft_id, "voucher_moves_no_cash", draft=draft.draft_id)
    is_same = own and own.content_hash == draft.content_hash and own.decision == decision
    if own and is_same:
        words = {"draft": draft.draft_id, "who": own.by, "at": own.at[:16]}
        return _problem(draft.draft_id, f"voucher_already_{decision}", **words)
    return None


def _record_reviews(connection: sa.Connection, rows: Sequence[tuple[str, ...]], actor: str) -> None:
    last = connection.execute(sa.select(sa.func.max(REVIEWS.c.review_no))).scalar() or 0
    numbered = [(last + number, *row) for number, row in enumerate(rows, 1)]
    names = [column.name for column in REVIEWS.columns]
    connection.execute(REVIEWS.insert(), [dict(zip(names, row, strict=True)) for row in numbered])
    content = {"first": last + 1, "last": last + len(rows), "digest": digest(numbered)}
    subject = f"{rows[0][0]}..{rows[-1][0]}"
    audit.add(connection, actor=actor, action=REVIEWED, subject=subject, content=content)


def _anchor(connection: sa.Connection) -> str:
    number, seal = last_posted(connection)
    return f"{number}:{seal}"


def _person(name: str) -> str:
    words = " ".join(name.split())
    if not words:
        raise _refusal("-", "voucher_nobody")
    return words


def _refusal(place: str, key: str, **values: object) -> DecisionRefused:
    return DecisionRefused((_problem(place, key, **values),))


def _problem(place: str, key: str, **values: object) -> Problem:
    return Problem(place, key, tuple(values.items()))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
