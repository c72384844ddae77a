"""The voucher page over a small snapshot: review, post, print, and who may do what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridgebook.books.chain import verify_books
from bridgebook.books.vouchers import open_voucher_desk
from bridgebook.settings import load
from dashboards.semantics import Rights
from tests.dashboards.published import publish
from tests.dashboards.test_pages import everything, page

LOOKER = Rights(companies=None, may_export=True)
OTHER = Rights(companies=frozenset({"HD02"}), may_export=True, may_decide=True)
CHECKER = Rights(companies=None, may_export=True, may_decide=True, name="王审核")


def rows(number: int, amount: str, state: str = "draft") -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a draft of one supplier invoice."""
    value = Decimal(amount)
    name = f"purchase_invoice:erp:HD01:purchase_invoices,{number}:2025-3"
    head = {
        "source_id": "erp", "rule_code": "CN-PURCHASE-STOCK", "rule_version": 1, "event": "purchase_invoice",
        "ledger_code": "GL", "company_code": "HD01", "company_currency_code": "CNY",
        "document_entity": "purchase_invoices", "document_id": str(number), "document_no": f"FP{number}",
    }  # fmt: skip
    when = {"fiscal_year": 2025, "period_no": 3, "voucher_date": date(2025, 3, 5), "correction_no": 0}
    draft = head | when | {
        "draft_id": name, "posting_date": date(2025, 3, 5), "voucher_word": "转", "line_count": 2,
        "debit": value, "credit": value, "attachment_count": 1, "content_hash": amount, "state": state,
    }  # fmt: skip
    lines = [
        head | {
            "draft_id": name, "line_no": position, "account_role": role, "account_code": account,
            "side": side,
            "summary": f"采购入库 *{number}*", "debit": value if side == "debit" else Decimal(0),
            "credit": Decimal(0) if side == "debit" else value,
            "amount": value if side == "debit" else -value, "state": state,
        }
        for position, (role, account, side) in enumerate(
            (("inventory", "1405", "debit"), ("accounts_payable", "2202", "credit")), 1
        )
    ]  # fmt: skip
    expected = head | when | {
        "expected_voucher_id": name, "line_no": 1, "line_id": f"{number}.1", "summary": "x",
    }  # fmt: skip
    return {"voucher_drafts": [draft], "voucher_draft_lines": lines, "expected_voucher_lines": [expected]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    changes: dict[str, list[dict[str, Any]]] = {}
    for found in (rows(1, "5000"), rows(2, "300"), rows(3, "20", "incomplete")):
        for mart, more in found.items():
            changes.setdefault(mart, []).extend(more)
    changes["unposted_documents"] = [
        {
            "source_id": "erp", "company_code": "HD01", "company_currency_code": "CNY", "document_no": number,
            "event": "purchase_invoice", "reason": "no_rule", "reason_zh": "没有适用的规则",
            "reason_en": "no rule", "age_days": days, "amount": Decimal(amount), "owner": owner,
            "document_entity": "purchase_invoices", "document_id": f"{number}-id", "line_no": "1",
        }
        for number, amount, days, owner in (("FP9", "70.50", 12, "payables"), ("FP8", "30", 95, "accounting"))
    ]  # fmt: skip
    publish(folder, changes=changes)
    (folder / "bridgebook.toml").write_text('language = "zh"\n', encoding="utf-8")
    return folder


def test_drafts_are_reviewed_posted_and_printed(home: Path) -> None:
    app = page("vouchers", CHECKER, home=home)
    assert "FP1" in everything(app)
    assert "FP3" not in everything(app)
    next(box for box in app.checkbox if str(box.key).startswith("vouchers.draft.all")).check().run()
    assert "已选 2 张，合计 5,300.00" in everything(app).replace("\\", "")
    assert "采购入库 *1*" in everything(app)
    app.button(key="vouchers.approve").click().run()
    assert [failure.value for failure in app.error] == []
    assert [told.value.replace("\\", "") for told in app.success][:1] == ["已审核 2 张。"]
    app = page("vouchers", CHECKER, home=home, view="approved")
    app.button(key="vouchers.post_all").click().run()
    assert "已记账 2 张；凭证链锚点 2:" in app.success[0].value.replace("\\", "")
    desk = open_voucher_desk(load(home))
    assert [(each.voucher_id, each.reviewed_by) for each in desk.vouchers()] == [
        ("HD01/GL/2025-06/转-1", "王审核"), ("HD01/GL/2025-06/转-2", "王审核"),
    ]  # fmt: skip
    assert verify_books(desk.engine).faults == ()
    said = everything(page("vouchers", CHECKER, home=home, view="posted"))
    assert "HD01/GL/2025-06/转-2" in said
    assert "凭证链锚点 2:" in said


def test_held_drafts_are_listed_with_their_state(home: Path) -> None:
    assert "待补辅助核算" in everything(page("vouchers", home=home, view="held"))


def test_documents_without_voucher_are_listed_with_reason_amount_age_and_owner(home: Path) -> None:
    app = page("unposted", home=home)
    by_reason, lines = (frame.value for frame in app.dataframe)
    assert by_reason.iloc[0][["reason", "amount", "line_count"]].tolist() == ["没有适用的规则", "100.50", "2"]
    assert lines[["document_no", "owner", "age_days", "amount"]].to_numpy().tolist() == [
        ["FP8", "总账会计", "95", "30.00"], ["FP9", "应付会计", "12", "70.50"], ["", "", "", "100.50"],
    ]  # fmt: skip
    app.multiselect(key="unposted.owner").set_value(["payables"]).run()
    assert "FP8" not in everything(app)
    app.multiselect(key="unposted.owner").set_value([]).run()
    app.segmented_control(key="unposted.age").set_value(90).run()
    assert "FP9" not in everything(app)
    assert "FP8" in everything(app)
    assert "FP9" not in everything(page("unposted", OTHER, home=home))


def test_who_may_not_decide_sees_no_button_and_other_companies_stay_hidden(home: Path) -> None:
    app = page("vouchers", LOOKER, home=home)
    assert [each.key for each in app.button if str(each.key).startswith("vouchers.")] == []
    assert "FP1" in everything(app)
    assert "FP1" not in everything(page("vouchers", OTHER, home=home))
    hidden = Rights(companies=None, hidden_columns=frozenset({"partner_name"}))
    assert "FP1" not in everything(page("vouchers", hidden, home=home))
