"""Tables of answers: one page of rows, exact figures on the right, totals at the foot, headings that sort."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import downloads
from dashboards.figures import MISSING, cell, plain
from dashboards.reader import Reader
from dashboards.semantics.answer import Answer, Column, Row, Total
from dashboards.semantics.question import Order, Question

PAGE_SIZES = (25, 50, 100, 200)
ROW_HEIGHT = 32
IN_GRID_TOTALS = 6
SIDES = ("debit", "credit")
NAME_WIDTH, LONG_NAME = 150, 14
CURRENCY = "company_currency_code"
TOTAL_STYLE = "font-weight: 700; background-color: #eceff1"
NEGATIVE_STYLE = "color: #b3261e"
Click = Callable[[Row], None]


@dataclass(frozen=True)
class Sorting:
    """What a reader chose by clicking a heading."""

    column: str
    descending: bool


def table(
    reader: Reader,
    question: Question,
    key: str,
    *,
    on_click: Click | None = None,
    hidden: Collection[str] = (),
    empty: str = "table.empty",
    only_filled: bool = False,
) -> Answer:
    """Show a question as a table with totals, pages and downloads; a click on a row calls `on_click`."""
    sorting = _sorting(key)
    if sorting:
        question = replace(question, order=(Order(sorting.column, sorting.descending),))
    size = int(st.session_state.get(f"{key}.size", PAGE_SIZES[0]))
    answer, page = _ask_page(reader, question, key, size)
    if not answer.row_count:
        st.info(reader.say(empty))
        return answer
    kept_back = _hidden(reader, answer, hidden) | (_unfilled(answer) if only_filled else set())
    shown = [column for column in answer.columns if column.name not in kept_back]
    _toolbar(reader, answer, (page - 1) * size, sorting, key)
    _grid(reader, answer, shown, sorting, key, on_click)
    if len(answer.totals) > IN_GRID_TOTALS:
        _totals_grid(reader, answer, shown, key)
    _pager(reader, answer, size, key)
    if _has_mixed_total(answer):
        st.caption(f"{MISSING} {reader.say('table.mixed')}")
    return answer


def _ask_page(reader: Reader, question: Question, key: str, size: int) -> tuple[Answer, int]:
    page = int(st.session_state.get(f"{key}.page", 1))
    answer = reader.ask(replace(question, limit=size, offset=(page - 1) * size))
    if page > 1 and (page - 1) * size >= answer.row_count:
        st.session_state[f"{key}.page"] = page = 1
        answer = reader.ask(replace(question, limit=size, offset=0))
    return answer, page


def _hidden(reader: Reader, answer: Answer, hidden: Collection[str]) -> set[str]:
    names = {"source_id", "voucher_id", *hidden}
    if len(answer.heading.companies) == 1:
        names |= {"company_code", "company_name"}
    if len({value for total in answer.totals for name, value in total.apart if name == CURRENCY}) == 1:
        names.add(CURRENCY)
    return names


def _unfilled(answer: Answer) -> set[str]:
    """Columns without any value, where every row is on the page."""
    if answer.table.num_rows < answer.row_count:
        return set()
    return {column.name for column in answer.columns if not any(row[column.name] for row in answer.rows)}


def _toolbar(reader: Reader, answer: Answer, offset: int, sorting: Sorting | None, key: str) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    last = offset + answer.table.num_rows
    if answer.row_count > answer.table.num_rows:
        told = reader.say(
            "table.shown", first=f"{offset + 1:,}", last=f"{last:,}", count=f"{answer.row_count:,}"
        )
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
    clicks = int(st.session_state.get(f"{key}.clicks", 0))
    event = st.dataframe(
        frame.style.apply(lambda _: styles, axis=None),
        key=f"{key}.grid.{clicks}",
        hide_index=True,
        height=_height(frame),
        row_height=ROW_HEIGHT,
        column_config={
            column.name: _config(column, sorting, is_long=_is_long(column, frame)) for column in shown
        },
        on_select="rerun",
        selection_mode=["single-cell", "single-column"] if on_click else ["single-column"],
    )
    selection = event["selection"]
    if selection["columns"]:
        _sort_by(selection["columns"][0], answer, key)
    elif on_click and selection.get("cells") and selection["cells"][0][0] < len(rows):
        st.session_state[f"{key}.clicks"] = clicks + 1
        on_click(rows[selection["cells"][0][0]])
        st.rerun()


def _totals_grid(reader: Reader, answer: Answer, shown: list[Column], key: str) -> None:
    """Many totals stand in a table of their own: what each is of, its rows and its figures."""
    figures = [column for column in shown if any(column.name in total.values for total in answer.totals)]
    label, rows = reader.say("table.total"), reader.say("export.rows")
    written = [
        {
            label: answer.heading.apart(total),
            rows: f"{total.row_count:,}",
            **{
                column.label: cell(total.values.get(column.name), column, answer.heading) or MISSING
                for column in figures
            },
        }
        for total in answer.totals
    ]
    frame = pd.DataFrame(written, dtype=str)
    right = [rows, *(column.label for column in figures)]
    st.dataframe(
        frame,
        key=f"{key}.totals",
        hide_index=True,
        height=_height(frame),
        row_height=ROW_HEIGHT,
        width="content",
        column_config={name: st.column_config.TextColumn(name, alignment="right") for name in right},
    )


def _pager(reader: Reader, answer: Answer, size: int, key: str) -> None:
    """Page numbers and the size of a page, where there is more than the smallest page holds."""
    if answer.row_count <= PAGE_SIZES[0]:
        return
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        st.pagination(-(-answer.row_count // size), key=f"{key}.page")
    right.selectbox(
        reader.say("table.page_size"),
        PAGE_SIZES,
        key=f"{key}.size",
        label_visibility="collapsed",
        format_func=lambda count: reader.say("table.per_page", count=count),
    )


def _height(frame: pd.DataFrame) -> int:
    return ROW_HEIGHT * (len(frame) + 1) + 4


def _frame(
    reader: Reader, answer: Answer, rows: list[Row], shown: list[Column]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Text of every cell, totals last, and its style."""
    written = [
        {
            column.name: "" if _is_empty_side(column, row) else cell(row[column.name], column, answer.heading)
            for column in shown
        }
        for row in rows
    ]
    if len(answer.totals) <= IN_GRID_TOTALS:
        written += [_total_row(reader, answer, total, shown) for total in answer.totals]
    frame = pd.DataFrame(written, columns=[column.name for column in shown], dtype=str)
    styles = pd.DataFrame("", index=frame.index, columns=frame.columns)
    styles.iloc[len(rows) :, :] = TOTAL_STYLE
    for column in shown:
        if column.is_figure:
            is_negative = frame[column.name].str.startswith("-")
            styles.loc[is_negative, column.name] += f"; {NEGATIVE_STYLE}"
    return frame, styles


def _is_empty_side(column: Column, row: Row) -> bool:
    """In a ledger the side that a line does not touch stays blank."""
    return column.name in SIDES and not row[column.name]


def _total_row(reader: Reader, answer: Answer, total: Total, shown: list[Column]) -> dict[str, str]:
    written = {column.name: "" for column in shown}
    for column in shown:
        if column.name in total.values:
            value = total.values[column.name]
            written[column.name] = cell(value, column, answer.heading) or MISSING
    label = f"{reader.say('table.total')} {answer.heading.apart(total)}".strip()
    first = next((column.name for column in shown if not column.is_figure), None)
    if first:
        written[first] = label
    return written


def _config(column: Column, sorting: Sorting | None, *, is_long: bool) -> Any:
    arrow = ""
    if sorting and sorting.column == column.name:
        arrow = " ▼" if sorting.descending else " ▲"
    explained = [part for part in (column.explanation, column.caliber) if part]
    return st.column_config.TextColumn(
        column.label + arrow,
        help=plain(" · ".join(explained)) or None,
        alignment="right" if column.is_figure else "left",
        width=NAME_WIDTH if is_long else None,
    )


def _is_long(column: Column, frame: pd.DataFrame) -> bool:
    """Long names and summaries keep to a width, so that the figures beside them stay in sight."""
    is_name = column.name.endswith("_name") or column.name == "summary"
    return is_name and bool((frame[column.name].str.len() > LONG_NAME).any())


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
    guarded = {
        name for name, measure in answer.heading.report.measures.items() if measure.currency or measure.unit
    }
    return any(total.values.get(name, 0) is None for total in answer.totals for name in guarded)
