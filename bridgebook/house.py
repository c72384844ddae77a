"""Write what the house knows about itself (runs, sources, rules, books) as one more landing file."""

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgebook.books.mappings import Mapped
from bridgebook.former_findings import create_former_findings
from bridgebook.rules import Rule
from bridgebook.settings import Settings

if TYPE_CHECKING:
    import duckdb

    from bridgebook.books.findings import Verdicted

Columns = Mapping[str, str]
Row = Sequence[object]


def _typed(declaration: str) -> Columns:
    """Return name -> type for a list such as "run_id VARCHAR, is_equal BOOLEAN"."""
    return dict(part.split(None, 1) for part in re.split(r",\s+", declaration.strip()))


LEDGER_TABLES: Mapping[str, Columns] = {
    "sync_runs": _typed(
        "run_id VARCHAR, kind VARCHAR, source_id VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, "
        "status VARCHAR, message_zh VARCHAR, message_en VARCHAR, rules_hash VARCHAR"
    ),
    "sync_tables": _typed(
        "run_id VARCHAR, source_id VARCHAR, table_name VARCHAR, status VARCHAR, started_at TIMESTAMP, "
        "finished_at TIMESTAMP, rows_read BIGINT, rows_inserted BIGINT, rows_updated BIGINT, "
        "rows_deleted BIGINT, rows_quarantined BIGINT, source_row_count BIGINT, landed_row_count BIGINT, "
        "is_complete BOOLEAN, freshness_minutes BIGINT, lag_minutes BIGINT, schema_changes VARCHAR, "
        "message_zh VARCHAR, message_en VARCHAR"
    ),
    "sync_files": _typed(
        "run_id VARCHAR, source_id VARCHAR, file_name VARCHAR, sheet_name VARCHAR, table_name VARCHAR, "
        "status VARCHAR, encoding VARCHAR, delimiter VARCHAR, lines_physical BIGINT, lines_title BIGINT, "
        "lines_heading BIGINT, lines_blank BIGINT, lines_totals BIGINT, lines_footnote BIGINT, "
        "lines_landed BIGINT, lines_collapsed BIGINT, lines_quarantined BIGINT, is_complete BOOLEAN, "
        "digest VARCHAR, message_zh VARCHAR, message_en VARCHAR"
    ),
    "sync_totals": _typed(
        "run_id VARCHAR, source_id VARCHAR, table_name VARCHAR, column_name VARCHAR, company_code VARCHAR, "
        "period VARCHAR, source_count BIGINT, landed_count BIGINT, source_sum DECIMAL(38,6), "
        "landed_sum DECIMAL(38,6), is_equal BOOLEAN"
    ),
    "quarantined_rows": _typed(
        "source_id VARCHAR, table_name VARCHAR, key VARCHAR, reason VARCHAR, reason_zh VARCHAR, "
        "reason_en VARCHAR, raw_record VARCHAR, first_seen_at TIMESTAMP, state VARCHAR, run_id VARCHAR"
    ),
}
SETTINGS_SOURCES = _typed(
    "source_id VARCHAR, system VARCHAR, name_zh VARCHAR, name_en VARCHAR, is_master BOOLEAN, position INTEGER"
)
SETTINGS_COMPANIES = _typed("source_id VARCHAR, source_code VARCHAR, master_code VARCHAR")
RUN_CONTEXT = _typed(
    "build_id VARCHAR, started_at TIMESTAMP, as_of DATE, rules_hash VARCHAR, labels_changed BOOLEAN"
)
BOOKS_MASTER_MAP = _typed(
    "entity VARCHAR, source_id VARCHAR, partner_kind VARCHAR, source_code VARCHAR, master_code VARCHAR, "
    "valid_from DATE, valid_to DATE, approved_by VARCHAR"
)
BOOKS_REJECTED_PROPOSALS = _typed("proposal_id VARCHAR")
BOOKS_FINDING_DECISIONS = _typed(
    "finding_id VARCHAR, state VARCHAR, finding_class VARCHAR, amount DECIMAL(38,4), "
    "expected_amount DECIMAL(38,4), reason VARCHAR, evidence VARCHAR, owner VARCHAR, decided_by VARCHAR, "
    "decided_at TIMESTAMP"
)
BUILT_LOADS = _typed("source_id VARCHAR, newest_load BIGINT")
AUDIT_LOG = _typed(
    "entry_no BIGINT, happened_at TIMESTAMP, actor VARCHAR, action VARCHAR, subject VARCHAR, "
    "content VARCHAR, previous_hash VARCHAR, entry_hash VARCHAR"
)

FIELD_MAPPINGS = _typed(
    "system VARCHAR, entity VARCHAR, entity_position INTEGER, column_position INTEGER, "
    "canonical_column VARCHAR, data_type VARCHAR, is_required BOOLEAN, is_key BOOLEAN, name_zh VARCHAR, "
    "name_en VARCHAR, kind VARCHAR, is_filled BOOLEAN, is_constant BOOLEAN, feed_no INTEGER, "
    "vendor_table VARCHAR, vendor_column VARCHAR, usage VARCHAR, expression VARCHAR"
)


@dataclass(frozen=True)
class RunContext:
    """What a build knows about itself: id, when it began (UTC), the day it looks from, the rules it uses, and
    whether rows carry other master codes than after the build before.

    `built_loads`: source id -> number of the newest load that the warehouse holds already; empty at first.
    """

    build_id: str
    started_at: datetime
    as_of: date
    rules_hash: str
    labels_changed: bool = False
    built_loads: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Books:
    """What people decided: the audit log's rows, the mappings that stand, the proposals that do not, the last
    word about each finding.
    """

    audit_entries: Iterable[Row] = ()
    mappings: Sequence[Mapped] = ()
    rejected: Sequence[str] = ()
    findings: Sequence["Verdicted"] = ()


def write(
    settings: Settings,
    context: RunContext,
    names: Mapping[str, tuple[str, str]],
    rules: Sequence[Rule],
    books: Books,
    field_mappings: Iterable[Row],
    former: Path | None = None,
) -> None:
    """Write landing/_house.duckdb anew and put it in place with one rename.

    `names` gives each system's Chinese and English name; `field_mappings` are rows of FIELD_MAPPINGS;
    `former` is the snapshot with whose findings this build's are compared.
    """
    import duckdb

    target = settings.home.house_file
    fresh = target.with_name(f"_house.{os.getpid()}.tmp")
    fresh.unlink(missing_ok=True)
    with closing(duckdb.connect(str(fresh))) as connection:
        connection.execute("create schema house")
        for table, columns in LEDGER_TABLES.items():
            rows = _ledger_rows(settings.home.ledger_file, table, columns)
            if table == "sync_runs":
                rows = _as_read_later(rows, context.build_id)
            _create(connection, table, columns, rows)
        _create(connection, "settings_sources", SETTINGS_SOURCES, _sources(settings, names))
        _create(connection, "settings_companies", SETTINGS_COMPANIES, _companies(settings))
        run = (context.build_id, context.started_at, context.as_of, context.rules_hash)
        _create(connection, "run_context", RUN_CONTEXT, [(*run, context.labels_changed)])
        _create(connection, "built_loads", BUILT_LOADS, list(context.built_loads.items()))
        _create(connection, "books_audit_log", AUDIT_LOG, books.audit_entries)
        _create(connection, "books_master_map", BOOKS_MASTER_MAP, _mappings(books.mappings))
        rejected = [(each,) for each in books.rejected]
        _create(connection, "books_rejected_proposals", BOOKS_REJECTED_PROPOSALS, rejected)
        decided = [_finding(each) for each in books.findings]
        _create(connection, "books_finding_decisions", BOOKS_FINDING_DECISIONS, decided)
        create_former_findings(connection, former)
        _create(connection, "field_mappings", FIELD_MAPPINGS, field_mappings)
        for rule in rules:
            _create(connection, f"rule_{rule.name}", dict.fromkeys(rule.columns, "VARCHAR"), rule.rows)
        connection.execute("checkpoint")
    os.replace(fresh, target)


def _create(
    connection: "duckdb.DuckDBPyConnection", table: str, columns: Columns, rows: Iterable[Row]
) -> None:
    """Create one typed table from rows, through Arrow as text and cast once."""
    import pyarrow as pa

    values = list(zip(*rows, strict=True)) or [() for _ in columns]
    texts = {
        name: pa.array([_text(value) for value in column], pa.string())
        for name, column in zip(columns, values, strict=True)
    }
    connection.register("given", pa.table(texts))
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns.items())
    connection.execute(f'create table house."{table}" as select {casts} from given')
    connection.unregister("given")


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _ledger_rows(ledger: Path, table: str, columns: Columns) -> Iterator[Row]:
    """Yield the rows of one table of the run ledger; columns that it does not have are empty."""
    if not ledger.is_file():
        return
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        present = {row[1] for row in connection.execute(f'pragma table_info("{table}")')}
        if not present:
            return
        picked = ", ".join(f'"{name}"' if name in present else "null" for name in columns)
        yield from connection.execute(f'select {picked} from "{table}" {_RECENT.get(table, "")}')


def _as_read_later(runs: Iterable[Row], build_id: str) -> Iterator[Row]:
    """Yield runs with this build as its readers find it: what they read was published, so it succeeded."""
    run_id, status = (list(LEDGER_TABLES["sync_runs"]).index(name) for name in ("run_id", "status"))
    for run in runs:
        is_own = run[run_id] == build_id
        yield (*run[:status], "success", *run[status + 1 :]) if is_own else run


# Totals grow by every month of every table in each run: the last runs of a source are what people look at.
_RECENT = {
    "sync_totals": """
        where run_id in (
            select run_id from (
                select run_id, row_number() over (partition by source_id order by started_at desc) as age
                from sync_runs where kind = 'sync'
            ) where age <= 5
        )"""
}


def _sources(settings: Settings, names: Mapping[str, tuple[str, str]]) -> list[Row]:
    return [
        (source.id, source.system, *names[source.system], source.id == settings.master_source, position)
        for position, source in enumerate(settings.sources, start=1)
    ]


def _mappings(mappings: Sequence[Mapped]) -> list[Row]:
    return [
        (
            each.code.entity,
            each.code.source_id,
            each.code.partner_kind or None,
            each.code.source_code,
            each.master_code,
            each.valid_from,
            each.valid_to,
            each.approved_by,
        )
        for each in mappings
    ]


def _finding(each: "Verdicted") -> Row:
    """Return a decision as a row; of what nobody decided, or took back, only the owner is left."""
    content = (each.finding_class, each.amount, each.expected_amount)
    moment = each.decided_at.replace("T", " ")[:26]
    if each.state is None:
        return (each.finding_id, None, *content, None, None, each.owner or None, None, None)
    said = (each.reason or None, each.evidence or None, each.owner or None, each.decided_by, moment)
    return (each.finding_id, each.state, *content, *said)


def _companies(settings: Settings) -> list[Row]:
    pairs: list[Any] = []
    for source in settings.sources:
        pairs += [(source.id, own, master) for own, master in source.companies.items()]
    return pairs
