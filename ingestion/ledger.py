"""The run ledger: what was run, what it read, whether it is complete; it survives being killed at any moment.

One SQLite file (write-ahead log, every commit on disk before it counts). Exact sums are kept as text.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from ingestion.texts import Sentence, sentence

_TABLES = """
create table if not exists sync_runs (
    run_id text primary key, kind text not null, source_id text, started_at text not null, finished_at text,
    status text not null, message_zh text, message_en text, rules_hash text,
    process_id integer, process_started text, host text
);
create table if not exists sync_tables (
    run_id text not null, source_id text not null, table_name text not null, status text not null,
    started_at text not null, finished_at text, rows_read integer, rows_inserted integer,
    rows_updated integer, rows_deleted integer, rows_quarantined integer,
    source_row_count integer, landed_row_count integer, is_complete integer,
    freshness_minutes integer, lag_minutes integer, schema_changes text,
    message_zh text, message_en text, mode text, rows_collapsed integer,
    primary key (run_id, source_id, table_name)
);
create table if not exists sync_totals (
    run_id text not null, source_id text not null, table_name text not null, column_name text not null,
    company_code text, period text, source_count integer, landed_count integer, source_sum text,
    landed_sum text, is_equal integer not null, quarantined_count integer, quarantined_sum text
);
create index if not exists sync_totals_of_table on sync_totals (source_id, table_name, run_id);
create table if not exists quarantined_rows (
    source_id text not null, table_name text not null, key text not null, reason text not null,
    reason_zh text, reason_en text, raw_record text not null, first_seen_at text not null,
    state text not null, run_id text not null, released_at text, record_digest text not null,
    primary key (source_id, table_name, key, record_digest)
);
create table if not exists sync_files (
    run_id text not null, source_id text not null, file_name text not null, sheet_name text not null,
    table_name text, status text not null, encoding text, delimiter text, lines_physical integer,
    lines_title integer, lines_heading integer, lines_blank integer, lines_totals integer,
    lines_footnote integer, lines_landed integer, lines_collapsed integer, lines_quarantined integer,
    is_complete integer, digest text, message_zh text, message_en text,
    primary key (run_id, source_id, file_name, sheet_name)
);
"""


@dataclass(frozen=True)
class TableOutcome:
    """What became of one table in one run; columns of sync_tables."""

    table_name: str
    status: str
    started_at: datetime
    finished_at: datetime | None = None
    rows_read: int = 0
    rows_inserted: int = 0
    rows_updated: int = 0
    rows_deleted: int = 0
    rows_quarantined: int = 0
    rows_collapsed: int = 0
    source_row_count: int | None = None
    landed_row_count: int | None = None
    is_complete: bool | None = None
    freshness_minutes: int | None = None
    lag_minutes: int | None = None
    schema_changes: str = ""
    message: Sentence | None = None
    mode: str = ""


@dataclass(frozen=True)
class TotalRow:
    """One figure of the completeness proof; `column_name` is '*' for the row count alone."""

    column_name: str
    company_code: str | None
    period: str | None
    source_count: int
    landed_count: int
    quarantined_count: int
    source_sum: Decimal | None
    landed_sum: Decimal | None
    quarantined_sum: Decimal | None
    is_equal: bool


@dataclass(frozen=True)
class HeldRow:
    """A quarantined row as people see it."""

    key: str
    reason: str
    message: Sentence
    raw_record: str
    digest: str


@dataclass(frozen=True)
class FileOutcome:
    """What became of one sheet of one file in one run; columns of sync_files, lines by what they are."""

    file_name: str
    sheet_name: str
    table_name: str | None
    status: str
    encoding: str
    delimiter: str
    lines_physical: int
    lines_title: int
    lines_heading: int
    lines_blank: int
    lines_totals: int
    lines_footnote: int
    lines_landed: int
    lines_collapsed: int
    lines_quarantined: int
    is_complete: bool
    digest: str
    message: Sentence


class RunLedger:
    """Holds the path of the ledger; every call is one short transaction, safe from any thread or process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        with self._lock, closing(self._connect()) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_TABLES)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60)
        connection.execute("pragma synchronous = full")
        return connection

    def _write(self, statements: Iterable[tuple[str, Sequence[object]]]) -> None:
        with self._lock, closing(self._connect()) as connection, connection:
            connection.execute("begin immediate")
            for statement, values in statements:
                connection.execute(statement, values)

    def begin(
        self,
        kind: str,
        *,
        source_id: str | None = None,
        rules_hash: str | None = None,
        run_id: str | None = None,
    ) -> str:
        """Record that a run (sync, build, publish, demo) starts in this process; return its id."""
        now = datetime.now(UTC)
        run_id = run_id or f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        values = (
            run_id,
            kind,
            source_id,
            _text(now),
            rules_hash,
            os.getpid(),
            _birth(os.getpid()),
            socket.gethostname(),
        )
        self._write(
            [
                (
                    "insert into sync_runs (run_id, kind, source_id, started_at, status, rules_hash, "
                    "process_id, process_started, host) values (?, ?, ?, ?, 'running', ?, ?, ?, ?)",
                    values,
                )
            ]
        )
        return run_id

    def finish(
        self,
        run_id: str,
        status: str,
        *,
        message: Sentence | None = None,
        message_zh: str = "",
        message_en: str = "",
    ) -> None:
        """Record how a run ended: success, partial or failure."""
        zh, en = (message.zh, message.en) if message else (message_zh, message_en)
        self._write(
            [
                (
                    "update sync_runs set status = ?, finished_at = ?, message_zh = ?, message_en = ? "
                    "where run_id = ?",
                    (status, _text(datetime.now(UTC)), zh, en, run_id),
                )
            ]
        )

    def interrupt_orphans(self) -> tuple[str, ...]:
        """Mark runs whose process is gone (on this machine) as interrupted; return their ids."""
        with self._lock, closing(self._connect()) as connection:
            running = connection.execute(
                "select run_id, process_id, process_started from sync_runs "
                "where status = 'running' and host = ?",
                (socket.gethostname(),),
            ).fetchall()
        orphans = tuple(
            run_id for run_id, process, birth in running if _birth(process) != birth or birth is None
        )
        message = sentence("run_interrupted")
        now = _text(datetime.now(UTC))
        statements: list[tuple[str, Sequence[object]]] = []
        for run_id in orphans:
            statements.append(
                (
                    "update sync_runs set status = 'interrupted', finished_at = ?, message_zh = ?, "
                    "message_en = ? "
                    "where run_id = ? and status = 'running'",
                    (now, message.zh, message.en, run_id),
                )
            )
            statements.append(
                (
                    "update sync_tables set status = 'interrupted', finished_at = ?, message_zh = ?, "
                    "message_en = ? "
                    "where run_id = ? and status = 'running'",
                    (now, message.zh, message.en, run_id),
                )
            )
        if statements:
            self._write(statements)
        return orphans

    def record_table(
        self, run_id: str, source_id: str, outcome: TableOutcome, totals: Sequence[TotalRow] = ()
    ) -> None:
        """Record a table's outcome and its proof, replacing what this run recorded of it before."""
        message = outcome.message
        values = (
            run_id, source_id, outcome.table_name, outcome.status,
            _text(outcome.started_at), _text(outcome.finished_at),
            outcome.rows_read, outcome.rows_inserted, outcome.rows_updated, outcome.rows_deleted,
            outcome.rows_quarantined, outcome.source_row_count, outcome.landed_row_count,
            outcome.is_complete, outcome.freshness_minutes, outcome.lag_minutes, outcome.schema_changes,
            message.zh if message else None, message.en if message else None,
            outcome.mode, outcome.rows_collapsed,
        )  # fmt: skip
        statements: list[tuple[str, Sequence[object]]] = [
            (f"insert or replace into sync_tables values ({', '.join('?' * len(values))})", values),
            (
                "delete from sync_totals where run_id = ? and source_id = ? and table_name = ?",
                (run_id, source_id, outcome.table_name),
            ),
        ]
        for total in totals:
            row = (
                run_id, source_id, outcome.table_name, total.column_name, total.company_code, total.period,
                total.source_count, total.landed_count, _exact(total.source_sum), _exact(total.landed_sum),
                total.is_equal, total.quarantined_count, _exact(total.quarantined_sum),
            )  # fmt: skip
            statements.append((f"insert into sync_totals values ({', '.join('?' * len(row))})", row))
        self._write(statements)

    def record_files(self, run_id: str, source_id: str, files: Iterable[FileOutcome]) -> None:
        """Record what became of every file of an inbox, replacing what this run recorded before."""
        statements: list[tuple[str, Sequence[object]]] = [
            ("delete from sync_files where run_id = ? and source_id = ?", (run_id, source_id))
        ]
        for file in files:
            values = (
                run_id, source_id, file.file_name, file.sheet_name, file.table_name, file.status,
                file.encoding, file.delimiter, file.lines_physical, file.lines_title,
                file.lines_heading, file.lines_blank, file.lines_totals,
                file.lines_footnote, file.lines_landed, file.lines_collapsed, file.lines_quarantined,
                file.is_complete, file.digest, file.message.zh, file.message.en,
            )  # fmt: skip
            marks = ", ".join("?" * len(values))
            statements.append((f"insert or replace into sync_files values ({marks})", values))
        self._write(statements)

    def record_quarantine(self, run_id: str, source_id: str, table: str, held: Sequence[HeldRow]) -> None:
        """Record the rows of a table that are held now; those held before and not any more are released."""
        now = _text(datetime.now(UTC))
        statements: list[tuple[str, Sequence[object]]] = [
            (
                "update quarantined_rows set state = 'released', released_at = ?, run_id = ? "
                "where source_id = ? and table_name = ? and state = 'held'",
                (now, run_id, source_id, table),
            )
        ]
        for row in held:
            statements.append(
                (
                    "insert into quarantined_rows values (?, ?, ?, ?, ?, ?, ?, ?, 'held', ?, null, ?) "
                    "on conflict do update set state = 'held', released_at = null, run_id = excluded.run_id, "
                    "reason = excluded.reason, reason_zh = excluded.reason_zh, "
                    "reason_en = excluded.reason_en",
                    (
                        source_id,
                        table,
                        row.key,
                        row.reason,
                        row.message.zh,
                        row.message.en,
                        row.raw_record,
                        now,
                        run_id,
                        row.digest,
                    ),
                )
            )
        self._write(statements)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[dict[str, object]]:
        """Read the ledger."""
        with self._lock, closing(self._connect()) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values).fetchall()]


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if moment else None


def _exact(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _birth(process: int) -> str | None:
    """Return when a process was started, so that a reused id is not mistaken for it; None if it is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        fields = text.rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else fields[19]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    except (OSError, IndexError):
        return None
    try:
        os.kill(process, 0)
    except (ProcessLookupError, ValueError, OSError):
        return None
    return "alive"
