"""An inbox under test: files dropped into it, read alone or synced, and what came of every line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import xlsxwriter

from ingestion.bills.bill import HeldLine
from ingestion.bills.settings import BillSettings, EntityRules
from ingestion.bills.source import BillSource
from ingestion.bills.sync import bill_source
from ingestion.ledger import FileOutcome, RunLedger
from ingestion.packs import Pack, read_pack
from ingestion.sync import SourceSpec, SyncResult, TableResult, sync_source
from ingestion.texts import Sentence

FOLDER = Path(__file__).parents[2] / "dbt_project" / "models" / "staging" / "bills"
Row = tuple[Any, ...]


@dataclass
class Looked:
    """What reading an inbox gives, before anything lands."""

    source: BillSource

    def rows(self, sql: str) -> list[Row]:
        """Ask the lines that would land."""
        with duckdb.connect() as connection:
            for name, bill in self.source.bills.items():
                if bill.sheets:
                    connection.register(name, bill.table.filter(pc.field("_state") == 0))
            return connection.execute(sql).fetchall()

    @property
    def held(self) -> list[HeldLine]:
        """The held lines of all entities, and of files that are of none."""
        bills = [line for bill in self.source.bills.values() for line in bill.rejected()]
        return [*bills, *self.source.held_of_strangers()]

    @property
    def is_clean(self) -> bool:
        """Whether nobody has to be told anything."""
        return not self.held and not any(self.source.troubles(name) for name in self.source.tables)

    def trouble(self, entity: str) -> Sentence:
        """Return what is told first about an entity."""
        return self.source.troubles(entity)[0]

    @property
    def files(self) -> list[FileOutcome]:
        """What became of the lines of each sheet."""
        return self.source.outcomes()


@dataclass
class Inbox:
    """A home's inbox; `sync` may be called as often as files change."""

    home: Path
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ledger = RunLedger(self.home / "runs.sqlite")

    @property
    def folder(self) -> Path:
        """Where files are dropped."""
        return self.home / "inbox"

    @property
    def pack(self) -> Pack:
        """The shipped pack."""
        return read_pack(FOLDER)

    def drop(self, name: str, content: str | bytes, encoding: str = "utf-8") -> None:
        """Put a text file into the inbox."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))

    def drop_workbook(self, name: str, **sheets: Sequence[Sequence[Any]]) -> None:
        """Put a workbook into the inbox; each sheet is given as rows."""
        with xlsxwriter.Workbook(self.folder / name) as book:
            for sheet, rows in sheets.items():
                page = book.add_worksheet(sheet)
                for number, row in enumerate(rows):
                    for position, cell in enumerate(row):
                        if cell is not None:
                            page.write(number, position, cell)

    def settings(self, **options: Any) -> None:
        """Set what bridgebook.toml would say."""
        self.options = options

    def sync(self, *, full: bool = False) -> SyncResult:
        """Sync the inbox; every physical line must be accounted for, whatever it holds."""
        spec = SourceSpec("files", "bills", "", bills=self._settings())
        self.run_id = self.ledger.begin("sync", source_id="files")
        result = sync_source(
            spec,
            self.pack,
            landing_dir=self.home / "landing",
            dlt_dir=self.home / "dlt",
            ledger=self.ledger,
            run_id=self.run_id,
            full=full,
        )
        self.ledger.finish(self.run_id, result.status, message=result.message)
        for file in self.files():
            assert file["is_complete"] == 1, file
        for total in self.ledger.rows("select * from sync_totals where run_id = ?", [self.run_id]):
            assert total["is_equal"] == 1, total
        return result

    def look(self) -> Looked:
        """Read the files without landing them; every physical line must be accounted for here too."""
        kept = self.home / "landing" / "files.files"
        source = bill_source("files", self.pack, self._settings(), kept)
        source.open()
        for file in source.outcomes():
            assert file.is_complete, file
        for name in source.tables:
            bill = source.bills[name]
            count = (
                bill.held_count + bill.copy_count + sum(len(batch[0]) for batch in bill.rows(["bill_key"]))
            )
            assert sum(total.count for total in bill.totals()) == count, name
        return Looked(source)

    def _settings(self) -> BillSettings:
        options = dict(self.options)
        rules = {name: EntityRules(**each) for name, each in options.pop("rules", {}).items()}
        return BillSettings(self.folder, rules=rules, **options)

    def table(self, result: SyncResult, name: str) -> TableResult:
        """Return what came of one entity."""
        return next(table for table in result.tables if table.table_name == name)

    def rows(self, sql: str) -> list[Row]:
        """Ask the landing file; entities stand in the schema raw."""
        with duckdb.connect(str(self.home / "landing" / "files.duckdb"), read_only=True) as connection:
            connection.execute("set schema = 'raw'")
            return connection.execute(sql).fetchall()

    def files(self) -> list[dict[str, Any]]:
        """Return what the last sync says of each sheet."""
        return self.ledger.rows(
            "select * from sync_files where run_id = ? order by file_name, sheet_name", [self.run_id]
        )

    def held(self) -> list[dict[str, Any]]:
        """Return the lines that are held now, in the order of their places."""
        return self.ledger.rows("select * from quarantined_rows where state = 'held' order by rowid")
