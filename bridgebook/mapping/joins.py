"""How the vendor's tables hang together, read from the joins of a pack's SQL: which rows belong to which."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from bridgebook.mapping.lineage import Lineage, VendorColumn
from bridgebook.mapping.readable import unwrapped

if TYPE_CHECKING:
    from ingestion.packs import Pack

Pair = tuple[VendorColumn, VendorColumn]
# Known table -> [(column of the table asked about, column of the known one), ...]
Links = dict[str, list[tuple[str, str]]]


@dataclass
class Joins:
    """The tables that a model reads: where its rows begin, and which columns equal which."""

    pack: "Pack"
    leading: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    pairs: set[Pair] = field(default_factory=set)

    def to(self, table: str, known: frozenset[str]) -> Links:
        """Return how rows of `table` follow from rows of the known tables.

        A row names the rows that it looks up; a document names its lines, but a looked-up table not all that
        look it up.
        """
        found: Links = {}
        for left, right in sorted(self.pairs, key=str):
            for own, other in ((left, right), (right, left)):
                if own.table == table and other.table in known and own.column and other.column:
                    found.setdefault(other.table, []).append((own.column, other.column))
        return {name: columns for name, columns in found.items() if self._leads(table, name, columns)}

    def _leads(self, table: str, known: str, columns: list[tuple[str, str]]) -> bool:
        if {own for own, _ in columns} >= set(self.pack.table(table).key):
            return True
        above = self.pack.table(known)
        return not above.lookup and {other for _, other in columns} >= set(above.key)


def joins_of(lineage: Lineage, pack: "Pack", model: str) -> Joins:
    """Follow a model and the models that it reads."""
    joins = Joins(pack)
    root = lineage.root(model)
    joins.leading = list(dict.fromkeys(_leading(lineage, root)))
    _collect(lineage, root, joins, set())
    joins.tables = list(dict.fromkeys([*joins.leading, *joins.tables]))
    return joins


def _leading(lineage: Lineage, scope: Scope) -> Iterator[str]:
    """Yield the vendor tables that stand first in `from`, one for every branch of a union."""
    if scope.set_operation_scopes:
        for branch in scope.set_operation_scopes:
            yield from _leading(lineage, branch)
        return
    begins = scope.expression.args.get("from_") or scope.expression.args.get("from")
    source = scope.sources.get(begins.this.alias_or_name) if begins else None
    if isinstance(source, Scope):
        yield from _leading(lineage, source)
    elif isinstance(source, exp.Table):
        table, model = lineage.origin(source)
        if table:
            yield table
        elif model in lineage.models:
            yield from _leading(lineage, lineage.root(str(model)))


def _collect(lineage: Lineage, root: Scope, joins: Joins, seen: set[str]) -> None:
    for scope in root.traverse():
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                table, model = lineage.origin(source)
                if table:
                    joins.tables.append(table)
                elif model is not None and model in lineage.models and model not in seen:
                    seen.add(model)
                    _collect(lineage, lineage.root(model), joins, seen)
        joins.pairs |= set(_pairs(lineage, scope))


def _pairs(lineage: Lineage, scope: Scope) -> Iterator[Pair]:
    for equal in _equalities(scope.expression):
        sides = [unwrapped(equal.this), unwrapped(equal.expression)]
        if all(isinstance(side, exp.Column) for side in sides):
            left, right = (lineage.part(scope, side) for side in sides)
            if left.is_direct and right.is_direct:
                for one in left.values:
                    yield from ((one, other) for other in right.values if one.table != other.table)


def _equalities(tree: exp.Expr) -> Iterator[exp.EQ]:
    conditions = [join.args.get("on") for join in tree.args.get("joins") or ()]
    where = tree.args.get("where")
    conditions.append(where.this if where else None)
    for condition in conditions:
        parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
        yield from (part for part in parts if isinstance(part, exp.EQ))
