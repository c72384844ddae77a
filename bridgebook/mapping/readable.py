"""Expressions as people read them: what conforming adds to every column is left out, long ones stay short."""

from sqlglot import exp

# Nodes of the longest expression into which inner expressions are still written out.
LONGEST = 70
_WHOLE = (exp.Column, exp.Literal, exp.Null, exp.Boolean, exp.Func, exp.Case, exp.Paren)
_WIDENED = frozenset({exp.DataType.Type.DECIMAL, exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT})


def size(tree: exp.Expr) -> int:
    """Return of how many nodes an expression consists."""
    return sum(1 for _ in tree.walk())


def unwrapped(tree: exp.Expr) -> exp.Expr:
    """Return what an expression is about without casts, trims and brackets around it."""
    while True:
        inner = _inside(tree)
        if inner is None:
            return tree
        tree = inner


def _inside(tree: exp.Expr) -> exp.Expr | None:
    if isinstance(tree, exp.Case):
        plain = tree.args.get("this") is None and tree.args.get("default") is None
        return _trimmed(tree) if plain else None
    is_about = (
        isinstance(tree, exp.Cast | exp.TryCast | exp.Paren)
        or (isinstance(tree, exp.Trim) and not tree.args.get("expression"))
        or (isinstance(tree, exp.Nullif) and _is_empty_text(tree.expression))
    )
    inner: exp.Expr | None = tree.this if is_about else None
    return inner


def _is_empty_text(tree: exp.Expr | None) -> bool:
    return isinstance(tree, exp.Literal) and tree.is_string and tree.this == ""


def _trimmed(tree: exp.Case) -> exp.Expr | None:
    """Return x for `case when <x has blanks at an end> then nullif(trim(x), '') when x <> '' then x end`."""
    branches = tree.args["ifs"]
    if len(branches) != 2:
        return None
    given = [unwrapped(branch.args["true"]) for branch in branches]
    tested = branches[1].this
    if given[0] == given[1] and isinstance(tested, exp.NEQ) and _is_empty_text(tested.expression):
        return given[1] if tested.this == given[1] else None
    return None


def is_whole(tree: exp.Expr) -> bool:
    """Tell whether an expression needs no brackets wherever it stands."""
    return isinstance(tree, _WHOLE) and not isinstance(tree, exp.Binary)


def bracketed(tree: exp.Expr) -> exp.Expr:
    """Return an expression that can stand inside any other."""
    return tree if is_whole(tree) else exp.paren(tree, copy=False)


def readable(tree: exp.Expr) -> exp.Expr:
    """Return an expression without widening casts, and with one `round` for all numbers of decimals."""
    for name, value in list(tree.args.items()):
        if isinstance(value, exp.Expr):
            tree.set(name, readable(value))
        elif isinstance(value, list):
            tree.set(name, [readable(each) if isinstance(each, exp.Expr) else each for each in value])
    inner: exp.Expr = tree.this if isinstance(tree, exp.Cast | exp.Paren) else tree
    if isinstance(tree, exp.Cast) and tree.to.this in _WIDENED:
        return bracketed(inner)
    if isinstance(tree, exp.Paren) and is_whole(inner):
        return inner
    if isinstance(tree, exp.Case) and tree.args.get("this") is not None:
        return _one_round(tree) or tree
    return tree


def _one_round(case: exp.Case) -> exp.Expr | None:
    """Return round(x, d) for `case d when 0 then round(x, 0) when 1 then round(x, 1) ... end`."""
    found = set()
    for branch in case.args["ifs"]:
        rounded = unwrapped(branch.args["true"])
        if not isinstance(rounded, exp.Round) or rounded.args.get("decimals") != branch.this:
            return None
        found.add(rounded.this)
    default = unwrapped(case.args["default"]) if case.args.get("default") else None
    if not isinstance(default, exp.Round) or found != {default.this}:
        return None
    return exp.Round(this=default.this.copy(), decimals=case.this.copy())
