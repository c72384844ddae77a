"""A posted voucher on paper: the amount in words, signatures, red figures, nothing from data as markup."""

from decimal import Decimal
from pathlib import Path

import pytest

from bridgebook.books import paper_pdf
from bridgebook.books.paper import in_words
from bridgebook.books.paper_pdf import can_print_pdf
from bridgebook.errors import DecisionRefused, PaperUnavailable
from tests.books.store import desk, draft, posted, sqlite


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("10", "壹拾元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100000000", "壹亿元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100000001.10", "壹亿零壹元壹角整"),
        ("-30", "负叁拾元整"),
    ],
)
def test_amounts_in_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount)) == words


def test_a_voucher_has_its_elements(tmp_path: Path) -> None:
    lines = tuple(each._replace(summary="<b>入库</b>") for each in draft(1).lines)
    found = desk(sqlite(tmp_path), [draft(1, lines=lines)])
    found.post_all(by="赵会计", is_automatic=True)
    paper = found.paper("C1/GL/2025-03/转-1", company_name="恒远", language="zh")
    for word in ("记账凭证", "单位：恒远", "2025年3月5日", "转字第1号", "附件1张", "壹佰元整", "100.00",
                 "制单：R v1", "审核：controller", "记账：赵会计", "出纳：", "会计主管：",
                 "1403", "FP1"):  # fmt: skip
        assert word in paper, word
    assert "<b>" not in paper
    assert "&lt;b&gt;入库" in paper
    with pytest.raises(DecisionRefused, match="there is no posted voucher"):
        found.paper("nothing")


def test_red_amounts_are_red(tmp_path: Path) -> None:
    found = posted(sqlite(tmp_path), 1)
    red = found.reverse("C1/GL/2025-03/转-1", by="clerk", reason="wrong").draft
    found.approve([red.draft_id], by="checker")
    (voucher,) = found.post([red.draft_id], by="bookkeeper").posted
    paper = found.paper(voucher.voucher_id, language="en")
    assert '<td class="money red">-100.00</td>' in paper
    assert "Corrects voucher C1/GL/2025-03/转-1" in paper


def test_a_voucher_is_set_as_pdf_with_its_typeface_and_nothing_in_it_is_markup(tmp_path: Path) -> None:
    lines = tuple(each._replace(summary='*入库* #read("/etc/passwd") $x$ \\') for each in draft(1).lines)
    found = desk(sqlite(tmp_path), [draft(1, lines=lines)])
    found.post_all(by="赵会计", is_automatic=True)
    if not can_print_pdf():
        with pytest.raises(PaperUnavailable, match="fonts-noto-cjk"):
            found.pdf("C1/GL/2025-03/转-1")
        return
    made = found.pdf("C1/GL/2025-03/转-1", company_name="恒远")
    assert made.startswith(b"%PDF-")
    assert b"/FontFile" in made
    assert found.pdf("C1/GL/2025-03/转-1", company_name="恒远") == made
    assert made != found.pdf("C1/GL/2025-03/转-1", company_name="恒达")
    with pytest.raises(DecisionRefused, match="there is no posted voucher"):
        found.pdf("nothing")


def test_a_machine_without_chinese_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = posted(sqlite(tmp_path), 1)
    monkeypatch.setattr(paper_pdf, "CHINESE", ("A typeface that nobody has",))
    paper_pdf._typeface.cache_clear()
    try:
        with pytest.raises(PaperUnavailable, match="no typeface with Chinese") as refusal:
            found.pdf("C1/GL/2025-03/转-1")
        assert "--format html" in refusal.value.sentence("zh")
    finally:
        paper_pdf._typeface.cache_clear()
