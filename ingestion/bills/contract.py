"""What a virtual bill may hold: the canonical entities with their columns, and people's words for them."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ingestion.landing_types import LandingType, parse_type

TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "money": "DECIMAL(18,4)",
    "price": "DECIMAL(18,6)",
    "quantity": "DECIMAL(18,6)",
    "rate": "DECIMAL(18,10)",
    "date": "DATE",
    "instant": "TIMESTAMP",
    "flag": "BOOLEAN",
    "count": "INTEGER",
}
KEY = "bill_key"  # the landed key: the canonical key as one text, or the content where an entity has no key
SIDE = "side"  # not a column of the contract: 借/贷 beside an amount
NUMBER = (
    "account_number"  # nor is this: a bank account's whole number, of which only mask and fingerprint land
)
APART = frozenset({SIDE, NUMBER})
WORDS_FILE = "words.toml"


@dataclass(frozen=True)
class BillColumn:
    """One column of an entity.

    `words` maps what people write (plain) to the value, `values` each value to its Chinese word; `is_closed`
    says that a required column may have no other value.
    """

    name: str
    word: str
    required: bool
    is_key: bool
    zh: str
    en: str
    words: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    is_closed: bool = False
    help_zh: str = ""
    help_en: str = ""
    example: str = ""

    @property
    def type(self) -> LandingType:
        """The type under which it lands."""
        found = parse_type(TYPES[self.word])
        assert found is not None
        return found


@dataclass(frozen=True)
class Entity:
    """One kind of bill: its names, columns, and what is understood of itself."""

    name: str
    zh: str
    en: str
    also: tuple[str, ...]
    columns: tuple[BillColumn, ...]
    headings: Mapping[str, str]
    key: tuple[str, ...]
    absent: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    difference: tuple[str, ...] = ()

    def heading(self, text: object) -> str | None:
        """Return the column that a heading names; None where it names none."""
        words = plain(text)
        return self.headings.get(words) or self.headings.get(without_unit(words))

    def column(self, name: str) -> BillColumn:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def said_by(self, *called: str) -> dict[str, str]:
        """Return what the names of a file and sheet say of all rows; nothing where they say two things."""
        said: dict[str, str] = {}
        found = [given for word, given in self.named.items() if any(word in plain(name) for name in called)]
        for given in found:
            said |= given
        return {} if any(said[name] != value for given in found for name, value in given.items()) else said

    @property
    def names(self) -> tuple[str, ...]:
        """Everything a file or sheet with it may be called."""
        return (self.name, self.zh, self.en, *self.also)

    @property
    def money(self) -> tuple[str, ...]:
        """Columns whose sums prove a load."""
        return tuple(column.name for column in self.columns if column.word == "money")

    @property
    def has_lines(self) -> bool:
        """Whether these are lines of documents or vouchers; the rest are masters with names for others."""
        return any(column.name in ("line_id", "document_id", "settlement_id") for column in self.columns)

    @property
    def company(self) -> str | None:
        """The column that names the company."""
        return "company_code" if any(column.name == "company_code" for column in self.columns) else None

    @property
    def date(self) -> str | None:
        """The column by whose month loads are proved."""
        days = [column.name for column in self.columns if column.word == "date" and column.required]
        preferred = [name for name in days if name in ("posting_date", "document_date")]
        return next(iter((*preferred, *days)), None)


_MARKS = re.compile(r"[\s*:_\-·/\\.]+")
_UNIT = re.compile(r"(?<=.)[(\[【][^()\[\]【】]*[)\]】]$")


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Return a heading or word as it is compared: half width, lower case, without blanks and marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_unit(words: str) -> str:
    """Return plain words without a unit in brackets behind them, such as (元)."""
    return _UNIT.sub("", words)


@cache
def read_contract(columns_file: Path, words_file: Path) -> Mapping[str, Entity]:
    """Return entity name -> entity, from canonical_columns.csv and the pack's words."""
    with words_file.open("rb") as file:
        words = tomllib.load(file)
    with columns_file.open(encoding="utf-8", newline="") as lines:
        rows: dict[str, list[dict[str, str]]] = {}
        for row in csv.DictReader(lines):
            rows.setdefault(row["entity"], []).append(row)
    entity_words = _entity_words(rows, words)
    return {name: _entity(name, found, words, entity_words) for name, found in rows.items()}


def _entity_words(rows: Iterable[str], words: dict[str, Any]) -> dict[str, str]:
    """Return how people write the names of entities, for columns such as to_entity."""
    found = {}
    for name in rows:
        known = words["entities"].get(name, {})
        for called in (name, known.get("zh", name), known.get("en", name)):
            found[plain(called)] = name
    return found


def _entity(
    name: str, rows: list[dict[str, str]], words: dict[str, Any], entity_words: Mapping[str, str]
) -> Entity:
    known = words["entities"].get(name, {})
    columns = tuple(_column(name, row, words, entity_words) for row in rows)
    key = tuple(column.name for column in columns if column.is_key)
    return Entity(
        name=name,
        zh=known.get("zh", name),
        en=known.get("en", name),
        also=tuple(known.get("also", ())),
        columns=columns,
        headings=_headings(name, columns, words, known),
        key=(*key, *known.get("key_also", ())) if key else (),
        absent=known.get("absent", {}),
        named={plain(word): given for word, given in words.get("named", {}).get(name, {}).items()},
        difference=tuple(known.get("difference", ())),
    )


def _headings(
    name: str, columns: tuple[BillColumn, ...], words: dict[str, Any], known: Mapping[str, Any]
) -> dict[str, str]:
    """Return plain heading -> column. The contract's own headings win over what people say besides."""
    found = {plain(called): apart for apart in APART for called in known.get(apart, ())}
    for group in ("all", name):
        for column, others in words["headings"].get(group, {}).items():
            if any(each.name == column for each in columns):
                found |= {plain(other): column for other in others}
    for attribute in ("en", "zh", "name"):
        found |= {plain(getattr(column, attribute)): column.name for column in columns}
    return found


def _column(
    entity: str, row: dict[str, str], words: dict[str, Any], entity_words: Mapping[str, str]
) -> BillColumn:
    name = row["column"]
    lists = words["lists"]
    vocabulary = words["vocabulary"].get(lists.get(f"{entity}.{name}", lists.get(name, "")), {})
    spoken = {plain(word): value for value, others in vocabulary.items() for word in (value, *others)}
    if name == "entity" or name.endswith("_entity"):
        spoken = dict(entity_words)
    if name.endswith("currency_code"):
        spoken = _aliases(words, "currency")
    if name == "country_code":
        spoken = _aliases(words, "country")
    told = words["help"].get(f"{entity}.{name}", words["help"].get(name, {}))
    return BillColumn(
        name=name,
        word=row["type"],
        required=row["required"] == "true",
        is_key=row["key"] == "true",
        zh=row["zh"],
        en=row["en"],
        words=spoken,
        values={value: others[0] for value, others in vocabulary.items()},
        is_closed=bool(vocabulary),
        help_zh=told.get("zh", ""),
        help_en=told.get("en", ""),
        example=told.get("example", ""),
    )


def _aliases(words: dict[str, Any], name: str) -> dict[str, str]:
    return {
        plain(other): value for value, others in words["aliases"][name].items() for other in (value, *others)
    }
