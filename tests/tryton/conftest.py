"""Homes over the demo books that the tests of this folder share; each is built once per session."""

from pathlib import Path

import pytest

from bridgebook.demo import tryton
from tests.conftest import made_once
from tests.tryton.installation import Installation, SourceText
from tests.tryton.source import SourceBooks, open_books


@pytest.fixture(scope="session")
def four_books(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Installation:
    """Return a home that ran once over four Tryton instances.

    They are the demo books in SQLite (`erp`, whose codes are the master codes), PostgreSQL (`pg`) and MariaDB
    (`maria`), and another company's books in SQLite (`branch`). Where a server is missing, its instance is
    left out.
    """
    sources = [SourceText("erp", "sqlite:///books.sqlite"), SourceText("branch", "sqlite:///branch.sqlite")]
    for source_id, fixture in (("pg", "postgresql_books"), ("maria", "mariadb_books")):
        try:
            sources.append(SourceText(source_id, request.getfixturevalue(fixture)))
        except pytest.skip.Exception:
            continue

    def make(folder: Path) -> None:
        home = Installation.create(folder / "home", *sources, head='master_source = "erp"')
        tryton.write_sqlite(home.folder / "books.sqlite")
        tryton.write_sqlite(home.folder / "branch.sqlite")
        with open_books(f"sqlite:///{home.folder / 'branch.sqlite'}") as books:
            become_another_company(books)
        home.run("run")

    return Installation(made_once(tmp_path_factory, "four-books", make) / "home")


def become_another_company(books: SourceBooks) -> None:
    """Give the books other names, amounts and entries under the same ids and codes."""
    for party in books.all("party_party"):
        books.update("party_party", party["id"], name=f"分公司 {party['name']}")
    for move in books.all("account_move", "origin is null and date >= '2026-01-01'"):
        books.delete("account_move_line", "move = :move", move=move["id"])
        books.delete("account_move", "id = :move", move=move["id"])
    for line in books.all("account_move_line"):
        debit, credit = line["debit"] * 3, line["credit"] * 3
        books.update("account_move_line", line["id"], debit=debit, credit=credit)
