"""A system pack says which tables of a vendor's system are landed, and how; this reads pack.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingestion.errors import PackError
from ingestion.landing_types import LandingType, parse_type

SYSTEM_NAME = re.compile(r"^[a-z][a-z0-9]*$|^[a-z][a-z0-9_]*[a-z0-9]$")


@dataclass(frozen=True)
class Parent:
    """Where a foreign key column of a table points to."""

    column: str
    table: str
    key: str = "id"


@dataclass(frozen=True)
class TableSpec:
    """One vendor table as its pack describes it."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, LandingType]
    cursor: tuple[str, ...] = ()
    optional: bool = False
    lookup: bool = False
    optional_columns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    company: str | None = None
    date: str | None = None
    parents: Mapping[str, Parent] = field(default_factory=dict)


@dataclass(frozen=True)
class Pack:
    """One vendor's system: its tables, and the canonical entities its folder has models for."""

    system: str
    name_zh: str
    name_en: str
    folder: Path
    entities: tuple[str, ...]
    tables: tuple[TableSpec, ...]
    canonical: Path | None = None  # where the tables are the canonical entities: the file that lists them

    def table(self, name: str) -> TableSpec:
        """Return the table called `name`; KeyError if the pack has none."""
        for spec in self.tables:
            if spec.name == name:
                return spec
        raise KeyError(name)


def find_packs(folders: Sequence[Path], systems: Collection[str] | None = None) -> dict[str, Pack]:
    """Read the packs in the folders (each holds a folder per system); a later folder wins by system.

    With `systems`, packs that say to be of another system are not read: a large one takes its time.
    """
    packs: dict[str, Pack] = {}
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.glob("*/pack.toml")):
                if systems is None or _may_be_of(path, systems):
                    pack = read_pack(path.parent)
                    packs[pack.system] = pack
    return packs


def _may_be_of(path: Path, systems: Collection[str]) -> bool:
    named = re.search(r'^system\s*=\s*"(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    return named is None or named[1] in systems


def read_pack(folder: Path) -> Pack:
    """Read one pack folder; PackError names file, line, key and what was expected."""
    path = folder / "pack.toml"
    return _Reader(path, path.read_text(encoding="utf-8")).pack(folder)


def canonical_tables(columns: Path, folder: Path) -> tuple[TableSpec, ...]:
    """Return a table for every canonical entity, as files of them land."""
    from ingestion.bills.contract import KEY, WORDS_FILE, read_contract
    from ingestion.landing_types import VARCHAR

    return tuple(
        TableSpec(
            name=entity.name,
            key=(KEY,),
            columns={KEY: VARCHAR, **{column.name: column.type for column in entity.columns}},
            optional=True,
            lookup=not entity.has_lines,
            money=entity.money,
            company=entity.company,
            date=entity.date,
        )
        for entity in read_contract(columns, folder / WORDS_FILE).values()
    )


class _Reader:
    """Holds the text of one pack.toml, so that errors can name the line."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.lines = path, text.splitlines()
        self.table_lines = [
            n for n, line in enumerate(self.lines, 1) if line.strip().startswith("[[tables]]")
        ]
        try:
            self.document: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            raise self.error(
                "TOML", f"valid TOML ({error})", "合法的 TOML", found and int(found[1])
            ) from None

    def error(self, key: str, expected: str, expected_zh: str, line: int | None = None) -> PackError:
        return PackError(file=self.path, line=line or 1, key=key, expected=expected, expected_zh=expected_zh)

    def line_of(self, key: str, table: int | None = None, *, among_columns: bool = False) -> int:
        """Find the line where a key is set: at the top, in the n-th [[tables]] block, or in its columns."""
        first, last = 1, self.table_lines[0] if self.table_lines else len(self.lines)
        if table is not None and table < len(self.table_lines):
            first = self.table_lines[table]
            last = self.table_lines[table + 1] - 1 if table + 1 < len(self.table_lines) else len(self.lines)
            block = range(first, last + 1)
            columns = next((n for n in block if self.lines[n - 1].strip() == "[tables.columns]"), last)
            first, last = (columns, last) if among_columns else (first, columns)
        pattern = re.compile(rf"""^\s*["']?{re.escape(key)}["']?\s*=""")
        hits = (n for n in range(first, last + 1) if pattern.match(self.lines[n - 1]))
        return next(hits, first)

    def pack(self, folder: Path) -> Pack:
        known = {"system", "name_zh", "name_en", "tables", "canonical"}
        for key in self.document:
            if key not in known:
                raise self.error(key, f"one of {', '.join(sorted(known))}", "已知的键", self.line_of(key))
        texts = {}
        for key in ("system", "name_zh", "name_en"):
            texts[key] = self.document.get(key)
            if not isinstance(texts[key], str) or not texts[key]:
                raise self.error(key, "a text that is not empty", "非空文本", self.line_of(key))
        system = str(texts["system"])
        if not SYSTEM_NAME.match(system) or "__" in system:
            raise self.error(
                "system", "lower case letters, digits and _", "小写字母、数字和下划线", self.line_of("system")
            )
        prefix = f"stg_{system}__"
        entities = tuple(sorted(p.stem.removeprefix(prefix) for p in folder.glob(f"{prefix}*.sql")))
        if "canonical" in self.document:
            canonical = self._canonical(folder)
            specs = canonical_tables(canonical, folder)
            return Pack(
                system, str(texts["name_zh"]), str(texts["name_en"]), folder, entities, specs, canonical
            )
        tables = self.document.get("tables")
        if not isinstance(tables, list) or not tables:
            raise self.error(
                "tables", "at least one [[tables]] block", "至少一个 [[tables]]", self.line_of("tables")
            )
        specs = tuple(self.table(number, table) for number, table in enumerate(tables))
        self._check_across(specs)
        return Pack(system, str(texts["name_zh"]), str(texts["name_en"]), folder, entities, specs)

    def _canonical(self, folder: Path) -> Path:
        """Return the file of the canonical columns that a pack of files names instead of tables."""
        named = self.document["canonical"]
        path = (folder / str(named)).resolve()
        if "tables" in self.document or not path.is_file():
            raise self.error(
                "canonical", "the file of the canonical columns, and no tables", "规范列文件，且不写 tables",
                self.line_of("canonical"),
            )  # fmt: skip
        return path

    def table(self, number: int, table: dict[str, Any]) -> TableSpec:
        known = {
            "name", "key", "cursor", "optional", "lookup", "optional_columns", "exclude",
            "money", "company", "date", "parents", "columns",
        }  # fmt: skip
        for key in table:
            if key not in known:
                line = self.line_of(key, number)
                raise self.error(f"tables.{key}", f"one of {', '.join(sorted(known))}", "已知的键", line)
        name = table.get("name")
        if not isinstance(name, str) or not name or '"' in name:
            raise self.error(
                "tables.name", "the vendor's table name", "厂商的表名", self.line_of("name", number)
            )
        spec = TableSpec(
            name=name,
            key=self.names(number, table, "key"),
            columns=self.columns(number, table),
            cursor=self.names(number, table, "cursor"),
            optional=self.switch(number, table, "optional"),
            lookup=self.switch(number, table, "lookup"),
            optional_columns=self.names(number, table, "optional_columns"),
            exclude=self.names(number, table, "exclude"),
            money=self.names(number, table, "money"),
            company=self.text(number, table, "company"),
            date=self.text(number, table, "date"),
            parents=self.parents(number, table),
        )
        self._check_within(number, spec)
        return spec

    def switch(self, number: int, table: dict[str, Any], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            where = f"{table.get('name')}.{key}"
            raise self.error(where, "true or false", "true 或 false", self.line_of(key, number))
        return value

    def names(self, number: int, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            where = f"{table.get('name')}.{key}"
            raise self.error(where, "a list of column names", "列名的列表", self.line_of(key, number))
        return tuple(value)

    def text(self, number: int, table: dict[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or value.count(".") > 1 or not value):
            expected = "a column, or <foreign key column>.<column>"
            raise self.error(
                f"{table.get('name')}.{key}", expected, "列名或 <外键列>.<列>", self.line_of(key, number)
            )
        return value

    def columns(self, number: int, table: dict[str, Any]) -> dict[str, LandingType]:
        where = f"{table.get('name')}.columns"
        declared = table.get("columns")
        if not isinstance(declared, dict) or not declared:
            raise self.error(
                where, "a [tables.columns] block", "[tables.columns] 块", self.line_of("name", number)
            )
        types = {}
        for column, text in declared.items():
            landing_type = parse_type(text) if isinstance(text, str) else None
            if landing_type is None or column.startswith("_bb_") or '"' in column:
                expected = (
                    "BIGINT, INTEGER, SMALLINT, BOOLEAN, VARCHAR, DATE, TIMESTAMP, BLOB or DECIMAL(p,s)"
                )
                line = self.line_of(column, number, among_columns=True)
                raise self.error(
                    f"{where}.{column}", f"{expected}, got {text!r}", f"{expected}，实为 {text!r}", line
                )
            types[column] = landing_type
        return types

    def parents(self, number: int, table: dict[str, Any]) -> dict[str, Parent]:
        where, declared = f"{table.get('name')}.parents", table.get("parents", {})
        line = self.line_of("parents", number)
        expected = 'fk = "table" or fk = { table = "...", key = "..." }'
        if not isinstance(declared, dict):
            raise self.error(where, expected, expected, line)
        parents = {}
        for column, target in declared.items():
            facts = {"table": target} if isinstance(target, str) else target
            if (
                not isinstance(facts, dict)
                or not isinstance(facts.get("table"), str)
                or set(facts) - {"table", "key"}
            ):
                raise self.error(f"{where}.{column}", expected, expected, line)
            parents[column] = Parent(column, facts["table"], str(facts.get("key", "id")))
        return parents

    def _check_within(self, number: int, spec: TableSpec) -> None:
        if not spec.key:
            raise self.error(
                f"{spec.name}.key", "at least one key column", "至少一个主键列", self.line_of("name", number)
            )
        for key in ("key", "cursor", "money", "optional_columns"):
            for column in getattr(spec, key):
                if column not in spec.columns:
                    expected = f"column {column} declared in [tables.columns]"
                    zh = f"列 {column} 在 [tables.columns] 中声明"
                    raise self.error(f"{spec.name}.{key}", expected, zh, self.line_of(key, number))
        for column in spec.money:
            if not spec.columns[column].is_decimal:
                raise self.error(
                    f"{spec.name}.money",
                    f"{column} to be a DECIMAL",
                    f"{column} 为 DECIMAL",
                    self.line_of("money", number),
                )
        for key in ("company", "date"):
            path = getattr(spec, key)
            first = path.split(".")[0] if path else None
            if first and first not in spec.columns:
                raise self.error(
                    f"{spec.name}.{key}",
                    f"column {first} declared in [tables.columns]",
                    f"列 {first} 已声明",
                    self.line_of(key, number),
                )
            if path and "." in path and first not in spec.parents:
                raise self.error(
                    f"{spec.name}.{key}",
                    f"{first} listed in parents",
                    f"{first} 在 parents 中列出",
                    self.line_of(key, number),
                )

    def _check_across(self, specs: tuple[TableSpec, ...]) -> None:
        by_name = {spec.name: spec for spec in specs}
        if len({name.casefold() for name in by_name}) != len(specs):
            folded = [spec.name.casefold() for spec in specs]
            number = max(n for n, name in enumerate(folded) if folded.count(name) > 1)
            line = self.line_of("name", number)
            raise self.error(f"tables.{specs[number].name}", "each table once", "每张表只出现一次", line)
        for number, spec in enumerate(specs):
            for key in ("company", "date"):
                path = getattr(spec, key)
                if path and "." in path:
                    column, wanted = path.split(".")
                    parent = by_name.get(spec.parents[column].table)
                    if parent is None or wanted not in parent.columns:
                        expected = f"table {spec.parents[column].table} with column {wanted} in this pack"
                        zh = f"本包中有表 {spec.parents[column].table} 及其列 {wanted}"
                        raise self.error(f"{spec.name}.{key}", expected, zh, self.line_of(key, number))
