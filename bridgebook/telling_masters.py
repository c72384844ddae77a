"""Tell the worklist of master data: as a table for people, as CSV or JSON for other programs."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from bridgebook.books.mappings import Mapped
from bridgebook.console import Console
from bridgebook.masters import WorkRow
from bridgebook.texts import text

COLUMNS = (
    "id",
    "state",
    "entity",
    "source",
    "code",
    "name",
    "master",
    "master_name",
    "confidence",
    "stake",
    "evidence",
)


def tell_worklist(console: Console, rows: Sequence[WorkRow], form: str, limit: int) -> None:
    """Print the first rows; beside them how many there are and what is at stake in all."""
    shown = rows[:limit]
    if form == "csv":
        _csv([_cells(row) for row in shown], sys.stdout, WORK_COLUMNS)
    elif form == "json":
        _json([_cells(row) for row in shown], sys.stdout)
    else:
        language = console.language
        header = [text(f"masters_{name}", language) for name in COLUMNS]
        lines = []
        for row in shown:
            cells = _cells(row)
            kind = f"{cells['entity']} {cells['partner_kind']}".strip()
            lines.append(
                [
                    cells["proposal_id"],
                    text(f"masters_state_{row.state}", language),
                    kind,
                    cells["source_id"],
                    cells["source_code"],
                    cells["source_name"],
                    cells["proposed_master_code"],
                    cells["proposed_name"],
                    cells["confidence"],
                    f"{row.amount_at_stake:,.2f}",
                    cells[f"evidence_{language}"],
                ]
            )
        console.table(header, lines, frozenset({8, 9}))
    money = sum(row.amount_at_stake for row in rows)
    console.note("masters_listed", shown=len(shown), count=len(rows), money=f"{money:,.2f}")


def write_worklist(rows: Sequence[WorkRow], file: Path) -> int:
    """Write rows to a CSV or JSON file; return how many."""
    return _write([_cells(row) for row in rows], file, WORK_COLUMNS)


def write_mappings(mappings: Sequence[Mapped], file: Path) -> int:
    """Write mappings in the layout of rules/master_map.csv; return how many."""
    rows = [
        {
            "entity": each.code.entity,
            "source_id": each.code.source_id,
            "partner_kind": each.code.partner_kind,
            "source_code": each.code.source_code,
            "master_code": each.master_code,
            "valid_from": str(each.valid_from or ""),
            "valid_to": str(each.valid_to or ""),
            "approved_by": each.approved_by,
        }
        for each in mappings
    ]
    return _write(rows, file, MAPPING_COLUMNS)


WORK_COLUMNS = (
    "proposal_id", "state", "entity", "source_id", "partner_kind", "source_code", "source_name",
    "proposed_master_code", "proposed_name", "valid_from", "valid_to", "confidence", "amount_at_stake",
    "line_count", "evidence_zh", "evidence_en", "decided_by", "decided_at",
)  # fmt: skip
MAPPING_COLUMNS = (
    "entity", "source_id", "partner_kind", "source_code", "master_code", "valid_from", "valid_to",
    "approved_by",
)  # fmt: skip


def _cells(row: WorkRow) -> dict[str, str]:
    proposal, code = row.proposal, row.proposal.mapped.code
    return {
        "proposal_id": proposal.id if proposal.mapped.master_code else "",
        "state": row.state,
        "entity": code.entity,
        "source_id": code.source_id,
        "partner_kind": code.partner_kind,
        "source_code": code.source_code,
        "source_name": row.source_name,
        "proposed_master_code": proposal.mapped.master_code,
        "proposed_name": row.master_name,
        "valid_from": str(proposal.mapped.valid_from or ""),
        "valid_to": str(proposal.mapped.valid_to or ""),
        "confidence": "" if proposal.confidence is None else f"{proposal.confidence:.4f}",
        "amount_at_stake": f"{row.amount_at_stake:.2f}",
        "line_count": str(row.line_count),
        "evidence_zh": proposal.evidence_zh,
        "evidence_en": proposal.evidence_en,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
    }


def _write(rows: Sequence[Mapping[str, str]], file: Path, columns: Sequence[str]) -> int:
    is_csv = file.suffix == ".csv"
    with file.open("w", encoding="utf-8-sig" if is_csv else "utf-8", newline="") as out:
        if is_csv:
            _csv(rows, out, columns)
        else:
            _json(rows, out)
    return len(rows)


def _csv(rows: Sequence[Mapping[str, str]], out: IO[str], columns: Sequence[str]) -> None:
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)


def _plain(value: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    is_formula = value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return "'" + value if is_formula and not value.lstrip("-+").replace(".", "", 1).isdigit() else value


def _json(rows: Sequence[Mapping[str, str]], out: IO[str]) -> None:
    json.dump(list(rows), out, ensure_ascii=False, indent=2)
    out.write("\n")
