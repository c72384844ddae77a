"""The chain from request to statement line: whole, the same both ways, and told by a command."""

from pathlib import Path

import pytest

from bridgebook.books.audit import last_entry
from bridgebook.books.store import open_store, store_url
from bridgebook.errors import ExplanationUnavailable, RulesInvalid, SimulationUnavailable
from bridgebook.home import Home
from bridgebook.settings import load
from bridgebook.vouchers.simulate import simulate
from bridgebook.vouchers.trace import Thing, Trace, trace
from tests.tryton.installation import Installation
from tests.vouchers.test_rule_faults import SEEDS


def things(found: Trace) -> set[Thing]:
    return {end for link in (*found.before, *found.after) for end in (link.earlier, link.later)}


def test_every_line_of_the_ledger_hangs_on_its_voucher_and_on_a_statement(sqlite_home: Installation) -> None:
    lines = sqlite_home.query("select count(*), sum(abs(amount)) from ledger_lines where status <> 'void'")
    for kind in ("voucher", "ledger_line"):
        chained = sqlite_home.query(
            f"select count(*), sum(abs(amount)) from document_trace where from_kind = '{kind}'"
        )
        assert chained == lines
        assert lines[0][0] > 500


def test_every_expected_document_has_its_voucher_or_a_draft(sqlite_home: Installation) -> None:
    missing = sqlite_home.query(
        "select distinct line.document_entity, line.document_id from expected_voucher_lines as line "
        "where not exists (select 1 from trace_links as link where link.from_kind = line.document_entity "
        "and link.from_id = line.document_id and link.to_kind in ('voucher', 'draft'))"
    )
    assert missing == []
    assert sqlite_home.query("select count(*) from trace_links where to_kind = 'voucher'")[0][0] > 100


def test_forth_and_back_meet(sqlite_home: Installation) -> None:
    home = Home(sqlite_home.folder)
    orders = sqlite_home.query(
        "select link.from_id from trace_links as link where link.from_kind = 'purchase_orders' "
        "and exists (select 1 from trace_links as next where next.from_kind = link.to_kind "
        "and next.from_id = link.to_id and next.to_kind = 'voucher') order by all limit 5"
    )
    assert len(orders) > 0
    for (order,) in orders:
        forth = trace(home, order, kind="purchase_orders")
        (start,) = forth.things
        kinds = {thing.kind for thing in things(forth)}
        assert {"purchase_orders", "voucher", "ledger_line", "statement_line"} <= kinds
        voucher = next(link.later for link in forth.after if link.later.kind == "voucher")
        assert start in things(trace(home, voucher.id, kind="voucher"))


def test_an_unknown_name_is_told(sqlite_home: Installation) -> None:
    with pytest.raises(ExplanationUnavailable, match="no document, voucher or draft"):
        trace(Home(sqlite_home.folder), "no such thing")


def test_the_command_tells_the_chain_in_chinese(sqlite_home: Installation) -> None:
    ((number,),) = sqlite_home.query(
        "select from_no from trace_links "
        "where from_kind = 'purchase_invoices' and to_kind = 'voucher' order by all limit 1"
    )
    said = sqlite_home.run("vouchers", "trace", str(number), "--lang", "zh").output
    assert f"采购发票 {number}" in said
    assert "报表项目" in said


def changed_rules(folder: Path, old: str, new: str) -> Path:
    """Write a rule file of one's own: the shipped row about a role, with another account."""
    rows = (SEEDS / "account_determination.csv").read_text(encoding="utf-8").splitlines()
    (row,) = (row for row in rows if row.startswith("inventory_change,") and "Universal Chart" in row)
    assert f",{old}," in row
    file = folder / "account_determination.csv"
    file.write_text(f"{rows[0]}\n{row.replace(f',{old},', f',{new},')}\n", encoding="utf-8")
    return file


def test_changed_rules_are_tried_and_nothing_is_touched(sqlite_home: Installation, tmp_path: Path) -> None:
    ((old,),) = sqlite_home.query(
        "select distinct account_code from expected_voucher_lines where account_role = 'inventory_change'"
    )
    ((amount, vouchers),) = sqlite_home.query(
        "select sum(amount), count(distinct expected_voucher_id) from expected_voucher_lines "
        f"where account_role = 'inventory_change' and account_code = '{old}'"
    )
    ((others,),) = sqlite_home.query("select count(*) from expected_vouchers")
    ((new,),) = sqlite_home.query(
        "select max(account_code) from accounts where is_leaf and account_type = 'expense' "
        f"and account_code <> '{old}'"
    )
    settings = load(sqlite_home.folder)
    books = open_store(store_url(settings.home.books))
    home = settings.home
    before = (last_entry(books), home.pointer.read_text(), home.work_file.stat().st_mtime_ns)
    found = simulate(settings, changed_rules(tmp_path, old, new))
    assert {each.change for each in found.vouchers} == {"changed"}
    assert (len(found.vouchers), found.unchanged) == (vouchers, others - vouchers)
    moved = {each.account_code: each.after - each.before for each in found.balances}
    assert moved == {old: -amount, new: amount}
    assert found.unposted_before == found.unposted_after
    after = (last_entry(books), home.pointer.read_text(), home.work_file.stat().st_mtime_ns)
    assert after == before
    assert list(settings.home.work.glob("simulation-*")) == []


def test_rules_that_cannot_be_tried_are_told(sqlite_home: Installation, tmp_path: Path) -> None:
    settings = load(sqlite_home.folder)
    (tmp_path / "calibers.csv").write_text("x\n")
    with pytest.raises(SimulationUnavailable, match=r"calibers\.csv cannot be simulated"):
        simulate(settings, tmp_path)
    faulty = tmp_path / "faulty"
    faulty.mkdir()
    (faulty / "voucher_rules.csv").write_text("rule_code,colour\nA,red\n", encoding="utf-8")
    with pytest.raises(RulesInvalid, match="colour"):
        simulate(settings, faulty)
