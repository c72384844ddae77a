"""Workbooks (xlsx, xls, xlsb, ods) and Parquet files as sheets of rows."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingestion.bills.sheets import InboxFile, Range, Sheet, Unreadable

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def read_workbook(file: InboxFile) -> list[Sheet]:
    """Read every visible sheet; row and column numbers are those that a spreadsheet shows."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(str(file.path)) as book:
            visible = [
                found.name
                for found in book.sheets_metadata
                if found.visible == calamine.SheetVisibleEnum.Visible
                and found.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            return [_sheet(file, book.get_sheet_by_name(name)) for name in visible]
    except calamine.PasswordError:
        raise Unreadable("workbook_locked") from None
    except (calamine.CalamineError, OSError, zipfile.BadZipFile, ValueError) as error:
        if _is_text(file.path):
            raise Unreadable("workbook_is_text") from None
        raise Unreadable("workbook_broken", " ".join(str(error).split())[:200]) from None


def _sheet(file: InboxFile, sheet: Any) -> Sheet:
    rows = sheet.to_python(skip_empty_area=False)
    while rows and not any(cell not in ("", None) for cell in rows[-1]):
        rows.pop()
    merged: list[Range] = [(tuple(first), tuple(last)) for first, last in sheet.merged_cell_ranges or ()]
    return Sheet(file.name, sheet.name, rows, list(range(1, len(rows) + 1)), len(rows), merged=merged)


def _is_text(path: Path) -> bool:
    """Tell whether a file called a workbook is text or HTML, as web systems like to export."""
    head = path.read_bytes()[:500]
    return bool(head) and b"\0" not in head and not head.startswith(b"PK")


def read_parquet(file: InboxFile) -> Sheet:
    """Read a Parquet file: its column names are the headings, its rows count from 1."""
    try:
        table = pq.read_table(file.path)
    except (OSError, ValueError) as error:
        raise Unreadable("parquet_broken", " ".join(str(error).split())[:200]) from None
    columns = [column.to_pylist() for column in table.columns]
    rows = list(zip(*columns, strict=True)) if columns else []
    return Sheet(
        file.name, "", list(rows), list(range(1, len(rows) + 1)), len(rows), headings=list(table.column_names)
    )
