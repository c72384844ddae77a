"""Who may decide what about master codes, on SQLite and PostgreSQL, and which sentence refuses the rest."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bridgebook.books.audit import entries, verify
from bridgebook.books.mappings import Code, Mapped, Proposal
from bridgebook.books.masters import Desk, Known
from bridgebook.books.store import open_store, store_url
from bridgebook.errors import DecisionRefused, ExitCode


@pytest.fixture
def desk(books: Engine) -> Desk:
    return Desk(books, "sap")


@pytest.fixture
def light(tmp_path: Path) -> Desk:
    """Return a desk on SQLite, for what does not depend on the database."""
    return Desk(open_store(store_url(tmp_path)), "sap")


def vendor(
    code: str = "V1", master: str = "100001", source: str = "u8", first: str = "", last: str = ""
) -> Proposal:
    days = (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
    mapped = Mapped(Code("partners", source, "supplier", code), master, *days)
    return Proposal(mapped, Decimal("0.9500"), "名称相同", "same name")


def refusal(found: pytest.ExceptionInfo[DecisionRefused]) -> str:
    assert found.value.exit_code == ExitCode.REFUSED
    assert all(line and "{" not in line for line in found.value.sentence("zh").splitlines())
    return found.value.sentence("en")


def test_an_approved_proposal_stands_and_says_who_when_and_why(desk: Desk, books: Engine) -> None:
    desk.approve([vendor(), vendor("V2", "100002")], by="  controller ", reason="checked 核对")
    decided = desk.decided()
    assert [(m.code.source_code, m.master_code, m.approved_by) for m in decided.mappings] == [
        ("V1", "100001", "controller"),
        ("V2", "100002", "controller"),
    ]
    decision = decided.last[vendor().id]
    assert (decision.action, decision.reason) == ("master_approved", "checked 核对")
    assert (decision.proposal.confidence, decision.proposal.evidence_zh) == (Decimal("0.9500"), "名称相同")
    assert next((e.actor, e.action, e.subject) for e in entries(books)) == (
        "controller",
        "master_approved",
        vendor().id,
    )
    assert verify(books).broken is None
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), books.begin() as connection:
        connection.exec_driver_sql("update audit_log set actor = 'nobody'")


def test_approving_twice_is_refused_and_names_who_did(desk: Desk) -> None:
    desk.approve([vendor()], by="first")
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor()], by="second")
    assert "partners supplier u8:V1 → 100001 was approved already, by first at 20" in refusal(refused)


def test_two_people_at_once_approve_once(desk: Desk, books: Engine) -> None:
    def approve(number: int) -> bool:
        try:
            desk.approve([vendor()], by=f"person {number}")
        except DecisionRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(approve, range(6)))
    assert done.count(True) == 1
    assert len(list(entries(books))) == 1


def test_a_list_is_recorded_as_a_whole_or_not_at_all(desk: Desk) -> None:
    desk.approve([vendor("V3", "100003")], by="a")
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor("V4", "100004"), vendor("V3", "100009")], by="a")
    assert "V3" in refusal(refused)
    assert "V4" not in refusal(refused)
    assert len(desk.decided().mappings) == 1


def test_two_masters_for_one_code_are_refused_unless_their_days_are_apart(desk: Desk) -> None:
    desk.approve([vendor(master="100001", last="2025-06-30")], by="a")
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor(master="100002", first="2025-06-30")], by="a")
    words = "cannot have two master codes at the same time: 100002 now, but partners supplier u8:V1 → 100001"
    assert words in refusal(refused)
    desk.approve([vendor(master="100002", first="2025-07-01")], by="a")
    assert len(desk.decided().mappings) == 2
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor("V9", "1"), vendor("V9", "2")], by="a")
    assert "u8:V9 cannot have two master codes" in refusal(refused)


def test_nobody_approves_their_own_proposal(desk: Desk) -> None:
    desk.propose([vendor(master="100005")], by="Wang Li")
    assert desk.decided().state(vendor(master="100005").id) == "waiting"
    assert desk.decided().mappings == ()
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor(master="100005")], by=" wang  li")
    assert "another person has to approve it" in refusal(refused)
    with pytest.raises(DecisionRefused) as refused:
        desk.propose([vendor(master="100005")], by="other")
    assert "was proposed already by Wang Li" in refusal(refused)
    desk.approve([vendor(master="100005")], by="Zhao")
    assert [m.approved_by for m in desk.decided().mappings] == ["Zhao"]
    assert desk.decided().last[vendor(master="100005").id].proposal.proposed_by == "Wang Li"


def test_rejected_and_withdrawn(desk: Desk) -> None:
    desk.reject([vendor()], by="a", reason="another party")
    assert desk.decided().state(vendor().id) == "rejected"
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor()], by="b")
    assert "was rejected by a at" in refusal(refused)
    desk.propose(
        [vendor()],
        by="c",
    )
    desk.approve([vendor()], by="d")
    with pytest.raises(DecisionRefused):
        desk.withdraw([vendor().id], by="e", reason=" ")
    desk.withdraw([vendor().id], by="e", reason="wrong")
    assert desk.decided().mappings == ()
    with pytest.raises(DecisionRefused) as refused:
        desk.withdraw([vendor().id], by="e", reason="again")
    assert "is no approved mapping" in refusal(refused)
    desk.approve([vendor()], by="f")
    assert len(desk.decided().mappings) == 1


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (("sap", "100001", "100002"), ("sap", "100002", "100001"), "would make a cycle"),
        (("sap", "100001", "100002"), ("u8", "V1", "100001"), "is itself mapped to 100002"),
        (("u8", "V1", "100001"), ("sap", "100001", "100002"), "because another code is mapped to it"),
        (("u8", "V1", "100001"), ("sap", "100002", "100002"), "is its own master code already"),
    ],
)
def test_a_master_code_is_an_end(
    light: Desk, first: tuple[str, str, str], second: tuple[str, str, str], reason: str
) -> None:
    light.approve([vendor(first[1], first[2], first[0])], by="a")
    with pytest.raises(DecisionRefused) as refused:
        light.approve([vendor(second[1], second[2], second[0])], by="a")
    assert reason in refusal(refused)


def test_what_is_no_decision_is_refused(light: Desk) -> None:
    shapeless = {
        "there is no entity": Proposal(Mapped(Code("vendors", "u8", "", "V1"), "1")),
        "a partner needs its kind": Proposal(Mapped(Code("partners", "u8", "", "V1"), "1")),
        "no master code to map to": Proposal(Mapped(Code("items", "u8", "", "SP1"), "")),
        "the first day is after the last": vendor(first="2025-02-01", last="2025-01-01"),
    }
    for words, proposal in shapeless.items():
        with pytest.raises(DecisionRefused) as refused:
            light.approve([proposal], by="a")
        assert words in refusal(refused)
    with pytest.raises(DecisionRefused) as refused:
        light.approve([vendor()], by="  ")
    assert "nobody is named" in refusal(refused)
    assert light.decided().mappings == ()


def test_a_proposal_names_codes_that_exist(light: Desk) -> None:
    known = Known(
        {("partners", "u8", "supplier"): frozenset({"V1"})}, {("partners", "supplier"): frozenset({"100001"})}
    )
    light.propose([vendor()], by="a", known=known)
    for proposal, words in (
        (vendor("V2"), "u8:V2: the current snapshot has no such code"),
        (vendor("V1", "7"), 'has no master code "7"'),
    ):
        with pytest.raises(DecisionRefused) as refused:
            light.propose([proposal], by="a", known=known)
        assert words in refusal(refused)
    light.propose([vendor("V1", "7")], by="a", known=replace(known, masters={}))


def test_mappings_of_rule_files_stand_too(tmp_path: Path) -> None:
    rule = replace(vendor(master="100009").mapped, place="rules/master_map.csv:2")
    desk = Desk(open_store(store_url(tmp_path)), "sap", [rule])
    with pytest.raises(DecisionRefused) as refused:
        desk.approve([vendor()], by="a")
    assert "100009 stands (.., rules/master_map.csv:2)" in refusal(refused)
