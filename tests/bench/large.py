"""A landing file of any size in Tryton's shape: the demo's own landing, its big tables replaced by made ones.

Every made row is a copy of a real row of the demo with other ids, dates, codes and amounts, so that all
columns hold what Tryton would write. For L lines: L journal lines (invoices of five lines, receipts and
payments of two) and L document lines (order, receipt or shipment, invoice; purchases and sales alike), three
lines a document, 5,000 parties, 3,000 items, 22 months. The second stock move of a receipt or shipment comes
on top.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

PARTIES, ITEMS = 5000, 3000
STORAGE, OUT, STOCK, PAY = 100_000_000, 200_000_000, 300_000_000, 400_000_000  # id ranges within a table
REPLACED = (
    "purchase_purchase", "purchase_line", "sale_sale", "sale_line", "stock_shipment_in", "stock_shipment_out",
    "stock_shipment_in_return", "stock_shipment_out_return", "stock_move", "stock_inventory",
    "stock_inventory_line",
    "account_invoice", "account_invoice_line", "account_invoice_tax", "account_invoice_line-stock_move",
    "account_invoice-account_move_line", "account_invoice-additional-account_move", "account_move",
    "account_move_line", "account_move_reconciliation", "account_tax_line",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """Rows of one table: copies of the row `pattern` for every row of `source`, with `columns` replaced."""

    table: str
    pattern: str
    source: str
    columns: dict[str, str]


def make_large(file: Path, lines: int) -> int:
    """Replace the big tables of a landing file; return how many input lines (journal and document) it has."""
    heads = max(lines // 18, 4)
    with duckdb.connect(str(file)) as connection:
        sequence = connection.execute("select max(_bb_seq) from raw.account_move_line").fetchone()
        connection.execute("begin")
        for statement in _amounts(heads):
            connection.execute(statement)
        patterns = {name: f"pattern_{number}" for number, name in enumerate(REPLACED)}
        for name, pattern in patterns.items():
            connection.execute(f'create temp table {pattern} as select * from raw."{name}"')
            connection.execute(f'delete from raw."{name}"')
        for made in (*_masters(), *_trade(), *_stock(), *_invoices(), *_entries()):
            pattern = patterns.get(made.table, f'raw."{made.table}"')
            columns = made.columns | {"_bb_seq": str(sequence[0] if sequence else 0)}
            replaced = ", ".join(f'{_of_source(value)} as "{name}"' for name, value in columns.items())
            connection.execute(
                f'insert into raw."{made.table}" select t.* replace ({replaced}) '
                f"from (select * from {made.source}) as s, "
                f"(select * from {pattern} where {made.pattern} order by id limit 1) as t"
            )
        connection.execute("commit")
        connection.execute("checkpoint")
        found = connection.execute(
            """
            select (select count(*) from raw.account_move_line), (select count(*) from raw.purchase_line)
                + (select count(*) from raw.sale_line) + (select count(*) from raw.account_invoice_line)
                + (select count(*) from raw.stock_move where origin not like 'stock.move,%')
            """
        ).fetchone()
    return int(found[0] + found[1]) if found else 0


def _of_source(expression: str) -> str:
    """Let names outside of quoted texts mean the columns of the source, not those of the pattern."""
    parts = re.split(r"('[^']*')", expression)
    names = r"\b(i|j|n|party|ordered|moved|invoiced|paid|net|total|tax|quantity|price|product|day|period)\b"
    return "".join(part if part.startswith("'") else re.sub(names, r"s.\1", part) for part in parts)


def _amounts(heads: int) -> tuple[str, ...]:
    """Documents and their lines with days and exact amounts; both flows use the same."""
    return (
        f"""
        create temp table lines as
        select
            j, j // 3 as i, 1 + j % 90 as quantity,
            cast(1000 + j * 7919 % 900000 as decimal(18, 0)) * 0.0001 as price,
            1000 + j * 31 % {ITEMS} as product,
            cast(round((1 + j % 90) * (1000 + j * 7919 % 900000) * cast(0.0001 as decimal(18, 4)), 2)
                as decimal(18, 2)) as net
        from range({heads * 3}) as r(j)
        """,
        f"""
        create temp table heads as
        select
            i, 1000 + i * 17 % {PARTIES} as party, ordered, ordered + 5 as moved, ordered + 10 as invoiced,
            ordered + 40 as paid, total,
            cast(round(total * cast(0.13 as decimal(4, 2)), 2) as decimal(18, 2)) as tax
        from (
            select
                i, date '2025-01-02' + cast(i % 650 as integer) as ordered,
                cast(sum(net) as decimal(18, 2)) as total
            from lines group by i
        )
        """,
        """
        create temp table days as
        select cast(day as date) as day, p.id as period
        from range(date '2025-01-01', date '2027-01-01', interval 1 day) as d(day)
        join raw.account_period as p on day between p.start_date and p.end_date
        """,
    )


def _masters() -> tuple[Made, ...]:
    numbers = "range(1000, {}) as r(n)"
    return (
        Made("party_party", "id = 2", numbers.format(1000 + PARTIES),
             {"id": "n", "code": "n", "name": "'往来 ' || n"}),
        Made("product_template", "id = 1", numbers.format(1000 + ITEMS),
             {"id": "n", "code": "'M' || n", "name": "'物料 ' || n"}),
        Made("product_product", "id = 1", numbers.format(1000 + ITEMS),
             {"id": "n", "code": "'M' || n", "template": "n"}),
        Made("product_cost_price", "id = 1", numbers.format(1000 + ITEMS), {"id": "n", "product": "n"}),
    )  # fmt: skip


def _trade() -> tuple[Made, ...]:
    found = []
    for order, line, link, day in (
        ("purchase_purchase", "purchase_line", "purchase", "purchase_date"),
        ("sale_sale", "sale_line", "sale", "sale_date"),
    ):
        totals = {
            "untaxed_amount_cache": "total",
            "tax_amount_cache": "tax",
            "total_amount_cache": "total + tax",
        }
        head = {
            "id": "i",
            "number": "i",
            "party": "party",
            "currency": "32",
            "reference": "'R' || i",
            day: "ordered",
        }
        found.append(Made(order, "state = 'done'", "heads", head | totals))
        row = {"id": "j", link: "i", "product": "product", "quantity": "quantity", "unit_price": "price"}
        found.append(Made(line, "product is not null", "lines", row | {"actual_quantity": "quantity"}))
    return tuple(found)


def _stock() -> tuple[Made, ...]:
    both = "lines join heads using (i)"
    moved = {
        "product": "product",
        "quantity": "quantity",
        "internal_quantity": "quantity",
        "effective_date": "moved",
    }
    first = moved | {"unit_price": "price", "currency": "32"}
    received, shipped = "'stock.shipment.in,' || i", "'stock.shipment.out,' || i"
    document = {"id": "i", "number": "i", "effective_date": "moved"}
    done = "state = 'done' and origin like"
    return (
        Made("stock_shipment_in", "state = 'done'", "heads",
             document | {"supplier": "party", "reference": "'D' || i"}),
        Made("stock_shipment_out", "state = 'done'", "heads", document | {"customer": "party"}),
        Made("stock_move", f"{done} 'purchase.line,%' and shipment like 'stock.shipment.in,%'", both,
             first | {"id": "j", "origin": "'purchase.line,' || j", "shipment": received}),
        Made("stock_move", f"{done} 'stock.move,%' and shipment like 'stock.shipment.in,%'", both,
             moved | {"id": f"j + {STORAGE}", "origin": "'stock.move,' || j", "shipment": received}),
        Made("stock_move", f"{done} 'sale.line,%' and shipment like 'stock.shipment.out,%'", both,
             first | {"id": f"j + {OUT}", "origin": "'sale.line,' || j", "shipment": shipped}),
        Made("stock_move", f"{done} 'stock.move,%' and shipment like 'stock.shipment.out,%'", both,
             moved | {"id": f"j + {STOCK}", "origin": f"'stock.move,' || (j + {OUT})", "shipment": shipped}),
    )  # fmt: skip


def _invoices() -> tuple[Made, ...]:
    found = []
    for kind, base, order in (("in", 0, "purchase.line"), ("out", OUT, "sale.line")):
        totals = {
            "untaxed_amount_cache": "total",
            "tax_amount_cache": "tax",
            "total_amount_cache": "total + tax",
        }
        head = {"id": f"i + {base}", "number": f"i + {base}", "move": f"i + {base}", "party": "party",
                "currency": "32", "invoice_date": "invoiced", "reference": "'FP' || i",
                "state": "if(i % 2 = 0, 'paid', 'posted')"}  # fmt: skip
        found.append(Made("account_invoice", f"type = '{kind}' and state = 'paid'", "heads", head | totals))
        row = {"id": f"j + {base}", "invoice": f"i + {base}", "origin": f"'{order},' || j", "currency": "32",
               "product": "product", "quantity": "quantity", "unit_price": "price"}  # fmt: skip
        found.append(
            Made("account_invoice_line", f"invoice_type = '{kind}' and product is not null", "lines", row)
        )
        tax = {"id": f"i + {base}", "invoice": f"i + {base}", "base": "total", "amount": "tax"}
        found.append(Made("account_invoice_tax", "tax = 1", "heads", tax))
        link = {"id": f"j + {base}", "invoice_line": f"j + {base}", "stock_move": f"j + {base}"}
        found.append(Made("account_invoice_line-stock_move", "true", "lines", link))
        paid = {"id": f"i + {base}", "invoice": f"i + {base}", "line": f"2 * i + {base + PAY}"}
        found.append(Made("account_invoice-account_move_line", "true", "heads where i % 2 = 0", paid))
    return tuple(found)


def _entries() -> tuple[Made, ...]:
    found = [
        Made("account_move", "origin like 'stock.move,%' and state = 'posted'",
             "lines join heads using (i) join days on day = moved",
             {"id": f"j + {STOCK}", "number": f"j + {STOCK}", "date": "day", "period": "period",
              "origin": "'stock.move,' || j"}),
        _line("true", "lines", f"2 * j + {STOCK}", f"j + {STOCK}", 42, "net", "0"),
        _line("true", "lines", f"2 * j + 1 + {STOCK}", f"j + {STOCK}", 110, "0", "net"),
    ]  # fmt: skip
    for base, journal, party_account, own_account, is_out in ((0, 2, 67, 106, False), (OUT, 1, 39, 99, True)):
        found += _invoice_entries(base, journal, party_account, own_account, is_out)
    return tuple(found)


def _invoice_entries(
    base: int, journal: int, party_account: int, own_account: int, is_out: bool
) -> list[Made]:
    """An invoice: three lines of the goods, tax, the party; every second one is paid and reconciled."""

    def sides(amount: str) -> tuple[str, str]:
        return ("0", amount) if is_out else (amount, "0")

    paid = "heads where i % 2 = 0"
    day = "join days on day ="
    settled = {"reconciliation": f"if(i % 2 = 0, i + {base}, null)"}
    party = {"party": "party", "origin": "null"} | settled
    invoice = f"'account.invoice,' || (i + {base})"
    move = {
        "id": f"i + {base}",
        "number": f"i + {base}",
        "date": "day",
        "period": "period",
        "origin": invoice,
    }
    payment = move | {"id": f"i + {base + PAY}", "number": f"i + {base + PAY}"}
    entry = "origin like 'account.invoice,%' and state = 'posted' and journal ="
    gross, pay = "total + tax", f"i + {base + PAY}"
    return [
        Made("account_move", f"{entry} {journal}", f"heads {day} invoiced", move),
        Made("account_move", f"{entry} 3", f"(from heads where i % 2 = 0) as h {day} paid", payment),
        _line("true", "lines", f"5 * i + j % 3 + {base}", f"i + {base}", own_account, *sides("net"),
              {"origin": f"'account.invoice.line,' || (j + {base})"}),
        _line("true", "heads", f"5 * i + 3 + {base}", f"i + {base}", 132, *sides("tax"),
              {"origin": f"'account.invoice.tax,' || (i + {base})"}),
        _line("true", "heads", f"5 * i + 4 + {base}", f"i + {base}", party_account, *sides(gross)[::-1],
              party | {"maturity_date": "invoiced + 30"}),
        _line("true", paid, f"2 * i + {base + PAY}", pay, party_account, *sides(gross), party),
        _line("true", paid, f"2 * i + 1 + {base + PAY}", pay, 35, *sides(gross)[::-1]),
        Made("account_move_reconciliation", "true", paid,
             {"id": f"i + {base}", "number": f"i + {base}", "date": "paid"}),
        Made("account_tax_line", "type = 'tax'", "heads",
             {"id": f"2 * i + {base}", "move_line": f"5 * i + 3 + {base}", "amount": "tax", "tax": "1"}),
        Made("account_tax_line", "type = 'base'", "heads",
             {"id": f"2 * i + 1 + {base}", "move_line": f"5 * i + {base}", "amount": "total", "tax": "1"}),
    ]  # fmt: skip


def _line(
    pattern: str, source: str, line_id: str, move: str, account: int, debit: str, credit: str,
    more: dict[str, str] | None = None,
) -> Made:  # fmt: skip
    """A journal line; party, settlement and origin only where stated."""
    empty = {"party": "null", "reconciliation": "null", "origin": "null", "maturity_date": "null"}
    texts = {
        "description": "null",
        "amount_second_currency": "null",
        "second_currency": "null",
        "state": "'valid'",
    }
    row = {"id": line_id, "move": move, "account": str(account), "debit": debit, "credit": credit}
    return Made("account_move_line", pattern, source, empty | texts | row | (more or {}))
