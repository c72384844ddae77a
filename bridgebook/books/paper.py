"""A posted voucher as a page to print, as a 记账凭证 looks: lines, total in words, signatures."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import TYPE_CHECKING

from bridgebook.books.corrections import Content
from bridgebook.books.voucher import Line, Posted
from bridgebook.texts import text

if TYPE_CHECKING:
    from bridgebook.texts import Language

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
STYLE = """
.voucher { font-family: "Noto Serif CJK SC", "Songti SC", SimSun, serif; color: #1c2b33; max-width: 60rem; }
.voucher h1 { text-align: center; letter-spacing: .6em; font-size: 1.4rem; margin: .2rem 0 .6rem; }
.voucher .head, .voucher .foot { display: flex; justify-content: space-between; font-size: .9rem; }
.voucher table { width: 100%; border-collapse: collapse; margin: .4rem 0; font-size: .9rem; }
.voucher th, .voucher td { border: 1px solid #607d8b; padding: .3rem .5rem; vertical-align: top; }
.voucher th { font-weight: 600; background: #eceff1; }
.voucher .money { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.voucher .red { color: #c62828; }
.voucher .note { font-size: .75rem; color: #607d8b; word-break: break-all; }
@media print { .voucher { max-width: none; } }
"""


def in_words(value: Decimal) -> str:
    """Return an amount in Chinese capitals, such as 壹仟零伍元叁角整; a negative one with 负 in front."""
    cents = int((abs(value) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    whole, rest = divmod(cents, 100)
    tenth, hundredth = divmod(rest, 10)
    told = f"{_whole(whole)}元" if whole or not cents else ""
    if not rest:
        told += "整"
    else:
        told += f"{DIGITS[tenth]}角" if tenth else ("零" if whole else "")
        told += f"{DIGITS[hundredth]}分" if hundredth else "整"
    return f"负{told}" if value < 0 and cents else told


def _whole(number: int) -> str:
    if not number:
        return DIGITS[0]
    parts: list[str] = []
    groups = [(number // 10_000**index) % 10_000 for index in range(4)]
    is_gap = False
    for index in reversed(range(4)):
        group = groups[index]
        if not group:
            is_gap = bool(parts)
            continue
        if parts and (is_gap or group < 1000):
            parts.append(DIGITS[0])
        parts.append(_group(group) + GROUPS[index])
        is_gap = False
    return "".join(parts)


def _group(number: int) -> str:
    told, is_gap = "", False
    for place in reversed(range(4)):
        digit = (number // 10**place) % 10
        if not digit:
            is_gap = bool(told)
            continue
        told += (DIGITS[0] if is_gap else "") + DIGITS[digit] + UNITS[place]
        is_gap = False
    return told


def paper(
    voucher: Posted,
    content: Content,
    *,
    company_name: str,
    account_names: Mapping[str, str],
    language: "Language" = "zh",
) -> str:
    """Return a voucher as HTML with its style; everything from data is escaped."""

    def say(key: str, **values: object) -> str:
        return escape(text(f"voucher_paper_{key}", language, **values))

    day = voucher.posting_date
    rows = "".join(_row(line, account_names) for line in content.lines)
    red = ' class="red"' if voucher.kind == "red" else ""
    total = in_words(voucher.debit) if language == "zh" else f"{voucher.debit:,.2f}"
    corrects = ""
    if voucher.corrects_voucher_id:
        corrects = f'<div class="note">{say("corrects", voucher=voucher.corrects_voucher_id)}</div>'
    return f"""<style>{STYLE}</style>
<div class="voucher">
<h1{red}>{say("title")}</h1>
<div class="head"><span>{say("company", name=company_name or voucher.company_code)}</span>
<span>{say("date", year=day.year, month=day.month, day=day.day)}</span>
<span>{say("number", word=voucher.voucher_word, number=voucher.voucher_no)}</span>
<span>{say("attachments", count=voucher.attachment_count)}</span></div>
<table><thead><tr><th>{say("summary")}</th><th>{say("account")}</th><th>{say("dimensions")}</th>
<th>{say("debit")}</th><th>{say("credit")}</th></tr></thead>
<tbody>{rows}
<tr><td colspan="3">{say("total", words=total)}</td>{_money(voucher.debit)}{_money(voucher.credit)}</tr>
</tbody></table>
<div class="foot"><span>{say("supervisor", name="　　　")}</span>
<span>{say("posted", name=voucher.posted_by)}</span>
<span>{say("cashier", name=voucher.cashier or "　　　")}</span>
<span>{say("reviewed", name=voucher.reviewed_by)}</span>
<span>{say("prepared", name=voucher.prepared_by)}</span></div>
{corrects}
<div class="note">{
        say("seal", document=voucher.document_no or "-", number=voucher.chain_no, hash=voucher.voucher_hash)
    }</div>
</div>"""


def page(body: str, title: str) -> str:
    """Return a voucher as a whole HTML file."""
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f"{head}<body>{body}</body></html>\n"


def numbered(line: Line, account_names: Mapping[str, str]) -> str:
    """Return the account of a line with its name, as it is written on paper."""
    return f"{line.account_code} {account_names.get(line.account_code, '')}".strip()


def dimensions_of(line: Line) -> str:
    """Return partner, item and whatever else a line is kept by, with foreign amount and quantity."""
    dimensions = [
        line.partner_code, line.item_code, line.org_unit_code, line.employee_code, line.project_code,
        line.bank_account_code,
    ]  # fmt: skip
    told = " / ".join(each for each in dimensions if each)
    if line.currency_amount is not None:
        told += f" {line.document_currency_code} {line.currency_amount:,.2f}"
    if line.quantity is not None:
        told += f" {line.quantity.normalize():f} {line.uom_code or ''}"
    return told.strip()


def _row(line: Line, account_names: Mapping[str, str]) -> str:
    cells = (line.summary or "", numbered(line, account_names), dimensions_of(line))
    texts = "".join(f"<td>{escape(each)}</td>" for each in cells)
    return f"<tr>{texts}{_money(line.debit)}{_money(line.credit)}</tr>\n"


def _money(value: Decimal) -> str:
    if not value:
        return '<td class="money"></td>'
    kind = "money red" if value < 0 else "money"
    return f'<td class="{kind}">{value:,.2f}</td>'
