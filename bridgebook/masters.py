"""Work through codes without a master code: what the snapshot proposes beside what people decided since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bridgebook import snapshots
from bridgebook.books.mappings import Code, Decision, Mapped, Objection, Proposal
from bridgebook.books.masters import Decided, Known, State, open_desk
from bridgebook.errors import DecisionRefused, Problem
from bridgebook.settings import Settings

Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Wanted:
    """Which rows of the worklist are meant; None means every."""

    entity: str | None = None
    source_id: str | None = None
    state: str | None = None
    min_confidence: Decimal | None = None

    def takes(self, row: "WorkRow") -> bool:
        """Tell whether a row is meant."""
        code, confidence = row.proposal.mapped.code, row.proposal.confidence
        return (
            self.entity in (None, code.entity)
            and self.source_id in (None, code.source_id)
            and self.state in (None, row.state)
            and (
                self.min_confidence is None or (confidence is not None and confidence >= self.min_confidence)
            )
        )


@dataclass(frozen=True)
class WorkRow:
    """A code, its proposal (without a master code where there is none), the money at stake, its state."""

    proposal: Proposal
    source_name: str
    master_name: str
    amount_at_stake: Decimal
    line_count: int
    state: State
    decided_by: str = ""
    decided_at: str = ""


_WORKLIST = """
select
    entity, source_id, coalesce(partner_kind, ''), source_code, coalesce(proposed_master_code, ''),
    confidence, coalesce(evidence_zh, ''), coalesce(evidence_en, ''), coalesce(proposal_id, ''),
    coalesce(source_name, ''), coalesce(proposed_name, ''), amount_at_stake, line_count
from marts.unmapped_codes
order by amount_at_stake desc, entity, source_id, partner_kind, source_code
"""


def worklist(settings: Settings, wanted: Wanted) -> list[WorkRow]:
    """Return the codes without a master code of the current snapshot, with what was decided since."""
    decided = open_desk(settings).decided()
    newest = decided.newest()
    rows = [_with_decision(row, decided, newest) for row in _proposed(settings)]
    return [row for row in rows if wanted.takes(row)]


def mapped(
    entity: str, source: str, kind: str, code: str, master: str, first: date | None, last: date | None
) -> Mapped:
    """Return a mapping from what people type."""
    return Mapped(Code(entity, source, kind, code.strip()), master.strip(), first, last)


def propose(settings: Settings, mapped: Mapped, *, by: str, reason: str, is_new: bool) -> Proposal:
    """Record a person's proposal, or raise DecisionRefused."""
    settings.source(mapped.code.source_id)
    known = _known(settings)
    if is_new:
        known = replace(known, masters={})
    zh, en = f"{by} 提出：{reason}".strip("："), f"proposed by {by}: {reason}".strip(": ")
    proposal = Proposal(mapped, None, zh, en, reason=reason)
    open_desk(settings).propose([proposal], by=by, known=known)
    return proposal


def approve(
    settings: Settings,
    ids: Sequence[str] | None,
    wanted: Wanted,
    *,
    by: str,
    reason: str = "",
    days: Days = (None, None),
) -> tuple[int, Decimal]:
    """Approve proposals by id, or the open ones that are wanted; return how many and the money at stake."""
    rows = worklist(settings, Wanted())
    if ids:
        chosen = _chosen(settings, rows, ids)
    else:
        chosen = [row.proposal for row in rows if row.proposal.mapped.master_code and wanted.takes(row)]
    open_desk(settings).approve([each.between(*days) for each in chosen], by=by, reason=reason)
    codes = {each.mapped.code for each in chosen}
    money = sum((row.amount_at_stake for row in rows if row.proposal.mapped.code in codes), Decimal(0))
    return len(chosen), money


def reject(settings: Settings, ids: Sequence[str], *, by: str, reason: str = "") -> int:
    """Reject proposals by id; return how many."""
    chosen = _chosen(settings, worklist(settings, Wanted()), ids)
    open_desk(settings).reject(chosen, by=by, reason=reason)
    return len(chosen)


def withdraw(settings: Settings, ids: Sequence[str], *, by: str, reason: str) -> int:
    """Take approved mappings back; return how many."""
    open_desk(settings).withdraw(ids, by=by, reason=reason)
    return len(ids)


def standing(settings: Settings) -> list[Mapped]:
    """Return the mappings that people approved and did not withdraw."""
    return sorted(open_desk(settings).decided().mappings, key=lambda each: (each.code, str(each.valid_from)))


def _chosen(settings: Settings, rows: Sequence[WorkRow], ids: Sequence[str]) -> list[Proposal]:
    """Return proposals by id, or raise DecisionRefused naming those that are not proposed any more."""
    decided = open_desk(settings).decided()
    found: dict[str, Proposal] = {each: decision.proposal for each, decision in decided.last.items()}
    found |= {row.proposal.id: row.proposal for row in rows if row.proposal.mapped.master_code}
    proposed = {row.proposal.id for row in rows}
    stale = [
        Objection(each, "master_proposal_stale", (("id", each),))
        for each in ids
        if each not in found or (each not in proposed and decided.state(each) == "open")
    ]
    if stale:
        raise DecisionRefused(tuple(Problem(each.proposal_id, each.key, each.values) for each in stale))
    return [found[each] for each in ids]


def _proposed(settings: Settings) -> list[WorkRow]:
    rows = []
    for row in snapshots.ask(settings.home, _WORKLIST, too_old="masters_old_snapshot"):
        mapped = Mapped(Code(row[0], row[1], row[2], row[3]), row[4])
        proposal = Proposal(mapped, row[5], row[6], row[7], proposal_id=row[8])
        rows.append(WorkRow(proposal, row[9], row[10], row[11], row[12], "open"))
    return rows


def _with_decision(row: WorkRow, decided: Decided, newest: Mapping[Code, tuple[State, Decision]]) -> WorkRow:
    """Lay what was decided since over a row of the snapshot; any decision about its code counts."""
    proposal_id, mapped = row.proposal.id, row.proposal.mapped
    if mapped.code in newest:
        state, decision = newest[mapped.code]
        is_same = decision.proposal.mapped.master_code == mapped.master_code
        row = replace(row, proposal=decision.proposal, master_name=row.master_name if is_same else "")
    elif mapped.master_code and decided.state(proposal_id) == "rejected":
        state, decision = "rejected", decided.last[proposal_id]
    else:
        return row
    return replace(row, state=state, decided_by=decision.by, decided_at=decision.at[:16].replace("T", " "))


_KNOWN = """
select 'partners', source_id, partner_kind, source_partner_code, partner_code, is_mapped from marts.partners
union all
select 'items', source_id, '', source_item_code, item_code, is_mapped from marts.items
union all
select 'companies', source_id, '', source_company_code, company_code, is_mapped from marts.companies
union all
select 'accounts', source_id, '', chart_code || '/' || account_code, master_account_code, is_mapped
from marts.accounts
union all
select entity, source_id, coalesce(partner_kind, ''), source_code, null, false from marts.unmapped_codes
"""


def _known(settings: Settings) -> Known:
    """Return the codes and master codes that the current snapshot has."""
    codes: dict[tuple[str, str, str], set[str]] = {}
    masters: dict[tuple[str, str], set[str]] = {}
    rows = snapshots.ask(settings.home, _KNOWN, too_old="masters_old_snapshot")
    for entity, source_id, kind, code, master, is_mapped in rows:
        codes.setdefault((entity, source_id, kind), set()).add(code)
        found = masters.setdefault((entity, kind), set())
        if is_mapped and master:
            found.add(master)
    return Known(
        {key: frozenset(values) for key, values in codes.items()},
        {key: frozenset(values) for key, values in masters.items()},
    )
