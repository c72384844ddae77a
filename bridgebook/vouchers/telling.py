"""Tell faults of rules and explanations of voucher lines."""

from collections.abc import Sequence
from decimal import Decimal

from bridgebook.console import Console
from bridgebook.errors import ExitCode, Problem
from bridgebook.vouchers.explain import Explanation
from bridgebook.vouchers.rule_files import RuleSet


def tell_faults(console: Console, given: RuleSet, faults: Sequence[Problem]) -> ExitCode:
    """Print one line per fault and return the exit code: 2 with faults, else 0."""
    for fault in faults:
        console.line(fault.sentence(console.language))
    if faults:
        console("vouchers_faults", count=len(faults))
        return ExitCode.USAGE
    console(
        "vouchers_no_faults",
        rules=len(given.rules),
        lines=len(given.lines),
        accounts=len(given.determination),
    )
    return ExitCode.SUCCESS


def tell_explanations(console: Console, lines: Sequence[Explanation]) -> None:
    """Print every line with what made it."""
    for line in lines:
        side = "vouchers_debit" if line.debit else "vouchers_credit"
        console(
            side,
            voucher=line.expected_voucher_id,
            line=line.line_no,
            account=line.account_code,
            amount=_money(line.debit or line.credit),
            summary=line.summary,
        )
        console("vouchers_why_document", fields=", ".join(f"{name} {value}" for name, value in line.document))
        console("vouchers_why_rule", event=line.event, rule=line.rule, place=line.rule_place or "-")
        console("vouchers_why_conditions", conditions=line.conditions or "-")
        console(
            "vouchers_why_account",
            role=line.account_role,
            account=line.account_code,
            keys=line.determined_by or "-",
            place=line.determination_place or "-",
        )
        (_, value), *parts = line.amounts
        told = ", ".join(f"{name} {_money(part)}" for name, part in parts)
        console(
            "vouchers_why_amount",
            word=line.amount_word,
            value=_money(value),
            parts=f" ({told})" if told else "",
        )
        console.line("")


def _money(value: Decimal) -> str:
    return f"{value:,.2f}" if value == round(value, 2) else f"{value:,.4f}"
