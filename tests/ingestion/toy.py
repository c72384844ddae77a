"""A small ERP that changes as a test wants, in SQLite, PostgreSQL or MariaDB, and the syncs that read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from ingestion.landing import landing_path, quoted
from ingestion.ledger import RunLedger
from ingestion.packs import Pack, read_pack
from ingestion.sync import SourceSpec, SyncResult, TableResult, sync_source

PACK = """
system = "toy"
name_zh = "玩具"
name_en = "Toy"

[[tables]]
name = "move"
key = ["id"]
cursor = ["write_date", "create_date"]
company = "company"
date = "date"
[tables.columns]
id = "BIGINT"
company = "BIGINT"
date = "DATE"
create_date = "TIMESTAMP"
write_date = "TIMESTAMP"

[[tables]]
name = "move-line"
key = ["id"]
cursor = ["write_date", "create_date"]
money = ["debit", "credit"]
company = "move.company"
date = "move.date"
parents = { move = "move" }
[tables.columns]
id = "BIGINT"
move = "BIGINT"
debit = "DECIMAL(38,12)"
credit = "DECIMAL(38,12)"
Text = "VARCHAR"
active = "BOOLEAN"
create_date = "TIMESTAMP"
write_date = "TIMESTAMP"

[[tables]]
name = "rate"
key = ["code", "day"]
money = ["rate"]
[tables.columns]
code = "VARCHAR"
day = "DATE"
rate = "DECIMAL(18,6)"

[[tables]]
name = "absent"
key = ["id"]
optional = true
[tables.columns]
id = "BIGINT"
"""

TABLES = (
    'create table "move" (id integer {unique}, company integer, date date, '
    "create_date {moment}, write_date {moment})",
    'create table "move-line" (id integer {unique}, move integer, '
    'debit numeric(18,2), credit numeric(18,2), "Text" varchar(80), '
    "active boolean, note varchar(20), create_date {moment}, write_date {moment})",
    'create table "rate" (code varchar(3) not null, day date not null, rate {real}, primary key (code, day))',
)
MONTHS = ("2025-01-15", "2025-02-15", "2025-03-15", "2025-04-15")


@dataclass
class Toy:
    """Holds one toy ERP and the home it is synced into."""

    url: str
    home: Path
    pack_text: str = PACK
    engine: sa.Engine = field(init=False)
    ledger: RunLedger = field(init=False)

    def __post_init__(self) -> None:
        options: dict[str, Any] = {}
        if self.url.startswith("mysql"):
            options["connect_args"] = {"init_command": "set sql_mode='ANSI_QUOTES'"}
        self.engine = sa.create_engine(self.url, poolclass=sa.NullPool, **options)
        self.home.mkdir(parents=True, exist_ok=True)
        self.ledger = RunLedger(self.home / "runs.sqlite")

    def create(self, *, moves: int = 40, unique: bool = True) -> Toy:
        """Write the tables: moves of two companies over four months, three lines each, and eight rates."""
        words = {
            "unique": "primary key" if unique else "",
            "moment": "datetime(6)" if self.engine.dialect.name == "mysql" else "timestamp",
            "real": "double precision" if self.engine.dialect.name != "sqlite" else "real",
        }
        heads, lines = [], []
        for move in range(1, moves + 1):
            stamp = f"2025-05-01 10:{move // 60:02d}:{move % 60:02d}.000001"
            heads.append(f"({move}, {1 + move % 2}, '{MONTHS[move % 4]}', '{stamp}', null)")
            lines += (
                f"({move * 3 + n}, {move}, {move * 100 + n}.25, {n}.10, 'line 行 {move}/{n}', "
                f"{'true' if n else 'false'}, 'n{n}', '{stamp}', null)"
                for n in range(3)
            )
        rates = (f"('{code}', '{day}', 7.{n}1)" for n, day in enumerate(MONTHS) for code in ("USD", "EUR"))
        self.execute(
            *(text.format(**words) for text in TABLES),
            f'insert into "move" values {", ".join(heads)}',
            f'insert into "move-line" values {", ".join(lines)}',
            f'insert into "rate" values {", ".join(rates)}',
        )
        return self

    def execute(self, *statements: str) -> None:
        """Change the source."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Read the source by another way than the product does."""
        picked = ", ".join(f'"{c}"' for c in columns)
        with self.engine.connect() as connection:
            return [
                tuple(row)
                for row in connection.exec_driver_sql(f'select {picked} from "{table}" order by 1, 2')
            ]

    def rows_total(self, table: str, columns: Sequence[str]) -> tuple[Any, ...]:
        """Add up columns at the source."""
        picked = ", ".join(f'sum("{c}")' for c in columns)
        with self.engine.connect() as connection:
            return tuple(connection.exec_driver_sql(f'select {picked} from "{table}"').one())

    def pack(self) -> Pack:
        folder = self.home / "packs" / "toy"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pack.toml").write_text(self.pack_text, encoding="utf-8")
        return read_pack(folder)

    def sync(self, *, full: bool = False, lands: bool = True, **settings: Any) -> SyncResult:
        """Sync as the product does; `lands` says that nothing may go wrong with the landing file."""
        spec = SourceSpec("toy_1", "toy", self.url, **settings)
        run_id = self.ledger.begin("sync", source_id="toy_1")
        result = sync_source(
            spec, self.pack(), landing_dir=self.home / "landing", dlt_dir=self.home / "dlt",
            ledger=self.ledger, run_id=run_id, full=full,
        )  # fmt: skip
        self.ledger.finish(run_id, result.status, message=result.message)
        unwritten = [
            t.message.en for t in result.tables if t.message and "landing file failed" in t.message.en
        ]
        assert not (lands and unwritten), unwritten
        return result

    def landed(self, query: str) -> list[tuple[Any, ...]]:
        """Read the landing file."""
        with duckdb.connect(str(landing_path(self.home / "landing", "toy_1")), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return everything landed and its history, without the numbers and times of loads."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table in ("move", "move-line", "rate", "absent"):
            name = quoted(table)
            found[table] = self.landed(f"select * exclude (_bb_seq) from raw.{name} order by all")
            found[f"{table} past"] = self.landed(
                f"select * exclude (_bb_seq, known_from, known_to) from history.{name} order by all"
            )
        return found


def moved(result: SyncResult) -> tuple[int, int, int]:
    """Return how many rows were inserted, updated and deleted."""
    return (
        sum(t.rows_inserted for t in result.tables),
        sum(t.rows_updated for t in result.tables),
        sum(t.rows_deleted for t in result.tables),
    )


def table(result: SyncResult, name: str) -> TableResult:
    """Return what became of one table."""
    return next(t for t in result.tables if t.table_name == name)


def debit_of(number: int) -> Decimal:
    """Return the debit that `create` wrote into the first line of a move."""
    return Decimal(f"{number * 100}.25")
