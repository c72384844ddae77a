"""The templates are filled in exactly as dbt fills them in; with nothing of dbt but its macros."""

from pathlib import Path

import pytest

from bridgebook.mapping.staging import opened
from bridgebook.mapping.templates import TemplateRefused, Templates
from bridgebook.project import shipped
from tests.mapping.conftest import packs
from tests.tryton.installation import Installation

COMPILED = Path("work/target/compiled/bridgebook/models/staging")


def differing(home: Path, system: str) -> tuple[int, list[str]]:
    """Return how many models of a pack dbt compiled in a home, and which ones it compiled otherwise."""
    pack = packs()[system]
    with opened(shipped(), pack) as staging:
        for entity in pack.entities:
            staging.compile(staging.model_of(entity))
        files = sorted((home / COMPILED / system).rglob("*.sql"))
        ours = {name: sql.split() for name, sql in staging.sql.items()}
        return len(files), [file.stem for file in files if file.read_text().split() != ours.get(file.stem)]


def test_models_are_compiled_as_dbt_does(sqlite_home: Installation) -> None:
    compared, different = differing(sqlite_home.folder, "tryton")
    assert compared == 30
    assert different == []


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    (tmp_path / "own.sql").write_text(
        "{% macro five() %}{{ return(5) }}{% endmacro %}{% macro six() %}{{ five() + 1 }}{% endmacro %}"
        "{% macro default__side(x) %}left {{ x }}{% endmacro %}"
        "{% macro side(x) %}{{ return(adapter.dispatch('side', 'bridgebook')(x)) }}{% endmacro %}"
    )
    return Templates(tmp_path, {"word": "given"}, lambda query: [("a", "BIGINT")], lambda name: f"<{name}>")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ six() }} {{ side('x') }} {{ var('word') }} {{ ref('m') }}", "6 left x given <m>"),
        ("{{ dbt.datediff('a', 'b', 'day') }}", "(date_diff('day', a::timestamp, b::timestamp ))"),
        ("{{ dbt.dateadd('day', 1, 'a') }}", "(a + cast(1 as bigint) * interval 1 day)"),
        ("{{ config(materialized='view') }}select {{ dbt.type_string() }}", "select TEXT"),
        ("{% for c in adapter.get_column_schema_from_query('') %}{{ c.data_type }}{% endfor %}", "BIGINT"),
    ],
)
def test_what_a_template_may_use(templates: Templates, text: str, filled: str) -> None:
    assert " ".join(templates.fill("m", text).split()) == " ".join(filled.split())


@pytest.mark.parametrize("text", ["{% if %}", "{{ unknown_macro('x') }}", "{{ 1 + 'a' }}"])
def test_a_template_that_cannot_be_filled_in_is_named(templates: Templates, text: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        templates.fill("stg_x__accounts", text)
    assert refused.value.model == "stg_x__accounts"
    assert refused.value.reason
