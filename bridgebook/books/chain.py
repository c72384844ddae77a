"""Verify the book store: vouchers sealed one after the other, numbered, balanced, and in the audit log."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bridgebook.books import audit
from bridgebook.books.posting import POSTED, Series
from bridgebook.books.voucher import Line, Posted, Source, digest, voucher_id
from bridgebook.books.voucher_tables import (
    LINES,
    PERIOD_STATES,
    REVERSAL_REQUESTS,
    REVIEWS,
    SOURCES,
    VOUCHERS,
)
from bridgebook.errors import Problem

Told = TypeVar("Told")
MOST = 20
MOST_AT_ONCE = 1_000_000
DECISIONS: tuple[tuple[str, sa.Table], ...] = (
    ("vouchers_reviewed", REVIEWS),
    ("period_state", PERIOD_STATES),
    ("voucher_reversal_requested", REVERSAL_REQUESTS),
)


@dataclass(frozen=True)
class Verdict:
    """How many vouchers and audit entries there are, the anchor to note, and what is wrong, in order."""

    vouchers: int
    entries: int
    anchor: str
    audit_anchor: str
    faults: tuple[Problem, ...]


@dataclass
class _Walk:
    """Where a walk along the chain is, and what it found."""

    number: int = 0
    seal: str = audit.GENESIS
    hashes: dict[int, str] = field(default_factory=dict)
    last: dict[Series, int] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)

    def find(self, place: str, key: str, **values: object) -> None:
        self.faults.append(Problem(place, key, tuple(values.items())))


def verify_books(engine: Engine, anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk vouchers and audit log; name what was edited, removed, put in or swapped, the first one first.

    A chain that was cut off or written anew as a whole is a good chain by itself: `anchor`, number and hash
    of a voucher as they were noted elsewhere, finds that too.
    """
    log = audit.verify(engine)
    walk = _Walk()
    with engine.connect() as connection:
        told = list(audit.told(connection, [POSTED, *(action for action, _ in DECISIONS)]))
        for voucher, lines, sources in _vouchers(connection):
            _look(walk, voucher, lines, sources)
        _orphans(connection, walk)
        posted = [_read(walk, each, _Batch.of) for each in told if each.action == POSTED]
        _compare_with_log(walk, [each for each in posted if each])
        for action, table in DECISIONS:
            _compare_decisions(connection, walk, table, [e for e in told if e.action == action])
    if anchor is not None:
        _compare_anchor(walk, anchor)
    if log.broken is not None:
        walk.find(
            f"audit_log {log.broken.entry_no}", f"verify_log_{log.broken.reason}", entry=log.broken.entry_no
        )
    return Verdict(
        len(walk.hashes),
        log.count,
        f"{walk.number}:{walk.seal}",
        f"{log.count}:{log.head}",
        tuple(walk.faults[:MOST]),
    )


def _look(walk: _Walk, voucher: Posted, lines: list[Line], sources: list[Source]) -> None:
    """Compare one voucher with its seal, its predecessor, its number and its lines."""
    place = voucher.voucher_id
    if voucher.chain_no != walk.number + 1:
        walk.find(place, "verify_missing", first=walk.number + 1, last=voucher.chain_no - 1, voucher=place)
    elif voucher.previous_hash != walk.seal:
        walk.find(place, "verify_unlinked", voucher=place, number=voucher.chain_no)
    if voucher.seal(lines, sources) != voucher.voucher_hash:
        walk.find(place, "verify_changed", voucher=place, number=voucher.chain_no)
    expected = walk.last.get(voucher.series, 0) + 1
    if voucher.voucher_no != expected:
        walk.find(place, "verify_gap", voucher=place, expected=voucher_id(voucher.series, expected))
    if place != voucher_id(voucher.series, voucher.voucher_no):
        walk.find(place, "verify_name", voucher=voucher_id(voucher.series, voucher.voucher_no), name=place)
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    if debit != credit or (debit, credit) != (voucher.debit, voucher.credit):
        walk.find(place, "verify_unbalanced", voucher=place, debit=f"{debit:,.2f}", credit=f"{credit:,.2f}")
    walk.last[voucher.series] = max(walk.last.get(voucher.series, 0), voucher.voucher_no)
    walk.hashes[voucher.chain_no] = voucher.voucher_hash
    walk.number, walk.seal = voucher.chain_no, voucher.voucher_hash


def _vouchers(connection: sa.Connection) -> Iterator[tuple[Posted, list[Line], list[Source]]]:
    """Yield vouchers in the order of the chain with their lines and sources."""
    streamed = connection.execution_options(yield_per=2000)
    heads = streamed.execute(sa.select(VOUCHERS).order_by(VOUCHERS.c.chain_no))

    def following(table: sa.Table, *order: str) -> Iterator[tuple[int, list[Any]]]:
        asked = (
            sa.select(VOUCHERS.c.chain_no, *list(table.columns)[1:])
            .join_from(VOUCHERS, table, VOUCHERS.c.voucher_id == table.c.voucher_id)
            .order_by(VOUCHERS.c.chain_no, *(table.c[name] for name in order))
        )
        rows = streamed.execute(asked)
        return ((number, [row[1:] for row in group]) for number, group in groupby(rows, lambda row: row[0]))

    lines, sources = _Following(following(LINES, "line_no")), _Following(following(SOURCES))
    for row in heads:
        voucher = Posted(*row)
        yield (
            voucher,
            [Line(*each) for each in lines.of(voucher.chain_no)],
            [Source(*each) for each in sources.of(voucher.chain_no)],
        )


class _Following:
    """Groups of rows in ascending order, asked for by number."""

    def __init__(self, groups: Iterator[tuple[int, list[Any]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def of(self, number: int) -> list[Any]:
        if self._next is None or self._next[0] != number:
            return []
        rows = self._next[1]
        self._next = next(self._groups, None)
        return rows


def _orphans(connection: sa.Connection, walk: _Walk) -> None:
    """Find lines and sources whose voucher is not there."""
    for table in (LINES, SOURCES):
        asked = (
            sa.select(table.c.voucher_id)
            .distinct()
            .join_from(table, VOUCHERS, table.c.voucher_id == VOUCHERS.c.voucher_id, isouter=True)
            .where(VOUCHERS.c.voucher_id.is_(None))
            .order_by(table.c.voucher_id)
        )
        for (name,) in connection.execute(asked):
            walk.find(name, "verify_orphan", voucher=name, table=table.name)


class _Batch(NamedTuple):
    """What an entry of the log says of vouchers posted together: the last, its hash, numbers by series."""

    last: int
    head: str
    series: tuple[tuple[Series, int, int], ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "_Batch":
        return cls(
            int(content["last"]),
            str(content["head"]),
            tuple(
                ((str(company), str(ledger), int(year), int(period), str(word)), *_numbers(first, last))
                for company, ledger, year, period, word, first, last in content["series"]
            ),
        )


class _Range(NamedTuple):
    """What an entry of the log says of decisions: their numbers and the digest over them."""

    first: int
    last: int
    digest: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "_Range":
        return cls(*_numbers(content["first"], content["last"]), str(content["digest"]))


def _numbers(first: object, last: object) -> tuple[int, int]:
    """Return a range that the log can have told; a spoilt one would keep the walk busy for ever."""
    one, other = int(str(first)), int(str(last))
    if not 0 <= other - one < MOST_AT_ONCE:
        raise ValueError(f"{one}..{other}")
    return one, other


def _read(walk: _Walk, entry: audit.Entry, read: Callable[[Mapping[str, Any]], Told]) -> Told | None:
    """Read what an entry says; one that says nothing readable was changed, whatever else is wrong with it."""
    try:
        return read(json.loads(entry.content))
    except (ValueError, KeyError, TypeError):
        number = entry.entry_no
        walk.find(f"audit_log {number}", "verify_log_changed", entry=number)
        return None


def _compare_with_log(walk: _Walk, told: list[_Batch]) -> None:
    """Compare the chain with what the audit log says was posted: it knows removed and added vouchers."""
    highest: dict[Series, int] = defaultdict(int)
    for batch in told:
        for key, first, last in batch.series:
            highest[key] = max(highest[key], last)
            for number in range(first, last + 1):
                if number > walk.last.get(key, 0):
                    name = voucher_id(key, number)
                    walk.find(name, "verify_removed", voucher=name)
        found = walk.hashes.get(batch.last)
        if found is not None and found != batch.head:
            walk.find(f"{batch.last}", "verify_other_hash", number=batch.last)
    for series_key, number in walk.last.items():
        if number > highest[series_key]:
            name = voucher_id(series_key, highest[series_key] + 1)
            walk.find(name, "verify_not_told", voucher=name)


def _compare_decisions(
    connection: sa.Connection, walk: _Walk, table: sa.Table, told: list[audit.Entry]
) -> None:
    """Compare reviews, states of periods and requests with the digests that the audit log has of them."""
    number = next(iter(table.columns))
    rows = {row[0]: row for row in connection.execute(sa.select(table).order_by(number))}
    known = 0
    for entry in told:
        content = _read(walk, entry, _Range.of)
        if content is None:
            continue
        numbers = range(content.first, content.last + 1)
        known = content.last
        there = [rows[each] for each in numbers if each in rows]
        if len(there) != len(numbers) or digest(there) != content.digest:
            place = f"{table.name} {content.first}..{content.last}"
            walk.find(place, "verify_decisions", table=table.name, subject=entry.subject)
    if any(each > known for each in rows):
        walk.find(f"{table.name} {known + 1}", "verify_decisions", table=table.name, subject="-")


def _compare_anchor(walk: _Walk, anchor: tuple[int, str]) -> None:
    number, seal = anchor
    if number > walk.number:
        walk.find(f"{number}", "verify_cut_off", number=number, last=walk.number)
    elif number and walk.hashes.get(number) != seal:
        walk.find(f"{number}", "verify_other_hash", number=number)
