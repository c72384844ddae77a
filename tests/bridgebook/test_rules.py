"""The user's own rules beside the shipped ones."""

from pathlib import Path

import pytest

from bridgebook.errors import RulesInvalid
from bridgebook.rules import read_rules, rules_hash

HEADER = "entity,source_code,master_code,version,valid_from,is_final"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "master_map.csv").write_text(HEADER + "\nitems,A,B,1,2025-01-01,true\n", encoding="utf-8")
    (folder / "canonical_columns.csv").write_text("entity,column\n", encoding="utf-8")
    (folder / "seeds.yml").write_text(
        "seeds:\n  - name: master_map\n    config: {column_types: {version: integer}}\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def mistakes(own: Path, seeds: Path) -> list[str]:
    with pytest.raises(RulesInvalid) as wrong:
        read_rules(own, seeds)
    return [line.removeprefix(f"{own}/") for line in wrong.value.sentence("en").splitlines()]


def test_without_own_rules_every_table_is_there_and_empty(own: Path, seeds: Path) -> None:
    (rule,) = read_rules(own, seeds)
    assert (rule.name, rule.columns, rule.rows) == ("master_map", tuple(HEADER.split(",")), ())


def test_own_rows_come_in_the_shipped_order_of_columns(own: Path, seeds: Path) -> None:
    (own / "master_map.csv").write_text(
        "\ufeffmaster_code,entity,source_code,is_final,valid_from,version\n"
        '"M, 1",items,0112,true,2025-01-31,2\n\nM2,items,0113,,,\n',
        encoding="utf-8",
    )
    assert read_rules(own, seeds)[0].rows == (
        ("items", "0112", "M, 1", "2", "2025-01-31", "true"),
        ("items", "0113", "M2", None, None, None),
    )


def test_wrong_columns_are_told_with_the_right_ones(own: Path, seeds: Path) -> None:
    (own / "master_map.csv").write_text(
        "entity,source_code,master,version,valid_from,is_final\n", encoding="utf-8"
    )
    expected = "entity, source_code, master_code, version, valid_from, is_final"
    assert mistakes(own, seeds) == [
        f'master_map.csv:1: unknown column "master"; expected: {expected}',
        f"master_map.csv:1: column missing: master_code; expected: {expected}",
    ]


def test_wrong_values_are_told_with_row_column_and_expectation(own: Path, seeds: Path) -> None:
    (own / "master_map.csv").write_text(
        HEADER + "\nitems,A,B,one,2025-1-1,yes\nitems,A,B\nitems,A,B,1,2025-02-30,false\n", encoding="utf-8"
    )
    note = "(dates as 2025-01-31, flags as true/false)"
    assert mistakes(own, seeds) == [
        f'master_map.csv:2: column version holds "one"; expected integer {note}',
        f'master_map.csv:2: column valid_from holds "2025-1-1"; expected date {note}',
        f'master_map.csv:2: column is_final holds "yes"; expected boolean {note}',
        "master_map.csv:3: has 3 cells instead of 6; a text with a comma needs quotes",
        f'master_map.csv:4: column valid_from holds "2025-02-30"; expected date {note}',
    ]


def test_files_that_are_no_rules_are_told(own: Path, seeds: Path) -> None:
    (own / "mastermap.csv").write_text(HEADER + "\n", encoding="utf-8")
    (own / "canonical_columns.csv").write_text("entity,column\n", encoding="utf-8")
    assert mistakes(own, seeds) == [
        "canonical_columns.csv: there is no rule file of this name; known: master_map",
        "mastermap.csv: there is no rule file of this name; known: master_map",
    ]


def test_a_file_in_another_encoding_is_told(own: Path, seeds: Path) -> None:
    (own / "master_map.csv").write_bytes((HEADER + "\nitems,供应商,B,1,,\n").encode("gbk"))
    assert mistakes(own, seeds) == ["master_map.csv: is not UTF-8; save it as CSV in UTF-8"]


def test_the_hash_changes_with_every_byte(own: Path, seeds: Path) -> None:
    before = rules_hash(own, seeds)
    assert rules_hash(own, seeds) == before
    (own / "master_map.csv").write_text(HEADER + "\n", encoding="utf-8")
    after = rules_hash(own, seeds)
    (own / "master_map.csv").write_text(HEADER + "\n\n", encoding="utf-8")
    assert len({before, after, rules_hash(own, seeds)}) == 3


def test_an_unclosed_quote_is_told_with_its_line(own: Path, seeds: Path) -> None:
    (own / "master_map.csv").write_text(
        HEADER + '\nitems,"A,B,1,2025-01-01,true\nitems,A,B,1,,\n', encoding="utf-8"
    )
    (line,) = mistakes(own, seeds)
    assert line.startswith("master_map.csv:3: is not valid CSV")
