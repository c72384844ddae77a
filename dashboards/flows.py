"""What the procurement and sales pages share: figures by event, order lines, matching and ageing."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboards import charts, drill, filters, frame, tables, tiles
from dashboards.figures import plain
from dashboards.filters import Narrowed
from dashboards.reader import Reader
from dashboards.semantics.answer import Row
from dashboards.semantics.catalog import catalog
from dashboards.semantics.question import Filter, Order

VIEWS = ("summary", "order_lines", "events", "matching", "ageing")
BUCKETS = tuple(catalog().words["bucket"])


@dataclass(frozen=True)
class Flow:
    """Procurement or sales: its figures, reports and the name of its partners."""

    page: str
    figures: tuple[str, ...]
    partner: str
    ageing: str

    @property
    def lines(self) -> str:
        return f"{self.page}_lines"

    @property
    def events(self) -> str:
        return f"{self.page}_events"


def show(reader: Reader, flow: Flow) -> None:
    """Draw the page of one flow."""
    frame.head(reader, flow.page, reader.calibers(flow.page))
    if (order := drill.at("order", 2)) is not None:
        order_story(reader, flow, order)
        return
    narrowed = filters.narrow(
        reader, flow.events, flow.page, [(flow.partner, "partner_code"), ("item", "item_code")]
    )
    found = reader.headlines(flow.figures, filters=narrowed.filters, search=narrowed.search)
    currency = tiles.choose_currency(reader, found)
    shown = [figure for figure in found if figure.currency == currency]
    tiles.row(reader, shown, per_row=4)
    st.subheader(reader.say("flow.by_month"))
    series = [(figure.label, [(str(month), value) for month, value in figure.trend]) for figure in shown]
    charts.draw(
        charts.by_month(series, unit=reader.unit, height=240),
        f"{flow.page}.months",
        reader.say("flow.by_month"),
    )
    view = filters.choose_view(reader, VIEWS, "flow", f"{flow.page}.view")
    {
        "summary": summary,
        "order_lines": order_lines,
        "events": events,
        "matching": matching,
        "ageing": ageing,
    }[view](reader, flow, narrowed)


def summary(reader: Reader, flow: Flow, narrowed: Narrowed) -> None:
    """Amounts of every event by partner, item, category, month ..."""
    group = filters.choose_group(reader, flow.page, f"{flow.page}.summary")
    question = reader.question(flow.page, filters=narrowed.filters, search=narrowed.search, group_by=group)
    tables.table(reader, question, f"{flow.page}.summary.{group}", hidden=("partner_kind",))


def order_lines(reader: Reader, flow: Flow, narrowed: Narrowed) -> None:
    """Order lines with everything that happened to them; a click tells the order's story."""
    statuses = filters.choose(reader, flow.lines, "match_status", "match_status", f"{flow.page}.lines")
    chosen = [*narrowed.filters, *([Filter("match_status", tuple(statuses))] if statuses else [])]
    question = reader.question(flow.lines, filters=chosen, search=narrowed.search)
    tables.table(
        reader,
        question,
        f"{flow.page}.lines",
        on_click=lambda row: drill.go("order", (row["source_id"], row["document_no"])),
    )


def events(reader: Reader, flow: Flow, narrowed: Narrowed) -> None:
    """Every event of a document line; a click opens the document in the ledger page."""
    question = reader.question(flow.events, filters=narrowed.filters, search=narrowed.search)
    tables.table(
        reader,
        question,
        f"{flow.page}.events",
        on_click=lambda row: drill.go(
            "order", (row["source_id"], row["order_document_no"] or row["document_no"])
        ),
    )


def matching(reader: Reader, flow: Flow, narrowed: Narrowed) -> None:
    """Order lines by how order, delivery and invoice agree."""
    question = reader.question(
        flow.lines,
        filters=narrowed.filters,
        search=narrowed.search,
        group_by=("match_status",),
        order=[Order("ordered_net_amount", descending=True)],
    )
    tables.table(reader, question, f"{flow.page}.matching")


def ageing(reader: Reader, flow: Flow, narrowed: Narrowed) -> None:
    """Open items by age and by partner."""
    partners = [chosen for chosen in narrowed.filters if chosen.column == "partner_code"]
    group = filters.choose_group(
        reader, flow.ageing, f"{flow.page}.ageing", only=("bucket", "document_bucket")
    )
    answer = reader.ask(reader.question(flow.ageing, filters=partners, group_by=group))
    if answer.rows:
        st.caption(plain(reader.say("flow.as_of", date=answer.rows[0]["as_of_date"])))
        for total in answer.totals:
            currency = total.apart[0][1]
            found = {
                row[group[0]]: row["open_amount"]
                for row in answer.rows
                if row["company_currency_code"] == currency
            }
            points = [
                (catalog().word("bucket", bucket, reader.language), found[bucket])
                for bucket in BUCKETS
                if bucket in found
            ]
            name = f"{catalog().report(flow.ageing).title.say(reader.language)} {currency}"
            charts.draw(charts.columns(points, unit=reader.unit), f"{flow.ageing}.{currency}", name)
    tables.table(
        reader, reader.question(flow.ageing, filters=partners, search=narrowed.search), f"{flow.page}.ageing"
    )


def order_story(reader: Reader, flow: Flow, order: tuple[str, ...]) -> None:
    """One order: its lines, and every event of them in the order they happened."""
    source, number = order
    steps = [drill.Step(reader.say(f"page.{flow.page}"), ()), drill.Step(number, ("order",))]
    drill.breadcrumb(steps, ("order",), flow.page)
    st.subheader(reader.say("flow.order_lines"))
    same = [Filter("source_id", (source,)), Filter("document_no", (number,))]
    tables.table(reader, reader.whole(flow.lines, filters=same), f"{flow.page}.story.lines", only_filled=True)
    st.subheader(reader.say("flow.events"))
    of_order = [Filter("source_id", (source,)), Filter("order_document_no", (number,))]
    story = reader.whole(flow.events, filters=of_order, order=[Order("event_date"), Order("document_no")])
    if not reader.ask(story).row_count:
        story = reader.whole(flow.events, filters=same)
    tables.table(
        reader,
        story,
        f"{flow.page}.story.events",
        only_filled=True,
        on_click=lambda row: reader.open_page("ledger", {"document": document_key(row)}),
    )


def document_key(row: Row) -> tuple[str, ...]:
    """What names a business document in an address: source, entity, id, number."""
    return tuple(
        str(row.get(name) or "") for name in ("source_id", "document_entity", "document_id", "document_no")
    )
