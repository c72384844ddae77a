"""Tell the worklist of drafts, posted vouchers and what came of decisions, as table, CSV or JSON."""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import typer

from bridgebook.books.chain import Verdict
from bridgebook.books.periods import MODULES, Calendar, calendar_of
from bridgebook.books.voucher import Posted
from bridgebook.books.vouchers import STATES, Outcome, State, VoucherDesk, WorkDraft
from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.texts import text

WORK = (
    "draft_id", "state", "kind", "company_code", "posting_date", "voucher_word", "document_no", "rule_code",
    "amount", "decided_by",
)  # fmt: skip
POSTED = (
    "voucher_id", "kind", "posting_date", "document_no", "rule_code", "amount", "prepared_by", "reviewed_by",
    "cashier", "posted_by", "posted_at", "voucher_hash",
)  # fmt: skip
SHOWN = 12


@dataclass(frozen=True)
class Wanted:
    """Which drafts or vouchers are meant; None means every."""

    state: State | None = None
    company: str | None = None
    period: tuple[int, int] | None = None

    @classmethod
    def parse(cls, state: str | None, company: str | None, period: str | None) -> "Wanted":
        """Return what people typed. Raises BadParameter naming what may be written."""
        known: State | None = next((each for each in STATES if each == state), None)
        if state is not None and known is None:
            raise typer.BadParameter(f"{state}: one of {', '.join(STATES)}")
        return cls(known, company, period_of(period) if period else None)

    def work(self, desk: VoucherDesk) -> list[WorkDraft]:
        """Return the drafts that are meant; without a state all that are not posted."""
        calendar = calendar_of(desk.expected.periods)
        return [
            each
            for each in desk.work()
            if (each.state == self.state if self.state else each.state != "posted")
            and self.company in (None, each.draft.company_code)
            and self.period in (None, _period(each, calendar))
        ]

    def vouchers(self, desk: VoucherDesk) -> list[Posted]:
        """Return the posted vouchers that are meant."""
        return [
            each
            for each in desk.vouchers()
            if self.company in (None, each.company_code)
            and self.period in (None, (each.fiscal_year, each.period_no))
        ]


def period_of(words: str) -> tuple[int, int]:
    """Return fiscal year and period from a text such as 2025-01."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", words.strip())
    if found is None:
        raise typer.BadParameter(f"{words}: a period is written like 2025-01")
    return int(found[1]), int(found[2])


def tell_work(console: Console, work: Sequence[WorkDraft], form: str, limit: int) -> None:
    """Print drafts; beside them how many there are, and the total."""
    rows = []
    for each in work[:limit]:
        draft, review = each.draft, each.signature or each.review
        rows.append(
            {
                "draft_id": draft.draft_id,
                "state": _state(console, each.state, form),
                "kind": _kind(console, draft.kind, form),
                "company_code": draft.company_code,
                "posting_date": str(draft.posting_date or ""),
                "voucher_word": draft.voucher_word,
                "document_no": draft.document_no or "",
                "rule_code": f"{draft.rule_code} v{draft.rule_version}",
                "amount": _amount(draft.debit, form),
                "decided_by": review.by if review else "",
            }
        )
    _tell(console, WORK, rows, form, frozenset({8}))
    total = sum((each.draft.debit for each in work), Decimal(0))
    console.note("voucher_listed", shown=len(rows), count=len(work), amount=f"{total:,.2f}")


def tell_posted(console: Console, vouchers: Sequence[Posted], form: str, limit: int) -> None:
    """Print posted vouchers; beside them how many there are, and the total."""
    rows = [
        {
            "voucher_id": each.voucher_id,
            "kind": _kind(console, each.kind, form),
            "posting_date": str(each.posting_date),
            "document_no": each.document_no or "",
            "rule_code": f"{each.rule_code} v{each.rule_version}",
            "amount": _amount(each.debit, form),
            "prepared_by": each.prepared_by,
            "reviewed_by": each.reviewed_by,
            "cashier": each.cashier or "",
            "posted_by": each.posted_by,
            "posted_at": each.posted_at[:19].replace("T", " "),
            "voucher_hash": each.voucher_hash[:12] if form == "table" else each.voucher_hash,
        }
        for each in vouchers[:limit]
    ]
    _tell(console, POSTED, rows, form, frozenset({5}))
    total = sum((each.debit for each in vouchers), Decimal(0))
    console.note("voucher_listed", shown=len(rows), count=len(vouchers), amount=f"{total:,.2f}")


def tell_decided(console: Console, key: str, decided: Sequence[WorkDraft], by: str) -> None:
    """Tell how many drafts a decision was about, and their amount."""
    total = sum((each.draft.debit for each in decided), Decimal(0))
    console(key, count=len(decided), amount=f"{total:,.2f}", by=by)


def tell_outcome(console: Console, done: Outcome) -> ExitCode:
    """Tell what was posted under which numbers, what was refused and why, and the anchor."""
    total = sum((each.debit for each in done.posted), Decimal(0))
    console("voucher_told_posted", count=len(done.posted), amount=f"{total:,.2f}")
    for _, group in groupby(sorted(done.posted, key=lambda each: (each.series, each.voucher_no)), _series):
        vouchers = list(group)
        first, last = vouchers[0].voucher_id, str(vouchers[-1].voucher_no)
        console("voucher_told_series", first=first, last=last, count=len(vouchers))
    reasons = Counter(problem.key for problem in done.refused)
    for problem in done.refused[:SHOWN]:
        console.line(problem.sentence(console.language))
    if done.refused:
        console("voucher_told_refused", count=len(done.refused), reasons=len(reasons))
    console("voucher_told_anchor", anchor=done.anchor)
    return ExitCode.PARTIAL if done.refused else ExitCode.SUCCESS


def tell_verdict(console: Console, verdict: Verdict) -> ExitCode:
    """Tell whether the book store is whole; 1 where it is not."""
    for fault in verdict.faults:
        console.line(fault.sentence(console.language))
    console("verify_counted", vouchers=verdict.vouchers, entries=verdict.entries)
    console("voucher_told_anchor", anchor=verdict.anchor)
    console("verify_log_anchor", anchor=verdict.audit_anchor)
    if verdict.faults:
        console("verify_broken", count=len(verdict.faults))
        return ExitCode.FAILURE
    console("verify_whole")
    return ExitCode.SUCCESS


def tell_periods(
    console: Console, calendar: Calendar, ledgers: Mapping[str, str], company: str | None
) -> None:
    """Print the state of every module of every period."""
    header = [text(f"period_{name}", console.language) for name in ("company", "name", "days")]
    header += [text(f"period_module_{name}", console.language) for name in MODULES]
    rows = []
    for code, periods in sorted(calendar.periods.items()):
        if company in (None, code):
            for period in periods:
                states = [calendar.state(period, ledgers.get(code, ""), module) for module in MODULES]
                days = f"{period.start_date}..{period.end_date}"
                words = [text(f"period_state_{state}", console.language) for state in states]
                rows.append([code, str(period), days, *words])
    console.table(header, rows)


def _period(work: WorkDraft, calendar: Calendar) -> tuple[int, int] | None:
    day = work.draft.posting_date or work.draft.voucher_date
    found = calendar.period_of(work.draft.company_code, day)
    return (found.fiscal_year, found.period_no) if found else None


def _series(voucher: Posted) -> tuple[str, str, int, int, str]:
    return voucher.series


def _state(console: Console, state: str, form: str) -> str:
    return text(f"voucher_state_{state}", console.language) if form == "table" else state


def _kind(console: Console, kind: str, form: str) -> str:
    return text(f"voucher_kind_{kind}", console.language) if form == "table" else kind


def _amount(value: Decimal, form: str) -> str:
    return f"{value:,.2f}" if form == "table" else f"{value:.2f}"


def _tell(
    console: Console, names: Sequence[str], rows: Sequence[dict[str, str]], form: str, right: frozenset[int]
) -> None:
    if form == "csv":
        writer = csv.DictWriter(sys.stdout, names)
        writer.writeheader()
        writer.writerows(rows)
    elif form == "json":
        json.dump(list(rows), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        header = [text(f"voucher_column_{name}", console.language) for name in names]
        console.table(header, [[row[name] for name in names] for row in rows], right)
