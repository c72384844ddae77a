"""Mistakes that people make, planted into vouchers with their labels."""

from __future__ import annotations

import numpy as np

from bridgebook.demo.group.companies import Company
from bridgebook.demo.group.entries import Vouchers
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.world import Frame, World


def spoil(
    world: World,
    company: Company,
    labels: Labels,
    vouchers: Vouchers,
    flow: str,
    lines: Frame,
    rng: np.random.Generator,
) -> Frame:
    """Spoil some of a batch of vouchers."""
    return lines
