"""What a file does not say but is understood: values to fill in, amounts by side, a difference."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ingestion.bills.contract import NUMBER, SIDE, Entity, plain
from ingestion.bills.settings import EntityRules
from ingestion.bills.values import Reading, code, converter, is_blank
from ingestion.landing_types import BadValue

if TYPE_CHECKING:
    from ingestion.bills.reading import ReadSheet

_PLACE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")


def complete(read: ReadSheet, entity: Entity, rules: EntityRules, reading: Reading) -> None:
    """Fill what is absent or blank; the order is: settings, amounts, what the entity says of itself."""
    for column, template in rules.fill.items():
        if any(each.name == column for each in entity.columns):
            _fill(read, entity, column, template, reading)
    if entity.difference:
        _split_by_side(read, entity, reading)
        _subtract(read, entity)
    _mask_numbers(read, entity)
    for column, value in entity.absent.items():
        _understand(read, column, value)


def _understand(read: ReadSheet, column: str, value: str) -> None:
    """Give a code without a kind the one that the entity says: a purchase order is a supplier's."""
    codes = read.columns.get(column.removesuffix("_kind") + "_code")
    if codes is not None:
        kinds = read.columns.setdefault(column, [None] * len(codes))
        for index, given in enumerate(kinds):
            if given is None and codes[index] is not None:
                kinds[index] = value


def used_headings(rules: EntityRules) -> frozenset[str]:
    """Return the headings, plain, that the templates of filled-in values name."""
    return frozenset(plain(found[1]) for words in rules.fill.values() for found in _PLACE.finditer(words))


def _fill(read: ReadSheet, entity: Entity, column: str, template: str, reading: Reading) -> None:
    from ingestion.bills.reading import Held

    convert = converter(entity.column(column), reading)
    values = read.columns.setdefault(column, [None] * len(read.numbers))
    for index, value in enumerate(values):
        if value is None and index not in read.held and not isinstance(read.raw[index], str):
            written = _written(read, index, template)
            if written:
                try:
                    values[index] = convert(written)
                except BadValue as refusal:
                    read.held[index] = Held(refusal.reason, column, written)


def _written(read: ReadSheet, index: int, template: str) -> str | None:
    """Put a row's values into a template ({posting_date:%Y} writes a part); None where one is blank."""
    blank = False

    def put(found: re.Match[str]) -> str:
        nonlocal blank
        value = _value(read, index, found[1].strip())
        if is_blank(value):
            blank = True
            return ""
        return format(value, found[2]) if found[2] else code(value)

    words = _PLACE.sub(put, template)
    return None if blank else words


def _value(read: ReadSheet, index: int, name: str) -> Any:
    if name in read.columns:
        return read.columns[name][index]
    assert read.heading is not None
    for position, text in enumerate(read.heading.texts):
        if plain(text) == plain(name) and position < len(read.raw[index]):
            return read.raw[index][position]
    return None


def _mask_numbers(read: ReadSheet, entity: Entity) -> None:
    """Keep of a bank account's number what is compared (a fingerprint) and what is shown (a mask)."""
    assert read.heading is not None
    if NUMBER not in read.heading.columns:
        return
    position = read.heading.columns[NUMBER]
    numbers = [
        None
        if isinstance(cells, str) or position >= len(cells)
        else _account_number(read, index, cells[position])
        for index, cells in enumerate(read.raw)
    ]
    known = {column.name for column in entity.columns}
    for column, made in (("account_key", _fingerprint), ("account_no_masked", _masked)):
        if column in known and column not in read.columns:
            read.columns[column] = [None if number is None else made(number) for number in numbers]


def _account_number(read: ReadSheet, index: int, cell: Any) -> str | None:
    from ingestion.bills.reading import Held

    if is_blank(cell):
        return None
    try:
        return code(cell)
    except BadValue as refusal:
        read.held.setdefault(index, Held(refusal.reason, NUMBER, str(cell)))
        return None


def _fingerprint(number: str) -> str:
    """Return the fingerprint that the packs of databases make too."""
    return hashlib.md5(number.upper().translate(_SEPARATORS).encode(), usedforsecurity=False).hexdigest()


def _masked(number: str) -> str:
    return f"{number[:4]}****{number[-4:]}" if len(number) > 8 else "****"


_SEPARATORS = {ord(mark): None for mark in " -."}
_SIDES: Mapping[str, str] = {
    plain(word): side
    for side, words in {
        "debit": ("借", "借方", "debit", "dr", "d", "s"),
        "credit": ("贷", "贷方", "credit", "cr", "c", "h"),
    }.items()
    for word in words
}


def _split_by_side(read: ReadSheet, entity: Entity, reading: Reading) -> None:
    """Turn an amount with 借/贷 beside it into debit and credit; a negative one is a red entry."""
    from ingestion.bills.reading import Held

    total, debit, credit = entity.difference
    assert read.heading is not None
    if SIDE not in read.heading.columns or total not in read.columns or debit in read.columns:
        return
    position = read.heading.columns[SIDE]
    sides = {**_SIDES, **{plain(text): side for text, side in reading.values.get(SIDE, {}).items()}}
    debits: list[Any] = []
    credits: list[Any] = []
    for index, amount in enumerate(read.columns[total]):
        cells = read.raw[index]
        cell = cells[position] if not isinstance(cells, str) and position < len(cells) else None
        side = None if is_blank(cell) else sides.get(plain(code(cell)))
        if side is None and amount is not None:
            read.held.setdefault(index, Held("unknown_side", SIDE, "" if cell is None else str(cell)))
        nothing = None if amount is None or side is None else Decimal("0.0000")
        debits.append(amount if side == "debit" else nothing)
        credits.append(amount if side == "credit" else nothing)
    read.columns[debit], read.columns[credit] = debits, credits
    read.columns[total] = [None] * len(debits)


def _subtract(read: ReadSheet, entity: Entity) -> None:
    """Take a blank side as zero where the other one is filled, and amount as debit less credit."""
    total, *sides = entity.difference
    if not all(side in read.columns for side in sides):
        return
    zero = Decimal("0.0000")
    debits, credits = (read.columns[side] for side in sides)
    totals = read.columns.setdefault(total, [None] * len(debits))
    for index, (debit, credit) in enumerate(zip(debits, credits, strict=True)):
        if debit is None and credit is None:
            continue
        if index in read.held and read.held[index].column in sides:
            continue
        debits[index] = zero if debit is None else debit
        credits[index] = zero if credit is None else credit
        if totals[index] is None:
            totals[index] = debits[index] - credits[index]
