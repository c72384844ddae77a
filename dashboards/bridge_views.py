"""The views of the bridge page: figures, waterfall, two-sided statement, documents of a step."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboards import charts, filters, tables
from dashboards.figures import amount, plain, ratio
from dashboards.reader import Reader
from dashboards.semantics.answer import Answer, Row
from dashboards.semantics.question import Filter

ENDS = ("from_total", "to_total")
SIDES = ("business", "ledger")
FIRST = "purchases_to_inventory"


@dataclass(frozen=True)
class Chosen:
    """The bridge and the currency that a reader looks at."""

    bridge: str
    currency: str

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What narrows every question of the page to it."""
        return (Filter("bridge_code", (self.bridge,)), Filter("document_currency_code", (self.currency,)))


def choose_bridge(reader: Reader) -> Chosen | None:
    """Let the reader choose a bridge and, where there are several, a currency."""
    listed = reader.choices("bridge_steps", "bridge_code", names=(f"bridge_name_{reader.language}",))
    if not listed:
        return None
    names = dict(listed)
    left, right = st.columns([3, 1])
    bridge = left.selectbox(
        reader.say("bridge.choose"),
        tuple(names),
        index=list(names).index(FIRST) if FIRST in names else 0,
        format_func=lambda code: names[code],
        key="bridge.code",
    )
    rows = reader.ask(reader.question("bridge_steps", filters=[Filter("bridge_code", (bridge,))])).rows
    currencies = tuple(sorted({str(row["document_currency_code"]) for row in rows}))
    currency = right.selectbox(reader.say("filter.currency"), currencies, key=f"bridge.currency.{bridge}")
    return Chosen(str(bridge), str(currency)) if currency else None


def steps(reader: Reader, chosen: Chosen) -> Answer:
    """Ask for the rows of the bridge in their order."""
    return reader.ask(reader.question("bridge_steps", filters=chosen.filters, limit=None))


def figures(reader: Reader, chosen: Chosen, answer: Answer) -> None:
    """Show both ends and how much of the ledger is matched."""
    boxes = st.columns(4)
    for box, kind in zip(boxes, ENDS, strict=False):
        row = next((row for row in answer.rows if row["row_kind"] == kind), None)
        label = name_of(reader, row) if row else reader.say(f"bridge.{kind}")
        box.metric(plain(label), amount(row["amount"] if row else 0, reader.unit))
    same = [Filter("bridge_code", (chosen.bridge,))]
    rates = reader.ask(reader.question("bridge_match_rates", filters=same)).rows
    for box, column in zip(boxes[2:], ("match_rate_amount", "match_rate_count"), strict=True):
        box.metric(reader.say(f"bridge.{column}"), ratio(rates[0][column] if rates else None))


def waterfall(reader: Reader, answer: Answer) -> None:
    """Draw the way from one end to the other."""
    points = [(name_of(reader, row), row["amount"], row["row_kind"] in ENDS) for row in answer.rows]
    charts.draw(
        charts.waterfall(points, unit=reader.unit, colors=charts.good_bad(reader.palette)),
        "bridge.waterfall",
        reader.say("page.bridge"),
    )


def statement(reader: Reader, chosen: Chosen, answer: Answer) -> None:
    """Show the two-sided statement: each figure with its items, and what both come to."""
    totals = reader.ask(
        reader.question("bridge_steps", filters=chosen.filters, group_by=("bridge",), limit=None)
    ).rows
    for box, side in zip(st.columns(2, gap="large"), SIDES, strict=True):
        with box:
            st.subheader(reader.say(f"bridge.side_{side}"))
            rows = [row for row in answer.rows if row["statement_side"] == side]
            ordered = sorted(rows, key=lambda row: row["row_kind"] not in ENDS)
            cells = [_item(reader, row) for row in ordered]
            adjusted = next(
                (row["statement_amount"] for row in totals if row["statement_side"] == side), None
            )
            cells.append(
                f"| **{reader.say('bridge.adjusted')}** | **{amount(adjusted or 0, reader.unit)}** |"
            )
            head = f"| {reader.say('bridge.item')} | {reader.say('bridge.amount')} |\n|:--|--:|"
            st.markdown("\n".join([head, *cells]))


def _item(reader: Reader, row: Row) -> str:
    name = plain(name_of(reader, row))
    shown = amount(row["statement_amount"], reader.unit)
    return f"| **{name}** | **{shown}** |" if row["row_kind"] in ENDS else f"| {name} | {shown} |"


def lines(reader: Reader, chosen: Chosen, answer: Answer) -> None:
    """Show the documents and vouchers of one step, or of all."""
    names = {row["step_code"]: name_of(reader, row) for row in answer.rows if row["row_kind"] not in ENDS}
    step = st.selectbox(
        reader.say("bridge.step"),
        ("", *names),
        format_func=lambda code: names.get(code) or reader.say("bridge.all_steps"),
        key=f"bridge.step.{chosen.bridge}",
    )
    narrowed = filters.narrow(
        reader, "bridge_lines", "bridge.lines", [("partner", "partner_code"), ("item", "item_code")]
    )
    of_step = [Filter("step_code", (step,))] if step else []
    question = reader.question(
        "bridge_lines", filters=[*chosen.filters, *of_step, *narrowed.filters], search=narrowed.search
    )
    tables.table(
        reader,
        question,
        f"bridge.lines.{step}",
        hidden=("bridge_code", "atom_id", "line_id"),
        only_filled=True,
    )


def rates(reader: Reader, chosen: Chosen, answer: Answer) -> None:
    """Show how much of each bridge's ledger is matched."""
    other = "en" if reader.language == "zh" else "zh"
    tables.table(
        reader,
        reader.question("bridge_match_rates"),
        "bridge.rates",
        hidden=("bridge_code", f"bridge_name_{other}"),
    )


def name_of(reader: Reader, row: Row) -> str:
    """Return a step's or caliber's name in the reader's language."""
    return str(row[f"step_name_{reader.language}"] or row["step_code"])
