"""Master data: which codes stand for the same party or thing; a person decides, the next run follows."""

from __future__ import annotations

from typing import cast

import streamlit as st

from bridgebook.books.masters import Decided, State
from dashboards import frame, tables, workbench
from dashboards.deciding import desk_of
from dashboards.figures import plain
from dashboards.reader import Reader


def show(reader: Reader) -> None:
    """Draw the worklist in one of its states, or the alerts."""
    frame.head(reader, "masters", ())
    if not reader.rights.sees_all:
        st.info(reader.say("masters.closed"))
        return
    view = workbench.choose_state(reader)
    if view == "alerts":
        search = st.text_input(reader.say("filter.search"), key="masters.alert_search")
        question = reader.whole("master_data_alerts", filters=(), search=search or "")
        tables.table(reader, question, "masters.alerts", empty="health.nothing")
        return
    told = st.session_state.pop("masters.told", None)
    if told:
        st.success(plain(told))
    desk = frame.desk_or_reason(reader, desk_of)
    narrowed, search = workbench.narrow(reader)
    decided = desk.decided() if desk else Decided({}, ())
    items = workbench.items_of(reader, decided, cast(State, view), narrowed, search)
    workbench.tiles(reader, items, decided)
    if not items:
        st.info(reader.say("masters.nothing"))
        return
    may_decide = desk is not None and reader.rights.may_decide and view in ("open", "waiting")
    chosen = workbench.choose_items(reader, items, f"masters.{view}", may_decide=may_decide)
    if chosen:
        workbench.side_by_side(reader, chosen[0])
    if not reader.rights.may_decide:
        st.caption(reader.say("masters.read_only"))
    elif desk and may_decide and chosen and chosen[0].proposal:
        workbench.offer(reader, desk, chosen)
