"""The workbench of master data: filter, select, see the evidence side by side, approve or reject."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pandas as pd
import streamlit as st

from bridgebook.books.masters import Decided, Desk, State
from dashboards import filters
from dashboards.deciding import Action, Item, code_of, decide, decided_codes, decider, overlaid
from dashboards.figures import MISSING, amount, plain, ratio
from dashboards.reader import Reader
from dashboards.semantics.question import Filter

REPORT = "unmapped_codes"
MOST = 5000
SURE = Decimal("0.95")
LEVELS = ("1", "0.95", "0.9", "0.7", "0.5")
ROW_HEIGHT = 32
TALL = 14


def items_of(
    reader: Reader, decided: Decided, state: State, narrowed: Sequence[Filter], search: str
) -> list[Item]:
    """Ask the worklist's rows of one state, the money at stake first."""
    chosen = list(narrowed)
    if state != "open":
        chosen.append(Filter("source_code", tuple(decided_codes(decided, state))))
    question = replace(reader.whole(REPORT, filters=chosen, search=search), limit=MOST)
    answer = reader.ask(question)
    if answer.row_count > answer.table.num_rows:
        st.caption(reader.say("masters.more", count=f"{MOST:,}"))
    return [item for item in overlaid(answer.rows, decided) if item.state == state]


def narrow(reader: Reader) -> tuple[list[Filter], str]:
    """Let the reader narrow the worklist."""
    boxes = st.columns([2, 1.2, 1.4, 1.4, 1], vertical_alignment="bottom")
    search = boxes[0].text_input(reader.say("filter.search"), key="masters.search")
    found = []
    columns = (("entity", "entity"), ("source_id", "source"), ("partner_kind", "kind"))
    for box, (column, label) in zip(boxes[1:4], columns, strict=True):
        values = box.multiselect(
            reader.say(f"masters.{label}"),
            [value for value, _ in reader.choices(REPORT, column)],
            format_func=partial(reader.word, column),
            placeholder=reader.say("filter.every"),
            key=f"masters.{column}",
        )
        if values:
            found.append(Filter(column, tuple(values)))
    level = boxes[4].selectbox(
        reader.say("masters.confidence"),
        ("", *LEVELS),
        format_func=lambda value: ratio(Decimal(value)) if value else reader.say("masters.any"),
        key="masters.level",
    )
    if level:
        found.append(Filter("confidence", (Decimal(level),), "from"))
    return found, search or ""


def tiles(reader: Reader, items: Sequence[Item], decided: Decided) -> None:
    """Show how much is to be decided, and what waits for the next run."""
    boxes = st.columns(4)
    boxes[0].metric(reader.say("masters.tile_codes"), f"{len(items):,}", border=True)
    total = sum((item.amount for item in items), Decimal(0))
    boxes[1].metric(reader.say("masters.tile_stake"), amount(total, reader.unit), border=True)
    sure = sum(item.confidence >= SURE for item in items)
    boxes[2].metric(reader.say("masters.tile_sure"), f"{sure:,}", border=True)
    boxes[3].metric(reader.say("masters.tile_next"), f"{len(decided.mappings):,}", border=True)


def choose_items(reader: Reader, items: Sequence[Item], key: str, *, may_decide: bool) -> list[Item]:
    """Show items as a table in which proposals can be selected; return the selected ones."""
    frame = pd.DataFrame([_written(reader, item) for item in items], dtype=str)
    proposed = [item for item in items if item.proposal and item.state in ("open", "waiting")]
    every, listed = False, _listed(items)
    if may_decide and proposed:
        told = reader.say("masters.select_all", count=f"{len(proposed):,}")
        every = st.checkbox(told, key=f"{key}.all.{listed}")
        st.caption(reader.say("masters.select_hint"))
    event = st.dataframe(
        frame,
        key=f"{key}.grid.{listed}",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), TALL) + 1) + 4,
        row_height=ROW_HEIGHT,
        on_select="rerun",
        selection_mode=["multi-row"],
        column_config={
            name: st.column_config.TextColumn(name, alignment="right" if name in _right(reader) else "left")
            for name in frame.columns
        },
    )
    if every:
        return proposed
    picked = [items[number] for number in event["selection"]["rows"] if number < len(items)]
    return [item for item in picked if item in proposed or len(picked) == 1]


def _listed(items: Sequence[Item]) -> str:
    """Name a list of items: what was selected in another one, before others decided, is so no more."""
    told = [f"{code_of(item.row)} {item.proposal.id if item.proposal else ''}" for item in items]
    return hashlib.md5("\n".join(told).encode(), usedforsecurity=False).hexdigest()[:12]


def _right(reader: Reader) -> tuple[str, str]:
    return (reader.say("masters.sure"), reader.say("masters.tile_stake"))


def _written(reader: Reader, item: Item) -> dict[str, str]:
    row, proposal = item.row, item.proposal
    kind = reader.word("partner_kind", row["partner_kind"]) if row["partner_kind"] else ""
    confidence = proposal.confidence if proposal else None
    written = {
        reader.say("masters.entity"): kind or reader.word("entity", row["entity"]),
        reader.say("masters.source"): row["source_id"],
        reader.say("masters.side_source"): f"{row['source_code']}  {row['source_name'] or ''}".strip(),
        reader.say("masters.side_master"): _master(item),
        reader.say("masters.sure"): ratio(confidence) if confidence is not None else MISSING,
        reader.say("masters.tile_stake"): amount(item.amount),
        reader.say("masters.evidence"): _evidence(reader, item),
    }
    if item.state != "open":
        written |= {
            reader.say("masters.state"): reader.say(f"masters.{item.state}"),
            reader.say("masters.decided_by"): item.decided_by,
        }
    return written


def _master(item: Item) -> str:
    if item.proposal is None:
        return MISSING
    master = item.proposal.mapped.master_code
    is_shown = master == item.row["proposed_master_code"]
    return f"{master}  {(item.row['proposed_name'] if is_shown else '') or ''}".strip()


def _evidence(reader: Reader, item: Item) -> str:
    if item.proposal is None:
        return ""
    return item.proposal.evidence_zh if reader.language == "zh" else item.proposal.evidence_en


def side_by_side(reader: Reader, item: Item) -> None:
    """Show one code and what is proposed for it beside each other."""
    row = item.row
    left, right = st.columns(2, border=True)
    left.markdown(f"**{reader.say('masters.side_source')}**")
    left.markdown(f"{plain(row['source_id'])} · {plain(row['source_code'])}")
    right.markdown(f"**{reader.say('masters.side_master')}**")
    right.markdown(plain(item.proposal.mapped.master_code if item.proposal else MISSING))
    for label, own, other in (
        ("name", "source_name", "proposed_name"),
        ("tax_id", "source_tax_id", "proposed_tax_id"),
        ("specification", "source_specification", "proposed_specification"),
    ):
        if row[own] or row[other]:
            for side, value in ((left, row[own]), (right, row[other])):
                side.markdown(f"{reader.say(f'masters.{label}')} **{plain(value or MISSING)}**")
    left.markdown(f"{reader.say('masters.tile_stake')} **{plain(amount(item.amount))}**")
    right.markdown(f"{reader.say('masters.evidence')} {plain(_evidence(reader, item) or MISSING)}")
    if (row["candidate_count"] or 0) > 1:
        right.caption(reader.say("masters.others", count=int(row["candidate_count"]) - 1))


def offer(reader: Reader, desk: Desk, chosen: Sequence[Item]) -> None:
    """Offer to approve or reject what is selected, and say what came of it."""
    by = decider(reader.rights)
    total = sum((item.amount for item in chosen), Decimal(0))
    told = reader.say("masters.selected", count=f"{len(chosen):,}", amount=amount(total))
    st.markdown(f"**{plain(told)}**　{plain(reader.say('masters.deciding_as', name=by))}")
    boxes = st.columns([4, 1, 1], vertical_alignment="bottom")
    reason = boxes[0].text_input(reader.say("masters.reason"), key="masters.reason") or ""
    pressed: Action | None = None
    if boxes[1].button(reader.say("masters.approve"), type="primary", key="masters.approve", width="stretch"):
        pressed = "approve"
    if boxes[2].button(reader.say("masters.reject"), key="masters.reject", width="stretch"):
        pressed = "reject"
    if pressed is None:
        return
    refusal = decide(desk, pressed, chosen, by=by, reason=reason)
    if refusal is not None:
        st.error(plain(reader.say("masters.refused", reason=refusal.sentence(reader.language))))
        return
    done = "masters.done_approved" if pressed == "approve" else "masters.done_rejected"
    st.session_state["masters.told"] = reader.say(done, count=len(chosen))
    st.rerun()


def choose_state(reader: Reader) -> str:
    """Let the reader choose what to look at: what is to decide, what was decided, or the alerts."""
    return filters.choose_view(
        reader, ("open", "waiting", "approved", "rejected", "alerts"), "masters", "masters.view"
    )
