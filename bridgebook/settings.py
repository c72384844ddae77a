"""Settings of an installation: bridgebook.toml, secrets, and the only place that reads the environment."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from bridgebook.errors import HomeMissing, SecretUnavailable, SourceUnknown, TargetUnknown
from bridgebook.home import Home
from bridgebook.settings_file import BooksTable, SourceTable, read
from bridgebook.settings_targets import TargetTable
from bridgebook.settings_words import SecretReference
from bridgebook.texts import Language
from bridgebook.toml_lines import Path as KeyPath
from bridgebook.toml_lines import line_of

__all__ = ["Home", "Settings", "Source", "chosen_home", "chosen_language", "load"]
Source = SourceTable


@dataclass(frozen=True)
class Settings:
    """What an installation is told: where it lives, which language it speaks, which sources it reads."""

    home: Home
    language: Language
    master_source: str | None
    sources: tuple[Source, ...]
    books: BooksTable
    lines: dict[KeyPath, int]
    targets: tuple[TargetTable, ...] = ()

    def target(self, target_id: str) -> TargetTable:
        """Return the target with that id, or raise TargetUnknown naming the known ones."""
        for target in self.targets:
            if target.id == target_id:
                return target
        known = ", ".join(target.id for target in self.targets) or "-"
        raise TargetUnknown("target_unknown", target=target_id, known=known)

    def source(self, source_id: str) -> Source:
        """Return the source with that id, or raise SourceUnknown naming the known ones."""
        for source in self.sources:
            if source.id == source_id:
                return source
        known = ", ".join(source.id for source in self.sources) or "-"
        raise SourceUnknown("source_unknown", source=source_id, known=known)

    def place(self, source: Source, key: str) -> str:
        """Return file and line of a source's key, for messages."""
        index = self.sources.index(source)
        return f"{self.home.settings_file}:{line_of(self.lines, ('source', index, key)) or 1}"


def load(home: Path | None = None) -> Settings:
    """Read the settings of `home` (default: BRIDGEBOOK_HOME, else .bridgebook/ here)."""
    place = Home(chosen_home(home))
    if not place.settings_file.is_file():
        raise HomeMissing("home_missing", file=place.settings_file)
    content, lines = read(place.settings_file)
    master = content.master_source or (content.source[0].id if content.source else None)
    return Settings(place, content.language, master, content.source, content.books, lines, content.targets)


def chosen_home(option: Path | None) -> Path:
    """Return the absolute home folder: option, then BRIDGEBOOK_HOME, then .bridgebook/ here."""
    return Path(option or os.environ.get("BRIDGEBOOK_HOME") or ".bridgebook").absolute()


def chosen_language(option: str | None, home: Path | None) -> Language:
    """Return the language of messages: option, BRIDGEBOOK_LANGUAGE, bridgebook.toml, locale, else English."""
    for candidate in (option, os.environ.get("BRIDGEBOOK_LANGUAGE"), _written_language(home)):
        if candidate == "zh":
            return "zh"
        if candidate == "en":
            return "en"
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def _written_language(home: Path | None) -> str | None:
    """Return the language of a settings file that may be wrong everywhere else."""
    try:
        document = Home(chosen_home(home)).settings_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r"""^\s*language\s*=\s*["'](zh|en)["']""", document, re.MULTILINE)
    return found[1] if found else None


def threads() -> int:
    """Return how many threads a build may use: BRIDGEBOOK_THREADS, else the cores of this process."""
    given = os.environ.get("BRIDGEBOOK_THREADS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> str:
    """Return how much memory a build may use: BRIDGEBOOK_MEMORY, such as "4GB"."""
    return os.environ.get("BRIDGEBOOK_MEMORY") or "4GB"


def user() -> str:
    """Return who gives the command, for the audit log."""
    return (
        os.environ.get("SUDO_USER")
        or os.environ.get("USER")
        or os.environ.get("LOGNAME")
        or f"uid {os.getuid()}"
    )


def read_password(source: Source, home: Home) -> str | None:
    """Return a source's password from where the settings say it is, or raise SecretUnavailable."""
    return _secret(source.password, source.id, home)


def target_secret(target: TargetTable, home: Home) -> str | None:
    """Return the password or application secret of a target, or raise SecretUnavailable."""
    return _secret(target.secret, target.id, home)


def books_password(settings: Settings) -> str | None:
    """Return the password of the book store, or raise SecretUnavailable."""
    return _secret(settings.books.password, "books", settings.home)


def _secret(reference: SecretReference | None, owner: str, home: Home) -> str | None:
    if reference is None:
        return None
    if reference.env is not None:
        value = os.environ.get(reference.env)
        if not value:
            raise SecretUnavailable("secret_env_missing", source=owner, variable=reference.env)
        return value
    return _read_secret_file(owner, home.root / str(reference.file))


def _read_secret_file(owner: str, file: Path) -> str:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            raise SecretUnavailable("secret_file_open", source=owner, file=file, mode=f"{mode:04o}")
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretUnavailable("secret_file_missing", source=owner, file=file, reason=reason) from None
