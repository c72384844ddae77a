"""The sentences and labels of the dashboards in Chinese and English, read from texts.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def as_language(value: object) -> Language:
    """Take `zh` or `en`; anything else is Chinese."""
    return cast(Language, value) if value in LANGUAGES else "zh"


@cache
def catalog() -> dict[str, dict[Language, str]]:
    """Read texts.toml into one flat table: `group.key` -> language -> text."""
    content = tomllib.loads(files("dashboards").joinpath("texts.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": value for group, entries in content.items() for key, value in entries.items()}


def text(key: str, language: Language, **values: object) -> str:
    """Say one text, with its placeholders filled."""
    return catalog()[key][language].format(**values)
