"""The home folder: the one place where everything of an installation is kept."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The paths inside a home folder."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """bridgebook.toml, which people write."""
        return self.root / "bridgebook.toml"

    @property
    def landing(self) -> Path:
        """One DuckDB file per source."""
        return self.root / "landing"

    @property
    def house_file(self) -> Path:
        """What the house knows about itself, landed like a source."""
        return self.landing / "_house.duckdb"

    @property
    def work(self) -> Path:
        """Everything that can be built again."""
        return self.root / "work"

    @property
    def project(self) -> Path:
        """The assembled dbt project."""
        return self.work / "project"

    @property
    def work_file(self) -> Path:
        """Staging views and core."""
        return self.work / "work.duckdb"

    @property
    def marts_file(self) -> Path:
        """Where the next snapshot is built: a constant path, so that dbt need not parse again."""
        return self.work / "marts.duckdb"

    @property
    def target(self) -> Path:
        """What dbt remembers and compiles."""
        return self.work / "target"

    @property
    def mappings(self) -> Path:
        """What was found out about the packs' field mappings."""
        return self.work / "mappings"

    @property
    def as_of(self) -> Path:
        """Marts as they were known at earlier instants: one folder each."""
        return self.work / "as_of"

    @property
    def dbt_logs(self) -> Path:
        """What dbt logs."""
        return self.work / "logs"

    @property
    def snapshots(self) -> Path:
        """Published files and the pointer to the current one."""
        return self.root / "snapshots"

    @property
    def pointer(self) -> Path:
        """Text file with the name of the current snapshot."""
        return self.snapshots / "CURRENT"

    @property
    def books(self) -> Path:
        """The book store, when it is SQLite."""
        return self.root / "books"

    @property
    def dlt(self) -> Path:
        """State of the loads."""
        return self.root / "dlt"

    @property
    def logs(self) -> Path:
        """Logs of the commands."""
        return self.root / "logs"

    @property
    def rules(self) -> Path:
        """The user's own rules, beside the shipped ones."""
        return self.root / "rules"

    @property
    def packs(self) -> Path:
        """The user's own system packs."""
        return self.root / "packs"

    @property
    def inbox(self) -> Path:
        """Files that people drop."""
        return self.root / "inbox"

    @property
    def locks(self) -> Path:
        """Locks and who holds them."""
        return self.root / "locks"

    @property
    def ledger_file(self) -> Path:
        """The run ledger, which survives a crash."""
        return self.root / "runs.sqlite"

    @property
    def exports(self) -> Path:
        """Where reports are written when no other place is named."""
        return self.root / "exports"

    @property
    def docs(self) -> Path:
        """The documentation of models and columns as one page."""
        return self.root / "docs"

    def create(self) -> None:
        """Make every folder; what exists stays."""
        for folder in (self.landing, self.work, self.snapshots, self.books, self.dlt, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.rules, self.packs, self.inbox, self.locks, self.exports):
            folder.mkdir(parents=True, exist_ok=True)
