"""The findings of the last snapshot, with which a build compares its own: what is gone, and since when."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

TABLE = "former_findings"
# As the mart has them. A snapshot of before a column was there gives NULL in it.
COLUMNS = {
    **dict.fromkeys(
        (
            "finding_id",
            "finding_class",
            "source_id",
            "company_code",
            "company_currency_code",
            "flow",
            "event",
        ),
        "VARCHAR",
    ),
    **dict.fromkeys(("fiscal_year", "period_no"), "INTEGER"),
    **dict.fromkeys(
        ("account_role", "partner_kind", "partner_code", "partner_name", "document_entity", "document_id"),
        "VARCHAR",
    ),
    **dict.fromkeys(("document_no", "line_id"), "VARCHAR"),
    "event_date": "DATE",
    **dict.fromkeys(("voucher_word", "voucher_no", "voucher_source_id", "voucher_id"), "VARCHAR"),
    **dict.fromkeys(("expected_amount", "ledger_amount", "amount"), "DECIMAL(38,4)"),
    "age_days": "INTEGER",
    **dict.fromkeys(("suggested_draft_id", "explanation_zh", "explanation_en"), "VARCHAR"),
    **dict.fromkeys(("state", "owner", "reason", "evidence", "decided_by"), "VARCHAR"),
    "decided_at": "TIMESTAMP",
    **dict.fromkeys(("state_note_zh", "state_note_en", "gone_reason"), "VARCHAR"),
    **dict.fromkeys(("first_found_at", "disappeared_at", "reappeared_at"), "TIMESTAMP"),
}


def create_former_findings(connection: "duckdb.DuckDBPyConnection", snapshot: Path | None) -> None:
    """Create house.former_findings from the findings of a snapshot; empty where there is none."""
    known = _columns(connection, snapshot) if snapshot else frozenset[str]()
    picked = ", ".join(
        f"cast({name if name in known else 'null'} as {kind}) as {name}" for name, kind in COLUMNS.items()
    )
    rows = "from former.marts.findings" if known else "where 1 = 0"
    connection.execute(f"create table house.{TABLE} as select {picked} {rows}")
    if snapshot:
        connection.execute("detach former")


def _columns(connection: "duckdb.DuckDBPyConnection", snapshot: Path | None) -> frozenset[str]:
    """Attach a snapshot as `former` and return the columns of its findings."""
    path = str(snapshot).replace("'", "''")
    connection.execute(f"attach '{path}' as former (read_only)")
    rows = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = 'former' and schema_name = 'marts' and table_name = 'findings'"
    ).fetchall()
    return frozenset(row[0] for row in rows)
