"""Where the keys of a TOML file stand, which the standard parser does not tell."""

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]
_TABLE = re.compile(r"^\s*\[(?!\[)\s*(?P<name>[^\]]+?)\s*\]")
_ARRAY = re.compile(r"^\s*\[\[\s*(?P<name>[^\]]+?)\s*\]\]")
_KEY = re.compile(r"""^\s*(?P<key>[A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*=\s*(?P<value>.*)$""")


def key_lines(document: str) -> dict[Path, int]:
    """Return the line (from 1) of every table and key, such as ("source", 0, "url") -> 12."""
    lines: dict[Path, int] = {}
    counts: dict[str, int] = {}
    table: Path = ()
    closing: str | None = None
    for number, line in enumerate(document.splitlines(), start=1):
        if closing is not None:
            closing = None if closing in line else closing
            continue
        if array := _ARRAY.match(line):
            name = array["name"]
            counts[name] = counts.get(name, -1) + 1
            table = (*name.split("."), counts[name])
            lines[table] = number
        elif header := _TABLE.match(line):
            table = tuple(part.strip("\"' ") for part in header["name"].split("."))
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, key["key"].strip("\"'")), number)
            closing = _unclosed(key["value"])
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """Return the line of `path`, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _unclosed(value: str) -> str | None:
    """Return what ends a value that goes on in the next line, if it does."""
    for quote in ('"""', "'''"):
        if value.startswith(quote) and quote not in value[3:]:
            return quote
    if value.startswith("[") and "]" not in value:
        return "]"
    return None
