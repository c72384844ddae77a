"""One home of SAP, its books in two yearly U8 databases and a U8 subsidiary, made once for a test session."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import made_once
from tests.packs.masters import write_sap, write_u8
from tests.packs.vendor import WRITERS, vendor_database
from tests.tryton.installation import Installation, SourceText

SOURCES = {"sap": "sap", "u8_001_2025": "u8", "u8_001_2026": "u8", "u8_003": "u8"}
COMPANIES = {
    "sap": '"1000" = "HY01"',
    "u8_001_2025": '"001" = "HY01"',
    "u8_001_2026": '"001" = "HY01"',
    "u8_003": '"003" = "HY03"',
}


def packs_home(factory: pytest.TempPathFactory) -> Installation:
    """Return a home that ran once over all rows that the tests of packs state; to change it, copy it."""
    return Installation(made_once(factory, "packs-home", _make) / "home")


def _make(folder: Path) -> None:
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.packs.{file.stem}")  # each states its rows when it is imported
    sources = [
        SourceText(
            source_id, f"sqlite:///{source_id}.sqlite", f"companies = {{ {COMPANIES[source_id]} }}", system
        )
        for source_id, system in SOURCES.items()
    ]
    home = Installation.create(folder / "home", *sources)
    for source_id, system in SOURCES.items():
        with vendor_database(home.folder / f"{source_id}.sqlite", system) as database:
            if system == "sap":
                write_sap(database)
            else:
                write_u8(database, source_id)
            for writer in WRITERS.get(source_id, []):
                writer(database)
    home.run("run", timeout=900)
