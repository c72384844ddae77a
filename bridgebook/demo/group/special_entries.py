"""The lawful oddities of accounting that no document of trade causes, each planted with its label."""

from __future__ import annotations

from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.ledger import Ledger
from bridgebook.demo.group.world import Frame, World
from bridgebook.demo.group.writers import Store


def of_month(
    world: World, store: Store, labels: Labels, ledger: Ledger, costed: Frame, month: int
) -> list[Frame]:
    """Book a month's oddities of one company."""
    return []
