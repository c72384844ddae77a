"""What the sync asks of anything it reads: which tables it has, their rows, and their totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ingestion.batches import Column, LandedColumn
from ingestion.transports.database import Totals
from ingestion.transports.dialects import SourceColumn
from ingestion.transports.queries import Filter, TablePlan


class Source(Protocol):
    """A database, or an inbox of files."""

    schema: str | None

    def open(self) -> None:
        """Begin to read: everything read until the next `open` is of one moment, where the source can."""

    def close(self) -> None:
        """End reading."""

    def scrub(self, text: str) -> str:
        """Take secrets out of a text."""

    def columns_of(self, tables: Sequence[str]) -> dict[str, tuple[str, tuple[SourceColumn, ...]]]:
        """Return for each table that exists: its own spelling and its columns."""

    def rows(
        self, plan: TablePlan, columns: Sequence[LandedColumn], where: Filter | None = None
    ) -> Iterator[Sequence[Column]]:
        """Stream the rows of a table as batches of columns."""

    def totals(self, plan: TablePlan, where: Filter | None = None) -> list[Totals]:
        """Count and add up a table per company and period."""
