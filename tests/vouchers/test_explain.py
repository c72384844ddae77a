"""Every line of every expected voucher is explained: document, rule, conditions, account, amount."""

from decimal import Decimal

from bridgebook.home import Home
from bridgebook.vouchers.explain import explain_all
from bridgebook.vouchers.rule_files import read_rule_set
from tests.tryton.installation import Installation
from tests.vouchers.test_rule_faults import SEEDS


def test_every_line_is_explained(sqlite_home: Installation) -> None:
    explained = explain_all(Home(sqlite_home.folder), read_rule_set(sqlite_home.folder / "rules", SEEDS))
    lines = sqlite_home.query(
        "select expected_voucher_id, line_no, debit, credit from expected_voucher_lines"
    )
    assert len(lines) > 500
    assert sorted(
        (one.expected_voucher_id, one.line_no, one.debit, one.credit) for one in explained
    ) == sorted(lines)
    for one in explained:
        assert one.rule_place.endswith(".csv:" + one.rule_place.rpartition(":")[2]), one
        assert one.determination_place, one
        assert abs(one.amounts[0][1]) == one.debit + one.credit, one
        assert dict(one.document)["document_no"]


def test_an_amount_that_is_a_sum_shows_its_parts(sqlite_home: Installation) -> None:
    explained = explain_all(Home(sqlite_home.folder), read_rule_set(sqlite_home.folder / "rules", SEEDS))
    totals = [dict(one.amounts) for one in explained if one.amount_word == "gross"]
    assert len(totals) > 100
    assert all(one["gross"] == one["net"] + one["tax"] + one["rounding"] for one in totals)
    assert any(one["rounding"] != Decimal(0) for one in totals)


def test_commands(sqlite_home: Installation) -> None:
    said = sqlite_home.run("vouchers", "check", "--lang", "en").output
    assert "rules are sound" in said
    voucher, line = sqlite_home.query(
        "select expected_voucher_id, line_no from expected_voucher_lines "
        "where account_role = 'vat' order by all limit 1"
    )[0]
    said = sqlite_home.run("vouchers", "explain", f"{voucher}/{line}", "--lang", "zh").output
    assert "角色 vat → 6.3.6" in said
    assert "voucher_rules.csv:" in said
    assert said.count("规则：") == 1
    said = sqlite_home.run("vouchers", "explain", "no such voucher", code=1).output
    assert "There is no voucher no such voucher" in said


def test_a_build_refuses_faulty_rules(home_copy: Installation) -> None:
    rules = home_copy.folder / "rules" / "account_determination.csv"
    rules.parent.mkdir(exist_ok=True)
    header = (SEEDS / "account_determination.csv").read_text(encoding="utf-8").splitlines()[0]
    cells = dict.fromkeys(header.split(","), "") | {"account_role": "revnue", "account_code": "4.1.1"}
    rules.write_text(f"{header}\n{','.join(cells.values())}\n", encoding="utf-8")
    said = home_copy.run("build", "--lang", "en", code=2).output
    assert "account_determination.csv:2" in said
    assert "revnue" in said
