"""A bridge against other periods, and as it was known at an earlier instant."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboards import bridge_views, charts
from dashboards.figures import amount, plain
from dashboards.reader import Reader
from dashboards.semantics.answer import Answer
from dashboards.semantics.flux import LAST_YEAR, PREVIOUS, Flux, FluxRow, compared_with, flux
from dashboards.semantics.past import Compared, compared
from dashboards.semantics.snapshot_facts import calendar

MOST_LINES = 25


def periods(reader: Reader, chosen: bridge_views.Chosen, answer: Answer) -> None:
    """Show what moved the ledger figure since the period before, or since the same period of last year."""
    against = st.segmented_control(
        reader.say("flux.against"),
        (PREVIOUS, LAST_YEAR),
        default=PREVIOUS,
        required=True,
        format_func=lambda word: reader.say("flux.last_year" if word == LAST_YEAR else "flux.previous"),
        label_visibility="collapsed",
        key="bridge.against",
    )
    scope = reader.rights.scope(reader.companies)
    base = compared_with(str(against), reader.periods, calendar(reader.snapshot, scope))
    found = flux(
        reader.snapshot,
        reader.rights,
        chosen.bridge,
        currency=chosen.currency,
        periods=reader.periods,
        against=base,
        companies=reader.companies,
    )
    before, now = (reader.say("flux.ledger", period=str(period)) for period in (found.against, found.periods))
    points = [(before, found.before, True)]
    points += [(_name(reader, row), row.amount, False) for row in found.rows]
    points.append((now, found.now, True))
    charts.draw(
        charts.waterfall(points, unit=reader.unit, colors=charts.good_bad(reader.palette)),
        "bridge.flux",
        reader.say("bridge.flux"),
    )
    cells = [
        f"| {'**' if is_end else ''}{plain(name)}{'**' if is_end else ''} | {amount(value, reader.unit)} |"
        for name, value, is_end in points
    ]
    cells.append(f"| {reader.say('flux.residual')} | {amount(found.residual, reader.unit)} |")
    left, right = st.columns(2, gap="large")
    left.markdown("\n".join([_head(reader, "bridge.item", "bridge.amount"), *cells]))
    with right:
        _contributions(reader, found)


def _contributions(reader: Reader, found: Flux) -> None:
    """Show which partners and items moved it most."""
    st.markdown(f"**{reader.say('flux.lines')}**")
    head = _head(reader, "flux.driver", "filter.partner", "filter.item", "bridge.amount")
    rows = [
        f"| {plain(reader.say(f'flux.{line.driver}'))} | {plain(line.partner)} | {plain(line.item)} "
        f"| {amount(line.amount, reader.unit)} |"
        for line in found.lines[:MOST_LINES]
    ]
    st.markdown("\n".join([head, *rows]))


def past(reader: Reader, chosen: bridge_views.Chosen, answer: Answer) -> None:
    """Show the bridge as it was known at an earlier instant beside what is known now."""
    instants = reader.house.warehouse.past_versions()
    st.caption(plain(reader.say("past.how")))
    if not instants:
        st.info(reader.say("past.none"))
        return
    version = st.selectbox(
        reader.say("past.instant"), list(instants), format_func=_moment, key="bridge.past.instant"
    )
    with reader.house.warehouse.reading(instants[str(version)]) as snapshot:
        then = bridge_views.steps(replace(reader, snapshot=snapshot), chosen)
        rows = compared(then, answer)
    head = _head(reader, "bridge.item", "past.then", "past.now", "past.change")
    st.markdown("\n".join([head, *(_line(reader, row) for row in rows)]))


def _line(reader: Reader, row: Compared) -> str:
    name = plain(row.name_zh if reader.language == "zh" else row.name_en)
    cells = [amount(value, reader.unit) for value in (row.then, row.now, row.change)]
    mark = "**" if row.is_end else ""
    return f"| {mark}{name}{mark} | " + " | ".join(f"{mark}{cell}{mark}" for cell in cells) + " |"


def _head(reader: Reader, *names: str) -> str:
    texts = [reader.say(name) for name in names]
    left = sum(name in ("bridge.item", "flux.driver", "filter.partner", "filter.item") for name in names)
    rule = "|".join([":--"] * left + ["--:"] * (len(names) - left))
    return "| " + " | ".join(texts) + f" |\n|{rule}|"


def _name(reader: Reader, row: FluxRow) -> str:
    if row.is_driver:
        return reader.say(f"flux.{row.code}")
    return row.name_zh if reader.language == "zh" else row.name_en


def _moment(version: str) -> str:
    """Write a version as the moment in UTC that it names."""
    day, clock = version[:8], version[9:15]
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {clock[:2]}:{clock[2:4]}:{clock[4:]} UTC"
