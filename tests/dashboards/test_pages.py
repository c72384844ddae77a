"""Every page in both languages, for a reader of everything and one of one company: what it shows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

import dashboards
from dashboards.house import open_house
from dashboards.semantics import ALL, Rights
from dashboards.texts import LANGUAGES, Language, text
from tests.dashboards.conftest import ONE_COMPANY
from tests.dashboards.published import publish

SCRIPT = Path(dashboards.__file__).with_name("app.py")
PAGES = ("overview", "procurement", "sales", "bridge", "ledger", "lines", "health", "mapping")
QUARTER = {"from": "2025-01", "to": "2025-03"}
READERS = {"all": ALL, "one": ONE_COMPANY}


def page(
    name: str, rights: Rights = ALL, *, home: Path, language: Language = "zh", **address: Any
) -> AppTest:
    """Open a page by its address, as a link would."""
    open_house(home, rights=lambda: rights)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    app.query_params["lang"] = language
    for key, value in (QUARTER | address).items():
        app.query_params[key] = value
    app.run()
    if name != "overview":
        app._page_hash = next(
            found for found, info in app._registered_pages.items() if info.get("url_pathname") == name
        )
        app.run()
    assert [failure.message for failure in app.exception] == []
    assert [failure.value for failure in app.error] == []
    return app


def everything(app: AppTest) -> str:
    """All that a page says."""
    said = [
        element.value
        for kind in ("title", "subheader", "caption", "markdown", "warning", "info")
        for element in app.get(kind)
    ]
    said += [f"{metric.label} {metric.value}" for metric in app.metric]
    said += [frame.value.to_string() for frame in app.dataframe]
    said += [str(widget.options) for kind in ("multiselect", "selectbox") for widget in app.get(kind)]
    return "\n".join(str(part) for part in said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_its_figures_are(name: str, reader: str, language: Language, home: Path) -> None:
    app = page(name, READERS[reader], home=home, language=language)
    assert app.title[0].value == text(f"page.{name}", language)
    said = everything(app).replace("\\", "")
    assert "2025-01..2025-03" in said
    assert "20250701T000000000Z" in said
    assert "2025-07-01 02:03 UTC" in said
    assert text("frame.complete", language) in said
    if name not in ("health", "mapping"):
        assert f"**{text('frame.caliber', language)}**" in said
    is_limited = text("frame.limited", language) in said
    assert is_limited == (reader == "one")
    if reader == "one":
        assert "HD01" not in said
        assert "恒远制造" not in said
        assert "HKD" not in said
    else:
        assert "HD01" in said


@pytest.mark.parametrize(("reader", "company"), [("all", None), ("one", "HD02")])
def test_overview_figures_are_those_of_sql(
    reader: str, company: str | None, home: Path, direct: duckdb.DuckDBPyConnection
) -> None:
    app = page("overview", READERS[reader], home=home, language="en")
    shown = {metric.label.split(" ")[0]: Decimal(metric.value.replace(",", "")) for metric in app.metric}
    scope = "company_currency_code = 'CNY' and (? is null or company_code = ?)"
    quarter = f"{scope} and fiscal_year = 2025 and period_no <= 3"

    def figure(sql: str) -> Decimal:
        row = direct.execute(sql, [company, company]).fetchone()
        assert row is not None
        return Decimal(row[0]).quantize(Decimal("0.01"))

    assert shown == {
        "Purchases": figure(
            f"select sum(net_amount) from marts.procurement_events where event = 'invoiced' and {quarter}"
        ),
        "Sales": figure(
            f"select sum(net_amount) from marts.sales_events where event = 'invoiced' and {quarter}"
        ),
        "Result": figure(
            "select -sum(amount) from marts.ledger_lines where account_type in ('revenue', 'expense') "
            f"and {quarter}"
        ),
        "Cash": figure(
            "select sum(closing_amount) from marts.trial_balance where account_code = '1002' "
            f"and fiscal_year = 2025 and period_no = 3 and {scope}"
        ),
        "Receivables": figure(
            "select sum(closing_amount) from marts.trial_balance where account_code = '1122' "
            f"and fiscal_year = 2025 and period_no = 3 and {scope}"
        ),
        "Payables": figure(
            "select -sum(closing_amount) from marts.trial_balance where account_code = '2202' "
            f"and fiscal_year = 2025 and period_no = 3 and {scope}"
        ),
    }


def test_overview_speaks_in_ten_thousands_when_asked(home: Path) -> None:
    app = page("overview", home=home)
    plain = {metric.label: metric.value for metric in app.metric}
    app.segmented_control(key="unit").set_value("ten_thousand").run()
    assert "货币资金 (CNY 万元)" in {metric.label for metric in app.metric}
    cash = Decimal(plain["货币资金 (CNY 元)"].replace(",", ""))
    shown = next(metric.value for metric in app.metric if metric.label.startswith("货币资金"))
    assert Decimal(shown) == (cash / 10_000).quantize(Decimal("0.01"))


def test_a_currency_is_chosen_not_mixed(home: Path) -> None:
    app = page("overview", home=home, language="en")
    first = [metric.value for metric in app.metric]
    app.segmented_control(key="currency").set_value("HKD").run()
    assert all("HKD" in metric.label for metric in app.metric)
    assert [metric.value for metric in app.metric] != first


@pytest.mark.parametrize("name", ["procurement", "sales"])
@pytest.mark.parametrize("view", ["summary", "order_lines", "events", "matching", "ageing"])
def test_flow_views_have_rows_and_totals(name: str, view: str, home: Path) -> None:
    app = page(name, home=home, view=view)
    assert app.segmented_control(key=f"{name}.view").value == view
    frame = app.dataframe[0].value
    assert len(frame) > 2
    labels = frame.iloc[:, 0].tolist()
    assert any(str(label).startswith("合计") for label in labels) or len(app.dataframe) == 2


def test_filters_narrow_figures_and_table_alike(home: Path, direct: duckdb.DuckDBPyConnection) -> None:
    app = page("procurement", home=home, language="en")
    app.multiselect(key="procurement.partner_code").set_value(["S001"]).run()
    expected = direct.execute(
        "select sum(net_amount) from marts.procurement_events where event = 'ordered' "
        "and partner_code = 'S001' and company_currency_code = 'CNY' "
        "and fiscal_year = 2025 and period_no <= 3"
    ).fetchone()
    assert expected is not None
    shown = f"{expected[0]:,.2f}"
    assert next(metric.value for metric in app.metric if metric.label.startswith("Ordered")) == shown
    total = app.dataframe[0].value.query("partner_code == 'Total CNY'")
    assert total["ordered_amount"].tolist() == [shown]


def test_the_way_down_from_trial_balance_to_document(home: Path, direct: duckdb.DuckDBPyConnection) -> None:
    number = direct.execute(
        "select voucher_no from marts.ledger_lines where voucher_id = 'SO-HD01-2503-1-invoiced-V'"
    ).fetchone()
    assert number is not None
    way = {"account": "1122"}
    account = page("ledger", home=home, **way)
    metrics = {metric.label: metric.value for metric in account.metric}
    lines = account.dataframe[0].value
    assert "1122 应收账款" in [button.label for button in account.button]
    assert metrics["期初余额 (CNY)"] == "18,221.26"
    assert lines["running_amount"].iloc[0] != ""
    way |= {"voucher": ["erp", "GL", "SO-HD01-2503-1-invoiced-V"]}  # type: ignore[dict-item]
    voucher = page("ledger", home=home, **way)
    rows = voucher.dataframe[0].value
    assert rows["account_code"].tolist()[:2] == ["1122", "6001"]
    assert rows["debit"].iloc[-1] == rows["credit"].iloc[-1]
    way |= {"document": ["erp", "sales_invoices", "SO-HD01-2503-1-invoiced", "SO-HD01-2503-1/I"]}  # type: ignore[dict-item]
    document = page("ledger", home=home, **way)
    assert document.dataframe[0].value["event"].iloc[0] == "开票"
    assert document.dataframe[1].value["voucher_no"].iloc[0] == number[0]
    assert len([button for button in document.button if "step" in str(button.key)]) == 4


def test_unposted_vouchers_are_counted_only_when_asked_for_and_the_caliber_says_so(home: Path) -> None:
    app = page("ledger", home=home, language="en")
    posted = app.dataframe[0].value
    app.segmented_control(key="ledger.scope").set_value("all").run()
    assert "Primary ledger, with unposted" in everything(app).replace("\\", "")
    assert app.dataframe[0].value["closing_amount"].tolist() == posted["closing_amount"].tolist()


def test_a_link_to_a_foreign_voucher_shows_nothing_of_it(home: Path) -> None:
    app = page("ledger", ONE_COMPANY, home=home, voucher=["erp", "GL", "SO-HD01-2503-1-invoiced-V"])
    assert app.dataframe.len == 0
    assert "上海商行" not in everything(app)


def test_a_link_that_names_a_foreign_company_is_narrowed_to_the_rights(home: Path) -> None:
    app = page("overview", ONE_COMPANY, home=home, company=["HD01"])
    assert app.multiselect(key="companies").value == []
    assert "HD01" not in everything(app)


def test_lines_are_grouped_and_totalled_by_caliber(home: Path, direct: duckdb.DuckDBPyConnection) -> None:
    app = page("lines", home=home, language="en")
    totals = app.dataframe[1].value
    amounts = dict(zip(totals["Total"], totals["Amount"], strict=True))
    expected = direct.execute(
        "select sum(amount) from marts.unified_lines where caliber_code = 'sales_invoiced' "
        "and company_currency_code = 'HKD' and fiscal_year = 2025 and period_no <= 3"
    ).fetchone()
    assert expected is not None
    assert amounts["Sales invoiced (net) HKD"] == f"{expected[0]:,.2f}"
    app.segmented_control(key="lines.group").set_value("caliber").run()
    assert "Purchases ordered (net)" in app.dataframe[0].value["caliber_code"].tolist()


def test_pages_of_a_table(home: Path) -> None:
    app = page("lines", home=home)
    first = app.dataframe[0].value
    assert len(first) == 25
    app.get("pagination")[0].set_value(2)
    app.run()
    second = app.dataframe[0].value
    assert len(second) == 25
    assert not first.equals(second)
    assert "第 26–50 行" in "".join(caption.value.replace("\\", "") for caption in app.caption)


def test_values_beyond_the_first_thousand_are_found_by_searching(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("dashboards.reader", "dashboards.filters"):
        monkeypatch.setattr(f"{module}.MOST_CHOICES", 2)
    app = page("lines", home=home, language="en")
    box = app.multiselect(key="lines.item_code")
    assert box.options == ["M01 钢板", "M02 纸箱"]
    box.set_value(["M01"]).run()
    app.text_input(key="lines.item_code.find").set_value("水泵").run()
    assert app.multiselect(key="lines.item_code").options == ["M01 钢板", "P01 水泵"]
    app.multiselect(key="lines.item_code").set_value(["M01", "P01"]).run()
    assert set(app.dataframe[0].value["item_name"]) <= {"钢板", "水泵", ""}
    app.text_input(key="lines.item_code.find").set_value("nothing").run()
    assert app.multiselect(key="lines.item_code").value == ["M01", "P01"]


@pytest.mark.parametrize(
    "view", ["runs", "tables", "files", "totals", "quarantine", "unmapped", "checks", "controls"]
)
def test_health_views(view: str, home: Path) -> None:
    app = page("health", home=home, view=view)
    assert [metric.value for metric in app.metric][1:] == ["0", "0", "0"]
    assert app.dataframe.len == (0 if view == "quarantine" else 1)


@pytest.mark.parametrize(
    ("view", "first"),
    [
        (
            "columns",
            [
                "kontor",
                "凭证分录",
                "debit",
                "名称 debit",
                "编码",
                "是",
                "推导",
                "voucher_line",
                "amount",
                "取值",
            ],
        ),
        ("coverage", ["kontor", "凭证分录", "4", "3", "0", "2", "1", "1"]),
        ("vendor", ["kontor", "voucher", "is_booked", "凭证分录", "status", "名称 status", "推导", "判断"]),
    ],
)
def test_the_field_mapping_and_its_views(view: str, first: list[str], home: Path) -> None:
    app = page("mapping", home=home, view=view)
    shown = app.dataframe[0].value
    assert shown.iloc[0].tolist()[: len(first)] == first
    assert len(shown) == {"columns": 4, "coverage": 2, "vendor": 2}[view]
    app.multiselect(key=f"mapping.{view}.kind").set_value(
        ["not_filled" if view != "vendor" else "derived"]
    ).run()
    assert len(app.dataframe[0].value) == {"columns": 1, "coverage": 2, "vendor": 2}[view]


def test_a_home_without_a_snapshot_tells_what_to_do(tmp_path: Path) -> None:
    open_house(tmp_path)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert not app.exception
    assert "bridgebook run" in app.error[0].value


def test_a_reader_without_rights_gets_a_sentence(home: Path) -> None:
    open_house(home, rights=Rights)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert not app.exception
    assert "权限" in app.error[0].value
    assert app.dataframe.len == 0


def test_incomplete_data_is_shown_with_its_reasons(tmp_path: Path) -> None:
    changes: dict[str, list[dict[str, Any]]] = {
        "sync_tables": [
            {"run_id": "r1", "source_id": "erp", "table_name": "sale_line", "is_complete": False}
        ],
        "sync_totals": [{"run_id": "r1", "source_id": "erp", "table_name": "sale_line", "is_equal": False}],
        "quarantined_rows": [{"source_id": "erp", "table_name": "sale_line", "key": "7", "state": "held"}],
    }
    publish(tmp_path / "home", changes=changes)
    app = page("overview", home=tmp_path / "home", language="en")
    warning = app.warning[0].value.replace("\\", "")
    assert "erp:sale_line" in warning
    assert "1 totals disagree" in warning
    assert "1 rows in quarantine" in warning
    assert len(app.metric) == 6


def test_a_failed_run_after_the_snapshot_is_told_and_the_last_good_data_stays(tmp_path: Path) -> None:
    import sqlite3

    home = tmp_path / "home"
    publish(home)
    with sqlite3.connect(home / "runs.sqlite") as ledger:
        ledger.execute("create table sync_runs (run_id, kind, status, started_at, finished_at)")
        ledger.execute(
            "insert into sync_runs values "
            "('r9', 'build', 'failure', '2025-07-02 03:00:00', '2025-07-02 03:01:00')"
        )
    app = page("overview", home=home, language="en")
    assert "2025-07-02 03:01 UTC" in app.warning[0].value.replace("\\", "")
    assert len(app.metric) == 6
    with sqlite3.connect(home / "runs.sqlite") as ledger:
        ledger.execute(
            "insert into sync_runs values "
            "('s1', 'build', 'success', '2025-07-02 04:00:00', '2025-07-02 04:01:00')"
        )
    assert not page("overview", home=home, language="en").warning


HOSTILE = (
    "![x](http://evil.example/p.png) [y](http://evil.example) <img src=x onerror=alert(1)> `c` $x$ :red[z]"
)


def test_markdown_in_data_stays_text(tmp_path: Path) -> None:
    """Company names, calibers, messages: whatever comes from data is escaped where Markdown is read."""
    home = tmp_path / "home"
    caliber = {
        "caliber_code": "purchases_invoiced",
        "name_zh": HOSTILE,
        "name_en": HOSTILE,
        "definition_zh": HOSTILE,
    }
    company = {
        "company_code": "HD09",
        "company_name": HOSTILE,
        "source_id": "erp",
        "base_currency_code": "CNY",
    }
    table = {"run_id": "r1", "source_id": "erp", "table_name": HOSTILE, "is_complete": False}
    publish(home, changes={"calibers": [caliber], "companies": [company], "sync_tables": [table]})
    for name in PAGES:
        app = page(name, Rights(companies=frozenset({"HD01", "HD09"}), may_export=True), home=home)
        for kind in ("title", "subheader", "caption", "markdown", "warning", "info", "success"):
            for element in app.get(kind):
                assert "](http" not in element.value
                assert "<img" not in element.value.replace("\\<", "")
        for metric in app.metric:
            assert "](http" not in metric.label + metric.help


def test_exports_are_offered_only_to_those_who_may(home: Path) -> None:
    assert len(page("lines", home=home).get("download_button")) == 2
    reader = Rights(companies=None, may_export=False)
    assert len(page("lines", reader, home=home).get("download_button")) == 0
