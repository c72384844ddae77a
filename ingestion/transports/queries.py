"""The SQL that asks a source for rows and for completeness totals; pure functions over a table's plan."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from ingestion.batches import LandedColumn
from ingestion.packs import TableSpec
from ingestion.transports.dialects import Dialect, SourceColumn

NO_PARTITION = "*"
MOST_LISTED = 900  # Oracle takes at most a thousand values in one list


@dataclass(frozen=True)
class ParentColumn:
    """A column of a parent table, `<foreign key>.<column>`, in the source's spelling and as it has landed."""

    foreign_key: str
    table: str
    key: str
    column: SourceColumn
    landed_table: str
    landed_key: str
    landed_column: str
    is_doubled: bool = False  # the source has several rows of one key, which would multiply their children


@dataclass(frozen=True)
class TablePlan:
    """How one table is read: the pack's promise matched with what the source really has."""

    spec: TableSpec
    source_name: str
    schema: str | None
    columns: tuple[LandedColumn, ...]
    source_columns: dict[str, SourceColumn]
    company: SourceColumn | ParentColumn | None
    date: SourceColumn | ParentColumn | None

    def source(self, landed: str) -> SourceColumn:
        return self.source_columns[landed]

    def with_doubled(self, foreign_keys: Collection[str]) -> TablePlan:
        """Return the plan that knows which of its parents have several rows of one key."""

        def known(column: SourceColumn | ParentColumn | None) -> SourceColumn | ParentColumn | None:
            is_doubled = isinstance(column, ParentColumn) and column.foreign_key in foreign_keys
            return replace(column, is_doubled=True) if is_doubled else column  # type: ignore[type-var]

        return replace(self, company=known(self.company), date=known(self.date))


@dataclass(frozen=True)
class ChangedSince:
    """Rows whose change stamp is at or after a moment, or missing."""

    stamp: Any


@dataclass(frozen=True)
class WithKeys:
    """Rows of these keys (each a tuple of key values; None means NULL)."""

    keys: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class InPartitions:
    """Rows of these (company, period) pairs, as the totals query names them."""

    partitions: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class WithValues:
    """Rows whose column has one of these values (texts that the source itself gave)."""

    column: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class AllOf:
    """Rows that pass each of these filters."""

    parts: tuple[WithValues, ...]


Filter: TypeAlias = ChangedSince | WithKeys | WithValues | InPartitions | AllOf


def rows_query(
    dialect: Dialect,
    plan: TablePlan,
    columns: Sequence[LandedColumn],
    where: Filter | None,
    limit: int | None = None,
) -> str:
    """Write the query for rows, or for the first `limit` that the source finds."""
    picked = ", ".join(
        dialect.select(f"t.{dialect.quote(c.source_name)}", plan.source(c.name), c.type) for c in columns
    )
    joins = _joins(dialect, plan) if isinstance(where, InPartitions) else ""
    query = f"select {picked} from {_table(dialect, plan)} t{joins}{condition(dialect, plan, where)}"
    return query if limit is None else dialect.first(query, limit)


def totals_query(dialect: Dialect, plan: TablePlan, where: Filter | None) -> str | None:
    """Write the query for counts and exact sums per company and period; None where one would not be exact."""
    sums = []
    for column in plan.spec.money:
        if column in plan.source_columns:
            source = plan.source(column)
            expression = f"t.{dialect.quote(source.name)}"
            exact = dialect.exact_sum(expression, source, plan.spec.columns[column].scale)
            if exact is None:
                return None
            sums.append(exact)
    groups = [partition for partition in (company_sql(dialect, plan), period_sql(dialect, plan)) if partition]
    picked = [
        company_sql(dialect, plan) or f"'{NO_PARTITION}'",
        period_sql(dialect, plan) or f"'{NO_PARTITION}'",
        "count(*)",
        *sums,
    ]
    numbered = ", ".join(f"{expression} as c{number}" for number, expression in enumerate(picked))
    group_by = f" group by {', '.join(groups)}" if groups else ""
    origin = f"{_table(dialect, plan)} t{_joins(dialect, plan)}"
    return f"select {numbered} from {origin}{condition(dialect, plan, where)}{group_by}"


def money_rows_query(dialect: Dialect, plan: TablePlan, where: Filter | None) -> str:
    """Write the query whose rows we add up ourselves: company, period and the money columns as they are."""
    picked = [
        company_sql(dialect, plan) or f"'{NO_PARTITION}'",
        period_sql(dialect, plan) or f"'{NO_PARTITION}'",
        *(f"t.{dialect.quote(plan.source(c).name)}" for c in plan.spec.money if c in plan.source_columns),
    ]
    numbered = ", ".join(f"{expression} as c{number}" for number, expression in enumerate(picked))
    origin = f"{_table(dialect, plan)} t{_joins(dialect, plan)}"
    return f"select {numbered} from {origin}{condition(dialect, plan, where)}"


def company_sql(dialect: Dialect, plan: TablePlan) -> str | None:
    return _partition_column(dialect, plan.company)


def period_sql(dialect: Dialect, plan: TablePlan) -> str | None:
    expression = _partition_column(dialect, plan.date)
    if expression is None or plan.date is None:
        return None
    column = plan.date.column if isinstance(plan.date, ParentColumn) else plan.date
    return dialect.month(expression, column.kind)


def condition(dialect: Dialect, plan: TablePlan, where: Filter | None) -> str:
    """Write the where clause of a filter."""
    match where:
        case None:
            return ""
        case ChangedSince(stamp):
            return f" where {_changed_since(dialect, plan, stamp)}"
        case WithKeys(keys):
            return f" where {_with_keys(dialect, plan, keys)}"
        case WithValues():
            return f" where {_with_values(dialect, plan, where)}"
        case AllOf(parts):
            return f" where {' and '.join(_with_values(dialect, plan, part) for part in parts)}"
        case InPartitions(partitions):
            pairs = [_in_partition(dialect, plan, company, period) for company, period in partitions]
            return f" where {' or '.join(pairs)}"


def _with_values(dialect: Dialect, plan: TablePlan, where: WithValues) -> str:
    source = plan.source(where.column)
    column = f"t.{dialect.quote(source.name)}"
    literals = [_value_literal(dialect, source, value) for value in where.values]
    lists = [literals[start : start + MOST_LISTED] for start in range(0, len(literals), MOST_LISTED)]
    either = " or ".join(f"{column} in ({', '.join(listed)})" for listed in lists)
    return f"({either})" if len(lists) > 1 else either


def _changed_since(dialect: Dialect, plan: TablePlan, stamp: Any) -> str:
    branches, earlier = [], ""
    for name in plan.spec.cursor:
        source = plan.source(name)
        column = f"t.{dialect.quote(source.name)}"
        branches.append(f"{earlier}{column} >= {_stamp_literal(dialect, source, stamp)}")
        earlier += f"{column} is null and "
    branches.append(earlier.removesuffix(" and "))
    return " or ".join(f"({branch})" for branch in branches)


def _stamp_literal(dialect: Dialect, source: SourceColumn, stamp: Any) -> str:
    if isinstance(stamp, datetime) and source.kind == "date":
        return dialect.date_literal(stamp.date())
    if isinstance(stamp, datetime) and source.kind == "text":
        return dialect.text_literal(f"{stamp:%Y-%m-%d %H:%M:%S}")
    return dialect.literal(stamp, source.kind)


def _with_keys(dialect: Dialect, plan: TablePlan, keys: Sequence[tuple[Any, ...]]) -> str:
    columns = [(f"t.{dialect.quote(plan.source(k).name)}", plan.source(k)) for k in plan.spec.key]
    if len(columns) == 1 and all(key[0] is not None for key in keys):
        column, source = columns[0]
        return f"{column} in ({', '.join(_value_literal(dialect, source, key[0]) for key in keys)})"
    pairs = []
    for key in keys:
        tests = [
            f"{column} is null" if value is None else f"{column} = {_value_literal(dialect, source, value)}"
            for (column, source), value in zip(columns, key, strict=True)
        ]
        pairs.append(f"({' and '.join(tests)})")
    return " or ".join(pairs)


def _value_literal(dialect: Dialect, source: SourceColumn, value: Any) -> str:
    """Write a key that is kept as text: whole numbers of number columns as such, anything else as text."""
    if (
        source.kind in ("integer", "decimal")
        and isinstance(value, str)
        and re.fullmatch(r"-?\d{1,38}", value)
    ):
        return value
    return dialect.literal(value, source.kind)


def _in_partition(dialect: Dialect, plan: TablePlan, company: Any, period: Any) -> str:
    tests = []
    for expression, value in ((company_sql(dialect, plan), company), (period_sql(dialect, plan), period)):
        if expression is not None:
            is_null = value is None
            tests.append(
                f"{expression} is null" if is_null else f"{expression} = {dialect.literal(value, 'text')}"
            )
    return f"({' and '.join(tests) or '1 = 1'})"


def _partition_column(dialect: Dialect, column: SourceColumn | ParentColumn | None) -> str | None:
    if column is None:
        return None
    if isinstance(column, ParentColumn):
        return f"{dialect.quote('p_' + column.foreign_key)}.{dialect.quote(column.column.name)}"
    return f"t.{dialect.quote(column.name)}"


def _joins(dialect: Dialect, plan: TablePlan) -> str:
    parents: dict[str, list[ParentColumn]] = {}
    for column in (plan.company, plan.date):
        if isinstance(column, ParentColumn):
            parents.setdefault(column.foreign_key, []).append(column)
    joins = ""
    for foreign_key, columns in parents.items():
        alias = dialect.quote("p_" + foreign_key)
        key = dialect.quote(columns[0].key)
        child = f"t.{dialect.quote(plan.source(foreign_key).name)}"
        joins += f" left join {_parent(dialect, plan, columns)} {alias} on {alias}.{key} = {child}"
    return joins


def _parent(dialect: Dialect, plan: TablePlan, columns: Sequence[ParentColumn]) -> str:
    """Write where a parent's columns come from: its table, or one row a key where keys stand twice."""
    parent = columns[0]
    name = _qualified(dialect, plan.schema, parent.table)
    if not parent.is_doubled:
        return name
    names = dict.fromkeys(dialect.quote(c.column.name) for c in columns if c.column.name != parent.key)
    picked = "".join(f", min({column}) as {column}" for column in names)
    key = dialect.quote(parent.key)
    return f"(select {key}{picked} from {name} group by {key})"


def _table(dialect: Dialect, plan: TablePlan) -> str:
    return _qualified(dialect, plan.schema, plan.source_name)


def _qualified(dialect: Dialect, schema: str | None, table: str) -> str:
    return f"{dialect.quote(schema)}.{dialect.quote(table)}" if schema else dialect.quote(table)
