"""Decisions about vouchers for the page: drafts with their state now, within what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bridgebook.books.explaining import explained
from bridgebook.books.periods import module_of
from bridgebook.books.voucher import Draft, Posted
from bridgebook.books.vouchers import DecisionRefused, Outcome, VoucherDesk, WorkDraft, open_voucher_desk
from bridgebook.settings import load
from dashboards.semantics.rights import Rights

VIEWS = ("draft", "approved", "held", "rejected", "posted")
STATES = {
    "draft": ("draft", "stale"),
    "approved": ("approved", "signed"),
    "held": ("incomplete", "ambiguous"),
    "rejected": ("rejected",),
}


@dataclass(frozen=True)
class Narrowed:
    """What a reader narrowed the worklist to; empty means every."""

    search: str = ""
    companies: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def takes(self, draft: Draft | Posted) -> bool:
        """Tell whether a draft or voucher is meant."""
        words = (draft.document_no, draft.rule_code, draft.draft_id, draft.voucher_word, draft.event)
        return (
            (not self.companies or draft.company_code in self.companies)
            and (not self.modules or module_of(draft.event) in self.modules)
            and (not self.kinds or draft.kind in self.kinds)
            and self.search.casefold() in " ".join(word or "" for word in words).casefold()
        )


def voucher_desk_of(home: Path) -> VoucherDesk:
    """Open the desk of a home. Raises an explained error where settings or book store cannot be read."""
    return open_voucher_desk(load(home))


def drafts_of(desk: VoucherDesk, rights: Rights, view: str, narrowed: Narrowed) -> list[WorkDraft]:
    """Return the drafts of a view, the largest amounts first."""
    found = [
        each
        for each in desk.work()
        if each.state in STATES[view] and _may_see(rights, each.draft) and narrowed.takes(each.draft)
    ]
    return sorted(found, key=lambda each: (-abs(each.draft.debit), each.draft.draft_id))


def vouchers_of(desk: VoucherDesk, rights: Rights, narrowed: Narrowed) -> list[Posted]:
    """Return posted vouchers, the newest first."""
    found = [each for each in desk.vouchers() if _may_see(rights, each) and narrowed.takes(each)]
    return found[::-1]


def total_of(found: Sequence[WorkDraft] | Sequence[Posted]) -> Decimal:
    """Return the sum of the debit sides."""
    return sum(
        (each.draft.debit if isinstance(each, WorkDraft) else each.debit for each in found), Decimal(0)
    )


def decide(
    desk: VoucherDesk, action: str, chosen: Sequence[WorkDraft], *, by: str, reason: str
) -> Outcome | DecisionRefused | None:
    """Approve, reject, sign or post drafts, all or none; return what was posted, or why nothing was done."""
    names = [each.draft.draft_id for each in chosen]
    try:
        if action == "post":
            return desk.post(names, by=by)
        if action == "approve":
            desk.approve(names, by=by, reason=reason)
        elif action == "reject":
            desk.reject(names, by=by, reason=reason)
        else:
            desk.sign(names, by=by)
    except DecisionRefused as refusal:
        return refusal
    return None


def post_everything(
    desk: VoucherDesk, *, by: str, is_automatic: bool, progress: Callable[[int], None]
) -> Outcome | DecisionRefused:
    """Post what is approved, batch by batch; `progress` is told how many are posted."""
    count = 0

    def told(posted: Sequence[Posted]) -> None:
        nonlocal count
        count += len(posted)
        progress(count)

    try:
        return desk.post_all(by=by, is_automatic=is_automatic, progress=told)
    except DecisionRefused as refusal:
        return refusal


def reasons_of(home: Path, draft: Draft) -> list[tuple[str, str, str, str, str]]:
    """Return of each line: account, rule with its place, conditions, determination, amount word.

    Raises an explained error where the warehouse is gone.
    """
    return [
        (
            line.account_code,
            f"{line.rule} {Path(line.rule_place).name}",
            line.conditions,
            f"{line.account_role}: {line.determined_by}",
            line.amount_word,
        )
        for line in explained(load(home), draft)
    ]


def _may_see(rights: Rights, draft: Draft | Posted) -> bool:
    return rights.companies is None or draft.company_code in rights.companies
