"""A published home with eighteen months of three companies, and what reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dashboards.semantics.rights import Rights
from dashboards.warehouse import Snapshot, Warehouse
from tests.dashboards.published import publish

ONE_COMPANY = Rights(companies=frozenset({"HD02"}), may_export=True)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose snapshot no test changes."""
    folder = tmp_path_factory.mktemp("dashboards") / "home"
    publish(folder)
    return folder


@pytest.fixture
def snapshot(home: Path) -> Iterator[Snapshot]:
    """The published snapshot, read as the dashboards read it."""
    warehouse = Warehouse(home)
    with warehouse.reading() as opened:
        yield opened
    warehouse.close()


@pytest.fixture(scope="session")
def direct(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Plain SQL on a copy of the snapshot: figures that owe the semantic layer nothing."""
    copy = tmp_path_factory.mktemp("direct") / "copy.duckdb"
    copy.write_bytes(next((home / "snapshots").glob("marts-*.duckdb")).read_bytes())
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection
