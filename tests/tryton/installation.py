"""An installation under test: a home folder, the product's own commands, and the published snapshot."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

Row = tuple[Any, ...]


@dataclass(frozen=True)
class SourceText:
    """A source as bridgebook.toml states it; `more` is further TOML lines of the table."""

    source_id: str
    url: str
    more: str = ""
    system: str = "tryton"

    def toml(self) -> str:
        """Return the [[source]] table."""
        head = (
            f'[[source]]\nid = "{self.source_id}"\nsystem = "{self.system}"\nurl = {json.dumps(self.url)}\n'
        )
        return head + self.more + "\n"


@dataclass(frozen=True)
class Finished:
    """A command that ended."""

    code: int
    output: str


class CommandFailed(AssertionError):
    """A command ended with another exit code than the test expects; carries all that it said."""


@dataclass(frozen=True)
class Installation:
    """A home folder and the command that works on it."""

    folder: Path

    @classmethod
    def create(
        cls, folder: Path, *sources: SourceText, language: str = "en", head: str = ""
    ) -> "Installation":
        """Write the settings of a new home."""
        folder.mkdir(parents=True)
        installation = cls(folder)
        installation.configure(*sources, language=language, head=head)
        return installation

    def configure(self, *sources: SourceText, language: str = "en", head: str = "") -> None:
        """Write bridgebook.toml anew."""
        text = f'language = "{language}"\n{head}\n' + "\n".join(source.toml() for source in sources)
        (self.folder / "bridgebook.toml").write_text(text, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of `bridgebook <arguments>` for this home."""
        name, *rest = arguments
        program = "import sys; from bridgebook.cli import main; sys.exit(main())"
        return [sys.executable, "-c", program, name, *rest, "--home", str(self.folder)]

    def environment(self) -> dict[str, str]:
        """Return the environment of its commands: this one, without settings that belong to another home."""
        ours = ("BRIDGEBOOK_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "240"}

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """Start a command and return its process, a leader of its own process group."""
        return subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self.environment(),
            start_new_session=True,
            **more,
        )

    def run(self, *arguments: str, code: int | Sequence[int] = 0, timeout: float = 300) -> Finished:
        """Run a command to its end and return what it said; raise CommandFailed on another exit code."""
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment(),
            timeout=timeout,
            check=False,
        )
        output = done.stdout + done.stderr
        if done.returncode not in ((code,) if isinstance(code, int) else code):
            said = output[-6000:]
            raise CommandFailed(
                f"bridgebook {' '.join(arguments)} ended with {done.returncode}, not {code}:\n{said}"
            )
        return Finished(done.returncode, output)

    def copy_to(self, folder: Path) -> "Installation":
        """Copy the whole home, sources in it included."""
        shutil.copytree(self.folder, folder)
        return Installation(folder)

    @property
    def books_url(self) -> str:
        """The URL of the source books.sqlite that lies in the home."""
        return f"sqlite:///{(self.folder / 'books.sqlite').absolute()}"

    @property
    def snapshot(self) -> Path:
        """The published file that readers use now."""
        snapshots = self.folder / "snapshots"
        return snapshots / (snapshots / "CURRENT").read_text(encoding="utf-8").strip()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Ask the published snapshot; mart names need no schema."""
        with duckdb.connect(str(self.snapshot), read_only=True) as connection:
            connection.execute("set schema = 'marts'")
            return connection.execute(sql, list(parameters)).fetchall()

    def landed(self, source_id: str, sql: str) -> list[Row]:
        """Ask a source's landing file."""
        file = self.folder / "landing" / f"{source_id}.duckdb"
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def ledger(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Ask the run ledger, which is there before anything is built."""
        with closing(sqlite3.connect(self.folder / "runs.sqlite")) as connection:
            return connection.execute(sql, list(parameters)).fetchall()
