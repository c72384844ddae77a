"""Toy ERPs for the tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import NewDatabase
from tests.ingestion.toy import Toy


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Return a toy ERP in SQLite, filled."""
    return Toy(f"sqlite:///{tmp_path}/toy.sqlite", tmp_path / "home").create()


@pytest.fixture
def loose_toy(tmp_path: Path) -> Toy:
    """Return a toy ERP in SQLite without primary keys, so that keys may be missing or stand twice."""
    return Toy(f"sqlite:///{tmp_path}/toy.sqlite", tmp_path / "home").create(unique=False)


@pytest.fixture(params=["postgresql", "mariadb"])
def served_toy(request: pytest.FixtureRequest, tmp_path: Path) -> Toy:
    """Return a toy ERP in a database server, filled."""
    new_database: NewDatabase = request.getfixturevalue(request.param)
    return Toy(new_database(), tmp_path / "served").create()


@pytest.fixture
def large_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every table as too large to be compared whole or by all its keys in every sync."""
    monkeypatch.setattr("ingestion.table_sync.WHOLE_LIMIT", 0)
    monkeypatch.setattr("ingestion.table_sync.KEYS_LIMIT", 0)


@pytest.fixture
def middling_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every table as too large to be compared whole, but not by its keys, in every sync."""
    monkeypatch.setattr("ingestion.table_sync.WHOLE_LIMIT", 0)
