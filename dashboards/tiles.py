"""Tiles: a headline figure with its change, its months and the caliber it speaks in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards.figures import MISSING, amount, plain, ratio
from dashboards.reader import Reader
from dashboards.semantics.answer import NamedCaliber
from dashboards.semantics.comparing import Change, Headline

PER_ROW = 3


def choose_currency(reader: Reader, figures: Sequence[Headline]) -> str:
    """Amounts of different currencies never stand in one figure: let the reader choose one."""
    currencies = sorted({figure.currency for figure in figures})
    if len(currencies) < 2:
        return currencies[0] if currencies else ""
    chosen = st.segmented_control(
        reader.say("filter.currency"), currencies, default=currencies[0], required=True, key="currency"
    )
    return str(chosen)


def calibers(figures: Sequence[Headline]) -> tuple[NamedCaliber, ...]:
    """Calibers of some figures, each once."""
    return tuple({figure.caliber.key: figure.caliber for figure in figures if figure.caliber}.values())


def row(
    reader: Reader, figures: Sequence[Headline], per_row: int = PER_ROW, *, with_links: bool = False
) -> None:
    """Draw tiles in rows; `with_links` leads from each to the page that explains it."""
    for start in range(0, len(figures), per_row):
        columns = st.columns(per_row)
        for column, figure in zip(columns, figures[start : start + per_row], strict=False):
            with column.container(border=True, height="stretch"):
                tile(reader, figure)
                if with_links:
                    _link(reader, figure)


def tile(reader: Reader, figure: Headline) -> None:
    """Draw one tile: value, months, change against the periods before and against last year, caliber."""
    unit = reader.say(f"overview.unit_{reader.unit}", currency=figure.currency)
    st.metric(
        f"{plain(figure.label)} ({plain(unit)})",
        amount(figure.value, reader.unit),
        chart_data=[float(value or 0) for _, value in figure.trend],
        chart_type="bar",
        help=plain(figure.caliber.definition) if figure.caliber else None,
    )
    lines = [
        f"{reader.say('overview.versus_previous')} {_moved(reader, figure, figure.previous)}",
        f"{reader.say('overview.versus_year')} {_moved(reader, figure, figure.year_ago)}",
    ]
    if figure.caliber:
        lines.append(f"{reader.say('frame.caliber')} {plain(figure.caliber.name)}")
    st.caption("  \n".join(lines))


def _link(reader: Reader, figure: Headline) -> None:
    label = f"{reader.say('overview.open_page')} ›"
    if st.button(label, key=f"tile.{figure.code}.{figure.currency}", type="tertiary"):
        reader.open_page(figure.page, {"view": [figure.view]} if figure.view else {})


def _moved(reader: Reader, figure: Headline, change: Change | None) -> str:
    if change is None:
        return MISSING
    arrow = "▲" if change.amount > 0 else "▼" if change.amount < 0 else "="
    percent = f" ({ratio(change.ratio, signed=True)})" if change.ratio is not None else ""
    told = plain(f"{arrow} {amount(change.amount, reader.unit)}{percent}")
    color = _color(reader, figure, change)
    return f":{color}[{told}]" if color else told


def _color(reader: Reader, figure: Headline, change: Change) -> str | None:
    """Good and bad news in the chosen palette; a figure that is neither stays grey."""
    if figure.rise == "neutral" or change.amount == 0:
        return None
    is_rise = change.amount > 0
    if reader.palette == "chinese":
        return "red" if is_rise else "green"
    is_good = is_rise == (figure.rise == "good")
    if reader.palette == "colour_blind":
        return "blue" if is_good else "orange"
    return "blue" if is_good else "red"
