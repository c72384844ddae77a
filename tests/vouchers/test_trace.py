"""The chain from request to statement line: whole, the same both ways, and told by a command."""

from pathlib import Path

import pytest

from bridgebook.books.audit import last_entry
from bridgebook.books.store import open_store, store_url
from bridgebook.errors import RulesInvalid, SimulationUnavailable
from bridgebook.settings import load
from bridgebook.vouchers.simulate import simulate
from dashboards.errors import UnknownThing
from dashboards.exports import trace_of
from dashboards.semantics import Rights
from dashboards.semantics.tracing import Thing, Trace
from tests.tryton.installation import Installation
from tests.vouchers.test_rule_faults import SEEDS


def things(found: Trace) -> set[Thing]:
    return {end for link in (*found.before, *found.after) for end in (link.earlier, link.later)}


def test_every_line_of_the_ledger_hangs_on_its_voucher_and_on_a_statement(sqlite_home: Installation) -> None:
    lines = sqlite_home.query("select count(*), sum(abs(amount)) from ledger_lines where status <> 'void'")
    for kind, to in (
        ("voucher", "ledger_line"),
        ("ledger_line", "account"),
        ("ledger_line", "statement_line"),
    ):
        chained = sqlite_home.query(
            "select count(*), sum(abs(amount)) from document_trace "
            f"where from_kind = '{kind}' and to_kind = '{to}'"
        )
        assert chained == lines
        assert lines[0][0] > 500


def test_what_a_trace_reads_is_stored_in_the_order_of_its_keys(sqlite_home: Installation) -> None:
    for mart, key in (
        ("trace_links", "from_key"),
        ("trace_things", "thing_key"),
        ("trace_keys", "search_key"),
    ):
        ((rows, backwards),) = sqlite_home.query(
            f"select count(*), count(*) filter ({key} < before) from "
            f"(select {key}, lag({key}) over (order by rowid) as before from {mart})"
        )
        assert rows > 100
        assert backwards == 0


def test_every_end_of_a_link_is_a_thing_found_by_its_number_and_id(sqlite_home: Installation) -> None:
    for side in ("from", "to"):
        missing = sqlite_home.query(
            f"select count(*) from trace_links as link where not exists (select 1 from trace_things as thing "
            f"where thing.thing_key = link.{side}_key and thing.source_id = link.{side}_source_id "
            f"and thing.thing_kind = link.{side}_kind and thing.thing_id = link.{side}_id)"
        )
        assert missing == [(0,)]
    unfound = sqlite_home.query(
        "select count(*) from trace_things as thing, (values (1), (2)) as way(number) "
        "where not exists (select 1 from trace_keys as found where found.thing_key = thing.thing_key "
        "and found.search_key = cast(md5_number_lower("
        "case when number = 1 then thing.thing_no else thing.thing_id end) >> 1 as bigint))"
    )
    assert unfound == [(0,)]


def test_every_expected_document_has_its_voucher_or_a_draft(sqlite_home: Installation) -> None:
    missing = sqlite_home.query(
        "select distinct line.document_entity, line.document_id from expected_voucher_lines as line "
        "where not exists (select 1 from trace_links as link where link.from_kind = line.document_entity "
        "and link.from_id = line.document_id and link.to_kind in ('voucher', 'draft'))"
    )
    assert missing == []
    assert sqlite_home.query("select count(*) from trace_links where to_kind = 'voucher'")[0][0] > 100


def test_forth_and_back_meet(sqlite_home: Installation) -> None:
    orders = sqlite_home.query(
        "select link.from_id from trace_links as link where link.from_kind = 'purchase_orders' "
        "and exists (select 1 from trace_links as next where next.from_kind = link.to_kind "
        "and next.from_id = link.to_id and next.to_kind = 'voucher') order by all limit 5"
    )
    assert len(orders) > 0
    for (order,) in orders:
        forth = trace_of(sqlite_home.folder, order, kind="purchase_orders")
        (start,) = forth.things
        assert {"purchase_orders", "voucher"} <= {thing.kind for thing in things(forth)}
        voucher = next(link.later for link in forth.after if link.later.kind == "voucher")
        assert start in things(trace_of(sqlite_home.folder, voucher.id, kind="voucher"))
        booked = sqlite_home.query(
            "select line_no, account_code, amount from ledger_lines "
            f"where source_id = '{voucher.source_id}' and voucher_id = '{voucher.id}' and status <> 'void'"
        )
        told = [line for line in forth.lines if line.voucher == voucher]
        assert {(line.line_no, line.account_code, line.amount) for line in told} == set(booked)
        assert {line.statement for line in told} <= {"balance", "income"}


def test_an_unknown_name_is_told(sqlite_home: Installation) -> None:
    with pytest.raises(UnknownThing, match="No document, voucher or draft"):
        trace_of(sqlite_home.folder, "no such thing")


def test_a_reader_of_another_company_sees_no_chain(sqlite_home: Installation) -> None:
    ((number, company),) = sqlite_home.query(
        "select thing_no, company_code from trace_things where thing_kind = 'purchase_invoices' "
        "order by all limit 1"
    )
    own, foreign = (Rights(companies=frozenset({code})) for code in (company, "elsewhere"))
    assert trace_of(sqlite_home.folder, number, rights=own).things
    with pytest.raises(UnknownThing):
        trace_of(sqlite_home.folder, number, rights=foreign)
    hidden = Rights(companies=None, hidden_columns=frozenset({"amount"}))
    found = trace_of(sqlite_home.folder, number, rights=hidden)
    assert found.after
    assert {each.amount for each in (*found.after, *found.lines)} == {None}


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
