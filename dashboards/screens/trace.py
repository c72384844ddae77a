"""Trace: from any document or voucher back to the request and on to the accounts of the ledger."""

from __future__ import annotations

import streamlit as st

from dashboards import drill, frame, trace_views
from dashboards.reader import Reader
from dashboards.semantics.tracing import named, trace

STEPS = ("of",)


def show(reader: Reader) -> None:
    """Draw the chain of the thing that the address names, or look for one."""
    frame.head(reader, "trace", ())
    asked = trace_views.search(reader)
    of = drill.at("of", 3)
    if asked:
        found = named(reader.snapshot, reader.rights, asked)
        if len(found) != 1:
            trace_views.choose(reader, asked, found)
            return
        trace_views.go(reader, found[0])
    if of is None:
        st.info(reader.say("trace.start"))
        return
    source, kind, identity = of
    chain = trace(reader.snapshot, reader.rights, identity, kind=kind, source_id=source)
    trace_views.heading(reader, chain.things[0])
    trace_views.picture(reader, chain)
    trace_views.links(reader, chain)
    trace_views.lines(reader, chain)
