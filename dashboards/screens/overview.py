"""Overview: the six figures a controller asks for first, each with its caliber, its past and its page."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, frame, tiles
from dashboards.reader import Reader
from dashboards.semantics.comparing import Headline
from dashboards.semantics.question import Filter, Order

FIGURES = ("purchases", "sales", "result", "cash", "receivables", "payables")
TOP = 10


def show(reader: Reader) -> None:
    """Draw the overview."""
    found = reader.headlines(FIGURES)
    frame.head(reader, "overview", tiles.calibers(found))
    currency = tiles.choose_currency(reader, found)
    shown = [figure for figure in found if figure.currency == currency]
    if not any(figure.value for figure in shown):
        st.info(reader.say("overview.nothing"))
        return
    tiles.row(reader, shown, with_links=True)
    trend([figure for figure in shown if figure.code in ("purchases", "sales", "result")], reader)
    left, right = st.columns(2, gap="large")
    with left:
        top(reader, "procurement", "top_suppliers", currency)
    with right:
        top(reader, "sales", "top_customers", currency)


def trend(figures: list[Headline], reader: Reader) -> None:
    """Purchases, sales and result by month."""
    if not figures:
        return
    st.subheader(reader.say("overview.trend"))
    series = [(figure.label, [(str(period), value) for period, value in figure.trend]) for figure in figures]
    charts.draw(charts.by_month(series, unit=reader.unit), "trend", reader.say("overview.trend"))


def top(reader: Reader, report: str, title: str, currency: str) -> None:
    """The ten largest partners by invoiced amount."""
    st.subheader(reader.say(f"overview.{title}"))
    question = reader.question(
        report,
        filters=[Filter("company_currency_code", (currency,)), Filter("event", ("invoiced",))],
        group_by=("partner",),
        order=[Order("invoiced_amount", descending=True)],
        limit=TOP,
    )
    rows = [row for row in reader.ask(question).rows if row["invoiced_amount"]]
    if not rows:
        st.caption(reader.say("table.empty"))
        return
    points = [(row.get("partner_name") or row["partner_code"] or "?", row["invoiced_amount"]) for row in rows]
    charts.draw(charts.ranked(points, unit=reader.unit), title, reader.say(f"overview.{title}"))
