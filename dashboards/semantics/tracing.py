"""Trace: the chain of a document or voucher, from the request to the account of its ledger lines, and back.

The marts of a trace are stored in the order of keys, numbers that stand for names: a step reads the few rows
of its things, so that a chain is followed at once in a book of any size. What a reader may not see ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from dashboards.errors import NotPublished, UnknownThing
from dashboards.semantics.rights import Rights
from dashboards.semantics.sql import Statement, marks
from dashboards.warehouse import Snapshot

DEEPEST = 12  # steps; the longest chain has eight
AT_ONCE = 100  # keys in one statement
FIRST = 60  # things whose dates are told
MOST_THINGS = 2000
MARTS = ("trace_links", "trace_things", "trace_keys")
END = ("key", "source_id", "kind", "id", "no")
KEY = "cast(md5_number_lower(?) >> 1 as bigint)"  # as the macro lookup_key makes it


@dataclass(frozen=True, order=True)
class Thing:
    """A document, voucher or draft; `ledger_code` and period only of the latter two."""

    source_id: str
    kind: str
    id: str
    no: str
    company_code: str | None = None
    date: date | None = None
    ledger_code: str | None = None
    fiscal_year: int | None = None
    period_no: int | None = None
    key: int = 0


@dataclass(frozen=True)
class Link:
    """One step of a chain: `depth` from the thing that was asked for, the amount in company currency.

    The amount is None where the reader may not see it.
    """

    depth: int
    earlier: Thing
    later: Thing
    amount: Decimal | None


@dataclass(frozen=True)
class LedgerLine:
    """A line of a voucher of the chain with the account, and the statement where the source names one."""

    voucher: Thing
    line_no: str
    account_code: str
    account_name: str
    amount: Decimal | None
    statement: str | None
    statement_line: str | None


@dataclass(frozen=True)
class Trace:
    """What was asked for, with everything before and after it; `is_cut` where there was too much of it."""

    things: tuple[Thing, ...]
    before: tuple[Link, ...]
    after: tuple[Link, ...]
    lines: tuple[LedgerLine, ...]
    is_cut: bool = False

    @property
    def every(self) -> tuple[Thing, ...]:
        """The things of the chain, each once."""
        ends = (end for link in (*self.before, *self.after) for end in (link.earlier, link.later))
        return tuple(dict.fromkeys((*self.things, *ends)))


def trace(
    snapshot: Snapshot,
    rights: Rights,
    asked: str,
    *,
    kind: str | None = None,
    source_id: str | None = None,
    with_lines: bool = True,
) -> Trace:
    """Follow the chain of whatever has a number or id, both ways, within the rights.

    Several things may have the same name: all are followed, or those of one `kind` and `source_id`.
    Raises UnknownThing where the reader sees nothing of that name, NotPublished for an older snapshot.
    """
    things = named(snapshot, rights, asked, kind=kind, source_id=source_id)
    if not things:
        raise UnknownThing(asked=asked)
    before, is_cut = _follow(snapshot, rights, things, back=True)
    after, is_cut_too = _follow(snapshot, rights, things, back=False)
    found = Trace(tuple(things), tuple(before), tuple(after), (), is_cut or is_cut_too)
    found = _dated(snapshot, rights, found)
    if not with_lines:
        return found
    ahead = dict.fromkeys((*found.things, *(link.later for link in found.after)))
    vouchers = [each for each in ahead if each.kind == "voucher"]
    return replace(found, lines=tuple(_ledger_lines(snapshot, rights, vouchers)))


def named(
    snapshot: Snapshot, rights: Rights, asked: str, *, kind: str | None = None, source_id: str | None = None
) -> list[Thing]:
    """Find what has a number or id, as far as the reader may see it."""
    for mart in MARTS:
        if mart not in snapshot.marts or "thing_key" not in snapshot.marts["trace_things"]:
            raise NotPublished(mart=mart)
    keys = _keys_of(snapshot, [_looked_up(asked, snapshot)])
    return [
        each
        for each in _things(snapshot, rights, keys)
        if asked in (each.no, each.id) and kind in (None, each.kind) and source_id in (None, each.source_id)
    ]


def _follow(
    snapshot: Snapshot, rights: Rights, things: Sequence[Thing], *, back: bool
) -> tuple[list[Link], bool]:
    """Walk level by level; a thing is left once, so that a chain ends though documents name each other."""
    known = {each.key: each for each in things}
    level, left, links = list(known), set[int](), list[Link]()
    for depth in range(1, DEEPEST):
        fresh = [key for key in level if key not in left]
        if not fresh:
            break
        left.update(fresh)
        if len(left) > MOST_THINGS:
            return links, True
        rows = _links(snapshot, rights, fresh, back=back)
        level = []
        for row in rows:
            earlier, later = (known.setdefault(each.key, each) for each in _ends(row))
            links.append(Link(depth, earlier, later, row["amount"]))
            level.append((earlier if back else later).key)
    return links, False


def _links(snapshot: Snapshot, rights: Rights, keys: Sequence[int], *, back: bool) -> list[dict[str, Any]]:
    """Links that begin (or with `back` end) at things, in the order in which people read them."""
    amount = "null" if rights.hides("trace_links", "amount") else '"amount"'
    starts = _keys_of(snapshot, keys) if back else list(keys)
    columns = ", ".join(f'"{side}_{name}"' for side in ("from", "to") for name in END)
    found = _by_keys(
        snapshot,
        f'{columns}, "from_company_code", "company_code" as to_company_code, {amount} as amount',
        "trace_links",
        "from_key",
        starts,
        _within(rights, "company_code", "from_company_code"),
    )
    if back:
        ends = set(keys)
        found = [row for row in found if row["to_key"] in ends]
    far = "from" if back else "to"
    return sorted(found, key=lambda row: (row[f"{far}_no"], row[f"{far}_key"]))


def _ends(row: dict[str, Any]) -> tuple[Thing, Thing]:
    """The two things of a link, as far as the link itself names them."""
    earlier, later = (
        Thing(
            row[f"{side}_source_id"],
            row[f"{side}_kind"],
            row[f"{side}_id"],
            row[f"{side}_no"] or row[f"{side}_id"],
            row[f"{side}_company_code"],
            key=row[f"{side}_key"],
        )
        for side in ("from", "to")
    )
    return earlier, later


def _dated(snapshot: Snapshot, rights: Rights, found: Trace) -> Trace:
    """Add what links do not say, date and ledger: to what is shown first, and to every voucher."""
    every = found.every
    wanted = dict.fromkeys(
        [*(each.key for each in every[:FIRST]), *(each.key for each in every if each.kind == "voucher")]
    )
    known = {each.key: each for each in _things(snapshot, rights, list(wanted))}

    def told(links: Iterable[Link]) -> tuple[Link, ...]:
        return tuple(
            replace(
                link,
                earlier=known.get(link.earlier.key, link.earlier),
                later=known.get(link.later.key, link.later),
            )
            for link in links
        )

    return replace(found, before=told(found.before), after=told(found.after))


def _things(snapshot: Snapshot, rights: Rights, keys: Sequence[int]) -> list[Thing]:
    columns = (
        '"source_id", "thing_kind", "thing_id", "thing_no", "company_code", "thing_date", "ledger_code", '
        '"fiscal_year", "period_no", "thing_key"'
    )
    rows = _by_keys(snapshot, columns, "trace_things", "thing_key", keys, _within(rights, "company_code"))
    return sorted(Thing(*row.values()) for row in rows) if rows else []


def _keys_of(snapshot: Snapshot, keys: Sequence[int]) -> list[int]:
    """Keys of the things that a search key leads to."""
    rows = _by_keys(snapshot, '"thing_key"', "trace_keys", "search_key", keys, Statement("true", ()))
    return list(dict.fromkeys(row["thing_key"] for row in rows))


def _looked_up(text: str, snapshot: Snapshot) -> int:
    return int(snapshot.fetch(f"select {KEY} as key", [text])["key"][0].as_py())


def _by_keys(
    snapshot: Snapshot, columns: str, mart: str, key: str, keys: Sequence[int], within: Statement
) -> list[dict[str, Any]]:
    """Read the rows of some keys: a key on its own is found by where it is stored, a list of them is not."""
    found: list[dict[str, Any]] = []
    for first in range(0, len(keys), AT_ONCE):
        parts = [
            f'select * from marts."{mart}" where "{key}" = {int(each)}'
            for each in keys[first : first + AT_ONCE]
        ]
        found += snapshot.fetch(
            f"select {columns} from ({' union all '.join(parts)}) as stored where {within.sql}",
            within.parameters,
        ).to_pylist()
    return found


def _ledger_lines(snapshot: Snapshot, rights: Rights, vouchers: Sequence[Thing]) -> Iterable[LedgerLine]:
    """Lines of vouchers; the period is named too, because lines are stored about as they were booked."""
    amount = "null" if rights.hides("ledger_lines", "amount") else "line.amount"
    by_period: dict[tuple[str, int | None, int | None], list[Thing]] = {}
    for each in vouchers:
        by_period.setdefault((each.source_id, each.fiscal_year, each.period_no), []).append(each)
    within = _within(rights, "company_code")
    for (source, year, period), some in sorted(by_period.items(), key=str):
        known = {each.id: each for each in some}
        rows = snapshot.fetch(
            f"""
            select
                line.voucher_id, line.line_no, line.account_code, line.account_name, {amount} as amount,
                account.statement, account.statement_line_code
            from (
                select * from marts."ledger_lines"
                where "fiscal_year" = ? and "period_no" = ? and "source_id" = ? and "status" <> 'void'
                    and "voucher_id" in ({marks(some)}) and {within.sql}
            ) as line
            left join marts."ledgers" as ledger
                on line.source_id = ledger.source_id and line.company_code = ledger.company_code
                and line.ledger_code = ledger.ledger_code
            left join marts."accounts" as account
                on line.source_id = account.source_id and ledger.chart_code = account.chart_code
                and line.account_code = account.account_code
            order by line.voucher_id, try_cast(line.line_no as integer), line.line_no
            """,
            [year, period, source, *known, *within.parameters],
        ).to_pylist()
        for row in rows:
            yield LedgerLine(
                known[row["voucher_id"]],
                str(row["line_no"]),
                row["account_code"] or "",
                row["account_name"] or "",
                row["amount"],
                row["statement"],
                row["statement_line_code"],
            )


def _within(rights: Rights, *columns: str) -> Statement:
    """Limit rows to the reader's companies, by every column that names one."""
    companies = rights.scope(())
    if companies is None:
        return Statement("true", ())
    parts = [f'"{column}" in ({marks(companies)})' for column in columns]
    return Statement(" and ".join(parts), companies * len(columns))
