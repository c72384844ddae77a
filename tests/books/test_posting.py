"""From draft to posted voucher, on SQLite and PostgreSQL: who may do what, numbered, exactly once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bridgebook.books.chain import verify_books
from bridgebook.books.policies import Policy
from bridgebook.errors import DecisionRefused
from tests.books.store import cash, count, desk, draft, line, posted, reason, sqlite


def test_a_reviewed_draft_is_posted_numbered_and_chained(books: Engine) -> None:
    found = desk(books, [draft(1), draft(2, "200.00"), draft(3, day=date(2025, 4, 1))])
    names = [each.draft.draft_id for each in found.work()]
    found.approve(names, by=" checker ")
    done = found.post(names, by="bookkeeper")
    assert [each.voucher_id for each in done.posted] == [
        "C1/GL/2025-03/转-1", "C1/GL/2025-03/转-2", "C1/GL/2025-04/转-1",
    ]  # fmt: skip
    first = found.vouchers()[0]
    assert (first.reviewed_by, first.posted_by, first.debit) == ("checker", "bookkeeper", Decimal("100.00"))
    assert found.content(first.voucher_id).lines == draft(1).lines
    assert found.content(first.voucher_id).sources == draft(1).sources
    assert {each.state for each in found.work()} == {"posted"}
    verdict = verify_books(books)
    assert (verdict.vouchers, verdict.faults) == (3, ())
    assert verdict.anchor == done.anchor == f"3:{done.posted[-1].voucher_hash}"


def test_a_second_run_posts_nothing(books: Engine) -> None:
    found = posted(books, 5)
    assert len(found.vouchers()) == 5
    again = found.post_all(by="bookkeeper", is_automatic=True)
    assert (again.posted, again.refused) == ((), ())
    assert (count(books, "posted_vouchers"), count(books, "reviews")) == (5, 5)


def test_only_approved_rules_review_by_themselves(books: Engine) -> None:
    found = desk(books, [draft(1)], approved_by="")
    assert found.post_all(by="bookkeeper", is_automatic=True).posted == ()
    assert [each.state for each in found.work()] == ["draft"]


def test_nobody_reviews_what_they_made(books: Engine) -> None:
    found = desk(books, [draft(1)])
    with pytest.raises(DecisionRefused) as refused:
        found.approve([draft(1).draft_id], by="Controller")
    assert "Controller made draft" in reason(refused.value)
    assert count(books, "reviews") == 0


def test_a_document_that_changed_since_review_is_a_stale_draft(books: Engine) -> None:
    before = desk(books, [draft(1)])
    before.approve([draft(1).draft_id], by="checker")
    after = desk(books, [draft(1, "101.00")])
    assert [each.state for each in after.work()] == ["stale"]
    with pytest.raises(DecisionRefused) as refused:
        after.post([draft(1).draft_id], by="bookkeeper")
    assert "changed since checker reviewed it" in reason(refused.value)
    after.approve([draft(1).draft_id], by="checker")
    assert after.post([draft(1).draft_id], by="bookkeeper").posted[0].debit == Decimal("101.00")


def test_two_people_post_the_same_draft(books: Engine) -> None:
    one, other = desk(books, [draft(1)]), desk(books, [draft(1)])
    one.approve([draft(1).draft_id], by="checker")
    one.post([draft(1).draft_id], by="first")
    with pytest.raises(DecisionRefused) as refused:
        other.post([draft(1).draft_id], by="second")
    assert "was posted already as C1/GL/2025-03/转-1 by first" in reason(refused.value)
    assert count(books, "posted_vouchers") == 1


def test_nothing_of_a_list_is_posted_where_one_is_refused(books: Engine) -> None:
    found = desk(books, [draft(1), draft(2)])
    found.approve([draft(1).draft_id], by="checker")
    with pytest.raises(DecisionRefused) as refused:
        found.post([draft(1).draft_id, draft(2).draft_id], by="bookkeeper")
    assert "not reviewed yet" in reason(refused.value)
    assert count(books, "posted_vouchers") == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fault": "incomplete"}, "a dimension that the account requires is missing"),
        ({"fault": "ambiguous"}, "the ledger holds a voucher that may be this one"),
        ({"lines": (line(1, "debit", "1403", "1"), line(2, "credit", "2202", "2"))}, "do not balance"),
        ({"lines": ()}, "has no lines"),
        ({"sources": ()}, "has no lines, source"),
    ],
)
def test_what_is_no_voucher_is_refused_with_a_sentence(
    changes: dict[str, object], told: str, tmp_path: Path
) -> None:
    found = desk(sqlite(tmp_path), [draft(1, **changes)])  # type: ignore[arg-type]
    with pytest.raises(DecisionRefused) as refused:
        found.approve([draft(1).draft_id], by="checker")
    assert told in reason(refused.value)
    outcome = found.post_all(by="bookkeeper", is_automatic=True)
    assert outcome.posted == ()


def test_rejected_drafts_wait_until_somebody_approves_them(tmp_path: Path) -> None:
    found = desk(sqlite(tmp_path), [draft(1)])
    with pytest.raises(DecisionRefused, match="give a reason"):
        found.reject([draft(1).draft_id], by="checker", reason=" ")
    found.reject([draft(1).draft_id], by="checker", reason="wrong supplier")
    assert found.post_all(by="bookkeeper", is_automatic=True).posted == ()
    with pytest.raises(DecisionRefused, match="rejected by checker, reason: wrong supplier"):
        found.post([draft(1).draft_id], by="bookkeeper")
    found.approve([draft(1).draft_id], by="head")
    assert len(found.post([draft(1).draft_id], by="bookkeeper").posted) == 1


def test_the_cashier_signs_where_the_policy_says_so(tmp_path: Path) -> None:
    policy = Policy("cashier_signature", "", "C1", "required")
    found = desk(sqlite(tmp_path), [cash(1), draft(2)], policies=[policy])
    done = found.post_all(by="bookkeeper", is_automatic=True)
    assert [each.document_no for each in done.posted] == ["FP2"]
    assert [each.key for each in done.refused] == ["voucher_not_signed"]
    with pytest.raises(DecisionRefused, match="controller made draft"):
        found.sign([cash(1).draft_id], by="controller")
    found.sign([cash(1).draft_id], by="cashier")
    with pytest.raises(DecisionRefused, match="cashier signed as cashier and may not post"):
        found.post([cash(1).draft_id], by="cashier")
    done = found.post([cash(1).draft_id], by="bookkeeper")
    assert done.posted[0].cashier == "cashier"
    with pytest.raises(DecisionRefused, match="was posted already"):
        found.sign([draft(2).draft_id], by="cashier")


def test_a_cashier_does_not_review(tmp_path: Path) -> None:
    found = desk(sqlite(tmp_path), [cash(1), draft(2)])
    found.sign([cash(1).draft_id], by="Wang")
    with pytest.raises(DecisionRefused, match="cashier and reviewer are different people"):
        found.approve([cash(1).draft_id], by="wang")
    with pytest.raises(DecisionRefused, match="moves neither cash nor bank"):
        found.sign([draft(2).draft_id], by="Wang")


def test_unknown_drafts_and_nameless_people_are_refused(tmp_path: Path) -> None:
    found = desk(sqlite(tmp_path), [draft(1)])
    with pytest.raises(DecisionRefused, match="there is no draft nothing"):
        found.approve(["nothing"], by="checker")
    with pytest.raises(DecisionRefused, match="nobody is named"):
        found.approve([draft(1).draft_id], by="  ")


def test_a_newer_snapshot_stops_posting(tmp_path: Path) -> None:
    found = desk(sqlite(tmp_path), [draft(1)], is_current=lambda: False)
    with pytest.raises(DecisionRefused, match="a new snapshot was published"):
        found.post_all(by="bookkeeper", is_automatic=True)


def test_a_document_line_is_booked_once_whatever_the_voucher_is_called(books: Engine) -> None:
    posted(books, 1)
    name = "purchase_invoice:erp:C1:purchase_invoices,1:2025-3"
    again = replace(draft(1, "100.00"), draft_id=f"{name}b", root_id=f"{name}b")
    found = desk(books, [draft(1), again])
    (blue,) = [each.draft for each in found.work() if each.state == "draft"]
    assert (blue.kind, blue.correction_no, blue.corrects_voucher_id) == ("blue", 1, "C1/GL/2025-03/转-1")
    found.approve([blue.draft_id], by="checker")
    with pytest.raises(DecisionRefused, match="books it already and is not cancelled yet"):
        found.post([blue.draft_id], by="bookkeeper")
    with pytest.raises(sa.exc.IntegrityError), books.begin() as connection:
        connection.exec_driver_sql(
            "insert into posted_sources select 'x', source_id, document_entity, line_id, company_code, "
            "ledger_code, event, fiscal_year, period_no, correction_no, is_reversal from posted_sources"
        )


@pytest.mark.parametrize(
    "statement",
    [
        f"{change}"
        for table in (
            "posted_vouchers", "posted_voucher_lines", "posted_sources", "reviews", "period_states",
            "reversal_requests",
        )
        for change in (f"delete from {table}", f"update {table} set {{}} = {{}}")
    ],
)  # fmt: skip
def test_the_database_itself_keeps_what_was_decided(books: Engine, statement: str) -> None:
    found = posted(books, 1)
    found.reverse("C1/GL/2025-03/转-1", by="clerk", reason="wrong")
    found.decide_period("C1", 2025, 1, "sales", "closed", by="head")
    table = statement.split()[1] if statement.startswith("update") else statement.split()[2]
    column = {
        "posted_vouchers": "event", "posted_voucher_lines": "summary", "posted_sources": "event",
    }.get(table, "decided_by" if table != "nothing" else "")  # fmt: skip
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), books.begin() as connection:
        connection.exec_driver_sql(statement.format(column, column))
    assert verify_books(books).faults == ()


def test_amounts_are_exact_beyond_what_a_floating_point_number_holds(books: Engine) -> None:
    found = desk(books, [draft(1, "12345678901234.5678")])
    found.post_all(by="bookkeeper", is_automatic=True)
    (voucher,) = found.vouchers()
    assert voucher.debit == Decimal("12345678901234.5678")
    assert [each.amount for each in found.content(voucher.voucher_id).lines] == [
        Decimal("12345678901234.5678"), Decimal("-12345678901234.5678"),
    ]  # fmt: skip
