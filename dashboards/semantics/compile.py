"""Turn a question into SQL.

Identifiers come from the catalog or from the snapshot's own column list, never from the question; every value
is a bound parameter. A statement is built as `chosen` (rows within rights, periods and filters), for balances
`leaf` (one row per grain, so that a balance is taken once and not added over periods), then `result`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dashboards.errors import UnknownColumn
from dashboards.semantics.choosing import choose
from dashboards.semantics.entries import Measure
from dashboards.semantics.shape import Shape
from dashboards.semantics.sql import (
    COUNT,
    MONEY,
    MONTH_KEY,
    QUANTITY,
    RATIO,
    Statement,
    Writing,
    aliased,
    limited,
    prefixed,
    quoted,
)


class Compiled(NamedTuple):
    """A question ready to run: a page of rows, how many rows there are, and the totals over all of them."""

    rows: Statement
    counted: Statement
    totals: Statement | None
    columns: tuple[str, ...]
    measures: tuple[Measure, ...]
    total_by: tuple[str, ...]


def compile_question(made: Shape) -> Compiled:
    """Write the statements of one question."""
    chosen = choose(made)
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
            steps.take(prefixed(", ", _leaf(made, measures, keys, names)))
        steps.take(prefixed(", ", _result(made, measures, (*keys, *kept_apart), names, of=origin)))
        totals = _totals(made, chosen, measures, of=origin)
        source, tie_break = "result", (*keys, *kept_apart)
    if not columns:
        raise UnknownColumn(report=made.report.code, column="*", known="")
    shown = tuple(column for column in columns if not made.rights.hides(made.report.mart, column))
    return Compiled(
        rows=_page(made, steps, source, shown, tie_break),
        counted=Statement(
            f"{steps.joined('')} select count(*) as row_count from {source}", tuple(steps.parameters)
        ),
        totals=totals,
        columns=shown,
        measures=measures,
        total_by=made.total_by,
    )


def compile_choices(made: Shape, column: str, names: Sequence[str], contains: str, limit: int) -> Statement:
    """Write the statement that lists the values (with names) of one column which the reader can choose."""
    made.require(column)
    chosen = choose(made)
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


def _leaf(made: Shape, measures: Sequence[Measure], keys: Sequence[str], names: Sequence[str]) -> Statement:
    """The common table `leaf`: one row per grain, balances taken from the first or last period."""
    by = tuple(
        dict.fromkeys([*keys, *made.total_by, *(key for key in made.report.grain if key in made.available)])
    )
    written = Writing()
    for key in by:
        written.add(quoted(key))
    for name in names:
        if name not in by:
            written.add(f"max({quoted(name)}) as {quoted(name)}")
    for measure in measures:
        if measure.aggregate not in ("ratio", "side"):
            written.take(aliased(_aggregate(measure), measure.code))
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
    return Statement(
        f"result as (select {written.joined(', ')} from {of}{grouping})", tuple(written.parameters)
    )


def _totals(made: Shape, chosen: Statement, measures: Sequence[Measure], *, of: str) -> Statement:
    """Totals over every row of the question, kept apart by currency (and caliber)."""
    written, steps = Writing(), Writing()
    steps.add(f"with {chosen.sql}", *chosen.parameters)
    if of == "leaf":
        steps.take(prefixed(", ", _leaf(made, measures, (), ())))
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
    plain = {
        measure.code: _summed(measure) if of == "leaf" else _aggregate(measure)
        for measure in measures
        if measure.aggregate not in ("ratio", "side")
    }
    for measure in measures:
        if measure.aggregate == "ratio" and measure.divisor:
            made = _divided(plain[measure.column], plain[measure.divisor])
        elif measure.aggregate == "side":
            made = _side(plain[measure.column])
        else:
            made = plain[measure.code]
        written.take(aliased(made, measure.code))


def _summed(measure: Measure) -> Statement:
    return Statement(f"cast(sum({quoted(measure.code)}) as {_type(measure)})", ())


def _divided(above: Statement, below: Statement) -> Statement:
    return Statement(
        f"try_cast(({above.sql}) / nullif({below.sql}, 0) as {RATIO})", (*above.parameters, *below.parameters)
    )


def _side(balance: Statement) -> Statement:
    return Statement(
        f"case when ({balance.sql}) > 0 then 'debit' when ({balance.sql}) < 0 then 'credit' else 'zero' end",
        (*balance.parameters, *balance.parameters),
    )


def _aggregate(measure: Measure) -> Statement:
    """One figure from `chosen`, of the measure's own rows; NULL where currencies or units would mix."""
    limits = Writing()
    for condition in measure.where:
        limits.take(limited(condition, quoted(condition.column)))
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


def _page(
    made: Shape, steps: Writing, source: str, columns: Sequence[str], tie_break: Sequence[str]
) -> Statement:
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
    return Statement(
        f"{steps.joined('')} select {listed} from {source}{ordering}{limit}", tuple(steps.parameters)
    )


def _require_output(made: Shape, column: str, columns: Sequence[str]) -> None:
    if column not in columns:
        raise UnknownColumn(report=made.report.code, column=column, known=", ".join(columns))


def _totals_a_shown_column(measure: Measure, columns: Sequence[str]) -> bool:
    return measure.aggregate == "sum" and measure.column in columns and not measure.where


def _has_balances(measures: Iterable[Measure]) -> bool:
    return any(measure.aggregate in ("first", "last") for measure in measures)


def _type(measure: Measure) -> str:
    return {"quantity": QUANTITY, "count": COUNT}.get(measure.kind, MONEY)
