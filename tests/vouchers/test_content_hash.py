"""The hash of what a voucher says: every stated field changes it, of that voucher alone."""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.tryton.installation import Installation

Hashes = dict[str, tuple[str, str]]
STATED = {
    "account_code": "'9'", "amount": "amount + 0.01", "document_currency_code": "'XXX'",
    "currency_amount": "coalesce(currency_amount, 0) + 0.01",
    "exchange_rate": "coalesce(exchange_rate, 0) + 0.1",
    "quantity": "coalesce(quantity, 0) + 1", "uom_code": "'x'", "partner_kind": "'other'",
    "partner_code": "'x'", "item_code": "'x'", "org_unit_code": "'x'", "employee_code": "'x'",
    "project_code": "'x'", "bank_account_code": "'x'", "tax_code": "'x'", "summary": "'x'", "side": "'x'",
    "voucher_date": "date '1999-01-01'",
}  # fmt: skip
NOT_IN_FORMER = {
    "document_currency_code", "exchange_rate", "uom_code", "partner_kind", "bank_account_code", "tax_code",
}  # fmt: skip


def hashes_of(snapshot: Path, model: Path) -> Callable[[str], Hashes]:
    """Return what makes the hashes of all vouchers after a change of their lines, by the compiled model."""
    asked = re.sub(
        r'"[^"]+"\."[^"]+"\."expected_voucher_lines"', "changed", model.read_text(encoding="utf-8")
    )
    assert "changed" in asked

    def made(change: str) -> Hashes:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{snapshot}' as house (read_only)")
            connection.execute("create table changed as select * from house.marts.expected_voucher_lines")
            if change:
                connection.execute(change)
            told = connection.execute(
                f"select expected_voucher_id, content_hash, former_content_hash from ({asked})"
            )
            return {name: (now, former) for name, now, former in told.fetchall()}

    return made


@pytest.fixture(scope="module")
def made(sqlite_home: Installation) -> Callable[[str], Hashes]:
    compiled = sqlite_home.folder / "work" / "target" / "compiled" / "bridgebook" / "models" / "marts"
    return hashes_of(sqlite_home.snapshot, compiled / "expected_vouchers.sql")


def test_every_stated_field_changes_the_hash_of_its_voucher_alone(made: Callable[[str], Hashes]) -> None:
    before = made("")
    name = min(before)
    assert before[name][0].startswith("2:")
    for column, value in STATED.items():
        after = made(f"update changed set {column} = {value} where expected_voucher_id = '{name}'")
        assert {key for key in before if before[key][0] != after[key][0]} == {name}, column
        assert (before[name][1] == after[name][1]) == (column in NOT_IN_FORMER), column


def test_a_value_in_another_field_is_another_content(made: Callable[[str], Hashes]) -> None:
    name = min(made(""))
    where = f"where expected_voucher_id = '{name}'"
    one = made(f"update changed set partner_code = 'A', item_code = null {where}")
    other = made(f"update changed set partner_code = null, item_code = 'A' {where}")
    assert one[name][0] != other[name][0]
    assert one[name][1] == other[name][1]
