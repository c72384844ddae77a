"""Navigation: which pages there are, and what holds for all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from dashboards import frame, sidebar
from dashboards.errors import DashboardError
from dashboards.house import House, house
from dashboards.reader import Reader
from dashboards.screens import (
    bridge,
    health,
    ledger,
    lines,
    mapping,
    masters,
    overview,
    procurement,
    sales,
    trace,
    unposted,
    vouchers,
)
from dashboards.texts import Language, text

SECTIONS = {
    "figures": {"overview": overview.show, "procurement": procurement.show, "sales": sales.show},
    "books": {
        "bridge": bridge.show,
        "vouchers": vouchers.show,
        "unposted": unposted.show,
        "ledger": ledger.show,
        "trace": trace.show,
        "lines": lines.show,
    },
    "house": {"masters": masters.show, "health": health.show, "mapping": mapping.show},
}


def main() -> None:
    """Run one page of the house for whoever looks at it."""
    opened = house()
    st.set_page_config(page_title=text("app.name", opened.language), layout="wide")
    st.logo(Path(__file__).with_name("assets") / "logo.svg", size="large")
    frame.style()
    language = sidebar.choose_language(opened)
    try:
        _show(opened, language)
    except DashboardError as reason:
        st.error(reason.sentence(language))


def _show(opened: House, language: Language) -> None:
    chosen: list[Reader] = []
    pages = {
        name: st.Page(
            _drawing(draw, chosen),
            title=text(f"page.{name}", language),
            url_path=name,
            default=name == "overview",
        )
        for entries in SECTIONS.values()
        for name, draw in entries.items()
    }
    page = st.navigation(
        {
            text(f"app.{section}", language): [pages[name] for name in entries]
            for section, entries in SECTIONS.items()
        }
    )
    with opened.warehouse.reading() as snapshot:
        reader = sidebar.choose(opened, snapshot, opened.rights(), language)
        if reader is None:
            st.info(text("filter.no_periods", language))
            return
        chosen.append(replace(reader, open_page=partial(_open, pages)))
        page.run()


def _drawing(draw: Callable[[Reader], None], chosen: list[Reader]) -> Callable[[], None]:
    """A page without arguments, as Streamlit wants it; its reader is known once the filters are drawn."""

    def page() -> None:
        draw(chosen[0])

    return page


def _open(pages: Mapping[str, Page], name: str, parameters: Mapping[str, Sequence[str]]) -> None:
    """Go to another page with an address that can be shared."""
    st.switch_page(pages[name], query_params={key: list(values) for key, values in parameters.items()})


main()
