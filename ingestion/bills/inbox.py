"""The files of an inbox, each read whole: what they hold by entity, and what is no bill."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingestion.bills.contract import Entity, plain, without_unit
from ingestion.bills.delimited import read_delimited
from ingestion.bills.headings import Names, find_heading
from ingestion.bills.packing import packed
from ingestion.bills.reading import Held, ReadSheet, read_sheet
from ingestion.bills.recognising import is_guide, recognised
from ingestion.bills.settings import BillSettings
from ingestion.bills.sheets import InboxFile, Sheet, Unreadable
from ingestion.bills.values import Reading
from ingestion.bills.workbooks import WORKBOOKS, read_parquet, read_workbook
from ingestion.texts import sentence

TEXTS = frozenset({".csv", ".txt", ".tsv"})
UNSEEN = ("~$", ".")
UNFINISHED = frozenset({".tmp", ".part", ".crdownload", ".swp", ".bak"})
ATTEMPTS = 3


def files_in(folder: Path) -> list[InboxFile]:
    """List the files of an inbox and its folders by name, without hidden and unfinished ones."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        is_hidden = any(part.startswith(UNSEEN) for part in parts) or parts[-1].lower() == "thumbs.db"
        if path.is_file() and not is_hidden and path.suffix.lower() not in UNFINISHED:
            found.append(InboxFile(name, path))
    return found


@dataclass
class ReadFile:
    """A file after reading: its sheets, and the digest of its bytes."""

    file: InboxFile
    sheets: list[ReadSheet] = field(default_factory=list)
    digest: str = ""

    @property
    def is_good(self) -> bool:
        """Whether lines of every sheet can land."""
        return bool(self.sheets) and all(read.refused is None for read in self.sheets)


class InboxReader:
    """Reads files by one source's settings and the contract."""

    def __init__(
        self, settings: BillSettings, contract: Mapping[str, Entity], ignored: frozenset[str]
    ) -> None:
        self.settings, self.contract = settings, contract
        self.ignored = ignored | frozenset("*" if word == "*" else plain(word) for word in settings.ignore)
        self.names = {name: self._names(entity) for name, entity in contract.items()}
        self.known = {text for names in self.names.values() for text in (*names.own, *names.entity.headings)}

    def _names(self, entity: Entity) -> Names:
        headings = self.settings.rule(entity.name).headings
        own = {plain(text): column for text, column in headings.items()}
        return Names(entity, own, self.ignored)

    def _is_heading(self, text: str) -> bool:
        words = plain(text)
        return words in self.known or without_unit(words) in self.known

    def read(self, file: InboxFile) -> ReadFile:
        """Read a file; what cannot be read is told in its sheets, never raised."""
        read = ReadFile(file)
        for _ in range(ATTEMPTS):
            before = _stamp(file.path)
            try:
                read = ReadFile(file, list(self._sheets(file)), _digest(file.path))
            except Unreadable as trouble:
                read = ReadFile(file, [self._unreadable(file, trouble.reason, trouble.detail)])
            except OSError as error:
                detail = error.strerror or type(error).__name__
                read = ReadFile(file, [self._unreadable(file, "file_unreadable", detail)])
            if _stamp(file.path) == before:  # a file that changed while it was read is read again
                break
        return read

    def _unreadable(self, file: InboxFile, reason: str, detail: str = "") -> ReadSheet:
        entity, _ = recognised(file, "", self.settings.entities, self.contract)
        read = ReadSheet(file.name, "", self.contract.get(entity or ""))
        read.refused = Held(reason, value=detail)
        return read

    def _sheets(self, file: InboxFile) -> Iterator[ReadSheet]:
        if file.ending not in TEXTS | WORKBOOKS | {".parquet"}:
            yield self._unreadable(file, "not_a_bill")
            return
        if file.path.stat().st_size == 0:
            yield self._unreadable(file, "empty_file")
            return
        sheets = self._raw_sheets(file)
        understood = [packed(self._understood(file, sheet, len(sheets))) for sheet in sheets]
        if all(read.skipped for read in understood):
            understood = [packed(self._understood(file, sheet, 1)) for sheet in sheets]
        yield from understood

    def _raw_sheets(self, file: InboxFile) -> list[Sheet]:
        settings = self.settings
        if file.ending == ".parquet":
            return [read_parquet(file)]
        if file.ending in WORKBOOKS:
            try:
                sheets = read_workbook(file)
                wanted = {plain(name) for name in settings.sheets}
                return [sheet for sheet in sheets if not wanted or plain(sheet.name) in wanted]
            except Unreadable as trouble:
                head = file.path.read_bytes()[:200].lstrip()
                if trouble.reason != "workbook_is_text" or head.startswith((b"<", b"\xef\xbb\xbf<")):
                    raise
        encoding, delimiter = settings.encoding, settings.delimiter
        return [read_delimited(file, self._is_heading, encoding=encoding, delimiter=delimiter)]

    def _understood(self, file: InboxFile, sheet: Sheet, count: int) -> ReadSheet:
        """Read one sheet as the entity that its name, the file's name or the settings say."""
        name, is_certain = recognised(file, sheet.name, self.settings.entities, self.contract)
        names = self.names.get(name or "")
        if count > 1 and not is_certain and (is_guide(sheet.name) or sheet.lines == 0):
            return _skipped(sheet)
        if names is None or (count > 1 and not is_certain and find_heading(sheet, names) is None):
            if count > 1:
                return _skipped(sheet)
            return self._without_entity(sheet)
        rules = self.settings.rule(names.entity.name)
        said = names.entity.said_by(sheet.name, file.stem)
        rules = replace(rules, fill={**said, **rules.fill})
        reading = Reading(self.settings.decimal, self.settings.date_format, rules.values)
        return read_sheet(sheet, names.entity, names, rules, reading, lambda: self._best(sheet))

    def _without_entity(self, sheet: Sheet) -> ReadSheet:
        read = ReadSheet(sheet.file, sheet.name, None, sheet.encoding, sheet.delimiter)
        read.lines.physical = sheet.lines
        near = self._best(sheet)
        read.numbers = [*sheet.numbers, *(broken.number for broken in sheet.broken)]
        read.spans = [sheet.span(index) for index in range(len(sheet.rows))] + [1] * len(sheet.broken)
        read.raw = [*sheet.rows, *(broken.text for broken in sheet.broken)]
        read.lines.data = sum(read.spans)
        facts = (
            ("near_zh", f"（标题像是 {near}）" if near else ""),
            ("near_en", f" (its headings look like {near})" if near else ""),
        )
        read.refused = Held("no_entity", value=near or "", facts=facts)
        read.held = dict.fromkeys(range(len(read.numbers)), read.refused)
        return read

    def _best(self, sheet: Sheet) -> str | None:
        """Return the entity whose required columns the headings have best; None where none fits."""
        best, score = None, (0, 0)
        for name, names in self.names.items():
            heading = find_heading(sheet, names)
            if heading is None:
                continue
            needed = [column.name for column in names.entity.columns if column.required]
            if all(column in heading.columns for column in needed):
                found = (len(heading.columns), len(needed))
                if found > score:
                    best, score = name, found
        return best


def _skipped(sheet: Sheet) -> ReadSheet:
    read = ReadSheet(sheet.file, sheet.name, None)
    read.lines.physical, read.lines.title, read.skipped = sheet.lines, sheet.lines, True
    read.notes.append(sentence("bill_skipped_sheet"))
    return read


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_size, found.st_mtime_ns


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
