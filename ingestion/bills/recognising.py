"""Which entity a sheet holds: by the settings, the sheet's name, the file's name, or its folder."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

from ingestion.bills.contract import Entity, plain
from ingestion.bills.sheets import InboxFile

GUIDE_SHEETS = frozenset({"说明guide", "示例examples", "说明", "示例", "guide", "examples"})


def is_guide(sheet: str) -> bool:
    """Tell whether a sheet is one of those that a template brings along beside the rows."""
    return plain(sheet) in GUIDE_SHEETS


def recognised(
    file: InboxFile, sheet: str, configured: Mapping[str, str], entities: Mapping[str, Entity]
) -> tuple[str | None, bool]:
    """Return the entity of a sheet, and whether the sheet's own name (or the settings) says so."""
    for pattern, entity in configured.items():
        if any(fnmatch(name.casefold(), pattern.casefold()) for name in _called(file, sheet) if name):
            return entity, True
    if sheet and (found := _named(sheet, entities)):
        return found, True
    if found := _named(file.stem, entities):
        return found, False
    for folder in reversed(Path(file.name).parts[:-1]):
        if found := _named(folder, entities):
            return found, False
    return None, False


def _called(file: InboxFile, sheet: str) -> tuple[str, ...]:
    base = Path(file.name).name
    return (sheet, file.name, base, f"{base}/{sheet}", f"{file.name}/{sheet}")


def _named(text: str, entities: Mapping[str, Entity]) -> str | None:
    """Return the entity whose longest name stands in a text."""
    words = plain(text)
    best, length = None, 0
    for entity in entities.values():
        for name in entity.names:
            spoken = plain(name)
            if spoken in words and len(spoken) > length:
                best, length = entity.name, len(spoken)
    return best
