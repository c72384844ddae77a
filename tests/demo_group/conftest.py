"""The small group that the tests of this folder read: written once, never changed by them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bridgebook.demo.group import GroupBooks, write_group

SMALL = 0.02
Ask = Callable[[str, str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> GroupBooks:
    return write_group(tmp_path_factory.mktemp("group"), scale=SMALL)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> GroupBooks:
    return write_group(tmp_path_factory.mktemp("clean"), scale=SMALL, defects=0)


def ask_file(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="session")
def ask(books: GroupBooks) -> Ask:
    return lambda database, query: ask_file(books.databases[database], query)


@pytest.fixture(scope="session")
def ledgers(books: GroupBooks) -> list[str]:
    return [name for name in books.databases if name.startswith("u8")]
