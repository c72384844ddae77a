"""An inbox as a source: its files are read whole when it is opened, and give a table per entity."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingestion import errors
from ingestion.batches import Column, LandedColumn
from ingestion.bills.bill import COPY, HELD, LANDED, Bill, HeldLine, held_lines
from ingestion.bills.contract import KEY, Entity
from ingestion.bills.inbox import InboxReader, ReadFile, files_in
from ingestion.bills.reading import ReadSheet
from ingestion.bills.settings import BillSettings
from ingestion.bills.sheets import InboxFile
from ingestion.bills.telling import joined, place, told_of_sheet
from ingestion.ledger import FileOutcome
from ingestion.texts import Sentence, sentence
from ingestion.transports.database import Totals
from ingestion.transports.dialects import SourceColumn
from ingestion.transports.queries import Filter, TablePlan


class InboxMissing(errors.SourceError):
    """Facts: source, folder."""

    code = "inbox_missing"


class InboxEmptied(errors.SourceError):
    """Facts: source, folder."""

    code = "inbox_emptied"


class BillSource:
    """Holds what the files of an inbox say.

    A good file is copied to `kept` once its rows have landed: that copy stands in for it while a newer
    version cannot be read at all, and with `when_removed = "keep"` also when the file is taken away.
    """

    schema: str | None = None

    def __init__(
        self,
        source_id: str,
        settings: BillSettings,
        contract: Mapping[str, Entity],
        ignored: frozenset[str],
        kept: Path,
    ) -> None:
        self.source_id, self.settings, self.contract, self.kept = source_id, settings, contract, kept
        self.reader = InboxReader(settings, contract, ignored)
        self.files: list[ReadFile] = []
        self.digests: dict[tuple[str, str], str] = {}
        self.bills: dict[str, Bill] = {}
        self.sheets: list[ReadSheet] = []

    def open(self) -> None:
        """Read every file."""
        inbox = self.settings.inbox
        if not inbox.is_dir():
            raise InboxMissing(source=self.source_id, folder=inbox)
        self.files = [self.reader.read(file) for file in files_in(inbox)]
        sheets = [read for file in self.files for read in file.sheets]
        self.digests = {(r.file, r.sheet): file.digest for file in self.files for r in file.sheets}
        sheets += self._stand_ins()
        self.sheets = sheets
        self.bills = {
            name: Bill(entity, [r for r in sheets if r.entity is entity and not r.skipped])
            for name, entity in self.contract.items()
        }

    def close(self) -> None:
        """Forget what was read."""
        self.bills = {}

    def scrub(self, text: str) -> str:
        """Files hold no secret of ours."""
        return text

    def _stand_ins(self) -> list[ReadSheet]:
        """Read last good versions of sheets that cannot be read now, and kept files that were taken away."""
        found: list[ReadSheet] = []
        present = {file.file.name for file in self.files}
        for file in self.files:
            bad = {(r.entity.name if r.entity else "", r.sheet) for r in file.sheets if r.refused is not None}
            old = self.kept / file.file.name
            if bad and old.is_file():
                whole = any(not sheet for _, sheet in bad)
                for read in self.reader.read(InboxFile(file.file.name, old)).sheets:
                    name = read.entity.name if read.entity else ""
                    if read.refused is None and (whole or (name, read.sheet) in bad):
                        found.append(_renamed(read, "bill_old_version", "last good version"))
        if self.settings.when_removed == "keep" and self.kept.is_dir():
            for kept in files_in(self.kept):
                if kept.name not in present:
                    for read in self.reader.read(kept).sheets:
                        found.append(_renamed(read, "bill_kept", "kept"))
        return found

    def keep(self) -> None:
        """Copy good files beside the landing file, and drop copies that nothing stands for any more."""
        present = {file.file.name for file in self.files}
        for file in self.files:
            if file.is_good:
                _copy(file.file.path, self.kept / file.file.name)
        if self.settings.when_removed == "remove" and self.kept.is_dir():
            for old in files_in(self.kept):
                if old.name not in present:
                    old.path.unlink(missing_ok=True)

    # --- as a source -----------------------------------------------------------------------------------

    def columns_of(self, tables: Sequence[str]) -> dict[str, tuple[str, tuple[SourceColumn, ...]]]:
        """Return the columns of every entity asked for; a file that lacks one gives NULL."""
        return {
            name: (name, _source_columns(self.contract[name])) for name in tables if name in self.contract
        }

    @property
    def tables(self) -> frozenset[str]:
        """Entities of which there are files."""
        return frozenset(name for name, bill in self.bills.items() if bill.sheets)

    def rows(
        self, plan: TablePlan, columns: Sequence[LandedColumn], where: Filter | None = None
    ) -> Iterator[Sequence[Column]]:
        """Stream the lines that land."""
        return self.bills[plan.spec.name].rows([column.name for column in columns])

    def totals(self, plan: TablePlan, where: Filter | None = None) -> list[Totals]:
        """Count and add up all lines, landed or not."""
        return self.bills[plan.spec.name].totals()

    def apart(self, table: str) -> list[Totals]:
        """Count and add up the lines that do not land: held, or equal copies."""
        return self.bills[table].totals(apart=True)

    def held(self, table: str) -> list[HeldLine]:
        """Return the held lines of an entity."""
        return self.bills[table].rejected()

    def troubles(self, table: str) -> list[Sentence]:
        """Return what people should hear about an entity's files, the worst first."""
        sheets = self.bills[table].sheets
        refused = [told_of_sheet(read) for read in sheets if read.refused is not None]
        lines = [line.told for line in self.held(table)]
        warnings = [
            joined(place(read.file, read.sheet, read.heading_row), warning)
            for read in sheets
            for warning in read.warnings
        ]
        return [*refused, *(line for line in lines if line not in refused), *warnings]

    def all_troubles(self) -> list[Sentence]:
        """Return what people should hear about all files."""
        told = [told_of_sheet(read) for read in self.strangers]
        told += [trouble for name in sorted(self.tables) for trouble in self.troubles(name)]
        remarks = [(read, remark) for read in self.sheets for remark in read.remarks]
        return [*told, *(joined(place(read.file, read.sheet, None), remark) for read, remark in remarks)]

    @property
    def strangers(self) -> list[ReadSheet]:
        """Sheets of which nobody knows what they are."""
        return [read for read in self.sheets if read.entity is None and not read.skipped]

    def held_of_strangers(self) -> list[HeldLine]:
        """Return the held lines of those sheets."""
        return held_lines([(read, [None] * len(read.numbers)) for read in self.strangers])

    # --- telling ---------------------------------------------------------------------------------------

    def outcomes(self) -> list[FileOutcome]:
        """Account for every physical line of every sheet."""
        states: dict[int, tuple[int, int, int]] = {}
        for bill in self.bills.values():
            for start, read in zip(bill.starts, bill.sheets, strict=True):
                counts = [0, 0, 0]
                for offset, span in enumerate(read.spans):
                    counts[bill.states[start + offset]] += span
                states[id(read)] = (counts[LANDED], counts[HELD], counts[COPY])
        return [self._outcome(read, states.get(id(read), (0, sum(read.spans), 0))) for read in self.sheets]

    def _outcome(self, read: ReadSheet, counts: tuple[int, int, int]) -> FileOutcome:
        landed, held, copies = counts
        lines = read.lines
        other = lines.title + lines.heading + lines.blank + lines.totals + lines.footnote
        if read.refused is not None:
            status, message = "refused", told_of_sheet(read)
        elif read.skipped:
            status, message = "skipped", read.notes[0]
        elif held:
            status, message = "partial", sentence("bill_file_held", held=held, landed=landed)
        elif read.warnings:
            status, message = "partial", read.warnings[0]
        else:
            status = "read"
            message = sentence(
                "bill_file_good", lines=lines.physical, landed=landed, collapsed=copies, other=other
            )
        if read.notes and not read.skipped:
            message = joined(read.notes[0], message)
        for remark in read.remarks:
            message = Sentence(f"{message.zh}。{remark.zh}", f"{message.en}. {remark.en}")
        return FileOutcome(
            file_name=read.file, sheet_name=read.sheet, table_name=read.entity.name if read.entity else None,
            status=status, encoding=read.encoding, delimiter=read.delimiter, lines_physical=lines.physical,
            lines_title=lines.title, lines_heading=lines.heading, lines_blank=lines.blank,
            lines_totals=lines.totals, lines_footnote=lines.footnote, lines_landed=landed,
            lines_collapsed=copies, lines_quarantined=held,
            is_complete=lines.physical == other + landed + held + copies,
            digest=self.digests.get((read.file, read.sheet), ""), message=message,
        )  # fmt: skip


def _renamed(read: ReadSheet, note: str, label: str) -> ReadSheet:
    read.notes.append(sentence(note))
    return replace(read, file=f"{read.file} ({label})")


def _source_columns(entity: Entity) -> tuple[SourceColumn, ...]:
    kinds = {"DATE": "date", "TIMESTAMP": "moment", "BOOLEAN": "boolean", "INTEGER": "integer"}
    columns = tuple(
        SourceColumn(
            column.name, "decimal" if column.type.is_decimal else kinds.get(column.type.name, "text")
        )
        for column in entity.columns
    )
    return (SourceColumn(KEY, "text"), *columns)


def _copy(origin: Path, target: Path) -> None:
    """Copy a file in one rename, where the copy is not the same already."""
    try:
        old, new = target.stat(), origin.stat()
        if old.st_size == new.st_size and old.st_mtime_ns == new.st_mtime_ns:
            return
    except OSError:
        pass
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        shutil.copy2(origin, fresh)
        os.replace(fresh, target)
    except OSError:
        fresh.unlink(missing_ok=True)
