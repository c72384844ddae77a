"""What a build leaves behind about itself in warehouse and marts, to know later what is still valid."""

from contextlib import closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path

TABLE = "main.bridgebook_build"


@dataclass(frozen=True)
class BuildState:
    """A finished build: its id, what it was made of, how far it read, and when.

    `fingerprint` covers project, rules, packs, sources and versions; `landing` the landed data;
    `newest_loads` is JSON: source id -> number of the newest load that it has read;
    `ledger_row` the last row of sync_tables that it saw; `audit_anchor` is number and seal of the audit log's
    last entry, noted here because a log that was cut off looks whole by itself; `labels` covers the master
    codes that rows carry and, after a blank, the proposals that were rejected; `verdicts` what people decided
    about findings.
    """

    build_id: str
    fingerprint: str
    landing: str
    newest_loads: str
    ledger_row: str
    as_of: str
    rules_hash: str
    finished_at: str
    audit_anchor: str
    labels: str = ""
    verdicts: str = ""


def read(file: Path) -> BuildState | None:
    """Return the state of the build that finished in `file`; None where none did or it is no database."""
    import duckdb

    if not file.is_file():
        return None
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            names = ", ".join(field.name for field in fields(BuildState))
            row = connection.execute(f"select {names} from {TABLE}").fetchone()
    except duckdb.Error:
        return None
    return BuildState(*row) if row else None


def write(file: Path, state: BuildState) -> None:
    """Write down in `file` that this build finished, and make the file complete on disk."""
    import duckdb

    with closing(duckdb.connect(str(file))) as connection:
        names = [field.name for field in fields(BuildState)]
        columns = ", ".join(f"{name} varchar" for name in names)
        connection.execute(f"create or replace table {TABLE} ({columns})")
        marks = ", ".join("?" for _ in names)
        connection.execute(f"insert into {TABLE} values ({marks})", list(asdict(state).values()))
        connection.execute("checkpoint")


def forget(file: Path) -> None:
    """Write down that `file` is being worked on: until `write` nothing in it counts as finished."""
    import duckdb

    if file.is_file():
        with closing(duckdb.connect(str(file))) as connection:
            connection.execute(f"drop table if exists {TABLE}")
            connection.execute("checkpoint")
