"""Keep a landed table in step with its source's columns, by explicit changes that lose nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingestion import errors
from ingestion.landing import LandingFile
from ingestion.landing_types import LandingType, holds
from ingestion.transports.queries import TablePlan


@dataclass(frozen=True)
class Prepared:
    """A landed table ready for its rows.

    `changes` are what was changed, as people read it ("+ memo VARCHAR"); `reads_anew` says that rows landed
    before lack what is new, so that every row must be read.
    """

    plan: TablePlan
    is_first: bool
    changes: tuple[str, ...] = ()
    reads_anew: bool = False


def prepare(landing: LandingFile, plan: TablePlan, source_id: str, *, is_first: bool, full: bool) -> Prepared:
    """Create the landed table, add columns, widen types that lose nothing.

    A type that would lose something raises TypeChanged; with `full` the table begins anew beside its history.
    """
    table = plan.spec.name
    have = landing.columns(table)
    plan = _with_landed_types(plan, have)
    wanted = {**plan.spec.columns, **{column.name: column.type for column in plan.columns}}
    if have and is_first:  # a first load that did not come to its end: it begins anew with the types of today
        landing.forget(table)
    if not have or is_first:
        landing.create(table, wanted)
        return Prepared(plan, is_first=True)
    narrowed = [name for name in wanted if name in have and not holds(wanted[name], have[name])]
    if narrowed:
        name = narrowed[0]
        if not full:
            raise errors.TypeChanged(
                source=source_id, table=table, column=name, landed=have[name], wanted=wanted[name]
            )
        landing.set_aside(table, landing.next_sequence(milliseconds()))
        landing.create(table, wanted)
        return Prepared(plan, is_first=True, changes=tuple(f"{n} {have[n]} -> {wanted[n]}" for n in narrowed))
    changes = _evolve(landing, table, have, wanted)
    return Prepared(plan, False, changes, any(not change.startswith("-") for change in changes))


def _evolve(
    landing: LandingFile, table: str, have: Mapping[str, LandingType], wanted: dict[str, LandingType]
) -> tuple[str, ...]:
    changes = []
    for name, landing_type in wanted.items():
        if name not in have:
            changes.append(f"+ {name} {landing_type}")
        elif have[name] != landing_type:
            landing.widen(table, name, landing_type)
            changes.append(f"{name} {have[name]} -> {landing_type}")
    landing.create(table, wanted)
    return (*changes, *(f"- {name}" for name in have if name not in wanted))


def _with_landed_types(plan: TablePlan, have: Mapping[str, LandingType]) -> TablePlan:
    """Keep the wider landed type of an undeclared column that became narrower at the source."""
    columns = tuple(
        replace(column, type=have[column.name])
        if column.name not in plan.spec.columns
        and column.name in have
        and holds(have[column.name], column.type)
        else column
        for column in plan.columns
    )
    return replace(plan, columns=columns)


def milliseconds() -> int:
    """Return the time as the number of a load."""
    return time.time_ns() // 1_000_000
