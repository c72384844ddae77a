"""The workbench page: what it shows, who may decide there, and that a decision is seen at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridgebook import settings
from bridgebook.books.masters import open_desk
from dashboards.deciding import Item, code_of, decide, overlaid, proposal_of
from dashboards.semantics import ALL, Rights
from tests.dashboards.published import publish
from tests.dashboards.test_pages import everything, page

SETTINGS = """
language = "zh"
[[source]]
id = "sap"
system = "sap"
url = "sqlite:///sap.sqlite"
[[source]]
id = "u8"
system = "u8"
url = "sqlite:///u8.sqlite"
"""
LOOKER = Rights(companies=None, may_export=True)
ONE_COMPANY = Rights(companies=frozenset({"HD02"}), may_export=True, may_decide=True)


def code(number: int, confidence: str | None, amount: str) -> dict[str, Any]:
    """Return a row of the worklist: a supplier V<number> with a proposal, or without one."""
    row: dict[str, Any] = {
        "entity": "partners",
        "source_id": "u8",
        "partner_kind": "supplier",
        "source_code": f"V{number}",
        "source_name": f"恒达 *{number}* 有限责任公司",
        "amount_at_stake": Decimal(amount),
        "line_count": 3,
    }
    if confidence is None:
        return row | {"proposed_master_code": None}
    proposal = {
        "proposed_master_code": str(100000 + number),
        "proposed_name": f"恒达 *{number}* 有限公司",
        "confidence": Decimal(confidence),
        "candidate_count": 1,
        "evidence_zh": "税号相同",
        "evidence_en": "same tax id",
    }
    row |= proposal
    made = proposal_of(row | {"proposal_id": ""})
    assert made is not None
    return row | {"proposal_id": made.mapped.proposal_id}


ROWS = [code(1, "1.0", "5000"), code(2, "0.6", "300"), code(3, None, "20")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    publish(folder, changes={"unmapped_codes": ROWS})
    (folder / "bridgebook.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def test_the_worklist_stands_with_its_evidence_and_money(home: Path) -> None:
    said = everything(page("masters", home=home, language="en"))
    assert "V1  恒达 *1* 有限责任公司" in said
    assert "100001  恒达 *1* 有限公司" in said
    assert "same tax id" in said
    assert "5,000.00" in said
    assert "100.0%" in said


def test_all_listed_are_approved_at_one_press_and_shown_as_such(home: Path) -> None:
    app = page("masters", home=home, language="zh")
    next(box for box in app.checkbox if str(box.key).startswith("masters.open.all")).check().run()
    assert "已选 2 项，涉及金额 5,300" in everything(app).replace("\\", "")
    app.text_input(key="masters.reason").input("已核对").run()
    app.button(key="masters.approve").click().run()
    assert [failure.value for failure in app.error] == []
    assert [told.value.replace("\\", "") for told in app.success][:1] == ["已批准 2 项，下次运行生效。"]
    desk = open_desk(settings.load(home))
    assert {m.master_code for m in desk.decided().mappings} == {"100001", "100002"}
    assert {d.reason for d in desk.decided().last.values()} == {"已核对"}
    shown = everything(page("masters", home=home, language="zh", view="approved"))
    assert "已批准，下次运行生效" in shown
    assert "V2" in shown
    assert "V3" not in shown.replace("V3*", "")
    assert "V1  " not in everything(page("masters", home=home, language="zh"))


def test_who_may_not_decide_sees_no_button_and_who_sees_one_company_sees_nothing(home: Path) -> None:
    app = page("masters", LOOKER, home=home, language="en")
    assert [button.key for button in app.button if str(button.key).startswith("masters.")] == []
    assert "You may look, but not decide" in everything(app)
    assert len(app.checkbox) == 0
    said = everything(page("masters", ONE_COMPANY, home=home, language="en"))
    assert "open only to readers who may see every company" in said
    assert "V1" not in said


def test_a_refused_decision_says_why_and_records_nothing(home: Path) -> None:
    desk = open_desk(settings.load(home))
    items = overlaid(ROWS, desk.decided())
    assert [item.state for item in items] == ["open"] * 3
    assert decide(desk, "approve", items[:1], by="a", reason="") is None
    again = decide(desk, "approve", items[:2], by="b", reason="")
    assert again is not None
    assert "was approved already, by a" in again.sentence("en")
    assert [item.state for item in overlaid(ROWS, desk.decided())] == ["approved", "open", "open"]
    assert decide(desk, "reject", items[1:2], by="b", reason="no") is None
    last: Item = overlaid(ROWS, desk.decided())[1]
    assert (last.state, last.decided_by, code_of(last.row).source_code) == ("rejected", "b", "V2")


def test_without_a_book_store_the_page_shows_and_says_why(home: Path) -> None:
    (home / "bridgebook.toml").write_text("language = 3\n", encoding="utf-8")
    app = page("masters", ALL, home=home, language="en")
    said = everything(app)
    assert "Decisions cannot be made now" in said.replace("\\", "")
    assert "V1" in said
