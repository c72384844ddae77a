"""Tell what moved a ledger figure from one range of months to another, in lines for people."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.telling_bridges import shown
from bridgebook.texts import text


class Moved(Protocol):
    """A driver or a step, and what it changed by."""

    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def is_driver(self) -> bool: ...


class Comparison(Protocol):
    """A bridge's ledger figure of two ranges of months, and what lies between them."""

    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def against(self) -> object: ...
    @property
    def periods(self) -> object: ...
    @property
    def before(self) -> Decimal: ...
    @property
    def now(self) -> Decimal: ...
    @property
    def rows(self) -> Sequence[Moved]: ...
    @property
    def residual(self) -> Decimal: ...


def tell_fluxes(console: Console, found: Sequence[Comparison]) -> ExitCode:
    """Print every comparison; success only where every residual is 0."""
    for each in found:
        _tell(console, each)
    if not found:
        console("flux_nothing")
        return ExitCode.USAGE
    is_closed = all(each.residual == 0 for each in found)
    console("flux_closed" if is_closed else "flux_open", count=len(found))
    return ExitCode.SUCCESS if is_closed else ExitCode.FAILURE


def _tell(console: Console, found: Comparison) -> None:
    zh = console.language == "zh"
    name = found.name_zh if zh else found.name_en
    console.line("")
    console("flux_title", name=name, currency=found.currency, now=found.periods, before=found.against)
    rows = [(text("flux_ledger", console.language, period=found.against), shown(found.before))]
    for row in found.rows:
        step = (row.name_zh if zh else row.name_en) or row.code
        key = f"flux_{row.code}" if row.is_driver else "flux_step"
        rows.append((text(key, console.language, step=step), shown(row.amount)))
    rows.append((text("flux_ledger", console.language, period=found.periods), shown(found.now)))
    rows.append((text("reconcile_residual", console.language), shown(found.residual)))
    header = [text(f"reconcile_{name}", console.language) for name in ("step", "amount")]
    console.table(header, rows, frozenset({1}))
