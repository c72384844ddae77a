"""Keep of a sheet what is needed later, small: keys, typed columns, and the cells of held lines."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from ingestion.bills.contract import Entity
from ingestion.bills.reading import ReadSheet


def packed(read: ReadSheet) -> ReadSheet:
    """Return the sheet itself, its Python lists replaced."""
    entity = read.entity
    read.keys = [None] * len(read.numbers) if entity is None else list(_keys(entity, read))
    if entity is not None:
        for column in entity.columns:
            if column.name in read.columns:
                read.arrays[column.name] = pa.array(read.columns.pop(column.name), column.type.arrow)
    read.columns.clear()
    read.kept = {index: read.raw[index] for index in read.held}
    read.raw = []
    read.numbers = array("q", read.numbers)
    read.spans = array("q", read.spans)
    return read


def _keys(entity: Entity, read: ReadSheet) -> Iterator[str | None]:
    """Return the key of every line; without key columns the content is the key, counted within its sheet."""
    if read.refused is not None:
        return iter([None] * len(read.numbers))
    if not entity.key:
        return _content_keys(entity, read)
    needed = {column.name for column in entity.columns if column.is_key and column.required}
    if len(entity.key) == 1:
        name = entity.key[0]
        return (None if value is None else str(value) for value in _column(read, name))
    columns = [(_column(read, name), name in needed) for name in entity.key]
    return _joined_keys(columns, len(read.numbers))


def _joined_keys(columns: Sequence[tuple[Sequence[Any], bool]], count: int) -> Iterator[str | None]:
    for index in range(count):
        parts: list[str] = []
        for values, is_needed in columns:
            value = values[index]
            if value is None and is_needed:
                parts = []
                break
            parts.append("" if value is None else str(value).replace("\\", "\\\\").replace("/", "\\/"))
        yield "/".join(parts) if parts else None


def _content_keys(entity: Entity, read: ReadSheet) -> Iterator[str | None]:
    seen: dict[str, int] = {}
    columns = [_column(read, column.name) for column in entity.columns]
    for index in range(len(read.numbers)):
        if index in read.held:
            yield None
            continue
        content = "\x1f".join("" if values[index] is None else str(values[index]) for values in columns)
        digest = hashlib.sha256(content.encode()).hexdigest()[:32]
        seen[digest] = seen.get(digest, 0) + 1
        yield f"{digest}#{seen[digest]}"


def _column(read: ReadSheet, name: str) -> Sequence[Any]:
    return read.columns.get(name) or [None] * len(read.numbers)
