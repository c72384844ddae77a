"""One reader on one page: language, rights, snapshot, chosen periods and companies. Pages ask through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboards.figures import Unit
from dashboards.house import House
from dashboards.semantics.answer import Answer, NamedCaliber
from dashboards.semantics.asking import ask, caliber_names, calibers_of, choices
from dashboards.semantics.catalog import catalog
from dashboards.semantics.comparing import Headline, headlines
from dashboards.semantics.question import Filter, Order, Period, Periods, Question
from dashboards.semantics.rights import Rights
from dashboards.semantics.snapshot_facts import visible_companies
from dashboards.texts import Language, text
from dashboards.warehouse import Snapshot

MOST_CHOICES = 1000
ACTIVITY = ("account_lines", "procurement_events", "sales_events")
"""Reports whose rows decide which periods can be chosen."""


def _stay(page: str, parameters: Mapping[str, Sequence[str]]) -> None:
    """Open no other page: there is none."""


@dataclass(frozen=True)
class Reader:
    """Who looks, at what; every question a page asks passes here, so that rights are never forgotten."""

    house: House
    snapshot: Snapshot
    rights: Rights
    language: Language
    periods: Periods
    companies: tuple[str, ...] = ()
    unit: Unit = "one"
    palette: str = "international"
    open_page: Callable[[str, Mapping[str, Sequence[str]]], None] = _stay

    def say(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)

    def question(
        self,
        report: str,
        *,
        filters: Sequence[Filter] = (),
        search: str = "",
        group_by: tuple[str, ...] | None = None,
        order: Sequence[Order] = (),
        limit: int | None = 100,
        periods: Periods | None = None,
    ) -> Question:
        """Make a question about the chosen periods and companies."""
        return Question(
            report=report,
            periods=periods or self.periods,
            companies=self.companies,
            filters=tuple(filters),
            search=search,
            group_by=group_by,
            order=tuple(order),
            limit=limit,
            language=self.language,
        )

    def whole(
        self, report: str, *, filters: Sequence[Filter], order: Sequence[Order] = (), search: str = ""
    ) -> Question:
        """Make a question about one thing, in whatever period and company of the reader's it stands."""
        return Question(
            report=report,
            filters=tuple(filters),
            order=tuple(order),
            search=search,
            language=self.language,
        )

    def ask(self, question: Question) -> Answer:
        return ask(question, self.rights, self.snapshot)

    def choices(
        self, report: str, column: str, *, names: Sequence[str] = (), contains: str = ""
    ) -> list[tuple[str, str]]:
        """Values to choose from for a filter, within the rights and the chosen periods and companies.

        The first MOST_CHOICES of them; `contains` finds others by their code or name.
        """
        question = replace(self.question(report), group_by=None)
        return choices(
            question, column, self.rights, self.snapshot, names=names, contains=contains, limit=MOST_CHOICES
        )

    def word(self, column: str, value: str) -> str:
        """Say a coded value in words; calibers by their published names."""
        if column == "caliber_code":
            return caliber_names(self.snapshot, self.language).get(value, value)
        return catalog().word(column, value, self.language)

    def calibers(self, *reports: str) -> tuple[NamedCaliber, ...]:
        """Calibers that reports speak in."""
        return calibers_of(reports, self.snapshot, self.language)

    def headlines(
        self, codes: Sequence[str], *, filters: Sequence[Filter] = (), search: str = ""
    ) -> tuple[Headline, ...]:
        """Headline figures of the chosen periods and companies with their past."""
        return headlines(
            codes,
            self.periods,
            self.companies,
            self.rights,
            self.snapshot,
            language=self.language,
            filters=tuple(filters),
            search=search,
        )


@dataclass(frozen=True)
class KnownPeriods:
    """Periods in which anything happened, oldest first, and the one to start with."""

    every: tuple[Period, ...]
    latest: Period


def known_periods(rights: Rights, snapshot: Snapshot) -> KnownPeriods | None:
    """Find the periods that the reader may choose; None where nothing happened yet.

    The latest is the last one in which both business and books moved: a single voucher dated months ahead
    does not make an empty month the first thing that everybody sees.
    """
    found: Counter[Period] = Counter()
    for report in ACTIVITY:
        if report_is_published(report, snapshot):
            listed = choices(Question(report=report), "fiscal_period", rights, snapshot, limit=1200)
            found.update(
                period for period in (Period.parse(value) for value, _ in listed) if period.number > 0
            )
    if not found:
        return None
    shared = [period for period, count in found.items() if count > 1]
    return KnownPeriods(tuple(sorted(found)), max(shared or found))


def report_is_published(report: str, snapshot: Snapshot) -> bool:
    """Say whether the snapshot has the mart of a report."""
    return catalog().report(report).mart in snapshot.marts


def company_names(rights: Rights, snapshot: Snapshot) -> dict[str, str]:
    """Code -> name of the companies that the reader may choose."""
    return dict(visible_companies(rights, snapshot))
