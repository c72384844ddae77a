"""The words that every table of bridgebook.toml is made of: strictness, names, addresses, secrets."""

import re

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from bridgebook.toml_lines import Path as KeyPath

SOURCE_ID = r"^[a-z][a-z0-9_]{0,30}$"
URL = re.compile(r"^(sqlite|postgresql|mysql|mariadb|mssql|oracle)(\+[a-z0-9_]+)?://")
HTTP = re.compile(r"^https?://[^/\s]+")


class Strict(BaseModel):
    """A table in which an unknown key is a mistake and no value is bent into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class SecretReference(Strict):
    """Where a password is kept: an environment variable, or a file that only its owner can read."""

    env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "SecretReference":
        if (self.env is None) == (self.file is None):
            raise PydanticCustomError("expected_secret", "env or file")
        return self


def dotted(path: KeyPath) -> str:
    """Return `source[2].url` for ("source", 1, "url"): people count from one."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words
