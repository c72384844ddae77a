"""Leave a file for another program exactly once, and make text harmless that a spreadsheet might run.

A batch of letters becomes one file with one name. Its content is finished under a hidden name, then noted,
then renamed: what is found after a crash tells whether the file was handed over, even when it was taken away
since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingestion.errors import CodeNotPlain, FolderUnwritable
from ingestion.outbound.target import Answer, Letter, TargetSettings

NOTES = ".bridgebook"
RISKY = {"=": "＝", "+": "＋", "-": "－", "@": "＠"}


def hand_over(target: str, folder: Path, name: str, content: bytes, references: Sequence[str]) -> None:
    """Write the batch's file; written again it replaces itself. Raises FolderUnwritable."""
    try:
        notes = folder / NOTES
        notes.mkdir(parents=True, exist_ok=True)
        hidden = notes / f"{name}.part"
        _write(hidden, content)
        _write(notes / f"{name}.json", json.dumps(sorted(references), ensure_ascii=False).encode())
        os.replace(hidden, folder / name)
        _settle(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FolderUnwritable(target=target, folder=folder, detail=reason) from None


def handed_over(folder: Path, name: str) -> frozenset[str]:
    """Return the references in a file that was handed over; it need not lie there any more."""
    notes = folder / NOTES
    try:
        known = frozenset(json.loads((notes / f"{name}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return frozenset()
    if (notes / f"{name}.part").exists():  # finished and noted, but not yet renamed
        return frozenset()
    return known


def found_in(folder: Path, name: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
    """Return the letters of a batch that its file holds."""
    known = handed_over(folder, name)
    return {each.reference: Answer("acknowledged", None, name) for each in letters if each.reference in known}


class FolderTarget:
    """A target that leaves each batch as one file in a folder; `file_name` has the place {batch}."""

    batch_size = 500
    file_name: str

    def __init__(self, settings: TargetSettings) -> None:
        assert settings.folder is not None
        self._settings, self._folder = settings, settings.folder

    def find(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Return the letters whose file was handed over."""
        return found_in(self._folder, self._name(batch), letters)

    def _name(self, batch: str) -> str:
        return self.file_name.format(batch=batch)


def harmless(words: str) -> str:
    """Return a text on one line that no spreadsheet takes for a formula and no list for two cells.

    Signs that would begin a formula are written wide, as Chinese text has them: it reads the same.
    """
    line = " ".join(words.split()).replace(",", "，").replace('"', "＂")
    return RISKY[line[0]] + line[1:] if line[:1] in RISKY else line


def plain_code(reference: str, code: str) -> str:
    """Return a code unchanged, or raise CodeNotPlain: a code is never written in another way."""
    if code and (harmless(code) != code or not code.isprintable()):
        raise CodeNotPlain(reference=reference, detail=code)
    return code


def _write(file: Path, content: bytes) -> None:
    fresh = file.with_name(file.name + ".new")
    with fresh.open("wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    os.replace(fresh, file)
    _settle(file.parent)


def _settle(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
