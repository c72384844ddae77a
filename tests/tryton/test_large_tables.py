"""How large tables are read (by change stamp, by totals, by keys), on small ones: landing is the source.

Tables below a limit are compared whole in every sync, which would hide the rest: the limits are set to 0.
"""

from pathlib import Path
from random import Random

import pytest

from bridgebook import settings, syncing
from bridgebook.demo import tryton
from ingestion import table_sync
from tests.conftest import NewDatabase
from tests.tryton.changes import change_at_random
from tests.tryton.installation import Installation, SourceText
from tests.tryton.landing import landing_differences
from tests.tryton.source import age_stamps, open_books

STEPS, CHANGES = 3, 20


def source(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of demo books that the test may change, with stamps spread over two years."""
    if database == "postgresql":
        new_database: NewDatabase = request.getfixturevalue("postgresql")
        url = new_database()
        tryton.write_database(url)
    else:
        tryton.write_sqlite(tmp_path / "books.sqlite")
        url = f"sqlite:///{tmp_path / 'books.sqlite'}"
    with open_books(url) as books:
        age_stamps(books)
    return url


@pytest.mark.parametrize(
    ("database", "keys_limit"),
    [("sqlite", 0), pytest.param("postgresql", table_sync.KEYS_LIMIT, marks=pytest.mark.services)],
)
def test_landing_is_the_source_after_every_sync(
    database: str,
    keys_limit: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    url = source(database, request, tmp_path)
    monkeypatch.setattr(table_sync, "WHOLE_LIMIT", 0)
    monkeypatch.setattr(table_sync, "KEYS_LIMIT", keys_limit)
    home = Installation.create(
        tmp_path / "home", SourceText("erp", url, "lag_minutes = 60\nfull_sweep_days = 3650")
    )
    random = Random(keys_limit + 5)
    for step in range(STEPS):
        (outcome,) = syncing.sync(settings.load(home.folder))
        with open_books(url) as books:
            told = home.ledger(
                "select table_name, mode, message_en from sync_tables where status <> 'success'"
            )
            assert (outcome.status, told) == ("success", []), f"after step {step}"
            assert landing_differences(home, "erp", books) == [], f"after step {step}"
            print(f"step {step}:", "; ".join(change_at_random(books, random, CHANGES)))
