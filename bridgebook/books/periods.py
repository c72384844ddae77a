"""Periods: the calendar of the sources, and who opened, held or closed which module of a period here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from bridgebook.books import audit
from bridgebook.books.voucher import digest
from bridgebook.books.voucher_tables import PERIOD_STATES
from bridgebook.errors import DecisionRefused, Problem

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

State = Literal["open", "hold", "closed"]
STATES: tuple[State, ...] = ("open", "hold", "closed")
EVERYTHING = "general_ledger"
_EVENTS = {
    "purchasing": (
        "goods_receipt", "estimate", "estimate_reversal", "purchase_invoice", "input_usage",
        "input_transfer_out", "other_payable",
    ),
    "sales": ("shipment", "cost_of_sales", "sales_invoice", "other_receivable"),
    "inventory": ("stock_adjustment",),
    "cash": (
        "payment", "cash_receipt", "prepayment", "advance_receipt", "transfer", "note_paid",
        "note_collected", "note_endorsed", "note_discounted", "note_dishonoured",
    ),
    "settlement": ("prepayment_offset", "advance_offset", "write_off", "offset"),
    "expenses": ("expense_claim",),
}  # fmt: skip
MODULES = (EVERYTHING, *_EVENTS)
_MODULE_OF = {event: module for module, events in _EVENTS.items() for event in events}
ACTION = "period_state"


def module_of(event: str) -> str:
    """Return the module of an event; what belongs to none is the general ledger's."""
    return _MODULE_OF.get(event, EVERYTHING)


@dataclass(frozen=True, order=True)
class Period:
    """A period of a company's calendar, as its source states it."""

    start_date: date
    end_date: date
    company_code: str
    fiscal_year: int
    period_no: int
    is_closed: bool = False

    def __str__(self) -> str:
        return f"{self.fiscal_year}-{self.period_no:02d}"


Key = tuple[str, str, int, int, str]
"""Company, ledger, fiscal year, period and module."""


@dataclass(frozen=True)
class Decided:
    """The newest decision about a module of a period."""

    state: State
    by: str
    at: str
    reason: str
    second_person: str


@dataclass(frozen=True)
class Calendar:
    """Periods by company, oldest first, and what was decided about them."""

    periods: Mapping[str, tuple[Period, ...]]
    decided: Mapping[Key, Decided] = field(default_factory=dict)

    def period_of(self, company: str, day: date) -> Period | None:
        """Return the period in which a day lies."""
        for period in self.periods.get(company, ()):
            if period.start_date <= day <= period.end_date:
                return period
        return None

    def named(self, company: str, fiscal_year: int, period_no: int) -> Period | None:
        """Return a period by its number."""
        for period in self.periods.get(company, ()):
            if (period.fiscal_year, period.period_no) == (fiscal_year, period_no):
                return period
        return None

    def state(self, period: Period, ledger: str, module: str) -> State:
        """Return whether a module may be posted to: its own state and the general ledger's, the stricter."""
        if period.is_closed:
            return "closed"
        key = (period.company_code, ledger, period.fiscal_year, period.period_no)
        found = [self.decided.get((*key, each)) for each in (module, EVERYTHING)]
        return max((each.state for each in found if each), key=STATES.index, default="open")

    def first_open(self, company: str, ledger: str, module: str, day: date) -> tuple[date, Period] | None:
        """Return the day itself where its period is not closed, else the first day of the next open one."""
        for period in self.periods.get(company, ()):
            if period.end_date >= day and self.state(period, ledger, module) != "closed":
                return max(day, period.start_date), period
        return None


def calendar_of(periods: Iterable[Period], decided: Mapping[Key, Decided] | None = None) -> Calendar:
    """Return a calendar of these periods."""
    by_company: dict[str, list[Period]] = defaultdict(list)
    for period in sorted(periods):
        by_company[period.company_code].append(period)
    return Calendar({company: tuple(each) for company, each in by_company.items()}, decided or {})


def decided_periods(connection: sa.Connection) -> dict[Key, Decided]:
    """Return the newest decision about each module of each period."""
    table = PERIOD_STATES.c
    question = sa.select(PERIOD_STATES).order_by(table.state_no)
    found: dict[Key, Decided] = {}
    for row in connection.execute(question):
        key = (row.company_code, row.ledger_code, row.fiscal_year, row.period_no, row.module)
        found[key] = Decided(row.state, row.decided_by, row.decided_at, row.reason, row.second_person)
    return found


def decide_period(
    engine: "Engine",
    calendar: Calendar,
    period: Period,
    ledger: str,
    module: str,
    state: State,
    *,
    by: str,
    reason: str = "",
    second: str = "",
    open_work: Sequence[tuple[str, int, str]] = (),
) -> None:
    """Record the state of a module of a period, or raise DecisionRefused.

    Closing is refused while `open_work` (what, how many, amount) is left; reopening needs a reason and a
    second person.
    """
    by, second = " ".join(by.split()), " ".join(second.split())
    key = (period.company_code, ledger, period.fiscal_year, period.period_no, module)
    with audit.writing(engine) as connection:
        decided = decided_periods(connection)
        before = decided[key].state if key in decided else "open"
        words: tuple[tuple[str, object], ...] = (
            ("company", period.company_code), ("period", period), ("module", module), ("by", by or "-"),
        )  # fmt: skip
        found: list[tuple[str, tuple[tuple[str, object], ...]]] = []
        if not by:
            found.append(("voucher_nobody", ()))
        if module not in MODULES:
            found.append(("period_module_unknown", (("module", module), ("known", ", ".join(MODULES)))))
        if period.is_closed:
            found.append(("period_closed_in_source", words))
        elif before == state:
            found.append((f"period_already_{state}", words))
        elif before == "closed":
            if not reason.strip():
                found.append(("period_reason_missing", words))
            if not second:
                found.append(("period_second_missing", words))
            elif second.casefold() == by.casefold():
                found.append(("period_second_is_first", words))
        if state == "closed":
            found += [
                (f"period_open_{what}", (*words, ("count", count), ("amount", amount)))
                for what, count, amount in open_work
                if count
            ]
        if found:
            place = f"{period.company_code} {period} {module}"
            raise DecisionRefused(tuple(Problem(place, name, values) for name, values in found))
        row = _insert(connection, (*key, state, by, _now(), reason, second))
        content = {"first": row[0], "last": row[0], "digest": digest([row]), "state": state}
        subject = f"{period.company_code}/{ledger}/{period}/{module}"
        more = {"reason": reason, "second_person": second, "before": before}
        audit.add(connection, actor=by, action=ACTION, subject=subject, content=content | more)


def _insert(connection: sa.Connection, values: tuple[object, ...]) -> tuple[object, ...]:
    last = connection.execute(sa.select(sa.func.max(PERIOD_STATES.c.state_no))).scalar() or 0
    row = (last + 1, *values)
    connection.execute(PERIOD_STATES.insert().values(row))
    return row


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
