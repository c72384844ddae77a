"""A home with one small source, landed by hand: enough to build and publish in seconds."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from bridgebook import settings as reading
from bridgebook import snapshots
from bridgebook.project import Shipped
from bridgebook.settings import Settings

HERE = Path(__file__).parent
PROJECT = Shipped(HERE / "small_project", HERE.parents[1] / "profiles.yml")
SETTINGS = """
language = "en"
[[source]]
id = "shop"
system = "shop"
url = "sqlite:///shop.sqlite"
"""


@dataclass(frozen=True)
class Shop:
    """A home whose landing file is written by the test."""

    folder: Path
    project: Shipped = PROJECT

    @property
    def settings(self) -> Settings:
        """The settings as a command would read them."""
        return reading.load(self.folder)

    def land(self, seq: int, *sales: tuple[int, str, int, str]) -> None:
        """Land sales (id, day, customer, amount) as load number `seq`; a known id is replaced."""
        with closing(duckdb.connect(str(self.settings.home.landing / "shop.duckdb"))) as connection:
            for row in sales:
                connection.execute("delete from raw.sales where id = ?", [row[0]])
                connection.execute("insert into raw.sales values (?, ?, ?, ?, now(), ?)", [*row, seq])
            connection.execute("insert into proof.sequence values (?)", [seq])

    def record_sync(
        self, run_id: str, *, moved: int, held: int = 0, status: str = "success", table: str = "sales"
    ) -> None:
        """Write a sync of one table into the run ledger as the ingestion room would."""
        with closing(sqlite3.connect(self.settings.home.ledger_file)) as ledger, ledger:
            ledger.execute(
                "insert into sync_runs (run_id, kind, source_id, started_at, status) "
                "values (?, 'sync', 'shop', '2025-01-01', ?)",
                [run_id, status],
            )
            ledger.execute(
                "insert into sync_tables (run_id, source_id, table_name, status, started_at, rows_updated, "
                "rows_quarantined) values (?, 'shop', ?, ?, '2025-01-01', ?, ?)",
                [run_id, table, status, moved, held],
            )

    def lines(self) -> list[tuple[int, str | None, str | None, Decimal]]:
        """Return what readers see: id, customer, kind, amount."""
        file = snapshots.require(self.settings.home)
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            return connection.execute(
                "select id, customer_name, kind, amount from marts.sales_lines order by id"
            ).fetchall()

    def house_says(self, question: str) -> list[tuple[object, ...]]:
        """Ask what the house told the last build."""
        with closing(duckdb.connect(str(self.settings.home.house_file), read_only=True)) as connection:
            connection.execute("set schema = 'house'")
            return connection.execute(question).fetchall()

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Ask the current snapshot."""
        file = snapshots.require(self.settings.home)
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            return connection.execute(question).fetchall()


def copied_project(shop: Shop, folder: Path) -> Shop:
    """Return the shop with a project of its own, which the test may change."""
    shutil.copytree(PROJECT.folder, folder)
    return replace(shop, project=Shipped(folder, PROJECT.profile))


def new_shop(folder: Path) -> Shop:
    """Create a home with two customers and no sale."""
    folder.mkdir(parents=True)
    (folder / "bridgebook.toml").write_text(SETTINGS, encoding="utf-8")
    shop = Shop(folder)
    shop.settings.home.create()
    with closing(duckdb.connect(str(shop.settings.home.landing / "shop.duckdb"))) as connection:
        connection.execute(
            """
            create schema raw; create schema history; create schema proof;
            create table proof.sequence as select 1::bigint as last;
            create table raw.customers (id bigint, name varchar, _bb_seq bigint);
            create table raw.sales (id bigint, day date, customer bigint, amount decimal(38,12),
                changed timestamp, _bb_seq bigint);
            create table history.customers as
                select *, null::timestamp as known_from, null::timestamp as known_to, '' as change
                from raw.customers;
            create table history.sales as
                select *, null::timestamp as known_from, null::timestamp as known_to, '' as change
                from raw.sales;
            insert into raw.customers values (1, 'North', 1), (2, 'South', 1);
            """
        )
    return shop
