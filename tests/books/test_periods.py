"""Periods are opened, held and closed by module; what is closed stays as it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bridgebook.books.audit import entries
from bridgebook.books.expected import Expected, Unposted
from bridgebook.books.vouchers import VoucherDesk
from bridgebook.errors import DecisionRefused
from tests.books.store import PERIODS, desk, draft, posted, reason, sqlite

MARCH = ("C1", 2025, 3)
NAME = draft(1).draft_id


def test_nothing_is_posted_into_a_closed_or_held_period(books: Engine) -> None:
    found = desk(books, [draft(1)])
    found.approve([NAME], by="checker")
    found.decide_period(*MARCH, "purchasing", "hold", by="head")
    with pytest.raises(DecisionRefused) as refused:
        found.post([NAME], by="bookkeeper")
    assert "purchasing of period 2025-03 is on hold" in reason(refused.value)
    found.decide_period(*MARCH, "purchasing", "open", by="head")
    found.decide_period(*MARCH, "sales", "closed", by="head")
    assert found.post([NAME], by="bookkeeper").posted[0].period_no == 3


def test_what_comes_after_the_close_is_dated_in_the_next_open_period(books: Engine) -> None:
    empty = desk(books, [])
    empty.decide_period(*MARCH, "general_ledger", "closed", by="head")
    found = desk(books, [draft(1)])
    assert [each.draft.posting_date for each in found.work()] == [date(2025, 4, 1)]
    (voucher,) = found.post_all(by="bookkeeper", is_automatic=True).posted
    assert (voucher.voucher_id, voucher.voucher_date) == ("C1/GL/2025-04/转-1", date(2025, 3, 5))


def test_a_period_closed_between_reading_and_posting_is_refused(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    found = desk(books, [draft(1)])
    work = found.work

    def work_then_close() -> object:
        drafts = work()
        desk(books, []).decide_period(*MARCH, "general_ledger", "closed", by="head")
        return drafts

    found.work = work_then_close  # type: ignore[assignment]
    outcome = found.post_all(by="bookkeeper", is_automatic=True)
    assert (outcome.posted, [each.key for each in outcome.refused]) == ((), ["voucher_period_closed"])


def test_closing_names_what_is_left(books: Engine) -> None:
    unposted = Unposted("C1", "GL", 2025, 3, "sales_invoice", 4, Decimal("12.50"))
    expected = Expected(None, (draft(1),), PERIODS, (unposted,), charts={("C1", "GL"): "chart"})
    found = VoucherDesk(books, expected)
    with pytest.raises(DecisionRefused) as refused:
        found.decide_period(*MARCH, "general_ledger", "closed", by="head")
    told = reason(refused.value)
    assert "1 drafts that are not posted, 100.00 in all" in told
    assert "4 document lines without voucher, 12.50 in all" in told
    with pytest.raises(DecisionRefused, match="4 document lines"):
        found.decide_period(*MARCH, "sales", "closed", by="head")
    found.decide_period(*MARCH, "cash", "closed", by="head")


def test_reopening_needs_a_reason_and_a_second_person_and_is_logged(books: Engine) -> None:
    found = posted(books, 1)
    found.decide_period(*MARCH, "general_ledger", "closed", by="head")
    for more, told in (
        ({"second": "director"}, "needs a reason"),
        ({"reason": "late invoice"}, "needs a second person"),
        ({"reason": "late invoice", "second": " HEAD "}, "the second person cannot be head as well"),
    ):
        with pytest.raises(DecisionRefused) as refused:
            found.decide_period(*MARCH, "general_ledger", "open", by="head", **more)
        assert told in reason(refused.value)
    found.decide_period(*MARCH, "general_ledger", "open", by="head", reason="late invoice", second="director")
    last = list(entries(books))[-1]
    assert (last.action, last.actor) == ("period_state", "head")
    assert '"second_person":"director"' in last.content
    assert '"reason":"late invoice"' in last.content


def test_unknown_periods_and_modules_and_those_of_the_source_are_told(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    closed = tuple(replace(each, is_closed=each.period_no == 3) for each in PERIODS)
    found = desk(books, [], periods=closed)
    for period, module, told in (
        (("C9", 2025, 3), "cash", "company C9 has no period 2025-03"),
        (("C1", 2025, 4), "bank", "there is no module bank"),
        (MARCH, "cash", "is closed in the finance system"),
    ):
        with pytest.raises(DecisionRefused) as refused:
            found.decide_period(*period, module, "hold", by="head")
        assert told in reason(refused.value)
    found.decide_period("C1", 2025, 4, "cash", "hold", by="head")
    with pytest.raises(DecisionRefused, match="is on hold already"):
        found.decide_period("C1", 2025, 4, "cash", "hold", by="head")


def test_without_an_open_period_nothing_is_posted(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    closed = tuple(replace(each, is_closed=True) for each in PERIODS)
    found = desk(books, [draft(1)], periods=closed)
    found.approve([NAME], by="checker")
    with pytest.raises(DecisionRefused) as refused:
        found.post([NAME], by="bookkeeper")
    assert "no open period follows" in reason(refused.value)
    outside = desk(books, [draft(2, day=date(2031, 1, 1))])
    outcome = outside.post_all(by="bookkeeper", is_automatic=True)
    assert [each.key for each in outcome.refused] == ["voucher_no_period"]
