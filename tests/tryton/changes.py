"""Random changes to a Tryton source: `change(books, random)` does what a user could do and says what it did.

A change keeps the books in Tryton's order (balanced entries, no dangling links) and stamps what it writes.
Deletes are real and leave nothing. Where its subject does not exist any more, a change does nothing.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.tryton.source import Record, SourceBooks

Change = Callable[[SourceBooks, Random], str]
NOTHING = "nothing to change"
FIRST, LAST = date(2025, 1, 1), date(2026, 2, 28)
PARTY_LINKS = {
    "account_move_line": ("party",),
    "account_invoice": ("party",),
    "account_invoice_line": ("party",),
    "purchase_purchase": ("party", "invoice_party"),
    "sale_sale": ("party", "invoice_party", "shipment_party"),
    "stock_shipment_in": ("supplier",),
    "stock_shipment_in_return": ("supplier",),
    "stock_shipment_out": ("customer",),
    "stock_shipment_out_return": ("customer",),
    "party_address": ("party",),
}


def enter_voucher(books: SourceBooks, random: Random) -> str:
    """Enter a manual entry, posted or not, dated anywhere in the open years (also long ago)."""
    day = FIRST + timedelta(days=random.randrange((LAST - FIRST).days))
    period = _one(books.all("account_period", "start_date <= :day and end_date >= :day", day=day.isoformat()))
    company = _one(books.all("company_company"))["id"]
    draft = random.random() < 0.3
    move = {
        "company": company,
        "date": day,
        "journal": 5,
        "period": period["id"],
        "number": None if draft else str(100000 + books.next_id("account_move")),
        "state": "draft" if draft else "posted",
        "description": random.choice(["Manual 手工", "Reclass 重分类", None]),
    }
    move_id = books.insert("account_move", move)
    amount = Decimal(random.randrange(1, 10**7)).scaleb(-2)
    parts = [amount] if random.random() < 0.5 else [amount / 2 - amount / 2 % Decimal("0.01")]
    parts += [amount - sum(parts)] if sum(parts) != amount else []
    used = sorted({line["account"] for line in books.all("account_move_line")})
    for part in parts:
        _line(books, random, move_id, random.choice(used), debit=part)
    _line(books, random, move_id, random.choice(used), credit=amount)
    return f"entered voucher {move_id} of {day}: {amount}"


def change_voucher_amount(books: SourceBooks, random: Random) -> str:
    """Raise both sides of an entry by the same amount."""
    move = _pick(books, random, "account_move", "origin is null")
    if move is None:
        return NOTHING
    lines = books.all("account_move_line", "move = :move", move=move["id"])
    more = Decimal(random.randrange(1, 99999)).scaleb(-2)
    for side in ("debit", "credit"):
        line = random.choice([each for each in lines if each[side]])
        books.update("account_move_line", line["id"], **{side: line[side] + more})
    return f"raised voucher {move['id']} by {more}"


def redate_voucher(books: SourceBooks, random: Random) -> str:
    """Move an entry to another period."""
    move = _pick(books, random, "account_move", "origin is null")
    period = random.choice([each for each in books.all("account_period") if each["end_date"] <= LAST])
    if move is None:
        return NOTHING
    books.update("account_move", move["id"], date=period["start_date"], period=period["id"])
    return f"moved voucher {move['id']} to {period['name']}"


def post_or_unpost_voucher(books: SourceBooks, random: Random) -> str:
    """Turn a draft entry into a posted one or back."""
    move = _pick(books, random, "account_move", "origin is null")
    if move is None:
        return NOTHING
    state = "draft" if move["state"] == "posted" else "posted"
    books.update("account_move", move["id"], state=state, number=move["number"] or str(200000 + move["id"]))
    return f"voucher {move['id']} is {state} now"


def delete_voucher(books: SourceBooks, random: Random) -> str:
    """Delete a manual entry that nothing is reconciled with."""
    open_only = (
        "origin is null and id not in (select move from account_move_line where reconciliation is not null)"
    )
    move = _pick(books, random, "account_move", open_only)
    if move is None:
        return NOTHING
    mine = "select id from account_move_line where move = :move"
    books.delete("account_tax_line", f"move_line in ({mine})", move=move["id"])
    books.delete("account_move_line", "move = :move", move=move["id"])
    books.delete("account_move", "id = :move", move=move["id"])
    return f"deleted voucher {move['id']}"


def rename_party(books: SourceBooks, random: Random) -> str:
    """Give a party another name."""
    party = _pick(books, random, "party_party")
    if party is None:
        return NOTHING
    books.update("party_party", party["id"], name=f"{party['name']} 新{random.randrange(1000)}")
    return f"renamed party {party['id']}"


def rename_item(books: SourceBooks, random: Random) -> str:
    """Give an item another name; the name lives in its template."""
    template = _pick(books, random, "product_template")
    if template is None:
        return NOTHING
    books.update("product_template", template["id"], name=f"改名 {random.randrange(1000)}")
    return f"renamed template {template['id']}"


def rename_account(books: SourceBooks, random: Random) -> str:
    """Give an account that has entries another name and code."""
    account = _pick(books, random, "account_account", "id in (select account from account_move_line)")
    if account is None:
        return NOTHING
    suffix = f"{random.randrange(10**6):06d}"
    books.update(
        "account_account", account["id"], code=f"{account['code'][:5]}.{suffix}", name=f"科目 {suffix}"
    )
    return f"account {account['code']} ends with {suffix} now"


def rekey_party(books: SourceBooks, random: Random) -> str:
    """Give a party a new id, as a merge or a re-import does; every link follows."""
    party = _pick(books, random, "party_party", "id > 1")
    if party is None:
        return NOTHING
    fresh = {"id": books.next_id("party_party"), "create_date": books.tick(), "write_date": None}
    new = books.insert("party_party", {**party, **fresh})
    for table, columns in PARTY_LINKS.items():
        for column in columns:
            for row in books.all(table, f"{column} = :party", party=party["id"]):
                link: Record = {column: new}
                books.update(table, row["id"], **link)
    books.delete("party_party", "id = :party", party=party["id"])
    return f"party {party['id']} is {new} now"


def rekey_voucher_line(books: SourceBooks, random: Random) -> str:
    """Write a line of an entry anew under another id: the same amounts, so that no total tells."""
    line = _pick(books, random, "account_move_line", "id not in (select move_line from account_tax_line)")
    if line is None:
        return NOTHING
    fresh = {
        **line,
        "id": books.next_id("account_move_line"),
        "create_date": books.tick(),
        "write_date": None,
    }
    new = books.insert("account_move_line", fresh)
    link = "account_invoice-account_move_line"
    for row in books.all(link, "line = :line", line=line["id"]):
        books.update(link, row["id"], line=new)
    books.delete("account_move_line", "id = :line", line=line["id"])
    return f"voucher line {line['id']} is {new} now"


def enter_purchase(books: SourceBooks, random: Random) -> str:
    """Place a purchase order with one to three lines."""
    pattern = _pick(books, random, "purchase_purchase", "state in ('processing', 'done')")
    if pattern is None:
        return NOTHING
    number = books.next_id("purchase_purchase")
    fresh = {**pattern, "id": number, "number": f"P{number}", "write_date": None, "create_date": books.tick()}
    fresh |= {"state": "processing", "shipment_state": "waiting", "invoice_state": "none", "reference": None}
    books.insert("purchase_purchase", fresh | {"purchase_date": LAST - timedelta(days=random.randrange(300))})
    for _ in range(random.randint(1, 3)):
        line = _pick(books, random, "purchase_line", "product is not null")
        if line:
            copy = {**line, "id": books.next_id("purchase_line"), "purchase": number, "write_date": None}
            copy |= {
                "create_date": books.tick(),
                "actual_quantity": None,
                "quantity": random.randint(1, 90) * 1.0,
            }
            books.insert("purchase_line", copy)
    return f"placed purchase {number}"


def change_order_line(books: SourceBooks, random: Random) -> str:
    """Change quantity and price of an order line."""
    table = random.choice(["purchase_line", "sale_line"])
    line = _pick(books, random, table, "quantity > 1")
    if line is None:
        return NOTHING
    price = line["unit_price"] + Decimal(random.randrange(1, 500)).scaleb(-4)
    books.update(
        table, line["id"], quantity=line["quantity"] + random.choice([1.0, 0.5, -1.0]), unit_price=price
    )
    return f"changed {table} {line['id']}"


def change_order_state(books: SourceBooks, random: Random) -> str:
    """Let an order go to another state."""
    table = random.choice(["purchase_purchase", "sale_sale"])
    order = _pick(books, random, table)
    if order is None:
        return NOTHING
    state = random.choice(["draft", "quotation", "cancelled", "processing", "done"])
    books.update(table, order["id"], state=state)
    return f"{table} {order['id']} is {state} now"


def delete_purchase(books: SourceBooks, random: Random) -> str:
    """Delete an order that nothing refers to."""
    for order in sorted(books.all("purchase_purchase"), key=lambda _: random.random()):
        lines = [f"purchase.line,{line['id']}" for line in _lines_of(books, order)]
        if not any(_is_origin(books, origin) for origin in lines):
            books.delete("purchase_line", "purchase = :order", order=order["id"])
            books.delete("purchase_purchase", "id = :order", order=order["id"])
            return f"deleted purchase {order['id']}"
    return NOTHING


def receive(books: SourceBooks, random: Random) -> str:
    """Receive goods on an order line: a shipment and its two stock moves."""
    pattern = _pick(
        books, random, "stock_move", "state = 'done' and origin like 'purchase.line,%' and shipment <> ''"
    )
    if pattern is None or not str(pattern["shipment"]).startswith("stock.shipment.in,"):
        return NOTHING
    shipment = _one(books.all("stock_shipment_in", "id = :id", id=int(pattern["shipment"].split(",")[1])))
    new_id = books.next_id("stock_shipment_in")
    day = LAST - timedelta(days=random.randrange(60))
    fresh = {"id": new_id, "number": f"R{new_id}", "create_date": books.tick(), "write_date": None}
    books.insert("stock_shipment_in", {**shipment, **fresh, "effective_date": day})
    moved = {
        "shipment": f"stock.shipment.in,{new_id}",
        "effective_date": day,
        "quantity": random.randint(1, 9) * 1.0,
    }
    first = {**pattern, **moved, "id": books.next_id("stock_move"), "create_date": books.tick()}
    incoming = books.insert(
        "stock_move", {**first, "write_date": None, "internal_quantity": moved["quantity"]}
    )
    second = {
        **first,
        "id": incoming + 1,
        "origin": f"stock.move,{incoming}",
        "from_location": first["to_location"],
    }
    second |= {"to_location": shipment["warehouse_storage"], "create_date": books.tick(), "unit_price": None}
    books.insert("stock_move", {**second, "write_date": None, "internal_quantity": moved["quantity"]})
    return f"received {moved['quantity']} of {pattern['origin']}"


def change_stock_move(books: SourceBooks, random: Random) -> str:
    """Change the quantity of a movement, or cancel it."""
    move = _pick(books, random, "stock_move")
    if move is None:
        return NOTHING
    if random.random() < 0.3:
        books.update("stock_move", move["id"], state="cancelled")
        return f"cancelled stock move {move['id']}"
    quantity = move["quantity"] + 1.0
    books.update("stock_move", move["id"], quantity=quantity, internal_quantity=quantity)
    return f"stock move {move['id']} moves {quantity} now"


def change_invoice(books: SourceBooks, random: Random) -> str:
    """Change the price of an invoice line, or the state of its invoice."""
    line = _pick(books, random, "account_invoice_line", "unit_price is not null")
    if line is None:
        return NOTHING
    if random.random() < 0.5 and line["invoice"] is not None:
        state = random.choice(["draft", "validated", "posted", "paid", "cancelled"])
        books.update("account_invoice", line["invoice"], state=state)
        return f"invoice {line['invoice']} is {state} now"
    price = line["unit_price"] + Decimal("0.0101")
    books.update("account_invoice_line", line["id"], unit_price=price)
    return f"invoice line {line['id']} costs {price} now"


def delete_draft_invoice(books: SourceBooks, random: Random) -> str:
    """Delete an invoice without entry, its lines, taxes and links."""
    invoice = _pick(books, random, "account_invoice", "move is null")
    if invoice is None:
        return NOTHING
    mine = "(select id from account_invoice_line where invoice = :id)"
    books.delete("account_invoice_line-stock_move", f"invoice_line in {mine}", id=invoice["id"])
    books.delete("account_invoice_tax", "invoice = :id", id=invoice["id"])
    books.delete("account_invoice_line", "invoice = :id", id=invoice["id"])
    books.delete("account_invoice", "id = :id", id=invoice["id"])
    return f"deleted invoice {invoice['id']}"


def unreconcile(books: SourceBooks, random: Random) -> str:
    """Open again what was settled."""
    reconciliation = _pick(books, random, "account_move_reconciliation")
    if reconciliation is None:
        return NOTHING
    for line in books.all("account_move_line", "reconciliation = :id", id=reconciliation["id"]):
        books.update("account_move_line", line["id"], reconciliation=None)
    books.delete("account_move_reconciliation", "id = :id", id=reconciliation["id"])
    return f"deleted reconciliation {reconciliation['id']}"


def change_rate(books: SourceBooks, random: Random) -> str:
    """Correct an exchange rate."""
    rate = _pick(books, random, "currency_currency_rate", "rate <> 1")
    if rate is None:
        return NOTHING
    books.update("currency_currency_rate", rate["id"], rate=rate["rate"] + Decimal("0.000123"))
    return f"corrected rate {rate['id']}"


CHANGES: tuple[Change, ...] = (
    enter_voucher,
    change_voucher_amount,
    redate_voucher,
    post_or_unpost_voucher,
    delete_voucher,
    rename_party,
    rename_item,
    rename_account,
    rekey_party,
    rekey_voucher_line,
    enter_purchase,
    change_order_line,
    change_order_state,
    delete_purchase,
    receive,
    change_stock_move,
    change_invoice,
    delete_draft_invoice,
    unreconcile,
    change_rate,
)


def change_at_random(books: SourceBooks, random: Random, count: int) -> list[str]:
    """Make `count` random changes and say what was done."""
    return [random.choice(CHANGES)(books, random) for _ in range(count)]


def _line(books: SourceBooks, random: Random, move: int, account: int, **amounts: Decimal) -> None:
    kind = _one(books.all("account_account", "id = :id", id=account))
    party = random.choice(books.all("party_party", "id > 1"))["id"] if kind["party_required"] else None
    row = {
        "move": move,
        "account": account,
        "party": party,
        "state": "valid",
        "debit": Decimal(0),
        "credit": Decimal(0),
    }
    books.insert("account_move_line", row | amounts)


def _lines_of(books: SourceBooks, order: Record) -> list[Record]:
    return books.all("purchase_line", "purchase = :id", id=order["id"])


def _is_origin(books: SourceBooks, origin: str) -> bool:
    return any(
        books.all(table, "origin = :origin", origin=origin)
        for table in ("stock_move", "account_invoice_line")
    )


def _pick(books: SourceBooks, random: Random, table: str, where: str = "") -> Record | None:
    rows = books.all(table, where)
    return random.choice(rows) if rows else None


def _one(rows: list[Record]) -> Record:
    (row,) = rows
    return row
