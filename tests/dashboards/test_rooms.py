"""What this room may know: pages hold no SQL, DuckDB stands in one module, every text has two languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import dashboards
from dashboards.errors import DashboardError
from dashboards.texts import catalog as texts
from dashboards.texts import text

ROOM = Path(dashboards.__file__).parent
SOURCES = sorted(ROOM.rglob("*.py"))
SEMANTICS = {"choosing.py", "compile.py", "flux.py", "sql.py", "snapshot_facts.py", "tracing.py"}


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOM)))
def test_imports_stay_in_their_rooms(file: Path) -> None:
    names = imported(file)
    assert not {name for name in names if name.split(".")[0] in ("ingestion", "dbt_project", "dlt", "dbt")}
    ours = {name for name in names if name.split(".")[0] == "bridgebook"}
    books = {name for name in ours if name.startswith("bridgebook.books.")}
    assert ours - books <= {"bridgebook", "bridgebook.home", "bridgebook.settings", "bridgebook.snapshots"}
    if file.name != "warehouse.py":
        assert "duckdb" not in names
    if "semantics" in file.parts:
        assert "streamlit" not in names


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOM)))
def test_sql_stands_in_the_semantic_layer_only(file: Path) -> None:
    if file.name in (*SEMANTICS, "warehouse.py", "runs.py"):
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(r"\bselect\b.+\bfrom\b\s+\S", node.value, re.S)
            assert "marts." not in node.value


@pytest.mark.parametrize("file", sorted((ROOM / "screens").glob("*.py")), ids=lambda file: file.name)
def test_pages_are_short_and_do_no_arithmetic(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert len(content.splitlines()) <= 80
    operators = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
    found = [node for node in ast.walk(ast.parse(content)) if isinstance(node, ast.BinOp)]
    assert not [node for node in found if isinstance(node.op, operators)]
    assert "unsafe_allow_html" not in content
    assert ":material/" not in content


def test_html_is_written_once_and_without_data() -> None:
    users = [
        file.name
        for file in SOURCES
        if re.search(r"st\.html|unsafe_allow_html|st\.iframe", file.read_text(encoding="utf-8"))
    ]
    assert users == ["frame.py"]


def test_every_text_speaks_two_languages_with_the_same_places() -> None:
    for key, entry in texts().items():
        assert set(entry) == {"zh", "en"}, key
        places = [set(re.findall(r"{(\w+)}", entry[language])) for language in ("zh", "en")]
        assert places[0] == places[1], key


def test_every_text_that_the_code_says_exists() -> None:
    content = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    for key in set(re.findall(r"""(?:say|text)\(\s*f?"([\w.{}]+)""", content)):
        pattern = re.compile("^" + re.sub(r"\\{[^}]*\\}", r"\\w+", re.escape(key)) + "$")
        assert any(pattern.match(known) for known in texts()), key


def test_no_text_is_left_over() -> None:
    content = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    for key in texts():
        group, name = key.split(".", 1)
        stem = re.match(r"[a-z]+", name)
        assert stem
        assert key in content or f'"{name}"' in content or f'"{group}.{stem[0]}_{{' in content, key


def test_every_refusal_has_its_sentence() -> None:
    kinds = [DashboardError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    for kind in kinds:
        if "key" in kind.__dict__:
            for language in ("zh", "en"):
                places = set(re.findall(r"{(\w+)}", texts()[f"error.{kind.key}"][language]))  # type: ignore[index]
                sentence = text(f"error.{kind.key}", language, **dict.fromkeys(places, "x"))  # type: ignore[arg-type]
                assert len(sentence) > 8
