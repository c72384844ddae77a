"""The bridges as they were known at an earlier instant: built beside the warehouse, kept for the next time.

Rows come from the version log of the landing files; decisions are those made by then; the rules are today's.
"""

import os
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

from bridgebook import build_state, house, landed, snapshots
from bridgebook.build import WAIT_SECONDS, dbt_variables, locks_of
from bridgebook.build_plan import Inputs, read_inputs
from bridgebook.dbt_run import log_file, run_dbt
from bridgebook.errors import BridgebookError, BuildFailed, SettingsError
from bridgebook.home import Home
from bridgebook.locks import hold_all
from bridgebook.project import assemble, shipped
from bridgebook.records import audit_rows, decided_findings, decided_mappings, open_books
from bridgebook.reporting import Report, silent, waiting
from bridgebook.settings import Settings

KEPT = 6
WANTED = ("+bridge_summary", "+findings", "+partners", "+items", "+companies")
NO_TESTS = ("resource_type:test", "resource_type:unit_test")
_VERSION = re.compile(r"^(\d{8}T\d{6})(\d{3})Z$")
# Every table of the run ledger that says when something was: only what was there by then is told.
_LATER = {
    "sync_tables": "started_at > :instant",
    "sync_runs": "started_at > :instant",
    "sync_totals": "run_id not in (select run_id from sync_runs)",
    "sync_files": "run_id not in (select run_id from sync_runs)",
    "quarantined_rows": "first_seen_at > :instant",
}


class WrongInstant(SettingsError):
    """The instant asked for cannot be read, or lies in the future."""


class NothingKnownYet(BridgebookError):
    """At that instant no source had been read."""


@dataclass(frozen=True)
class Past:
    """Marts as they were known at an instant (UTC): their file, whether they were there already, and the
    sources that were first read later, each with when.
    """

    file: Path
    instant: datetime
    was_ready: bool
    unread: tuple[tuple[str, datetime], ...]


def read_instant(words: str) -> datetime:
    """Read an instant, ISO or a snapshot's version: UTC without an offset; a day alone means its end."""
    version = _VERSION.match(words)
    try:
        if version:
            return datetime.strptime(f"{version[1]}{version[2]}000+0000", "%Y%m%dT%H%M%S%f%z")
        found = datetime.fromisoformat(words)
    except ValueError:
        raise WrongInstant("as_of_unreadable", words=words) from None
    if len(words) <= 10:
        found = datetime.combine(found.date(), time.max)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC)


def stamp(instant: datetime) -> str:
    """Return an instant as the name of its folder, exact to the millisecond."""
    return f"{instant:%Y%m%dT%H%M%S}{instant.microsecond // 1000:03d}Z"


def ready(home: Home) -> list[datetime]:
    """Return the instants of which the marts are kept, newest first."""
    folders = sorted((folder for folder in home.as_of.glob("*Z") if _is_whole(folder)), reverse=True)
    return [read_instant(folder.name) for folder in folders]


def past(settings: Settings, instant: datetime, *, report: Report = silent) -> Past:
    """Return the marts as they were known at an instant, building them the first time.

    Raises NothingKnownYet before the first sync. The published snapshot and the warehouse are not touched.
    """
    home = settings.home
    if instant > datetime.now(UTC) and instant.date() > datetime.now(UTC).date():
        raise WrongInstant("as_of_future", instant=shown_instant(instant))
    instant = min(instant, datetime.now(UTC))
    unread = _unread(settings, instant)
    scratch = Home(home.as_of / stamp(instant))
    published = snapshots.current(home)
    file = scratch.root / f"marts-{scratch.root.name}.duckdb"
    kept, now = build_state.read(file), build_state.read(published) if published else None
    if kept and now and kept.fingerprint == now.fingerprint:
        return Past(file, instant, True, unread)
    report("as_of_building", instant=shown_instant(instant))
    with hold_all(
        home, locks_of(settings), "bridgebook reconcile --as-of", WAIT_SECONDS, waiting=waiting(report)
    ):
        _build(settings, scratch, instant)
        os.replace(scratch.marts_file, file)
        shutil.rmtree(scratch.work)
    _sweep(home, scratch)
    return Past(file, instant, False, unread)


def first_syncs(home: Home) -> dict[str, datetime]:
    """Return source id -> when its first sync ended (UTC), from the run ledger."""
    if not home.ledger_file.is_file():
        return {}
    with closing(sqlite3.connect(f"file:{home.ledger_file}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "select source_id, min(finished_at) from sync_runs "
            "where kind = 'sync' and status in ('success', 'partial') and source_id is not null "
            "group by source_id"
        ).fetchall()
    return {source: datetime.fromisoformat(at).replace(tzinfo=UTC) for source, at in rows if at}


def _unread(settings: Settings, instant: datetime) -> tuple[tuple[str, datetime], ...]:
    """Return the sources that were not read yet; raise NothingKnownYet where that is every one."""
    firsts = first_syncs(settings.home)
    known = [source.id for source in settings.sources if source.id in firsts]
    if not known:
        raise NothingKnownYet("as_of_never_synced")
    later = tuple((source, firsts[source]) for source in known if firsts[source] > instant)
    if len(later) == len(known):
        first = min(at for _, at in later)
        raise NothingKnownYet(
            "as_of_before_first", instant=shown_instant(instant), first=shown_instant(first)
        )
    return later


def _build(settings: Settings, scratch: Home, instant: datetime) -> None:
    shutil.rmtree(scratch.root, ignore_errors=True)
    for folder in (scratch.landing, scratch.work):
        folder.mkdir(parents=True)
    inputs = read_inputs(settings, shipped(), instant.date())
    assemble(scratch.project, inputs.source, inputs.installation.folders)
    _write_house(settings, scratch, inputs, instant)
    landed.create_past_views(inputs.installation, scratch.work_file, _milliseconds(instant))
    words = ("build", "--no-write-json", "--select", *WANTED, "--exclude", *NO_TESTS)
    outcome = run_dbt(scratch, *words, variables=dbt_variables(inputs))
    if not outcome.success:
        listed = "\n".join(f"  - {each.kind} {each.name}: {each.message}" for each in outcome.failures[:5])
        raise BuildFailed("build_failed", failures=listed, log=log_file(scratch))
    build_state.write(scratch.marts_file, inputs.state)
    shutil.rmtree(scratch.landing)


def _write_house(settings: Settings, scratch: Home, inputs: Inputs, instant: datetime) -> None:
    """Write the house's facts as they were then: runs, decisions; the rules are today's."""
    _copy_ledger(settings.home, scratch, instant)
    books, until = open_books(settings), instant.isoformat(timespec="microseconds")
    mappings, rejected = decided_mappings(books, until)
    told = [row for row in audit_rows(books) if str(row[1]) <= until]
    facts = house.Books(told, mappings, rejected, decided_findings(books, until))
    moment = instant.replace(tzinfo=None)
    context = house.RunContext(stamp(instant), moment, instant.date(), inputs.rules_hash)
    house.write(replace(settings, home=scratch), context, inputs.installation.names, inputs.rules, facts, [])


def _copy_ledger(home: Home, scratch: Home, instant: datetime) -> None:
    """Copy the run ledger without what happened later."""
    moment = {"instant": instant.replace(tzinfo=None).isoformat(sep=" ")}
    with (
        closing(sqlite3.connect(f"file:{home.ledger_file}?mode=ro", uri=True)) as ledger,
        closing(sqlite3.connect(scratch.ledger_file)) as copy,
    ):
        ledger.backup(copy)
        tables = {row[0] for row in copy.execute("select name from sqlite_master where type = 'table'")}
        for table, later in _LATER.items():
            if table in tables:
                copy.execute(f"delete from {table} where {later}", moment if ":instant" in later else {})
        copy.commit()


def _sweep(home: Home, keep: Home) -> None:
    """Delete the oldest of what was built here, beyond KEPT; they can be built again."""
    folders = [folder for folder in home.as_of.glob("*Z") if folder != keep.root]
    by_age = sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in by_age[KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    return bool(_VERSION.match(folder.name)) and (folder / f"marts-{folder.name}.duckdb").is_file()


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def shown_instant(instant: datetime) -> str:
    """Return an instant as people read it."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
