"""Figures of a Tryton source by plain Python, independent of the product: the truth for changed books."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from tests.tryton.oracle import Figures
from tests.tryton.source import SourceBooks

Key = tuple[object, ...]
Zero = Decimal(0)


def trial_balance(books: SourceBooks) -> Figures:
    """Return {(scope, from, to, account): (start, debit, credit, end)} up to the last entry's month."""
    periods = sorted(books.all("account_period"), key=lambda period: period["start_date"])
    moves = {move["id"]: move for move in books.all("account_move")}
    codes = {account["id"]: account["code"] for account in books.all("account_account")}
    turnover: dict[tuple[str, int, str], list[Decimal]] = defaultdict(lambda: [Zero, Zero])
    for line in books.all("account_move_line"):
        move = moves[line["move"]]
        for scope in ("all", "posted") if move["state"] == "posted" else ("all",):
            sums = turnover[scope, move["period"], codes[line["account"]]]
            sums[0] += line["debit"]
            sums[1] += line["credit"]
    figures: Figures = {}
    for scope, code in {(key[0], key[2]) for key in turnover}:
        balance = Zero
        for period in periods:
            debit, credit = turnover.get((scope, period["id"], code), (Zero, Zero))
            start, balance = balance, balance + debit - credit
            if start or debit or credit:
                figures[scope, period["start_date"], period["end_date"], code] = (
                    start,
                    debit,
                    credit,
                    balance,
                )
    last = max(periods_with_entries(books, periods))
    return {key: amounts for key, amounts in figures.items() if key[1] <= last}  # type: ignore[operator]


def periods_with_entries(books: SourceBooks, periods: list[dict[str, Any]]) -> set[date]:
    """Return the first days of the periods that hold an entry."""
    starts = {period["id"]: period["start_date"] for period in periods}
    return {starts[move["period"]] for move in books.all("account_move")}


def open_by_party(books: SourceBooks, day: date) -> Figures:
    """Return {(side, party): (balance,)} of posted receivables and payables not reconciled on a day."""
    types = {kind["id"]: kind for kind in books.all("account_account_type")}
    sides = {}
    for account in books.all("account_account"):
        kind = types.get(account["type"])
        if kind and (kind["payable"] or kind["receivable"]):
            sides[account["id"]] = "payable" if kind["payable"] else "receivable"
    moves = {move["id"]: move for move in books.all("account_move", "state = 'posted'")}
    settled = {each["id"]: each["date"] for each in books.all("account_move_reconciliation")}
    names = {party["id"]: party["name"] for party in books.all("party_party")}
    totals: dict[Key, Decimal] = defaultdict(Decimal)
    for line in books.all("account_move_line"):
        move = moves.get(line["move"])
        if move is None or line["account"] not in sides or line["party"] is None or move["date"] > day:
            continue
        if line["reconciliation"] is None or settled[line["reconciliation"]] > day:
            totals[sides[line["account"]], names[line["party"]]] += line["debit"] - line["credit"]
    return {key: (amount,) for key, amount in totals.items() if amount}


def stock(books: SourceBooks, day: date) -> Figures:
    """Return {(item code,): (quantity,)} in the warehouse on a day, by done stock moves."""
    locations = {each["id"]: each for each in books.all("stock_location")}

    def is_inside(location_id: int) -> bool:
        place = locations[location_id]
        while place["type"] != "warehouse" and place["parent"]:
            place = locations[place["parent"]]
        return bool(place["type"] == "warehouse")

    codes = {each["id"]: each["code"] for each in books.all("product_product")}
    totals: dict[Key, Decimal] = defaultdict(Decimal)
    for move in books.all("stock_move", "state = 'done'"):
        if move["effective_date"] <= day:
            quantity = Decimal(repr(move["quantity"]))
            signs = is_inside(move["to_location"]) - is_inside(move["from_location"])
            totals[(codes[move["product"]],)] += signs * quantity
    return {key: (amount,) for key, amount in totals.items() if amount}
