"""The demo group: what is proposed is right, the rest is listed, and alerts name what is planted."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from bridgebook.demo.group.charts import ACCOUNTS
from tests.packs.demo_home import demo_home
from tests.tryton.installation import Installation


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return demo_home(tmp_path_factory)


def truth(entity: str, source_id: str, code: str) -> str | None:
    """Say what a code of a U8 book is in SAP: the generator numbers partners and items alike in both."""
    if entity == "partners":
        return str(100001 + int(code[1:])) if code[0] in "VC" else None
    if entity == "items":
        return str(200001 + int(code[2:])) if code.startswith("SP") else None
    company = int(source_id.split("_")[1]) - 1
    account = code.split("/")[1]
    return next((each.sap or None for each in ACCOUNTS if each.codes[company] == account), None)


def proposed(demo: Installation, least: str) -> Iterator[tuple[str, str, str, str, str]]:
    yield from demo.query(
        "select entity, source_id, source_code, proposed_master_code, source_name from unmapped_codes "
        "where confidence >= ?",
        [least],
    )


def test_proposals_of_high_confidence_are_all_right(demo: Installation) -> None:
    found = list(proposed(demo, "0.9"))
    wrong = [row for row in found if truth(row[0], row[1], row[2]) != row[3]]
    # SAP's chart is the shorter one: two accounts of U8 may stand for one of SAP, told by the same name.
    assert wrong == []
    assert len(found) > 1800


def test_every_supplier_customer_and_item_that_both_have_is_proposed(demo: Installation) -> None:
    found = {(row[0], row[1], row[2]) for row in proposed(demo, "0.9")}
    listed = demo.query(
        "select entity, source_id, source_code from unmapped_codes "
        "where entity = 'items' or partner_kind in ('supplier', 'customer')"
    )
    missed = [row for row in listed if truth(*row) and tuple(row) not in found]
    assert missed == []
    assert len(listed) > 1700


def test_other_spellings_say_why_they_match(demo: Installation) -> None:
    rows = demo.query(
        "select source_name, proposed_name, evidence_zh, evidence_en from unmapped_codes "
        "where source_id = 'u8_003' and entity = 'partners' and source_name <> proposed_name"
    )
    kinds = {row[2].split("；")[-1] for row in rows}
    assert "名称相同（不计全半角、括号、标点与公司后缀）" in kinds
    assert "名称相同（括号内地名移前）" in kinds
    assert all("same name" in row[3] for row in rows)
    assert len(rows) >= 15


def test_what_only_one_system_has_is_listed_with_its_money_and_no_guess(demo: Installation) -> None:
    rows = demo.query(
        "select source_code, proposed_master_code, confidence, amount_at_stake, line_count "
        "from unmapped_codes where source_id = 'u8_003' and source_code like 'FW%' order by source_code"
    )
    assert [row[:3] for row in rows] == [(f"FW000{n}", None, None) for n in range(1, 5)]
    assert any(row[3] > 0 and row[4] > 0 for row in rows)


def test_the_money_at_stake_is_that_of_the_lines(demo: Installation) -> None:
    (code, stake) = demo.query(
        "select source_code, amount_at_stake from unmapped_codes where source_id = 'u8_003' "
        "and partner_kind = 'supplier' order by amount_at_stake desc limit 1"
    )[0]
    labelled = f"u8_003:{code}"
    documents = demo.query(
        "select sum(abs(net_amount)) from procurement_events where partner_code = ? and is_counted "
        "and event <> 'paid'",
        [labelled],
    )[0][0]
    ledger = demo.query(
        "select sum(abs(amount)) from ledger_lines where partner_kind = 'supplier' and partner_code = ?",
        [labelled],
    )[0][0]
    assert stake >= max(documents or Decimal(0), ledger or Decimal(0)) > 0


def test_the_planted_second_bank_account_is_named(demo: Installation) -> None:
    rows = demo.query(
        "select distinct alert_code, partner_kind, difference_count, account_no_masked "
        "from master_data_alerts where alert_code = 'tax_id_with_two_bank_accounts' order by all"
    )
    assert [row[:3] for row in rows] == [("tax_id_with_two_bank_accounts", "supplier", 2)] * 2
    assert all("****" in row[3] for row in rows)
    members = demo.query(
        "select source_id, source_partner_code, message_zh, severity from master_data_alerts "
        "where alert_code = 'tax_id_with_two_bank_accounts'"
    )
    assert ("sap", "100008") in {row[:2] for row in members}
    assert ("u8_003", "V00007") in {row[:2] for row in members}
    assert all(row[3] == "error" and "有 2 个银行账户" in row[2] for row in members)
