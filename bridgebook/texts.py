"""Sentences for people, in Chinese and English, read from the catalog beside this file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
CATALOG = Path(__file__).with_name("texts.toml")


@cache
def catalog() -> dict[str, dict[str, str]]:
    """Return every sentence: key -> language -> text with named places."""
    with CATALOG.open("rb") as file:
        return tomllib.load(file)


def text(key: str, language: Language, **values: object) -> str:
    """Return the sentence `key` in `language` with its places filled."""
    return catalog()[key][language].format(**values)
