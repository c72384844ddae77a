"""What was planted in the demo group is found: nothing else, nothing less, each in its class.

One home by default. BRIDGEBOOK_SCORE_SEEDS=5 scores as many seeds at each of three scales.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bridge.scoring import CLASSES, score
from tests.bridge.test_real_books import RESIDUALS
from tests.tryton.installation import Installation

SEEDS = range(1, int(os.environ.get("BRIDGEBOOK_SCORE_SEEDS", "0")) + 1)
SCALES = ("0.01", "0.02", "0.05")


def assert_exact(home: Installation) -> None:
    """Assert precision and recall of 1 in every class, and that every bridge closes."""
    result = score(home, home.folder / "demo" / "labels.csv")
    assert (dict(result.lost), dict(result.false)) == ({}, {})
    assert [(name, result.precision(name), result.recall(name)) for name in CLASSES] == [
        (name, 1, 1) for name in CLASSES
    ]
    assert home.query(RESIDUALS) == []


def test_what_was_planted_is_found_and_nothing_else(group_home: Installation) -> None:
    assert_exact(group_home)
    planted = score(group_home, group_home.folder / "demo" / "labels.csv").planted
    assert {name for name in CLASSES if planted[name]} == set(CLASSES)


@pytest.mark.faults
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_and_scale_scores_exactly(seed: int, scale: str, tmp_path: Path) -> None:
    home = Installation(tmp_path / "home")
    home.folder.mkdir()
    home.run("demo", "--scale", scale, "--seed", str(seed), "--lang", "en", timeout=3600)
    assert_exact(home)
