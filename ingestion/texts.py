"""Every sentence this room shows to people, in Chinese and English, read from texts.toml."""

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
    with (Path(__file__).parent / "texts.toml").open("rb") as file:
        return tomllib.load(file)


def sentence(code: str, **facts: object) -> Sentence:
    """Return the sentence of `code` with the facts filled in; an unknown code is a program error."""
    entry = _catalog()[code]
    return Sentence(zh=entry["zh"].format_map(facts), en=entry["en"].format_map(facts))


def codes() -> tuple[str, ...]:
    """Return the codes of every sentence, for the test that all of them can be said."""
    return tuple(_catalog())
