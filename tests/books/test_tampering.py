"""A campaign against the book store, as its owner could lead it: edits, deletions, insertions, swaps.

Triggers, keys and checks of the database are off. Each single change is found and named, on SQLite
and on PostgreSQL; then it is taken back. With BRIDGEBOOK_FAULT_ROUNDS as many rows are tried for each column.
"""

import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bridgebook.books.audit import AUDIT_LOG
from bridgebook.books.chain import Verdict, verify_books
from bridgebook.books.policies import Policy
from bridgebook.books.voucher_tables import (
    LINES,
    PERIOD_STATES,
    REVERSAL_REQUESTS,
    REVIEWS,
    SOURCES,
    VOUCHERS,
)
from tests.books.store import cash, desk, draft

ROUNDS = int(os.environ.get("BRIDGEBOOK_FAULT_ROUNDS", "2"))
TABLES = (VOUCHERS, LINES, SOURCES, REVIEWS, PERIOD_STATES, REVERSAL_REQUESTS, AUDIT_LOG)
OF_VOUCHERS = (VOUCHERS, LINES, SOURCES)
KEYS = {
    "posted_vouchers": ("chain_no",),
    "posted_voucher_lines": ("voucher_id", "line_no"),
    "posted_sources": ("voucher_id", "document_entity", "line_id"),
    "reviews": ("review_no",),
    "period_states": ("state_no",),
    "reversal_requests": ("request_no",),
    "audit_log": ("entry_no",),
}
Row = Mapping[str, Any]


@pytest.fixture
def store(books: Engine) -> Engine:
    """Return a store of every kind of voucher and decision, with its guards off."""
    found = desk(books, [draft(number, f"{number}00.00") for number in range(1, 5)])
    found.post_all(by="bookkeeper", is_automatic=True)
    signed = [cash(number, f"{number}0.00") for number in (8, 9)]
    paying = desk(books, signed, approved_by="", policies=[Policy("cashier_signature", "", "", "required")])
    names = [each.draft_id for each in signed]
    paying.approve(names, by="reviewer", reason="checked")
    paying.sign(names, by="cashier")
    paying.post(names, by="bookkeeper")
    for number in (1, 2):
        red = found.reverse(f"C1/GL/2025-03/转-{number}", by="clerk", reason="wrong").draft
        found.approve([red.draft_id], by="checker")
        found.post([red.draft_id], by="bookkeeper")
    changed = desk(books, [draft(3, "130.00")])
    late = sorted(
        (each.draft for each in changed.work() if each.state == "draft"), key=lambda each: each.kind
    )
    changed.approve([each.draft_id for each in late], by="checker")
    changed.post([each.draft_id for each in late[::-1]], by="bookkeeper")
    for module in ("purchasing", "cash"):
        found.decide_period("C1", 2025, 1, module, "hold", by="controller", reason="month end")
    _unguard(books)
    verdict = verify_books(books)
    assert (verdict.vouchers, verdict.faults) == (13, ())
    for table in TABLES:
        assert len(_rows(books, table)) >= 2, table.name
    return books


def test_every_edit_of_every_column_is_found_and_named(store: Engine) -> None:
    chance, tried = random.Random(20250305), 0
    for table in TABLES:
        rows = _rows(store, table)
        for column in table.columns:
            for row in chance.sample(rows, min(ROUNDS, len(rows))):
                with _changed(store, table, row, {column.name: _other(row[column.name], column)}):
                    _assert_named(verify_books(store), table, row, column.name)
                tried += 1
    assert tried >= 2 * sum(len(table.columns) for table in TABLES)
    assert verify_books(store).faults == ()


def test_every_swap_of_two_values_is_found_and_named(store: Engine) -> None:
    chance, tried = random.Random(20250306), 0
    for table in TABLES:
        rows = _rows(store, table)
        for column in table.columns:
            pairs = [
                (one, other)
                for position, one in enumerate(rows)
                for other in rows[position + 1 :]
                if one[column.name] != other[column.name]
            ]
            for one, other in chance.sample(pairs, min(ROUNDS, len(pairs))):
                values = ({column.name: other[column.name]}, {column.name: one[column.name]})
                with _swapped(store, table, (one, other), values):
                    _assert_named(verify_books(store), table, one, column.name, other)
                tried += 1
    assert tried > 60
    assert verify_books(store).faults == ()


def test_every_deleted_row_is_found_and_named(store: Engine) -> None:
    for table in TABLES:
        for row in _rows(store, table):
            with _deleted(store, table, row):
                _assert_named(verify_books(store), table, row, "deleted")
    assert verify_books(store).faults == ()


def test_every_row_put_in_is_found_and_named(store: Engine) -> None:
    for table in TABLES:
        rows = _rows(store, table)
        for row in rows:
            more = dict(row)
            for name in KEYS[table.name]:
                if name != "voucher_id":
                    kind = table.columns[name]
                    more[name] = max(each[name] for each in rows) + 1 if _is_whole(kind) else f"{row[name]}x"
            for name in ("voucher_id", "voucher_no", "draft_id", "voucher_hash", "entry_hash"):
                if table in (VOUCHERS, AUDIT_LOG) and name in more:
                    more[name] = (
                        more[name] + 90 if name == "voucher_no" else _other(more[name], table.c[name])
                    )
            with _put_in(store, table, more):
                _assert_named(verify_books(store), table, more, "put in")
    assert verify_books(store).faults == ()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"first": 1, "last": 900000000000, "digest": ""}'])
def test_a_log_entry_that_says_nothing_readable_is_named(store: Engine, content: str) -> None:
    for row in _rows(store, AUDIT_LOG):
        with _changed(store, AUDIT_LOG, row, {"content": content}):
            places = {fault.place for fault in verify_books(store).faults}
            assert f"audit_log {row['entry_no']}" in places


def test_a_tail_cut_off_whole_is_found_by_the_anchor(store: Engine) -> None:
    number, _, seal = verify_books(store).anchor.partition(":")
    vouchers = sorted(_rows(store, VOUCHERS), key=lambda each: each["chain_no"], reverse=True)
    for voucher in vouchers:
        with store.begin() as connection:
            for table in OF_VOUCHERS[::-1]:
                connection.execute(table.delete().where(table.c.voucher_id == voucher["voucher_id"]))
            connection.execute(AUDIT_LOG.delete().where(AUDIT_LOG.c.action == "vouchers_posted"))
        faults = verify_books(store, (int(number), seal)).faults
        assert (number, "verify_cut_off") in {(each.place, each.key) for each in faults}


def _assert_named(verdict: Verdict, table: sa.Table, row: Row, what: str, other: Row | None = None) -> None:
    """The fault names the voucher, its follower where it is gone, or the table and number of a decision."""
    places = [fault.place for fault in verdict.faults]
    for fault in verdict.faults:
        assert "{" not in fault.sentence("zh") + fault.sentence("en")
    if table in OF_VOUCHERS:
        names = {str(each["voucher_id"]) for each in (row, other) if each}
        if table is VOUCHERS and what in ("deleted", "chain_no"):
            assert places, (table.name, what, row)
            return
        if what == "voucher_id":
            names |= {f"{name}x" for name in names}
        assert names & set(places), (table.name, what, row, places)
        return
    names = {table.name}
    if table is AUDIT_LOG and what == "deleted":  # the end of the log is missed by what it told of
        names |= {each.name for each in TABLES}
    assert any(place.split()[0] in names for place in places), (table.name, what, row, places)


def _other(value: Any, column: "sa.Column[Any]") -> Any:
    """Another value of the same kind."""
    if isinstance(value, Decimal):
        return value + Decimal("0.0001")
    if isinstance(value, bool | int):
        return value + 70
    if isinstance(value, date):
        return value + timedelta(days=1)
    if value is None:
        kind = str(column.type)
        return Decimal("0.0001") if "NUMERIC" in kind.upper() or "Exact" in repr(column.type) else "x"
    return f"{value[:-1]}{'y' if value.endswith('x') else 'x'}" if value else "x"


def _is_whole(column: "sa.Column[Any]") -> bool:
    return isinstance(column.type, sa.Integer)


def _rows(store: Engine, table: sa.Table) -> list[Row]:
    with store.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def _same(table: sa.Table, row: Row) -> "sa.ColumnElement[bool]":
    """The condition that finds a row by everything in it."""
    return sa.and_(*(column.is_not_distinct_from(row[column.name]) for column in table.columns))


def _apply(store: Engine, *statements: "sa.Executable") -> None:
    with store.begin() as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount in (1, -1)  # PostgreSQL counts no inserted rows


@contextmanager
def _restoring(store: Engine, table: sa.Table, *rows: Row) -> Iterator[None]:
    yield
    assert sorted(map(repr, _rows(store, table))) == sorted(map(repr, rows))


@contextmanager
def _changed(store: Engine, table: sa.Table, row: Row, values: Row) -> Iterator[None]:
    with _restoring(store, table, *_rows(store, table)):
        _apply(store, table.update().where(_same(table, row)).values(**values))
        yield
        _apply(store, table.update().where(_same(table, {**row, **values})).values(**row))


@contextmanager
def _swapped(
    store: Engine, table: sa.Table, rows: tuple[Row, Row], values: tuple[Row, Row]
) -> Iterator[None]:
    there = [table.delete().where(_same(table, row)) for row in rows]
    now = [{**row, **value} for row, value in zip(rows, values, strict=True)]
    with _restoring(store, table, *_rows(store, table)):
        _apply(store, *there, *(table.insert().values(**row) for row in now))
        yield
        gone = [table.delete().where(_same(table, row)) for row in now]
        _apply(store, *gone, *(table.insert().values(**row) for row in rows))


@contextmanager
def _deleted(store: Engine, table: sa.Table, row: Row) -> Iterator[None]:
    with _restoring(store, table, *_rows(store, table)):
        _apply(store, table.delete().where(_same(table, row)))
        yield
        _apply(store, table.insert().values(**row))


@contextmanager
def _put_in(store: Engine, table: sa.Table, row: Row) -> Iterator[None]:
    with _restoring(store, table, *_rows(store, table)):
        _apply(store, table.insert().values(**row))
        yield
        _apply(store, table.delete().where(_same(table, row)))


def _unguard(store: Engine) -> None:
    """Take every guard off but what a table is, as the owner of a database can."""
    if store.dialect.name == "postgresql":
        triggers = "select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal"
        constraints = (
            "select conrelid::regclass::text, conname from pg_constraint "
            "where contype in ('c', 'f', 'u', 'p') and connamespace = 'public'::regnamespace "
            "order by contype in ('u', 'p')"
        )
        with store.begin() as connection:
            for table, name in list(connection.exec_driver_sql(triggers)):
                connection.exec_driver_sql(f"drop trigger {name} on {table}")
            for table, name in list(connection.exec_driver_sql(constraints)):
                connection.exec_driver_sql(f'alter table {table} drop constraint if exists "{name}" cascade')
        return
    with store.begin() as connection:
        names = connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'")
        for (name,) in names.fetchall():
            connection.exec_driver_sql(f"drop trigger {name}")
        for table in (*TABLES[1:], VOUCHERS):  # what points to vouchers goes first
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            connection.exec_driver_sql(f"create table copied as select {columns} from {table.name}")
            connection.exec_driver_sql(f"drop table {table.name}")
            connection.exec_driver_sql(f"alter table copied rename to {table.name}")
