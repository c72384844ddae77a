"""The outbox in SQLite and PostgreSQL: written with the decision, once per key, never changed."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bridgebook.books import outbox
from bridgebook.errors import OutboxConflict


def put(connection: sa.Connection, key: str, amount: str = "1106.19", target: str = "erp") -> None:
    payload = {"摘要": "暂估入库", "amount": amount}
    outbox.enqueue(
        connection, kind="voucher", target=target, subject=f"记-{key}", payload=payload, idempotency_key=key
    )


def test_a_row_lives_and_dies_with_the_decision(books: Engine) -> None:
    with books.connect() as connection:
        put(connection, "1")
        connection.rollback()
    with books.begin() as connection:
        put(connection, "2")
    with books.connect() as connection:
        (row,) = outbox.rows(connection)
    assert (row.idempotency_key, row.subject, row.payload["摘要"], row.last) == (
        "2", "记-2", "暂估入库", None,
    )  # fmt: skip


def test_the_same_key_is_the_same_row_and_never_another_content(books: Engine) -> None:
    with books.begin() as connection:
        put(connection, "1")
        put(connection, "1")
        with pytest.raises(OutboxConflict) as conflict:
            put(connection, "1", amount="1106.20")
        assert "never changed" in conflict.value.sentence("en")
        assert len(outbox.rows(connection)) == 1


def test_the_database_refuses_to_change_what_was_written(books: Engine) -> None:
    with books.begin() as connection:
        put(connection, "1")
        (row,) = outbox.rows(connection)
        outbox.add(connection, [outbox.next_entry(row, "sent", batch="b")])
    for statement in (
        "update outbox set payload = '{}'",
        "delete from outbox_attempts",
        "update outbox_attempts set outcome = 'acknowledged'",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), books.begin() as connection:
            connection.exec_driver_sql(statement)


def test_a_row_is_where_its_last_entry_says(books: Engine) -> None:
    def now() -> outbox.Row:
        with books.connect() as connection:
            return outbox.rows(connection, target="erp")[0]

    def then(outcome: outbox.Outcome) -> None:
        with books.begin() as connection:
            outbox.add(connection, [outbox.next_entry(now_before, outcome, error="x", batch=None)])

    with books.begin() as connection:
        put(connection, "1")
    seen = [now().state(2)]
    for outcome in ("sent", "failed", "sent", "unknown", "requeued", "sent", "refused", "requeued"):
        now_before = now()
        then(outcome)  # type: ignore[arg-type]
        seen.append(now().state(2))
    assert seen == [
        "waiting", "unanswered", "retrying", "unanswered", "given_up", "waiting", "unanswered", "refused",
        "waiting",
    ]  # fmt: skip
    with books.connect() as connection:
        assert [entry.attempt_no for entry in outbox.entries(connection, 1)] == [1, 1, 2, 2, 0, 1, 1, 0]


def test_two_who_claim_the_same_row_are_one_too_many(books: Engine) -> None:
    with books.begin() as connection:
        put(connection, "1")
        (row,) = outbox.rows(connection)
        outbox.add(connection, [outbox.next_entry(row, "sent", batch="one")])
    with pytest.raises(sa.exc.IntegrityError), books.begin() as connection:
        outbox.add(connection, [outbox.next_entry(row, "sent", batch="two")])
