"""Flux: a bridge's ledger figure of one range of periods against that of another, driver by driver.

What moved the business figure (quantity, price, rate, tax, new and lost partners and items), then what each
step of the bridge changed by. Per partner, item and currency the amount is carried from the old quantity to
the new one, then to the new price, rate and tax, each time rounded; the drivers are the differences, so that
they sum to the change whatever is rounded. Both ends are the mart's own totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dashboards.errors import BadPeriod, NotPublished, UnknownBridge
from dashboards.semantics.question import Calendar, Periods, Scalar
from dashboards.semantics.rights import Rights
from dashboards.semantics.sql import MONEY, marks
from dashboards.warehouse import Snapshot

DRIVERS = ("volume", "price", "rate", "tax", "amount", "new_partner", "lost_partner", "new_item", "lost_item")
PREVIOUS, LAST_YEAR = "previous", "last-year"
MOST = 200


@dataclass(frozen=True)
class FluxRow:
    """What the ledger figure changed by: `is_driver` where the business itself moved, else a named step."""

    code: str
    name_zh: str
    name_en: str
    amount: Decimal
    is_driver: bool


@dataclass(frozen=True)
class FluxLine:
    """What one partner and item contribute to a driver."""

    driver: str
    company: str
    partner: str
    item: str
    before: Decimal
    now: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Flux:
    """From the ledger's total of the one range to that of the other; `residual` is exact."""

    bridge: str
    name_zh: str
    name_en: str
    currency: str
    against: Periods
    periods: Periods
    before: Decimal
    now: Decimal
    rows: tuple[FluxRow, ...]
    lines: tuple[FluxLine, ...]

    @property
    def residual(self) -> Decimal:
        return self.before + sum((row.amount for row in self.rows), Decimal(0)) - self.now


_ENDS = """
select
    any_value("bridge_name_zh") as name_zh, any_value("bridge_name_en") as name_en,
    any_value("from_caliber") as caliber, any_value("flow") as flow,
    coalesce(sum(case when "row_kind" = 'to_total' and {now} then "amount" end), 0) as now,
    coalesce(sum(case when "row_kind" = 'to_total' and {before} then "amount" end), 0) as before
from marts."bridge_summary" where "bridge_code" = ? and "document_currency_code" = ? and {companies}
"""
_STEPS = """
select "step_code" as code, any_value("step_name_zh") as name_zh, any_value("step_name_en") as name_en,
    sum(case when {now} then "amount" else -"amount" end) as amount
from marts."bridge_summary"
where "row_kind" = 'step' and ({now} or {before})
    and "bridge_code" = ? and "document_currency_code" = ? and {companies}
group by "step_no", "step_code" having sum(case when {now} then "amount" else -"amount" end) <> 0
order by "step_no", "step_code"
"""
# Ratios carry the amount from step to step. Where a quantity or a price is not known, or an amount turns its
# sign, the change goes to the next driver that can be known; without a document it goes to the price.
_LINES = """
with side as (
    select "company_code", "partner_kind", "partner_code", "item_code", {now} as is_now,
        sum("amount") as amount, sum("quantity") as quantity
    from marts."caliber_amounts"
    where ({now} or {before}) and "caliber_code" = ? and "document_currency_code" = ? and {companies}
    group by all
),
event as (
    select "company_code", "partner_kind", "partner_code", "item_code", {now} as is_now,
        sum("net_amount") as net, sum("document_net_amount") as document_net,
        min("document_currency_code") as currency,
        count(distinct "document_currency_code") as currencies,
        bool_and("document_currency_code" = "company_currency_code") as is_own
    from marts.{events}
    where ({now} or {before}) and "is_counted" and "event" = ? and {companies}
    group by all
),
known as (
    select side.*, event.net, event.document_net, event.is_own,
        case when event.currencies = 1 then event.currency end as currency
    from side left join event
        on side."company_code" = event."company_code" and side.is_now = event.is_now
        and coalesce(side."partner_kind", '') = coalesce(event."partner_kind", '')
        and coalesce(side."partner_code", '') = coalesce(event."partner_code", '')
        and coalesce(side."item_code", '') = coalesce(event."item_code", '')
),
pair as (
    select
        coalesce(n."company_code", b."company_code") as company,
        coalesce(n."partner_code", b."partner_code", '') as partner,
        coalesce(n."item_code", b."item_code", '') as item,
        n."company_code" is null as is_lost, b."company_code" is null as is_new,
        coalesce(b.amount, 0) as before, coalesce(n.amount, 0) as now,
        b.amount * n.quantity / nullif(b.quantity, 0) as by_quantity,
        b.amount * n.document_net / nullif(b.document_net, 0) as by_price,
        b.amount * n.net / nullif(b.net, 0) as by_rate,
        case when n.quantity is null and b.quantity is null then 'amount' else 'price' end as price_driver,
        n.currency = b.currency as is_same_currency, n.is_own and b.is_own as is_own
    from (select * from known where is_now) as n
    full join (select * from known where not is_now) as b
        on n."company_code" = b."company_code"
        and coalesce(n."partner_kind", '') = coalesce(b."partner_kind", '')
        and coalesce(n."partner_code", '') = coalesce(b."partner_code", '')
        and coalesce(n."item_code", '') = coalesce(b."item_code", '')
),
partner as (
    select company, partner, bool_and(is_new) as is_new, bool_and(is_lost) as is_lost
    from pair group by company, partner
),
carried as (
    select pair.*, partner.is_new as is_new_partner, partner.is_lost as is_lost_partner,
        cast(round(coalesce(by_quantity, before), 2) as {money}) as after_volume,
        case when {has_tax} and by_rate is not null then cast(round(by_rate, 2) as {money}) else now end
            as after_rate,
        cast(round(by_price, 2) as {money}) as price_amount
    from pair inner join partner using (company, partner)
),
priced as (
    select *,
        case when is_own or not coalesce(is_same_currency, false) then after_rate
            else coalesce(price_amount, after_rate) end as after_price
    from carried
),
told as (
    select company, partner, item, before, now,
        unnest([
            {{'driver': 'volume', 'amount': after_volume - before}},
            {{'driver': price_driver, 'amount': after_price - after_volume}},
            {{'driver': 'rate', 'amount': after_rate - after_price}},
            {{'driver': 'tax', 'amount': now - after_rate}}
        ]) as found
    from priced where not is_new and not is_lost
    union all
    select company, partner, item, before, now,
        {{'driver': case when is_new_partner then 'new_partner' when is_lost_partner then 'lost_partner'
            when is_new then 'new_item' else 'lost_item' end, 'amount': now - before}}
    from priced where is_new or is_lost
)
select found.driver as driver, company, partner, item, cast(before as {money}) as before,
    cast(now as {money}) as now, cast(found.amount as {money}) as amount
from told where found.amount <> 0
order by abs(found.amount) desc, driver, company, partner, item
"""


def flux(
    snapshot: Snapshot,
    rights: Rights,
    bridge: str,
    *,
    currency: str,
    periods: Periods,
    against: Periods,
    companies: tuple[str, ...] = (),
) -> Flux:
    """Take the change of a bridge's ledger figure apart. Raises UnknownBridge, ForbiddenCompany, and
    BadPeriod where the two ranges overlap.
    """
    if periods.first <= against.last and against.first <= periods.last:
        raise BadPeriod(period=f"{against} / {periods}")
    scope = rights.scope(companies)
    words = {"now": _within(periods), "before": _within(against), "money": MONEY}
    words["companies"] = f'"company_code" in ({marks(scope)})' if scope else "true"
    limits: tuple[Scalar, ...] = scope or ()
    (ends,) = snapshot.fetch(_ENDS.format(**words), [bridge, currency, *limits]).to_pylist()
    if ends["name_zh"] is None:
        raise UnknownBridge(bridge=bridge)
    steps = snapshot.fetch(_STEPS.format(**words), [bridge, currency, *limits]).to_pylist()
    lines = _lines(snapshot, ends, words, currency, limits)
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.driver] = sums.get(line.driver, Decimal(0)) + line.amount
    rows = [FluxRow(driver, "", "", sums[driver], True) for driver in DRIVERS if driver in sums]
    rows += [FluxRow(row["code"], row["name_zh"], row["name_en"], row["amount"], False) for row in steps]
    names = (ends["name_zh"], ends["name_en"])
    totals = (ends["before"], ends["now"])
    return Flux(bridge, *names, currency, against, periods, *totals, tuple(rows), tuple(lines[:MOST]))


def _lines(
    snapshot: Snapshot, ends: dict[str, Any], words: dict[str, str], currency: str, limits: Sequence[Scalar]
) -> list[FluxLine]:
    """Return what every partner and item contributes, the largest first."""
    caliber = str(ends["caliber"])
    known = snapshot.fetch(
        'select "event", "tax_basis", "amount_basis" from marts."calibers" where "caliber_code" = ?',
        [caliber],
    ).to_pylist()
    facts = known[0] if known else {"event": "", "tax_basis": "net", "amount_basis": ""}
    # A cost has no rate of its own: what is not quantity is its price.
    event = "" if facts["amount_basis"] == "cost" else facts["event"]
    has_tax = "true" if facts["tax_basis"] in ("gross", "tax") else "false"
    events = '"procurement_events"' if ends["flow"] == "purchases" else '"sales_events"'
    sql = _LINES.format(**words, events=events, has_tax=has_tax)
    rows = snapshot.fetch(sql, [caliber, currency, *limits, event, *limits]).to_pylist()
    return [FluxLine(**row) for row in rows]


def bridges_of(snapshot: Snapshot, rights: Rights, companies: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return every bridge with each of its currencies."""
    if "bridge_summary" not in snapshot.marts:
        raise NotPublished(mart="bridge_summary")
    scope = rights.scope(companies)
    inside = f'"company_code" in ({marks(scope)})' if scope else "true"
    rows = snapshot.fetch(
        'select distinct "bridge_code" as code, "document_currency_code" as currency '
        f'from marts."bridge_summary" where {inside} order by 1, 2',
        list(scope or ()),
    )
    return [(row["code"], row["currency"]) for row in rows.to_pylist()]


def compared_with(words: str, periods: Periods, known: Calendar) -> Periods:
    """Read with what periods are compared: `previous`, `last-year`, or months. Raises BadPeriod."""
    if words == PREVIOUS:
        return known.previous(periods)
    return known.year_ago(periods) if words == LAST_YEAR else Periods.parse(words)


def _within(periods: Periods) -> str:
    first, last = (period.year * 100 + period.number for period in periods)
    return f'("fiscal_year" * 100 + "period_no" between {first} and {last})'
