"""Vouchers that sum several documents up, and documents that several vouchers hold, found by exact sums.

What one voucher and one document settle between them is settled before. Here stands the rest: per company and
period, in rounds. In each round everything that has one explanation only is settled, and what that takes away
may leave others one explanation only. What keeps several explanations is ambiguous, with its candidates.
Order of arrival does not matter: everything is sorted by date and id.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bridgebook.matching.sums import Vector, sets_that_make

NEAR = timedelta(days=6)
"""A voucher without partner sums up the documents of these days before it, unless all of its month fit."""
TOLD = 12
"""So many candidates of something ambiguous are named."""
ROUNDS = 8


@dataclass(frozen=True)
class Unit:
    """One expected voucher or one voucher of the ledger.

    `amounts`: by account and party ("" where a line has none), in the smallest unit, without zeros. `names`:
    the documents that it is of or that it names. `party`: kind and key of its partner, "" where it has none.
    """

    unit_id: str
    company: str
    period: tuple[int, int]
    day: date
    event: str
    names: frozenset[str]
    amounts: Mapping[tuple[str, str], int]
    is_named: bool = False

    @property
    def parties(self) -> frozenset[str]:
        """Give the partners of its lines."""
        return frozenset(party for _, party in self.amounts if party)

    @property
    def by_account(self) -> dict[Hashable, int]:
        """Give the amounts by account alone."""
        sums: Counter[Hashable] = Counter()
        for (account, _), amount in self.amounts.items():
            sums[account] += amount
        return {account: amount for account, amount in sums.items() if amount}


@dataclass(frozen=True, order=True)
class Link:
    """A pair of units, its class as in the bridge, why, and the group whose sides are equal as a whole."""

    expected_unit: str
    ledger_unit: str
    match_class: str
    reason: str
    match_group: str


@dataclass
class _Side:
    """The units of one side that are still open, by where they are looked for."""

    units: dict[str, Unit]
    by_place: dict[Hashable, list[Unit]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, units: Iterable[Unit]) -> _Side:
        side = cls({unit.unit_id: unit for unit in sorted(units, key=lambda u: (u.day, u.unit_id))})
        for unit in side.units.values():
            side.by_place[unit.company, unit.period].append(unit)
            for party in unit.parties:
                side.by_place[unit.company, unit.period, party].append(unit)
            for name in unit.names:
                side.by_place[unit.company, name].append(unit)
        return side

    def at(self, *place: Hashable) -> list[Unit]:
        return [unit for unit in self.by_place.get(place, ()) if unit.unit_id in self.units]

    def close(self, units: Iterable[Unit]) -> None:
        for unit in units:
            self.units.pop(unit.unit_id, None)


Pools = Callable[[Unit, _Side], Iterator[tuple[list[Unit], bool]]]


def links(expected: Iterable[Unit], ledger: Iterable[Unit]) -> list[Link]:
    """Find the links between open expected vouchers and open vouchers of the ledger, sorted."""
    wanted, booked = _Side.of(expected), _Side.of(ledger)
    found = _settled(booked, wanted, _documents_of, "sum_of_documents")
    found += _settled(wanted, booked, _vouchers_of, "sum_of_vouchers")
    found += _whole_partners(wanted, booked)
    return sorted(found)


def _documents_of(voucher: Unit, wanted: _Side) -> Iterator[tuple[list[Unit], bool]]:
    """Yield the documents that a voucher may sum up, likeliest first, and whether partners count."""
    if voucher.is_named:
        # A voucher that names a document sums it up or nothing.
        named = [unit for name in voucher.names for unit in wanted.at(voucher.company, name)]
        if not any(unit.period == voucher.period for unit in named):
            return
    if voucher.parties:
        parties = [wanted.at(voucher.company, voucher.period, party) for party in sorted(voucher.parties)]
        pool = {unit.unit_id: unit for units in parties for unit in units if unit.day <= voucher.day}
        yield _latest_first(pool.values()), True
        return
    accounts = set(voucher.by_account)
    before = [unit for unit in wanted.at(voucher.company, voucher.period) if unit.day <= voucher.day]
    pool = {unit.unit_id: unit for unit in before if accounts.issuperset(unit.by_account)}
    for window in _windows(pool.values(), voucher):
        yield window, False
    yield _latest_first(unit for unit in pool.values() if unit.day >= voucher.day - NEAR), False
    yield _latest_first(pool.values()), False
    yield _latest_first(unit for unit in before if unit.day >= voucher.day - NEAR), False


def _windows(pool: Iterable[Unit], voucher: Unit) -> Iterator[list[Unit]]:
    """Yield all documents of one event, or of all, from day to day that come to the voucher."""
    events: dict[str, list[Unit]] = defaultdict(list)
    for unit in _latest_first(pool):
        events[unit.event].append(unit)
        events[""].append(unit)
    whole = Counter(voucher.by_account)
    for _, units in sorted(events.items()):
        days = sorted({unit.day for unit in units}, reverse=True)
        of_day = {day: [unit for unit in units if unit.day == day] for day in days}
        for start in range(len(days)):
            total: Counter[Hashable] = Counter()
            window: list[Unit] = []
            for day in days[start:]:
                for unit in of_day[day]:
                    total.update(unit.by_account)
                window += of_day[day]
                if len(window) > 1 and {k: v for k, v in total.items() if v} == dict(whole):
                    yield window


def _vouchers_of(document: Unit, booked: _Side) -> Iterator[tuple[list[Unit], bool]]:
    """Yield the vouchers that may hold one document in parts: those naming it, those of its partner.

    All of one period: together they are of one period or of none.
    """
    naming = {
        unit.unit_id: unit
        for name in document.names
        for unit in booked.at(document.company, name)
        if unit.is_named
    }
    for period in sorted({unit.period for unit in naming.values()}, key=lambda p: (p != document.period, p)):
        yield _latest_first(unit for unit in naming.values() if unit.period == period), True
    parties = [booked.at(document.company, document.period, party) for party in sorted(document.parties)]
    pool = {unit.unit_id: unit for unit in naming.values() if unit.period == document.period}
    pool |= {unit.unit_id: unit for units in parties for unit in units if not unit.is_named}
    yield _latest_first(pool.values()), True


def _latest_first(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (-unit.day.toordinal(), unit.unit_id))


def _settled(wholes: _Side, parts: _Side, pools: Pools, reason: str) -> list[Link]:
    """Settle what has one explanation, in rounds; then say what keeps several, and close both."""
    found: list[Link] = []
    for _ in range(ROUNDS):
        sets = {unit.unit_id: _explanations(unit, parts, pools) for unit in wholes.units.values()}
        sets = {unit_id: explained for unit_id, explained in sets.items() if explained}
        certain = {unit_id: explained[0] for unit_id, explained in sets.items() if len(explained) == 1}
        contested = _contested(certain.values())
        settled = {
            unit_id: chosen
            for unit_id, chosen in certain.items()
            if not any(unit.unit_id in contested for unit in chosen)
        }
        if not settled:
            return found + _ambiguous(sets, wholes, parts, reason)
        for unit_id, chosen in settled.items():
            whole = wholes.units[unit_id]
            found += _linked(whole, chosen, reason, "matched")
            wholes.close([whole])
            parts.close(chosen)
    return found


def _explanations(whole: Unit, parts: _Side, pools: Pools) -> list[list[Unit]]:
    """Give the sets of the first pool that has any; none where not all of them could be tried."""
    for pool, with_parties in pools(whole, parts):
        if len(pool) < 2:
            continue
        vectors: Sequence[Vector] = [unit.amounts if with_parties else unit.by_account for unit in pool]
        tries = [sets_that_make(vector, vectors) for vector in _balanced(whole, with_parties)]
        sets = [[pool[index] for index in chosen] for found in tries for chosen in found.sets]
        if whole.is_named:
            sets = [chosen for chosen in sets if any(whole.names & unit.names for unit in chosen)]
        if sets:
            return _widest(sets) if all(found.is_complete for found in tries) else []
    return []


def _balanced(whole: Unit, with_parties: bool) -> list[Vector]:
    """Give a unit's amounts; if it does not balance, those that it would have with one of them right."""
    amounts: dict[Any, int] = dict(whole.amounts) if with_parties else dict(whole.by_account)
    excess = sum(amounts.values())
    if not excess:
        return [amounts]
    return [{**amounts, key: amount - excess} for key, amount in sorted(amounts.items(), key=str)]


def _widest(sets: list[list[Unit]]) -> list[list[Unit]]:
    """Prefer the set that holds all others: what it has more cancels out, and stands nowhere else."""
    members = [frozenset(unit.unit_id for unit in chosen) for chosen in sets]
    for chosen, ids in zip(sets, members, strict=True):
        if all(ids >= other for other in members):
            return [chosen]
    return sets


def _contested(sets: Iterable[list[Unit]]) -> set[str]:
    counts = Counter(unit.unit_id for chosen in sets for unit in chosen)
    return {unit_id for unit_id, count in counts.items() if count > 1}


def _linked(whole: Unit, parts: Iterable[Unit], reason: str, match_class: str) -> list[Link]:
    """Pair a whole with its parts, whichever side it is of: the group is the ledger's first voucher."""
    if reason == "sum_of_documents":
        return [Link(part.unit_id, whole.unit_id, match_class, reason, whole.unit_id) for part in parts]
    group = min(part.unit_id for part in parts)
    return [Link(whole.unit_id, part.unit_id, match_class, reason, group) for part in parts]


def _ambiguous(sets: Mapping[str, list[list[Unit]]], wholes: _Side, parts: _Side, reason: str) -> list[Link]:
    """Name the candidates of what has several explanations, or one that others claim as well."""
    found: list[Link] = []
    for unit_id, explained in sets.items():
        candidates = {unit.unit_id: unit for chosen in explained for unit in chosen}
        told = [candidates[name] for name in sorted(candidates)[:TOLD]]
        whole = wholes.units[unit_id]
        found += _linked(whole, told, reason, "ambiguous")
        wholes.close([whole])
        parts.close(told)
    return found


def _whole_partners(wanted: _Side, booked: _Side) -> list[Link]:
    """Match all open documents of a partner and period with all its open vouchers, if equal."""
    places: dict[tuple[str, tuple[int, int], str], list[Unit]] = defaultdict(list)
    for unit in wanted.units.values():
        if len(unit.parties) == 1:
            places[unit.company, unit.period, min(unit.parties)].append(unit)
    found: list[Link] = []
    for place, documents in sorted(places.items()):
        vouchers = [u for u in booked.at(*place) if not u.is_named and len(u.parties) == 1]
        if len(documents) < 2 or len(vouchers) < 2 or _total(documents) != _total(vouchers):
            continue
        group = min(unit.unit_id for unit in vouchers)
        found += [
            Link(document.unit_id, voucher.unit_id, "matched", "sum_of_both_sides", group)
            for document in documents
            for voucher in vouchers
        ]
        wanted.close(documents)
        booked.close(vouchers)
    return found


def _total(units: Iterable[Unit]) -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for unit in units:
        sums.update(unit.amounts)
    return {key: amount for key, amount in sums.items() if amount}
