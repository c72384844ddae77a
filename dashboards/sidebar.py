"""The filters of every page: language, companies, periods, display; the address carries them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards.figures import Unit
from dashboards.house import House
from dashboards.reader import KnownPeriods, Reader, company_names, known_periods
from dashboards.semantics.question import Calendar, Period, Periods
from dashboards.semantics.rights import Rights
from dashboards.semantics.snapshot_facts import calendar
from dashboards.texts import Language, as_language, text
from dashboards.warehouse import Snapshot

PRESETS = ("month", "year_to_date", "twelve_months", "custom")
UNITS: tuple[Unit, ...] = ("one", "ten_thousand")
PALETTES = ("international", "chinese", "colour_blind")


def choose_language(house: House) -> Language:
    """Show the language switch and return the choice; the address wins when the page is opened."""
    start = as_language(st.query_params.get("lang", house.language))
    with st.sidebar:
        chosen = st.segmented_control(
            text("filter.language", start),
            ("zh", "en"),
            default=start,
            required=True,
            format_func=lambda code: {"zh": "中文", "en": "English"}[code],
            key="language",
        )
    language = as_language(chosen)
    _remember("lang", [language])
    return language


def choose(house: House, snapshot: Snapshot, rights: Rights, language: Language) -> Reader | None:
    """Show the other filters and return the reader they make; None where there is nothing to choose yet."""
    periods = known_periods(rights, snapshot)
    with st.sidebar:
        if periods is None:
            return None
        companies = _companies(rights, snapshot, language)
        chosen = _periods(periods, calendar(snapshot, rights.scope(companies)), language)
        unit, palette = _display(language)
    return Reader(
        house=house,
        snapshot=snapshot,
        rights=rights,
        language=language,
        periods=chosen,
        companies=companies,
        unit=unit,
        palette=palette,
    )


def _companies(rights: Rights, snapshot: Snapshot, language: Language) -> tuple[str, ...]:
    names = company_names(rights, snapshot)
    if "companies" not in st.session_state:
        linked = [code for code in st.query_params.get_all("company") if code in names]
        st.session_state["companies"] = linked
    chosen = st.multiselect(
        text("filter.companies", language),
        list(names),
        format_func=lambda code: f"{code} {names[code]}",
        placeholder=text("filter.all_companies", language),
        key="companies",
    )
    _remember("company", chosen)
    return tuple(chosen)


def _periods(known: KnownPeriods, years: Calendar, language: Language) -> Periods:
    options = [str(period) for period in known.every]
    latest = known.latest
    if "preset" not in st.session_state:
        first, last = st.query_params.get("from"), st.query_params.get("to")
        is_linked = first in options and last in options
        st.session_state["preset"] = "custom" if is_linked else "month"
        st.session_state["from"] = first if is_linked else str(latest)
        st.session_state["to"] = last if is_linked else str(latest)
    preset = st.pills(
        text("filter.preset", language),
        PRESETS,
        format_func=lambda code: text(f"filter.{code}", language),
        required=True,
        key="preset",
    )
    presets = {
        "month": Periods(latest, latest),
        "year_to_date": Periods(Period(latest.year, 1), latest),
        "twelve_months": years.latest_year(latest),
    }
    if preset in presets:
        chosen = presets[preset]
        st.caption(str(chosen))
    else:
        left, right = st.columns(2)
        first = left.selectbox(text("filter.from", language), options, key="from")
        last = right.selectbox(text("filter.to", language), options, key="to")
        ends = sorted((Period.parse(str(first)), Period.parse(str(last))))
        chosen = Periods(ends[0], ends[1])
    _remember("from", [str(chosen.first)])
    _remember("to", [str(chosen.last)])
    return chosen


def _display(language: Language) -> tuple[Unit, str]:
    with st.expander(text("filter.display", language)):
        unit = st.segmented_control(
            text("filter.unit", language),
            UNITS,
            default="one",
            required=True,
            format_func=lambda code: text(f"filter.unit_{code}", language),
            key="unit",
        )
        palette = st.selectbox(
            text("filter.palette", language),
            PALETTES,
            format_func=lambda code: text(f"filter.palette_{code}", language),
            key="palette",
        )
    return unit or "one", palette or "international"


def _remember(name: str, values: Sequence[str]) -> None:
    """Write a choice into the address, so that the address can be shared."""
    if st.query_params.get_all(name) != list(values):
        if values:
            st.query_params[name] = list(values)
        else:
            st.query_params.pop(name, None)
