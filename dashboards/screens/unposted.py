"""Documents without voucher: what cannot be booked, why, how much, since when, and who looks after it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboards import filters, frame, tables, trace_views
from dashboards.reader import Reader, report_is_published
from dashboards.semantics.question import Filter

REPORT = "unposted_documents"
NARROWED_BY = (("reason", "reason"), ("event", "event"), ("owner", "owner"))
AGES = (0, 30, 90, 180)


def show(reader: Reader) -> None:
    """Draw what waits, added up by its reason, and every line; a click leads to the document."""
    frame.head(reader, "unposted", ())
    if not report_is_published(REPORT, reader.snapshot):
        st.info(reader.say("vouchers.nothing"))
        return
    narrowed = filters.narrow(reader, REPORT, "unposted", NARROWED_BY)
    age = st.segmented_control(
        reader.say("unposted.age"),
        AGES,
        default=0,
        required=True,
        format_func=lambda days: (
            reader.say("unposted.older", days=days) if days else reader.say("filter.every")
        ),
        key="unposted.age",
    )
    chosen = [*narrowed.filters, *([Filter("age_days", (age,), "from")] if age else [])]
    whole = reader.whole(REPORT, filters=chosen, search=narrowed.search)
    question = replace(whole, companies=reader.companies)
    if not reader.ask(question).row_count:
        st.success(reader.say("unposted.nothing"))
        return
    group = filters.choose_group(reader, REPORT, "unposted")
    tables.table(reader, replace(question, group_by=group), f"unposted.by.{group[0]}")
    st.subheader(reader.say("unposted.lines"))
    st.caption(reader.say("unposted.click"))
    tables.table(
        reader,
        question,
        "unposted.lines",
        on_click=lambda row: reader.open_page("trace", {"of": trace_views.of_document(row)}),
        hidden=("document_id",),
    )
