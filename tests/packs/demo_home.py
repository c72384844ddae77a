"""A home over the demo group at its smallest, without planted mistakes, made once for a test session."""

from pathlib import Path

import pytest

from tests.conftest import made_once
from tests.tryton.installation import Installation

# A rule names one of the yearly databases; the ledger is primary in all of them.
PRIMARY = "company_code,source_id,ledger_code,reason\nHY01,u8_001_2025,GL,the books\n"


def demo_home(factory: pytest.TempPathFactory) -> Installation:
    """Return the home; to change it, copy it."""
    return Installation(made_once(factory, "demo-group", _make) / "home")


def _make(folder: Path) -> None:
    group = pytest.importorskip("bridgebook.demo.group")
    books = group.write_group(folder / "books", scale=0.02, defects=0)
    home = Installation(folder / "home")
    home.folder.mkdir()
    settings = 'language = "en"\n' + group.sources_toml(books)
    (home.folder / "bridgebook.toml").write_text(settings, encoding="utf-8")
    (home.folder / "rules").mkdir()
    (home.folder / "rules" / "primary_ledgers.csv").write_text(PRIMARY, encoding="utf-8")
    home.run("run", timeout=900)
