"""The pack of files and the canonical contract say the same: every entity has a model, names and words."""

from __future__ import annotations

import re
import tomllib

from bridgebook import templates
from tests.bills.inbox import FOLDER

WORDS = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


def test_every_canonical_entity_has_a_model_and_a_chinese_name() -> None:
    entities = templates.contract()
    models = {file.stem.removeprefix("stg_bills__"): file for file in FOLDER.glob("stg_bills__*.sql")}
    assert set(models) == set(entities) == set(WORDS["entities"])
    for name, file in models.items():
        assert file.read_text(encoding="utf-8").split() == (
            f"{{{{ bill('{name}', landed('bills', '{name}')) }}}}".split()
        )
        assert re.search(r"[\u4e00-\u9fff]", entities[name].zh), name


def test_the_words_speak_of_columns_and_lists_that_exist() -> None:
    entities = templates.contract()
    columns = {column.name for entity in entities.values() for column in entity.columns}
    for key, vocabulary in WORDS["lists"].items():
        entity, _, column = key.rpartition(".")
        assert column in (columns if not entity else {each.name for each in entities[entity].columns}), key
        assert not vocabulary or vocabulary in WORDS["vocabulary"], key
    for group, headings in WORDS["headings"].items():
        known = columns if group == "all" else {each.name for each in entities[group].columns}
        assert set(headings) <= known, group
    assert {key.rpartition(".")[2] for key in WORDS["help"]} <= columns


def test_no_name_of_a_file_and_no_heading_means_two_things() -> None:
    entities = templates.contract()
    names = [name for entity in entities.values() for name in {entity.zh, entity.name, *entity.also}]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    for name, entity in entities.items():
        for column in entity.columns:
            for heading in (column.name, column.zh, column.en):
                assert entity.heading(heading) == column.name, f"{name}.{column.name}: {heading}"
