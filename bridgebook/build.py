"""Build the warehouse and the marts from what was landed, without touching what readers see."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bridgebook import build_state, compaction, house, landed, snapshots
from bridgebook.build_plan import Inputs, Plan, Scope, plan_build, read_inputs
from bridgebook.canonical import canonical_columns
from bridgebook.dbt_run import NodeFailure, Outcome, log_file, run_dbt
from bridgebook.errors import BuildFailed, MappingUnavailable
from bridgebook.locks import hold_all
from bridgebook.logs import log_event
from bridgebook.mapping.fields import field_rows
from bridgebook.project import Shipped, shipped
from bridgebook.records import audit_anchor, audit_rows, open_books, record_rules, record_settings
from bridgebook.reporting import Report, silent, waiting
from bridgebook.runs import recorded
from bridgebook.settings import Settings

WAIT_SECONDS = 60.0
# Unit tests are about the models and not about the data; what an increment leaves alone cannot have changed
# while the fingerprint is the same.
NEVER = ("resource_type:unit_test",)
UNCHANGED = ("path:models/staging", "resource_type:seed", *NEVER)
# What has to be built after every sync: what tells about it.
RECORDS = tuple(f"source:house.{table}+" for table in house.LEDGER_TABLES)


@dataclass(frozen=True)
class BuildResult:
    """How a build ended: its id, what it had to do, the checks that warn, and how long it took."""

    build_id: str
    scope: Scope
    warnings: tuple[NodeFailure, ...]
    seconds: float


def locks_of(settings: Settings) -> tuple[str, ...]:
    """Return the locks that a build needs: nobody may write a landing file while it is read."""
    return ("build", *(f"source-{source.id}" for source in settings.sources))


def build(
    settings: Settings,
    *,
    full: bool = False,
    as_of: date | None = None,
    report: Report = silent,
    source: Shipped | None = None,
) -> BuildResult:
    """Build under the build lock; raise BuildFailed when a model or one of our own tests fails."""
    names = locks_of(settings)
    with hold_all(settings.home, names, "bridgebook build", WAIT_SECONDS, waiting=waiting(report)):
        return build_locked(settings, full=full, as_of=as_of, report=report, source=source)


def build_locked(
    settings: Settings,
    *,
    full: bool = False,
    as_of: date | None = None,
    report: Report = silent,
    source: Shipped | None = None,
) -> BuildResult:
    """Build for a caller that holds the locks of `locks_of` already."""
    began = perf_counter()
    settings.home.create()
    inputs = read_inputs(settings, source or shipped(), as_of or date.today())
    plan = plan_build(settings.home, inputs, full=full)
    if plan.last is not None and plan.scope == "nothing":
        report("build_up_to_date", build=plan.last.build_id)
        return BuildResult(plan.last.build_id, plan.scope, (), perf_counter() - began)
    report(f"building_{plan.scope}")
    with recorded(settings.home, "build", inputs.rules_hash) as run_id:
        outcome = _build(settings, inputs, plan, run_id)
    for warning in outcome.warnings:
        report("check_warns", name=warning.name, message=warning.message)
    return BuildResult(run_id, plan.scope, outcome.warnings, perf_counter() - began)


def _build(settings: Settings, inputs: Inputs, plan: Plan, run_id: str) -> Outcome:
    home = settings.home
    anchor = write_house(settings, inputs, plan, run_id)
    if plan.scope == "full":
        _remove_database(home.work_file)
        _remove_database(home.marts_file)
    else:
        _start_from_last_marts(settings)
    landed.create_views(inputs.installation, home.work_file)
    outcome = run_dbt(home, "build", "--no-write-json", *_selection(plan), variables=dbt_variables(inputs))
    if not outcome.success:
        raise BuildFailed("build_failed", failures=_listed(outcome), log=log_file(home))
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    state = replace(inputs.state, build_id=run_id, finished_at=finished, audit_anchor=anchor)
    build_state.write(home.marts_file, state)
    build_state.write(home.work_file, state)
    if plan.scope == "full":
        compaction.note_fresh(home.marts_file)
        compaction.note_fresh(home.work_file)
    else:
        compaction.compact_if_bloated(home.work_file, home.work_file.stem, _read_by_views(inputs))
    return outcome


def _selection(plan: Plan) -> tuple[str, ...]:
    """Return dbt's options for a plan: what is built, and what is left alone in it."""
    if plan.scope == "full":
        return ("--exclude", *NEVER)
    if plan.scope == "increment" and not plan.selected:
        return ("--exclude", *UNCHANGED)
    roots = (*RECORDS, *(f"{model}+" for model in plan.selected))
    return ("--select", *roots, "--exclude", *UNCHANGED)


def _read_by_views(inputs: Inputs) -> dict[str, Path]:
    """Return the databases that views of the warehouse read, by the names under which they do."""
    files = landed.landings(inputs.installation)
    catalogs = {f"landing_{source}": Path(file) for source, file in files.items()}
    return catalogs | {"house": inputs.installation.settings.home.house_file}


def dbt_variables(inputs: Inputs) -> dict[str, Any]:
    """Return what dbt cannot find out by itself. Equal from run to run, so that nothing is parsed again."""
    return {
        "packs": {system: list(pack.entities) for system, pack in sorted(inputs.installation.packs.items())},
        "landings": landed.landings(inputs.installation),
        "canonical": canonical_columns(inputs.source.seeds),
    }


def write_house(settings: Settings, inputs: Inputs, plan: Plan, run_id: str) -> str:
    """Record what changed in the books, land them with the house's other facts; return the audit anchor."""
    books = open_books(settings)
    record_settings(books, settings)
    record_rules(books, settings.home, inputs.rules_hash)
    now = datetime.now(UTC).replace(tzinfo=None)
    as_of = date.fromisoformat(inputs.state.as_of)
    built = json.loads(plan.last.newest_loads) if plan.last else {}
    context = house.RunContext(run_id, now, as_of, inputs.rules_hash, plan.relabels, built)
    facts = house.Books(audit_rows(books), inputs.decided, inputs.rejected, inputs.findings)
    names, fields = inputs.installation.names, _field_mappings(inputs)
    house.write(settings, context, names, inputs.rules, facts, fields, snapshots.current(settings.home))
    return audit_anchor(books)


def _field_mappings(inputs: Inputs) -> Iterator[tuple[Any, ...]]:
    """Yield the field mapping of every pack in use; one that cannot be told does not stop a build.

    Where its SQL is wrong, dbt refuses the build in a moment and says so in its own words.
    """
    for system, pack in inputs.installation.packs.items():
        try:
            rows = field_rows(inputs.source, pack, inputs.installation.settings.home)
        except MappingUnavailable as error:
            log_event("mapping_unavailable", system=system, reason=error.sentence("en"))
        else:
            yield from (astuple(row) for row in rows)


def _start_from_last_marts(settings: Settings) -> None:
    """Continue a finished build that was not published; else begin with a copy of what is published."""
    home = settings.home
    if build_state.read(home.marts_file) is None:
        _remove_database(home.marts_file)
        shutil.copyfile(snapshots.require(home), home.marts_file)
    build_state.forget(home.marts_file)


def _remove_database(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_name(file.name + ".wal").unlink(missing_ok=True)


def _listed(outcome: Outcome) -> str:
    shown = [f"{failure.kind} {failure.name}: {failure.message}" for failure in outcome.failures[:5]]
    rest = len(outcome.failures) - len(shown)
    return "\n".join(f"  - {line}" for line in shown) + (f"\n  - … +{rest}" if rest > 0 else "")
