"""Tell the chain of a document, and what changed rules would do."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.texts import catalog, text
from bridgebook.vouchers.simulate import Simulation

SHOWN = 50  # vouchers of a simulation; the rest is counted


class Thing(Protocol):
    """A document, voucher or draft."""

    @property
    def source_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def no(self) -> str: ...


class Link(Protocol):
    """One step of a chain, so far from the thing that was asked for."""

    @property
    def depth(self) -> int: ...
    @property
    def earlier(self) -> Thing: ...
    @property
    def later(self) -> Thing: ...
    @property
    def amount(self) -> Decimal | None: ...


class LedgerLine(Protocol):
    """A line of a voucher of the chain."""

    @property
    def voucher(self) -> Thing: ...
    @property
    def line_no(self) -> str: ...
    @property
    def account_code(self) -> str: ...
    @property
    def account_name(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def statement(self) -> str | None: ...
    @property
    def statement_line(self) -> str | None: ...


class Trace(Protocol):
    """What was asked for, with everything before and after it."""

    @property
    def things(self) -> Sequence[Thing]: ...
    @property
    def before(self) -> Sequence[Link]: ...
    @property
    def after(self) -> Sequence[Link]: ...
    @property
    def lines(self) -> Sequence[LedgerLine]: ...
    @property
    def is_cut(self) -> bool: ...


def tell_trace(console: Console, found: Trace) -> None:
    """Print what leads to the thing asked for, the thing, what follows, and the lines of its vouchers."""
    language = console.language
    for thing in found.things:
        console("trace_of", kind=_kind(console, thing), number=thing.no, source=thing.source_id)
    header = [text(f"trace_{name}", language) for name in ("step", "from", "to", "amount")]
    rows = [_row(console, -link.depth, link) for link in reversed(found.before)]
    rows += [_row(console, link.depth, link) for link in found.after]
    if rows:
        console.table(header, rows, frozenset({0, 3}))
    elif not found.lines:
        console("trace_alone")
    if found.is_cut:
        console("trace_cut")
    if found.lines:
        names = ("line", "account", "statement", "amount")
        header = [text(f"trace_{name}", language) for name in names]
        console.table(header, [_line(console, each) for each in found.lines], frozenset({3}))


def _row(console: Console, step: int, link: Link) -> list[str]:
    ends = [f"{_kind(console, each)} {each.no} [{each.source_id}]" for each in (link.earlier, link.later)]
    return [f"{step:+d}", *ends, _amount(link.amount)]


def _line(console: Console, line: LedgerLine) -> list[str]:
    """The last two links of the chain: the account in the trial balance, and the statement it stands in."""
    key = f"trace_statement_{line.statement}"
    told = text(key, console.language) if key in catalog() else line.statement or ""
    return [
        f"{line.voucher.no}/{line.line_no} [{line.voucher.source_id}]",
        f"{line.account_code} {line.account_name}".strip(),
        f"{told} {line.statement_line or ''}".strip(),
        _amount(line.amount),
    ]


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


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
