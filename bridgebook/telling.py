"""Tell the outcome of a command in lines for people, and as an exit code for the shell."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridgebook.console import Console, place
from bridgebook.errors import ExitCode
from bridgebook.logs import log_failure
from bridgebook.query import Format, Limits, ask
from bridgebook.settings import Home
from bridgebook.snapshots import version
from bridgebook.syncing import SourceOutcome, overall
from bridgebook.texts import text

if TYPE_CHECKING:
    from bridgebook.build import BuildResult
    from bridgebook.demo.company import DemoResult
    from bridgebook.doctor import Finding
    from bridgebook.status import Status
    from bridgebook.templates import Written
    from ingestion.sync import SyncResult

_CODES = {"success": ExitCode.SUCCESS, "partial": ExitCode.PARTIAL, "failure": ExitCode.FAILURE}


def exit_code(outcomes: Sequence[SourceOutcome]) -> ExitCode:
    """Return what syncs mean for the shell: success, partial, or failure where no source could be read."""
    return _CODES[overall(outcomes)]


def tell_sync(console: Console, outcome: SourceOutcome) -> None:
    """Tell a source's sync in a line, with a line for every table in trouble."""
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
        if not any(table.source_row_count or table.status == "failure" for table in result.tables):
            console("sync_source_empty", source=outcome.source_id)
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


def tell_demo(console: Console, shown: "DemoResult", home: Path | None) -> ExitCode:
    """Tell the demo's figures of the year and where to look."""
    tell_build(console, shown.run.build)
    language = console.language
    console("demo_year", year=shown.year)
    header = [text(key, language) for key in ("demo_figure", "demo_amount", "demo_currency")]
    rows = [[text(line.key, language), f"{line.amount:,.2f}", line.currency] for line in shown.headlines]
    console.table(header, rows, frozenset({1}))
    console("demo_complete", complete=shown.complete_tables, tables=shown.tables)
    option = f" --home {home}" if home else ""
    console("demo_next", command=invoked(), home=option, snapshot=place(shown.run.publication.snapshot))
    return exit_code(shown.run.syncs)


def invoked() -> str:
    """Return how this command was called, so that what is told can be typed as it stands."""
    program = Path(sys.argv[0])
    if program.name != "bridgebook" or shutil.which("bridgebook") == str(program.absolute()):
        return "bridgebook"
    return place(program.absolute())


def tell_status(console: Console, state: "Status") -> None:
    """Tell the current snapshot, each source's last sync, and who holds a lock."""
    if state.snapshot is None or state.published_at is None:
        console("no_snapshot", home=state.home)
    else:
        moment = state.published_at.strftime("%Y-%m-%d %H:%M:%S")
        console("status_snapshot", version=version(state.snapshot), moment=moment)
    language = console.language
    header = [text(f"status_{key}", language) for key in ("source", "system", "last", "moment")]
    rows = [[each.source_id, each.system, each.status, each.finished_at] for each in state.sources]
    console.table(header, rows)
    for name, holder in state.locks.items():
        console(
            "doctor_lock",
            name=name,
            pid=holder.pid,
            host=holder.host,
            command=holder.command,
            since=holder.since,
        )


def tell_findings(console: Console, findings: Iterable["Finding"]) -> ExitCode:
    """Tell each finding in a line as it is found; problems make the command fail."""
    counts = {"good": 0, "warning": 0, "problem": 0}
    for finding in findings:
        counts[finding.state] += 1
        word = text(f"doctor_{finding.state}", console.language)
        for line in finding.sentence(console.language).splitlines():
            console.line(f"[{word}] {line}")
    if counts["warning"] + counts["problem"] == 0:
        console("doctor_all_good")
    else:
        console("doctor_some", problems=counts["problem"], warnings=counts["warning"])
    return ExitCode.FAILURE if counts["problem"] else ExitCode.SUCCESS


def tell_reports(console: Console, reports: Sequence[tuple[str, str, str]]) -> None:
    """List the reports that can be exported."""
    language = console.language
    header = [text(key, language) for key in ("export_report", "export_title", "export_about")]
    console.table(header, [list(report) for report in reports])


def tell_export(console: Console, file: Path, rows: int, anchor: str | None = None) -> None:
    """Tell what was written where, and the anchor of the voucher chain at that moment."""
    console("export_written", file=place(file), rows=rows)
    if anchor:
        console("voucher_told_anchor", anchor=anchor)


def tell_templates(console: Console, entities: Sequence[tuple[str, str, str]]) -> None:
    """List the entities that have a template."""
    header = [text(key, console.language) for key in ("template_entity", "template_zh", "template_en")]
    console.table(header, [list(entity) for entity in entities])


def tell_template(console: Console, written: "Written") -> None:
    """Tell where a template was written and what to do with it."""
    name = written.zh if console.language == "zh" else written.en
    console("template_written", file=place(written.file), entity=written.entity, name=name)


_STORAGE = ("OSError", "IOException", "OperationalError", "FatalException", "TransactionException")


def tell_unexpected(console: Console, root: Path, error: Exception) -> None:
    """Tell an error that no room explains; the trace goes to the log. Most are about disks."""
    log = log_failure(root, error)
    message = " ".join(str(error).split())
    if isinstance(error, OSError) or type(error).__name__ in _STORAGE:
        console.note("storage_failed", message=message, home=root, log=log)
    else:
        console.note("unexpected", kind=type(error).__name__, message=message, log=log)
