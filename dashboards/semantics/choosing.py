"""Which rows a question is about (rights, companies, periods, filters, search): the common table `chosen`."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Sequence

from dashboards.semantics.entries import Condition, Running
from dashboards.semantics.question import Filter, Period, Periods, Scalar
from dashboards.semantics.shape import PERIOD, Shape
from dashboards.semantics.sql import MONEY, MONTH_KEY, Statement, Writing, limited, marks, quoted


def choose(made: Shape) -> Statement:
    """The common table `chosen`: every row that the question and the rights let through."""
    report, question = made.report, made.question
    before, where, columns, joins = Writing(), Writing(), Writing(), Writing()
    columns.add("t.*")
    if PERIOD in made.available:
        columns.add(f"{_of_row(PERIOD)} as {quoted(PERIOD)}")
    _within_companies(made, where)
    if question.periods is not None:
        _within_periods(made, question.periods, before, joins, where)
    for condition in _fixed(made):
        where.take(limited(condition, _of_row(condition.column)))
    for chosen in question.filters:
        made.require_filter(chosen.column)
        where.take(_filtered(chosen))
    _containing(made, where)
    if made.shows_running and report.running and question.periods:
        _running_balance(made, report.running, question.periods, (before, joins, columns))
    body = Writing()
    body.add(f"{before.joined('')}chosen as (select {columns.joined(', ')} from ", *before.parameters)
    body.add(f"marts.{quoted(report.mart)} as t{joins.joined('')}", *joins.parameters)
    body.add(f" where {where.joined(' and ') or 'true'})", *where.parameters)
    return body.statement("")


def _within_companies(made: Shape, where: Writing) -> None:
    companies = made.rights.scope(made.question.companies)
    if companies is None or made.report.scope in ("open", "house"):
        return
    if made.report.scope == "company":
        where.take(_matches(("company_code", companies)))
        return
    # The row carries the source's own company code: it must map to one of the reader's companies.
    where.add(
        'exists (select 1 from marts."companies" as c where c."source_id" = t."source_id" '
        f'and c."source_company_code" = t."company_code" and c."company_code" in ({marks(companies)}))',
        *companies,
    )


def _within_periods(made: Shape, periods: Periods, before: Writing, joins: Writing, where: Writing) -> None:
    report = made.report
    first, last = _keys(periods)
    if report.time in ("flow", "balance"):
        where.add('t."fiscal_year" between ? and ?', periods.first.year, periods.last.year)
        where.add('(t."fiscal_year" * 100 + t."period_no") between ? and ?', first, last)
    elif report.time == "date":
        before.add(
            'span as (select "company_code", min("start_date") as first_day, max("end_date") as last_day '
            f'from marts."periods" where {MONTH_KEY} between ? and ? group by "company_code"), ',
            first,
            last,
        )
        joins.add(' left join span on span."company_code" = t."company_code"')
        days = ["t." + quoted(column) for column in report.dates if column in made.available]
        day = f"coalesce({', '.join(days)})"
        where.add(
            f"{day} between coalesce(span.first_day, ?) and coalesce(span.last_day, ?)",
            _first_day(periods.first),
            _last_day(periods.last),
        )
    elif report.time == "as_of":
        day = quoted(report.dates[0])
        mart = f"marts.{quoted(report.mart)}"
        where.add(f"t.{day} = (select max({day}) from {mart} where {day} <= ?)", _last_day(periods.last))


def _fixed(made: Shape) -> Iterable[Condition]:
    """Conditions of the report itself; a filter of the question on the same column replaces one."""
    replaced = {chosen.column for chosen in made.question.filters if chosen.column in made.report.filters}
    return (condition for condition in made.report.fixed if condition.column not in replaced)


def _filtered(chosen: Filter) -> Statement:
    matched = _matches((chosen.column, chosen.values))
    if chosen.kind == "in":
        return matched
    if chosen.kind == "not_in":
        return Statement(f"not coalesce({matched.sql}, false)", matched.parameters)
    sign = ">=" if chosen.kind == "from" else "<="
    return Statement(f"{_of_row(chosen.column)} {sign} ?", chosen.values[:1])


def _matches(condition: tuple[str, Sequence[Scalar]]) -> Statement:
    column, values = _of_row(condition[0]), condition[1]
    known = tuple(value for value in values if value is not None)
    either = [f"{column} in ({marks(known)})"] if known else []
    if len(known) < len(values):
        either.append(f"{column} is null")
    return Statement(f"({' or '.join(either) or 'false'})", known)


def _of_row(column: str) -> str:
    """A column of the mart's row, or the period made from two of them."""
    if column != PERIOD:
        return "t." + quoted(column)
    year, number = 'cast(t."fiscal_year" as varchar)', 'cast(t."period_no" as varchar)'
    return f"lpad({year}, 4, '0') || '-' || lpad({number}, 2, '0')"


def _containing(made: Shape, where: Writing) -> None:
    """Each word of the search must stand in one of the columns that the reader may see."""
    columns = [column for column in made.report.search if made.sees(column)]
    for word in made.question.search.split():
        either = [f"contains(lower(cast({_of_row(column)} as varchar)), lower(?))" for column in columns]
        where.add(f"({' or '.join(either) or 'false'})", *([word] * len(columns)))


def _running_balance(
    made: Shape, running: Running, periods: Periods, pieces: tuple[Writing, Writing, Writing]
) -> None:
    """Add the balance after each line: the opening of the first period plus every line up to this one."""
    before, joins, columns = pieces
    keys = ", ".join(quoted(key) for key in running.keys)
    first, last = _keys(periods)
    limits = Writing()
    limits.add(f"{MONTH_KEY} between ? and ?", first, last)
    for condition in running.where:
        limits.take(limited(condition, quoted(condition.column)))
    before.add(
        f"opening as (select {keys}, min_by({quoted(running.opening_column)}, {MONTH_KEY}) as opening_balance"
        f" from marts.{quoted(running.opening_mart)} where {limits.joined(' and ')} group by {keys}), ",
        *limits.parameters,
    )
    same = " and ".join(f"opening.{quoted(key)} is not distinct from t.{quoted(key)}" for key in running.keys)
    joins.add(f" left join opening on {same}")
    order = ", ".join(f"t.{quoted(column)}" for column in made.report.key)
    columns.add(
        f"cast(coalesce(opening.opening_balance, 0) + sum(t.{quoted(running.amount)}) over ("
        f"partition by {', '.join('t.' + quoted(key) for key in running.keys)} order by {order} "
        f"rows unbounded preceding) as {MONEY}) as {quoted(running.column)}"
    )


def _keys(periods: Periods) -> tuple[int, int]:
    first, last = periods
    return first.year * 100 + first.number, last.year * 100 + last.number


def _first_day(period: Period) -> datetime.date:
    return datetime.date(period.year, min(max(period.number, 1), 12), 1)


def _last_day(period: Period) -> datetime.date:
    month = min(max(period.number, 1), 12)
    return datetime.date(period.year, month, calendar.monthrange(period.year, month)[1])
