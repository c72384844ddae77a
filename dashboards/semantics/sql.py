"""Pieces of SQL text that carry their bound values with them.

SQL over marts is written here, in `choosing`, `compile`, `flux`, `snapshot_facts` and `tracing`, and nowhere
else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboards.semantics.entries import Condition
from dashboards.semantics.question import Scalar

MONEY = "decimal(38, 4)"
QUANTITY = "decimal(38, 6)"
RATIO = "decimal(18, 6)"
COUNT = "bigint"
MONTH_KEY = '("fiscal_year" * 100 + "period_no")'


class Statement(NamedTuple):
    """SQL text with its bound values in order."""

    sql: str
    parameters: tuple[Scalar, ...]


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


def quoted(identifier: str) -> str:
    """Quote a known identifier."""
    escaped = identifier.replace('"', '""')
    return f'"{escaped}"'


def marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def aliased(made: Statement, name: str) -> Statement:
    return Statement(f"{made.sql} as {quoted(name)}", made.parameters)


def prefixed(prefix: str, made: Statement) -> Statement:
    return Statement(prefix + made.sql, made.parameters)


def limited(condition: Condition, column: str) -> Statement:
    """A condition of the catalog."""
    listed = f"{column} in ({marks(condition.values)})"
    return Statement(f"coalesce(not {listed}, true)" if condition.is_excluding else listed, condition.values)
