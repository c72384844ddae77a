"""Sync health: how the last syncs went, what does not agree with its source, and what waits for a person."""

from __future__ import annotations

import streamlit as st

from dashboards import filters, frame, tables
from dashboards.figures import moment
from dashboards.reader import Reader, report_is_published
from dashboards.semantics.question import Filter
from dashboards.semantics.snapshot_facts import facts

VIEWS = {
    "runs": "sync_runs",
    "tables": "sync_tables",
    "files": "sync_files",
    "totals": "sync_totals",
    "quarantine": "quarantined_rows",
    "unmapped": "unmapped_codes",
    "checks": "data_checks",
    "controls": "control_totals",
}


def show(reader: Reader) -> None:
    """Draw the state of the last syncs and one of their tables."""
    frame.head(reader, "health", ())
    known = facts(reader.snapshot).completeness
    boxes = st.columns(4)
    boxes[0].metric(reader.say("health.tile_synced"), moment(known.last_synced_at), border=True)
    boxes[1].metric(reader.say("health.tile_tables"), len(known.incomplete_tables), border=True)
    boxes[2].metric(reader.say("health.tile_totals"), known.unequal_totals, border=True)
    boxes[3].metric(reader.say("health.tile_quarantine"), known.quarantined_rows, border=True)
    if known.is_complete:
        st.success(reader.say("health.all_good"))
    views = tuple(name for name, report in VIEWS.items() if report_is_published(report, reader.snapshot))
    view = filters.choose_view(reader, views, "health", "health.view")
    search = st.text_input(reader.say("filter.search"), key="health.search")
    chosen = narrowed(reader, view)
    question = reader.whole(VIEWS[view], filters=chosen, search=search or "")
    is_narrowed = bool(chosen or search)
    tables.table(reader, question, f"health.{view}", empty="table.empty" if is_narrowed else "health.nothing")


def narrowed(reader: Reader, view: str) -> list[Filter]:
    """Offer the filter that a view is usually read with."""
    if view in ("totals", "controls") and st.toggle(
        reader.say("health.unequal_only"), key=f"health.unequal.{view}"
    ):
        return [Filter("is_equal", (False, None))]
    if view == "tables" and st.toggle(reader.say("health.incomplete_only"), key="health.incomplete"):
        return [Filter("is_complete", (False, None))]
    return []
