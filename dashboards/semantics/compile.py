"""Turn a question into SQL: the only place where SQL over marts is written.

Identifiers come from the catalog or from the snapshot's own column list, never from the question; every value is a
bound parameter. A statement is built as `chosen` (rows within rights, periods and filters), for balances `leaf` (one
row per grain, so that a balance is taken once and not added over periods), then `result`.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboards.errors import UnknownColumn
from dashboards.semantics.catalog import Condition, Group, Measure, Report
from dashboards.semantics.question import Filter, Period, Periods, Scalar
from dashboards.semantics.shape import PERIOD, Shape

MONEY = "decimal(38, 4)"
QUANTITY = "decimal(38, 6)"
RATIO = "decimal(18, 6)"
COUNT = "bigint"
MONTH_KEY = '("fiscal_year" * 100 + "period_no")'


class Statement(NamedTuple):
    """SQL text with its bound values in order."""

    sql: str
    parameters: tuple[Scalar, ...]


class Compiled(NamedTuple):
    """A question ready to run: a page of rows, how many rows there are, and the totals over all of them."""

    rows: Statement
    count: Statement
    totals: Statement | None
    columns: tuple[str, ...]
    measures: tuple[Measure, ...]
    total_by: tuple[str, ...]


@dataclass
class Writing:
    """A piece of SQL that collects its parameters as it grows."""

    parts: list[str] = field(default_factory=list)
    parameters: list[Scalar] = field(default_factory=list)

    def add(self, part: str, *values: Scalar) -> None:
        self.parts.append(part)
        self.parameters.extend(values)

    def take(self, other: Statement) -> None:
        self.add(other.sql, *other.parameters)

    def joined(self, separator: str) -> str:
        return separator.join(self.parts)

    def statement(self, separator: str = " ") -> Statement:
        return Statement(self.joined(separator), tuple(self.parameters))


def compile_question(made: Shape) -> Compiled:
    """Write the statements of one question."""
    chosen = _chosen(made)
    groups = made.groups
    steps = Writing()
    steps.add(f"with {chosen.sql}", *chosen.parameters)
    if made.is_detail:
        columns = made.detail_columns
        measures = tuple(measure for measure in made.measures if _totals_a_shown_column(measure, columns))
        totals = _totals(made, chosen, measures, of="chosen") if measures else None
        source, tie_break = "chosen", tuple(column for column in made.report.key if made.sees(column))
    else:
        measures = made.measures
        keys = tuple(key for group in groups for key in group.keys)
        names = tuple(name for group in groups for name in group.names if made.sees(name))
        kept_apart = tuple(column for column in made.total_by if column not in keys)
        columns = (*keys, *names, *kept_apart, *(measure.code for measure in measures))
        origin = "chosen"
        if _has_balances(measures):
            origin = "leaf"
            steps.take(_prefixed(", ", _leaf(made, measures, keys, names)))
        steps.take(_prefixed(", ", _result(made, measures, (*keys, *kept_apart), names, of=origin)))
        totals = _totals(made, chosen, measures, of=origin)
        source, tie_break = "result", (*keys, *kept_apart)
    if not columns:
        raise UnknownColumn(report=made.report.code, column="*", known="")
    shown = tuple(column for column in columns if not made.rights.hides(made.report.mart, column))
    return Compiled(
        rows=_page(made, steps, source, shown, tie_break),
        count=Statement(f"{steps.joined('')} select count(*) as row_count from {source}", tuple(steps.parameters)),
        totals=totals,
        columns=shown,
        measures=measures,
        total_by=made.total_by,
    )


def compile_choices(made: Shape, column: str, names: Sequence[str], contains: str, limit: int) -> Statement:
    """Write the statement that lists the values of one column (with names) which the reader can choose from."""
    made.require(column)
    chosen = _chosen(made)
    shown = [column, *(name for name in names if made.sees(name))]
    matched = Writing()
    matched.add(f"{quoted(column)} is not null")
    if contains:
        either = [f"contains(lower(cast({quoted(name)} as varchar)), lower(?))" for name in shown]
        matched.add(f"({' or '.join(either)})", *([contains] * len(shown)))
    listed = ", ".join([quoted(column), *(f"max({quoted(name)}) as {quoted(name)}" for name in shown[1:])])
    return Statement(
        f"with {chosen.sql} select {listed} from chosen where {matched.joined(' and ')} "
        f"group by {quoted(column)} order by {quoted(column)} limit {int(limit)}",
        (*chosen.parameters, *matched.parameters),
    )


def quoted(identifier: str) -> str:
    """Quote a known identifier."""
    escaped = identifier.replace('"', '""')
    return f'"{escaped}"'


def _chosen(made: Shape) -> Statement:
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
        where.take(_limited(condition, _of_row(condition.column)))
    for chosen in question.filters:
        made.require(chosen.column)
        where.take(_filtered(chosen))
    _containing(made, where)
    if made.shows_running and report.running and question.periods:
        _running_balance(report, question.periods, before, joins, columns)
    body = Writing()
    body.add(f"{before.joined('')}chosen as (select {columns.joined(', ')} from ", *before.parameters)
    body.add(f'marts.{quoted(report.mart)} as t{joins.joined("")}', *joins.parameters)
    body.add(f" where {where.joined(' and ') or 'true'})", *where.parameters)
    return body.statement("")


def _within_companies(made: Shape, where: Writing) -> None:
    companies = made.rights.scope(made.question.companies)
    if companies is None or made.report.scope in ("open", "house"):
        return
    if made.report.scope == "company":
        where.take(_matches(("company_code", companies)))
        return
    # The row carries the source's own company code: it is the reader's if the source's company maps to one of his.
    where.add(
        'exists (select 1 from marts."companies" as c where c."source_id" = t."source_id" '
        f'and c."source_company_code" = t."company_code" and c."company_code" in ({_marks(companies)}))',
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
        day = f"coalesce({', '.join('t.' + quoted(column) for column in report.dates if made.sees(column))})"
        where.add(
            f"{day} between coalesce(span.first_day, ?) and coalesce(span.last_day, ?)",
            _first_day(periods.first),
            _last_day(periods.last),
        )
    elif report.time == "as_of":
        day = quoted(report.dates[0])
        mart = f"marts.{quoted(report.mart)}"
        where.add(
            f"t.{day} = coalesce((select max({day}) from {mart} where {day} <= ?), (select min({day}) from {mart}))",
            _last_day(periods.last),
        )


def _fixed(made: Shape) -> Iterable[Condition]:
    """Conditions of the report itself; a filter of the question on the same column replaces one."""
    replaced = {chosen.column for chosen in made.question.filters if chosen.column in made.report.filters}
    return (condition for condition in made.report.fixed if condition.column not in replaced)


def _of_row(column: str) -> str:
    """A column of the mart's row, or the period made from two of them."""
    if column != PERIOD:
        return "t." + quoted(column)
    year, number = "cast(t.\"fiscal_year\" as varchar)", "cast(t.\"period_no\" as varchar)"
    return f"lpad({year}, 4, '0') || '-' || lpad({number}, 2, '0')"


def _containing(made: Shape, where: Writing) -> None:
    """Each word of the search must stand in one of the columns that the reader may see."""
    columns = [column for column in made.report.search if made.sees(column)]
    for word in made.question.search.split():
        either = [f"contains(lower(cast({_of_row(column)} as varchar)), lower(?))" for column in columns]
        where.add(f"({' or '.join(either) or 'false'})", *([word] * len(columns)))


def _limited(condition: Condition, column: str) -> Statement:
    """A condition of the catalog."""
    listed = f"{column} in ({_marks(condition.values)})"
    return Statement(f"coalesce(not {listed}, true)" if condition.is_excluding else listed, condition.values)


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
    either = [f"{column} in ({_marks(known)})"] if known else []
    if len(known) < len(values):
        either.append(f"{column} is null")
    return Statement(f"({' or '.join(either) or 'false'})", known)


def _running_balance(report: Report, periods: Periods, before: Writing, joins: Writing, columns: Writing) -> None:
    running = report.running
    assert running is not None
    keys = ", ".join(quoted(key) for key in running.keys)
    first, last = _keys(periods)
    limits = Writing()
    limits.add(f"{MONTH_KEY} between ? and ?", first, last)
    for condition in running.where:
        limits.take(_limited(condition, quoted(condition.column)))
    before.add(
        f"opening as (select {keys}, min_by({quoted(running.opening_column)}, {MONTH_KEY}) as opening_balance "
        f"from marts.{quoted(running.opening_mart)} where {limits.joined(' and ')} group by {keys}), ",
        *limits.parameters,
    )
    same = " and ".join(f"opening.{quoted(key)} is not distinct from t.{quoted(key)}" for key in running.keys)
    joins.add(f" left join opening on {same}")
    order = ", ".join(f"t.{quoted(column)}" for column in report.key)
    columns.add(
        f"cast(coalesce(opening.opening_balance, 0) + sum(t.{quoted(running.amount)}) over ("
        f"partition by {', '.join('t.' + quoted(key) for key in running.keys)} order by {order} "
        f"rows unbounded preceding) as {MONEY}) as {quoted(running.column)}"
    )


def _leaf(made: Shape, measures: Sequence[Measure], keys: Sequence[str], names: Sequence[str]) -> Statement:
    """The common table `leaf`: one row per grain, balances taken from the first or last period."""
    by = tuple(dict.fromkeys([*keys, *made.total_by, *(key for key in made.report.grain if key in made.available)]))
    written = Writing()
    for key in by:
        written.add(quoted(key))
    for name in names:
        if name not in by:
            written.add(f"max({quoted(name)}) as {quoted(name)}")
    for measure in measures:
        if measure.aggregate not in ("ratio", "side"):
            written.take(_aliased(_aggregate(measure), measure.code))
    grouping = ", ".join(quoted(key) for key in by)
    return Statement(
        f"leaf as (select {written.joined(', ')} from chosen group by {grouping})", tuple(written.parameters)
    )


def _result(
    made: Shape, measures: Sequence[Measure], keys: Sequence[str], names: Sequence[str], *, of: str
) -> Statement:
    written = Writing()
    for key in keys:
        written.add(quoted(key))
    for name in names:
        written.add(f"max({quoted(name)}) as {quoted(name)}")
    _write_measures(written, measures, of)
    grouping = f" group by {', '.join(quoted(key) for key in keys)}" if keys else ""
    return Statement(f"result as (select {written.joined(', ')} from {of}{grouping})", tuple(written.parameters))


def _totals(made: Shape, chosen: Statement, measures: Sequence[Measure], *, of: str) -> Statement:
    """Totals over every row of the question, kept apart by currency (and caliber), never from rounded groups."""
    written, steps = Writing(), Writing()
    steps.add(f"with {chosen.sql}", *chosen.parameters)
    if of == "leaf":
        steps.take(_prefixed(", ", _leaf(made, measures, (), ())))
    for column in made.total_by:
        written.add(quoted(column))
    written.add('count(*) as "row_count"')
    _write_measures(written, measures, of)
    grouping = ", ".join(quoted(column) for column in made.total_by)
    by = f" group by {grouping} order by {grouping}" if grouping else ""
    steps.add(f" select {written.joined(', ')} from {of}{by}", *written.parameters)
    return steps.statement("")


def _write_measures(written: Writing, measures: Sequence[Measure], of: str) -> None:
    """Write every measure; from `leaf` the figures are there already and only add up."""
    figures: dict[str, Statement] = {}
    for measure in measures:
        if measure.aggregate == "ratio" and measure.divisor:
            above, below = figures[measure.column], figures[measure.divisor]
            made = Statement(
                f"try_cast(({above.sql}) / nullif({below.sql}, 0) as {RATIO})", (*above.parameters, *below.parameters)
            )
        elif measure.aggregate == "side":
            inner = figures[measure.column]
            made = Statement(
                f"case when ({inner.sql}) > 0 then 'debit' when ({inner.sql}) < 0 then 'credit' else 'zero' end",
                (*inner.parameters, *inner.parameters),
            )
        elif of == "leaf":
            made = Statement(f"cast(sum({quoted(measure.code)}) as {_type(measure)})", ())
        else:
            made = _aggregate(measure)
        figures[measure.code] = made
        written.take(_aliased(made, measure.code))


def _aggregate(measure: Measure) -> Statement:
    """One figure from `chosen`, limited to the measure's own rows; NULL where currencies or units would mix."""
    limits = Writing()
    for condition in measure.where:
        limits.take(_limited(condition, quoted(condition.column)))
    only = f" filter (where {limits.joined(' and ')})" if limits.parts else ""
    column = quoted(measure.column)
    if measure.aggregate == "count":
        return Statement(f"cast(count(*){only} as {COUNT})", tuple(limits.parameters))
    function = {
        "sum": f"sum({column})",
        "first": f"min_by({column}, {MONTH_KEY})",
        "last": f"max_by({column}, {MONTH_KEY})",
    }[measure.aggregate]
    minus = "-" if measure.negated else ""
    figure = Statement(f"cast({minus}{function}{only} as {_type(measure)})", tuple(limits.parameters))
    for alike in (measure.currency, measure.unit):
        if alike:
            distinct = f"count(distinct coalesce({quoted(alike)}, '')){only}"
            figure = Statement(
                f"case when {distinct} <= 1 then {figure.sql} end", (*limits.parameters, *figure.parameters)
            )
    return figure


def _page(made: Shape, steps: Writing, source: str, columns: Sequence[str], tie_break: Sequence[str]) -> Statement:
    question = made.question
    order = []
    for column, descending in question.order or made.report.order:
        if question.order:
            made.require(column) if source == "chosen" else _require_output(made, column, columns)
        elif column not in columns and not (source == "chosen" and made.sees(column)):
            continue
        order.append(f"{quoted(column)} {'desc' if descending else 'asc'} nulls last")
    order += [f"{quoted(column)} nulls last" for column in tie_break]
    ordering = f" order by {', '.join(order)}" if order else ""
    limit = "" if question.limit is None else f" limit {int(question.limit)} offset {int(question.offset)}"
    listed = ", ".join(quoted(column) for column in columns)
    return Statement(f"{steps.joined('')} select {listed} from {source}{ordering}{limit}", tuple(steps.parameters))


def _require_output(made: Shape, column: str, columns: Sequence[str]) -> None:
    if column not in columns:
        raise UnknownColumn(report=made.report.code, column=column, known=", ".join(columns))


def _totals_a_shown_column(measure: Measure, columns: Sequence[str]) -> bool:
    return measure.aggregate == "sum" and measure.column in columns and not measure.where


def _has_balances(measures: Iterable[Measure]) -> bool:
    return any(measure.aggregate in ("first", "last") for measure in measures)


def _type(measure: Measure) -> str:
    return {"quantity": QUANTITY, "count": COUNT}.get(measure.kind, MONEY)


def _aliased(made: Statement, name: str) -> Statement:
    return Statement(f"{made.sql} as {quoted(name)}", made.parameters)


def _prefixed(prefix: str, made: Statement) -> Statement:
    return Statement(prefix + made.sql, made.parameters)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _keys(periods: Periods) -> tuple[int, int]:
    first, last = periods
    return first.year * 100 + first.number, last.year * 100 + last.number


def _first_day(period: Period) -> datetime.date:
    return datetime.date(period.year, min(max(period.number, 1), 12), 1)


def _last_day(period: Period) -> datetime.date:
    month = min(max(period.number, 1), 12)
    return datetime.date(period.year, month, calendar.monthrange(period.year, month)[1])
