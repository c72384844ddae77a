"""The code that READMEs and CONTRIBUTING show, taken out of them so that it can be run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^(?:#|--) file: (?P<path>\S+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language and its text."""

    kind: str
    code: str


def blocks(document: str) -> Iterator[Block]:
    """Yield the fenced blocks of a document in the repository."""
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        yield Block(found["kind"], found["code"])


def commands(document: str) -> list[str]:
    """Return the shell commands of a document without their comments."""
    lines = [line for block in blocks(document) if block.kind == "sh" for line in block.code.splitlines()]
    return [re.sub(r"\s+#.*$", "", line).strip() for line in lines if line.strip()]


def files(document: str) -> dict[str, str]:
    """Return path -> content of the blocks that begin with the name of a file."""
    named = ((_FILE.match(block.code), block.code) for block in blocks(document))
    return {found["path"]: code[found.end() :] for found, code in named if found}
