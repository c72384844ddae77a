"""The house these dashboards show: its home folder, warehouse, language and who may see what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dashboards.semantics.rights import ALL, Rights
from dashboards.texts import Language
from dashboards.warehouse import Warehouse


def owner() -> Rights:
    """Whoever can open the home folder on this machine may see all of it."""
    return ALL


@dataclass(frozen=True)
class House:
    """One opened home; `rights` is asked anew for every page run, so that a change takes effect at once."""

    home: Path
    language: Language = "zh"
    rights: Callable[[], Rights] = owner
    warehouse: Warehouse = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "warehouse", Warehouse(self.home))


_lock = threading.Lock()
_opened: list[House] = []


def open_house(home: Path, *, language: Language = "zh", rights: Callable[[], Rights] = owner) -> House:
    """Choose the house of this process; the pages find it with `house()`."""
    with _lock:
        for old in _opened:
            old.warehouse.close()
        _opened[:] = [House(home, language, rights)]
        return _opened[0]


def house() -> House:
    """Return the opened house, or open the one that bridgebook's own settings name."""
    with _lock:
        if _opened:
            return _opened[0]
    from bridgebook import settings

    home = settings.chosen_home(None)
    return open_house(home, language=settings.chosen_language(None, home))
