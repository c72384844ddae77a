"""Build, increments and publication on a small project: values that readers see, and what is done again."""

from decimal import Decimal
from pathlib import Path

import pytest

from bridgebook.build import build
from bridgebook.errors import BuildFailed, NothingToPublish
from bridgebook.publish import publish
from bridgebook.snapshots import current
from tests.bridgebook.shop import PROJECT, Shop, new_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return new_shop(tmp_path / "home")


def go(shop: Shop) -> str:
    """Build and publish; return how much was built."""
    scope = build(shop.settings, source=PROJECT).scope
    publish(shop.settings)
    return scope


def test_what_landed_is_what_readers_see(shop: Shop) -> None:
    shop.land(10, (1, "2025-01-02", 1, "100.10"), (2, "2025-01-03", 2, "0.01"))
    assert go(shop) == "full"
    assert shop.lines() == [
        (1, "North", "wholesale", Decimal("100.1000")),
        (2, "South", None, Decimal("0.0100")),
    ]

    assert go(shop) == "nothing"

    shop.land(11, (2, "2025-01-03", 2, "7"), (3, "2025-01-04", 1, "5"))
    assert go(shop) == "increment"
    assert shop.lines() == [
        (1, "North", "wholesale", Decimal("100.1000")),
        (2, "South", None, Decimal("7.0000")),
        (3, "North", "wholesale", Decimal("5.0000")),
    ]
