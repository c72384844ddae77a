"""Headline figures: a measure of the chosen periods beside the periods before, a year ago, and its months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from dashboards.semantics.answer import Answer, NamedCaliber
from dashboards.semantics.asking import ask
from dashboards.semantics.catalog import catalog
from dashboards.semantics.entries import Figure
from dashboards.semantics.question import Calendar, Filter, Period, Periods, Question
from dashboards.semantics.rights import Rights
from dashboards.semantics.snapshot_facts import calendar
from dashboards.texts import Language
from dashboards.warehouse import Snapshot

Months = dict[Period, Decimal]


@dataclass(frozen=True)
class Change:
    """How far a figure moved from a base; the ratio is None where the base is zero."""

    base: Decimal
    amount: Decimal
    ratio: Decimal | None


@dataclass(frozen=True)
class Headline:
    """One figure in one currency. `previous` and `year_ago` are None where nothing is known of that time."""

    code: str
    label: str
    page: str
    view: str | None
    rise: Literal["good", "bad", "neutral"]
    currency: str
    value: Decimal | None
    previous: Change | None
    year_ago: Change | None
    trend: tuple[tuple[Period, Decimal | None], ...]
    caliber: NamedCaliber | None


def headlines(
    codes: Sequence[str],
    periods: Periods,
    companies: tuple[str, ...],
    rights: Rights,
    snapshot: Snapshot,
    *,
    language: Language,
    filters: tuple[Filter, ...] = (),
    search: str = "",
) -> tuple[Headline, ...]:
    """Compute figures of the catalog in every currency the companies have; hidden measures are left out."""
    found, years = [], calendar(snapshot, rights.scope(companies))
    for code in codes:
        figure = catalog().figures[code]
        asked = _question(figure, periods, years, companies, language)
        question = replace(asked, filters=filters, search=search)
        answer = ask(question, rights, snapshot)
        if answer.heading.column(figure.measure) is None:
            continue
        is_balance = answer.heading.report.time == "balance"
        for currency, by_company in sorted(_months(answer, figure.measure).items()):
            months = list(by_company.values())
            found.append(_headline(figure, answer, currency, months, periods, years, is_balance))
    return tuple(found)


def _question(
    figure: Figure, periods: Periods, years: Calendar, companies: tuple[str, ...], language: Language
) -> Question:
    earliest = min(
        years.moved(years.latest_year(periods.last).first, -1),
        years.previous(periods).first,
        years.year_ago(periods).first,
        periods.first,
    )
    return Question(
        report=figure.report,
        periods=Periods(earliest, periods.last),
        companies=companies,
        group_by=("company", "month"),
        limit=None,
        language=language,
    )


def _months(answer: Answer, measure: str) -> dict[str, dict[str, Months]]:
    """Currency -> company -> period -> value."""
    found: dict[str, dict[str, Months]] = defaultdict(lambda: defaultdict(dict))
    for row in answer.table.to_pylist():
        if row[measure] is not None:
            period = Period.parse(row["fiscal_period"])
            found[row["company_currency_code"] or ""][row["company_code"] or ""][period] = row[measure]
    return found


def _headline(
    figure: Figure,
    answer: Answer,
    currency: str,
    months: list[Months],
    periods: Periods,
    years: Calendar,
    is_balance: bool,
) -> Headline:
    language = answer.heading.question.language
    value_of = _closing if is_balance else _movement
    value = value_of(months, periods)
    measure = answer.heading.report.measures[figure.measure]
    wanted = measure.caliber or answer.heading.report.caliber
    back = range(years.count(periods.last.year), -1, -1)  # a year, and the same period of the year before
    trend_months = [years.moved(periods.last, -steps) for steps in back]
    return Headline(
        code=figure.code,
        label=figure.label.say(language),
        page=figure.page,
        view=figure.view,
        rise=figure.rise,
        currency=currency,
        value=value,
        previous=_change(value, value_of(months, years.previous(periods))),
        year_ago=_change(value, value_of(months, years.year_ago(periods))),
        trend=tuple((month, value_of(months, Periods(month, month))) for month in trend_months),
        caliber=next((caliber for caliber in answer.heading.calibers if caliber.key == wanted), None),
    )


def _movement(months: list[Months], periods: Periods) -> Decimal | None:
    found = [
        value
        for company in months
        for period, value in company.items()
        if periods.first <= period <= periods.last
    ]
    return sum(found, Decimal(0)) if found else None


def _closing(months: list[Months], periods: Periods) -> Decimal | None:
    """The balance at the end of the periods: of every company its last known one up to then."""
    known = [
        company[max(period for period in company if period <= periods.last)]
        for company in months
        if any(period <= periods.last for period in company)
    ]
    return sum(known, Decimal(0)) if known else None


def _change(value: Decimal | None, base: Decimal | None) -> Change | None:
    if value is None or base is None:
        return None
    amount = value - base
    return Change(base, amount, amount / abs(base) if base else None)
