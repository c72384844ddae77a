"""Who may say what about a finding, on SQLite and PostgreSQL, and for which content it holds."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bridgebook.books.audit import entries, verify
from bridgebook.books.findings import Evidence, FindingDesk, Found, standing
from bridgebook.books.store import open_store, store_url
from bridgebook.errors import DecisionRefused, ExitCode

FOUND = Found("f1", "wrong_amount", Decimal("50.0000"), Decimal("600.0000"), owner="payables")


@pytest.fixture
def desk(books: Engine) -> FindingDesk:
    return FindingDesk(books)


@pytest.fixture
def light(tmp_path: Path) -> FindingDesk:
    """Return a desk on SQLite, for what does not depend on the database."""
    return FindingDesk(open_store(store_url(tmp_path)))


def refusal(found: pytest.ExceptionInfo[DecisionRefused]) -> str:
    assert found.value.exit_code == ExitCode.REFUSED
    assert all(line and "{" not in line for line in found.value.sentence("zh").splitlines())
    return found.value.sentence("en")


def test_a_verdict_says_who_when_why_and_is_sealed(desk: FindingDesk, books: Engine) -> None:
    proof = Evidence("contract.pdf", "ab" * 32)
    desk.decide("accepted", [FOUND], by=" Wang  Li ", reason=" agreed 已约定 ", evidence=proof)
    said = desk.decided()["f1"]
    assert (said.state, said.reason, said.decided_by) == ("accepted", "agreed 已约定", "Wang Li")
    assert said.evidence == f"contract.pdf (sha256 {'ab' * 32})"
    assert standing(FOUND, desk.decided()).state == "accepted"
    assert [(e.actor, e.action, e.subject) for e in entries(books)] == [("Wang Li", "finding_accepted", "f1")]
    assert verify(books).broken is None


@pytest.mark.parametrize(
    "now",
    [
        replace(FOUND, amount=Decimal("50.01")),
        replace(FOUND, expected_amount=Decimal("600.01")),
        replace(FOUND, finding_class="missing"),
    ],
)
def test_a_verdict_holds_for_the_content_it_was_made_on(light: FindingDesk, now: Found) -> None:
    light.decide("explained", [FOUND], by="a", reason="known")
    assert standing(replace(FOUND, amount=Decimal("50")), light.decided()).state == "explained"
    found = standing(now, light.decided())
    assert (found.state, found.is_outdated) == ("open", True)
    light.decide("explained", [now], by="b", reason="still known")
    assert standing(now, light.decided()).state == "explained"


def test_what_was_corrected_and_comes_back_is_open_again(light: FindingDesk) -> None:
    light.decide("corrected", [FOUND], by="a", reason="booked anew")
    later = replace(FOUND, reappeared_at="2999-01-01 00:00:00")
    assert (standing(later, light.decided()).state, standing(FOUND, light.decided()).state) == (
        "open",
        "corrected",
    )


def test_an_owner_stays_when_somebody_decides_and_a_verdict_when_somebody_is_named(
    light: FindingDesk,
) -> None:
    assert standing(FOUND, {}).owner == "payables"
    light.assign([FOUND], by="a", owner=" Zhao  Min ")
    assert (standing(FOUND, light.decided()).state, standing(FOUND, light.decided()).owner) == (
        "open",
        "Zhao Min",
    )
    light.decide("explained", [FOUND], by="b", reason="known")
    light.assign([FOUND], by="a", owner="Sun")
    found = standing(FOUND, light.decided())
    assert (found.state, found.owner) == ("explained", "Sun")
    assert found.decision is not None
    assert (found.decision.reason, found.decision.decided_by) == ("known", "b")


def test_reopened_is_open_and_may_be_decided_again(light: FindingDesk) -> None:
    with pytest.raises(DecisionRefused) as refused:
        light.reopen([FOUND], by="a", reason="why")
    assert "nothing was decided" in refusal(refused)
    light.decide("accepted", [FOUND], by="a", reason="r", evidence=Evidence("e"))
    with pytest.raises(DecisionRefused) as refused:
        light.decide("explained", [FOUND], by="b", reason="r")
    assert "a accepted it already at 20" in refusal(refused)
    light.reopen([FOUND], by="b", reason="not so")
    assert standing(FOUND, light.decided()).state == "open"
    light.decide("explained", [FOUND], by="c", reason="r")
    with pytest.raises(DecisionRefused) as refused:
        light.decide("explained", [FOUND], by="d", reason="r")
    assert "c explained it already" in refusal(refused)
    light.decide("corrected", [FOUND], by="d", reason="r")
    assert standing(FOUND, light.decided()).state == "corrected"


def test_what_is_no_decision_is_refused(light: FindingDesk) -> None:
    unproven, gone = replace(FOUND, is_unproven=True), replace(FOUND, finding_id="f2", is_gone=True)
    proof = Evidence("mail of 3 May")
    refused_with = {
        "accepting needs evidence": lambda: light.decide("accepted", [FOUND], by="a", reason="r"),
        "incomplete data": lambda: light.decide("accepted", [unproven], by="a", reason="r", evidence=proof),
        "has disappeared": lambda: light.decide("explained", [FOUND, gone], by="a", reason="r"),
        "nobody is named": lambda: light.decide("explained", [FOUND], by=" ", reason="r"),
        "no reason": lambda: light.decide("explained", [FOUND], by="a", reason=" "),
        "no owner": lambda: light.assign([FOUND], by="a", owner=" ", reason="r"),
    }
    for words, act in refused_with.items():
        with pytest.raises(DecisionRefused) as refused:
            act()
        assert words in refusal(refused)
    assert light.decided() == {}
    light.decide("explained", [unproven], by="a", reason="r")
    assert standing(unproven, light.decided()).state == "explained"
    assert standing(unproven, {}).state == "unproven"
    assert standing(gone, light.decided()).state == "disappeared"
