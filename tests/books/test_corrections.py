"""Documents that change, vanish or are reversed after posting: red and blue drafts by the year's policy."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bridgebook.books.chain import verify_books
from bridgebook.books.expected import Expected
from bridgebook.books.policies import Policy
from bridgebook.books.voucher import Draft
from bridgebook.books.vouchers import VoucherDesk, WorkDraft
from bridgebook.errors import DecisionRefused
from tests.books.store import PERIODS, desk, draft, posted, reason, sqlite

NAME = draft(1).draft_id
YEAR_CLOSED = tuple(replace(each, is_closed=True) if each.fiscal_year == 2025 else each for each in PERIODS)


def waiting(found: VoucherDesk) -> list[WorkDraft]:
    return [each for each in found.work() if each.state != "posted"]


def post_all(found: VoucherDesk) -> list[str]:
    names = [each.draft.draft_id for each in waiting(found)]
    found.approve(names, by="checker")
    return [each.voucher_id for each in found.post(names, by="bookkeeper").posted]


def balances(found: VoucherDesk) -> dict[str, Decimal]:
    """Return account -> debit less credit over all posted vouchers, without zeros."""
    sums: dict[str, Decimal] = {}
    for voucher in found.vouchers():
        for line in found.content(voucher.voucher_id).lines:
            sums[line.account_code] = sums.get(line.account_code, Decimal(0)) + line.amount
    return {account: amount for account, amount in sums.items() if amount}


def test_a_changed_document_yields_red_and_blue(books: Engine) -> None:
    posted(books, 1)
    found = desk(books, [draft(1, "130.00")])
    red, blue = (each.draft for each in waiting(found))
    assert (red.draft_id, red.kind, red.corrects_voucher_id) == (f"{NAME}#red0", "red", "C1/GL/2025-03/转-1")
    assert [(each.side, each.debit, each.credit, each.account_code) for each in red.lines] == [
        ("debit", Decimal("-100"), Decimal("0"), "1403"),
        ("credit", Decimal("0"), Decimal("-100"), "2202"),
    ]
    assert {each.summary for each in red.lines} == {"注销3月5日转字1号凭证"}
    assert (blue.draft_id, blue.kind, blue.correction_no) == (f"{NAME}#blue1", "blue", 1)
    assert blue.lines[0].summary == "订正3月5日转字1号凭证 采购入库 1"
    assert not red.is_automatic
    assert found.post_all(by="bookkeeper", is_automatic=True).posted == ()
    found.approve([blue.draft_id], by="checker")
    with pytest.raises(DecisionRefused) as refused:
        found.post([blue.draft_id], by="bookkeeper")
    assert "is not cancelled yet; approve and post its red voucher first" in reason(refused.value)
    found.approve([red.draft_id], by="checker")
    found.post([red.draft_id, blue.draft_id], by="bookkeeper")
    assert [(each.voucher_no, each.kind, each.correction_no) for each in found.vouchers()] == [
        (1, "normal", 0), (2, "red", 0), (3, "blue", 1),
    ]  # fmt: skip
    assert balances(found) == {"1403": Decimal(130), "2202": Decimal(-130)}
    assert waiting(found) == []
    assert verify_books(books).faults == ()


def test_a_document_may_change_again_and_vanish(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    for amount in ("130.00", "90.00"):
        found = desk(books, [draft(1, amount)])
        assert len(post_all(found)) == 2
        assert balances(found) == {"1403": Decimal(amount), "2202": -Decimal(amount)}
    gone = desk(books, [])
    assert [each.draft.kind for each in waiting(gone)] == ["red"]
    assert post_all(gone) == ["C1/GL/2025-03/转-6"]
    assert balances(gone) == {}
    assert waiting(gone) == []
    back = desk(books, [draft(1, "90.00")])
    assert [each.draft.kind for each in waiting(back)] == ["blue"]
    assert len(post_all(back)) == 1
    assert balances(back) == {"1403": Decimal(90), "2202": Decimal(-90)}


def test_a_correction_is_stale_where_the_document_changes_once_more(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    desk(books, [draft(1, "130.00")]).approve([f"{NAME}#red0", f"{NAME}#blue1"], by="checker")
    found = desk(books, [draft(1, "140.00")])
    assert {each.state for each in waiting(found)} == {"stale"}
    with pytest.raises(DecisionRefused, match="changed since checker reviewed it"):
        found.post([f"{NAME}#red0", f"{NAME}#blue1"], by="bookkeeper")


def test_a_document_that_only_waits_is_not_gone(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    held = frozenset({("purchase_invoice", "purchase_invoices", "1")})
    found = VoucherDesk(books, Expected(None, (), PERIODS, held_back=held))
    assert waiting(found) == []


def test_another_wording_alone_corrects_nothing(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    lines = tuple(each._replace(summary="renamed") for each in draft(1).lines)
    assert waiting(desk(books, [draft(1, lines=lines, content_hash="other")])) == []


def test_an_earlier_year_gets_the_difference_in_blue(books: Engine) -> None:
    posted(books, 1)
    found = desk(books, [draft(1, "70.00")], periods=YEAR_CLOSED)
    (work,) = waiting(found)
    blue = work.draft
    assert (blue.draft_id, blue.kind, blue.posting_date) == (f"{NAME}#difference1", "blue", date(2026, 1, 1))
    assert [(each.side, each.debit, each.credit, each.account_code) for each in blue.lines] == [
        ("credit", Decimal("0"), Decimal("30"), "1403"),
        ("debit", Decimal("30"), Decimal("0"), "2202"),
    ]
    assert post_all(found) == ["C1/GL/2026-01/转-1"]
    assert balances(found) == {"1403": Decimal(70), "2202": Decimal(-70)}
    assert waiting(found) == []
    gone = desk(books, [], periods=YEAR_CLOSED)
    assert post_all(gone) == ["C1/GL/2026-01/转-2"]
    assert (balances(gone), waiting(gone)) == ({}, [])
    assert verify_books(books).faults == ()


def test_the_policy_decides_how_a_year_is_corrected(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    within = Policy("correction_same_year", "", "C1", "difference")
    found = desk(books, [draft(1, "70.00")], policies=[within])
    assert [each.draft.draft_id for each in waiting(found)] == [f"{NAME}#difference1"]
    across = Policy("correction_earlier_year", "", "C1", "red_and_blue")
    found = desk(books, [draft(1, "70.00")], policies=[across], periods=YEAR_CLOSED)
    assert [each.draft.kind for each in waiting(found)] == ["red", "blue"]


def test_a_reversal_by_hand_is_reviewed_by_another_person(books: Engine) -> None:
    found = posted(books, 2)
    work = found.reverse("C1/GL/2025-03/转-2", by="clerk", reason="posted by mistake")
    assert (work.draft.kind, work.draft.maker, work.state) == ("red", "clerk", "draft")
    with pytest.raises(DecisionRefused) as refused:
        found.approve([work.draft.draft_id], by="Clerk")
    assert "made draft" in reason(refused.value)
    with pytest.raises(DecisionRefused, match="waits for review already"):
        found.reverse("C1/GL/2025-03/转-2", by="clerk", reason="again")
    found.approve([work.draft.draft_id], by="checker")
    found.post([work.draft.draft_id], by="bookkeeper")
    red = found.vouchers()[-1]
    assert (red.prepared_by, red.corrects_voucher_id) == ("clerk", "C1/GL/2025-03/转-2")
    assert balances(found) == {"1403": Decimal(100), "2202": Decimal(-100)}
    with pytest.raises(DecisionRefused, match="is cancelled already"):
        found.reverse("C1/GL/2025-03/转-2", by="clerk", reason="again")
    with pytest.raises(DecisionRefused, match="there is no posted voucher"):
        found.reverse("C1/GL/2025-03/转-9", by="clerk", reason="again")
    assert [each.draft.kind for each in waiting(found)] == ["blue"]  # its document still stands
    assert found.post_all(by="bookkeeper", is_automatic=True).posted == ()
    assert verify_books(books).faults == ()


def test_a_reversal_in_a_later_year_turns_the_sides(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    found = desk(books, [draft(1)], periods=YEAR_CLOSED)
    lines = found.reverse("C1/GL/2025-03/转-1", by="clerk", reason="wrong").draft.lines
    assert [(each.side, each.debit or each.credit) for each in lines] == [
        ("credit", Decimal(100)), ("debit", Decimal(100)),
    ]  # fmt: skip


def later(number: int) -> Draft:
    """Return the voucher of the same document line under another name, as a changed date gives it."""
    made = draft(number)
    return replace(made, draft_id=f"{NAME}+", root_id=f"{NAME}+", voucher_date=date(2025, 3, 9))


def test_a_document_dated_anew_is_cancelled_and_booked_again(books: Engine) -> None:
    posted(books, 1)
    found = desk(books, [later(1)])
    red, blue = (each.draft for each in waiting(found))
    assert (red.kind, blue.kind, blue.correction_no) == ("red", "blue", 1)
    assert len(post_all(found)) == 2
    assert balances(found) == {"1403": Decimal(100), "2202": Decimal(-100)}
    assert waiting(found) == []


def test_what_ended_a_period_is_not_corrected_when_the_ledger_holds_it(books: Engine) -> None:
    """It is worked out from the ledger: booked there, nothing is left to ask for."""
    asked = replace(draft(1), document_entity="periods", event="profit_transfer")
    desk(books, [asked]).post_all(by="bookkeeper", is_automatic=True)
    assert waiting(desk(books, [])) == []


def test_what_is_left_beside_a_posted_period_end_waits_for_a_person(books: Engine) -> None:
    """While ours is on its way, what is asked for holds it too: posting both would book it twice."""
    asked = replace(draft(1), document_entity="periods", event="profit_transfer")
    done = desk(books, [asked]).post_all(by="bookkeeper", is_automatic=True)
    changed = replace(draft(1, "130.00"), document_entity="periods", event="profit_transfer")
    found = desk(books, [changed])
    assert [(each.draft.draft_id, each.state) for each in found.work()] == [(NAME, "ambiguous")]
    assert found.post_all(by="bookkeeper", is_automatic=True).posted == ()
    with pytest.raises(DecisionRefused) as refused:
        found.approve([NAME], by="checker")
    assert "is posted here already" in reason(refused.value)
    found.reverse(done.posted[0].voucher_id, by="bookkeeper", reason="more came")
    red = next(each.draft.draft_id for each in found.work() if each.draft.kind == "red")
    found.approve([red], by="checker")
    found.post([red], by="poster")
    assert [(each.draft.kind, each.draft.debit) for each in waiting(found)] == [("blue", Decimal("130.00"))]


def test_the_words_of_a_correction_are_the_ledgers_not_the_readers(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    rows = [Policy("voucher_language", "", "C1", "en"), Policy("voucher_language", "", "C2", "zh")]
    red, blue = (each.draft for each in waiting(desk(books, [draft(1, "130.00")], policies=rows)))
    assert {each.summary for each in red.lines} == {"Cancels voucher 转-1 of 3/5"}
    assert blue.lines[0].summary == "Corrects voucher 转-1 of 3/5 采购入库 1"


def test_a_voucher_posted_by_an_earlier_release_is_known_by_the_hash_it_made(tmp_path: Path) -> None:
    books = sqlite(tmp_path)
    desk(books, [draft(1, content_hash="7123")]).post_all(by="bookkeeper", is_automatic=True)
    same = draft(1, content_hash="2:9001", former_hash="7123")
    assert [each.state for each in desk(books, [same]).work()] == ["posted"]
    other = draft(1, "130.00", content_hash="2:9002", former_hash="7999")
    assert [each.draft.kind for each in waiting(desk(books, [other]))] == ["red", "blue"]
    assert verify_books(books).faults == ()


@pytest.mark.parametrize("name", ["tax_code", "partner_kind"])
def test_another_tax_code_or_kind_of_partner_is_a_change(tmp_path: Path, name: str) -> None:
    books = sqlite(tmp_path)
    posted(books, 1)
    lines = tuple(each._replace(**{name: "other"}) for each in draft(1).lines)
    changed = draft(1, lines=lines, content_hash="2:other")
    red, blue = (each.draft for each in waiting(desk(books, [changed])))
    assert {getattr(each, name) for each in red.lines} == {None}
    assert {getattr(each, name) for each in blue.lines} == {"other"}
