"""A reader sees his companies and columns, and no way around that was left open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.errors import Forbidden, ForbiddenColumn, ForbiddenCompany, ForbiddenExport, ForbiddenReport
from dashboards.exports import export_report
from dashboards.semantics import ALL, Filter, Order, Periods, Question, Rights, ask, catalog, choices, stream
from dashboards.semantics.comparing import headlines
from dashboards.warehouse import Snapshot
from tests.dashboards.conftest import ONE_COMPANY

YEAR = Periods.parse("2025-01..2025-06")
NO_COST = Rights(companies=None, hidden_columns=frozenset({"cost_amount", "sales_lines.gross_margin_amount"}))
COMPANY_REPORTS = [report.code for report in catalog().reports.values() if report.scope == "company"]


def test_rights_without_anything_see_nothing(snapshot: Snapshot) -> None:
    for report in COMPANY_REPORTS:
        with pytest.raises(ForbiddenCompany):
            ask(Question(report=report), Rights(), snapshot)
    with pytest.raises(ForbiddenCompany):
        choices(Question(report="lines"), "partner_code", Rights(), snapshot)
    with pytest.raises(ForbiddenCompany):
        headlines(("cash",), YEAR, (), Rights(), snapshot, language="zh")


@pytest.mark.parametrize("report", COMPANY_REPORTS)
def test_a_foreign_company_is_refused_and_never_in_an_answer(report: str, snapshot: Snapshot) -> None:
    with pytest.raises(ForbiddenCompany, match="HD01"):
        ask(Question(report=report, companies=("HD01",)), ONE_COMPANY, snapshot)
    with pytest.raises(ForbiddenCompany):
        ask(Question(report=report, companies=("HD02", "HD01")), ONE_COMPANY, snapshot)
    mart = snapshot.marts[catalog().report(report).mart]
    asked = Question(report=report, columns=tuple(mart), group_by=(), limit=None)
    table = ask(asked, ONE_COMPANY, snapshot).table
    if "company_code" in table.column_names:
        assert set(table["company_code"].to_pylist()) <= {"HD02"}
    assert "HD01" not in str(table.to_pylist())
    assert "恒远制造" not in str(table.to_pylist())


def test_filters_groups_and_search_do_not_widen_the_rights(snapshot: Snapshot) -> None:
    own = ask(Question(report="lines", limit=None), ONE_COMPANY, snapshot)
    tricks = [
        Question(report="lines", search="HD01"),
        Question(report="lines", filters=(Filter("document_no", ("PO-HD01-2506-1",)),)),
        Question(report="lines", filters=(Filter("partner_code", ("x' or '1'='1",)),)),
        Question(report="lines", filters=(Filter("document_no", ("%",), "from"),), search="HD01-"),
        Question(report="lines", filters=(Filter("document_no", ("nothing",), "not_in"),), search="HD01"),
    ]
    for trick in tricks:
        assert "HD01" not in str(ask(replace(trick, limit=None), ONE_COMPANY, snapshot).rows)
    everything = ask(Question(report="lines", limit=None), ALL, snapshot)
    assert 0 < own.row_count < everything.row_count
    by_company = ask(Question(report="lines", group_by=("company",), limit=None), ONE_COMPANY, snapshot)
    assert {row["company_code"] for row in by_company.rows} == {"HD02"}


def test_a_foreign_voucher_or_document_by_its_id_is_empty(snapshot: Snapshot) -> None:
    voucher = "SO-HD01-2506-1-invoiced-V"
    asked = Question(report="voucher", filters=(Filter("voucher_id", (voucher,)),))
    assert ask(asked, ALL, snapshot).row_count == 2
    assert ask(asked, ONE_COMPANY, snapshot).row_count == 0
    document = Question(
        report="sales_document", filters=(Filter("document_id", ("SO-HD01-2506-1-invoiced",)),)
    )
    assert ask(document, ALL, snapshot).row_count == 1
    assert ask(document, ONE_COMPANY, snapshot).row_count == 0


def test_choices_hold_only_what_the_reader_may_see(snapshot: Snapshot) -> None:
    found = choices(Question(report="procurement_lines"), "document_no", ONE_COMPANY, snapshot, limit=10_000)
    assert found
    assert all("HD02" in number for number, _ in found)


@pytest.mark.parametrize("report", list(catalog().reports))
def test_hidden_columns_never_appear(report: str, snapshot: Snapshot) -> None:
    hidden = {"cost_amount", "gross_margin_amount"}
    if catalog().report(report).mart != "sales_lines":
        hidden.discard("gross_margin_amount")
    for groups in (None, (), *((code,) for code in catalog().report(report).groups)):
        answer = ask(Question(report=report, group_by=groups), NO_COST, snapshot)
        names = {column.name for column in answer.columns} | set(answer.table.column_names)
        names |= {name for total in answer.totals for name in total.values}
        assert not names & hidden
        assert "gross_margin_ratio" not in names
        assert "shipped_cost_amount" not in names


def test_a_hidden_column_cannot_be_asked_for_in_any_way(snapshot: Snapshot) -> None:
    asked = Question(report="sales_lines")
    ways = [
        replace(asked, columns=("document_no", "cost_amount")),
        replace(asked, order=(Order("cost_amount"),)),
        replace(asked, filters=(Filter("cost_amount", (1,), "from"),)),
    ]
    for way in ways:
        with pytest.raises(ForbiddenColumn):
            ask(way, NO_COST, snapshot)
    with pytest.raises(ForbiddenColumn):
        choices(asked, "cost_amount", NO_COST, snapshot)
    nameless = Rights(companies=None, hidden_columns=frozenset({"partner_name", "partner_code"}))
    assert ask(replace(asked, search="Osaka"), ALL, snapshot).row_count > 0
    assert ask(replace(asked, search="Osaka"), nameless, snapshot).row_count == 0
    with pytest.raises(ForbiddenColumn):
        ask(Question(report="sales", group_by=("partner",)), nameless, snapshot)


def test_a_running_balance_is_hidden_with_what_it_is_made_of(snapshot: Snapshot) -> None:
    asked = Question(report="account_lines", periods=YEAR)
    assert ask(asked, ALL, snapshot).heading.column("running_amount") is not None
    for column in ("amount", "trial_balance.opening_amount"):
        rights = Rights(companies=None, hidden_columns=frozenset({column}))
        assert ask(asked, rights, snapshot).heading.column("running_amount") is None


def test_reports_of_the_whole_house_are_for_readers_of_every_company(snapshot: Snapshot) -> None:
    for report in ("quarantined_rows", "unmapped_codes"):
        ask(Question(report=report), ALL, snapshot)
        with pytest.raises(ForbiddenReport):
            ask(Question(report=report), ONE_COMPANY, snapshot)


def test_source_totals_follow_the_companies_of_the_source(snapshot: Snapshot) -> None:
    rows = ask(Question(report="sync_totals"), ONE_COMPANY, snapshot).rows
    assert {row["company_code"] for row in rows} == {"2"}
    assert len(rows) == 2


def test_exports_pass_the_same_gate(home: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    with pytest.raises(ForbiddenExport):
        export_report(
            home, "lines", period="2025-06", output=output, rights=Rights(companies=None, may_export=False)
        )
    with pytest.raises(Forbidden):
        export_report(home, "lines", period="2025-06", companies=("HD01",), output=output, rights=ONE_COMPANY)
    assert not output.exists()
    export_report(home, "lines", period="2025-06", output=output, rights=ONE_COMPANY)
    assert "HD01" not in output.read_text(encoding="utf-8-sig")


def test_streams_pass_the_same_gate(snapshot: Snapshot) -> None:
    with pytest.raises(ForbiddenCompany):
        stream(Question(report="lines", companies=("HD01",), limit=None), ONE_COMPANY, snapshot)
    heading, batches = stream(Question(report="lines", limit=None), ONE_COMPANY, snapshot)
    assert heading.is_limited
    assert {code for batch in batches for code in batch["company_code"].to_pylist()} == {"HD02"}
