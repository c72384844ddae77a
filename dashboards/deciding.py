"""Decisions about master data for the workbench: rows of the snapshot with what was decided since, live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from bridgebook.books.mappings import Code, Mapped, Proposal
from bridgebook.books.masters import Decided, DecisionRefused, Desk, State, open_desk
from bridgebook.settings import load, user
from dashboards.semantics.answer import Row
from dashboards.semantics.rights import Rights

Action = Literal["approve", "reject"]


@dataclass(frozen=True)
class Item:
    """One code of the worklist: its row in the snapshot, its proposal if there is one, its state now."""

    row: Row
    proposal: Proposal | None
    state: State
    decided_by: str = ""

    @property
    def amount(self) -> Decimal:
        return Decimal(self.row["amount_at_stake"] or 0)

    @property
    def confidence(self) -> Decimal:
        return Decimal(self.row["confidence"] or 0)


def desk_of(home: Path) -> Desk:
    """Open the desk of a home. Raises an explained error where settings or book store cannot be read."""
    return open_desk(load(home))


def decider(rights: Rights) -> str:
    """Name the person who decides, for the audit log."""
    return rights.name or user()


def overlaid(rows: Sequence[Row], decided: Decided) -> list[Item]:
    """Lay what was decided since the snapshot over its rows; any decision about a code counts."""
    newest = decided.newest()
    items = []
    for row in rows:
        proposal = proposal_of(row)
        code = code_of(row)
        if code in newest:
            state, decision = newest[code]
            items.append(Item(row, decision.proposal, state, decision.by))
        elif proposal and decided.state(proposal.id) == "rejected":
            items.append(Item(row, proposal, "rejected", decided.last[proposal.id].by))
        else:
            items.append(Item(row, proposal, "open"))
    return items


def decided_codes(decided: Decided, state: State) -> list[str]:
    """Name the source codes that have a decision of this state, which may stand far down the worklist."""
    if state == "rejected":
        found = [d.proposal for each, d in decided.last.items() if decided.state(each) == "rejected"]
    else:
        found = [d.proposal for each, d in decided.newest().values() if each == state]
    return sorted({each.mapped.code.source_code for each in found})


def code_of(row: Row) -> Code:
    """Return the code of a row of the worklist."""
    return Code(row["entity"], row["source_id"], row["partner_kind"] or "", row["source_code"])


def proposal_of(row: Row) -> Proposal | None:
    """Return the proposal of a row of the worklist; None where nothing is proposed."""
    if not row["proposed_master_code"]:
        return None
    mapped = Mapped(code_of(row), row["proposed_master_code"])
    # An answer speaks the reader's language alone: that evidence is what the reader saw when deciding.
    proof = (row.get("evidence_zh") or "", row.get("evidence_en") or "")
    return Proposal(mapped, row["confidence"], *proof, proposal_id=row["proposal_id"])


def decide(
    desk: Desk, action: Action, items: Sequence[Item], *, by: str, reason: str
) -> DecisionRefused | None:
    """Record decisions, all or none; return why they were refused, None where they were not."""
    proposals = [item.proposal for item in items if item.proposal]
    try:
        if action == "approve":
            desk.approve(proposals, by=by, reason=reason)
        else:
            desk.reject(proposals, by=by, reason=reason)
    except DecisionRefused as refusal:
        return refusal
    return None
