"""What a caliber or a bridge may say: closed vocabularies, and combinations that contradict themselves."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from bridgebook.errors import Problem

Given = Mapping[str, str | None]

_BUSINESS = ("order", "delivery", "acceptance", "invoice")
_EVENTS = {
    "purchases": {"ordered": "order", "received": "delivery", "invoiced": "invoice", "paid": "payment"},
    "sales": {
        "ordered": "order",
        "shipped": "delivery",
        "accepted": "acceptance",
        "invoiced": "invoice",
        "collected": "payment",
    },
    "ledger": {"expected": "ledger", "posted": "ledger"},
}
_PRICES = {
    "order_price": "order",
    "delivery_price": "delivery",
    "acceptance_price": "acceptance",
    "invoice_price": "invoice",
    "cost": "delivery",
    "paid_amount": "payment",
    "expected_amount": "ledger",
    "ledger_amount": "ledger",
}
_RATES = {
    "order_date": "order",
    "receipt_date": "delivery",
    "shipment_date": "delivery",
    "acceptance_date": "acceptance",
    "invoice_date": "invoice",
    "payment_date": "payment",
    "booked": "ledger",
    "month_start": "any",
}
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "flow": tuple(_EVENTS),
    "side": ("business", "ledger"),
    "population": ("approved", "entered", "without_internal", "posted", "all_vouchers", "expected"),
    "amount_basis": tuple(_PRICES),
    "tax_basis": ("net", "gross", "tax", "as_booked"),
    "rate_basis": tuple(_RATES),
    "currency_basis": ("company", "document"),
    "scope": ("all", "primary_ledger"),
}
REQUIRED = ("caliber_code", *VOCABULARY, "event", "version", "name_zh", "name_en")


def caliber_problems(place: str, given: Given) -> list[Problem]:
    """Return what is wrong in one row of calibers.csv: empty cells, unknown words, contradictions."""
    empty = [name for name in REQUIRED if not given.get(name)]
    if empty:
        return [Problem(place, "caliber_incomplete", (("columns", ", ".join(empty)),))]
    problems = [
        Problem(
            place,
            "caliber_unknown_word",
            (("column", column), ("value", given[column]), ("allowed", ", ".join(words))),
        )
        for column, words in VOCABULARY.items()
        if given[column] not in words
    ]
    return problems or _contradictions(place, given)


def _contradictions(place: str, given: Given) -> list[Problem]:
    """Return the pairs of cells of a well-worded caliber that cannot both hold."""
    flow, event = str(given["flow"]), str(given["event"])
    events = _EVENTS[flow]
    if event not in events:
        words = (("column", "event"), ("value", event), ("allowed", ", ".join(events)))
        return [Problem(place, "caliber_unknown_word", words)]
    of = events[event]
    ledger = of == "ledger"
    price, rate = _PRICES[str(given["amount_basis"])], _RATES[str(given["rate_basis"])]
    pairs = [
        ("side", (given["side"] == "ledger") == ledger),
        ("population", (given["population"] in ("posted", "all_vouchers", "expected")) == ledger),
        ("amount_basis", price == of or (price in _BUSINESS and of in _BUSINESS)),
        ("rate_basis", rate in (of, "any") or (rate in _BUSINESS and of in _BUSINESS)),
        ("tax_basis", (given["tax_basis"] == "as_booked") == ledger),
        ("tax_basis", of != "payment" or given["tax_basis"] == "gross"),
        (
            "amount_basis",
            given["amount_basis"] != "cost" or (flow == "sales" and given["tax_basis"] == "net"),
        ),
        (
            "currency_basis",
            given["currency_basis"] == "company" or not (ledger or given["amount_basis"] == "cost"),
        ),
        ("scope", (given["scope"] == "primary_ledger") == ledger),
    ]
    if flow == "purchases":
        pairs.append(("amount_basis", given["amount_basis"] != "acceptance_price"))
    return [
        Problem(
            place,
            "caliber_contradiction",
            (("column", column), ("value", given[column]), ("event", event), ("flow", flow)),
        )
        for column, holds in pairs
        if not holds
    ][:1]


def bridge_problems(place: str, given: Given, calibers: Mapping[str, Given]) -> list[Problem]:
    """Return what is wrong in one row of bridges.csv, given every caliber by its code."""
    empty = [name for name in ("bridge_code", "flow", "from_caliber", "to_caliber") if not given.get(name)]
    if empty:
        return [Problem(place, "caliber_incomplete", (("columns", ", ".join(empty)),))]
    named = [("from_caliber", given["from_caliber"]), ("to_caliber", given["to_caliber"])]
    named += [("via_caliber", given["via_caliber"])] if given.get("via_caliber") else []
    unknown = [(column, code) for column, code in named if code not in calibers]
    if unknown:
        return [Problem(place, "bridge_unknown_caliber", unknown_words(pair)) for pair in unknown]
    ends = {column: calibers[str(code)] for column, code in named}
    to_ledger = ends["to_caliber"]["side"] == "ledger"
    business = [end for column, end in ends.items() if column != "to_caliber" or not to_ledger]
    pairs = [
        ("via_caliber", bool(given.get("via_caliber")) == to_ledger),
        ("account_roles", bool(given.get("account_roles")) == to_ledger),
        ("from_caliber", all(end["flow"] == given["flow"] for end in business)),
        ("to_caliber", len({end["currency_basis"] for end in ends.values()}) == 1),
        ("sign", (given.get("sign") or "1") in ("1", "-1")),
        ("to_caliber", ends["to_caliber"]["event"] != "expected"),
    ]
    return [
        Problem(place, "bridge_contradiction", (("column", column), ("value", given.get(column) or "")))
        for column, holds in pairs
        if not holds
    ][:1]


def unknown_words(pair: tuple[str, str | None]) -> tuple[tuple[str, object], ...]:
    """Return the values of the sentence that names an unknown caliber."""
    return (("column", pair[0]), ("value", pair[1]))


def meaning_problems(folder: Path, seeds: Path) -> list[Problem]:
    """Return what contradicts itself in the user's calibers and bridges, with file and line."""
    shipped = {str(row["caliber_code"]): row for _, row in _lines(seeds / "calibers.csv")}
    own = list(_lines(folder / "calibers.csv"))
    problems = [problem for place, row in own for problem in caliber_problems(place, row)]
    if problems:
        return problems
    calibers = shipped | {str(row["caliber_code"]): row for _, row in own}
    bridges = _lines(folder / "bridges.csv")
    return [problem for place, row in bridges for problem in bridge_problems(place, row, calibers)]


def _lines(file: Path) -> Iterator[tuple[str, Given]]:
    """Yield the filled rows of a rule file with the place of each."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        for row in reader:
            given = {str(name).strip(): (cell or "").strip() or None for name, cell in row.items()}
            if any(given.values()):
                yield f"{file}:{reader.line_num}", given
