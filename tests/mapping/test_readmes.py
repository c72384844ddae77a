"""The packs' READMEs name the entities that a pack fills, and tables that these are really read from."""

import re
from collections.abc import Iterator

import pytest

from bridgebook.mapping.fields import seed_columns
from bridgebook.mapping.staging import StagingDatabase, opened
from bridgebook.project import shipped
from tests.mapping.conftest import packs

SYSTEMS = [
    system
    for system, pack in packs().items()
    if (pack.folder / "README.md").is_file()
    and "| entity |" in (pack.folder / "README.md").read_text(encoding="utf-8")
]
_READS = re.compile(r'"landed_\w+"\."([^"]+)"|"staging"\."([^"]+)"')


def entity_rows(system: str) -> Iterator[tuple[list[str], str]]:
    """Yield (entities, what they are filled from) of each row of a README's table."""
    text = (packs()[system].folder / "README.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("|") and not re.match(r"\|\s*(entity|---)", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            yield [entity.strip() for entity in cells[0].split(",")], cells[1]


def tables_read(staging: StagingDatabase, model: str) -> set[str]:
    """Return the vendor tables that a model reads, also through other models."""
    found: set[str] = set()
    for table, other in _READS.findall(staging.compile(model)):
        found |= {table.removesuffix("__past")} if table else tables_read(staging, other)
    return found


def named_tables(system: str, words: str) -> set[str]:
    """Return the pack's tables that a text names; `Voucher(s)` names two."""
    spelled = re.sub(r"(\w+)\(s\)", r"\1 \1s", words)
    known = {table.name for table in packs()[system].tables}
    return known & set(re.findall(r"[\w-]+", spelled))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_entity_stands_once_and_where_it_belongs(system: str) -> None:
    listed = [(entity, bool(source)) for entities, source in entity_rows(system) for entity in entities]
    names = [entity for entity, _ in listed]
    assert len(names) == len(set(names))
    assert set(names) == set(seed_columns(shipped()))
    assert {entity for entity, is_filled in listed if is_filled} == set(packs()[system].entities)


@pytest.mark.parametrize("system", SYSTEMS)
def test_named_tables_are_read(system: str) -> None:
    pack, compared = packs()[system], 0
    with opened(shipped(), pack) as staging:
        for entities, source in entity_rows(system):
            filled = [entity for entity in entities if entity in pack.entities]
            read = set().union(*(tables_read(staging, staging.model_of(entity)) for entity in filled))
            named = named_tables(system, source)
            compared += len(named)
            assert named <= read, (entities, named - read)
    assert compared > 20
