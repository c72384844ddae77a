"""Chance that repeats: every stream of random numbers is named, so that adding one never changes another."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Open the stream of random numbers that belongs to a name."""
    words = [name if isinstance(name, int) else zlib.crc32(name.encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def some(rng: np.random.Generator, size: int, share: float) -> Bools:
    """Choose each of so many things with one probability."""
    return rng.random(size) < share


def choose(rng: np.random.Generator, size: int, weights: list[float]) -> Ints:
    """Choose an index for each of so many things, with weights."""
    limits = np.cumsum(np.array(weights, dtype=np.float64))
    return np.searchsorted(limits / limits[-1], rng.random(size), side="right").astype(np.int64)


def rounded(numerator: NDArray[Any], denominator: int | NDArray[Any]) -> Ints:
    """Divide integers and round half away from zero: how all money here is rounded."""
    top = np.asarray(numerator, dtype=np.int64)
    result = (2 * np.abs(top) + denominator) // (2 * np.asarray(denominator, dtype=np.int64))
    return (np.sign(top) * result).astype(np.int64)


def within(groups: NDArray[Any]) -> Ints:
    """Number the rows of each group from 0; equal groups must stand together."""
    if len(groups) == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    sizes = np.diff(np.append(starts, len(groups)))
    return np.arange(len(groups), dtype=np.int64) - np.repeat(starts, sizes)


def totals(values: NDArray[Any], groups: NDArray[Any], size: int) -> Ints:
    """Add integers up per group, exactly."""
    result = np.zeros(size, dtype=np.int64)
    np.add.at(result, groups, values)
    return result


def dense(groups: NDArray[Any]) -> tuple[Ints, Ints]:
    """Give the distinct groups' first rows, in order of appearance, and each row's group number."""
    if len(groups) == 0 or (groups[1:] >= groups[:-1]).all():
        new = np.concatenate(([True], groups[1:] != groups[:-1])) if len(groups) else np.zeros(0, dtype=bool)
        return np.flatnonzero(new), np.cumsum(new) - 1
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return first[order].astype(np.int64), rank[inverse].astype(np.int64)
