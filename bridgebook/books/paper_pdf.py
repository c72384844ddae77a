"""A posted voucher as PDF: a typst page filled from data, so that nothing in the data can become markup."""

import json
import tempfile
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgebook.books.corrections import Content
from bridgebook.books.paper import dimensions_of, in_words, numbered
from bridgebook.books.voucher import Posted
from bridgebook.errors import PaperUnavailable
from bridgebook.texts import text

if TYPE_CHECKING:
    from bridgebook.texts import Language

CHINESE = (
    "Noto Serif CJK SC",
    "Noto Sans CJK SC",
    "Source Han Serif SC",
    "Source Han Sans SC",
    "Songti SC",
    "PingFang SC",
    "SimSun",
    "NSimSun",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "AR PL UMing CN",
)
"""Typefaces with simplified Chinese that systems bring along, the most readable on paper first."""


def pdf(
    voucher: Posted,
    content: Content,
    *,
    company_name: str,
    account_names: Mapping[str, str],
    language: "Language" = "zh",
) -> bytes:
    """Return a voucher as PDF with its typeface inside; the same voucher gives the same bytes.

    Raises PaperUnavailable where this machine has no typeface with Chinese characters.
    """
    import typst

    face = _typeface()
    if face is None:
        raise PaperUnavailable("paper_no_typeface", known=", ".join(CHINESE[:4]))
    told = _told(voucher, content, company_name, account_names, language) | {"face": face}
    page = files("bridgebook.books").joinpath("paper.typ").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "voucher.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        Path(folder, "page.typ").write_text(page, encoding="utf-8")
        made = typst.compile(str(Path(folder, "page.typ")), root=folder)
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made)} instead of one file")
    return made


def can_print_pdf() -> bool:
    """Tell whether this machine has a typeface with Chinese characters."""
    return _typeface() is not None


@cache
def _typeface() -> str | None:
    import typst

    known = set(typst.Fonts().families())
    return next((name for name in CHINESE if name in known), None)


def _told(
    voucher: Posted,
    content: Content,
    company_name: str,
    account_names: Mapping[str, str],
    language: "Language",
) -> dict[str, Any]:
    """Everything that the page shows, as text."""

    def say(key: str, **values: object) -> str:
        return text(f"voucher_paper_{key}", language, **values)

    day, seal = voucher.posting_date, {"number": voucher.chain_no, "hash": voucher.voucher_hash}
    corrects = voucher.corrects_voucher_id
    return {
        "title": say("title"),
        "is_red": voucher.kind == "red",
        "head": [
            say("company", name=company_name or voucher.company_code),
            say("date", year=day.year, month=day.month, day=day.day),
            say("number", word=voucher.voucher_word, number=voucher.voucher_no),
            say("attachments", count=voucher.attachment_count),
        ],
        "columns": [say(name) for name in ("summary", "account", "dimensions", "debit", "credit")],
        "lines": [
            {
                "summary": line.summary or "",
                "account": numbered(line, account_names),
                "dimensions": dimensions_of(line),
                "debit": _money(line.debit),
                "credit": _money(line.credit),
            }
            for line in content.lines
        ],
        "total": say("total", words=in_words(voucher.debit) if language == "zh" else f"{voucher.debit:,.2f}"),
        "debit": _money(voucher.debit),
        "credit": _money(voucher.credit),
        "foot": [
            say("supervisor", name=""),
            say("posted", name=voucher.posted_by),
            say("cashier", name=voucher.cashier or ""),
            say("reviewed", name=voucher.reviewed_by),
            say("prepared", name=voucher.prepared_by),
        ],
        "notes": [
            *([say("corrects", voucher=corrects)] if corrects else []),
            say("seal", document=voucher.document_no or "-", **seal),
        ],
    }


def _money(value: Decimal) -> str:
    return f"{value:,.2f}" if value else ""
