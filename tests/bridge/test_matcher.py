"""Vouchers that sum documents up, and documents that several vouchers hold, are found by exact sums."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgebook.matching.links import Link, Unit, links
from bridgebook.matching.sums import sets_that_make

DAY = date(2026, 3, 10)
REPOSITORY = Path(__file__).parents[2]


def unit(
    name: str, amounts: Mapping[str, int], party: str = "customer,K1", day: date = DAY, **more: object
) -> Unit:
    """Return a unit whose first account is the partner's."""
    rows = {(a, party if n == 0 else ""): v for n, (a, v) in enumerate(amounts.items())}
    values = {
        "company": "1", "period": (day.year, day.month), "event": "sales_invoice",
        "names": frozenset(), "is_named": False,
    }  # fmt: skip
    return Unit(unit_id=name, day=day, amounts=rows, **(values | more))  # type: ignore[arg-type]


def sale(name: str, amount: int, **more: object) -> Unit:
    return unit(name, {"1122": amount, "6001": -amount}, **more)  # type: ignore[arg-type]


def several(name: str, day: date, receivables: Mapping[str, int]) -> Unit:
    """Return a summary voucher of several customers."""
    rows = {("1122", f"customer,{code}"): amount for code, amount in receivables.items()}
    rows["6001", ""] = -sum(receivables.values())
    return Unit(name, "1", (day.year, day.month), day, "", frozenset(), rows)


def pairs(found: list[Link]) -> list[tuple[str, str, str, str]]:
    return [(link.expected_unit, link.ledger_unit, link.match_class, link.reason) for link in found]


def test_a_summary_voucher_is_taken_apart() -> None:
    found = links([sale("a", 100), sale("b", 250), sale("c", 40)], [sale("v", 350)])
    assert pairs(found) == [
        ("a", "v", "matched", "sum_of_documents"),
        ("b", "v", "matched", "sum_of_documents"),
    ]


def test_a_summary_of_a_whole_day_has_no_limit_of_documents() -> None:
    documents = [unit(f"d{n:03}", {"5401": n, "1405": -n}, party="") for n in range(1, 120)]
    total = sum(range(1, 120))
    found = links(documents, [unit("v", {"5401": total, "1405": -total}, party="")])
    assert len(found) == 119
    assert {link.match_class for link in found} == {"matched"}


def test_what_has_one_explanation_settles_what_had_two() -> None:
    """The later voucher could hold either of two equal receipts; the earlier one holds the first."""
    first, later = date(2026, 3, 18), date(2026, 3, 26)
    documents = [
        sale("first", 3600, day=first), sale("big", 900, day=date(2026, 3, 19), party="customer,K2"),
        sale("second", 3600, day=later), sale("small", 70, day=later, party="customer,K3"),
    ]  # fmt: skip
    one = several("v1", date(2026, 3, 19), {"K1": 3600, "K2": 900})
    two = several("v2", later, {"K1": 3600, "K3": 70})
    assert {(e, v) for e, v, *_ in pairs(links(documents, [two, one]))} == {
        ("first", "v1"), ("big", "v1"), ("second", "v2"), ("small", "v2"),
    }  # fmt: skip


def test_two_explanations_are_told_and_not_guessed() -> None:
    documents = [sale("a", 100), sale("b", 200), sale("c", 150), sale("d", 150)]
    documents[3] = sale("d", 149)
    documents.append(sale("e", 151))
    found = links(documents, [sale("v", 300)])
    assert {(link.match_class, link.ledger_unit) for link in found} == {("ambiguous", "v")}
    assert {link.expected_unit for link in found} == {"a", "b", "d", "e"}


def test_equal_documents_stand_for_each_other() -> None:
    documents = [sale("a", 100), sale("b", 100), sale("c", 100), sale("d", 7)]
    found = links(documents, [sale("v", 107)])
    assert [(e, c) for e, _, c, _ in pairs(found)] == [("a", "matched"), ("d", "matched")]


def test_a_voucher_that_does_not_balance_still_says_what_it_sums_up() -> None:
    wrong = unit("v", {"1122": 351, "6001": -350})
    found = links([sale("a", 100), sale("b", 250), sale("c", 40)], [wrong])
    assert [(e, c) for e, _, c, _ in pairs(found)] == [("a", "matched"), ("b", "matched")]


def test_an_invoice_and_its_payment_at_once() -> None:
    invoice = unit("a", {"2202": -113, "1405": 100, "2221": 13}, party="supplier,L1")
    payment = unit("b", {"2202": 113, "1002": -113}, party="supplier,L1")
    assert sets_that_make(
        {"1405": 100, "2221": 13, "1002": -113}, [invoice.by_account, payment.by_account]
    ).sets == ((0, 1),)
    cash = unit("v", {"1405": 100, "2221": 13, "1002": -113}, party="")
    assert [(e, c) for e, _, c, _ in pairs(links([invoice, payment], [cash]))] == [
        ("a", "matched"), ("b", "matched"),
    ]  # fmt: skip


def test_one_document_in_several_vouchers() -> None:
    vouchers = [sale("v1", 60, names=frozenset({"d"}), is_named=True), sale("v2", 40), sale("v3", 999)]
    found = links([sale("d", 100, names=frozenset({"d"}))], vouchers)
    assert found == [
        Link("d", "v1", "matched", "sum_of_vouchers", "v1"),
        Link("d", "v2", "matched", "sum_of_vouchers", "v1"),
    ]


def test_all_of_a_partner_against_all_of_its_vouchers() -> None:
    found = links([sale("a", 70), sale("b", 50)], [sale("v", 65), sale("w", 55)])
    assert {(link.expected_unit, link.ledger_unit) for link in found} == {
        ("a", "v"), ("a", "w"), ("b", "v"), ("b", "w"),
    }  # fmt: skip
    assert {(link.reason, link.match_group) for link in found} == {("sum_of_both_sides", "v")}


def test_a_voucher_that_names_another_document_is_no_summary() -> None:
    named = sale("v", 350, names=frozenset({"other"}), is_named=True)
    assert links([sale("a", 100), sale("b", 250)], [named]) == []


@pytest.mark.parametrize(
    "documents",
    [
        [sale("a", 100, company="2"), sale("b", 250)],
        [sale("a", 100, party="customer,K9"), sale("b", 250)],
        [sale("a", 100, day=date(2026, 2, 10)), sale("b", 250)],
        [sale("a", 100, day=date(2026, 3, 11)), sale("b", 250)],
    ],
    ids=["company", "partner", "period", "day after"],
)
def test_sums_stay_within_company_partner_and_time(documents: list[Unit]) -> None:
    assert links(documents, [sale("v", 350)]) == []


VECTORS = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.integers(-4, 4).filter(bool), min_size=1), max_size=7
)


@given(VECTORS, st.data())
@settings(max_examples=300, deadline=None)
def test_every_set_is_found_and_is_exact(parts: list[dict[str, int]], data: st.DataObject) -> None:
    """The search gives what trying all sets gives, but that equal parts stand for each other."""
    chosen = data.draw(st.sets(st.sampled_from(range(len(parts))))) if parts else set()
    whole = total(parts, chosen)
    usable = [index for index, part in enumerate(parts) if set(part) <= set(whole)]
    every = [
        set_
        for size in range(2, len(usable) + 1)
        for set_ in combinations(usable, size)
        if total(parts, set_) == whole
    ]
    found = sets_that_make(whole, parts, most=1000)
    assert found.is_complete
    if not whole or not every:
        assert all(total(parts, set_) == whole for set_ in found.sets)
        return
    assert {worth(parts, set_) for set_ in found.sets} == {worth(parts, set_) for set_ in every}
    assert all(total(parts, set_) == whole for set_ in found.sets)
    assert len({worth(parts, set_) for set_ in found.sets}) == len(found.sets)


@given(st.permutations(range(6)))
@settings(max_examples=60, deadline=None)
def test_order_of_arrival_does_not_matter(order: list[int]) -> None:
    documents = [sale(f"d{n}", amount) for n, amount in enumerate((100, 250, 40, 40, 60, 310))]
    vouchers = [sale("v", 350), sale("w", 100, day=date(2026, 3, 20))]
    assert links([documents[n] for n in order], vouchers) == links(documents, vouchers[::-1])


def total(parts: list[dict[str, int]], chosen: object) -> dict[str, int]:
    sums: dict[str, int] = {}
    for index in chosen:  # type: ignore[attr-defined]
        for key, amount in parts[index].items():
            sums[key] = sums.get(key, 0) + amount
    return {key: amount for key, amount in sums.items() if amount}


def worth(parts: list[dict[str, int]], chosen: object) -> tuple[object, ...]:
    return tuple(sorted(str(sorted(parts[index].items())) for index in chosen))  # type: ignore[attr-defined]


def test_every_evidence_of_a_match_has_its_words() -> None:
    words = tomllib.loads((REPOSITORY / "dashboards/semantics/catalog/bridge.toml").read_text("utf-8"))
    models = REPOSITORY / "dbt_project" / "models" / "core"
    written = "".join(
        (models / f"core_{name}.sql").read_text("utf-8") for name in ("match_exact", "voucher_matches")
    ) + (REPOSITORY / "bridgebook" / "matching" / "links.py").read_text("utf-8")
    known = re.findall(r"^\s+\['(\w+)', ", written, re.MULTILINE)
    known += re.findall(r"only_pairs\('\w+', '(\w+)'\)", written) + re.findall(r'"(sum_of_\w+)"', written)
    assert len(known) > 20
    assert set(known) | {"booked_before"} <= set(words["words"]["match_reason"])
