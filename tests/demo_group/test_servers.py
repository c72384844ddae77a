"""The group is written to real servers too, with the values that the SQLite files hold."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bridgebook.demo.group import write_group, write_group_to
from tests.demo_group.conftest import ask_file

TINY = 0.003
SUMS = {
    "sap": ("BSEG", "DMBTR"),
    "u8_003": ("GL_accvouch", "md"),
    "u8_002_2026": ("GL_accvouch", "mc"),
}


@pytest.mark.services
@pytest.mark.parametrize("service", ["postgresql", "mariadb"])
def test_a_server_holds_what_the_files_hold(
    service: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    import sqlalchemy as sa

    new_database: Callable[[], str] = request.getfixturevalue(service)
    urls: dict[str, str] = {}

    def url(name: str) -> str:
        return urls.setdefault(name, new_database())

    there = write_group_to(url, tmp_path / "server", scale=TINY)
    here = write_group(tmp_path / "files", scale=TINY)
    assert there.rows == here.rows
    assert there.labels_path.read_bytes() == here.labels_path.read_bytes()
    for name, (table, column) in SUMS.items():
        metadata = sa.MetaData()
        engine = sa.create_engine(urls[name])
        held = sa.Table(table, metadata, autoload_with=engine)
        with engine.connect() as connection:
            query = sa.select(sa.func.count(), sa.func.sum(held.c[column]))
            count, total = connection.execute(query).one()
        engine.dispose()
        expected = ask_file(here.databases[name], f"select count(*), round(sum({column}), 2) from {table}")[0]
        assert count == expected[0]
        assert Decimal(total) == Decimal(str(expected[1])).quantize(Decimal("0.01"))
