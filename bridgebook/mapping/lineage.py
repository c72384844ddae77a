"""Column lineage: what a column of a compiled model is made of, followed to the vendor's own columns.

sqlglot parses and qualifies each model once; a column is then followed through selects, subqueries, unions
and the models that a model reads. What comes out says which vendor columns give the value and which only
decide about it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from bridgebook.mapping.readable import LONGEST, bracketed, readable, size, unwrapped

DIALECT = "duckdb"
# Columns that the house adds to every landed table; they are no vendor's.
HOUSE_COLUMNS = frozenset({"source_id", "_bb_seq"})
PAST = "__past"
# Nodes of a column with its table: never too long.
ATOM = 4


@dataclass(frozen=True, order=True)
class VendorColumn:
    """A column of a vendor's table; without a column where rows are only counted or looked for."""

    table: str
    column: str | None


@dataclass(frozen=True)
class Made:
    """What a column is made of.

    `expression` is None where it is always NULL. `values` give the value, `deciders` are asked by conditions
    on the way. `is_direct`: the value of one vendor column, perhaps cast and trimmed.
    """

    expression: exp.Expr | None
    values: frozenset[VendorColumn] = frozenset()
    deciders: frozenset[VendorColumn] = frozenset()
    is_direct: bool = False

    @property
    def is_constant(self) -> bool:
        """Tell whether no vendor column has a say in it."""
        return self.expression is not None and not self.values and not self.deciders


NOTHING = Made(None)


@dataclass
class Lineage:
    """Follows columns of the models of one pack; what was followed once is remembered.

    `models`: name -> SQL; `columns`: name -> column -> type; `tables`: vendor table as staging calls it ->
    column -> type, standing in the schema `landing`.
    """

    models: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, Mapping[str, str]]
    landing: str
    _roots: dict[str, Scope] = field(default_factory=dict)
    _made: dict[tuple[int, str], Made] = field(default_factory=dict)
    _schema: MappingSchema | None = None

    def made(self, model: str, column: str) -> Made:
        """Return what a column of a model is made of."""
        return self._of(self.root(model), column.lower())

    def root(self, model: str) -> Scope:
        """Return the outermost scope of a model."""
        if model not in self._roots:
            tree = qualify(
                parse_one(self.models[model], dialect=DIALECT),
                dialect=DIALECT,
                schema=self._known(),
                catalog="work",
                db="staging",
                validate_qualify_columns=False,
                quote_identifiers=False,
                identify=False,
            )
            self._roots[model] = traverse_scope(tree)[-1]
        return self._roots[model]

    def origin(self, table: exp.Table) -> tuple[str | None, str | None]:
        """Return (vendor table, None) or (None, model) for a table that a scope reads."""
        if table.db.lower() == self.landing.lower():
            names = {name.lower(): name for name in self.tables}
            return names.get(table.name.lower(), table.name).removesuffix(PAST), None
        return None, table.name

    def _known(self) -> MappingSchema:
        if self._schema is None:
            shape = {self.landing: dict(self.tables), "staging": dict(self.columns)}
            self._schema = MappingSchema({"work": shape}, dialect=DIALECT)
        return self._schema

    def _of(self, scope: Scope, column: str) -> Made:
        key = (id(scope), column)
        if key not in self._made:
            self._made[key] = NOTHING  # a column that is made of itself (recursion) adds nothing
            self._made[key] = self._follow(scope, column)
        return self._made[key]

    def _follow(self, scope: Scope, column: str) -> Made:
        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            return self._united(scope, tree, column)
        if not isinstance(tree, exp.Select):
            return Made(exp.column(column))  # rows that stand in the SQL itself
        for projection in tree.selects:
            if projection.alias_or_name.lower() == column:
                return self._expression(scope, projection.unalias())
        return NOTHING

    def _united(self, scope: Scope, tree: exp.SetOperation, column: str) -> Made:
        names = [projection.alias_or_name.lower() for projection in tree.selects]
        if column not in names:
            return NOTHING
        position = names.index(column)
        branches = []
        for branch in scope.set_operation_scopes:
            query = branch.expression
            own = query.selects if isinstance(query, exp.Query) else []
            if position < len(own):
                branches.append(self._of(branch, own[position].alias_or_name.lower()))
        return _joined([branch for branch in branches if branch.expression is not None])

    def _expression(self, scope: Scope, tree: exp.Expr) -> Made:
        bare = unwrapped(tree)
        if isinstance(bare, exp.Null):
            return NOTHING
        if isinstance(bare, exp.Column):
            return self._column(scope, bare)
        values: set[VendorColumn] = set()
        deciders: set[VendorColumn] = set()
        for part, decides in _parts(bare):
            found = self.part(scope, part)
            (deciders if decides else values).update(found.values)
            deciders |= found.deciders
        made = frozenset(values), frozenset(deciders - values)
        return Made(self._written(scope, bare), *made)

    def part(self, scope: Scope, part: exp.Expr) -> Made:
        """Return what a column, subquery or row count in an expression of a scope is made of."""
        if isinstance(part, exp.Column):
            return self._column(scope, part)
        if isinstance(part, exp.Query):
            return self._subquery(scope, part)
        return Made(part, self._counted(scope))  # count(*)

    def _counted(self, scope: Scope) -> frozenset[VendorColumn]:
        """Return the tables whose rows a scope reads, without columns."""
        found: set[VendorColumn] = set()
        for _, (_, source) in scope.selected_sources.items():
            if isinstance(source, Scope):
                found |= self._counted(source)
            else:
                table, model = self.origin(source)
                found |= {VendorColumn(table, None)} if table else self._counted(self.root(str(model)))
        for branch in scope.set_operation_scopes or ():
            found |= self._counted(branch)
        return frozenset(found)

    def _subquery(self, scope: Scope, query: exp.Query) -> Made:
        """Return what a subquery in an expression gives: its first column, decided by its conditions."""
        inner = next((each for each in scope.subquery_scopes if each.expression is query), None)
        if inner is None or not isinstance(query, exp.Select):
            return NOTHING
        given = self._expression(inner, query.selects[0].unalias())
        where = query.args.get("where")
        asked = self._expression(inner, where.this) if where else NOTHING
        deciders = given.deciders | asked.values | asked.deciders
        if not (given.values | deciders):
            deciders = self._counted(inner)
        return Made(query, given.values, deciders)

    def _column(self, scope: Scope, column: exp.Column) -> Made:
        name = column.name.lower()
        source = _source(scope, column.table)
        if isinstance(source, Scope):
            return self._of(source, name)
        if not isinstance(source, exp.Table):
            return Made(exp.column(column.name))
        table, model = self.origin(source)
        if table is None:
            return self._of(self.root(str(model)), name) if model in self.models else Made(exp.column(name))
        if name in HOUSE_COLUMNS:
            return Made(exp.column(name))
        spelled = {each.lower(): each for each in self.tables.get(table, {})}.get(name, column.name)
        leaf = VendorColumn(table, spelled)
        return Made(exp.column(spelled, table=table), frozenset({leaf}), is_direct=True)

    def _written(self, scope: Scope, tree: exp.Expr) -> exp.Expr:
        """Return an expression with columns replaced by what they are made of, while it stays short."""

        room = LONGEST

        def replaced(node: exp.Expr) -> exp.Expr:
            nonlocal room
            if not isinstance(node, exp.Column):
                return node
            made = self._column(scope, node)
            if made.expression is None:
                return exp.Null()
            needed = size(made.expression)
            if needed > ATOM:
                if needed > room:
                    return exp.column(node.name)
                room -= needed
            return bracketed(made.expression.copy())

        short = readable(tree.copy())
        room -= size(short)
        return short.transform(replaced, copy=False)


def _source(scope: Scope, name: str) -> Any:
    """Return what a table name stands for in a scope or in those around it."""
    around: Scope | None = scope
    while around is not None:
        if name in around.sources:
            return around.sources[name]
        around = around.parent
    return None


def _parts(tree: exp.Expr, decides: bool = False) -> Iterator[tuple[exp.Expr, bool]]:
    """Yield the columns, subqueries and row counts of an expression, and whether they only decide."""
    if isinstance(tree, exp.Subquery):
        yield tree.this, decides
        return
    if isinstance(tree, exp.Column | exp.Query):
        yield tree, decides
        return
    if isinstance(tree, exp.Count) and isinstance(tree.this, exp.Star):
        yield tree, decides
        return
    for name, child in _children(tree):
        yield from _parts(child, decides or _only_decides(tree, name))


def _children(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for name, value in tree.args.items():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, exp.Expr):
                yield name, child


def _only_decides(tree: exp.Expr, name: str) -> bool:
    """Tell whether a part of an expression says which value is given, and not what it is."""
    match tree:
        case exp.Case() | exp.If():
            return name == "this"
        case exp.Nullif():
            return name == "expression"
        case exp.Window() | exp.WithinGroup():
            return name != "this"
        case exp.Filter():
            return name == "expression"
    return False


def _joined(branches: Iterable[Made]) -> Made:
    """Return what a column of a union is made of; equal branches count once."""
    different: dict[str, Made] = {}
    for branch in branches:
        assert branch.expression is not None
        different.setdefault(branch.expression.sql(DIALECT), branch)
    found = list(different.values())
    if len(found) < 2:
        return found[0] if found else NOTHING
    values = frozenset().union(*(each.values for each in found))
    deciders = frozenset().union(*(each.deciders for each in found)) - values
    trees = [each.expression for each in found if each.expression is not None]
    if sum(map(size, trees)) > LONGEST:
        trees = trees[:1] if size(trees[0]) <= LONGEST else trees
    either = reduce(lambda left, right: exp.BitwiseOr(this=left, expression=right), trees)
    return Made(either, values, deciders, all(each.is_direct for each in found))
