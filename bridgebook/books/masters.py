"""Decide about master data: propose, approve, reject, withdraw mappings; each decision is an audit entry."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from bridgebook.books import audit
from bridgebook.books.mappings import (
    ENTITIES,
    PARTNER_KINDS,
    VALUES,
    Code,
    Decision,
    Mapped,
    Objection,
    Proposal,
    Standing,
    as_content,
    from_content,
    standing_of,
)
from bridgebook.errors import DecisionRefused, Problem

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from bridgebook.settings import Settings

PROPOSED, APPROVED = "master_proposed", "master_approved"
REJECTED, WITHDRAWN = "master_rejected", "master_withdrawn"
__all__ = ["Decided", "DecisionRefused", "Desk", "Known", "State", "decided", "open_desk"]
ACTIONS = (PROPOSED, APPROVED, REJECTED, WITHDRAWN)
State = Literal["open", "waiting", "approved", "rejected"]


@dataclass(frozen=True)
class Known:
    """The codes that the current snapshot has: (entity, source, partner kind) -> codes, and (entity, partner
    kind) -> master codes. A key that is absent means that nobody can tell.
    """

    codes: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    masters: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Decided:
    """Everything decided until now, by proposal: what was decided last, and which mappings stand."""

    last: Mapping[str, Decision]
    mappings: tuple[Mapped, ...]

    def state(self, proposal_id: str) -> State:
        """Return where a proposal stands; one that nobody touched, or that was withdrawn, is open."""
        decision = self.last.get(proposal_id)
        states: dict[str, State] = {PROPOSED: "waiting", APPROVED: "approved", REJECTED: "rejected"}
        return states.get(decision.action, "open") if decision else "open"

    def maker(self, proposal: Proposal) -> str:
        """Return the person who proposed it; empty where the system did."""
        is_waiting = self.state(proposal.id) == "waiting"
        return self.last[proposal.id].by if is_waiting else proposal.proposed_by

    def newest(self) -> dict[Code, tuple[State, Decision]]:
        """Return what stands or waits for each code, the newest where there are several."""
        found: dict[Code, tuple[State, Decision]] = {}
        for proposal_id, decision in sorted(self.last.items(), key=lambda pair: pair[1].at):
            if (state := self.state(proposal_id)) in ("approved", "waiting"):
                found[decision.proposal.mapped.code] = (state, decision)
        return found


class Desk:
    """Where decisions are made; holds the book store and the mappings that stand in rule files."""

    def __init__(self, engine: "Engine", master_source: str | None, rules: Sequence[Mapped] = ()) -> None:
        self._engine = engine
        self._master_source = master_source or ""
        self._rules = tuple(rules)

    def decided(self) -> Decided:
        """Return what was decided until now."""
        with self._engine.connect() as connection:
            return decided(connection)

    def propose(self, proposals: Sequence[Proposal], *, by: str, known: Known | None = None) -> None:
        """Record proposals of a person; all of them or, with DecisionRefused, none."""
        with self._deciding(by) as (connection, standing, before):
            given = [replace(each, proposed_by=_name(by)) for each in proposals]
            found = _shape_objections(given)
            for each in given:
                found += _unknown(each, known or Known())
                found += _already(each, before, allowed=("open", "rejected"))
                found += [
                    Objection(each.id, key, tuple(v.items())) for key, v in standing.objections(each.mapped)
                ]
            _refuse(found)
            for each in given:
                _record(connection, PROPOSED, each, by, each.reason)

    def approve(self, proposals: Sequence[Proposal], *, by: str, reason: str = "") -> None:
        """Let mappings stand from the next run on; all of them or, with DecisionRefused, none.

        Nobody approves what they proposed themselves.
        """
        with self._deciding(by) as (connection, standing, before):
            found = _shape_objections(proposals)
            for each in proposals:
                objections = _already(each, before, allowed=("open", "waiting"))
                maker = before.maker(each)
                if maker and _same_person(maker, by):
                    objections.append(Objection(each.id, "master_maker_is_checker", (("by", by),)))
                if not objections:
                    objections = [
                        Objection(each.id, key, tuple(values.items()))
                        for key, values in standing.objections(each.mapped)
                    ]
                found += objections
                if not objections:
                    standing.add(replace(each.mapped, approved_by=by))
            _refuse(found)
            for each in proposals:
                made = replace(each, proposed_by=before.maker(each))
                _record(connection, APPROVED, made, by, reason)

    def reject(self, proposals: Sequence[Proposal], *, by: str, reason: str = "") -> None:
        """Say that proposals are wrong: they are not made again; all of them or, refused, none."""
        with self._deciding(by) as (connection, _, before):
            found: list[Objection] = []
            for each in proposals:
                found += _already(each, before, allowed=("open", "waiting"))
            _refuse(found)
            for each in proposals:
                _record(connection, REJECTED, each, by, reason)

    def withdraw(self, proposal_ids: Sequence[str], *, by: str, reason: str) -> None:
        """Take back approved mappings: from the next run on their codes are unmapped again."""
        with self._deciding(by) as (connection, _, before):
            approved = [before.last.get(each) for each in proposal_ids]
            found = [
                Objection(each, "master_not_approved", (("id", each),))
                for each, decision in zip(proposal_ids, approved, strict=True)
                if decision is None or decision.action != APPROVED
            ]
            if not reason.strip():
                found.append(Objection("", "master_reason_missing"))
            _refuse(found)
            for decision in approved:
                if decision is not None:
                    _record(connection, WITHDRAWN, decision.proposal, by, reason)

    @contextmanager
    def _deciding(self, by: str) -> Iterator[tuple[sa.Connection, Standing, Decided]]:
        """Give a transaction in which nobody else decides, what stands, and what was decided before."""
        if not _name(by):
            _refuse([Objection("", "master_nobody")])
        with audit.writing(self._engine) as connection:
            before = decided(connection)
            yield connection, standing_of(self._master_source, (*self._rules, *before.mappings)), before


def open_desk(settings: "Settings") -> Desk:
    """Open the desk of an installation: its book store, and the mappings of its rule files."""
    from bridgebook.master_rules import rule_mappings
    from bridgebook.records import open_books

    return Desk(open_books(settings), settings.master_source, rule_mappings(settings))


def decided(connection: sa.Connection, until: str = "") -> Decided:
    """Replay the audit log's entries about master data; with `until` (UTC, ISO) those made by then."""
    last: dict[str, Decision] = {}
    for entry in audit.told(connection, ACTIONS):
        if until and entry.happened_at > until:
            break
        content = json.loads(entry.content)
        proposal = from_content(entry.subject, content)
        reason = str(content.get("reason") or "")
        last[entry.subject] = Decision(entry.action, proposal, entry.actor, entry.happened_at, reason)
    standing = [replace(d.proposal.mapped, approved_by=d.by) for d in last.values() if d.action == APPROVED]
    return Decided(last, tuple(standing))


def _record(connection: sa.Connection, action: str, proposal: Proposal, by: str, reason: str) -> None:
    content = as_content(replace(proposal, reason=reason or proposal.reason))
    audit.add(connection, actor=_name(by), action=action, subject=proposal.id, content=content)


def _already(proposal: Proposal, before: Decided, *, allowed: tuple[State, ...]) -> list[Objection]:
    """Say that somebody decided this proposal before."""
    state = before.state(proposal.id)
    if state in allowed:
        return []
    decision = before.last[proposal.id]
    values = (("code", proposal.mapped.code), ("master", proposal.mapped.master_code))
    who = (("who", decision.by), ("at", decision.at[:16].replace("T", " ")))
    return [Objection(proposal.id, f"master_already_{state}", (*values, *who))]


def _unknown(proposal: Proposal, known: Known) -> list[Objection]:
    """Say that the snapshot has no such code or master code."""
    code, found = proposal.mapped.code, []
    if code.entity in VALUES:  # a way to write something may be mapped before anybody uses it
        return []
    codes = known.codes.get((code.entity, code.source_id, code.partner_kind))
    if known.codes and (codes is None or code.source_code not in codes):
        found.append(Objection(proposal.id, "master_code_unknown", (("code", code),)))
    masters = known.masters.get((code.entity, code.partner_kind))
    if masters is not None and proposal.mapped.master_code not in masters:
        words = (("code", code), ("master", proposal.mapped.master_code))
        found.append(Objection(proposal.id, "master_target_unknown", words))
    return found


def _shape_objections(proposals: Sequence[Proposal]) -> list[Objection]:
    """Say which proposals are none: without a code, of an unknown kind, or twice in one list."""
    found, seen = [], set()
    for each in proposals:
        code = each.mapped.code
        if code.entity not in ENTITIES:
            words: tuple[tuple[str, object], ...] = (("entity", code.entity), ("known", ", ".join(ENTITIES)))
            found.append(Objection(each.id, "master_entity_unknown", words))
        elif code.entity == "partners" and code.partner_kind not in PARTNER_KINDS:
            words = (("code", code), ("known", ", ".join(PARTNER_KINDS)))
            found.append(Objection(each.id, "master_kind_missing", words))
        elif not code.source_code or not each.mapped.master_code:
            found.append(Objection(each.id, "master_without_target", (("code", code),)))
        if each.id in seen:
            found.append(Objection(each.id, "master_twice_in_list", (("id", each.id),)))
        seen.add(each.id)
    return found


def _refuse(found: Sequence[Objection]) -> None:
    if found:
        raise DecisionRefused(
            tuple(Problem(each.proposal_id or "-", each.key, each.values) for each in found)
        )


def _name(person: str) -> str:
    return " ".join(person.split())


def _same_person(one: str, other: str) -> bool:
    return _name(one).casefold() == _name(other).casefold()
