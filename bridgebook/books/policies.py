"""What rules and policies say about a draft: who made it, who reviews it, whose signature it needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from bridgebook.books.voucher import Draft

if TYPE_CHECKING:
    from bridgebook.vouchers.rule_files import RuleSet

CASHIER, SAME_YEAR, EARLIER_YEAR = "cashier_signature", "correction_same_year", "correction_earlier_year"
LANGUAGE = "voucher_language"
DEFAULTS = {CASHIER: "none", SAME_YEAR: "red_and_blue", EARLIER_YEAR: "difference", LANGUAGE: "zh"}


@dataclass(frozen=True)
class Policy:
    """One row of accounting_policies.csv; an empty chart or company means every."""

    policy: str
    chart_code: str
    company_code: str
    value: str
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True)
class Policies:
    """Who approved each rule (code and version), policies, and each ledger's chart."""

    approved_by: Mapping[tuple[str, int], str] = field(default_factory=dict)
    rows: tuple[Policy, ...] = ()
    charts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def value(self, policy: str, company: str, ledger: str, day: date) -> str:
        """Return what holds for a company on a day: its own row before its chart's before everybody's."""
        chart = self.charts.get((company, ledger), "")
        found = [
            ((bool(row.company_code), bool(row.chart_code)), row.value)
            for row in self.rows
            if row.policy == policy
            and row.company_code in ("", company)
            and row.chart_code in ("", chart)
            and row.valid_from <= day <= row.valid_to
        ]
        return max(found)[1] if found else DEFAULTS[policy]

    def applied(self, draft: Draft) -> Draft:
        """Return a draft with its maker and what it needs before it is posted."""
        approver = self.approved_by.get((draft.rule_code, draft.rule_version), "")
        day = draft.posting_date or draft.voucher_date
        needs = draft.moves_cash and (
            self.value(CASHIER, draft.company_code, draft.ledger_code, day) == "required"
        )
        is_automatic = bool(approver) and draft.kind == "normal" and not draft.fault
        maker = draft.maker or approver
        return replace(draft, maker=maker, is_automatic=is_automatic, needs_cashier=needs)


def policies_of(given: "RuleSet", charts: Mapping[tuple[str, str], str]) -> Policies:
    """Return the policies of an installation's rule files."""
    approved = {
        (rule["rule_code"], int(rule["version"])): rule["approved_by"]
        for rule in given.rules
        if rule["version"].isdigit()
    }
    return Policies(approved, tuple(_policies(given)), charts)


def _policies(given: "RuleSet") -> Iterable[Policy]:
    for row in given.policies:
        if row["policy"] in DEFAULTS:
            words = (row["policy"], row["chart_code"], row["company_code"], row["value"])
            yield Policy(*words, row.valid_from, row.valid_to)
