"""The audit log: who did what when, each entry sealed together with the one before it (SHA-256)."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Engine

GENESIS = "0" * 64
_METADATA = sa.MetaData()
AUDIT_LOG = sa.Table(
    "audit_log",
    _METADATA,
    sa.Column("entry_no", sa.BigInteger, primary_key=True),
    sa.Column("happened_at", sa.String),
    sa.Column("actor", sa.Text),
    sa.Column("action", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("content", sa.Text),
    sa.Column("previous_hash", sa.String),
    sa.Column("entry_hash", sa.String),
)


@dataclass(frozen=True)
class Entry:
    """One entry as it stands in the log; `happened_at` is UTC in ISO form, `content` is JSON text."""

    entry_no: int
    happened_at: str
    actor: str
    action: str
    subject: str
    content: str
    previous_hash: str
    entry_hash: str

    def seal(self) -> str:
        """Return the hash that this entry must carry."""
        parts = [self.entry_no, self.happened_at, self.actor, self.action, self.subject, self.content]
        sealed = json.dumps([*parts, self.previous_hash], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(sealed.encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """The first entry at which the chain does not hold, and in which way."""

    entry_no: int
    reason: Literal["changed", "missing", "unlinked", "cut_off"]


@dataclass(frozen=True)
class Verification:
    """How many entries the log has, the seal of the last one, and where it is broken (None: nowhere)."""

    count: int
    head: str
    broken: Break | None


def append(engine: Engine, *, actor: str, action: str, subject: str, content: Mapping[str, object]) -> Entry:
    """Add an entry at the end of the chain and return it; two writers at once get consecutive numbers."""
    with writing(engine) as connection:
        return add(connection, actor=actor, action=action, subject=subject, content=content)


@contextmanager
def writing(engine: Engine) -> Iterator[sa.Connection]:
    """Give a transaction in which nobody else writes: what is read in it still holds when it is added to."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(7215631)"))
        yield connection


def add(
    connection: sa.Connection, *, actor: str, action: str, subject: str, content: Mapping[str, object]
) -> Entry:
    """Add an entry within a transaction of `writing`."""
    words = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    number, seal = _last(connection)
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    unsealed = Entry(number + 1, moment, actor, action, subject, words, seal, "")
    entry = Entry(*_values(unsealed)[:-1], unsealed.seal())
    connection.execute(AUDIT_LOG.insert().values(_values(entry)))
    return entry


def told(connection: sa.Connection, actions: Collection[str]) -> list[Entry]:
    """Return the entries of these actions, oldest first."""
    question = sa.select(AUDIT_LOG).where(AUDIT_LOG.c.action.in_(actions)).order_by(AUDIT_LOG.c.entry_no)
    return [Entry(*row) for row in connection.execute(question)]


def last_entry(engine: Engine) -> tuple[int, str]:
    """Return number and seal of the newest entry; (0, GENESIS) where there is none."""
    with engine.connect() as connection:
        return _last(connection)


def _last(connection: sa.Connection) -> tuple[int, str]:
    newest = sa.select(AUDIT_LOG.c.entry_no, AUDIT_LOG.c.entry_hash).order_by(AUDIT_LOG.c.entry_no.desc())
    row = connection.execute(newest.limit(1)).first()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def _values(entry: Entry) -> tuple[int, str, str, str, str, str, str, str]:
    return (
        entry.entry_no,
        entry.happened_at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.content,
        entry.previous_hash,
        entry.entry_hash,
    )


def entries(engine: Engine) -> Iterator[Entry]:
    """Yield every entry, oldest first."""
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=1000).execute(
            sa.select(AUDIT_LOG).order_by(AUDIT_LOG.c.entry_no)
        )
        for row in rows:
            yield Entry(*row)


def latest(engine: Engine, action: str, subject: str) -> Entry | None:
    """Return the newest entry of one action on one subject."""
    question = (
        sa.select(AUDIT_LOG)
        .where(AUDIT_LOG.c.action == action, AUDIT_LOG.c.subject == subject)
        .order_by(AUDIT_LOG.c.entry_no.desc())
        .limit(1)
    )
    with engine.connect() as connection:
        row = connection.execute(question).first()
    return Entry(*row) if row else None


def verify(engine: Engine, anchor: tuple[int, str] | None = None) -> Verification:
    """Walk the chain and name the first entry that was changed, removed or put in.

    A log cut off at its end or written anew as a whole is a good chain by itself: `anchor`, number and seal
    of an entry as they were noted elsewhere, finds that too.
    """
    count, head, broken = 0, GENESIS, None
    for entry in entries(engine):
        broken = broken or _break(entry, count + 1, head)
        if (
            broken is None
            and anchor is not None
            and anchor[0] == entry.entry_no
            and anchor[1] != entry.entry_hash
        ):
            broken = Break(entry.entry_no, "changed")
        count, head = count + 1, entry.entry_hash
    if broken is None and anchor is not None and count < anchor[0]:
        broken = Break(count + 1, "cut_off")
    return Verification(count, head, broken)


def _break(entry: Entry, expected_no: int, previous: str) -> Break | None:
    if entry.entry_no != expected_no:
        return Break(expected_no, "missing")
    if entry.previous_hash != previous:
        return Break(entry.entry_no, "unlinked")
    return None if entry.seal() == entry.entry_hash else Break(entry.entry_no, "changed")
