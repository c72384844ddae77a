"""Vouchers as the workbook that Kingdee K/3 Cloud takes in (凭证引入): keys, names, then one row per entry.

What belongs to the head stands in the first row of each voucher only. Every cell is text, so that nothing in
it can be a formula and no code loses its zeros.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

import xlsxwriter

from ingestion.errors import LetterUnreadable
from ingestion.outbound.files import FolderTarget, hand_over
from ingestion.outbound.kingdee_webapi import DIMENSIONS, HAND_ENTRY, LINE_REFERENCE
from ingestion.outbound.target import Answer, Letter, TargetSettings
from ingestion.outbound.voucher import Line, Voucher, read_voucher

SHEET = "凭证#单据头(FBillHead)"
HEAD = (
    ("FBillHead(GL_VOUCHER)", "*单据头(序号)"),
    ("FAccountBookID", "*(单据头)账簿#编码"),
    ("FDate", "*(单据头)日期"),
    ("FBUSDATE", "(单据头)业务日期"),
    ("FYEAR", "(单据头)会计年度"),
    ("FPERIOD", "(单据头)期间"),
    ("FVOUCHERGROUPID", "*(单据头)凭证字#编码"),
    ("FVOUCHERGROUPNO", "*(单据头)凭证号"),
    ("FATTACHMENTS", "(单据头)附件数"),
    ("FSourceBillKey", "(单据头)业务类型#编码"),
    ("*Split*1", "间隔列"),
)
ENTRY = (
    ("FEntity", "*分录(序号)"),
    ("FEXPLANATION", "(分录)摘要"),
    ("FACCOUNTID", "*(分录)科目编码#编码"),
    ("FCURRENCYID", "*(分录)币别#编码"),
    ("FEXCHANGERATETYPE", "(分录)汇率类型#编码"),
    ("FEXCHANGERATE", "(分录)汇率"),
    ("FQty", "(分录)数量"),
    ("FAMOUNTFOR", "(分录)原币金额"),
    ("FDEBIT", "(分录)借方金额"),
    ("FCREDIT", "(分录)贷方金额"),
)
NAMES = {
    "supplier": "供应商", "department": "部门", "customer": "客户", "employee": "员工", "item": "物料",
    "bank_account": "银行账号", "other": "其他往来",
}  # fmt: skip


class KingdeeFile(FolderTarget):
    """Holds the folder in which the workbooks are left."""

    file_name = "voucher_{batch}.xlsx"

    def __init__(self, settings: TargetSettings) -> None:
        super().__init__(settings)
        self._field = settings.reference_field or LINE_REFERENCE
        self._dimensions = {**DIMENSIONS, **settings.dimensions}

    def send(self, letters: Sequence[Letter], batch: str) -> Mapping[str, Answer]:
        """Write one workbook with every voucher of the batch that can be read."""
        answers: dict[str, Answer] = {}
        vouchers = []
        for letter in letters:
            try:
                vouchers.append(read_voucher(letter.reference, letter.payload))
                answers[letter.reference] = Answer("acknowledged", None, self._name(batch))
            except LetterUnreadable as error:
                answers[letter.reference] = Answer("refused", f"{error.zh} | {error.en}")
        if vouchers:
            names = [voucher.reference for voucher in vouchers]
            hand_over(self._settings.id, self._folder, self._name(batch), self._workbook(vouchers), names)
        return answers

    def _workbook(self, vouchers: Sequence[Voucher]) -> bytes:
        content = io.BytesIO()
        safe = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        columns = self._columns()
        with xlsxwriter.Workbook(content, safe) as workbook:
            sheet = workbook.add_worksheet(SHEET)
            for column, (key, name) in enumerate(columns):
                sheet.write_string(0, column, key)
                sheet.write_string(1, column, name)
            row = 2
            for number, voucher in enumerate(vouchers, start=1):
                for entry, line in enumerate(voucher.lines, start=1):
                    cells = self._entry(voucher, entry, line)
                    if entry == 1:
                        cells |= self._head(voucher, number)
                    for column, (key, _) in enumerate(columns):
                        if cells.get(key):
                            sheet.write_string(row, column, cells[key])
                    row += 1
        return content.getvalue()

    def _columns(self) -> tuple[tuple[str, str], ...]:
        dimensions = tuple(
            (f"FDetailID#{flexible}", f"(分录)核算维度#{NAMES.get(kind, kind)}#编码")
            for kind, flexible in self._dimensions.items()
        )
        reference = (self._field, "(分录)业务编号" if self._field == LINE_REFERENCE else "(单据头)接口流水号")
        if self._field == LINE_REFERENCE:
            return (*HEAD, *ENTRY, reference, *dimensions)
        return (*HEAD[:-1], reference, HEAD[-1], *ENTRY, *dimensions)

    def _head(self, voucher: Voucher, number: int) -> dict[str, str]:
        settings = self._settings
        cells = {
            "FBillHead(GL_VOUCHER)": str(number),
            "FAccountBookID": settings.account_book(voucher.company_code),
            "FDate": voucher.day.isoformat(),
            "FBUSDATE": voucher.day.isoformat(),
            "FYEAR": str(voucher.fiscal_year),
            "FPERIOD": str(voucher.period_no),
            "FVOUCHERGROUPID": settings.words.get(voucher.word, "PRE001"),
            "FVOUCHERGROUPNO": voucher.number,
            "FATTACHMENTS": str(voucher.attachments),
            "FSourceBillKey": HAND_ENTRY,
        }
        return cells if self._field == LINE_REFERENCE else {**cells, self._field: voucher.reference}

    def _entry(self, voucher: Voucher, number: int, line: Line) -> dict[str, str]:
        default = "PRE001" if line.currency == "CNY" else line.currency
        cells = {
            "FEntity": str(number),
            "FEXPLANATION": " ".join(line.summary.split()),
            "FACCOUNTID": line.account_code,
            "FCURRENCYID": self._settings.currencies.get(line.currency, default),
            "FEXCHANGERATETYPE": "HLTX01_SYS",
            "FEXCHANGERATE": format(line.rate, "f"),
            "FQty": format(line.quantity, "f") if line.quantity is not None else "",
            "FAMOUNTFOR": _amount(line.currency_amount),
            "FDEBIT": _amount(line.debit),
            "FCREDIT": _amount(line.credit),
        }
        if self._field == LINE_REFERENCE:
            cells[LINE_REFERENCE] = voucher.reference
        for kind, code in line.dimensions().items():
            if flexible := self._dimensions.get(kind):
                cells[f"FDetailID#{flexible}"] = code
        return cells


def _amount(amount: Decimal) -> str:
    return format(amount, "f")
