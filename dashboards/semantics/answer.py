"""What comes back: rows, what each column means, exact totals, and how far the figures can be trusted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.semantics.catalog import catalog
from dashboards.semantics.entries import Kind, Report
from dashboards.semantics.question import Question

Row = Mapping[str, Any]
FIGURES: frozenset[Kind] = frozenset({"money", "quantity", "price", "rate", "ratio", "count"})


@dataclass(frozen=True)
class Column:
    """A column of an answer as it is shown: label, explanation, kind of value, caliber of a figure."""

    name: str
    label: str
    explanation: str
    kind: Kind
    caliber: str | None = None

    @property
    def is_figure(self) -> bool:
        return self.kind in FIGURES


@dataclass(frozen=True)
class NamedCaliber:
    """A caliber in the reader's language."""

    key: str
    name: str
    definition: str


@dataclass(frozen=True)
class Total:
    """One total over every row of the question; `apart` says which currency or caliber it is of."""

    apart: tuple[tuple[str, str | None], ...]
    row_count: int
    values: Mapping[str, Decimal | int | None]


@dataclass(frozen=True)
class Completeness:
    """What the last syncs before this snapshot proved: None means that the snapshot does not say."""

    last_synced_at: datetime.datetime | None
    incomplete_tables: tuple[str, ...]
    failed_sources: tuple[str, ...]
    unequal_totals: int
    quarantined_rows: int
    is_known: bool

    @property
    def is_complete(self) -> bool:
        return self.is_known and not (
            self.incomplete_tables or self.failed_sources or self.unequal_totals or self.quarantined_rows
        )


@dataclass(frozen=True)
class Heading:
    """Everything an answer says about itself besides its rows."""

    question: Question
    report: Report
    title: str
    columns: tuple[Column, ...]
    totals: tuple[Total, ...]
    row_count: int
    calibers: tuple[NamedCaliber, ...]
    companies: tuple[str, ...]
    is_limited: bool
    version: str
    completeness: Completeness
    caliber_names: Mapping[str, str]
    filter_labels: Mapping[str, str]

    @property
    def filters(self) -> tuple[str, ...]:
        """The question's filters in words: `账龄 = 0–30 天`."""
        signs = {"in": "=", "not_in": "≠", "from": "≥", "to": "≤"}
        return tuple(
            f"{self.filter_labels[chosen.column]} {signs[chosen.kind]} "
            + ", ".join(self.word(chosen.column, value) or "∅" for value in chosen.values)
            for chosen in self.question.filters
        )

    def word(self, column: str, value: object) -> str:
        """Say a coded value in the reader's words; calibers by their published names."""
        if column == "caliber_code":
            return self.caliber_names.get(str(value), str(value or ""))
        return catalog().word(column, value, self.question.language)

    def apart(self, total: Total) -> str:
        """Say what a total is of: its currency, and its caliber or event where those stand apart."""
        return " ".join(self.word(column, value) for column, value in total.apart)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Answer:
    """The rows of one question (a page of them, if the question has a limit) with their heading."""

    heading: Heading
    table: pa.Table

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.heading.columns

    @property
    def totals(self) -> tuple[Total, ...]:
        return self.heading.totals

    @property
    def row_count(self) -> int:
        return self.heading.row_count

    @property
    def rows(self) -> list[Row]:
        return list(self.table.to_pylist())
