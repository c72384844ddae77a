"""Download buttons: the same question, unlimited, written only when somebody clicks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from bridgebook.books.anchoring import newest_anchor
from dashboards.exports import as_bytes
from dashboards.house import House
from dashboards.reader import Reader
from dashboards.semantics.question import Question
from dashboards.semantics.rights import Rights

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def buttons(reader: Reader, question: Question, key: str) -> None:
    """Show a button per format to readers who may export."""
    if not reader.rights.may_export:
        return
    whole = replace(question, limit=None, offset=0)
    name = f"{question.report}_{question.periods or 'all'}".replace("..", "_")
    anchor = _anchor(reader.house.home)
    for suffix, kind in KINDS.items():
        st.download_button(
            reader.say(f"table.download_{suffix}"),
            data=_written(reader.house, whole, reader.rights, suffix),
            file_name=f"{name}.{suffix}",
            mime=kind,
            key=f"{key}.{suffix}",
            on_click="ignore",
            help=reader.say("table.anchor", anchor=anchor) if anchor and suffix == "csv" else None,
        )


@st.cache_data(ttl=60, show_spinner=False)
def _anchor(home: Path) -> str | None:
    """Every table of a page asks for it at every turn: the book store is asked once a minute."""
    return newest_anchor(home)


def _written(house: House, question: Question, rights: Rights, suffix: str) -> Callable[[], bytes]:
    """The file is made in a later moment than the page: it opens the current snapshot itself."""

    def write() -> bytes:
        return as_bytes(house.warehouse, question, rights, suffix)

    return write
