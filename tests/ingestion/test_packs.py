"""pack.toml is read strictly; what is wrong is named with file, line, key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.errors import PackError
from ingestion.packs import find_packs, read_pack
from tests.ingestion.toy import PACK


def write(folder: Path, text: str, system: str = "toy") -> Path:
    target = folder / system
    target.mkdir(parents=True, exist_ok=True)
    (target / "pack.toml").write_text(text, encoding="utf-8")
    return target


def test_a_pack_says_what_its_tables_are(tmp_path: Path) -> None:
    folder = write(tmp_path, PACK)
    (folder / "stg_toy__journal_lines.sql").touch()
    (folder / "stg_toy__accounts.sql").touch()
    (folder / "toy_shared.sql").touch()
    pack = find_packs([tmp_path, tmp_path / "nothing"])["toy"]
    assert pack.entities == ("accounts", "journal_lines")
    line = pack.table("move-line")
    assert (line.key, line.cursor, line.money) == (
        ("id",),
        ("write_date", "create_date"),
        ("debit", "credit"),
    )
    assert (line.company, line.parents["move"].table, line.parents["move"].key) == (
        "move.company",
        "move",
        "id",
    )
    assert str(line.columns["debit"]) == "DECIMAL(38,12)"
    assert pack.table("absent").optional


def test_a_pack_of_the_home_wins_over_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path / "shipped", PACK)
    write(tmp_path / "home", PACK.replace("Toy", "Mine"))
    assert find_packs([tmp_path / "shipped", tmp_path / "home"])["toy"].name_en == "Mine"


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("optional = true", "optinal = true", ("optinal", "optional")),
        ('name_en = "Toy"', "name_en = 3", ("name_en", "text")),
        ('company = "BIGINT"', 'company = "DOUBLE"', ("company", "DECIMAL(p,s)", "DOUBLE")),
        ('key = ["code", "day"]', 'key = "code"', ("rate.key", "list")),
        ('key = ["code", "day"]', 'key = ["code", "dya"]', ("dya", "declared")),
        ('money = ["rate"]', 'money = ["code"]', ("code", "DECIMAL")),
        ('date = "move.date"', 'date = "move.day"', ("day", "move")),
        ('date = "move.date"', 'date = "lot.date"', ("lot", "declared")),
        ('name = "rate"', 'name = "MOVE"', ("MOVE", "once")),
        ("optional = true", "optional = 1", ("absent.optional", "true or false")),
        ("[[tables]]", "[[tables", ("TOML",)),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, right: str, wrong: str, words: tuple[str, ...]) -> None:
    before, after = PACK.split(right, 1)
    folder = write(tmp_path, before + wrong + after)
    with pytest.raises(PackError) as caught:
        read_pack(folder)
    line = before.count("\n") + 1
    assert all(word in caught.value.en for word in (str(folder / "pack.toml"), *words)), caught.value.en
    assert f"line {line}," in caught.value.en
    assert f"第 {line} 行" in caught.value.zh


def test_a_table_without_key_or_with_an_unknown_parent_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"absent\.key: expected at least one key column"):
        read_pack(write(tmp_path, PACK.replace('key = ["id"]\noptional', "optional")))
    with pytest.raises(PackError, match="table moves with column company in this pack"):
        read_pack(write(tmp_path, PACK.replace('move = "move" }', 'move = "moves" }')))
