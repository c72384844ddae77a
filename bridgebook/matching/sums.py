"""Exact sums of vectors: which parts come together to a whole, on every account and for every partner.

The search is exact and bounded. Where it would have to try more than its bound it says that it does not know,
and nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

Vector = Mapping[Any, int]
"""Amounts in the smallest unit, by account or by account and partner; without zeros."""

ALL_SETS = 12
"""So many parts of one account are tried in every set; more in sets of up to four, and all."""
PAIRED = 90
"""Of more parts of one account than these only all together are tried."""
STEPS = 20_000


@dataclass(frozen=True)
class Found:
    """The sets of parts that make the whole, and whether all within the bounds were tried."""

    sets: tuple[tuple[int, ...], ...]
    is_complete: bool


def sets_that_make(whole: Vector, parts: Sequence[Vector], most: int = 20) -> Found:
    """Find the sets of two or more parts whose sum is the whole, as indexes into `parts`.

    Parts lie on the accounts of the whole. Only where no such set is found, two parts may settle an account
    between them that the whole does not show: an invoice and its payment at once, without the payable.

    Equal parts stand for each other: of them the first are taken, so order them by preference. At most `most`
    sets are given.
    """
    search = _Search(whole, parts, most)
    search.run()
    if not search.sets and not search.gave_up:
        search.sets.update(_cancelling_pairs(search.whole, parts))
    return Found(tuple(sorted(search.sets)), not search.gave_up)


class _Search:
    """One search. The account with the fewest parts decides first; what it takes is taken off all others."""

    def __init__(self, whole: Vector, parts: Sequence[Vector], most: int) -> None:
        self.parts, self.most = parts, most
        self.whole = {key: amount for key, amount in whole.items() if amount}
        self.sets: set[tuple[int, ...]] = set()
        self.gave_up, self.steps = False, 0
        self.alike: dict[frozenset[tuple[Hashable, int]], list[int]] = {}
        for index, part in enumerate(parts):
            self.alike.setdefault(frozenset(part.items()), []).append(index)

    def run(self) -> None:
        usable = [
            index
            for same in self.alike.values()
            for index in same[:ALL_SETS]
            if self.parts[index] and all(key in self.whole for key in self.parts[index])
        ]
        usable = self._not_too_large(usable)
        if len(usable) >= 2 and self.whole:
            self._take(dict(self.whole), frozenset(usable), ())

    def _not_too_large(self, usable: list[int]) -> list[int]:
        """Leave out what exceeds the whole on an account on which all parts have one sign."""
        signs: dict[Hashable, set[bool]] = {}
        for index in usable:
            for key, amount in self.parts[index].items():
                signs.setdefault(key, set()).add(amount > 0)

        def fits(key: Hashable, amount: int) -> bool:
            if len(signs[key]) == 2:
                return True
            whole = self.whole[key]
            return (amount > 0) == (whole > 0) and abs(amount) <= abs(whole)

        return [i for i in usable if all(fits(key, amount) for key, amount in self.parts[i].items())]

    def _take(self, rest: dict[Hashable, int], usable: frozenset[int], taken: tuple[int, ...]) -> None:
        """Decide the accounts of `rest` one after the other; parts of a decided account are used up."""
        if len(self.sets) >= self.most:
            self.gave_up = True
            return
        touching: dict[Hashable, list[int]] = {key: [] for key in rest}
        for index in usable:
            for key in self.parts[index]:
                touching[key].append(index)
        open_keys = [key for key in rest if rest[key] or touching[key]]
        if not open_keys:
            if len(taken) >= 2 and self._is_first_of_alike(taken):
                self.sets.add(tuple(sorted(taken)))
            return
        key = min(open_keys, key=lambda name: (len(touching[name]), str(name)))
        beside = sorted(touching[key])
        left = usable.difference(beside)
        for chosen in self._sets_of(rest[key], key, beside):
            self.steps += 1
            if self.steps > STEPS:
                self.gave_up = True
                return
            now = {name: amount for name, amount in rest.items() if name != key}
            for index in chosen:
                for name, amount in self.parts[index].items():
                    if name != key:
                        now[name] -= amount
            self._take(now, left, (*taken, *chosen))

    def _sets_of(self, wanted: int, key: Hashable, indexes: list[int]) -> Iterator[tuple[int, ...]]:
        """Yield the sets of parts that come to `wanted` on one account."""
        amounts = {index: self.parts[index][key] for index in indexes}
        everything = tuple(indexes)
        if len(indexes) <= ALL_SETS:
            for size in range(len(indexes) + 1):
                for chosen in combinations(indexes, size):
                    if sum(amounts[index] for index in chosen) == wanted:
                        yield chosen
            return
        if not wanted:
            yield ()
        if sum(amounts.values()) == wanted:
            yield everything
        for index in indexes:
            if amounts[index] == wanted:
                yield (index,)
        if len(indexes) <= PAIRED:
            yield from _few(wanted, amounts)

    def _is_first_of_alike(self, taken: tuple[int, ...]) -> bool:
        counts = Counter(frozenset(self.parts[index].items()) for index in taken)
        return all(set(self.alike[same][:count]) <= set(taken) for same, count in counts.items())


def _few(wanted: int, amounts: Mapping[int, int]) -> Iterator[tuple[int, ...]]:
    """Yield the sets of two, three and four that come to `wanted`, by the sums of pairs."""
    indexes = sorted(amounts)
    pairs: dict[int, list[tuple[int, int]]] = {}
    for pair in combinations(indexes, 2):
        pairs.setdefault(amounts[pair[0]] + amounts[pair[1]], []).append(pair)
    yield from pairs.get(wanted, ())
    for index in indexes:
        for pair in pairs.get(wanted - amounts[index], ()):
            if index < pair[0]:
                yield (index, *pair)
    for total, firsts in pairs.items():
        for first in firsts:
            for second in pairs.get(wanted - total, ()):
                if first[1] < second[0]:
                    yield (*first, *second)


def _cancelling_pairs(whole: Vector, parts: Sequence[Vector]) -> Iterator[tuple[int, int]]:
    """Yield pairs of parts whose sum is the whole though each has an account that it has not."""
    first: dict[frozenset[tuple[Hashable, int]], int] = {}
    for index, part in enumerate(parts):
        first.setdefault(frozenset(part.items()), index)
    for same, index in first.items():
        need = dict(whole)
        for key, amount in same:
            need[key] = need.get(key, 0) - amount
        other = first.get(frozenset((key, amount) for key, amount in need.items() if amount))
        if other is not None and index < other:
            yield index, other
