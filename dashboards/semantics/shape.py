"""What a question may use: its report, less everything that the reader or the snapshot does not have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.errors import ForbiddenColumn, ForbiddenReport, NotPublished, UnknownColumn
from dashboards.semantics.entries import Group, Measure, Report
from dashboards.semantics.question import Question
from dashboards.semantics.rights import Rights

PERIOD = "fiscal_period"
"""Column made from fiscal_year and period_no (`2025-01`), in every mart that has both."""


@dataclass(frozen=True)
class Shape:
    """A question checked against its report, the reader's rights and the columns of the mart."""

    report: Report
    question: Question
    rights: Rights
    available: frozenset[str]

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups to break down by. Raises UnknownColumn and ForbiddenColumn."""
        asked = self.report.group_by if self.question.group_by is None else self.question.group_by
        groups = tuple(self.report.group(code) for code in asked)
        for key in (key for group in groups for key in group.keys):
            self.require(key)
        return groups

    @property
    def is_detail(self) -> bool:
        """Say whether rows are shown as they stand in the mart."""
        return not self.groups and bool(self.report.columns)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Measures whose every source the reader may see; a ratio or side needs what it is made of."""
        plain = {code for code, measure in self.report.measures.items() if self._sees_sources(measure)}
        return tuple(
            measure
            for code, measure in self.report.measures.items()
            if (code in plain or self._is_made_of(measure, plain))
            and not self.rights.hides(self.report.mart, code)
        )

    def _sees_sources(self, measure: Measure) -> bool:
        if measure.aggregate in ("ratio", "side") or self.rights.hides(self.report.mart, measure.code):
            return False
        sources = {condition.column for condition in measure.where}
        if measure.aggregate != "count":
            sources.add(measure.column)
        return all(self.sees(column) for column in sources)

    def _is_made_of(self, measure: Measure, plain: set[str]) -> bool:
        return (
            measure.aggregate in ("ratio", "side")
            and {measure.column, measure.divisor or measure.column} <= plain
        )

    @property
    def detail_columns(self) -> tuple[str, ...]:
        """Columns asked for, or the report's own in the reader's language."""
        for column in self.question.columns:
            self.require(column)
        if self.question.columns:
            return self.question.columns
        other = "_en" if self.question.language == "zh" else "_zh"
        return tuple(
            column for column in self.report.columns if self.sees(column) and not column.endswith(other)
        )

    @property
    def total_by(self) -> tuple[str, ...]:
        """Columns that keep totals apart: currencies, calibers."""
        return tuple(column for column in self.report.total_by if column in self.available)

    @property
    def shows_running(self) -> bool:
        running = self.report.running
        return running is not None and running.column in self.available

    def sees(self, column: str) -> bool:
        return column in self.available and not self.rights.hides(self.report.mart, column)

    def require_filter(self, column: str) -> None:
        """Raise for a column that this report may not be filtered by."""
        self.require(column)
        if column not in self.report.filters:
            raise UnknownColumn(
                report=self.report.code, column=column, known=", ".join(sorted(self.report.filters))
            )

    def require(self, column: str) -> None:
        """Raise ForbiddenColumn for a hidden column, UnknownColumn for one that the mart does not have."""
        if self.rights.hides(self.report.mart, column):
            raise ForbiddenColumn(report=self.report.code, column=column)
        if column not in self.available:
            known = ", ".join(sorted(name for name in self.available if self.sees(name)))
            raise UnknownColumn(report=self.report.code, column=column, known=known)


def shape(report: Report, question: Question, rights: Rights, mart_columns: Iterable[str]) -> Shape:
    """Check a report against the snapshot and the rights. Raises NotPublished and ForbiddenReport."""
    available = set(mart_columns)
    if not available:
        raise NotPublished(mart=report.mart)
    if report.scope == "house" and not rights.sees_all:
        raise ForbiddenReport(report=report.code)
    if report.scope in ("company", "source_company") and "company_code" not in available:
        raise NotPublished(mart=f"{report.mart}.company_code")
    if {"fiscal_year", "period_no"} <= available:
        available.add(PERIOD)
    if report.running and _shows_running(report, question, rights):
        available.add(report.running.column)
    return Shape(report, question, rights, frozenset(available))


def _shows_running(report: Report, question: Question, rights: Rights) -> bool:
    """A running balance makes sense only where no filter drops lines from the middle of an account.

    It is shown only to a reader who may see both what it starts from and what it adds.
    """
    running = report.running
    if running is None or question.search or question.group_by or question.periods is None:
        return False
    if rights.hides(report.mart, running.amount) or rights.hides(
        running.opening_mart, running.opening_column
    ):
        return False
    allowed = {*running.keys, *(condition.column for condition in report.fixed)}
    return all(chosen.column in allowed for chosen in question.filters)
