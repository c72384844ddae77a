"""The shape of bridgebook.toml, and mistakes in it told with file, line, key and what was expected."""

import difflib
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from bridgebook.errors import Problem, SettingsInvalid
from bridgebook.settings_targets import StatusTable, TargetTable, target_problems
from bridgebook.settings_words import SOURCE_ID, URL, SecretReference, Strict, dotted
from bridgebook.toml_lines import Path as KeyPath
from bridgebook.toml_lines import key_lines, line_of

FILE_SYSTEM = "bills"  # the pack whose sources are inboxes
CRON = re.compile(r"^\s*\S+(\s+\S+){4}\s*$")


class TableChoice(Strict):
    """Which tables of the pack this source does without."""

    exclude: Annotated[tuple[str, ...], Field(strict=False)] = ()


class EntityTable(Strict):
    """How the files of an entity (or all files) are written: headings, value lists, what is filled in."""

    headings: dict[str, str] = Field(default={})
    values: dict[str, dict[str, str]] = Field(default={})
    fill: dict[str, str] = Field(default={})


class BillsTable(EntityTable):
    """[source.bills]: the inbox of a source of files, and what cannot be found out by looking at them."""

    inbox: str | None = None
    when_removed: Literal["remove", "keep"] = "remove"
    encoding: str | None = None
    delimiter: Annotated[str | None, Field(min_length=1, max_length=1)] = None
    decimal: Literal[".", ","] = "."
    date_format: str | None = None
    sheets: Annotated[tuple[str, ...], Field(strict=False)] = ()
    ignore: Annotated[tuple[str, ...], Field(strict=False)] = ()
    entities: dict[str, str] = Field(default={})
    entity: dict[str, EntityTable] = Field(default={})


class SourceTable(Strict):
    """One [[source]]: a database, or an inbox of files, with the pack that reads it."""

    id: Annotated[str, Field(pattern=SOURCE_ID)]
    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    url: str
    inbox: str | None = None
    bills: BillsTable = BillsTable()
    schema_name: Annotated[str | None, Field(alias="schema")] = None
    password: SecretReference | None = None
    companies: dict[str, str] = Field(default={})
    schedule: str | None = None
    tables: TableChoice = TableChoice()
    full_sweep_days: Annotated[int, Field(ge=0)] = 1
    lag_minutes: Annotated[int, Field(ge=0)] = 1440

    @model_validator(mode="before")
    @classmethod
    def _files_have_no_url(cls, table: Any) -> Any:
        """Let an inbox go without a url, which every database needs."""
        if isinstance(table, dict) and (table.get("system") == FILE_SYSTEM or "inbox" in table):
            return {"url": "", **table}
        return table

    @property
    def reads_files(self) -> bool:
        """Whether this is an inbox: it names no database."""
        return not self.url and (self.system == FILE_SYSTEM or self.inbox is not None)

    @model_validator(mode="after")
    def _known_transport(self) -> "SourceTable":
        if not self.reads_files and not URL.match(self.url):
            raise PydanticCustomError("expected_url", "url")
        if self.schedule is not None and not CRON.match(self.schedule):
            raise PydanticCustomError("expected_cron", "schedule")
        return self


class BooksTable(Strict):
    """Where people's decisions are kept, when not in the home."""

    url: str | None = None
    password: SecretReference | None = None


class SettingsFile(Strict):
    """The whole file."""

    language: Literal["zh", "en"] = "zh"
    master_source: str | None = None
    books: BooksTable = BooksTable()
    source: Annotated[tuple[SourceTable, ...], Field(strict=False)] = ()
    targets: Annotated[tuple[TargetTable, ...], Field(strict=False)] = ()


_KEY_OF_CUSTOM = {"expected_url": "url", "expected_cron": "schedule"}


def read(file: Path) -> tuple[SettingsFile, dict[KeyPath, int]]:
    """Return the content of `file` and the lines of its keys, or raise SettingsInvalid with every mistake."""
    document = file.read_bytes().decode("utf-8-sig", errors="replace")
    try:
        raw = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid((_syntax_problem(file, document, str(error)),)) from None
    lines = key_lines(document)
    try:
        content = SettingsFile.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise SettingsInvalid(tuple(_problem(file, lines, raw, detail) for detail in found)) from None
    if problems := _contradictions(file, lines, content):
        raise SettingsInvalid(problems)
    return content, lines


def _syntax_problem(file: Path, document: str, message: str) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = found[1] if found else str(max(1, len(document.splitlines())))
    return Problem(f"{file}:{line}", "not_toml", (("reason", message.split(" (at ")[0]),))


def _problem(file: Path, lines: dict[KeyPath, int], raw: dict[str, Any], detail: ErrorDetails) -> Problem:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    if extra := _KEY_OF_CUSTOM.get(detail["type"]):
        path = (*path, extra)
    kind, values = _expectation(raw, path, detail)
    number = line_of(lines, path)
    place = f"{file}:{number}" if number else str(file)
    return Problem(place, kind, (("name", dotted(path)), *values))


def _expectation(
    raw: dict[str, Any], path: KeyPath, detail: ErrorDetails
) -> tuple[str, tuple[tuple[str, object], ...]]:
    """Return the sentence for one of the checker's findings, and what it needs."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), _allowed(path), n=1)
        return (
            ("unknown_key_near", (("near", near[0]),))
            if near
            else ("unknown_key", (("allowed", ", ".join(_allowed(path))),))
        )
    if kind == "missing":
        return "missing_key", ()
    if kind == "literal_error":
        return "expected_one_of", (("allowed", context.get("expected", "")),)
    if kind == "string_pattern_mismatch":
        return ("expected_source_id" if path[-1] == "id" else "expected_system"), ()
    if kind.startswith("expected_"):
        return kind, ()
    if kind == "greater_than_equal" and context.get("ge", 0) > 0:
        return "expected_positive", ()
    for prefix, key in _TYPES.items():
        if kind.startswith(prefix):
            return key, ()
    return "wrong_value", (("reason", detail["msg"]),)


_TYPES = {
    "string": "expected_text",
    "int": "expected_number",
    "greater_than": "expected_number",
    "tuple": "expected_list",
    "dict": "expected_table",
    "model": "expected_table",
}


def _allowed(path: KeyPath) -> list[str]:
    """Return the keys that may stand where `path` stands."""
    model: type[BaseModel] = SettingsFile
    if path[0] == "source" and len(path) > 2:
        model = SourceTable
        if len(path) > 3:
            inner: dict[str, type[BaseModel]] = {
                "password": SecretReference, "tables": TableChoice, "bills": BillsTable,
            }  # fmt: skip
            model = inner.get(str(path[2]), SourceTable)
            if path[2:4] == ("bills", "entity") and len(path) > 5:
                model = EntityTable
    if path[0] == "targets" and len(path) > 2:
        inner = {"secret": SecretReference, "status": StatusTable}
        model = inner.get(str(path[2]), TargetTable) if len(path) > 3 else TargetTable
    return [field.alias or name for name, field in model.model_fields.items()]


def _contradictions(file: Path, lines: dict[KeyPath, int], content: SettingsFile) -> tuple[Problem, ...]:
    """Return what is wrong between keys that are right by themselves."""
    problems = []
    counts = Counter(source.id for source in content.source)
    for index, source in enumerate(content.source):
        if counts[source.id] > 1:
            number = line_of(lines, ("source", index, "id"))
            problems.append(Problem(f"{file}:{number}", "duplicate_source", (("source", source.id),)))
    if content.master_source is not None and content.master_source not in counts:
        number = line_of(lines, ("master_source",))
        known = ", ".join(counts) or "-"
        values = (("source", content.master_source), ("known", known))
        problems.append(Problem(f"{file}:{number}", "unknown_master_source", values))
    return (*problems, *target_problems(file, lines, content.targets, frozenset(counts)))
