"""The trace page: the chain as picture and tables in both languages, ways in and out, the reader's rights."""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dashboards.semantics import ALL, Rights
from dashboards.texts import Language
from tests.dashboards.conftest import ONE_COMPANY
from tests.dashboards.published import Row, publish
from tests.dashboards.test_pages import everything, page

CHAIN = (
    ("purchase_orders", "PO-1", 'PO "1"\\<b>'),
    ("goods_receipts", "GR-1", "GR-1"),
    ("purchase_invoices", "PI-1", "PI-1"),
    ("voucher", "V-1", "记-12"),
)


def look(text: str) -> int:
    """What the macro lookup_key makes of a text: half the lower eight bytes of its MD5."""
    return int.from_bytes(hashlib.md5(text.encode()).digest()[8:], "little") >> 1


def key(kind: str, identity: str) -> int:
    return look(f"erp|{kind}|{identity}")


def rows(companies: tuple[str, ...]) -> dict[str, list[Row]]:
    """A chain of four things, the company of each given, and the lines of its voucher."""
    made: dict[str, list[dict[str, Any]]] = {
        "trace_things": [],
        "trace_links": [],
        "trace_keys": [],
        "ledger_lines": [],
    }
    for (kind, identity, number), company in zip(CHAIN, companies, strict=True):
        made["trace_things"].append(
            {
                "thing_key": key(kind, identity),
                "source_id": "erp",
                "thing_kind": kind,
                "thing_id": identity,
                "thing_no": number,
                "company_code": company,
                "thing_date": datetime.date(2025, 3, 4),
                "ledger_code": "GL" if kind == "voucher" else None,
                "fiscal_year": 2025 if kind == "voucher" else None,
                "period_no": 3 if kind == "voucher" else None,
            }
        )
        for name in {number, identity}:
            made["trace_keys"].append({"search_key": look(name), "thing_key": key(kind, identity)})
    for step, ((kind, identity, number), (to_kind, to_id, to_no)) in enumerate(pairwise(CHAIN)):
        ends = {
            "from_source_id": "erp",
            "from_kind": kind,
            "from_id": identity,
            "from_no": number,
            "from_company_code": companies[step],
            "to_source_id": "erp",
            "to_kind": to_kind,
            "to_id": to_id,
            "to_no": to_no,
            "company_code": companies[step + 1],
        }
        keys = {"from_key": key(kind, identity), "to_key": key(to_kind, to_id)}
        made["trace_links"].append({**ends, **keys, "amount": Decimal(f"{1130 + step}.50")})
        made["trace_keys"].append({"search_key": keys["to_key"], "thing_key": keys["from_key"]})
    for line_no, (account, name, amount) in enumerate(
        [("1405", "库存商品", Decimal("1000")), ("2202", "应付账款", Decimal("-1000"))], start=1
    ):
        made["ledger_lines"].append(
            {
                "source_id": "erp",
                "company_code": companies[-1],
                "company_currency_code": "CNY",
                "ledger_code": "GL",
                "voucher_id": "V-1",
                "voucher_word": "记",
                "voucher_no": "12",
                "line_id": f"V-1-{line_no}",
                "line_no": str(line_no),
                "fiscal_year": 2025,
                "period_no": 3,
                "posting_date": datetime.date(2025, 3, 4),
                "account_code": account,
                "account_name": name,
                "debit": max(amount, Decimal(0)),
                "credit": max(-amount, Decimal(0)),
                "amount": amount,
                "status": "posted",
                "is_primary_ledger": True,
            }
        )
    return {mart: list(content) for mart, content in made.items()}


@pytest.fixture
def traced(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    publish(folder, changes=rows(("HD02",) * 4))
    return folder


def drawn(app: Any) -> str:
    (chart,) = app.get("graphviz_chart")
    return str(chart.proto.spec)


@pytest.mark.parametrize("reader", [ALL, ONE_COMPANY], ids=["all", "one"])
@pytest.mark.parametrize(("language", "invoice"), [("zh", "采购发票"), ("en", "Supplier invoice")])
def test_the_chain_is_drawn_and_listed(
    traced: Path, reader: Rights, language: Language, invoice: str
) -> None:
    app = page("trace", reader, home=traced, language=language, of=["erp", "purchase_invoices", "PI-1"])
    picture = drawn(app)
    assert f'"{invoice}\\nPI-1\\n2025-03-04"' in picture
    assert 'PO \\"1\\"\\\\<b>' in picture
    assert picture.count("->") == 5  # three links, and the voucher's two accounts
    assert "1,132.50" in picture
    links, lines = (frame.value for frame in app.dataframe)
    assert list(links["amount"]) == ["1,131.50", "1,132.50", "1,130.50"]
    assert list(lines["account_code"])[:2] == ["1405", "2202"]
    assert list(lines["debit"]) == ["1,000.00", "", "1,000.00"]


def test_a_number_finds_its_thing_and_a_foreign_one_is_unknown(traced: Path) -> None:
    app = page("trace", home=traced)
    app.text_input(key="trace.search").set_value("记-12").run()
    assert "PI-1" in drawn(app)
    app.text_input(key="trace.search").set_value("no such thing").run()
    assert "no such thing" in everything(app)


def test_what_a_reader_may_not_see_ends_the_chain(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    publish(folder, changes=rows(("HD01", "HD02", "HD02", "HD02")))
    app = page("trace", ONE_COMPANY, home=folder, of=["erp", "voucher", "V-1"])
    assert "GR-1" in drawn(app)
    assert "PO" not in drawn(app) + everything(app)
    hidden = Rights(companies=None, hidden_columns=frozenset({"amount"}), may_export=True)
    app = page("trace", hidden, home=folder, of=["erp", "voucher", "V-1"])
    assert "1,13" not in drawn(app) + everything(app)


def test_voucher_and_trace_lead_to_each_other(traced: Path) -> None:
    app = page("ledger", home=traced, voucher=["erp", "GL", "V-1"])
    app.button(key="ledger.trace_voucher").click().run()
    assert app.query_params["of"] == ["erp", "voucher", "V-1"]
    app = page("trace", home=traced, of=["erp", "voucher", "V-1"])
    app.button(key="trace.open").click().run()
    assert app.query_params["voucher"] == ["erp", "GL", "V-1"]
