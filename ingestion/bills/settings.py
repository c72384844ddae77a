"""How one source's files are written and found, as bridgebook.toml states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Removed = Literal["remove", "keep"]


@dataclass(frozen=True)
class EntityRules:
    """What holds for the files of one entity (or, under "", of all).

    `headings` maps what a file says to a column; `values` maps column -> what a file says -> value; `fill`
    gives the value of a column that is absent or blank, with other columns or headings in braces.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BillSettings:
    """One inbox: its folder, and where its files differ from what is found out by looking at them."""

    inbox: Path
    when_removed: Removed = "remove"
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    date_format: str | None = None
    sheets: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    entities: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, EntityRules] = field(default_factory=dict)

    def rule(self, entity: str) -> EntityRules:
        """Return what holds for an entity: its own rules over those for all."""
        common, own = self.rules.get("", EntityRules()), self.rules.get(entity, EntityRules())
        columns = {*common.values, *own.values}
        return EntityRules(
            {**common.headings, **own.headings},
            {name: {**common.values.get(name, {}), **own.values.get(name, {})} for name in columns},
            {**common.fill, **own.fill},
        )
