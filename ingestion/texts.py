"""Every sentence this room shows to people, in Chinese and English, read from its texts.toml files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Sentence:
    """One sentence in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en


@cache
def _catalog() -> dict[str, dict[str, str]]:
    room = Path(__file__).parent
    found: dict[str, dict[str, str]] = {}
    for file in (room / "texts.toml", room / "bills" / "texts.toml"):
        with file.open("rb") as texts:
            found |= tomllib.load(texts)
    return found


def sentence(code: str, **facts: object) -> Sentence:
    """Return the sentence of `code` with the facts filled in; an unknown code is a program error."""
    entry = _catalog()[code]
    return Sentence(zh=entry["zh"].format_map(facts), en=entry["en"].format_map(facts))


def codes() -> tuple[str, ...]:
    """Return the codes of every sentence, for the test that all of them can be said."""
    return tuple(_catalog())
