"""Exports: the same question as the page, every row of it, as XLSX, CSV or Parquet with the same totals."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bridgebook.books.anchoring import newest_anchor
from dashboards.errors import BadFileName, CannotWrite, NoData
from dashboards.semantics.answer import Heading, Total
from dashboards.semantics.asking import stream
from dashboards.semantics.catalog import catalog
from dashboards.semantics.flux import Flux, bridges_of, compared_with, flux
from dashboards.semantics.question import Periods, Question
from dashboards.semantics.rights import ALL, Rights
from dashboards.semantics.snapshot_facts import calendar, visible_companies
from dashboards.semantics.tracing import Trace, trace
from dashboards.texts import Language
from dashboards.warehouse import Snapshot, Warehouse

SUFFIXES = (".xlsx", ".csv", ".parquet")


@dataclass(frozen=True)
class ExportResult:
    """What was written: rows without headings and totals, the totals, and where."""

    rows: int
    totals: tuple[Total, ...]
    path: Path
    heading: Heading
    notes: tuple[str, ...] = ()
    anchor: str | None = None


def list_reports(language: Language = "zh") -> tuple[tuple[str, str, str], ...]:
    """Reports that can be exported: (code, title, what it says)."""
    return tuple(
        (report.code, report.title.say(language), report.about.say(language))
        for report in catalog().reports.values()
        if report.is_listed
    )


def export_report(
    home: Path,
    report: str,
    *,
    period: str,
    companies: tuple[str, ...] = (),
    output: Path,
    language: Language = "zh",
    rights: Rights = ALL,
) -> ExportResult:
    """Write a report of the current snapshot to `output`; its suffix (.xlsx, .csv, .parquet) says the format.

    `period` is `2025-01` or `2025-01..2025-12`. Raises DashboardError: UnknownReport, BadPeriod,
    BadFileName, NoData (exit code 2), Forbidden (4), NoSnapshot, CannotWrite (1).
    """
    _suffix(output)
    known = catalog().report(report)
    periods = Periods.parse(period)
    question = Question(
        report=known.code,
        periods=None if known.time == "none" else periods,
        companies=companies,
        limit=None,
        language=language,
    )
    with closing(Warehouse(home)) as warehouse, warehouse.reading() as snapshot:
        result = write(
            question,
            rights,
            snapshot,
            output,
            scratch=scratch_folder(home),
            anchor=newest_anchor(home),
        )
    if result.rows == 0:
        output.unlink(missing_ok=True)
        listed = ", ".join(companies) or "*"
        raise NoData(report=report, period=period, companies=listed)
    return result


def compare_periods(
    home: Path, bridge: str | None, company: str | None, period: str, against: str, rights: Rights = ALL
) -> tuple[Flux, ...]:
    """Take the change of every bridge's ledger figure apart, or of one, in each of its currencies.

    `against` is `previous`, `last-year` or months. Raises DashboardError as `export_report` does.
    """
    companies = (company,) if company else ()
    periods = Periods.parse(period)
    with closing(Warehouse(home)) as warehouse, warehouse.reading() as snapshot:
        base = compared_with(against, periods, calendar(snapshot, companies or None))
        return tuple(
            flux(
                snapshot,
                rights,
                code,
                currency=currency,
                periods=periods,
                against=base,
                companies=companies,
            )
            for code, currency in bridges_of(snapshot, rights, companies)
            if bridge in (None, code)
        )


def trace_of(
    home: Path, asked: str, *, kind: str | None = None, with_lines: bool = True, rights: Rights = ALL
) -> Trace:
    """Follow the chain of a document or voucher in the current snapshot.

    Raises DashboardError: UnknownThing (exit code 2), NotPublished and NoSnapshot (1), Forbidden (4).
    """
    with closing(Warehouse(home)) as warehouse, warehouse.reading() as snapshot:
        return trace(snapshot, rights, asked, kind=kind, with_lines=with_lines)


def write(
    question: Question,
    rights: Rights,
    snapshot: Snapshot,
    path: Path,
    *,
    scratch: Path,
    anchor: str | None = None,
) -> ExportResult:
    """Write one question to a file, whole or not at all. `scratch` is a folder inside the home.

    `anchor` is that of the voucher chain; a CSV has no place for it, it stands in a small file beside it.
    """
    from dashboards import flat_files, workbook

    rights.require_export()
    suffix = _suffix(path)
    heading, batches = stream(question, rights, snapshot)
    if heading.row_count == 0:
        listed = ", ".join(question.companies) or "*"
        raise NoData(report=question.report, period=str(question.periods or "*"), companies=listed)
    names = dict(visible_companies(rights, snapshot))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{suffix}")
        try:
            if suffix == ".xlsx":
                rows, notes = workbook.write(
                    heading, batches, draft, companies=names, scratch=scratch, anchor=anchor
                )
            elif suffix == ".csv":
                rows, notes = flat_files.write_csv(heading, batches, draft), ()
            else:
                rows, notes = flat_files.write_parquet(heading, batches, draft, anchor), ()
            os.replace(draft, path)
            if suffix == ".csv" and anchor:
                _write_anchor(path, rows, anchor)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as problem:
        raise CannotWrite(path=str(path), reason=problem.strerror or str(problem)) from problem
    return ExportResult(rows, heading.totals, path, heading, notes, anchor)


def _write_anchor(file: Path, rows: int, anchor: str) -> None:
    """Write what a CSV cannot hold to NAME.anchor.txt: the anchor, and the digest of the file."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    told = {"file": file.name, "rows": rows, "sha256": digest, "anchor": anchor}
    beside = file.with_name(f"{file.stem}.anchor.txt")
    beside.write_text("".join(f"{name}: {value}\n" for name, value in told.items()), encoding="utf-8")


def as_bytes(warehouse: Warehouse, question: Question, rights: Rights, suffix: str) -> bytes:
    """Write a question for a download; the file passes through the home's exports folder and is removed."""
    scratch = scratch_folder(warehouse.home)
    with tempfile.TemporaryDirectory(dir=scratch) as folder, warehouse.reading() as snapshot:
        path = Path(folder) / f"export.{suffix}"
        anchor = newest_anchor(warehouse.home)
        write(question, rights, snapshot, path, scratch=Path(folder), anchor=anchor)
        return path.read_bytes()


def scratch_folder(home: Path) -> Path:
    """A folder inside the home for unfinished files."""
    folder = home / "exports" / ".unfinished"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadFileName(name=path.name)
    return suffix
