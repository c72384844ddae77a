"""Vouchers as the text file that Yonyou U8 takes in (总账工具 凭证引入): GB18030, one line per entry.

Lines with the same date, word and business number (业务号) are one voucher there. The business number is our
reference; U8 keeps it (coutno_id) and gives its own number when it takes the file in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ingestion.errors import LetterUnreadable
from ingestion.outbound.files import FolderTarget, hand_over, harmless, plain_code
from ingestion.outbound.target import Answer, Letter, short_reference
from ingestion.outbound.voucher import Line, Voucher, read_voucher
from ingestion.texts import sentence

TITLE = "填制凭证,V800"
LONGEST_SUMMARY, LONGEST_NUMBER = 60, 30  # characters
COLUMNS = (
    "制单日期", "凭证类别字", "业务号", "附单据数", "摘要", "科目编码", "借方金额", "贷方金额",
    "数量", "外币", "汇率", "制单人", "结算方式", "票号", "发生日期", "部门编码", "个人编码", "客户编码",
    "供应商编码", "业务员", "项目编码",
)  # fmt: skip


class U8File(FolderTarget):
    """Holds the folder in which the files are left."""

    file_name = "voucher_{batch}.txt"

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Write one file with every voucher of the batch that can be written."""
        answers: dict[str, Answer] = {}
        lines, held = [TITLE], []
        for letter in letters:
            try:
                voucher = read_voucher(letter.reference, letter.payload)
                lines += [_line(voucher, line) for line in voucher.lines]
            except LetterUnreadable as error:
                answers[letter.reference] = Answer("refused", f"{error.zh} | {error.en}")
                continue
            held.append(letter.reference)
            answers[letter.reference] = Answer("acknowledged", _remark(voucher), self._name(batch))
        if held:
            content = "".join(f"{line}\r\n" for line in lines).encode("gb18030")
            hand_over(self._settings.id, self._folder, self._name(batch), content, held)
        return answers


def _line(voucher: Voucher, line: Line) -> str:
    codes = {kind: plain_code(voucher.reference, code) for kind, code in line.dimensions().items()}
    is_foreign = line.currency != voucher.currency
    cells = {
        "制单日期": voucher.day.isoformat(),
        "凭证类别字": harmless(voucher.word),
        "业务号": plain_code(voucher.reference, short_reference(voucher.reference, LONGEST_NUMBER)),
        "附单据数": str(voucher.attachments),
        "摘要": harmless(line.summary)[:LONGEST_SUMMARY],
        "科目编码": plain_code(voucher.reference, line.account_code),
        "借方金额": _amount(line.debit),
        "贷方金额": _amount(line.credit),
        "数量": _amount(line.quantity) if line.quantity is not None else "0",
        "外币": _amount(line.currency_amount) if is_foreign else "0",
        "汇率": _amount(line.rate) if is_foreign else "0",
        "制单人": harmless(voucher.prepared_by),
        "发生日期": voucher.day.isoformat(),
        "部门编码": codes.get("department", ""),
        "个人编码": codes.get("employee", ""),
        "客户编码": codes.get("customer", ""),
        "供应商编码": codes.get("supplier", ""),
        "项目编码": codes.get("project", ""),
    }
    return ",".join(cells.get(column, "") for column in COLUMNS)


def _remark(voucher: Voucher) -> str | None:
    if all(len(harmless(line.summary)) <= LONGEST_SUMMARY for line in voucher.lines):
        return None
    told = sentence("summary_shortened", limit=LONGEST_SUMMARY)
    return f"{told.zh} | {told.en}"


def _amount(amount: Decimal) -> str:
    """Return an amount with two decimals at least and no digit lost; a zero stays a zero."""
    exact = amount.normalize() if amount else Decimal(0)
    places = -int(exact.as_tuple().exponent)
    return f"{exact:.{max(2, places)}f}"
