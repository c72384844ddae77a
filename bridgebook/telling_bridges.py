"""Tell bridges and what they found in lines for people."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from bridgebook.as_of import Past, shown_instant
from bridgebook.changes import Changes
from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.reconcile import BridgeSums, Reconciliation
from bridgebook.texts import text


def tell_reconciliation(console: Console, found: Reconciliation, *, period: str) -> ExitCode:
    """Print every bridge, the findings by class and what changed; success only where every residual is 0."""
    for bridge in found.bridges:
        _tell_bridge(console, bridge, period)
    if found.classes:
        words = ", ".join(f"{name} {count}" for name, count, _ in found.classes)
        total = sum((amount for _, _, amount in found.classes), Decimal(0))
        count = sum(count for _, count, _ in found.classes)
        console("reconcile_findings", count=count, amount=shown(total), classes=words)
    else:
        console("reconcile_no_findings")
    if found.changes:
        tell_changes(console, found.changes)
    if found.closes:
        console("reconcile_closed", bridges=len({b.code for b in found.bridges}), cells=found.cells)
        return ExitCode.SUCCESS
    console("reconcile_open", cells=found.open_cells)
    return ExitCode.FAILURE


def _tell_bridge(console: Console, bridge: BridgeSums, period: str) -> None:
    zh = console.language == "zh"
    console.line("")
    console(
        "reconcile_bridge",
        name=bridge.name_zh if zh else bridge.name_en,
        company=bridge.company,
        currency=bridge.currency,
        period=period or "*",
    )
    names = {"from_total": "reconcile_from", "to_total": "reconcile_to"}
    rows: list[Sequence[str]] = []
    for step in bridge.steps:
        name = step.name_zh if zh else step.name_en
        head = text(names[step.kind], console.language) + " " if step.kind in names else ""
        rows.append((head + name, shown(step.amount), str(step.lines)))
    rows.append((text("reconcile_residual", console.language), shown(bridge.residual), ""))
    header = [text(f"reconcile_{name}", console.language) for name in ("step", "amount", "lines")]
    console.table(header, rows, frozenset({1, 2}))
    if bridge.rate_amount is None or bridge.rate_count is None:
        console("reconcile_no_rate")
    else:
        console("reconcile_rate", amount=percent(bridge.rate_amount), count=percent(bridge.rate_count))


def tell_past(console: Console, known: Past) -> None:
    """Say of which instant the figures are, and which sources were not read by then."""
    console("as_of_known", instant=shown_instant(known.instant))
    for source, first in known.unread:
        console("as_of_unread", source=source, first=shown_instant(first))


def tell_changes(console: Console, found: Changes) -> None:
    """Print what changed since the snapshot before, the largest of each kind in a sentence."""
    facts = {"new": found.new, "changed": found.changed, "gone": found.gone, "kept": found.kept}
    console("reconcile_changes", **facts, before=found.open_before, now=found.open_now)
    for each in found.shown:
        zh = console.language == "zh"
        words, note = (each.explanation_zh, each.note_zh) if zh else (each.explanation_en, each.note_en)
        amounts = {
            "before": "" if each.before is None else shown(each.before),
            "now": "" if each.now is None else shown(each.now),
        }
        console(f"reconcile_{each.change}", id=each.finding_id, words=words, note=note, **amounts)


def shown(amount: Decimal) -> str:
    """Return an amount with thousands and all its digits, two at least."""
    exact = amount.normalize()
    exponent = exact.as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:,.{digits}f}"


def percent(rate: Decimal) -> str:
    """Return a rate in per cent, cut and never rounded up: 100 % means all."""
    return f"{(rate * 100).quantize(Decimal('0.01'), ROUND_DOWN)} %"
