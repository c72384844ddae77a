"""Files damaged at random: every physical line is accounted for, and untouched lines land."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.bills.inbox import Inbox
from tests.bills.test_bad_files import ORDERS, line

LINES = 40
MARKS = [
    '"',
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\x00",
    "\xa0",
    "\ufeff",
    "，",
    "'",
    "1",
    "-",
    "合计",
    "",
    "\u2028",
    "\x0b",
]


@pytest.mark.parametrize("seed", range(12))
def test_damaged_lines_never_take_others_along(seed: int, tmp_path: Path) -> None:
    """Damage a few lines of 40 at random; each of the others lands exactly as it was."""
    chance = random.Random(seed)
    lines = [line(number) for number in range(1, LINES + 1)]
    damaged = set(chance.sample(range(LINES), 4))
    for number in damaged:
        place = chance.randrange(len(lines[number]))
        cut = chance.choice([0, 0, 1, 3])
        lines[number] = lines[number][:place] + chance.choice(MARKS) + lines[number][place + cut :]
    inbox = Inbox(tmp_path)
    encoding = chance.choice(["utf-8", "gb18030"])
    inbox.drop("purchase_orders.csv", "\n".join([ORDERS, *lines]) + "\n", encoding)
    looked = inbox.look()
    landed = {row[0] for row in looked.rows("select line_id from purchase_orders where net_amount = 100")}
    whole = {f"1-{number + 1}" for number in range(LINES) if number not in damaged}
    doubled = {held.key[0] for held in looked.held}  # a damaged line may have taken another one's key
    assert whole - landed <= doubled, seed
    assert looked.files[0].lines_physical >= LINES + 1


@pytest.mark.parametrize("seed", range(6))
def test_bytes_at_random_are_never_an_error(seed: int, tmp_path: Path) -> None:
    """Bytes of no meaning, cut workbooks, text with damaged bytes: told, never raised."""
    chance = random.Random(seed)
    inbox = Inbox(tmp_path)
    body = "\n".join([ORDERS, *(line(number) for number in range(1, 6))]).encode(
        chance.choice(["gbk", "utf-16"])
    )
    damaged = bytearray(body)
    for _ in range(5):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    inbox.drop("采购订单 1.csv", bytes(damaged))
    inbox.drop("采购订单 2.csv", chance.randbytes(500))
    inbox.drop("采购订单 3.txt", bytes(body[: chance.randrange(len(body))]))
    inbox.drop_workbook("采购订单.xlsx", Sheet1=[ORDERS.split(","), line(9).split(",")])
    book = (inbox.folder / "采购订单.xlsx").read_bytes()
    inbox.drop("采购订单 4.xlsx", book[: chance.randrange(len(book))])
    inbox.drop("采购订单 5.parquet", book[:100])
    looked = inbox.look()
    assert ("1-9",) in looked.rows("select line_id from purchase_orders") or any(
        held.key[0] == "1-9" for held in looked.held
    )
