"""Work through findings: what the snapshot found beside what people decided since, and their evidence."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bridgebook import snapshots
from bridgebook.books.findings import (
    Evidence,
    FindingState,
    Found,
    Standing,
    Verdict,
    open_finding_desk,
    standing,
)
from bridgebook.errors import DecisionRefused, Problem
from bridgebook.home import Home
from bridgebook.settings import Settings

EVIDENCE = "evidence"


@dataclass(frozen=True)
class WantedFindings:
    """Which findings are meant; None means every. `months` are the first and last as year * 100 + period."""

    state: str | None = None
    finding_class: str | None = None
    company: str | None = None
    months: tuple[int, int] | None = None

    def takes(self, row: "FindingRow") -> bool:
        """Tell whether a finding is meant; one that is gone only where its state is asked for."""
        first, last = self.months or (0, 999999)
        return (
            self.finding_class in (None, row.found.finding_class)
            and self.company in (None, row.company)
            and first <= row.month <= last
            and (self.state == row.now.state or (self.state is None and row.now.state != "disappeared"))
        )


@dataclass(frozen=True)
class FindingRow:
    """A finding with its sentence in Chinese and English, where it stands, and its state now.

    `month` is year * 100 + period; `note_zh` and `note_en` say why it is gone or open again.
    """

    found: Found
    now: Standing
    company: str
    currency: str
    month: int
    age_days: int
    explanation_zh: str
    explanation_en: str
    note_zh: str = ""
    note_en: str = ""


_FINDINGS = """
select
    finding_id, finding_class, amount, expected_amount, state = 'disappeared', is_unproven, owner,
    coalesce(cast(reappeared_at as varchar), ''), company_code, company_currency_code,
    fiscal_year * 100 + period_no, age_days, explanation_zh, explanation_en, coalesce(state_note_zh, ''),
    coalesce(state_note_en, '')
from marts.findings
order by abs(amount) desc, finding_id
"""


def find(settings: Settings, wanted: WantedFindings) -> list[FindingRow]:
    """Return the findings of the current snapshot with what was decided since, the largest first."""
    decided = open_finding_desk(settings).decided()
    rows = []
    for row in snapshots.ask(settings.home, _FINDINGS, too_old="findings_old_snapshot"):
        found = Found(*row[:8])
        rows.append(FindingRow(found, standing(found, decided), *row[8:]))
    return [row for row in rows if wanted.takes(row)]


def decide(
    settings: Settings,
    verdict: Verdict,
    ids: Sequence[str],
    *,
    by: str,
    reason: str,
    evidence: str = "",
    owner: str = "",
) -> None:
    """Record a verdict about findings of the current snapshot, or raise DecisionRefused."""
    found = _chosen(settings, ids)
    proof = keep_evidence(settings.home, evidence) if evidence else None
    desk = open_finding_desk(settings)
    desk.decide(verdict, found, by=by, reason=reason, evidence=proof, owner=owner)


def assign(settings: Settings, ids: Sequence[str], *, by: str, owner: str, reason: str = "") -> None:
    """Give findings to somebody."""
    open_finding_desk(settings).assign(_chosen(settings, ids), by=by, owner=owner, reason=reason)


def reopen(settings: Settings, ids: Sequence[str], *, by: str, reason: str) -> None:
    """Take decisions about findings back."""
    open_finding_desk(settings).reopen(_chosen(settings, ids), by=by, reason=reason)


def keep_evidence(home: Home, evidence: str) -> Evidence:
    """Return evidence as it is recorded: words, or a file, of which a copy is laid beside the books."""
    file = Path(evidence)
    try:
        is_file = file.is_file()
    except OSError:  # words longer than any name
        is_file = False
    if not is_file:
        return Evidence(evidence.strip())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    folder = home.books / EVIDENCE
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{digest[:16]}-{file.name}"
    if not kept.exists():
        shutil.copyfile(file, kept)
    return Evidence(file.name, digest)


def _chosen(settings: Settings, ids: Sequence[str]) -> list[Found]:
    """Return findings by id, or by a beginning of it that only one has."""
    rows = snapshots.ask(settings.home, _FINDINGS, too_old="findings_old_snapshot")
    known = {row[0]: Found(*row[:8]) for row in rows}
    chosen, problems = [], []
    for each in dict.fromkeys(ids):
        fitting = [each] if each in known else [one for one in known if each and one.startswith(each)]
        if len(fitting) == 1:
            chosen.append(known[fitting[0]])
        else:
            problems.append(Problem(each, "finding_several" if fitting else "finding_unknown"))
    if problems:
        raise DecisionRefused(tuple(problems))
    return chosen


def total(rows: Sequence[FindingRow]) -> Decimal:
    """Return the sum of the absolute amounts of findings."""
    return sum((abs(row.found.amount) for row in rows), Decimal(0))


def states(rows: Sequence[FindingRow]) -> dict[FindingState, int]:
    """Return how many findings are in each state."""
    counted: dict[FindingState, int] = {}
    for row in rows:
        counted[row.now.state] = counted.get(row.now.state, 0) + 1
    return counted
