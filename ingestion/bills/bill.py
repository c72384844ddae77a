"""All lines of one entity over all files: keys, equal copies, contradicting lines, and their totals."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.batches import RejectedRow, raw_json
from ingestion.bills.contract import KEY, Entity
from ingestion.bills.reading import Held, ReadSheet
from ingestion.bills.telling import told, told_of_sheet
from ingestion.landing import quoted
from ingestion.texts import Sentence, sentence
from ingestion.transports.database import Totals
from ingestion.transports.queries import NO_PARTITION

LISTED = 5_000  # held lines beyond this are counted and told as one row per sheet
LANDED, HELD, COPY = 0, 1, 2


@dataclass(frozen=True)
class HeldLine(RejectedRow):
    """A held line with the sentence that names its place; it stands for `lines` lines."""

    told: Sentence = field(default_factory=lambda: Sentence("", ""))
    lines: int = 1


class Bill:
    """One entity's lines: `table` has them all, typed where they can be, beside what becomes of each."""

    def __init__(self, entity: Entity, sheets: Sequence[ReadSheet]) -> None:
        self.entity, self.sheets = entity, sheets
        self.starts: list[int] = []
        count = 0
        for read in sheets:
            self.starts.append(count)
            count += len(read.numbers)
        self.count = count
        self.keys: list[str | None] = [key for read in sheets for key in read.keys]
        self.states = bytearray(count)
        for start, read in zip(self.starts, sheets, strict=True):
            for index in read.held:
                self.states[start + index] = HELD
        self._settle_repeated()
        self.table = self._typed()

    def _settle_repeated(self) -> None:
        """Collapse lines that say the same; hold every line of a key that has different lines."""
        first: dict[str, int] = {}
        repeated: dict[str, list[int]] = {}
        for index, key in enumerate(self.keys):
            if key is None:
                continue
            if key in first:
                repeated.setdefault(key, [first[key]]).append(index)
            else:
                first[key] = index
        for key, indexes in repeated.items():
            good = [index for index in indexes if self.states[index] == LANDED]
            contents = {self._content(index) for index in good}
            if len(contents) == 1 and len(good) == len(indexes):
                for index in good[1:]:
                    self.states[index] = COPY
            else:
                self._hold(key, indexes)

    def _hold(self, key: str, indexes: Sequence[int]) -> None:
        for index in indexes:
            if self.states[index] == LANDED:
                others = [place_of(*self.at(other)) for other in indexes if other != index][:3]
                facts = (
                    ("key", key), ("versions", len(indexes)), ("others", "; ".join(others)),
                )  # fmt: skip
                read, own = self.at(index)
                read.held[own] = Held("duplicate_key", facts=facts)
                self.states[index] = HELD

    def at(self, index: int) -> tuple[ReadSheet, int]:
        """Return the sheet of a line and the line's place in it."""
        number = bisect.bisect_right(self.starts, index) - 1
        return self.sheets[number], index - self.starts[number]

    def _content(self, index: int) -> tuple[Any, ...]:
        read, own = self.at(index)
        return tuple(
            read.arrays[column.name][own].as_py() if column.name in read.arrays else None
            for column in self.entity.columns
        )

    def _typed(self) -> pa.Table:
        arrays: dict[str, Any] = {
            KEY: pa.array(self.keys, pa.string()),
        }
        for column in self.entity.columns:
            kind = column.type.arrow
            chunks = [
                read.arrays[column.name] if column.name in read.arrays else pa.nulls(len(read.numbers), kind)
                for read in self.sheets
            ]
            arrays[column.name] = pa.chunked_array(chunks, kind)
        arrays["_state"] = pa.array(list(self.states), pa.int8())
        return pa.table(arrays)

    # --- what the sync asks for ------------------------------------------------------------------------

    def rows(self, columns: Sequence[str]) -> Iterator[list[pa.Array]]:
        """Yield the lines that land, in batches of whole columns."""
        mask = pa.array([state == LANDED for state in self.states], pa.bool_())
        landing = self.table.filter(mask).select(list(columns))
        for batch in landing.to_batches(max_chunksize=50_000):
            yield batch.columns

    def totals(self, *, apart: bool = False) -> list[Totals]:
        """Count and add up all lines, or those that do not land, per company and month."""
        company, day = self.entity.company, self.entity.date
        month = f"strftime({quoted(day)}, '%Y-%m')" if day else f"'{NO_PARTITION}'"
        sums = "".join(f", sum({quoted(name)})" for name in self.entity.money)
        where = f" where _state <> {LANDED}" if apart else ""
        lines = self.table
        with _engine().cursor() as connection:
            connection.register("lines", lines)
            rows = connection.execute(
                f"select {quoted(company) if company else repr(NO_PARTITION)}, {month}, count(*){sums} "
                f"from lines{where} group by all"
            ).fetchall()
        return [
            Totals(c, m, n, tuple(Decimal(0) if amount is None else amount for amount in amounts))
            for c, m, n, *amounts in rows
        ]

    def rejected(self) -> list[HeldLine]:
        """Return the held lines with their sentences."""
        keys = [
            self.keys[start : start + len(read.numbers)]
            for start, read in zip(self.starts, self.sheets, strict=True)
        ]
        return held_lines(list(zip(self.sheets, keys, strict=True)))

    @property
    def held_count(self) -> int:
        """Lines that are held."""
        return sum(state == HELD for state in self.states)

    @property
    def copy_count(self) -> int:
        """Equal copies beyond the first."""
        return sum(state == COPY for state in self.states)


def place_of(read: ReadSheet, index: int) -> str:
    """Return file, sheet and row in short."""
    sheet = f"!{read.sheet}" if read.sheet else ""
    return f"{read.file}{sheet}#{read.numbers[index]}"


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Return a database in memory that adds up lines; opening one costs more than most sums."""
    return duckdb.connect()


def held_lines(sheets: Sequence[tuple[ReadSheet, Sequence[str | None]]]) -> list[HeldLine]:
    """Return the held lines of sheets, given with their keys; too many of a sheet are told as one."""
    found: list[HeldLine] = []
    for read, keys in sheets:
        held = sorted(read.held)
        listed = held[: max(0, LISTED - len(found))]
        if read.refused is not None and not held:
            found.append(_of_sheet(read))
        for index in listed:
            reason = read.held[index]
            key = keys[index] or place_of(read, index)
            said = told(read, index, reason)
            record = read.record(index)
            found.append(HeldLine((key,), reason.reason, reason.column, reason.value, record, said))
        if len(held) > len(listed):
            found.append(_the_rest(read, len(held) - len(listed)))
    return found


def _of_sheet(read: ReadSheet) -> HeldLine:
    assert read.refused is not None
    held = read.refused
    name = f"{read.file}!{read.sheet}" if read.sheet else read.file
    record = raw_json({"file": read.file, "sheet": read.sheet})
    return HeldLine((name,), held.reason, held.column, held.value, record, told_of_sheet(read), 0)


def _the_rest(read: ReadSheet, count: int) -> HeldLine:
    name = f"{read.file}!{read.sheet}" if read.sheet else read.file
    message = sentence(
        "bill_more_lines",
        file=read.file,
        count=count,
        sheet_zh=f" 工作表 {read.sheet}" if read.sheet else "",
        sheet_en=f", sheet {read.sheet}" if read.sheet else "",
    )
    record = raw_json({"file": read.file, "sheet": read.sheet, "more": count})
    return HeldLine((name,), "more_lines", "", str(count), record, message, count)
