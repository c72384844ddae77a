"""How names and codes are compared, in the models' own SQL on rows that these tests state."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
MACROS = "".join(
    (PROJECT / "macros" / f"{name}.sql").read_text(encoding="utf-8") for name in ("names_alike", "money")
)
MEMBERS = (
    "entity", "source_id", "partner_kind", "source_code", "source_name", "tax_id", "specification",
    "master_code", "is_mapped", "group_key", "own_code",
)  # fmt: skip
Row = tuple[Any, ...]


def rendered(text: str) -> str:
    """Return SQL with the macros of the project; relations are tables of the same name."""
    template = jinja2.Environment().from_string(MACROS + text)
    return template.render(ref=lambda name: name, source=lambda _, name: name, config=lambda **_: "")


def key_of(macro: str, name: str) -> str | None:
    row = duckdb.execute(rendered(f"select {{{{ {macro} }}}} from (select ? as name)"), [name]).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("恒达有限公司", "恒达"),
        ("恒达有限责任公司", "恒达"),
        ("恒达股份有限公司", "恒达"),
        (" 恒达 公司　", "恒达"),
        ("恒达（临溪）有限公司", "恒达临溪"),
        ("恒达(临溪)有限公司", "恒达临溪"),
        ("ＡＢＣ－１２３　有限公司", "ABC123"),
        ("Acme Co., Ltd.", "ACME"),
        ("Acme LIMITED", "ACME"),
        ("有限公司", "有限公司"),
        ("...", None),
    ],
)
def test_spellings_of_one_name_have_one_key(name: str, key: str | None) -> None:
    assert key_of("bare_name(one_width('name'))", name) == key


def test_a_place_in_brackets_moves_to_the_front() -> None:
    moved = "bare_name(brackets_first(one_width('name')))"
    assert key_of(moved, "恒达（临溪）有限公司") == key_of(moved, "临溪恒达有限公司") == "临溪恒达"
    assert key_of(moved, "（临溪）恒达有限公司") == "临溪恒达"
    assert key_of(moved, "恒达）反（有限公司") == "恒达反"
    assert key_of("bare_code('name')", "00-12.Ａ") == "12A"


def matches(rows: Sequence[Row], rejected: Sequence[str] = ()) -> list[Row]:
    """Run core.master_matches over members; return code, master code, confidence, is it ambiguous."""
    with duckdb.connect() as connection:
        kinds = ", ".join(f"{name} {'boolean' if name == 'is_mapped' else 'varchar'}" for name in MEMBERS)
        connection.execute(f"create table given ({kinds})")
        connection.executemany(f"insert into given values ({', '.join('?' * len(MEMBERS))})", rows)
        keys = rendered(
            """create table core_master_members as select * exclude (own_code),
                {{ bare_name(one_width('source_name')) }} as name_key,
                {{ bare_name(brackets_first(one_width('source_name'))) }} as moved_key,
                tax_id as tax_key, specification as specification_key, {{ bare_code('own_code') }} as code_key
            from given"""
        )
        connection.execute(keys)
        connection.execute("create table core_sources as select 'sap' as source_id, true as is_master "
                           "union all select 'u8', false")  # fmt: skip
        connection.execute("create table books_rejected_proposals (proposal_id varchar)")
        for each in rejected:
            connection.execute("insert into books_rejected_proposals values (?)", [each])
        model = (PROJECT / "models" / "core" / "core_master_matches.sql").read_text(encoding="utf-8")
        connection.execute(f"create table found as {rendered(model)}")
        return connection.execute(
            "select source_code, master_code, cast(confidence as varchar), is_ambiguous, proposal_id, choice "
            "from found order by source_code, choice"
        ).fetchall()


def partner(code: str, name: str, tax: str | None = None, *, is_master: bool = False) -> Row:
    source = "sap" if is_master else "u8"
    master = code if is_master else f"u8:{code}"
    return ("partners", source, "supplier", code, name, tax, None, master, is_master, "supplier", code)


def best(rows: Sequence[Row], rejected: Sequence[str] = ()) -> dict[str, tuple[str, str, bool]]:
    return {row[0]: (row[1], row[2], row[3]) for row in matches(rows, rejected) if row[5] == 1}


MASTERS = [
    partner("1", "临溪恒达金属材料有限公司", "91T1", is_master=True),
    partner("2", "安岚瑞丰包装制品有限公司", "91T2", is_master=True),
    partner("3", "安岚瑞丰包装制品有限公司", "91T3", is_master=True),
    partner("4", "北沚宏盛物流有限公司", is_master=True),
]


def test_each_reason_has_its_confidence() -> None:
    found = best(
        [
            *MASTERS,
            partner("same-tax", "恒达金属材料（临溪）有限公司", "91T1"),
            partner("tax-other-name", "青屿食品有限公司", "91T1"),
            partner("name", "北沚宏盛物流公司"),
            partner("name-other-tax", "临溪恒达金属材料有限公司", "91T9"),
            partner("alike", "北沚宏盛物流贸易有限公司"),
            partner("nothing", "鹤岭食品有限公司"),
            partner("4", "宏盛物流运输有限公司"),
        ]
    )
    assert found == {
        "same-tax": ("1", "1.0000", False),
        "tax-other-name": ("1", "0.8000", False),
        "name": ("4", "0.9500", False),
        "name-other-tax": ("1", "0.6000", False),
        "alike": ("4", "0.6000", False),
        "4": ("4", "0.8000", False),
    }


def test_two_master_codes_for_which_the_same_speaks_are_no_certainty() -> None:
    found = best([*MASTERS, partner("V", "安岚瑞丰包装制品有限责任公司")])
    assert found == {"V": ("2", "0.5000", True)}


def test_a_rejected_proposal_gives_way_to_the_next_one() -> None:
    rows = [*MASTERS, partner("V", "安岚瑞丰包装制品有限责任公司")]
    first = next(row for row in matches(rows) if row[5] == 1)
    assert best(rows, [first[4]]) == {"V": ("3", "0.9500", False)}


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [*MASTERS, *(partner(f"V{n}", "安岚瑞丰包装" + "甲乙丙丁"[n % 4] + "有限公司") for n in range(8))]
    turned = list(rows)
    random.Random(7).shuffle(turned)
    assert matches(rows) == matches(turned)


def test_many_alike_names_cost_no_product_of_all_pairs() -> None:
    """Four thousand names of few characters against as many: candidates stay within the rarest pairs."""
    letters = "临溪安岚青屿北沚云栖泽川丹浦鹤岭恒瑞宏盛嘉锦泰顺康卓隆启德佳鼎汇峰源达昌辉凯联森博丰润航维诚"
    choose = random.Random(11)

    def name() -> str:
        return "".join(choose.choice(letters) for _ in range(6)) + "金属材料有限公司"

    rows = [partner(str(n), name(), is_master=True) for n in range(4000)]
    rows += [partner(f"V{n}", name()) for n in range(4000)]
    began = time.process_time()
    found = matches(rows)
    assert time.process_time() - began < 60
    assert len(found) < 4000 * 150
