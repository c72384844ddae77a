"""What the house itself writes into the audit log: settings, rules and publications, whenever they change."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bridgebook.errors import BooksUnavailable
from bridgebook.home import Home
from bridgebook.settings import Settings, books_password, user

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from bridgebook.books.findings import Verdicted
    from bridgebook.books.mappings import Mapped


SETTINGS, RULES, SNAPSHOT = "settings", "rules", "snapshot"


def open_books(settings: Settings) -> "Engine":
    """Open the book store of an installation."""
    from sqlalchemy.exc import ArgumentError, OperationalError

    from bridgebook.books.store import open_store, store_url

    address = store_url(settings.home.books, settings.books.url, books_password(settings))
    try:
        return open_store(address)
    except (ArgumentError, OperationalError) as error:
        raise BooksUnavailable("books_unavailable", reason=str(error.__cause__ or error).strip()) from None


def record_settings(engine: "Engine", settings: Settings) -> None:
    """Write down who changed bridgebook.toml, by its hash and its sources; nothing where it is as before."""
    content = {
        "sha256": _file_hash(settings.home.settings_file),
        "language": settings.language,
        "master_source": settings.master_source,
        "sources": {source.id: source.system for source in settings.sources},
    }
    _record_if_changed(engine, "settings_changed", SETTINGS, content)


def record_rules(engine: "Engine", home: Home, rules_hash: str) -> None:
    """Write down that other rules are used than before, with the hash of each of the user's own files."""
    own = {file.name: _file_hash(file) for file in sorted(home.rules.glob("*.csv"))}
    _record_if_changed(engine, "rules_changed", RULES, {"rules_hash": rules_hash, "own_files": own})


def record_publication(engine: "Engine", version: str, build_id: str, rules_hash: str) -> None:
    """Write down that a snapshot became what readers see."""
    from bridgebook.books.audit import append

    content = {"version": version, "build_id": build_id, "rules_hash": rules_hash}
    append(engine, actor=user(), action="published", subject=SNAPSHOT, content=content)


def _record_if_changed(engine: "Engine", action: str, subject: str, content: Mapping[str, object]) -> None:
    from bridgebook.books.audit import append, latest

    last = latest(engine, action, subject)
    if last is None or json.loads(last.content) != json.loads(json.dumps(content)):
        append(engine, actor=user(), action=action, subject=subject, content=content)


def decided_mappings(engine: "Engine", until: str = "") -> tuple[list["Mapped"], list[str]]:
    """Return the mappings that people approved and did not withdraw, and the proposals that they rejected;
    with `until` (UTC, ISO) as it was then.
    """
    from bridgebook.books.masters import decided

    with engine.connect() as connection:
        found = decided(connection, until)
    return list(found.mappings), sorted(each for each in found.last if found.state(each) == "rejected")


def decided_findings(engine: "Engine", until: str = "") -> list["Verdicted"]:
    """Return the last word about each finding, by finding; with `until` (UTC, ISO) as it was then."""
    from bridgebook.books.findings import decided

    with engine.connect() as connection:
        found = decided(connection, until)
    return [found[each] for each in sorted(found)]


def audit_rows(engine: "Engine") -> list[tuple[object, ...]]:
    """Return the audit log as rows for the warehouse."""
    from dataclasses import astuple

    from bridgebook.books.audit import entries

    return [astuple(entry) for entry in entries(engine)]


def audit_anchor(engine: "Engine") -> str:
    """Return number and seal of the last entry, to be noted outside the book store."""
    from bridgebook.books.audit import last_entry

    number, seal = last_entry(engine)
    return f"{number}:{seal}"


def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
