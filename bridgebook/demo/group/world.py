"""The state of one generation: masters, dates, number ranges.

Every other file receives it and draws its own chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridgebook.demo.group.chance import Ints, stream
from bridgebook.demo.group.masters import Masters

Frame = dict[str, NDArray[Any]]
"""Columns of equal length, by name: how facts are held."""


@dataclass
class Numbers:
    """Give out running numbers, each range on its own, some starting again every year."""

    given: dict[tuple[str, int], int] = field(default_factory=dict)

    def take(self, name: str, count: int) -> Ints:
        """Give the next numbers of a range, counted from 1."""
        first = self.given.get((name, 0), 0)
        self.given[(name, 0)] = first + count
        return np.arange(first + 1, first + count + 1, dtype=np.int64)

    def take_for(self, system: str, name: str, years: NDArray[Any]) -> Ints:
        """Number documents as their system does: SAP's start again every year, U8's run on."""
        if system == "sap":
            return self.take_yearly(f"{name}_sap", years)
        return self.take(f"{name}_u8", len(years))

    def take_yearly(self, name: str, years: NDArray[Any]) -> Ints:
        """Give each row the next number of its own year."""
        result = np.zeros(len(years), dtype=np.int64)
        for year in np.unique(years):
            rows = np.flatnonzero(years == year)
            first = self.given.get((name, int(year)), 0)
            self.given[(name, int(year))] = first + len(rows)
            result[rows] = np.arange(first + 1, first + len(rows) + 1)
        return result


@dataclass
class World:
    """Hold what one generation shares."""

    seed: int
    scale: float
    defects: float
    as_of: int  # day number
    months: range
    masters: Masters
    numbers: Numbers = field(default_factory=Numbers)

    def chance(self, *names: str | int) -> np.random.Generator:
        """Open the named stream of random numbers of this generation."""
        return stream(self.seed, *names)

    def is_past(self, days: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which days have come."""
        return np.asarray(days <= self.as_of)

    @property
    def last_month(self) -> int:
        """Give the month number of the as-of date."""
        return self.months.stop - 1


def pick(frame: Frame, rows: NDArray[Any]) -> Frame:
    """Take rows of a frame by index or mask."""
    return {name: values[rows] for name, values in frame.items()}


def stack(frames: list[Frame]) -> Frame:
    """Put frames of the same columns under one another."""
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}


def size(frame: Frame) -> int:
    """Count the rows of a frame."""
    return len(next(iter(frame.values()))) if frame else 0


def workday(days: NDArray[Any]) -> NDArray[np.int32]:
    """Move days that fall on a weekend back to the Friday before."""
    weekday = (days + 3) % 7  # 1 January 1970 was a Thursday
    moved = days - np.where(weekday >= 5, weekday - 4, 0)
    return np.asarray(moved).astype(np.int32)
