"""Navigation: which pages there are, and what holds for all of them."""

import streamlit as st

from dashboards import frame, sidebar
from dashboards.errors import DashboardError
from dashboards.house import House, house
from dashboards.pages import health, ledger, lines, overview, procurement, sales
from dashboards.reader import Reader
from dashboards.texts import Language, text

SECTIONS = {
    "figures": {"overview": overview.show, "procurement": procurement.show, "sales": sales.show},
    "books": {"ledger": ledger.show, "lines": lines.show},
    "house": {"health": health.show},
}


def main() -> None:
    """Run one page of the house for whoever looks at it."""
    opened = house()
    st.set_page_config(page_title=text("app.name", opened.language), layout="wide")
    frame.style()
    language = sidebar.choose_language(opened)
    try:
        _show(opened, language)
    except DashboardError as reason:
        st.error(reason.sentence(language))


def _show(opened: House, language: Language) -> None:
    with opened.warehouse.reading() as snapshot:
        rights = opened.rights()
        chosen: list[Reader] = []
        pages = {
            text(f"app.{section}", language): [
                st.Page(
                    lambda draw=draw: draw(chosen[0]),
                    title=text(f"page.{name}", language),
                    url_path=name,
                    default=name == "overview",
                )
                for name, draw in entries.items()
            ]
            for section, entries in SECTIONS.items()
        }
        page = st.navigation(pages)
        reader = sidebar.choose(opened, snapshot, rights, language)
        if reader is None:
            st.info(text("filter.no_periods", language))
            return
        chosen.append(reader)
        page.run()


main()
