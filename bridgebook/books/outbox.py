"""The outbox: what must be told to other systems, written down in the transaction that decided it.

A row is never changed. What happens to it is added as an entry of `outbox_attempts`: `sent` before every
sending, then `acknowledged`, `refused` (the target said no), `failed` (it certainly did not arrive) or
`unknown` (nobody can tell), later `seen` (its own books were read and hold it) or `requeued` (a person wants
another try).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bridgebook.errors import OutboxConflict

Outcome = Literal["sent", "acknowledged", "refused", "failed", "unknown", "seen", "requeued"]
State = Literal["waiting", "unanswered", "retrying", "given_up", "refused", "acknowledged", "seen"]
STATES: tuple[State, ...] = (
    "waiting", "unanswered", "retrying", "given_up", "refused", "acknowledged", "seen",
)  # fmt: skip
_METADATA = sa.MetaData()
OUTBOX = sa.Table(
    "outbox",
    _METADATA,
    sa.Column("outbox_id", sa.BigInteger, primary_key=True),
    sa.Column("kind", sa.String),
    sa.Column("target", sa.String),
    sa.Column("subject", sa.Text),
    sa.Column("payload", sa.Text),
    sa.Column("idempotency_key", sa.String),
    sa.Column("created_at", sa.String),
)
ATTEMPTS = sa.Table(
    "outbox_attempts",
    _METADATA,
    sa.Column("outbox_id", sa.BigInteger, primary_key=True),
    sa.Column("entry_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("attempt_no", sa.Integer),
    sa.Column("at", sa.String),
    sa.Column("outcome", sa.String),
    sa.Column("error", sa.Text),
    sa.Column("target_id", sa.Text),
    sa.Column("target_no", sa.Text),
    sa.Column("batch", sa.String),
    sa.Column("not_before", sa.String),
)
NAMES = tuple(column.name for column in ATTEMPTS.columns)


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a row; `at` and `not_before` are UTC in ISO form."""

    outbox_id: int
    entry_no: int
    attempt_no: int
    at: str
    outcome: Outcome
    error: str | None = None
    target_id: str | None = None
    target_no: str | None = None
    batch: str | None = None
    not_before: str | None = None


@dataclass(frozen=True)
class Row:
    """One row of the outbox with the last thing that happened to it (None: nothing yet)."""

    outbox_id: int
    kind: str
    target: str
    subject: str
    payload: Mapping[str, object]
    idempotency_key: str
    created_at: str
    last: Entry | None = None

    def state(self, attempts: int) -> State:
        """Return where the row stands when a target is tried `attempts` times."""
        if self.last is None or self.last.outcome == "requeued":
            return "waiting"
        outcome, tries = self.last.outcome, self.last.attempt_no
        settled: dict[str, State] = {"acknowledged": "acknowledged", "seen": "seen", "refused": "refused"}
        if outcome in settled:
            return settled[outcome]
        if tries >= attempts and outcome != "sent":
            return "given_up"
        return "retrying" if outcome == "failed" else "unanswered"


def moment(at: datetime | None = None) -> str:
    """Return a moment (default: now) as it stands in the outbox."""
    return (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def enqueue(
    connection: sa.Connection,
    *,
    kind: str,
    target: str,
    subject: str,
    payload: Mapping[str, object],
    idempotency_key: str,
) -> None:
    """Write down within the caller's transaction what is to be told to a target.

    The same key with the same content is the same row; with another content OutboxConflict is raised.
    """
    words = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(OUTBOX)
        .values(
            kind=kind,
            target=target,
            subject=subject,
            payload=words,
            idempotency_key=idempotency_key,
            created_at=moment(),
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
    )
    if connection.execute(statement).rowcount == 1:
        return
    columns = OUTBOX.c
    question = sa.select(columns.kind, columns.target, columns.payload)
    found = connection.execute(question.where(columns.idempotency_key == idempotency_key)).one()
    if tuple(found) != (kind, target, words):
        raise OutboxConflict("outbox_conflict", name=idempotency_key, target=target, subject=subject)


def rows(connection: sa.Connection, *, target: str | None = None, is_open: bool = False) -> list[Row]:
    """Return rows with their last entry, oldest first; `is_open`: only those that are not settled."""
    newest = (
        sa.select(ATTEMPTS.c.outbox_id, sa.func.max(ATTEMPTS.c.entry_no).label("entry_no"))
        .group_by(ATTEMPTS.c.outbox_id)
        .subquery()
    )
    last = (
        sa.select(ATTEMPTS)
        .join(newest, sa.and_(*(ATTEMPTS.c[key] == newest.c[key] for key in ("outbox_id", "entry_no"))))
        .subquery()
    )
    question = sa.select(OUTBOX, *(last.c[name].label(f"last_{name}") for name in NAMES))
    question = question.select_from(OUTBOX.outerjoin(last, OUTBOX.c.outbox_id == last.c.outbox_id))
    if target is not None:
        question = question.where(OUTBOX.c.target == target)
    if is_open:
        settled = last.c.outcome.in_(("acknowledged", "seen", "refused"))
        question = question.where(sa.or_(last.c.outcome.is_(None), ~settled))
    return [_row(tuple(found)) for found in connection.execute(question.order_by(OUTBOX.c.outbox_id))]


def row(connection: sa.Connection, outbox_id: int) -> Row | None:
    """Return one row with its last entry."""
    question = sa.select(OUTBOX).where(OUTBOX.c.outbox_id == outbox_id)
    found = connection.execute(question).first()
    if found is None:
        return None
    history = entries(connection, outbox_id)
    last = tuple(_values(history[-1]).values()) if history else (None,) * len(ATTEMPTS.c)
    return _row((*found, *last))


def entries(connection: sa.Connection, outbox_id: int) -> list[Entry]:
    """Return everything that happened to a row, oldest first."""
    question = sa.select(ATTEMPTS).where(ATTEMPTS.c.outbox_id == outbox_id).order_by(ATTEMPTS.c.entry_no)
    return [Entry(*found) for found in connection.execute(question)]


def add(connection: sa.Connection, added: Sequence[Entry]) -> None:
    """Add entries within a transaction; a number that is taken means that somebody else works on the row."""
    if added:
        connection.execute(ATTEMPTS.insert(), [_values(each) for each in added])


def next_entry(
    row: Row,
    outcome: Outcome,
    *,
    error: str | None = None,
    target_id: str | None = None,
    target_no: str | None = None,
    batch: str | None = None,
    not_before: str | None = None,
) -> Entry:
    """Return the entry that follows the row's last one; a sending is a new attempt, a new try starts at 0."""
    last_no, attempt = (row.last.entry_no, row.last.attempt_no) if row.last else (0, 0)
    attempt = {"sent": attempt + 1, "requeued": 0}.get(outcome, attempt)
    if batch is None and row.last is not None and outcome != "requeued":
        batch = row.last.batch
    return Entry(
        row.outbox_id, last_no + 1, attempt, moment(), outcome, error, target_id, target_no, batch, not_before
    )


def counts(found: Iterable[Row], attempts: Mapping[str, int], default: int) -> dict[tuple[str, State], int]:
    """Return how many rows of each target stand where; `attempts` are the tries that a target allows."""
    counted: dict[tuple[str, State], int] = {}
    for each in found:
        key = (each.target, each.state(attempts.get(each.target, default)))
        counted[key] = counted.get(key, 0) + 1
    return counted


def _row(found: tuple[object, ...]) -> Row:
    size = len(OUTBOX.c)
    head, last = found[:size], found[size:]
    outbox_id, kind, target, subject, payload, key, created_at = head
    return Row(
        int(str(outbox_id)),
        str(kind),
        str(target),
        str(subject),
        json.loads(str(payload)),
        str(key),
        str(created_at),
        Entry(*last) if last[0] is not None else None,  # type: ignore[arg-type]
    )


def _values(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in NAMES}
