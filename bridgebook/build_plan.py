"""What a build is made of, and how much of it has to be built again."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import astuple, dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bridgebook import build_state, landed, snapshots
from bridgebook.affected import affected_models
from bridgebook.books.mappings import CODES, Mapped
from bridgebook.build_state import BuildState
from bridgebook.errors import RulesInvalid, SettingsError
from bridgebook.home import Home
from bridgebook.installation import Installation, resolve
from bridgebook.master_rules import check_mappings, rule_mappings
from bridgebook.project import Shipped, assemble
from bridgebook.records import decided_findings, decided_mappings, open_books
from bridgebook.rules import Rule, read_rules, rules_hash
from bridgebook.settings import Settings
from bridgebook.vouchers.checks import find_faults
from bridgebook.vouchers.rule_files import read_rule_set

if TYPE_CHECKING:
    from bridgebook.books.findings import Verdicted

Scope = Literal["full", "increment", "records", "nothing"]
# A change of these codes is an increment, which labels their rows anew. Companies, currencies, units and
# tax codes decide amounts and ledgers: a change of theirs builds everything anew, as one of a rule does.
RELABELLED = frozenset(CODES) - {"companies"}


@dataclass(frozen=True)
class Inputs:
    """Everything that decides what a build gives; `state` lacks the build's own id and end."""

    source: Shipped
    installation: Installation
    rules: tuple[Rule, ...]
    rules_hash: str
    state: BuildState
    decided: tuple[Mapped, ...] = ()
    rejected: tuple[str, ...] = ()
    findings: tuple["Verdicted", ...] = ()


def read_inputs(settings: Settings, source: Shipped, as_of: date) -> Inputs:
    """Check packs and rules, assemble the dbt project, and fingerprint it all."""
    if not settings.sources:
        raise SettingsError("no_sources", file=settings.home.settings_file)
    installation = resolve(settings, source)
    rules = read_rules(settings.home.rules, source.seeds)
    if faults := find_faults(read_rule_set(settings.home.rules, source.seeds)):
        raise RulesInvalid(faults)
    rules_used = rules_hash(settings.home.rules, source.seeds)
    mapped = rule_mappings(settings, source.seeds)
    books = open_books(settings)
    decided, rejected = decided_mappings(books)
    findings = decided_findings(books)
    check_mappings(settings.master_source, mapped, decided)
    project = assemble(settings.home.project, source, installation.folders)
    fingerprint = _hash(
        {
            "project": project,
            "rules": rules_used,
            "masters": _structural((*mapped, *decided), as_of),
            "sources": [_source_identity(settings, index) for index in range(len(settings.sources))],
            "versions": {name: version(name) for name in ("bridgebook", "duckdb", "dbt-core", "dbt-duckdb")},
        }
    )
    landing, ledger_row = _landing(installation), _last_ledger_row(settings.home)
    labels = f"{_labels((*mapped, *decided), as_of)} {_hash(rejected)}"
    loads, day = json.dumps(landed.newest_loads(installation), sort_keys=True), as_of.isoformat()
    verdicts = _hash([astuple(each) for each in findings], default=str)
    state = BuildState("", fingerprint, landing, loads, ledger_row, day, rules_used, "", "", labels, verdicts)
    return Inputs(
        source, installation, rules, rules_used, state, tuple(decided), tuple(rejected), tuple(findings)
    )


@dataclass(frozen=True)
class Plan:
    """How much to build, and where an increment starts: `selected` staging models (empty: all of them).

    "records": syncs found no change, or people decided about findings, so only what tells about that is
    built. `last`: the finished build that the warehouse holds; None where all is built anew. `relabels`: rows
    carry other master codes than before, changed or not.
    """

    scope: Scope
    selected: tuple[str, ...] = ()
    last: BuildState | None = None
    relabels: bool = False


def plan_build(home: Home, inputs: Inputs, *, full: bool) -> Plan:
    """Compare what is there with what it would be made of now.

    The warehouse and the marts each know what they were built from, because either can be lost alone.
    """
    warehouse, now = build_state.read(home.work_file), inputs.state
    published = snapshots.current(home)
    marts = build_state.read(home.marts_file) or (build_state.read(published) if published else None)
    if full or warehouse is None or marts is None:
        return Plan("full")
    if not warehouse.fingerprint == marts.fingerprint == now.fingerprint:
        return Plan("full")
    if _lookups_vanished(home, inputs.installation, warehouse.ledger_row):
        return Plan("full")
    return replace(_since(home, inputs, warehouse, marts), last=warehouse)


def _since(home: Home, inputs: Inputs, warehouse: BuildState, marts: BuildState) -> Plan:
    now = inputs.state
    if not warehouse.labels == marts.labels == now.labels:
        labels = {state.labels.partition(" ")[0] for state in (warehouse, marts, now)}
        return Plan("increment", relabels=len(labels) > 1)
    if warehouse.build_id != marts.build_id or warehouse.as_of != now.as_of:
        return Plan("increment")
    if warehouse.ledger_row != now.ledger_row:
        return _after_syncs(home, inputs, int(warehouse.ledger_row))
    if warehouse.landing != now.landing:
        return Plan("increment")
    is_decided = warehouse.verdicts == marts.verdicts == now.verdicts
    return Plan("nothing" if is_decided else "records")


_UNSURE = """
select source_id, table_name from sync_tables
where rowid > ? and (status not in ('success', 'partial') or schema_changes <> '')
"""
_MOVED = """
select distinct source_id, table_name from sync_tables
where rowid > ?
    and coalesce(rows_inserted, 0) + coalesce(rows_updated, 0) + coalesce(rows_deleted, 0)
        + coalesce(rows_quarantined, 0) > 0
"""


def _after_syncs(home: Home, inputs: Inputs, since_row: int) -> Plan:
    """Build what hangs on the tables in which syncs moved rows; everything where one cannot know."""
    if _ask_ledger(home, _UNSURE, since_row):
        return Plan("increment")
    moved = _ask_ledger(home, _MOVED, since_row)
    selected = affected_models(inputs.installation, moved)
    return Plan("increment", selected) if selected else Plan("records")


def _source_identity(settings: Settings, index: int) -> list[object]:
    source = settings.sources[index]
    return [source.id, source.system, source.id == settings.master_source, sorted(source.companies.items())]


def _labels(mappings: Iterable[Mapped], as_of: date) -> str:
    """Return a token that changes whenever some row must carry another master code than before."""
    labels = [each for each in mappings if each.code.entity in RELABELLED]
    return _hash([_as_text(labels), _as_text(each for each in labels if _holds(each, as_of))])


def _structural(mappings: Iterable[Mapped], as_of: date) -> list[list[str]]:
    """Return the mappings that decide amounts and ledgers, and which of them hold on a day."""
    found = [each for each in mappings if each.code.entity not in RELABELLED]
    return [_as_text(found), _as_text(each for each in found if _holds(each, as_of))]


def _holds(mapped: Mapped, day: date) -> bool:
    return mapped.meets(Mapped(mapped.code, "", day, day))


def _as_text(mappings: Iterable[Mapped]) -> list[str]:
    return sorted(f"{each.code} {each.master_code} {each.during()}" for each in mappings)


def _landing(installation: Installation) -> str:
    """Return a token that changes whenever a landing file is written."""
    files = landed.landings(installation)
    return _hash(
        {source: [Path(path).stat().st_size, Path(path).stat().st_mtime_ns] for source, path in files.items()}
    )


def _last_ledger_row(home: Home) -> str:
    rows = _ask_ledger(home, "select coalesce(max(rowid), 0) from sync_tables")
    return str(rows[0][0]) if rows else "0"


def _lookups_vanished(home: Home, installation: Installation, since_row: str) -> bool:
    """Tell whether a row of a looked-up table was deleted: rows that named it do not change by themselves."""
    lookups = {
        (source.id, table.name)
        for source in installation.settings.sources
        for table in installation.packs[source.system].tables
        if table.lookup
    }
    question = "select source_id, table_name from sync_tables where rowid > ? and rows_deleted > 0"
    return any(row in lookups for row in _ask_ledger(home, question, int(since_row)))


def _ask_ledger(home: Home, question: str, *values: int) -> list[tuple[str, str]]:
    if not home.ledger_file.is_file():
        return []
    with closing(sqlite3.connect(f"file:{home.ledger_file}?mode=ro", uri=True)) as connection:
        if not connection.execute("select 1 from sqlite_master where name = 'sync_tables'").fetchone():
            return []
        return connection.execute(question, values).fetchall()


def _hash(content: object, default: Callable[[object], str] | None = None) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=default).encode()).hexdigest()
