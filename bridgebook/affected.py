"""Which staging models read the tables that syncs have changed: an increment builds what hangs on them."""

import re
from collections.abc import Iterable
from pathlib import Path

from bridgebook.installation import Installation

Table = tuple[str, str]
_CALL = re.compile(r"\blanded(?:_past)?\s*\(")
_LITERAL_CALL = re.compile(
    r"""\blanded(?:_past)?\s*\(\s*(['"])(?P<system>.+?)\1\s*,\s*(['"])(?P<table>.+?)\3"""
)


def affected_models(installation: Installation, moved: Iterable[Table]) -> tuple[str, ...]:
    """Return the staging models that read one of the moved tables, given as (source id, table name).

    A model that names its table by other means than literal words is always among them.
    """
    systems = {source.id: source.system for source in installation.settings.sources}
    tables = {(systems[source], table) for source, table in moved if source in systems}
    return tuple(
        sorted(
            file.stem
            for pack in installation.packs.values()
            for file in pack.folder.rglob("*.sql")
            if _reads(file, tables)
        )
    )


def _reads(file: Path, tables: set[Table]) -> bool:
    text = file.read_text(encoding="utf-8")
    named = [(found["system"], found["table"]) for found in _LITERAL_CALL.finditer(text)]
    return len(named) < len(_CALL.findall(text)) or not tables.isdisjoint(named)
