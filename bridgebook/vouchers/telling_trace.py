"""Tell the chain of a document, and what changed rules would do."""

from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.texts import catalog, text
from bridgebook.vouchers.simulate import Simulation
from bridgebook.vouchers.trace import Link, Thing, Trace

SHOWN = 50  # vouchers of a simulation; the rest is counted


def tell_trace(console: Console, found: Trace) -> None:
    """Print what leads to the thing asked for, the thing, and what follows, one link a line."""
    language = console.language
    for thing in found.things:
        console("trace_of", kind=_kind(console, thing), number=thing.no, source=thing.source_id)
    header = [text(f"trace_{name}", language) for name in ("step", "from", "to", "amount")]
    rows = [_row(console, -link.depth, link) for link in reversed(found.before)]
    rows += [_row(console, link.depth, link) for link in found.after]
    if rows:
        console.table(header, rows, frozenset({0, 3}))
    else:
        console("trace_alone")


def _row(console: Console, step: int, link: Link) -> list[str]:
    ends = [f"{_kind(console, each)} {each.no} [{each.source_id}]" for each in (link.earlier, link.later)]
    return [f"{step:+d}", *ends, f"{link.amount:,.2f}"]


def _kind(console: Console, thing: Thing) -> str:
    key = f"trace_kind_{thing.kind}"
    return text(key, console.language) if key in catalog() else thing.kind


def tell_simulation(console: Console, found: Simulation) -> ExitCode:
    """Print vouchers and balances that would differ; exit code 3 where something would."""
    language = console.language
    if found.vouchers:
        names = ("change", "voucher", "company", "document", "before", "after")
        header = [text(f"simulation_{name}", language) for name in names]
        rows = [
            [
                text(f"simulation_{each.change}", language),
                each.expected_voucher_id,
                each.company_code,
                each.document_no,
                "-" if each.before is None else f"{each.before:,.2f}",
                "-" if each.after is None else f"{each.after:,.2f}",
            ]
            for each in found.vouchers[:SHOWN]
        ]
        console.table(header, rows, frozenset({4, 5}))
        if len(found.vouchers) > SHOWN:
            console("simulation_more", count=len(found.vouchers) - SHOWN)
    if found.balances:
        columns = ("company", "account", "before", "after", "difference")
        header = [text(f"simulation_{name}", language) for name in columns]
        rows = [
            [
                each.company_code,
                each.account_code,
                f"{each.before:,.2f}",
                f"{each.after:,.2f}",
                f"{each.after - each.before:,.2f}",
            ]
            for each in found.balances
        ]
        console.table(header, rows, frozenset({2, 3, 4}))
    counts = {
        change: sum(each.change == change for each in found.vouchers) for change in ("new", "gone", "changed")
    }
    console(
        "simulation_sum",
        **counts,
        unchanged=found.unchanged,
        accounts=len(found.balances),
        before=found.unposted_before,
        after=found.unposted_after,
    )
    is_same = not found.vouchers and found.unposted_before == found.unposted_after
    return ExitCode.SUCCESS if is_same else ExitCode.PARTIAL
