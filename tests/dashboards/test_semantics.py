"""The semantic layer gives the figures that plain SQL gives, and refuses to add what must not be added."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dashboards.errors import BadPeriod, UnknownColumn, UnknownReport
from dashboards.semantics import ALL, Filter, Order, Periods, Question, Rights, ask, catalog, choices
from dashboards.semantics.asking import calibers_of
from dashboards.semantics.catalog import CatalogError, build, check
from dashboards.semantics.comparing import headlines
from dashboards.semantics.labels import comment_words
from dashboards.semantics.question import Calendar, Period
from dashboards.semantics.snapshot_facts import calendar
from dashboards.warehouse import Snapshot, Warehouse
from tests.dashboards.published import publish, shapes

QUARTER = Periods.parse("2025-01..2025-03")


def totals_of(
    report: str, snapshot: Snapshot, **asked: object
) -> dict[tuple[str | None, ...], dict[str, object]]:
    answer = ask(Question(report=report, **{"periods": QUARTER, **asked}), ALL, snapshot)  # type: ignore[arg-type]
    return {tuple(value for _, value in total.apart): dict(total.values) for total in answer.totals}


def test_a_flow_adds_up_over_periods(snapshot: Snapshot, direct: duckdb.DuckDBPyConnection) -> None:
    found = totals_of("procurement", snapshot)
    expected = direct.execute(
        "select company_currency_code, sum(net_amount) filter (where event = 'invoiced'), "
        "sum(gross_amount) filter (where event = 'paid') from marts.procurement_events "
        "where fiscal_year = 2025 and period_no <= 3 group by 1"
    ).fetchall()
    assert len(expected) == 2
    for currency, invoiced, paid in expected:
        assert found[(currency,)]["invoiced_amount"] == invoiced
        assert found[(currency,)]["paid_amount"] == paid


def test_balances_are_taken_at_the_ends_of_the_periods_and_never_added(
    snapshot: Snapshot, direct: duckdb.DuckDBPyConnection
) -> None:
    answer = ask(Question(report="trial_balance", periods=QUARTER, limit=None), ALL, snapshot)
    bank = next(
        row for row in answer.rows if (row["account_code"], row["company_currency_code"]) == ("1002", "CNY")
    )
    opening, closing, debit = direct.execute(
        "select sum(opening_amount) filter (where period_no = 1), "
        "sum(closing_amount) filter (where period_no = 3), sum(debit) from marts.trial_balance "
        "where account_code = '1002' and company_currency_code = 'CNY' "
        "and fiscal_year = 2025 and period_no <= 3"
    ).fetchone() or (None, None, None)
    assert (bank["opening_amount"], bank["closing_amount"], bank["debit"]) == (opening, closing, debit)
    assert bank["opening_amount"] + bank["debit"] - bank["credit"] == bank["closing_amount"]
    assert bank["balance_side"] == "debit"


@pytest.mark.parametrize("groups", [("account",), ("account_type",), ("company",), ("month",), ()])
def test_totals_do_not_depend_on_the_grouping(snapshot: Snapshot, groups: tuple[str, ...]) -> None:
    assert totals_of("trial_balance", snapshot, group_by=groups) == totals_of("trial_balance", snapshot)


def test_the_trial_balance_is_balanced_in_every_currency(snapshot: Snapshot) -> None:
    for values in totals_of("trial_balance", snapshot).values():
        assert values["closing_amount"] == 0
        assert values["debit"] == values["credit"] != 0


def test_currencies_are_never_added_up(snapshot: Snapshot) -> None:
    totals = totals_of("procurement_lines", snapshot, group_by=("match_status",))
    assert set(totals) == {("CNY",), ("HKD",)}
    assert all(values["document_ordered_net_amount"] is None for values in totals.values())
    only_own = totals_of(
        "procurement_lines",
        snapshot,
        group_by=("match_status",),
        filters=(Filter("partner_code", ("S001",)),),
    )
    assert only_own[("CNY",)]["document_ordered_net_amount"] == only_own[("CNY",)]["ordered_net_amount"]


def test_calibers_are_never_added_up(snapshot: Snapshot, direct: duckdb.DuckDBPyConnection) -> None:
    totals = totals_of("lines", snapshot, group_by=("partner",))
    expected = direct.execute(
        "select caliber_code, company_currency_code, sum(amount) from marts.unified_lines "
        "where fiscal_year = 2025 and period_no <= 3 group by all"
    ).fetchall()
    assert {key: values["amount"] for key, values in totals.items()} == {(a, b): c for a, b, c in expected}


def test_a_ratio_is_of_the_sums_not_a_sum_of_ratios(snapshot: Snapshot) -> None:
    values = totals_of("sales_lines", snapshot, group_by=("partner",))[("CNY",)]
    assert values["gross_margin_ratio"] == Decimal("0.400000")


def test_the_running_balance_starts_at_the_opening_and_ends_at_the_closing(snapshot: Snapshot) -> None:
    same = (Filter("account_code", ("1122",)),)
    asked = Question(report="account_lines", periods=QUARTER, companies=("HD01",), filters=same, limit=None)
    rows = ask(asked, ALL, snapshot).rows
    balance = ask(
        Question(report="trial_balance", periods=QUARTER, companies=("HD01",), filters=same), ALL, snapshot
    ).rows[0]
    assert rows[0]["running_amount"] == balance["opening_amount"] + rows[0]["debit"] - rows[0]["credit"]
    assert rows[-1]["running_amount"] == balance["closing_amount"]


def test_the_running_balance_goes_where_a_filter_would_make_it_wrong(snapshot: Snapshot) -> None:
    filters = (Filter("account_code", ("1122",)), Filter("partner_code", ("C001",)))
    answer = ask(Question(report="account_lines", periods=QUARTER, filters=filters), ALL, snapshot)
    assert answer.row_count > 0
    assert answer.heading.column("running_amount") is None


def test_paging_covers_every_row_once(snapshot: Snapshot) -> None:
    whole = ask(Question(report="lines", periods=QUARTER, limit=None), ALL, snapshot)
    pages = [
        ask(Question(report="lines", periods=QUARTER, limit=100, offset=offset), ALL, snapshot)
        for offset in range(0, whole.row_count, 100)
    ]
    assert [row for page in pages for row in page.rows] == whole.rows
    assert {page.row_count for page in pages} == {whole.row_count}
    assert len(whole.rows) == whole.row_count


def test_order_and_search(snapshot: Snapshot) -> None:
    asked = Question(
        report="procurement_lines",
        periods=QUARTER,
        search="ACME hd02",
        order=(Order("ordered_net_amount", descending=True),),
    )
    rows = ask(asked, ALL, snapshot).rows
    assert {row["company_code"] for row in rows} == {"HD02"}
    assert {row["partner_code"] for row in rows} == {"S003"}
    amounts = [row["ordered_net_amount"] for row in rows]
    assert amounts == sorted(amounts, reverse=True)


def test_a_question_without_a_match_is_an_empty_answer(snapshot: Snapshot) -> None:
    answer = ask(Question(report="lines", periods=QUARTER, search="no such thing anywhere"), ALL, snapshot)
    assert (answer.row_count, answer.rows, answer.totals) == (0, [], ())


def test_order_lines_are_chosen_by_the_fiscal_periods_days(
    snapshot: Snapshot, direct: duckdb.DuckDBPyConnection
) -> None:
    answer = ask(Question(report="sales_lines", periods=QUARTER, limit=None), ALL, snapshot)
    expected = direct.execute(
        "select count(*) from marts.sales_lines "
        "where order_date between date '2025-01-01' and date '2025-03-31'"
    ).fetchone()
    assert (answer.row_count,) == expected


def test_open_items_are_those_of_the_last_day_that_is_known(
    snapshot: Snapshot, direct: duckdb.DuckDBPyConnection
) -> None:
    asked = Question(report="receivables_ageing", periods=QUARTER, group_by=("bucket",), limit=None)
    answer = ask(asked, ALL, snapshot)
    assert {str(row["as_of_date"]) for row in answer.rows} == {"2025-03-31"}
    for total in answer.totals:
        balance = direct.execute(
            "select sum(closing_amount) from marts.trial_balance where account_code = '1122' "
            "and fiscal_year = 2025 and period_no = 3 and company_currency_code = ?",
            [total.apart[0][1]],
        ).fetchone()
        assert (total.values["open_amount"],) == balance
    before = Question(report="receivables_ageing", periods=Periods.parse("2023-12"))
    assert ask(before, ALL, snapshot).row_count == 0


def test_unknown_things_are_named_with_what_is_known(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownReport, match="trial_balance"):
        ask(Question(report="profit"), ALL, snapshot)
    with pytest.raises(UnknownColumn, match="partner"):
        ask(Question(report="procurement", group_by=("colour",)), ALL, snapshot)
    with pytest.raises(UnknownColumn):
        ask(Question(report="lines", order=(Order("1; drop table marts.periods"),)), ALL, snapshot)
    with pytest.raises(UnknownColumn):
        ask(Question(report="lines", columns=('amount" from marts.periods --',)), ALL, snapshot)
    with pytest.raises(UnknownColumn):
        ask(Question(report="lines", filters=(Filter("summary", ("x",)),)), ALL, snapshot)


@pytest.mark.parametrize("value", ["2025", "2025-1x", "2025-17", "2025-02..2025-01", "", "2025-01.."])
def test_a_wrong_period_is_refused_or_one_month(value: str) -> None:
    if value == "2025-01..":
        assert str(Periods.parse(value)) == "2025-01"
    else:
        with pytest.raises(BadPeriod):
            Periods.parse(value)


def test_periods_know_their_past() -> None:
    assert str(Calendar().previous(QUARTER)) == "2024-10..2024-12"
    assert str(Calendar().year_ago(QUARTER)) == "2024-01..2024-03"
    assert str(Calendar().previous(Periods.parse("2025-13"))) == "2025-11"


def test_periods_of_years_that_are_not_twelve_months_long() -> None:
    thirteen, quarters = Calendar(((2023, 12), (2024, 13))), Calendar(((2024, 4),))
    assert str(thirteen.previous(Periods.parse("2025-01"))) == "2024-13"
    assert str(thirteen.previous(Periods.parse("2024-01..2024-02"))) == "2023-11..2023-12"
    assert str(thirteen.year_ago(Periods.parse("2024-12..2024-13"))) == "2023-12"
    assert str(thirteen.latest_year(Period(2025, 3))) == "2024-04..2025-03"
    assert thirteen.length(Periods.parse("2023-12..2025-01")) == 15
    assert str(quarters.previous(Periods.parse("2025-01"))) == "2024-04"
    assert str(quarters.latest_year(Period(2025, 2))) == "2024-03..2025-02"
    assert quarters.moved(Period(2025, 2), -6) == Period(2023, 4)


def test_the_periods_table_says_how_long_a_year_is(snapshot: Snapshot, tmp_path: Path) -> None:
    assert calendar(snapshot, None) == Calendar(((2024, 12),))  # of 2025 only half is there yet
    rows = [period_row("HD01", 13, "2024-12-20", False), period_row("HD02", 13, "2024-12-31", True)]
    rows += [
        period_row("HD09", number, f"{2024 + number // 4}-{number * 3 % 12 + 1:02d}-01", False)
        for number in (1, 2, 3, 4)
    ]
    publish(tmp_path, changes={"periods": rows})
    with closing(Warehouse(tmp_path)) as warehouse, warehouse.reading() as changed:
        assert calendar(changed, ["HD01"]) == Calendar(((2024, 13),))
        assert calendar(changed, ["HD02"]) == Calendar(((2024, 12),))
        assert calendar(changed, ["HD09"]) == Calendar(((2024, 4),))
        (figure, *_) = headlines(
            ["purchases_invoiced"], Periods.parse("2025-01"), ("HD01",), ALL, changed, language="zh"
        )
    assert figure.previous is None  # HD01's period 2024-13 had no purchases
    assert [str(period) for period, _ in figure.trend][:2] == ["2024-01", "2024-02"]
    assert len(figure.trend) == 14


def period_row(company: str, number: int, end: str, is_adjustment: bool) -> dict[str, object]:
    last = date.fromisoformat(end)
    return {
        "company_code": company,
        "fiscal_year": 2024,
        "period_no": number,
        "start_date": last.replace(day=1) if number > 4 else date(2024, number * 3 - 2, 1),
        "end_date": last,
        "is_adjustment": is_adjustment,
    }


def test_choices_have_names(snapshot: Snapshot) -> None:
    found = choices(Question(report="procurement"), "partner_code", ALL, snapshot, names=("partner_name",))
    assert found[0] == ("S001", "宁波钢材")
    only = choices(
        Question(report="procurement"),
        "partner_code",
        ALL,
        snapshot,
        names=("partner_name",),
        contains="包装",
    )
    assert only == [("S002", "苏州包装")]


def test_headlines_compare_with_the_period_before_and_last_year(
    snapshot: Snapshot, direct: duckdb.DuckDBPyConnection
) -> None:
    found = headlines(
        ("purchases", "cash"), Periods.parse("2025-05"), ("HD01",), ALL, snapshot, language="en"
    )
    purchases, cash = found
    months = dict(
        direct.execute(
            "select fiscal_year * 100 + period_no, sum(net_amount) from marts.procurement_events "
            "where company_code = 'HD01' and event = 'invoiced' group by 1"
        ).fetchall()
    )
    assert purchases.value == months[202505]
    assert purchases.previous is not None
    assert purchases.previous.base == months[202504]
    assert purchases.year_ago is not None
    assert purchases.year_ago.amount == months[202505] - months[202405]
    assert len(purchases.trend) == 13
    closing = direct.execute(
        "select closing_amount from marts.trial_balance where company_code = 'HD01' "
        "and account_code = '1002' and fiscal_year = 2025 and period_no = 5"
    ).fetchone()
    assert (cash.value,) == closing
    assert cash.caliber is not None


def test_every_answer_says_what_it_is(snapshot: Snapshot) -> None:
    for language, name in (("zh", "采购"), ("en", "Procurement")):
        heading = ask(
            Question(report="procurement", periods=QUARTER, language=language), ALL, snapshot
        ).heading  # type: ignore[arg-type]
        assert heading.title.startswith(name)
        assert heading.version == "20250701T000000000Z"
        assert heading.companies == ("HD01", "HD02", "HK03")
        assert heading.completeness.is_complete
        assert len(heading.calibers) == 4
        assert {column.caliber for column in heading.columns if column.is_figure} >= {
            heading.calibers[0].name
        }
        assert all(column.label for column in heading.columns)


def test_labels_come_from_the_marts_own_comments(snapshot: Snapshot) -> None:
    heading = ask(Question(report="account_lines", periods=QUARTER, language="en"), ALL, snapshot).heading
    expected = comment_words(shapes()["ledger_lines"]["summary"][1], "en")
    column = heading.column("summary")
    assert column is not None
    assert (column.label, column.explanation) == expected


def test_the_catalog_names_only_columns_that_the_marts_have() -> None:
    for report in catalog().reports.values():
        known = {*shapes()[report.mart], "fiscal_period"}
        if report.running:
            known.add(report.running.column)
        made = {code for code, measure in report.measures.items() if measure.aggregate in ("ratio", "side")}
        used = {*report.columns, *report.filters, *report.search, *report.key, *report.grain, *report.dates}
        used |= {name for group in report.groups.values() for name in (*group.keys, *group.names)}
        used |= {
            measure.column
            for code, measure in report.measures.items()
            if code not in made and measure.aggregate != "count"
        }
        used |= {
            name for measure in report.measures.values() for name in (measure.currency, measure.unit) if name
        }
        used |= {condition.column for condition in report.fixed}
        used |= {condition.column for measure in report.measures.values() for condition in measure.where}
        assert used <= known, report.code
        ordered = {column for column, _ in report.order}
        assert ordered <= known | set(report.measures), report.code


def test_every_listed_report_answers(snapshot: Snapshot) -> None:
    for report in catalog().reports.values():
        for groups in (None, *((code,) for code in report.groups)):
            answer = ask(
                Question(report=report.code, periods=QUARTER, group_by=groups, limit=5), ALL, snapshot
            )
            assert len(answer.rows) == min(answer.row_count, 5)


def test_a_catalog_with_a_forged_identifier_is_refused() -> None:
    entry = {
        "title": {"zh": "x", "en": "x"},
        "about": {"zh": "x", "en": "x"},
        "mart": 'periods" --',
        "scope": "company",
        "time": "none",
    }
    content = {"reports": {"forged": entry}, "calibers": {}, "figures": {}, "columns": {}, "words": {}}
    with pytest.raises(CatalogError, match="not an identifier"):
        check(build(content))


def test_user_calibers_speak_in_their_published_words(snapshot: Snapshot) -> None:
    assert [caliber.key for caliber in calibers_of(("procurement",), snapshot, "zh")] == [
        "purchases_ordered",
        "purchases_received",
        "purchases_invoiced",
        "purchases_paid",
    ]


def test_answers_are_kept_apart_by_rights(snapshot: Snapshot) -> None:
    asked = Question(report="procurement", periods=QUARTER)
    everything = ask(asked, ALL, snapshot)
    own = ask(asked, Rights(companies=frozenset({"HD01"})), snapshot)
    assert ask(asked, ALL, snapshot) is everything
    assert own.totals != everything.totals
