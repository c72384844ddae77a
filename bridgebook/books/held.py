"""Read from the book store what it holds: vouchers by document, their contents, asked reversals."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from bridgebook.books.corrections import Content, Request
from bridgebook.books.posting import Held, parts
from bridgebook.books.voucher import Line, Posted, Source
from bridgebook.books.voucher_tables import LINES, REVERSAL_REQUESTS, SOURCES, VOUCHERS


def all_held(connection: sa.Connection) -> Held:
    """Return every posted voucher by the document it came from, in the order of the chain."""
    by_root: dict[str, list[Posted]] = defaultdict(list)
    for row in connection.execute(sa.select(VOUCHERS).order_by(VOUCHERS.c.chain_no)):
        posted = Posted(*row)
        by_root[posted.root_id].append(posted)
    return Held(by_root={root: tuple(each) for root, each in by_root.items()})


def correction_numbers(connection: sa.Connection, held: Held) -> dict[tuple[object, ...], int]:
    """Return the highest correction number of each document line that is booked."""
    columns = [SOURCES.c[name] for name in Source._fields[:8]]
    lines = sorted({str(subject[2]) for subject in held.roots})
    question = sa.select(*columns, sa.func.max(SOURCES.c.correction_no)).group_by(*columns)
    found: dict[tuple[object, ...], int] = {}
    for part in parts(lines):
        rows = connection.execute(question.where(SOURCES.c.line_id.in_(part)))
        found |= {tuple(row[:8]): row[8] for row in rows}
    return found


def contents(connection: sa.Connection, voucher_ids: Collection[str]) -> dict[str, Content]:
    """Return lines and sources of these vouchers, by voucher id."""
    lines: dict[str, list[Line]] = defaultdict(list)
    sources: dict[str, list[Source]] = defaultdict(list)
    wanted = sorted(voucher_ids)
    for part in parts(wanted):
        asked = sa.select(LINES).where(LINES.c.voucher_id.in_(part)).order_by(LINES.c.line_no)
        for row in connection.execute(asked):
            lines[row[0]].append(Line(*row[1:]))
        for row in connection.execute(sa.select(SOURCES).where(SOURCES.c.voucher_id.in_(part))):
            sources[row[0]].append(Source(*row[1:]))
    return {each: Content(tuple(lines[each]), tuple(sources[each])) for each in wanted}


def reversal_requests(connection: sa.Connection) -> list[Request]:
    """Return the reversals that were asked for, oldest first."""
    rows = connection.execute(sa.select(REVERSAL_REQUESTS).order_by(REVERSAL_REQUESTS.c.request_no))
    return [Request(*row) for row in rows]
