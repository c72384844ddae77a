"""Tell the outcome of a command in lines for people, and as an exit code for the shell."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.query import Format, Limits, ask
from bridgebook.settings import Home
from bridgebook.syncing import SourceOutcome, overall

if TYPE_CHECKING:
    from bridgebook.build import BuildResult
    from bridgebook.run import RunResult
    from ingestion.sync import SyncResult

_CODES = {"success": ExitCode.SUCCESS, "partial": ExitCode.PARTIAL, "failure": ExitCode.FAILURE}


def tell_syncs(console: Console, outcomes: Sequence[SourceOutcome]) -> ExitCode:
    """Tell each source's sync in a line, with a line for every table in trouble."""
    for outcome in outcomes:
        _tell_sync(console, outcome)
    return _CODES[overall(outcomes)]


def _tell_sync(console: Console, outcome: SourceOutcome) -> None:
    result = outcome.result
    if result is None:
        reason = outcome.error.sentence(console.language) if outcome.error else ""
        console("sync_source_failure", source=outcome.source_id, reason=reason)
        return
    if outcome.status == "failure":
        words = result.message_zh if console.language == "zh" else result.message_en
        console("sync_source_failure", source=outcome.source_id, reason=words)
    else:
        console(f"sync_source_{outcome.status}", **_figures(outcome.source_id, result))
    for table in result.tables:
        if table.status != "success" and table.message is not None:
            words = table.message.zh if console.language == "zh" else table.message.en
            console("sync_table_trouble", table=table.table_name, reason=words)


def _figures(source_id: str, result: "SyncResult") -> dict[str, object]:
    tables = result.tables
    return {
        "source": source_id,
        "tables": len(tables),
        "bad": sum(table.status != "success" for table in tables),
        "read": sum(table.rows_read for table in tables),
        "inserted": sum(table.rows_inserted for table in tables),
        "updated": sum(table.rows_updated for table in tables),
        "deleted": sum(table.rows_deleted for table in tables),
        "quarantined": sum(table.rows_quarantined for table in tables),
    }


def tell_build(console: Console, built: "BuildResult") -> None:
    """Tell how long a build took; one that had nothing to do has told so already."""
    if built.scope != "nothing":
        console("build_done", seconds=f"{built.seconds:.1f}")


def tell_run(console: Console, done: "RunResult") -> ExitCode:
    """Tell syncs and build of a run; the publication has been told."""
    code = tell_syncs(console, done.syncs)
    tell_build(console, done.build)
    return code


def tell_answer(console: Console, home: Home, statement: str, form: Format, limits: Limits) -> None:
    """Print the rows of an analyst's statement, and beside them whether rows were cut."""
    answer = ask(home, statement, form, limits, out=None if form == "table" else sys.stdout.buffer)
    if form == "table":
        numbers = frozenset(i for i, kind in enumerate(answer.types) if kind.startswith(_NUMBERS))
        console.table(answer.columns, answer.rows, numbers)
    if answer.is_cut:
        console.note("query_cut", rows=answer.row_count)


_NUMBERS = (
    "DECIMAL",
    "BIGINT",
    "INTEGER",
    "HUGEINT",
    "DOUBLE",
    "FLOAT",
    "SMALLINT",
    "TINYINT",
    "U",
    "NUMBER",
)
