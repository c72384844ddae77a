"""Tell findings and their states in lines for people, and as csv and json."""

import csv
import json
import sys
from collections.abc import Sequence

from bridgebook.console import Console
from bridgebook.findings import FindingRow, states, total
from bridgebook.telling_bridges import shown
from bridgebook.texts import Language, text

SHOWN = 200


def tell_findings_list(console: Console, rows: Sequence[FindingRow], form: str) -> None:
    """Print findings as a table, or all their facts as csv or json."""
    if form == "table":
        _tell_table(console, rows)
        return
    facts = [_facts(row) for row in rows]
    if form == "json":
        console.line(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    writer = csv.DictWriter(sys.stdout, list(facts[0]) if facts else ["finding_id"])
    writer.writeheader()
    writer.writerows(facts)


def _tell_table(console: Console, rows: Sequence[FindingRow]) -> None:
    if not rows:
        console("findings_none")
        return
    language = console.language
    header = [text(f"findings_{name}", language) for name in ("id", "state", "amount", "owner", "sentence")]
    cells = [_cells(row, language) for row in rows[:SHOWN]]
    console.table(header, cells, frozenset({2}))
    if len(rows) > SHOWN:
        console("findings_more", shown=SHOWN, count=len(rows))
    counted = [f"{text(f'finding_state_{state}', language)} {count}" for state, count in states(rows).items()]
    console("findings_total", count=len(rows), amount=shown(total(rows)), states=", ".join(counted))


def _cells(row: FindingRow, language: Language) -> tuple[str, ...]:
    return (
        row.found.finding_id,
        text(f"finding_state_{row.now.state}", language),
        shown(row.found.amount),
        owner_word(row.now.owner, language),
        _sentence(row, language),
    )


def _sentence(row: FindingRow, language: Language) -> str:
    """Return what was found, and what was said about it."""
    is_zh = language == "zh"
    words = row.explanation_zh if is_zh else row.explanation_en
    said, note = row.now.decision, row.note_zh if is_zh else row.note_en
    if row.now.is_outdated and said is not None:
        facts = {"who": said.decided_by, "before": shown(said.amount), "now": shown(row.found.amount)}
        note = text(
            "finding_outdated", language, state=text(f"finding_state_{said.state}", language), **facts
        )
    elif row.now.state in ("explained", "corrected", "accepted") and said is not None:
        proof = text("finding_proof", language, evidence=said.evidence) if said.evidence else ""
        note = text("finding_said", language, who=said.decided_by, reason=said.reason) + proof
    elif row.now.state != "disappeared":
        note = ""
    return f"{words} [{note}]" if note else words


def owner_word(owner: str, language: Language) -> str:
    """Return a team's name in the reader's language; a person's stays as it is."""
    teams = ("payables", "receivables", "accounting")
    return text(f"finding_owner_{owner}", language) if owner in teams else owner


def _facts(row: FindingRow) -> dict[str, object]:
    said = row.now.decision
    return {
        "finding_id": row.found.finding_id,
        "finding_class": row.found.finding_class,
        "state": row.now.state,
        "company_code": row.company,
        "period": f"{row.month // 100}-{row.month % 100:02d}",
        "amount": str(row.found.amount),
        "expected_amount": str(row.found.expected_amount),
        "currency": row.currency,
        "age_days": row.age_days,
        "owner": row.now.owner,
        "explanation_zh": row.explanation_zh,
        "explanation_en": row.explanation_en,
        "reason": said.reason if said else "",
        "evidence": said.evidence if said else "",
        "decided_by": said.decided_by if said else "",
        "decided_at": said.decided_at if said else "",
    }
