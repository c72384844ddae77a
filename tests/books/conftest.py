"""The two databases that a book store lives in."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bridgebook.books.store import open_store, store_url
from tests.conftest import NewDatabase


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Return an empty book store."""
    if request.param == "sqlite":
        return open_store(store_url(tmp_path))
    new_database: NewDatabase = request.getfixturevalue("postgresql")
    return open_store(store_url(tmp_path, new_database()))
