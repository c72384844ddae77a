"""Write SQLite table pages directly: Arrow columns in, b-tree leaf pages out, several times faster than
INSERT.

The file is created by SQLite itself, with its tables empty; leaf pages are appended to it, and at the end
each table's
root becomes the interior page above them. The format is SQLite's documented one
(https://www.sqlite.org/fileformat.html);
integers and text lengths are written in fixed widths, which readers accept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

PAGE = 16384
_LOCK_PAGE = 0x40000000 // PAGE + 1
_LEAF, _INTERIOR = 13, 5
_LEAF_HEAD, _INTERIOR_HEAD = 8, 12
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Cells:
    """Hold encoded rows: their bytes, one after the other, and where each starts (and the last ends)."""

    data: Bytes
    starts: NDArray[np.int64]


def _serial(value: Any) -> tuple[bytes, bytes]:
    """Encode one constant: its serial type and its bytes."""
    if value is None:
        return b"\x00", b""
    if isinstance(value, str):
        text = value.encode()
        kind = 13 + 2 * len(text)
        return bytes([0x80 | kind >> 7, kind & 0x7F]), text
    if value == 0:
        return b"\x08", b""
    if isinstance(value, int):
        return b"\x06", value.to_bytes(8, "big", signed=True)
    return b"\x07", np.array([value], dtype=">f8").tobytes()


@dataclass(frozen=True)
class _Part:
    """Hold one varying column.

    Bytes of its serial type, lengths of its values, and how to put them in place.
    """

    head: Bytes  # [row, width]
    lengths: NDArray[np.int64]
    fixed: Bytes | None  # [row, width] where every value, or none, has that width
    flat: Bytes | None


def _number_part(array: pa.Array) -> _Part:
    count = len(array)
    valid = np.ones(count, dtype=bool)
    if array.null_count:
        valid = np.asarray(array.is_valid())
        array = array.fill_null(0)
    values = array.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "f":
        kind, width, raw = 7, 8, values.astype(">f8")
    else:
        most = max(int(np.abs(values).max(initial=0)), 0)
        kind, width = (1, 1) if most < 127 else (2, 2) if most < 32000 else (4, 4) if most < 2**31 else (6, 8)
        raw = values.astype(f">i{width}")
    present = valid & (values != 0)
    head = np.where(present, kind, np.where(valid, 8, 0)).astype(np.uint8)[:, None]
    data = np.ascontiguousarray(raw).view(np.uint8).reshape(count, width)
    return _Part(head, np.where(present, width, 0).astype(np.int64), data, None)


def _text_part(array: pa.Array) -> _Part:
    count = len(array)
    _, offsets_buffer, data_buffer = array.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[array.offset : array.offset + count + 1].astype(
        np.int64
    )
    lengths = np.diff(offsets)
    data = np.frombuffer(data_buffer, dtype=np.uint8) if data_buffer else np.zeros(0, np.uint8)
    kind = 13 + 2 * lengths
    if array.null_count:
        valid = np.asarray(array.is_valid())
        if lengths[~valid].any():
            return _text_part(pa.array(array.to_pylist(), pa.string()))
        kind = np.where(valid, kind, 0)
    head = np.stack([0x80 | (kind >> 7), kind & 0x7F], axis=1).astype(np.uint8)
    data = data[offsets[0] : offsets[-1]]
    width = int(lengths.max(initial=0))
    if width and (lengths == width).all():
        return _Part(head, lengths, data.reshape(count, width), None)
    return _Part(head, lengths, None, data)


def encode_rows(columns: list[Any], count: int, first_rowid: int) -> Cells:
    """Encode rows of a table as leaf cells; a column is an Arrow array or one constant value."""
    parts: list[_Part | tuple[bytes, bytes]] = []
    for column in columns:
        if not isinstance(column, pa.Array):
            parts.append(_serial(column))
        elif pa.types.is_string(column.type):
            parts.append(_text_part(column))
        else:
            parts.append(_number_part(column))
    head_size = sum(len(p[0]) if isinstance(p, tuple) else p.head.shape[1] for p in parts)
    marked = head_size + (1 if head_size + 1 < 128 else 2)
    body = np.full(count, sum(len(p[1]) for p in parts if isinstance(p, tuple)), dtype=np.int64)
    for part in parts:
        if not isinstance(part, tuple):
            body += part.lengths
    sizes = body + marked + 6
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(sizes, out=starts[1:])
    buffer = np.empty(int(starts[-1]), dtype=np.uint8)
    head = _heads(parts, count, body + marked, marked, first_rowid)
    width = head.shape[1]
    position = starts[:-1].copy()
    buffer[position[:, None] + np.arange(width)] = head
    position += width
    for part in parts:
        position = _place(buffer, position, part)
    return Cells(buffer, starts)


def _heads(
    parts: list[_Part | tuple[bytes, bytes]], count: int, payload: Any, marked: int, first: int
) -> Bytes:
    """Lay out what comes before a row's values: payload size, row id, header size, serial types."""
    rowid = np.arange(first, first + count, dtype=np.int64)
    columns = [0x80 | (payload >> 7), payload & 0x7F]
    columns += [
        0x80 | ((rowid >> 21) & 0x7F),
        0x80 | ((rowid >> 14) & 0x7F),
        0x80 | ((rowid >> 7) & 0x7F),
        rowid & 0x7F,
    ]
    mark = [marked] if marked < 128 else [0x80 | marked >> 7, marked & 0x7F]
    width = 6 + marked
    head = np.empty((count, width), dtype=np.uint8)
    for place, values in enumerate(columns):
        head[:, place] = values
    head[:, 6 : 6 + len(mark)] = mark
    place = 6 + len(mark)
    for part in parts:
        kinds: Any = np.frombuffer(part[0], dtype=np.uint8) if isinstance(part, tuple) else part.head
        step = len(part[0]) if isinstance(part, tuple) else part.head.shape[1]
        head[:, place : place + step] = kinds
        place += step
    return head


def _place(
    buffer: Bytes, position: NDArray[np.int64], part: _Part | tuple[bytes, bytes]
) -> NDArray[np.int64]:
    """Put one column's values where each row's next byte is, and move on."""
    if isinstance(part, tuple):
        if part[1]:
            value = np.frombuffer(part[1], dtype=np.uint8)
            buffer[position[:, None] + np.arange(len(value))] = value
        return position + len(part[1])
    if part.fixed is not None:
        width = part.fixed.shape[1]
        if (part.lengths == width).all():
            buffer[position[:, None] + np.arange(width)] = part.fixed
        else:
            rows = np.flatnonzero(part.lengths)
            buffer[position[rows][:, None] + np.arange(width)] = part.fixed[rows]
    elif part.flat is not None and len(part.flat):
        before = np.cumsum(part.lengths) - part.lengths
        buffer[np.repeat(position - before, part.lengths) + np.arange(len(part.flat))] = part.flat
    return position + part.lengths


def leaf_pages(cells: Cells) -> tuple[list[bytes], list[int]]:
    """Cut cells into leaf pages; give the pages and how many rows each holds."""
    starts, count = cells.starts, len(cells.starts) - 1
    costs = starts + 2 * np.arange(count + 1)
    pages, rows, first = [], [], 0
    data = cells.data
    while first < count:
        last = int(np.searchsorted(costs, costs[first] + PAGE - _LEAF_HEAD, side="right")) - 1
        page = np.zeros(PAGE, dtype=np.uint8)
        size = int(starts[last] - starts[first])
        content = PAGE - size
        page[content:] = data[starts[first] : starts[last]]
        pointers = (content + starts[first:last] - starts[first]).astype(">u2")
        page[_LEAF_HEAD : _LEAF_HEAD + 2 * (last - first)] = pointers.view(np.uint8)
        page[0] = _LEAF
        page[3:5] = np.array([last - first], dtype=">u2").view(np.uint8)
        page[5:7] = np.array([content], dtype=">u2").view(np.uint8)
        pages.append(page.tobytes())
        rows.append(last - first)
        first = last
    return pages, rows


def _varint(value: int) -> bytes:
    result = bytes([value & 0x7F])
    while value >= 0x80:
        value >>= 7
        result = bytes([0x80 | value & 0x7F]) + result
    return result


def interior_page(children: list[tuple[int, int]]) -> bytes:
    """Make an interior page over children given as (page number, greatest row id)."""
    cells = [page.to_bytes(4, "big") + _varint(rowid) for page, rowid in children[:-1]]
    body, pointers, place = b"".join(reversed(cells)), [], PAGE
    for cell in cells:
        place -= len(cell)
        pointers.append(place)
    head = bytes([_INTERIOR, 0, 0]) + len(cells).to_bytes(2, "big") + place.to_bytes(2, "big") + b"\x00"
    head += children[-1][0].to_bytes(4, "big") + b"".join(p.to_bytes(2, "big") for p in pointers)
    return head + bytes(PAGE - len(head) - len(body)) + body


@dataclass
class PageFile:
    """Append pages to an SQLite file whose tables were just created and are empty."""

    path: Path
    roots: dict[str, int]
    leaves: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    rowids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the file behind its last page."""
        self.file = self.path.open("r+b")
        self.file.seek(0, 2)
        self.pages = self.file.tell() // PAGE

    def append(self, table: str, columns: list[Any], count: int, *, last: bool) -> None:
        """Append rows to a table; `last` says that no more will follow."""
        first = self.rowids.get(table, 0) + 1
        pages, rows = leaf_pages(encode_rows(columns, count, first))
        known = self.leaves.setdefault(table, [])
        if last and not known and len(pages) == 1:
            self._put(self.roots[table], pages[0])
        else:
            rowid = first - 1
            for page, held in zip(pages, rows, strict=True):
                rowid += held
                known.append((self._add(page), rowid))
        self.rowids[table] = first - 1 + count

    def _add(self, page: bytes) -> int:
        self.file.seek(0, 2)
        if self.pages + 1 == _LOCK_PAGE:
            self.file.write(bytes(PAGE))
            self.pages += 1
        self.file.write(page)
        self.pages += 1
        return self.pages

    def _put(self, number: int, page: bytes) -> None:
        self.file.seek((number - 1) * PAGE)
        self.file.write(page)

    def close(self) -> None:
        """Put interior pages over the leaves, and tell the file's head how many pages there are."""
        fan_out = (PAGE - _INTERIOR_HEAD) // 12
        for table, level in self.leaves.items():
            while len(level) > fan_out:
                groups = [level[n : n + fan_out] for n in range(0, len(level), fan_out)]
                if len(groups[-1]) == 1:
                    groups[-2], groups[-1] = groups[-2][:-1], [groups[-2][-1], *groups[-1]]
                level = [(self._add(interior_page(group)), group[-1][1]) for group in groups]
            if level:
                self._put(self.roots[table], interior_page(level))
        self.file.seek(28)
        self.file.write(self.pages.to_bytes(4, "big"))
        self.file.close()
