"""Planted faults of rules are each named by file and row; the shipped rules have none."""

import csv
import re
from pathlib import Path

import pytest

from bridgebook.vouchers import words
from bridgebook.vouchers.checks import find_faults
from bridgebook.vouchers.rule_files import TABLES, read_rule_set
from tests.house.documents import REPOSITORY

SEEDS = REPOSITORY / "dbt_project" / "seeds"
Cells = dict[str, str]


def _write(folder: Path, table: str, *rows: Cells) -> None:
    with (SEEDS / f"{table}.csv").open(encoding="utf-8") as lines:
        header = next(csv.reader(lines))
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


RULE = {
    "rule_code": "OWN",
    "version": "1",
    "event": "sales_invoice",
    "priority": "10",
    "merge": "document",
    "company_code": "X",
}
DEBIT = {
    "rule_code": "OWN",
    "version": "1",
    "line_no": "1",
    "side": "debit",
    "account_role": "accounts_receivable",
    "amount": "gross",
}
NET = DEBIT | {"line_no": "2", "side": "credit", "account_role": "revenue", "amount": "net"}
TAX = DEBIT | {"line_no": "3", "side": "credit", "account_role": "output_vat", "amount": "tax"}
CENT = DEBIT | {"line_no": "4", "side": "credit", "account_role": "rounding", "amount": "rounding"}
LINES = (DEBIT, NET, TAX, CENT)


def _faults(
    folder: Path, rules: tuple[Cells, ...] = (RULE,), lines: tuple[Cells, ...] = LINES, **more: Cells
) -> list[tuple[str, str]]:
    """Return (file:row, key) of what is found in these rows of a user beside the shipped ones."""
    _write(folder, "voucher_rules", *rules)
    _write(folder, "voucher_rule_lines", *lines)
    for table, row in more.items():
        _write(folder, table, row)
    found = find_faults(read_rule_set(folder, SEEDS))
    return [(Path(fault.place).name, fault.key) for fault in found]


def test_the_shipped_rules_have_no_fault(tmp_path: Path) -> None:
    assert find_faults(read_rule_set(tmp_path, SEEDS)) == ()


def test_a_sound_rule_of_ones_own_has_none(tmp_path: Path) -> None:
    assert _faults(tmp_path) == []


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"event": "sale"}, "vouchers_unknown_word"),
        ({"merge": "weekly"}, "vouchers_unknown_word"),
        ({"is_return": "yes"}, "vouchers_unknown_word"),
        ({"priority": ""}, "vouchers_empty_cell"),
        ({"named_item": "A|B"}, "vouchers_single_word"),
        ({"valid_from": "2025-02-01", "valid_to": "2025-01-01"}, "vouchers_days_reversed"),
    ],
)
def test_a_fault_in_a_rule(tmp_path: Path, changed: Cells, key: str) -> None:
    assert ("voucher_rules.csv:2", key) in _faults(tmp_path, (RULE | changed,))


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"account_role": "revnue"}, "vouchers_role_without_account"),
        ({"amount": "cost"}, "vouchers_unknown_amount"),
        ({"side": "left"}, "vouchers_unknown_word"),
        ({"summary": "{customer}"}, "vouchers_unknown_word"),
        ({"dimensions": "warehouse"}, "vouchers_unknown_word"),
        ({"rule_code": "OWNN"}, "vouchers_line_without_rule"),
        ({"line_no": "1"}, "vouchers_duplicate"),
    ],
)
def test_a_fault_in_a_line(tmp_path: Path, changed: Cells, key: str) -> None:
    faults = _faults(tmp_path, lines=(DEBIT, NET | changed, TAX, CENT))
    assert ("voucher_rule_lines.csv:3", key) in faults


def test_a_rule_that_does_not_balance(tmp_path: Path) -> None:
    assert _faults(tmp_path, lines=(DEBIT, NET, CENT)) == [("voucher_rules.csv:2", "vouchers_unbalanced")]


def test_a_rule_that_balances_for_positive_amounts_only(tmp_path: Path) -> None:
    once = TAX | {"only_when": "positive"}
    assert _faults(tmp_path, lines=(DEBIT, NET, once, CENT)) == [
        ("voucher_rules.csv:2", "vouchers_unbalanced")
    ]


def test_two_rules_that_fit_the_same_event(tmp_path: Path) -> None:
    second = RULE | {"rule_code": "OTHER", "is_return": "false"}
    lines = (*LINES, *(line | {"rule_code": "OTHER"} for line in LINES))
    assert _faults(tmp_path, (RULE, second), lines) == [("voucher_rules.csv:3", "vouchers_overlap")]
    apart = (RULE | {"is_return": "true"}, second)
    assert _faults(tmp_path, apart, lines) == []


def test_days_between_two_versions(tmp_path: Path) -> None:
    rules = (RULE | {"valid_to": "2025-06-30"}, RULE | {"version": "2", "valid_from": "2025-08-01"})
    lines = (*LINES, *(line | {"version": "2"} for line in LINES))
    assert _faults(tmp_path, rules, lines) == [("voucher_rules.csv:3", "vouchers_days_without_version")]


def test_a_gap_that_a_replaced_rule_leaves(tmp_path: Path) -> None:
    narrow = RULE | {
        "rule_code": "CN-SALE",
        "priority": "100",
        "company_code": "",
        "is_prior_year": "false",
        "red_reason": "none",
    }
    faults = _faults(tmp_path, (narrow,), tuple(line | {"rule_code": "CN-SALE"} for line in LINES))
    assert set(faults) == {("voucher_rules.csv", "vouchers_gap")}


def test_a_rule_without_lines_says_so(tmp_path: Path) -> None:
    assert _faults(tmp_path, lines=()) == [("voucher_rules.csv:2", "vouchers_rule_without_lines")]
    assert _faults(tmp_path, (RULE | {"merge": "no_voucher"},), ()) == []


def test_a_fault_in_the_determination_of_accounts(tmp_path: Path) -> None:
    row = {"account_role": "revenue", "company_code": "HY09", "account_code": "600109"}
    assert _faults(tmp_path, account_determination=row | {"line_kind": "stock"}) == []
    twice = {
        "account_role": "revenue",
        "company_code": "HY01",
        "account_code": "600109",
        "valid_from": "2025-01-01",
    }
    assert ("account_determination.csv:2", "vouchers_accounts_alike") in _faults(
        tmp_path, account_determination=twice
    )
    unused = row | {"account_role": "reveneu"}
    assert ("account_determination.csv:2", "vouchers_role_unused") in _faults(
        tmp_path, account_determination=unused
    )


def test_a_policy_that_nobody_knows(tmp_path: Path) -> None:
    row = {"policy": "estimate", "company_code": "X", "value": "sometimes"}
    assert ("accounting_policies.csv:2", "vouchers_unknown_word") in _faults(
        tmp_path, accounting_policies=row
    )


def test_the_words_are_those_of_the_models() -> None:
    macros = (REPOSITORY / "dbt_project" / "macros" / "vouchers.sql").read_text(encoding="utf-8")

    def listed(macro: str) -> str:
        return macros.split(f"macro {macro}()")[1].split("endmacro")[0]

    amounts = re.findall(r"'(\w+)': \[", listed("rule_amounts"))
    assert set(amounts) == {name for carried in words.EVENTS.values() for name in carried}
    assert set(re.findall(r"'(\w+)'", listed("rule_conditions"))) == set(words.CONDITIONS)
    assert re.findall(r"'(\w+)'", listed("determination_keys")) == list(words.KEYS)
    for table in TABLES:
        header = (SEEDS / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        staging = REPOSITORY / "dbt_project" / "models" / "staging" / "house" / f"stg_house__{table}.sql"
        assert re.findall(r"'(\w+)': '", staging.read_text(encoding="utf-8")) == header
