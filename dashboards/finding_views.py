"""The worklist of findings: the snapshot's rows with what was decided since, and the decision itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import streamlit as st

from bridgebook.books.findings import (
    STATES,
    VERDICTS,
    Decided,
    Evidence,
    FindingDesk,
    Found,
    Standing,
    Verdict,
    open_finding_desk,
    standing,
)
from bridgebook.books.masters import DecisionRefused
from bridgebook.settings import load
from dashboards import filters, frame
from dashboards.deciding import decider
from dashboards.figures import amount, plain
from dashboards.reader import Reader
from dashboards.semantics.answer import Row

REPORT = "findings"
MOST = 5000
ROW_HEIGHT = 32
TALL = 14
TEAMS = ("payables", "receivables", "accounting")


@dataclass(frozen=True)
class FindingItem:
    """A row of the snapshot, what a decision about it would be made on, and where it stands now."""

    row: Row
    found: Found
    now: Standing

    @property
    def amount(self) -> Decimal:
        return abs(self.found.amount)


def worklist(reader: Reader) -> None:
    """Draw the worklist: filters, figures, the table, and the decision about what is selected."""
    told = st.session_state.pop("findings.told", None)
    if told:
        st.success(plain(told))
    desk = frame.desk_or_reason(reader, desk_of)
    decided: Decided = desk.decided() if desk else {}
    narrowed = filters.narrow(
        reader, REPORT, "bridge.findings", [("finding_class", "finding_class"), ("partner", "partner_code")]
    )
    question = replace(reader.question(REPORT, filters=narrowed.filters, search=narrowed.search), limit=MOST)
    items = [item_of(row, decided) for row in reader.ask(question).rows]
    state = _choose_state(reader, items)
    chosen_items = sorted(
        (item for item in items if item.now.state == state), key=lambda item: item.amount, reverse=True
    )
    if not chosen_items:
        st.info(reader.say("bridge.no_findings"))
        return
    may_decide = desk is not None and reader.rights.may_decide and state != "disappeared"
    selected = _table(reader, chosen_items, may_decide=may_decide)
    if selected:
        _about(reader, selected[0])
    if not reader.rights.may_decide:
        st.caption(reader.say("masters.read_only"))
    elif desk and may_decide and selected:
        _offer(reader, desk, selected)


def desk_of(home: Path) -> FindingDesk:
    """Open the desk of a home. Raises an explained error where settings or book store cannot be read."""
    return open_finding_desk(load(home))


def item_of(row: Row, decided: Decided) -> FindingItem:
    """Lay what was decided since the snapshot over one of its rows."""
    found = Found(
        row["finding_id"],
        row["finding_class"],
        Decimal(row["amount"]),
        Decimal(row["expected_amount"]),
        is_gone=row["state"] == "disappeared",
        is_unproven=bool(row["is_unproven"]),
        owner=row["owner"] or "",
        reappeared_at=str(row["reappeared_at"] or ""),
    )
    return FindingItem(row, found, standing(found, decided))


def _choose_state(reader: Reader, items: Sequence[FindingItem]) -> str:
    counted = {state: sum(item.now.state == state for item in items) for state in STATES}
    shown = [state for state in STATES if counted[state] or state == "open"]
    chosen = st.segmented_control(
        reader.say("masters.state"),
        shown,
        default=shown[0],
        required=True,
        format_func=lambda state: f"{reader.word('state', state)} {counted[state]:,}",
        label_visibility="collapsed",
        key="bridge.findings.state",
    )
    return str(chosen)


def _table(reader: Reader, items: Sequence[FindingItem], *, may_decide: bool) -> list[FindingItem]:
    """Show findings as a table; return the selected ones."""
    if may_decide:
        st.caption(reader.say("finding.select_hint"))
    frame = pd.DataFrame([_written(reader, item) for item in items], dtype=str)
    listed = hashlib.md5(
        "\n".join(item.found.finding_id for item in items).encode(), usedforsecurity=False
    ).hexdigest()
    right = reader.say("bridge.amount")
    event = st.dataframe(
        frame,
        key=f"bridge.findings.grid.{listed[:12]}",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), TALL) + 1) + 4,
        row_height=ROW_HEIGHT,
        on_select="rerun",
        selection_mode=["multi-row"],
        column_config={
            right: st.column_config.TextColumn(right, alignment="right"),
            reader.say("finding.sentence"): st.column_config.TextColumn(
                reader.say("finding.sentence"), width="large"
            ),
        },
    )
    return [items[number] for number in event["selection"]["rows"] if number < len(items)]


def _written(reader: Reader, item: FindingItem) -> dict[str, str]:
    row, said = item.row, item.now.decision
    written = {
        reader.say("finding.class"): reader.word("finding_class", row["finding_class"]),
        reader.say("finding.sentence"): row[f"explanation_{reader.language}"],
        reader.say("bridge.amount"): amount(item.found.amount),
        reader.say("finding.company"): row["company_code"],
        reader.say("finding.period"): row["fiscal_period"],
        reader.say("filter.owner"): owner_word(reader, item.now.owner),
        reader.say("finding.age"): f"{row['age_days'] or 0:,}",
    }
    if said is not None and said.state is not None:
        written[reader.say("masters.decided_by")] = said.decided_by
        written[reader.say("finding.reason")] = said.reason
        written[reader.say("finding.evidence")] = said.evidence
    note = note_of(reader, item)
    return written | ({reader.say("finding.note"): note} if note else {})


def owner_word(reader: Reader, owner: str) -> str:
    """Say a team in words; a person's name stays as it is."""
    return reader.word("owner", owner) if owner in TEAMS else owner


def note_of(reader: Reader, item: FindingItem) -> str:
    """Say why a finding is gone, or open again though it was decided."""
    if item.now.state == "disappeared":
        return str(item.row[f"state_note_{reader.language}"] or "")
    if not item.now.is_outdated or item.now.decision is None:
        return ""
    said = item.now.decision
    return reader.say(
        "finding.outdated",
        who=said.decided_by,
        state=reader.word("state", str(said.state)),
        before=amount(said.amount),
        now=amount(item.found.amount),
    )


def _about(reader: Reader, item: FindingItem) -> None:
    """Show one finding: the sentence, both amounts, and what was said about it."""
    row = item.row
    with st.container(border=True):
        st.markdown(f"**{plain(row[f'explanation_{reader.language}'])}**")
        boxes = st.columns(4)
        boxes[0].metric(reader.say("finding.expected"), amount(Decimal(row["expected_amount"]), reader.unit))
        boxes[1].metric(reader.say("finding.ledger"), amount(Decimal(row["ledger_amount"]), reader.unit))
        boxes[2].metric(reader.say("finding.difference"), amount(item.found.amount, reader.unit))
        boxes[3].metric(reader.say("filter.owner"), plain(owner_word(reader, item.now.owner)))
        said, note = item.now.decision, note_of(reader, item)
        if said is not None and said.state is not None:
            parts = [said.decided_by, said.decided_at[:16].replace("T", " "), said.reason, said.evidence]
            st.caption(plain(" · ".join(part for part in parts if part)))
        if note:
            st.caption(plain(note))
        voucher = "-".join(part for part in (row["voucher_word"], row["voucher_no"]) if part)
        role = reader.word("account_role", row["account_role"]) if row["account_role"] else ""
        facts = [row["document_no"], voucher, row["partner_name"] or row["partner_code"], role]
        st.caption(plain(" · ".join(str(fact) for fact in facts if fact)))


def _offer(reader: Reader, desk: FindingDesk, chosen: Sequence[FindingItem]) -> None:
    """Offer what can be done with the selected findings, and say what came of it."""
    by = decider(reader.rights)
    total = sum((item.amount for item in chosen), Decimal(0))
    told = reader.say("masters.selected", count=f"{len(chosen):,}", amount=amount(total))
    st.markdown(f"**{plain(told)}**　{plain(reader.say('masters.deciding_as', name=by))}")
    fields = st.columns([3, 3, 2])
    reason = fields[0].text_input(reader.say("masters.reason"), key="findings.reason") or ""
    evidence = fields[1].text_input(reader.say("finding.evidence_hint"), key="findings.evidence") or ""
    owner = fields[2].text_input(reader.say("finding.owner_hint"), key="findings.owner") or ""
    buttons = st.columns(5)
    found = [item.found for item in chosen]
    proof = Evidence(evidence.strip())
    acts: dict[str, Callable[[], None]] = {
        verdict: _verdict(desk, verdict, found, by, reason, proof, owner) for verdict in VERDICTS
    }
    acts["assign"] = lambda: desk.assign(found, by=by, owner=owner, reason=reason)
    acts["reopen"] = lambda: desk.reopen(found, by=by, reason=reason)
    for box, name in zip(buttons, acts, strict=True):
        if box.button(reader.say(f"finding.do_{name}"), key=f"findings.{name}", width="stretch"):
            _act(reader, acts[name], len(chosen))


def _verdict(
    desk: FindingDesk,
    verdict: Verdict,
    found: Sequence[Found],
    by: str,
    reason: str,
    proof: Evidence,
    owner: str,
) -> Callable[[], None]:
    return lambda: desk.decide(verdict, found, by=by, reason=reason, evidence=proof, owner=owner)


def _act(reader: Reader, act: Callable[[], None], count: int) -> None:
    try:
        act()
    except DecisionRefused as refusal:
        st.error(plain(reader.say("masters.refused", reason=refusal.sentence(reader.language))))
        return
    st.session_state["findings.told"] = reader.say("finding.done", count=count)
    st.rerun()
