"""What is known about master codes: proposals, mappings with their dates, and which of them contradict."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

CODES = ("companies", "partners", "items", "accounts")
VALUES = ("tax_codes", "units", "currencies")
ENTITIES = (*CODES, *VALUES)
PARTNER_KINDS = ("supplier", "customer", "employee", "bank", "other")


@dataclass(frozen=True, order=True)
class Code:
    """One code of one source; `partner_kind` is empty but for partners, and there only where it means every
    kind. A currency, unit or tax code that a source uses is a code like any other.
    """

    entity: str
    source_id: str
    partner_kind: str
    source_code: str

    def __str__(self) -> str:
        kind = f" {self.partner_kind}" if self.partner_kind else ""
        return f"{self.entity}{kind} {self.source_id}:{self.source_code}"


@dataclass(frozen=True)
class Mapped:
    """A code, the master code that it stands for, and the first and last day of that (None: open)."""

    code: Code
    master_code: str
    valid_from: date | None = None
    valid_to: date | None = None
    approved_by: str = ""
    place: str = ""

    @property
    def proposal_id(self) -> str:
        """Return twelve characters that name this mapping, the same wherever it is computed."""
        parts = [self.code.entity, self.code.source_id, self.code.partner_kind, self.code.source_code]
        parts.append(self.master_code)
        if self.valid_from or self.valid_to:
            parts += [str(self.valid_from or ""), str(self.valid_to or "")]
        return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()[:12]

    def meets(self, other: "Mapped") -> bool:
        """Tell whether there is a day on which both hold."""
        return (self.valid_from or date.min) <= (other.valid_to or date.max) and (
            other.valid_from or date.min
        ) <= (self.valid_to or date.max)

    def during(self) -> str:
        """Return its days for messages, such as 2025-01-01..2025-12-31."""
        return f"{self.valid_from or ''}..{self.valid_to or ''}"


@dataclass(frozen=True)
class Proposal:
    """A mapping that somebody may approve. `proposed_by` is empty where the system proposes it."""

    mapped: Mapped
    confidence: Decimal | None = None
    evidence_zh: str = ""
    evidence_en: str = ""
    proposed_by: str = ""
    reason: str = ""
    proposal_id: str = ""

    @property
    def id(self) -> str:
        """Return its name: the one it was given when it was made, else that of its mapping."""
        return self.proposal_id or self.mapped.proposal_id

    def between(self, valid_from: date | None, valid_to: date | None) -> "Proposal":
        """Return the same proposal for certain days only."""
        if valid_from is None and valid_to is None:
            return self
        mapped = replace(self.mapped, valid_from=valid_from, valid_to=valid_to)
        return replace(self, mapped=mapped, proposal_id=self.id)


@dataclass(frozen=True)
class Decision:
    """What was decided about a proposal, by whom and when (UTC, ISO form)."""

    action: str
    proposal: Proposal
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Objection:
    """Why a proposal cannot be recorded: a key of the catalog with its values."""

    proposal_id: str
    key: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass
class Standing:
    """Which mappings stand; answers what a further one would contradict."""

    master_source: str
    by_code: dict[Code, list[Mapped]] = field(default_factory=dict)
    by_master: dict[tuple[str, str, str], list[Mapped]] = field(default_factory=dict)

    def add(self, mapped: Mapped) -> None:
        """Let a mapping stand."""
        self.by_code.setdefault(mapped.code, []).append(mapped)
        self.by_master.setdefault(self._end(mapped), []).append(mapped)

    def remove(self, mapped: Mapped) -> None:
        """Let a mapping stand no more."""
        self.by_code[mapped.code].remove(mapped)
        self.by_master[self._end(mapped)].remove(mapped)

    def objections(self, mapped: Mapped) -> list[tuple[str, dict[str, object]]]:
        """Return what speaks against a mapping: another master at the same time, a chain, a cycle."""
        code = mapped.code
        if mapped.valid_from and mapped.valid_to and mapped.valid_from > mapped.valid_to:
            return [("master_dates_reversed", {"code": code, "days": mapped.during()})]
        if code.source_id == self.master_source and mapped.master_code == code.source_code:
            return [("master_is_itself", {"code": code})]
        found: list[tuple[str, dict[str, object]]] = []
        for other in self.by_code.get(code, []):
            if mapped.meets(other):
                key = "master_mapped_twice" if other.master_code == mapped.master_code else "master_two"
                found.append((key, self._words(mapped, other)))
        if code.entity in VALUES:
            return found
        return found + self._chains(mapped)

    def _chains(self, mapped: Mapped) -> list[tuple[str, dict[str, object]]]:
        """A master code is an end: it is not mapped on, and what others are mapped to is not mapped away."""
        code = mapped.code
        onward = Code(code.entity, self.master_source, code.partner_kind, mapped.master_code)
        for step in self.by_code.get(onward, []):
            if mapped.meets(step):
                key = "master_cycle" if self._leads_to(step, code) else "master_chain"
                return [(key, self._words(mapped, step) | {"last": step.master_code})]
        if code.source_id == self.master_source:
            for other in self.by_master.get((code.entity, code.partner_kind, code.source_code), []):
                if mapped.meets(other):
                    return [("master_chain_below", self._words(mapped, other))]
        return []

    def _leads_to(self, step: Mapped, code: Code) -> bool:
        seen: set[Code] = set()
        while step.code not in seen:
            seen.add(step.code)
            onward = Code(code.entity, self.master_source, code.partner_kind, step.master_code)
            if onward == code:
                return True
            following = self.by_code.get(onward)
            if not following:
                return False
            step = following[0]
        return True

    def _end(self, mapped: Mapped) -> tuple[str, str, str]:
        return (mapped.code.entity, mapped.code.partner_kind, mapped.master_code)

    @staticmethod
    def _words(mapped: Mapped, other: Mapped) -> dict[str, object]:
        return {
            "code": mapped.code,
            "master": mapped.master_code,
            "other": f"{other.code} → {other.master_code}",
            "days": other.during(),
            "who": other.approved_by or other.place or "-",
        }


def standing_of(master_source: str, mappings: Iterable[Mapped]) -> Standing:
    """Return these mappings as what stands."""
    standing = Standing(master_source)
    for mapped in mappings:
        standing.add(mapped)
    return standing


def contradictions(
    master_source: str, mappings: Sequence[Mapped]
) -> list[tuple[Mapped, str, dict[str, object]]]:
    """Return every mapping of a list that contradicts one before it, with the reason."""
    standing, found = Standing(master_source), []
    for mapped in mappings:
        found += [(mapped, key, values) for key, values in standing.objections(mapped)]
        standing.add(mapped)
    return found


def layered(*layers: Sequence[Mapped]) -> list[Mapped]:
    """Return mappings of several layers: of the same code and first day, the last layer's wins."""
    kept: dict[tuple[Code, date | None], Mapped] = {}
    for layer in layers:
        for mapped in layer:
            kept[(mapped.code, mapped.valid_from)] = mapped
    return list(kept.values())


def as_content(proposal: Proposal) -> dict[str, object]:
    """Return a proposal as the content of an entry of the audit log."""
    mapped, code = proposal.mapped, proposal.mapped.code
    return {
        "entity": code.entity,
        "source_id": code.source_id,
        "partner_kind": code.partner_kind,
        "source_code": code.source_code,
        "master_code": mapped.master_code,
        "valid_from": str(mapped.valid_from) if mapped.valid_from else None,
        "valid_to": str(mapped.valid_to) if mapped.valid_to else None,
        "confidence": str(proposal.confidence) if proposal.confidence is not None else None,
        "evidence_zh": proposal.evidence_zh,
        "evidence_en": proposal.evidence_en,
        "proposed_by": proposal.proposed_by,
        "reason": proposal.reason,
    }


def from_content(proposal_id: str, content: Mapping[str, object]) -> Proposal:
    """Return the proposal that an entry of the audit log holds."""

    def word(name: str) -> str:
        return str(content.get(name) or "")

    code = Code(word("entity"), word("source_id"), word("partner_kind"), word("source_code"))
    mapped = Mapped(code, word("master_code"), _day(word("valid_from")), _day(word("valid_to")))
    confidence = Decimal(word("confidence")) if word("confidence") else None
    proof = (word("evidence_zh"), word("evidence_en"))
    return Proposal(mapped, confidence, *proof, word("proposed_by"), word("reason"), proposal_id)


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None
