"""Who only reads the book store waits for no writer: a page would stand still while somebody posts."""

from pathlib import Path
from time import perf_counter

from bridgebook.books.anchoring import newest_anchor
from bridgebook.books.store import BUSY_SECONDS, open_store, store_url
from tests.books.store import desk, draft


def test_the_anchor_is_read_while_somebody_posts(tmp_path: Path) -> None:
    (tmp_path / "bridgebook.toml").write_text('language = "en"\n', encoding="utf-8")
    engine = open_store(store_url(tmp_path / "books"))
    done = desk(engine, [draft(1), draft(2)]).post_all(by="poster", is_automatic=True)
    with engine.begin():  # holds the one write lock
        began = perf_counter()
        assert newest_anchor(tmp_path) == done.anchor
        assert perf_counter() - began < BUSY_SECONDS / 4
    assert str(done.anchor).startswith("2:")
