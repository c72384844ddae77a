"""Voucher drafts: what the rules would book; people review, sign and post it."""

from __future__ import annotations

import streamlit as st

from dashboards import filters, frame, voucher_bench
from dashboards.figures import plain
from dashboards.reader import Reader
from dashboards.voucher_desk import VIEWS, drafts_of, voucher_desk_of, vouchers_of


def show(reader: Reader) -> None:
    """Draw the worklist of one state, or the posted vouchers."""
    frame.head(reader, "vouchers", ())
    if reader.rights.hidden_columns:
        st.info(reader.say("vouchers.closed"))
        return
    view = filters.choose_view(reader, VIEWS, "vouchers", "vouchers.view")
    told = st.session_state.pop("vouchers.told", None)
    if told:
        st.success(plain(told))
    desk = frame.desk_or_reason(reader, voucher_desk_of)
    if desk is None:
        return
    narrowed = voucher_bench.narrow(reader)
    if view == "posted":
        found = vouchers_of(desk, reader.rights, narrowed)
        voucher_bench.tiles(reader, found, desk.anchor())
        if found:
            voucher_bench.posted(reader, desk, found)
        else:
            st.info(reader.say("vouchers.nothing"))
        return
    drafts = drafts_of(desk, reader.rights, view, narrowed)
    voucher_bench.tiles(reader, drafts, desk.anchor())
    if not drafts:
        st.info(reader.say("vouchers.nothing"))
        return
    may_decide = reader.rights.may_decide and view != "held"
    chosen = voucher_bench.choose(reader, drafts, view, may_decide=may_decide)
    if chosen:
        voucher_bench.inside(reader, desk, chosen[0].draft)
    if not reader.rights.may_decide:
        st.caption(reader.say("masters.read_only"))
    elif chosen and may_decide:
        voucher_bench.offer(reader, desk, view, chosen)
    elif may_decide and reader.rights.sees_all and view in ("draft", "approved"):
        voucher_bench.offer_everything(reader, desk, view, len(drafts))
