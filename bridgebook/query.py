"""Analysts' SQL on the current snapshot: read-only, in a child process with limits, exact to the digit."""

import difflib
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any, Literal

from bridgebook import snapshots
from bridgebook.errors import QueryRefused
from bridgebook.home import Home
from bridgebook.texts import Language, text

Format = Literal["table", "csv", "json"]
WORKER = Path(__file__).with_name("query_worker.py")
GIGABYTE = 1024**3
CHUNK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What one statement may take: rows, seconds, memory of DuckDB and of the process, output."""

    rows: int = 10_000
    seconds: int = 60
    memory: str = "1GB"
    address_bytes: int = 4 * GIGABYTE
    output_bytes: int = GIGABYTE
    threads: int = 1


DEFAULT = Limits()


@dataclass(frozen=True)
class Answer:
    """The rows of a statement as the child wrote them, and what it reports about them."""

    output: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    row_count: int
    is_cut: bool

    @property
    def rows(self) -> list[list[str]]:
        """Rows of texts; only for the format `table`."""
        return [json.loads(line) for line in self.output.splitlines()]


def ask(
    home: Home, sql: str, form: Format = "table", limits: Limits = DEFAULT, *, out: IO[bytes] | None = None
) -> Answer:
    """Run one statement on the current snapshot.

    With `out` the rows go there while they come, and the answer's `output` is empty.
    Raises QueryRefused with a sentence for the analyst, NoSnapshot where nothing was published.
    """
    order = {
        "snapshot": str(snapshots.require(home)),
        "sql": sql,
        "format": form,
        "limit": limits.rows,
        "memory": limits.memory,
        "address_bytes": limits.address_bytes,
        "threads": limits.threads,
        "cpu_seconds": limits.seconds * limits.threads + 1,
    }
    kept = BytesIO()
    code, errors = _work(home, json.dumps(order).encode(), limits, out or kept)
    report = _report(errors)
    if code != 0 or report is None or "error" in report:
        raise _refusal(report, code)
    columns, types = tuple(report["columns"]), tuple(report["types"])
    return Answer(kept.getvalue().decode(), columns, types, report["rows"], report["cut"])


def _work(home: Home, order: bytes, limits: Limits, out: IO[bytes]) -> tuple[int, bytes]:
    """Run the child on `order`, hand over its output, end it when it takes too long or says too much.

    The output goes through this process, because the child may not write to any file.
    """
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(WORKER)]
    pipe = subprocess.PIPE
    worker = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env={}, cwd=home.root)
    if worker.stdin is None or worker.stdout is None or worker.stderr is None:
        raise RuntimeError("the child has no pipes")
    expired = Event()

    def end() -> None:
        expired.set()
        worker.kill()

    deadline = Timer(limits.seconds, end)
    deadline.start()
    try:
        with suppress(BrokenPipeError):
            worker.stdin.write(order)
            worker.stdin.close()
        said = 0
        while chunk := os.read(worker.stdout.fileno(), CHUNK):
            said += len(chunk)
            if said > limits.output_bytes:
                raise QueryRefused("query_too_large")
            out.write(chunk)
        errors = worker.stderr.read()
        code = worker.wait()
    finally:
        deadline.cancel()
        worker.kill()
        worker.wait()
        worker.stdout.close()
        worker.stderr.close()
    if expired.is_set():
        raise QueryRefused("query_too_long", seconds=limits.seconds)
    return code, errors


def _report(errors: bytes) -> dict[str, Any] | None:
    lines = errors.decode(errors="replace").strip().splitlines()
    try:
        report: dict[str, Any] = json.loads(lines[-1])
    except (IndexError, ValueError):
        return None
    return report


_FORBIDDEN = re.compile(
    r"PermissionException|configuration has been locked|disabled by configuration|read-only"
)
_UNKNOWN_TABLE = re.compile(r"Table with name (?P<name>.+?) does not exist")


def _refusal(report: dict[str, Any] | None, code: int) -> QueryRefused:
    """Return why a statement failed, in words that help."""
    if report is None or "error" not in report:
        return (
            QueryRefused("query_too_large")
            if code != 0
            else QueryRefused("query_failed", message=f"exit {code}")
        )
    message, kind = str(report["error"]).strip(), str(report["kind"])
    if kind in ("OutOfMemoryException", "MemoryError") or "bad_alloc" in message:
        return QueryRefused("query_too_large")
    if found := _UNKNOWN_TABLE.search(message):
        return UnknownTable(found["name"], tuple(report["tables"]))
    if kind == "PermissionException" or _FORBIDDEN.search(message):
        return QueryRefused("query_refused", message=message.splitlines()[0])
    return QueryRefused("query_failed", message=message)


class UnknownTable(QueryRefused):
    """A statement names a table that the snapshot does not have."""

    def __init__(self, name: str, tables: tuple[str, ...]) -> None:
        super().__init__("query_unknown_table", table=name)
        self.near = tuple(difflib.get_close_matches(name.lower().split(".")[-1], tables, n=3, cutoff=0.5))
        self.tables = tables

    def sentence(self, language: Language) -> str:
        """Return the sentence with the names that come close, or all of them."""
        names = ", ".join(self.near or self.tables)
        near = text("query_near" if self.near else "query_all_tables", language, tables=names)
        return text(self.key, language, near=near, **self.values)
