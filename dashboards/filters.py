"""Filters of one page: text, partner, item and coded values, each offering only what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboards.reader import MOST_CHOICES, Reader
from dashboards.semantics.catalog import catalog
from dashboards.semantics.question import Filter

BESIDE_SEARCH = 3


@dataclass(frozen=True)
class Narrowed:
    """What a reader narrowed a page to."""

    search: str
    filters: tuple[Filter, ...]


def narrow(reader: Reader, report: str, key: str, columns: Sequence[tuple[str, str]]) -> Narrowed:
    """Show a search box and one choice per (label key, column); beyond a thousand values people search."""
    if len(columns) <= BESIDE_SEARCH:
        first, *boxes = st.columns([2, *([1.4] * len(columns))], vertical_alignment="bottom")
    else:
        first, boxes = st.container(), st.columns(len(columns))
    search = first.text_input(
        reader.say("filter.search"), placeholder=reader.say("filter.search_hint"), key=f"{key}.search"
    )
    found = []
    for box, (label, column) in zip(boxes, columns, strict=True):
        with box:
            values = choose(reader, report, column, label, key)
        if values:
            found.append(Filter(column, tuple(values)))
    return Narrowed(search or "", tuple(found))


def choose(reader: Reader, report: str, column: str, label: str, key: str) -> list[str]:
    """Let the reader choose values of one column; where there are very many, after a search among them."""
    name = column.removesuffix("_code") + "_name"
    names = [name] if column.endswith("_code") else []
    options = dict(reader.choices(report, column, names=names))
    if len(options) == MOST_CHOICES:
        options = _searched(reader, report, column, label, key, names, options)

    def say(code: str) -> str:
        return f"{code} {options[code]}".strip() if options.get(code) else reader.word(column, code)

    return list(
        st.multiselect(
            reader.say(f"filter.{label}"),
            list(options),
            format_func=say,
            placeholder=reader.say("filter.every"),
            key=f"{key}.{column}",
        )
    )


def _searched(
    reader: Reader,
    report: str,
    column: str,
    label: str,
    key: str,
    names: Sequence[str],
    first: dict[str, str],
) -> dict[str, str]:
    """Show a box that finds values beyond the first ones; what is chosen already stays in the list."""
    words = st.text_input(
        reader.say("filter.find", what=reader.say(f"filter.{label}")),
        placeholder=reader.say("filter.find_hint", count=f"{MOST_CHOICES:,}"),
        key=f"{key}.{column}.find",
    )
    found = dict(reader.choices(report, column, names=names, contains=words.strip())) if words else first
    kept = {}
    for value in st.session_state.get(f"{key}.{column}", []):
        named = found if value in found else dict(reader.choices(report, column, names=names, contains=value))
        kept[value] = named.get(value, "")
    return kept | found


def choose_group(
    reader: Reader, report: str, key: str, *, with_lines: bool = False, only: Sequence[str] = ()
) -> tuple[str, ...]:
    """Let the reader choose how a report is grouped; `with_lines` offers single lines too."""
    groups = catalog().report(report).groups
    options = [*(["lines"] if with_lines else []), *(only or groups)]

    def say(code: str) -> str:
        return (
            reader.say("filter.not_grouped") if code == "lines" else groups[code].label.say(reader.language)
        )

    chosen = st.segmented_control(
        reader.say("filter.group"),
        options,
        default=options[0],
        required=True,
        format_func=say,
        key=f"{key}.group",
    )
    return () if chosen == "lines" else (str(chosen),)


def choose_view(reader: Reader, views: Sequence[str], section: str, key: str) -> str:
    """Let the reader choose one of several views of a page; the address names it."""
    if key not in st.session_state:
        linked = st.query_params.get("view")
        st.session_state[key] = linked if linked in views else views[0]
    chosen = st.segmented_control(
        "view",
        views,
        required=True,
        format_func=lambda view: reader.say(f"{section}.{view}"),
        label_visibility="collapsed",
        key=key,
    )
    st.query_params["view"] = str(chosen)
    return str(chosen)
