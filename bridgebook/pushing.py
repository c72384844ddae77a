"""Deliver the outbox: at least once to every target, and never a second voucher.

One worker at a time serves a target; the lock goes when its process dies. Before a letter goes out, `sent` is
written down. What was sent before is first looked for in the target by our own reference, and not before the
target had `settle_seconds` to finish what it may still be doing. What cannot be told waits longer each time;
after `attempts` of them, and after a refusal, it stays on the worklist until a person acts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from time import monotonic, sleep
from typing import TYPE_CHECKING

from bridgebook.books import outbox
from bridgebook.books.audit import add as add_audit
from bridgebook.books.audit import writing
from bridgebook.books.outbox import Entry, Outcome, Row, next_entry
from bridgebook.books.routing import enqueue_acknowledged, reference_of
from bridgebook.errors import LetterUnknown, LockHeld
from bridgebook.locks import hold
from bridgebook.logs import log_event
from bridgebook.settings import Settings, target_secret
from bridgebook.settings_targets import TargetTable, outbound_settings
from ingestion.errors import OutboundError
from ingestion.outbound.kinds import open_target
from ingestion.outbound.target import Answer, Letter, Target, TargetSettings

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0  # seconds
POLL = 2.0
Opener = Callable[[TargetSettings], Target]


@dataclass(frozen=True)
class Delivery:
    """What one pass over a target came to: letters by outcome, and seconds until something is due again."""

    target: str
    outcomes: Mapping[str, int]
    next_seconds: float | None


def push(
    settings: Settings, engine: "Engine", target: TargetTable, *, opener: Opener = open_target
) -> Delivery:
    """Deliver what is due to one target; raise LockHeld where another worker serves it."""
    adapter = opener(outbound_settings(target, settings.home.root, target_secret(target, settings.home)))
    with serving(settings, engine, target.id):
        outcomes: dict[str, int] = {}
        with engine.connect() as connection:
            found = outbox.rows(connection, target=target.id, is_open=True)
        now = datetime.now(UTC)
        due = [row for row in found if (at := due_at(row, target)) is not None and at <= now]
        for batch, letters in _batches(due, adapter.batch_size):
            for entry in _deliver(settings, engine, adapter, batch, letters):
                outcomes[entry.outcome] = outcomes.get(entry.outcome, 0) + 1
        with engine.connect() as connection:
            left = outbox.rows(connection, target=target.id, is_open=True)
    waits = [(at - datetime.now(UTC)).total_seconds() for row in left if (at := due_at(row, target))]
    return Delivery(target.id, outcomes, max(0.0, min(waits)) if waits else None)


def push_until_settled(
    settings: Settings, engine: "Engine", target: TargetTable, *, opener: Opener = open_target
) -> Iterator[Delivery]:
    """Deliver again and again until nothing waits any more; yields each pass that did something."""
    while True:
        delivery = push(settings, engine, target, opener=opener)
        yield delivery
        if delivery.next_seconds is None:
            return
        began = monotonic()
        while (left := delivery.next_seconds - (monotonic() - began)) > 0:
            sleep(min(POLL, left))


def due_at(row: Row, target: TargetTable) -> datetime | None:
    """Return when a row may be tried (again); None where only a person can help."""
    state, last = row.state(target.attempts), row.last
    if state == "waiting" or last is None:
        return datetime.fromisoformat(row.created_at)
    if state not in ("retrying", "unanswered"):
        return None
    at = datetime.fromisoformat(last.at)
    if last.not_before is not None:
        return max(datetime.fromisoformat(last.not_before), _settled(at, last, target))
    return _settled(at, last, target)


def _settled(at: datetime, last: Entry, target: TargetTable) -> datetime:
    """Return when a target has surely finished with what may have reached it."""
    if last.outcome == "failed":
        return at
    still_asking = target.timeout_seconds if last.outcome == "sent" and target.settle_seconds else 0
    return at + timedelta(seconds=target.settle_seconds + still_asking)


def retry(engine: "Engine", settings: Settings, outbox_id: int, *, by: str, reason: str) -> Row:
    """Let a refused or given-up row be tried again; it is looked for in the target first, as always."""
    with writing(engine) as connection:
        row = outbox.row(connection, outbox_id)
        if row is None:
            raise LetterUnknown("letter_unknown", id=outbox_id)
        state = row.state(settings.target(row.target).attempts)
        if state not in ("refused", "given_up"):
            raise LetterUnknown("letter_not_stuck", id=outbox_id, state=state)
        outbox.add(connection, [next_entry(row, "requeued", error=reason)])
        content = {"reason": reason, "target": row.target, "key": row.idempotency_key}
        add_audit(connection, actor=by, action="push_retried", subject=str(outbox_id), content=content)
    return row


def _batches(due: Sequence[Row], size: int) -> Iterator[tuple[str, list[Row]]]:
    """Yield what is sent together: never two companies, and a batch that was sent before as it was."""
    again = [row for row in due if row.last is not None and row.last.batch is not None]
    for batch, members in groupby(sorted(again, key=_batch_of), key=_batch_of):
        yield batch, list(members)
    fresh = [row for row in due if row.last is None or row.last.batch is None]
    for company, rows in groupby(sorted(fresh, key=_company_of), key=_company_of):
        each = iter(rows)
        name = "".join(letter for letter in company if letter.isalnum())[:20] or "all"
        while chunk := list(islice(each, size)):
            yield f"{name}_{chunk[0].outbox_id:08}", chunk


def _batch_of(row: Row) -> str:
    return str(row.last.batch) if row.last else ""


def _company_of(row: Row) -> str:
    return str(row.payload.get("company_code") or "")


def _deliver(
    settings: Settings, engine: "Engine", adapter: Target, batch: str, rows: Sequence[Row]
) -> Iterator[Entry]:
    """Look for what was sent before, send the rest, write down what became of each."""
    open_rows = {reference_of(row): row for row in rows}
    letters = {name: Letter(row.kind, name, row.payload) for name, row in open_rows.items()}
    before = [letters[name] for name, row in open_rows.items() if row.last is not None]
    if before:
        try:
            found = adapter.find(before, batch)
        except Exception as error:
            fates = _shared(before, _fate(error, is_question=True))
            yield from _record(settings, engine, fates, open_rows, attempts=1)
            letters = {name: each for name, each in letters.items() if each not in before}
        else:
            held = {name: answer for name, answer in found.items() if name in open_rows}
            yield from _record(settings, engine, held, open_rows)
            letters = {name: each for name, each in letters.items() if name not in held}
    if not letters:
        return
    sending = {name: next_entry(open_rows[name], "sent", batch=batch) for name in letters}
    with engine.begin() as connection:
        outbox.add(connection, list(sending.values()))
    sent = {name: replace(open_rows[name], last=sending[name]) for name in letters}
    try:
        answers = adapter.send(list(letters.values()), batch)
    except Exception as error:
        answers = _shared(letters.values(), _fate(error))
    missing = Answer("unknown", None)
    answers = {name: answers.get(name, missing) for name in letters}
    yield from _record(settings, engine, answers, sent)


def _record(
    settings: Settings,
    engine: "Engine",
    answers: Mapping[str, Answer],
    rows: Mapping[str, Row],
    *,
    attempts: int = 0,
) -> list[Entry]:
    """Write the answers down in one transaction, with the states that follow from them.

    A question that failed is an attempt too (`attempts` = 1), so that it is not asked for ever.
    """
    entries = []
    with engine.begin() as connection:
        for name, answer in answers.items():
            row = rows[name]
            wait = _wait(row, answer)
            entry = next_entry(
                row,
                answer.outcome,
                error=answer.error,
                target_id=answer.target_id,
                target_no=answer.target_no,
                not_before=outbox.moment(datetime.now(UTC) + timedelta(seconds=wait)) if wait else None,
            )
            entries.append(replace(entry, attempt_no=entry.attempt_no + attempts))
            if answer.outcome == "acknowledged" and row.kind == "voucher" and answer.target_no:
                enqueue_acknowledged(connection, settings.targets, row, answer.target_no)
        outbox.add(connection, entries)
    for entry in entries:
        log_event("pushed", outbox_id=entry.outbox_id, outcome=entry.outcome, error=entry.error)
    return entries


def _wait(row: Row, answer: Answer) -> float:
    """Return the seconds until the next attempt: as the target asks, else twice as long each time."""
    if answer.outcome not in ("failed", "unknown"):
        return 0.0
    if answer.retry_after is not None:
        return min(answer.retry_after, 24 * 3600.0)
    tries = row.last.attempt_no if row.last else 1
    return min(FIRST_WAIT * 2.0 ** max(0, tries - 1), LONGEST_WAIT)


def _fate(error: Exception, *, is_question: bool = False) -> Answer:
    """Return what an error means for letters: failed where it certainly did not arrive, else unknown."""
    outcome: Outcome = "unknown"
    words, retry_after = f"{type(error).__name__}: {error}", None
    if isinstance(error, OutboundError):
        outcome = "unknown" if error.may_have_arrived and not is_question else "failed"
        words, retry_after = f"{error.zh} | {error.en}", error.retry_after
    elif is_question:
        outcome = "failed"
    return Answer("unknown" if outcome == "unknown" else "failed", words, retry_after=retry_after)


def _shared(letters: Iterable[Letter], fate: Answer) -> dict[str, Answer]:
    return {letter.reference: fate for letter in letters}


@contextmanager
def serving(settings: Settings, engine: "Engine", target_id: str) -> Iterator[None]:
    """Be the only worker of a target: on this machine, and in a shared book store on any machine."""
    with hold(settings.home, f"push-{target_id}", "bridgebook push"):
        if engine.dialect.name != "postgresql":
            yield
            return
        import sqlalchemy as sa

        question = sa.text("select pg_try_advisory_lock(7215632, hashtext(:target))")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.execute(question, {"target": target_id}).scalar():
                raise LockHeld("push_elsewhere", target=target_id)
            try:
                yield
            finally:
                release = sa.text("select pg_advisory_unlock(7215632, hashtext(:target))")
                connection.execute(release, {"target": target_id})
