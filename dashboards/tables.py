"""Tables of answers: one page of rows, exact figures on the right, totals at the foot, headings that sort."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import downloads
from dashboards.figures import MISSING, cell, plain
from dashboards.reader import Reader
from dashboards.semantics.answer import Answer, Column, Total
from dashboards.semantics.asking import facts
from dashboards.semantics.catalog import catalog
from dashboards.semantics.question import Order, Question

PAGE_ROWS = 50
ROW_HEIGHT = 32
VISIBLE_ROWS = 16
TOTAL_STYLE = "font-weight: 700; background-color: #eceff1"
NEGATIVE_STYLE = "color: #b3261e"
Row = Mapping[str, Any]
Click = Callable[[Row], None]


@dataclass(frozen=True)
class Sorting:
    """What a reader chose by clicking a heading."""

    column: str
    descending: bool


def table(
    reader: Reader, question: Question, key: str, *, on_click: Click | None = None, hidden: Collection[str] = ()
) -> Answer:
    """Show a question as a table with totals, pages and downloads; a click on a row calls `on_click`."""
    sorting = _sorting(key)
    if sorting:
        question = replace(question, order=(Order(sorting.column, sorting.descending),))
    answer, page = _ask_page(reader, question, key)
    if not answer.row_count:
        st.info(reader.say("table.empty"))
        return answer
    shown = [column for column in answer.columns if column.name not in _hidden(reader, answer, hidden)]
    _toolbar(reader, answer, page, sorting, key)
    _grid(reader, answer, shown, sorting, key, on_click)
    if _has_mixed_total(answer):
        st.caption(f"{MISSING} {reader.say('table.mixed')}")
    return answer


def _ask_page(reader: Reader, question: Question, key: str) -> tuple[Answer, int]:
    page = int(st.session_state.get(f"{key}.page", 1))
    answer = reader.ask(replace(question, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS))
    if page > 1 and (page - 1) * PAGE_ROWS >= answer.row_count:
        st.session_state[f"{key}.page"] = page = 1
        answer = reader.ask(replace(question, limit=PAGE_ROWS, offset=0))
    return answer, page


def _hidden(reader: Reader, answer: Answer, hidden: Collection[str]) -> set[str]:
    names = {"source_id", "voucher_id", *hidden}
    if len(answer.heading.companies) == 1:
        names |= {"company_code", "company_name"}
    return names


def _toolbar(reader: Reader, answer: Answer, page: int, sorting: Sorting | None, key: str) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    first = (page - 1) * PAGE_ROWS + 1
    last = first + answer.table.num_rows - 1
    if answer.row_count > PAGE_ROWS:
        told = reader.say("table.shown", first=f"{first:,}", last=f"{last:,}", count=f"{answer.row_count:,}")
    else:
        told = reader.say("table.rows", count=f"{answer.row_count:,}")
    column = answer.heading.column(sorting.column) if sorting else None
    if sorting and column:
        direction = reader.say("table.descending" if sorting.descending else "table.ascending")
        told += "　" + reader.say("table.sorted_by", column=column.label, direction=direction)
    else:
        told += "　" + reader.say("table.sort_hint")
    left.caption(plain(told))
    with right.container(horizontal=True, horizontal_alignment="right"):
        downloads.buttons(reader, answer.heading.question, key)


def _grid(
    reader: Reader,
    answer: Answer,
    shown: list[Column],
    sorting: Sorting | None,
    key: str,
    on_click: Click | None,
) -> None:
    rows = answer.rows
    frame, styles = _frame(reader, answer, rows, shown)
    height = ROW_HEIGHT * (min(len(frame), VISIBLE_ROWS) + 1) + 4
    clicks = int(st.session_state.get(f"{key}.clicks", 0))
    event = st.dataframe(
        frame.style.apply(lambda _: styles, axis=None),
        key=f"{key}.grid.{clicks}",
        hide_index=True,
        height=height,
        row_height=ROW_HEIGHT,
        column_config={column.name: _config(column, sorting) for column in shown},
        on_select="rerun",
        selection_mode=["single-cell", "single-column"] if on_click else ["single-column"],
    )
    if answer.row_count > PAGE_ROWS:
        st.pagination(-(-answer.row_count // PAGE_ROWS), key=f"{key}.page")
    selection = event["selection"]
    if selection["columns"]:
        _sort_by(selection["columns"][0], answer, key)
    elif on_click and selection.get("cells") and selection["cells"][0][0] < len(rows):
        st.session_state[f"{key}.clicks"] = clicks + 1
        on_click(rows[selection["cells"][0][0]])
        st.rerun()


def _frame(
    reader: Reader, answer: Answer, rows: list[Row], shown: list[Column]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Text of every cell, totals last, and its style."""
    written = [
        {column.name: cell(row[column.name], column.kind, column.name, reader.language) for column in shown}
        for row in rows
    ]
    written += [_total_row(reader, answer, total, shown) for total in answer.totals]
    frame = pd.DataFrame(written, columns=[column.name for column in shown], dtype=str)
    styles = pd.DataFrame("", index=frame.index, columns=frame.columns)
    styles.iloc[len(rows) :, :] = TOTAL_STYLE
    for column in shown:
        if column.is_figure:
            is_negative = frame[column.name].str.startswith("-")
            styles.loc[is_negative, column.name] += f"; {NEGATIVE_STYLE}"
    return frame, styles


def _total_row(reader: Reader, answer: Answer, total: Total, shown: list[Column]) -> dict[str, str]:
    written = {column.name: "" for column in shown}
    for column in shown:
        if column.name in total.values:
            value = total.values[column.name]
            written[column.name] = cell(value, column.kind, column.name, reader.language) or MISSING
    label = total_label(reader, total, answer)
    first = next((column.name for column in shown if not column.is_figure), None)
    if first:
        written[first] = label
    return written


def total_label(reader: Reader, total: Total, answer: Answer) -> str:
    """Say what a total is of: its currency, and its caliber where calibers stand apart."""
    named = facts(reader.snapshot).calibers
    words = []
    for column, value in total.apart:
        row = named.get(value or "") if column == "caliber_code" else None
        words.append(row[f"name_{reader.language}"] if row else catalog().word(column, value, reader.language))
    return " ".join([reader.say("table.total"), *words])


def _config(column: Column, sorting: Sorting | None) -> Any:
    arrow = ""
    if sorting and sorting.column == column.name:
        arrow = " ▼" if sorting.descending else " ▲"
    explained = [part for part in (column.explanation, column.caliber) if part]
    return st.column_config.TextColumn(
        column.label + arrow,
        help=plain(" · ".join(explained)) or None,
        alignment="right" if column.is_figure else "left",
    )


def _sorting(key: str) -> Sorting | None:
    kept = st.session_state.get(f"{key}.sort")
    return kept if isinstance(kept, Sorting) else None


def _sort_by(name: str, answer: Answer, key: str) -> None:
    """A first click sorts figures from the largest and text from A; the next click turns round."""
    column, old = answer.heading.column(name), _sorting(key)
    descending = not old.descending if old and old.column == name else bool(column and column.is_figure)
    st.session_state[f"{key}.sort"] = Sorting(name, descending)
    st.session_state[f"{key}.page"] = 1
    st.session_state[f"{key}.clicks"] = int(st.session_state.get(f"{key}.clicks", 0)) + 1
    st.rerun()


def _has_mixed_total(answer: Answer) -> bool:
    return any(value is None for total in answer.totals for value in total.values.values())
