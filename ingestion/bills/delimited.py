"""Text files with a delimiter: encoding and delimiter are found out, and no quote may swallow lines.

Every physical line ends up in a row or, with its reason, among the broken ones.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingestion.bills.sheets import Broken, InboxFile, Sheet, Unreadable

DELIMITERS = (",", ";", "\t", "|", "，")
LOOKED_AT = 60  # lines in which the heading is looked for
MOST_LINES_OF_A_ROW = 100
_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_LINE_END = re.compile(rb"\r\n|\n|\r")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
Known = Callable[[str], bool]


def read_delimited(
    file: InboxFile, known: Known, *, encoding: str | None = None, delimiter: str | None = None
) -> Sheet:
    """Read a text file; `known` tells whether a text is a heading, which finds delimiter and width."""
    lines, found_encoding, undecoded = _decoded(file.path.read_bytes(), encoding)
    announced = _announced_delimiter(lines)
    chosen = delimiter or announced or _best_delimiter(lines[:LOOKED_AT], known)
    heading, width = _heading_width(lines[:LOOKED_AT], chosen, known)
    sheet = Sheet(file.name, "", [], [], len(lines), encoding=found_encoding, delimiter=chosen)
    _Splitter(sheet, lines, undecoded, chosen, heading, width).split()
    if announced and sheet.rows and sheet.numbers[0] == 1:
        sheet.rows[0] = [f"sep={announced}"]
    return sheet


def _decoded(raw: bytes, encoding: str | None) -> tuple[list[str], str, dict[int, bytes]]:
    """Return the lines, the encoding, and the lines (from 0) that are not of this encoding."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            raw, encoding = raw[len(mark) :], name
            break
    else:
        if encoding is None:
            encoding = _guessed_utf16(raw)
    if encoding and "16" in encoding:
        try:
            return _lines(raw.decode(encoding)), encoding, {}
        except UnicodeDecodeError as error:
            raise Unreadable("encoding_unknown", str(error)) from None
    chosen = _known_encoding(encoding) if encoding else _guessed(raw)
    try:
        return _lines(raw.decode(chosen)), chosen, {}
    except UnicodeDecodeError:
        return _line_by_line(_byte_lines(raw), chosen)


def _line_by_line(pieces: Sequence[bytes], encoding: str) -> tuple[list[str], str, dict[int, bytes]]:
    lines: list[str] = []
    undecoded: dict[int, bytes] = {}
    for number, piece in enumerate(pieces):
        try:
            lines.append(piece.decode(encoding))
        except UnicodeDecodeError:
            undecoded[number] = piece
            lines.append(piece.decode(encoding, errors="replace"))
    if len(undecoded) > len(pieces) // 2:
        raise Unreadable("encoding_unknown", encoding)
    return lines, encoding, undecoded


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise Unreadable("encoding_unknown", name) from None


def _guessed(raw: bytes) -> str:
    """Choose between UTF-8 and GB18030 by the lines that are not plain ASCII."""
    return "utf-8" if _is_valid(raw, "utf-8") or _mostly_utf8(_byte_lines(raw)) else "gb18030"


def _mostly_utf8(pieces: Sequence[bytes]) -> bool:
    telling = [piece for piece in pieces if not piece.isascii()]
    valid = sum(_is_valid(piece, "utf-8") for piece in telling)
    return bool(telling) and 2 * valid >= len(telling)


def _is_valid(piece: bytes, encoding: str) -> bool:
    try:
        piece.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _guessed_utf16(raw: bytes) -> str | None:
    """Recognise UTF-16 without a mark by its zero bytes."""
    head = raw[:2000]
    if len(head) < 4 or head.count(0) * 5 < len(head):
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _lines(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    return lines[:-1] if lines and lines[-1] == "" else lines


def _byte_lines(raw: bytes) -> list[bytes]:
    pieces = _BYTE_LINE_END.split(raw)
    return pieces[:-1] if pieces and pieces[-1] == b"" else pieces


def _announced_delimiter(lines: Sequence[str]) -> str | None:
    """Read the line `sep=;` that spreadsheets write and understand."""
    found = re.fullmatch(r'"?sep=(.)"?', lines[0].strip(), re.IGNORECASE) if lines else None
    return found[1] if found else None


def _best_delimiter(lines: Sequence[str], known: Known) -> str:
    """Choose the delimiter that gives a line the most headings; else the one that cuts lines most alike."""

    def score(delimiter: str) -> tuple[int, int]:
        cut = [_cells_of_line(line, delimiter) or [] for line in lines]
        headings = max((sum(known(cell) for cell in cells) for cells in cut), default=0)
        widths = [len(cells) for cells in cut if len(cells) > 1]
        return headings, max((widths.count(width) for width in set(widths)), default=0)

    return max(DELIMITERS, key=score)


def _heading_width(lines: Sequence[str], delimiter: str, known: Known) -> tuple[int, int]:
    """Return the line (from 0) with the most headings and its number of cells; (-1, 0) without any."""
    best, line_number, width = 0, -1, 0
    for number, line in enumerate(lines):
        cells = _cells_of_line(line, delimiter) or []
        found = sum(known(cell) for cell in cells)
        if found > best:
            best, line_number, width = found, number, len(cells)
    return line_number, width


def _cells_of_line(line: str, delimiter: str) -> list[str] | None:
    """Cut one line; None where a quote stays open, or closes in the middle of a cell."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


@dataclass
class _Splitter:
    """Walks over the lines; a row may take several of them where a quoted cell holds line breaks."""

    sheet: Sheet
    lines: Sequence[str]
    undecoded: dict[int, bytes]
    delimiter: str
    heading: int
    width: int

    def split(self) -> None:
        """Fill the sheet."""
        sheet, number = self.sheet, 0
        spans: list[int] = []
        while number < len(self.lines):
            line = self.lines[number]
            if number in self.undecoded:
                self._set_aside(number, "bad_text")
                number += 1
                continue
            cells, span = _cells_of_line(line, self.delimiter), 1
            if cells is None:
                cells, span = self._over_lines(number)
            if cells is None:
                self._set_aside(number, "unclosed_quote")
            elif self._is_wrong_width(number, cells):
                for each in range(number, number + span):
                    self._set_aside(each, "too_many_cells" if len(cells) > self.width else "too_few_cells")
            else:
                sheet.rows.append(cells)
                sheet.numbers.append(number + 1)
                spans.append(span)
            number += span
        sheet.spans = spans if any(span > 1 for span in spans) else []

    def _set_aside(self, number: int, reason: str) -> None:
        self.sheet.broken.append(Broken(number + 1, reason, self.lines[number]))

    def _is_wrong_width(self, number: int, cells: Sequence[str]) -> bool:
        """Tell whether a row below the heading is cut otherwise; blank cells at the end do not count."""
        if number <= self.heading or not self.width or len(cells) == self.width:
            return False
        if len(cells) > self.width:
            return any(cell.strip() for cell in cells[self.width :])
        filled = sum(bool(cell.strip()) for cell in cells)
        return filled > 1 and not _looks_like_a_total(cells)

    def _over_lines(self, start: int) -> tuple[list[str] | None, int]:
        """Try a row over several lines: its quote closes, its width is right, it swallows no whole row."""
        joined = self.lines[start]
        last = min(start + MOST_LINES_OF_A_ROW, len(self.lines))
        for number in range(start + 1, last):
            line = self.lines[number]
            if number in self.undecoded:
                break
            alone = _cells_of_line(line, self.delimiter)
            if alone is not None and self.width > 1 and len(alone) == self.width:
                break
            joined += "\n" + line
            cells = _cells_of_text(joined, self.delimiter)
            if cells is not None:
                right = not self.width or len(cells) == self.width
                return (cells, number - start + 1) if right else (None, 1)
        return None, 1


def _cells_of_text(text: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


_TOTAL = re.compile(
    r"^(本页|本月|本期|本年|本日|全部)?(合计|总计|小计|累计|共计|total|grandtotal|subtotal|sum)(数|金额)?$"
)
_FOOTNOTE = re.compile(
    r"^(制表|制单人|编制|审核人|复核|打印|备注|注|说明|第\d+页|page)[^,]*([:：]|\d|$)", re.IGNORECASE
)


def _looks_like_a_total(cells: Sequence[object]) -> bool:
    return any(is_total_label(cell) for cell in cells)


def is_total_label(cell: object) -> bool:
    """Tell whether a cell is the label of a totals row."""
    if not isinstance(cell, str) or len(cell) > 30:
        return False
    words = re.sub(r"[\s:：*（）()]+", "", cell).casefold()
    return bool(_TOTAL.match(words))


def is_footnote(cells: Sequence[object]) -> bool:
    """Tell whether a row is a remark below the rows: who made the list, when it was printed."""
    filled = [cell for cell in cells if cell is not None and str(cell).strip()]
    return 0 < len(filled) <= 6 and isinstance(filled[0], str) and bool(_FOOTNOTE.match(filled[0].strip()))
