"""Stories of business as generators: each yields steps (a day, and what Tryton does on it) until it is told.

All chance is drawn between the steps, so that a step which Tryton asks to do again does the same again.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.tryton.real.company import Company

Work = Callable[[Any], Any]
OrderLines = list[tuple[int, float, Decimal]]


@dataclass(frozen=True)
class Step:
    """What happens on a day; `work` gets the pool of models and returns what the story needs to go on."""

    day: date
    work: Work
    name: str


Story = Generator[Step, Any, None]


def later(random: Random, day: date, first: int, last: int) -> date:
    """Return a day that many days later."""
    return day + timedelta(days=random.randint(first, last))


def purchase(random: Random, company: Company, day: date) -> Story:
    """An order, receipts in one or two parts, bills, payments; sometimes a return or a cancellation."""
    lines = _lines(random, company, 1.0, is_return=random.random() < 0.1)
    supplier, currency = random.choice(company.suppliers), _currency(random, company)
    fate = random.random()
    order = yield Step(
        day, lambda pool: _order(pool, company, "purchase", supplier, currency, day, lines), "purchase"
    )
    if fate < 0.08:
        yield Step(
            day, lambda pool: _cancel(pool, "purchase", order, delete=fate < 0.03), "cancelled purchase"
        )
        return
    if fate < 0.14:
        return
    yield Step(day, lambda pool: _confirm(pool, "purchase", order), "confirmed purchase")
    received = day
    for part in random.choice([(1.0,), (1.0,), (0.5, 1.0)]):
        received = later(random, received, 2, 15)
        yield Step(received, _receive(order, received, part), "receipt")
        billed = later(random, received, 1, 20)
        for invoice in (
            yield Step(billed, _bill("purchase", order, billed, f"B{random.randrange(10**6)}"), "bill")
        ):
            yield from settle(random, company, invoice, billed)


def sale(random: Random, company: Company, day: date) -> Story:
    """An order, its shipment, the invoice, what the customer pays."""
    lines = _lines(random, company, 1.7, is_return=random.random() < 0.1)
    customer, currency = random.choice(company.customers), _currency(random, company)
    fate = random.random()
    order = yield Step(
        day, lambda pool: _order(pool, company, "sale", customer, currency, day, lines), "sale"
    )
    if fate < 0.06:
        yield Step(day, lambda pool: _cancel(pool, "sale", order), "cancelled sale")
        return
    if fate < 0.12:
        return
    yield Step(day, lambda pool: _confirm(pool, "sale", order), "confirmed sale")
    shipped = later(random, day, 1, 12)
    yield Step(shipped, _ship(order, shipped), "shipment")
    billed = later(random, shipped, 0, 6)
    for invoice in (yield Step(billed, _bill("sale", order, billed, None), "invoice")):
        yield from settle(random, company, invoice, billed)


def settle(random: Random, company: Company, invoice: int, day: date) -> Story:
    """Pay an invoice in one or two parts, credit it, or leave it open."""
    fate = random.random()
    if fate < 0.15:
        return
    if fate < 0.25:
        when = later(random, day, 3, 20)
        yield Step(when, lambda pool: _credit(pool, invoice, when), "credit note")
        return
    paid = later(random, day, 3, 60)
    part = Decimal("0.4") if random.random() < 0.2 else None
    yield Step(paid, _pay(company, invoice, paid, part), "payment")
    if part:
        rest = later(random, paid, 5, 30)
        yield Step(rest, _pay(company, invoice, rest, None), "rest paid")


def month_end(random: Random, company: Company, day: date) -> Story:
    """Wages and rent; the accrual is sometimes left a draft."""
    wages, is_draft = random.randint(40000, 60000), random.random() < 0.3
    accrual = Decimal(random.randint(100000, 900000)) / 100
    entries = [("5.2.2", "1.1.1", Decimal(wages), False), ("5.1.4", "1.1.1", Decimal(12000), False)]
    for debit, credit, amount, draft in [*entries, ("5.1.4", "2.1.1", accrual, is_draft)]:
        yield Step(day, _entry(company, day, debit, credit, amount, draft), "manual entry")


def opening(_random: Random, company: Company, day: date) -> Story:
    """Capital and stock to begin with."""
    yield Step(day, _entry(company, day, "1.1.1", "3.1.1", Decimal(3000000), False), "capital")
    yield Step(day, lambda pool: _count(pool, company, day), "stock count")


def _lines(random: Random, company: Company, margin: float, is_return: bool) -> OrderLines:
    chosen = random.sample(range(len(company.items)), random.choice([1, 2, 3]))
    sign = -1 if is_return else 1
    return [
        (
            company.items[index],
            float(sign * random.randint(1, 8 if is_return else 60)),
            (Decimal(company.costs[index]) * Decimal(str(random.uniform(0.9, 1.1) * margin))).quantize(
                Decimal("0.0001")
            ),
        )
        for index in chosen
    ]


def _currency(random: Random, company: Company) -> int:
    return company.currencies[random.choice(["CNY", "CNY", "CNY", "CNY", "USD", "EUR"])]


def _order(
    pool: Any, company: Company, kind: str, party: int, currency: int, day: date, lines: OrderLines
) -> int:
    Order, Line = pool.get(f"{kind}.{kind}"), pool.get(f"{kind}.line")
    order = Order()
    order.company, order.party = company.company, party
    order.on_change_party()
    order.currency, order.warehouse = currency, company.warehouse
    order.payment_term = order.payment_term or pool.get("account.invoice.payment_term").search([], limit=1)[0]
    setattr(order, f"{kind}_date", day)
    order.invoice_method = "fulfillment" if kind == "purchase" else "order"
    if kind == "sale":
        order.shipment_method = "order"
    made = []
    for item, quantity, price in lines:
        line = Line()
        setattr(line, kind, order)
        line.type, line.product, line.quantity = "line", item, quantity
        line.on_change_product()
        line.unit_price = price
        made.append(line)
    order.lines = made
    order.save()
    Order.quote([order])
    return int(order.id)


def _cancel(pool: Any, kind: str, order: int, *, delete: bool = False) -> None:
    Order = pool.get(f"{kind}.{kind}")
    Order.cancel([Order(order)])
    if delete:
        Order.delete([Order(order)])


def _confirm(pool: Any, kind: str, order: int) -> None:
    Order = pool.get(f"{kind}.{kind}")
    Order.confirm([Order(order)])
    if Order(order).state == "confirmed":
        Order.process([Order(order)])


def _receive(order: int, day: date, part: float) -> Work:
    def work(pool: Any) -> None:
        placed = pool.get("purchase.purchase")(order)
        for back in placed.shipment_returns:
            _send_back(pool, back.id, day)
        Move, Shipment = pool.get("stock.move"), pool.get("stock.shipment.in")
        moves = [move for move in placed.moves if move.state == "draft" and not move.shipment]
        if not moves:
            return
        shipment = Shipment(
            company=placed.company, supplier=placed.party, warehouse=placed.warehouse, effective_date=day
        )
        shipment.on_change_supplier()
        shipment.warehouse_input = placed.warehouse.input_location
        shipment.warehouse_storage = placed.warehouse.storage_location
        shipment.save()
        for move in moves:
            move.shipment = shipment
            move.quantity = max(1.0, float(int(move.quantity * part)))
        Move.save(moves)
        Shipment.receive([shipment])
        Shipment.do([shipment])

    return work


def _send_back(pool: Any, shipment_id: int, day: date) -> None:
    Return = pool.get("stock.shipment.in.return")
    back = Return(shipment_id)
    if back.state == "done":
        return
    back.effective_date = day
    back.save()
    if back.state == "draft":
        Return.wait([back])
    Return.assign_force([back])
    Return.do([back])


def _ship(order: int, day: date) -> Work:
    def work(pool: Any) -> None:
        placed = pool.get("sale.sale")(order)
        Out, Return = pool.get("stock.shipment.out"), pool.get("stock.shipment.out.return")
        for shipment in placed.shipments:
            shipment.effective_date = day
            shipment.save()
            for action in (Out.assign_force, Out.pick, Out.pack, Out.do):
                action([shipment])
        for back in placed.shipment_returns:
            back.effective_date = day
            back.save()
            Return.receive([back])
            Return.do([back])

    return work


def _bill(kind: str, order: int, day: date, reference: str | None) -> Work:
    def work(pool: Any) -> list[int]:
        Invoice = pool.get("account.invoice")
        drafts = [each for each in pool.get(f"{kind}.{kind}")(order).invoices if each.state == "draft"]
        for invoice in drafts:
            invoice.invoice_date = _numbered_on(pool, day)
            if reference:
                invoice.reference = reference
            invoice.save()
        Invoice.post(drafts)
        return [int(invoice.id) for invoice in drafts]

    return work


def _numbered_on(pool: Any, day: date) -> date:
    """Return the day, or that of the year's last invoice: Tryton numbers them in the order of their days."""
    later = pool.get("account.invoice").search(
        [("number", "!=", None), ("invoice_date", ">", day), ("invoice_date", "<=", date(day.year, 12, 31))],
        order=[("invoice_date", "DESC")],
        limit=1,
    )
    return later[0].invoice_date if later else day


def _credit(pool: Any, invoice_id: int, day: date) -> None:
    Invoice = pool.get("account.invoice")
    invoice = Invoice(invoice_id)
    if invoice.state == "posted" and not invoice.payment_lines:
        Invoice.credit([invoice], refund=True, invoice_date=_numbered_on(pool, day))


def _pay(company: Company, invoice_id: int, day: date, part: Decimal | None) -> Work:
    def work(pool: Any) -> None:
        from trytond.transaction import Transaction

        invoice = pool.get("account.invoice")(invoice_id)
        if invoice.state != "posted":
            return
        Pay = pool.get("account.invoice.pay", type="wizard")
        names = {"active_model": "account.invoice", "active_id": invoice_id, "active_ids": [invoice_id]}
        with Transaction().set_context(**names):
            session, _, _ = Pay.create()
            amount = Pay(session).default_start(None)["amount"]
            if part:
                amount = (amount * part).quantize(Decimal("0.01"))
            start = {
                "payee": invoice.party.id, "payees": [invoice.party.id], "amount": amount,
                "currency": invoice.currency.id, "company": invoice.company.id,
                "invoice_account": invoice.account.id, "payment_method": company.payment_method, "date": day,
                "description": None,
            }  # fmt: skip
            answer = Pay.execute(session, {"start": start}, "choice")
            if "view" in answer:
                ask = {
                    name: value
                    for name, value in answer["view"]["defaults"].items()
                    if not name.endswith(".")
                }
                Pay.execute(session, {"start": start, "ask": ask | {"type": "partial"}}, "pay")
            Pay.delete(session)

    return work


def _entry(company: Company, day: date, debit: str, credit: str, amount: Decimal, draft: bool) -> Work:
    def work(pool: Any) -> None:
        Move, Line = pool.get("account.move"), pool.get("account.move.line")
        period = pool.get("account.period").find(company.company, date=day)
        move = Move(
            company=company.company, journal=company.journal, date=day, period=period, description="手工凭证"
        )
        amount_of = {debit: (amount, Decimal(0)), credit: (Decimal(0), amount)}
        lines = [
            Line(account=company.accounts[code], debit=d, credit=c) for code, (d, c) in amount_of.items()
        ]
        for line in lines:
            if line.account.party_required:
                line.party = company.suppliers[0]
        move.lines = lines
        move.save()
        if not draft:
            Move.post([move])

    return work


def _count(pool: Any, company: Company, day: date) -> None:
    Inventory, Line = pool.get("stock.inventory"), pool.get("stock.inventory.line")
    (storage,) = pool.get("stock.location").search([("code", "=", "STO")])
    inventory = Inventory(company=company.company, location=storage, date=day)
    inventory.save()
    lines = [
        Line(inventory=inventory, product=item, quantity=500.0 + index, expected_quantity=0.0)
        for index, item in enumerate(company.items)
    ]
    Line.save(lines)
    Inventory.confirm([Inventory(inventory.id)])
