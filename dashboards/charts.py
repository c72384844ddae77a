"""Charts in the house style: dark for actual, light for the past, one scale, figures on the marks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboards.figures import Unit, amount

FONT = (
    '"Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", '
    "system-ui, sans-serif"
)
INK, MUTED, RULE = "#263238", "#607d8b", "#cfd8dc"
SERIES = ("#263238", "#78909c", "#1f77b4", "#b0bec5", "#5e35b1")
GOOD_BAD: dict[str, tuple[str, str]] = {
    "international": ("#1565c0", "#c62828"),
    "chinese": ("#c62828", "#2e7d32"),
    "colour_blind": ("#0072b2", "#d55e00"),
}
CONFIG = {"displayModeBar": False, "responsive": True}
Point = tuple[str, Decimal | None]


def by_month(series: Sequence[tuple[str, Sequence[Point]]], *, unit: Unit, height: int = 300) -> go.Figure:
    """Columns side by side over months, one colour a series; time runs to the right."""
    figure = _figure(height)
    for position, (name, points) in enumerate(series):
        figure.add_bar(
            name=_safe(name),
            x=[period for period, _ in points],
            y=[_scaled(value, unit) for _, value in points],
            marker_color=SERIES[position % len(SERIES)],
            customdata=[amount(value, unit) for _, value in points],
            hovertemplate="%{x}  %{customdata}<extra>" + _safe(name) + "</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.05)
    figure.update_xaxes(type="category")
    return figure


def ranked(points: Sequence[Point], *, unit: Unit, color: str = INK) -> go.Figure:
    """Horizontal bars, largest on top, the figure at the end of each bar."""
    figure = _figure(max(140, 34 * len(points) + 30))
    names = [f"{position}. {_safe(name)}" for position, (name, _) in enumerate(points, start=1)]
    figure.add_bar(
        orientation="h",
        x=[_scaled(value, unit) for _, value in points],
        y=names,
        marker_color=color,
        text=[amount(value, unit) for _, value in points],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", showgrid=False)
    figure.update_xaxes(visible=False, rangemode="tozero")
    figure.update_layout(bargap=0.35, margin={"r": 110, "b": 4})
    return figure


def columns(points: Sequence[Point], *, unit: Unit, height: int = 260) -> go.Figure:
    """One column per category in the given order, its figure on top."""
    figure = _figure(height)
    figure.add_bar(
        x=[_safe(name) for name, _ in points],
        y=[_scaled(value, unit) for _, value in points],
        marker_color=INK,
        text=[amount(value, unit) for _, value in points],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(visible=False)
    figure.update_layout(bargap=0.4, margin={"t": 28})
    return figure


def waterfall(
    points: Sequence[tuple[str, Decimal, bool]], *, unit: Unit, colors: tuple[str, str], height: int = 380
) -> go.Figure:
    """From one total to the other; each point is a name, an amount and whether it is a total."""
    figure = _figure(height)
    rise, fall = colors
    figure.add_waterfall(
        x=[f"{position}. {_safe(name)}" for position, (name, _, _) in enumerate(points, start=1)],
        y=[_scaled(value, unit) for _, value, _ in points],
        measure=["absolute" if is_total else "relative" for _, _, is_total in points],
        text=[amount(value, unit) for _, value, _ in points],
        textposition="outside",
        cliponaxis=False,
        connector={"line": {"color": RULE}},
        increasing={"marker": {"color": rise}},
        decreasing={"marker": {"color": fall}},
        totals={"marker": {"color": INK}},
        hoverinfo="x+text",
    )
    figure.update_xaxes(type="category", tickangle=-35)
    figure.update_yaxes(visible=False)
    figure.update_layout(margin={"t": 28}, showlegend=False)
    return figure


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """Put a figure on the page; `alt` says it to those who cannot see it."""
    st.plotly_chart(figure, key=key, theme=None, config=CONFIG, alt=alt)


def good_bad(palette: str) -> tuple[str, str]:
    """Colours for good and bad news in the chosen palette."""
    return GOOD_BAD.get(palette, GOOD_BAD["international"])


def _figure(height: int) -> go.Figure:
    layout: dict[str, Any] = {
        "height": height,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
        "hoverlabel": {"font": {"family": FONT}},
        "dragmode": False,
    }
    figure = go.Figure(layout=layout)
    figure.update_xaxes(showgrid=False, showline=False, zeroline=False, fixedrange=True, automargin=True)
    figure.update_yaxes(
        gridcolor=RULE, zerolinecolor=MUTED, fixedrange=True, automargin=True, tickformat=",~f"
    )
    return figure


def _scaled(value: Decimal | None, unit: Unit) -> float | None:
    """Length of a mark: geometry, not a figure; figures are written from the exact value."""
    if value is None:
        return None
    return float(value.scaleb(-4) if unit == "ten_thousand" else value)


def _safe(name: str) -> str:
    """Plotly reads a little HTML in labels: take it away."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
