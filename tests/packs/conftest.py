"""One home for all pack tests: SAP, its books in two yearly U8 databases, and a U8 subsidiary."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from tests.packs.home import SOURCES, packs_home
from tests.tryton.installation import Installation, Row

Canonical = Callable[..., list[Row]]


@pytest.fixture(scope="session")
def group(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home that ran once over all rows that the tests state."""
    return packs_home(tmp_path_factory)


@pytest.fixture(scope="session")
def canonical(group: Installation) -> Canonical:
    """Return a function that asks canonical rows: `canonical("u8", "partners", "
    ""tax_id", partner_code="V1")`."""
    connection = duckdb.connect()
    for source_id in SOURCES:
        file = group.folder / "landing" / f"{source_id}.duckdb"
        connection.execute(f"attach '{file}' as landing_{source_id} (read_only)")
    connection.execute(f"attach '{group.folder / 'work' / 'work.duckdb'}' as work (read_only)")
    connection.execute("use work")

    def ask(system: str, entity: str, columns: str, **where: Any) -> list[Row]:
        tests = " and ".join(f"{name} = ?" for name in where) or "true"
        order = ", ".join(str(n + 1) for n in range(columns.count(",") + 1))
        statement = f"select {columns} from staging.stg_{system}__{entity} where {tests} order by {order}"
        return connection.execute(statement, list(where.values())).fetchall()

    return ask
