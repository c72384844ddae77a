"""Find the pack that a person names, in the home and among the shipped ones, and the entities to show."""

from typing import TYPE_CHECKING

from bridgebook.errors import EntityUnknown, PackUnknown
from bridgebook.home import Home
from bridgebook.project import Shipped

if TYPE_CHECKING:
    from ingestion.packs import Pack


def find_pack(source: Shipped, home: Home, system: str) -> "Pack":
    """Return a pack; one in the home wins. Raise PackUnknown naming the known ones."""
    from ingestion.errors import PackError
    from ingestion.packs import find_packs

    try:
        packs = find_packs([source.packs, home.packs])
    except PackError as error:
        raise PackUnknown("pack_invalid", zh=error.zh, en=error.en) from None
    if system not in packs:
        known = ", ".join(sorted(packs))
        raise PackUnknown("mapping_pack_unknown", system=system, known=known, folder=home.packs)
    return packs[system]


def check_entity(entity: str | None, known: list[str]) -> None:
    """Raise EntityUnknown where nobody knows the entity."""
    if entity is not None and entity not in known:
        raise EntityUnknown("mapping_entity_unknown", entity=entity, known=", ".join(known))
