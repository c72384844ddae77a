"""The frame of every page: title, what the figures mean and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import streamlit as st

from dashboards.figures import moment, plain
from dashboards.reader import Reader, company_names
from dashboards.runs import failed_since
from dashboards.semantics.answer import Completeness, NamedCaliber
from dashboards.semantics.snapshot_facts import facts

Desk = TypeVar("Desk")

MANY = 4
STYLE = """<style>
[data-testid="stMetricValue"], [data-testid="stMetricDelta"], table { font-variant-numeric: tabular-nums; }
[data-testid="stMetricValue"] { font-size: 1.6rem; }
[data-testid="stElementToolbar"] { display: none; }
[data-testid="stMainBlockContainer"] { padding: 2.2rem 2.5rem 2rem 2.5rem; }
</style>"""
"""House style: tabular figures, and no table tool bar, whose download would bypass rights and escaping."""


def style() -> None:
    """Apply the house style once per page; nothing of it comes from data."""
    st.html(STYLE)


def head(reader: Reader, page: str, calibers: Sequence[NamedCaliber]) -> None:
    """Show title, calibers, periods, companies, age of the data, snapshot and completeness."""
    st.title(reader.say(f"page.{page}"))
    known = facts(reader.snapshot).completeness
    parts = [
        (reader.say("frame.period"), str(reader.periods)),
        (reader.say("frame.companies"), _companies(reader)),
        (reader.say("frame.synced"), _synced(reader, known)),
        (reader.say("frame.snapshot"), reader.snapshot.version),
    ]
    told = [f"**{plain(name)}** {plain(value)}" for name, value in parts]
    told.append(reader.say(_verdict(known)))
    if not reader.rights.sees_all or reader.rights.hidden_columns:
        told.append(f"**{reader.say('frame.limited')}**")
    st.caption("　".join(told))
    if calibers:
        _calibers(reader, calibers)
    banner(reader, known)


def banner(reader: Reader, known: Completeness) -> None:
    """Warn where a later run failed or the last syncs were not complete, and say why."""
    failed_at = failed_since(reader.house.home, reader.snapshot.version)
    if failed_at:
        st.warning(plain(reader.say("banner.failed_since", moment=failed_at)))
    if not known.is_known:
        st.warning(reader.say("banner.unknown"))
        return
    reasons, comma = [], reader.say("frame.comma")
    if known.failed_sources:
        reasons.append(reader.say("banner.sources", names=comma.join(known.failed_sources)))
    if known.incomplete_tables:
        names = comma.join(known.incomplete_tables[:MANY])
        reasons.append(reader.say("banner.tables", count=len(known.incomplete_tables), names=names))
    if known.unequal_totals:
        reasons.append(reader.say("banner.totals", count=known.unequal_totals))
    if known.quarantined_rows:
        reasons.append(reader.say("banner.quarantine", count=known.quarantined_rows))
    if reasons:
        st.warning(plain(reader.say("banner.incomplete", reasons="; ".join(reasons))))


def desk_or_reason(reader: Reader, open_desk: Callable[[Path], Desk]) -> Desk | None:
    """Open a desk of the book store; where that fails, say why and let the reader look on."""
    try:
        return open_desk(reader.house.home)
    except Exception as error:
        if not hasattr(error, "sentence"):
            raise
        st.warning(plain(reader.say("masters.no_desk", reason=error.sentence(reader.language))))
        return None


def _calibers(reader: Reader, calibers: Sequence[NamedCaliber]) -> None:
    names = reader.say("frame.comma").join(plain(caliber.name) for caliber in calibers)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"**{reader.say('frame.caliber')}** {names}", width="content")
        with st.popover(reader.say("frame.definitions"), type="tertiary"):
            for caliber in calibers:
                st.markdown(f"**{plain(caliber.name)}** {plain(caliber.definition)}")


def _companies(reader: Reader) -> str:
    names = company_names(reader.rights, reader.snapshot)
    chosen = reader.companies or tuple(names)
    if not reader.companies and reader.rights.sees_all and len(chosen) > 1:
        return f"{reader.say('filter.all_companies')} ({len(chosen)})"
    listed = reader.say("frame.comma").join(names.get(code, code) for code in chosen[:MANY])
    return f"{listed} … ({len(chosen)})" if len(chosen) > MANY else listed


def _synced(reader: Reader, known: Completeness) -> str:
    if known.last_synced_at is None:
        return reader.say("frame.never_synced")
    return reader.say("frame.utc", moment=moment(known.last_synced_at))


def _verdict(known: Completeness) -> str:
    if not known.is_known:
        return "frame.unknown"
    return "frame.complete" if known.is_complete else "frame.incomplete"
