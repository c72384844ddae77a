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
import pyarrow.compute as pc
from numpy.typing import NDArray

PAGE = 16384
_LOCK_PAGE = 0x40000000 // PAGE + 1
_LEAF, _INTERIOR = 13, 5
_LEAF_HEAD, _INTERIOR_HEAD = 8, 12
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Cells:
    """Hold encoded rows: their bytes, one after the other, and where each starts (and the last ends)."""

    data: bytes
    starts: NDArray[np.int64]


def _constant(value: Any) -> tuple[bytes, bytes]:
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


def _binary(data: Bytes, lengths: NDArray[Any]) -> pa.Array:
    """Wrap bytes and the length of each value as an Arrow array."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(lengths), [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def _numbers(array: pa.Array) -> tuple[Bytes, pa.Array]:
    """Encode a column of numbers: serial types, and values (none for NULL and zero)."""
    count = len(array)
    valid = np.ones(count, dtype=bool)
    if array.null_count:
        valid = np.asarray(array.is_valid())
        array = array.fill_null(0)
    values = array.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "f":
        kind, width, raw = 7, 8, values.astype(">f8")
    else:
        most = int(np.abs(values).max(initial=0))
        kind, width = (1, 1) if most < 127 else (2, 2) if most < 32000 else (4, 4) if most < 2**31 else (6, 8)
        raw = values.astype(f">i{width}")
    present = valid & (values != 0)
    head = np.where(present, kind, np.where(valid, 8, 0)).astype(np.uint8)[:, None]
    kept = raw if present.all() else raw[present]
    return head, _binary(np.ascontiguousarray(kept).view(np.uint8), np.where(present, width, 0))


def _strings(array: pa.Array) -> tuple[Bytes, pa.Array]:
    """Encode a column of text: serial types, and the text as bytes."""
    lengths = pc.fill_null(pc.binary_length(array), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    kind = 13 + 2 * lengths
    if array.null_count:
        kind = np.where(np.asarray(array.is_valid()), kind, 0)
        array = array.fill_null("")
    head = np.stack([0x80 | (kind >> 7), kind & 0x7F], axis=1).astype(np.uint8)
    return head, array.cast(pa.binary())


def encode_rows(columns: list[Any], count: int, first_rowid: int) -> Cells:
    """Encode rows of a table as leaf cells; a column is an Arrow array or one constant value."""
    kinds: list[Any] = []
    values: list[Any] = []
    body = np.zeros(count, dtype=np.int64)
    for column in columns:
        if isinstance(column, pa.Array):
            head, data = _strings(column) if pa.types.is_string(column.type) else _numbers(column)
            kinds.append(head)
            values.append(data)
            body += np.diff(
                np.frombuffer(data.buffers()[1], dtype=np.int32)[data.offset : data.offset + count + 1]
            )
        else:
            kind, raw = _constant(column)
            kinds.append(np.frombuffer(kind, dtype=np.uint8)[None, :])
            body += len(raw)
            if raw:
                values.append(pa.scalar(raw, pa.binary()))
    head = _heads(kinds, count, body, first_rowid)
    front = _binary(head.reshape(-1), np.full(count, head.shape[1]))
    cells = pc.binary_join_element_wise(front, *values, pa.scalar(b"", pa.binary()))
    _, offsets, buffer = cells.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)[: count + 1].astype(np.int64)
    return Cells(buffer.to_pybytes(), starts)


def _heads(kinds: list[Any], count: int, body: NDArray[np.int64], first: int) -> Bytes:
    """Lay out what comes before a row's values: payload size, row id, header size, serial types."""
    size = sum(kind.shape[1] for kind in kinds)
    marked = size + (1 if size + 1 < 128 else 2)
    payload = body + marked
    rowid = np.arange(first, first + count, dtype=np.int64)
    columns = [0x80 | (payload >> 7), payload & 0x7F]
    columns += [0x80 | ((rowid >> shift) & 0x7F) for shift in (21, 14, 7)] + [rowid & 0x7F]
    mark = [marked] if marked < 128 else [0x80 | marked >> 7, marked & 0x7F]
    head = np.empty((count, 6 + marked), dtype=np.uint8)
    for place, figures in enumerate(columns):
        head[:, place] = figures
    head[:, 6 : 6 + len(mark)] = mark
    place = 6 + len(mark)
    for kind in kinds:
        head[:, place : place + kind.shape[1]] = kind
        place += kind.shape[1]
    return head


def leaf_pages(cells: Cells) -> tuple[list[bytes], list[int]]:
    """Cut cells into leaf pages; give the pages and how many rows each holds."""
    starts, count = cells.starts, len(cells.starts) - 1
    costs = starts + 2 * np.arange(count + 1)
    pages, rows, first = [], [], 0
    while first < count:
        last = int(costs.searchsorted(costs[first] + PAGE - _LEAF_HEAD, side="right")) - 1
        begin, end = int(starts[first]), int(starts[last])
        content = PAGE - (end - begin)
        pointers = (starts[first:last] + (content - begin)).astype(">u2").tobytes()
        head = bytes([_LEAF, 0, 0]) + (last - first).to_bytes(2, "big") + content.to_bytes(2, "big") + b"\x00"
        gap = bytes(content - _LEAF_HEAD - len(pointers))
        pages.append(b"".join((head, pointers, gap, cells.data[begin:end])))
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
        if self.pages + 1 == _LOCK_PAGE:
            self.file.write(bytes(PAGE))
            self.pages += 1
        self.file.write(page)
        self.pages += 1
        return self.pages

    def _put(self, number: int, page: bytes) -> None:
        self.file.seek((number - 1) * PAGE)
        self.file.write(page)
        self.file.seek(0, 2)

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
