"""The packs that an installation's sources use, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridgebook.errors import PackUnknown
from bridgebook.project import Shipped
from bridgebook.settings import Settings

if TYPE_CHECKING:
    from ingestion.packs import Pack


@dataclass(frozen=True)
class Installation:
    """Settings together with the packs that they name."""

    settings: Settings
    packs: Mapping[str, "Pack"]

    @property
    def names(self) -> dict[str, tuple[str, str]]:
        """System -> its Chinese and English name."""
        return {system: (pack.name_zh, pack.name_en) for system, pack in self.packs.items()}

    @property
    def folders(self) -> dict[str, Path]:
        """System -> folder of its pack."""
        return {system: pack.folder for system, pack in self.packs.items()}


def resolve(settings: Settings, shipped: Shipped) -> Installation:
    """Find the pack of every source; a pack in the home wins over a shipped one of the same system."""
    from ingestion.errors import PackError
    from ingestion.packs import find_packs

    folders = [shipped.packs, settings.home.packs]
    systems = {source.system for source in settings.sources}
    try:
        found = find_packs(folders, systems)
        if not systems <= found.keys():
            found = find_packs(folders)
    except PackError as error:
        raise PackUnknown("pack_invalid", zh=error.zh, en=error.en) from None
    for source in settings.sources:
        if source.system not in found:
            raise PackUnknown(
                "pack_unknown",
                place=settings.place(source, "system"),
                source=source.id,
                system=source.system,
                known=", ".join(sorted(found)),
                folder=settings.home.packs,
            )
    return Installation(settings, {source.system: found[source.system] for source in settings.sources})
