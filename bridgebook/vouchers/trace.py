"""The chain of a document or voucher: where it comes from, back to the request, and what became of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bridgebook import snapshots
from bridgebook.errors import ExplanationUnavailable
from bridgebook.home import Home

if TYPE_CHECKING:
    import duckdb

DEEPEST = 12  # steps; the longest chain has eight


@dataclass(frozen=True, order=True)
class Thing:
    """A document, voucher, line of a voucher or line of a statement."""

    source_id: str
    kind: str
    id: str
    no: str


@dataclass(frozen=True)
class Link:
    """One step of a chain: `depth` from the thing that was asked for, the amount in company currency."""

    depth: int
    earlier: Thing
    later: Thing
    amount: Decimal


@dataclass(frozen=True)
class Trace:
    """What was asked for, with everything before and after it."""

    things: tuple[Thing, ...]
    before: tuple[Link, ...]
    after: tuple[Link, ...]


def trace(home: Home, asked: str, *, kind: str | None = None, with_lines: bool = True) -> Trace:
    """Follow the chain of a document, voucher or draft named by its number or id, both ways.

    Several things may have the same name: all are followed, or with `kind` those of one kind.
    Lines of vouchers are left out of the way back, where they say nothing more than their voucher; without
    `with_lines` out of the way onward too. Raises ExplanationUnavailable where nothing has that name.
    """
    import duckdb

    with closing(duckdb.connect(str(snapshots.require(home)), read_only=True)) as connection:
        things = [each for each in _named(connection, asked) if kind in (None, each.kind)]
        if not things:
            raise ExplanationUnavailable("trace_unknown", asked=asked)
        before = _follow(connection, things, back=True, with_lines=False)
        after = _follow(connection, things, back=False, with_lines=with_lines)
    return Trace(tuple(things), tuple(before), tuple(after))


def _named(connection: "duckdb.DuckDBPyConnection", asked: str) -> list[Thing]:
    question = """
        select distinct * from (
            select from_source_id, from_kind, from_id, from_no from marts.trace_links
            where from_no = $asked or from_id = $asked
            union all
            select to_source_id, to_kind, to_id, to_no from marts.trace_links
            where to_no = $asked or to_id = $asked
            union all
            select
                source_id, 'voucher', voucher_id, coalesce(voucher_word || '-', '') || voucher_no
            from marts.ledger_lines
            where
                status <> 'void'
                and (voucher_id = $asked or coalesce(voucher_word || '-', '') || voucher_no = $asked)
        ) as named
        order by all
    """
    rows = connection.execute(question, {"asked": asked}).fetchall()
    found: dict[tuple[str, ...], Thing] = {}
    for source, kind, identity, number in rows:
        found.setdefault(
            (str(source), str(kind), str(identity)), Thing(source, kind, identity, number or identity)
        )
    return list(found.values())


def _follow(
    connection: "duckdb.DuckDBPyConnection", things: Sequence[Thing], *, back: bool, with_lines: bool
) -> list[Link]:
    """Walk level by level; a thing is left once, so that a chain ends though documents name each other."""
    relation = "marts.document_trace" if with_lines else "marts.trace_links"
    here, there = ("to", "from") if back else ("from", "to")
    left: set[tuple[str, str, str]] = set()
    level, links = list(things), list[Link]()
    for depth in range(1, DEEPEST):
        fresh = [each for each in level if (each.source_id, each.kind, each.id) not in left]
        if not fresh:
            break
        left |= {(each.source_id, each.kind, each.id) for each in fresh}
        connection.execute("create or replace temp table asked (source_id varchar, kind varchar, id varchar)")
        connection.executemany(
            "insert into asked values (?, ?, ?)", [(each.source_id, each.kind, each.id) for each in fresh]
        )
        rows = connection.execute(
            f"""
            select
                link.from_source_id, link.from_kind, link.from_id, link.from_no,
                link.to_source_id, link.to_kind, link.to_id, link.to_no, link.amount
            from {relation} as link
            inner join asked
                on link.{here}_source_id = asked.source_id
                and link.{here}_kind = asked.kind
                and link.{here}_id = asked.id
            order by link.{there}_kind, link.{there}_no, link.{there}_id, link.{here}_id
            """
        ).fetchall()
        level = []
        for *names, amount in rows:
            earlier, later = Thing(*names[:4]), Thing(*names[4:])
            links.append(Link(depth, earlier, later, Decimal(str(amount or 0))))
            level.append(earlier if back else later)
    return links
