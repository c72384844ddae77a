"""Decide about findings of reconciliation: explained, corrected, accepted; each decision is an audit entry.

A decision holds for the content it was made on: where class or amount of the finding are others now, it is
open again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from bridgebook.books import audit
from bridgebook.errors import DecisionRefused, Problem

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from bridgebook.settings import Settings

Verdict = Literal["explained", "corrected", "accepted"]
FindingState = Literal["open", "explained", "corrected", "accepted", "disappeared", "unproven"]
VERDICTS: tuple[Verdict, ...] = ("explained", "corrected", "accepted")
STATES: tuple[FindingState, ...] = ("open", "unproven", *VERDICTS, "disappeared")
ASSIGNED, REOPENED = "finding_assigned", "finding_reopened"
ACTIONS = (*(f"finding_{verdict}" for verdict in VERDICTS), ASSIGNED, REOPENED)


@dataclass(frozen=True)
class Found:
    """A finding as the snapshot has it: what a decision is made on, and its state and owner there.

    Amounts are in company currency; `reappeared_at` (UTC, ISO) is when it came back after it was gone.
    """

    finding_id: str
    finding_class: str
    amount: Decimal
    expected_amount: Decimal = Decimal(0)
    is_gone: bool = False
    is_unproven: bool = False
    owner: str = ""
    reappeared_at: str = ""


@dataclass(frozen=True)
class Evidence:
    """What proves a decision: words, or the name and SHA-256 of a file that was laid beside the books."""

    words: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.words} (sha256 {self.sha256})" if self.sha256 else self.words


@dataclass(frozen=True)
class Verdicted:
    """The last word about a finding: None as `state` where it was opened again, or only got an owner."""

    finding_id: str
    state: Verdict | None
    finding_class: str
    amount: Decimal
    expected_amount: Decimal
    reason: str
    evidence: str
    owner: str
    decided_by: str
    decided_at: str

    def holds_for(self, found: Found) -> bool:
        """Tell whether it was made on what the finding is now.

        What was corrected and came back is not corrected, even with the same amount.
        """
        if self.state is None:
            return False
        content = (self.finding_class, self.amount, self.expected_amount)
        is_same = content == (found.finding_class, found.amount, found.expected_amount)
        came_back = bool(found.reappeared_at) and _moment(self.decided_at) < _moment(found.reappeared_at)
        return is_same and not (self.state == "corrected" and came_back)


Decided = Mapping[str, Verdicted]


@dataclass(frozen=True)
class Standing:
    """A finding's state and owner now, with the decision behind it; `is_outdated`: it was made on other
    content, so that the finding is open again.
    """

    state: FindingState
    owner: str
    decision: Verdicted | None = None
    is_outdated: bool = False


def standing(found: Found, decided: Decided) -> Standing:
    """Lay what was decided over a finding of the snapshot."""
    decision = decided.get(found.finding_id)
    owner = (decision.owner if decision else "") or found.owner
    if found.is_gone:
        return Standing("disappeared", owner, decision)
    undecided: FindingState = "unproven" if found.is_unproven else "open"
    if decision is None or decision.state is None:
        return Standing(undecided, owner, decision)
    if decision.holds_for(found):
        return Standing(decision.state, owner, decision)
    return Standing(undecided, owner, decision, is_outdated=True)


class FindingDesk:
    """Where findings are decided; holds the book store."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def decided(self) -> dict[str, Verdicted]:
        """Return the last word about every finding of which somebody said anything."""
        with self._engine.connect() as connection:
            return decided(connection)

    def decide(
        self,
        verdict: Verdict,
        found: Sequence[Found],
        *,
        by: str,
        reason: str,
        evidence: Evidence | None = None,
        owner: str = "",
    ) -> None:
        """Record a verdict about findings; all of them or, with DecisionRefused, none.

        What is accepted needs evidence, and tables that are complete.
        """
        proof = evidence or Evidence()
        with self._deciding(by, reason) as (connection, before):
            objections = [objection for each in found for objection in _against(verdict, each, before, proof)]
            _refuse(objections)
            for each in found:
                content = {"reason": reason.strip(), "evidence": str(proof), "sha256": proof.sha256}
                _record(connection, f"finding_{verdict}", each, by, content | _owned(owner))

    def assign(self, found: Sequence[Found], *, by: str, owner: str, reason: str = "") -> None:
        """Give findings to a person or a team; what was decided about them stays."""
        with self._deciding(by, reason or owner) as (connection, _):
            _refuse([] if owner.strip() else [Problem("-", "finding_owner_missing")])
            for each in found:
                _record(connection, ASSIGNED, each, by, {"reason": reason.strip()} | _owned(owner))

    def reopen(self, found: Sequence[Found], *, by: str, reason: str) -> None:
        """Take decisions back: the findings are open again."""
        with self._deciding(by, reason) as (connection, before):
            _refuse(
                [
                    Problem(each.finding_id, "finding_not_decided")
                    for each in found
                    if standing(each, before).state not in VERDICTS
                ]
            )
            for each in found:
                _record(connection, REOPENED, each, by, {"reason": reason.strip()})

    @contextmanager
    def _deciding(self, by: str, reason: str) -> Iterator[tuple[sa.Connection, Decided]]:
        """Give a transaction in which nobody else decides, and what was decided before."""
        missing = (("finding_nobody", by), ("finding_reason_missing", reason))
        _refuse([Problem("-", key) for key, words in missing if not words.strip()])
        with audit.writing(self._engine) as connection:
            yield connection, decided(connection)


def open_finding_desk(settings: "Settings") -> FindingDesk:
    """Open the desk of an installation."""
    from bridgebook.records import open_books

    return FindingDesk(open_books(settings))


def decided(connection: sa.Connection, until: str = "") -> dict[str, Verdicted]:
    """Replay the audit log's entries about findings; with `until` (UTC, ISO) those made by then."""
    found: dict[str, Verdicted] = {}
    for entry in audit.told(connection, ACTIONS):
        if until and entry.happened_at > until:
            break
        found[entry.subject] = _after(found.get(entry.subject), entry, json.loads(entry.content))
    return found


def _after(before: Verdicted | None, entry: audit.Entry, content: Mapping[str, str]) -> Verdicted:
    """Return the last word after one more entry."""
    owner = content.get("owner") or (before.owner if before else "")
    made_on = (content["finding_class"], Decimal(content["amount"]), Decimal(content["expected_amount"]))
    said = (content.get("reason", ""), content.get("evidence", ""), owner, entry.actor, entry.happened_at)
    if entry.action == ASSIGNED and before and before.state:
        kept = (before.reason, before.evidence, owner, before.decided_by, before.decided_at)
        was_made_on = (before.finding_class, before.amount, before.expected_amount)
        return Verdicted(entry.subject, before.state, *was_made_on, *kept)
    state = next((verdict for verdict in VERDICTS if entry.action == f"finding_{verdict}"), None)
    return Verdicted(entry.subject, state, *made_on, *said)


def _against(verdict: Verdict, found: Found, before: Decided, evidence: Evidence) -> list[Problem]:
    """Say why a verdict about a finding is refused."""
    now = standing(found, before)
    place, objections = found.finding_id, []
    if now.state == "disappeared":
        objections.append(Problem(place, "finding_disappeared"))
    if now.state == "accepted" or now.state == verdict:
        assert now.decision is not None
        who = (("who", now.decision.decided_by), ("at", now.decision.decided_at[:16].replace("T", " ")))
        objections.append(Problem(place, f"finding_already_{now.state}", who))
    if verdict == "accepted" and not evidence.words.strip():
        objections.append(Problem(place, "finding_evidence_missing"))
    if verdict == "accepted" and found.is_unproven:
        objections.append(Problem(place, "finding_unproven"))
    return objections


def _record(
    connection: sa.Connection, action: str, found: Found, by: str, content: Mapping[str, object]
) -> None:
    facts = {
        "finding_class": found.finding_class,
        "amount": str(found.amount),
        "expected_amount": str(found.expected_amount),
    }
    said = {name: value for name, value in content.items() if value}
    audit.add(
        connection,
        actor=" ".join(by.split()),
        action=action,
        subject=found.finding_id,
        content=facts | said,
    )


def _owned(owner: str) -> dict[str, str]:
    return {"owner": " ".join(owner.split())} if owner.strip() else {}


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise DecisionRefused(tuple(problems))


def _moment(words: str) -> str:
    """Return a UTC moment so that two of them compare as texts."""
    return words.replace(" ", "T")[:26]
