"""Bridge: from a business figure to a ledger figure, what stands between them, and how much is matched."""

from __future__ import annotations

import streamlit as st

from dashboards import bridge_views, filters, finding_views, flux_views, frame
from dashboards.reader import Reader, report_is_published

VIEWS = ("statement", "lines", "findings", "flux", "past", "rates")


def show(reader: Reader) -> None:
    """Draw the chosen bridge as a waterfall and in one of its views."""
    frame.head(reader, "bridge", reader.calibers("bridge_steps"))
    if not report_is_published("bridge_steps", reader.snapshot):
        st.info(reader.say("bridge.not_published"))
        return
    chosen = bridge_views.choose_bridge(reader)
    if chosen is None:
        st.info(reader.say("bridge.nothing"))
        return
    answer = bridge_views.steps(reader, chosen)
    bridge_views.figures(reader, chosen, answer)
    bridge_views.waterfall(reader, answer)
    view = filters.choose_view(reader, VIEWS, "bridge", "bridge.view")
    if view == "findings":
        finding_views.worklist(reader)
        return
    {
        "statement": bridge_views.statement,
        "lines": bridge_views.lines,
        "flux": flux_views.periods,
        "past": flux_views.past,
        "rates": bridge_views.rates,
    }[view](reader, chosen, answer)
