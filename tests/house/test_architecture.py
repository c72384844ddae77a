"""The rules of the house: who knows whom, where vendors end; public columns described, exact, portable."""

import ast
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from tests.house.documents import REPOSITORY
from tests.tryton.installation import Installation

ROOMS = ("bridgebook", "ingestion", "dbt_project", "dashboards", "tests")
MODELS = REPOSITORY / "dbt_project" / "models"


def files(room: str) -> list[Path]:
    """Return the Python files of a room."""
    return sorted((REPOSITORY / room).rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    """Yield every module that a file imports, also inside functions and for type checking only."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def rooms_of(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(file)} & set(ROOMS)


def test_the_ingestion_room_knows_no_other_room() -> None:
    assert {
        file: rooms_of(file) - {"ingestion"} for file in files("ingestion") if rooms_of(file) - {"ingestion"}
    } == {}


def test_only_the_switchboard_knows_the_screens() -> None:
    knowing = {file.name for file in files("bridgebook") if "dashboards" in rooms_of(file)}
    assert knowing <= {"cli.py"}
    assert not any("tests" in rooms_of(file) for room in ROOMS[:-1] for file in files(room))


def test_the_screens_know_the_pointer_and_the_settings_and_no_more() -> None:
    allowed = {"bridgebook", "bridgebook.home", "bridgebook.settings", "bridgebook.snapshots"}
    for file in files("dashboards"):
        known = {
            name for name in imports(file) if name.split(".")[0] in ("bridgebook", "ingestion", "dbt_project")
        }
        decisions = {name for name in known if name.startswith("bridgebook.books.")}
        assert known - decisions <= allowed, file


def test_the_only_python_of_dbt_hands_over_to_the_matcher() -> None:
    assert [file.name for file in files("dbt_project")] == ["__init__.py", "core_match_links.py"]
    handing_over = MODELS / "core" / "core_match_links.py"
    assert set(imports(handing_over)) == {"typing", "bridgebook.matching.tables"}
    assert len(handing_over.read_text(encoding="utf-8").splitlines()) < 15


def test_the_command_knows_no_vendor() -> None:
    """Vendors' names stand in packs and in demos; elsewhere a name would be the first step to an `if`."""
    vendors = re.compile("tryton|yonyou|kingdee|用友|金蝶|\\bsap\\b|\\bu8\\b", re.IGNORECASE)
    for file in files("bridgebook"):
        if "demo" not in file.parts and file.name != "cli.py":
            assert not vendors.search(file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("room", ["bridgebook", "ingestion", "dashboards"])
def test_the_environment_is_read_in_the_settings_only(room: str) -> None:
    for file in files(room):
        if file.name == "settings.py" and room == "bridgebook":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        written = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
                assert id(node) in written or _sets_default(tree, node), f"{file}:{node.lineno}"


def _sets_default(tree: ast.AST, environ: ast.Attribute) -> bool:
    """Tell whether it is a statement `os.environ.setdefault(...)` or `.update(...)`: telling, not asking."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            if isinstance(called, ast.Attribute) and called.value is environ:
                return called.attr in ("setdefault", "update")
    return False


def test_vendors_end_with_staging() -> None:
    """Only staging asks for landed tables; core and marts read canonical entities and the house's facts."""
    for file in sorted(MODELS.rglob("*.sql")):
        text = file.read_text(encoding="utf-8")
        if "staging" not in file.parts:
            assert not re.search(r"\blanded(_past)?\(", text), file
            assert set(re.findall(r"source\('(\w+)'", text)) <= {"house"}, file
            assert not re.search(r"ref\('stg_(?!house|' ~)", text), f"{file}: name no pack, take all of them"


def test_every_mart_has_an_enforced_contract() -> None:
    import yaml

    for file in sorted((MODELS / "marts").glob("*.sql")):
        promise = yaml.safe_load(file.with_suffix(".yml").read_text(encoding="utf-8"))
        (model,) = [model for model in promise["models"] if model["name"] == file.stem]
        contract = (model.get("config") or {}).get("contract") or {}
        assert contract.get("enforced") is True, file


def test_views_are_found_whatever_the_file_is_called(sqlite_home: Installation, tmp_path: Path) -> None:
    """Snapshots are renamed files: a view may not name the file in which it was made."""
    published = sqlite_home.snapshot
    renamed = tmp_path / "renamed.duckdb"
    shutil.copyfile(published, renamed)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{renamed}' as elsewhere (read_only)")
        views = connection.execute(
            "select view_name from duckdb_views() where database_name = 'elsewhere' and schema_name = 'marts'"
        ).fetchall()
        assert {view for (view,) in views} == {
            "unified_lines",
            "unified_business",
            "unified_ledger",
            "document_trace",
        }
        for (view,) in views:
            there = connection.execute(f"select count(*) from elsewhere.marts.{view}").fetchone()
            assert there == sqlite_home.query(f"select count(*) from marts.{view}")[0]


def test_every_mart_and_column_is_described_in_chinese_and_english(sqlite_home: Installation) -> None:
    described = sqlite_home.query(
        "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' "
        "union all select table_name, '*', comment from duckdb_tables() where schema_name = 'marts' "
        "union all select view_name, '*', comment from duckdb_views() where schema_name = 'marts'"
    )
    assert len(described) > 500
    for table, column, comment in described:
        place = f"{table}.{column}"
        assert comment, place
        chinese, bar, english = comment.partition(" | ")
        assert bar, place
        assert re.search(r"[\u4e00-\u9fff]", chinese), place
        assert re.search(r"[A-Za-z]", english), place


def databases(home: Installation) -> list[Path]:
    return [
        *sorted((home.folder / "landing").glob("*.duckdb")),
        home.folder / "work" / "work.duckdb",
        home.snapshot,
    ]


def test_no_amount_is_a_floating_point_number_anywhere(sqlite_home: Installation) -> None:
    question = (
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where regexp_matches(data_type, 'DOUBLE|FLOAT|REAL') and not internal"
    )
    for file in databases(sqlite_home):
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            floating = connection.execute(question).fetchall()
        assert [row for row in floating if not row[1].startswith("_dlt")] == [], file


def compiled(home: Installation) -> list[Path]:
    """Return the models as dbt sends them to the database."""
    return sorted((home.folder / "work" / "target" / "compiled" / "bridgebook" / "models").rglob("*.sql"))


_RELATION = re.compile(r'"([^"\n]+)"(?=\.)|(?<=\.)"([^"\n]+)"')
_TEXT_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
REFUSED_BY_SPARK = {
    "::": r"::",
    "qualify": r"\bqualify\b",
    "//": r"//",
    "unnest": r"\bunnest\b",
    "string_agg": r"\bstring_agg\b",
    "arg_max": r"\barg_m(?:ax|in)\b",
    "exclude": r"\*\s*exclude\b",
    "->>": r"->>",
    "strftime": r"\bstr[fp]time\b",
    "list literal": r"(?<![\w\"`\])])\[",
    "struct literal": r"\{",
    "double-quoted name": r'"',
}


def as_spark_quotes(file: Path) -> str:
    """Return a compiled model with its relations quoted as Spark does it."""
    return _RELATION.sub(lambda found: f"`{found[1] or found[2]}`", file.read_text(encoding="utf-8"))


@cache
def read_by_spark(file: Path) -> exp.Expression:
    """Return a compiled model as Spark's grammar reads it; raise where it does not."""
    return sqlglot.parse_one(as_spark_quotes(file), dialect="spark", error_level=sqlglot.ErrorLevel.RAISE)


def test_every_compiled_model_can_be_read_by_spark(sqlite_home: Installation) -> None:
    models = compiled(sqlite_home)
    assert len(models) > 80
    for file in models:
        text = as_spark_quotes(file)
        bare = _TEXT_OR_COMMENT.sub("''", text).replace("::timestamp", "")  # dbt's own datediff on DuckDB
        for name, pattern in REFUSED_BY_SPARK.items():
            found = re.search(pattern, bare, re.IGNORECASE)
            assert not found, f"{file.name}: {name}: {bare[max(0, found.start() - 60) : found.end() + 30]}"
        read_by_spark(file)


# Rules are compared with the few distinct combinations of facts, not with lines: there a loop is meant.
RULES = {"rule", "determination"}
COMPARISONS = (exp.EQ, exp.NullSafeEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


def loops(tree: exp.Expression) -> Iterator[str]:
    """Yield conditions that keep a left join from being a hash join, which makes it a loop over all pairs.

    A condition must compare what one side has with what the other has, or be about the joined side alone.
    """
    for select in tree.find_all(exp.Select):
        for join in select.args.get("joins") or []:
            name, condition = join.alias_or_name, join.args.get("on")
            if join.side.upper() != "LEFT" or condition is None or name in RULES:
                continue
            for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
                one, other = (tables_of(part.args.get(side)) for side in ("this", "expression"))
                compares = isinstance(part, COMPARISONS) and {name} in (one, other) and one.isdisjoint(other)
                if not compares and not tables_of(part) <= {name}:
                    yield f"{name}: {part.sql()}"


def tables_of(expression: object) -> set[str]:
    """Return the aliases whose columns an expression reads."""
    found = expression.find_all(exp.Column) if isinstance(expression, exp.Expression) else ()
    return {column.table for column in found}


def test_a_loop_is_seen() -> None:
    def seen(condition: str) -> list[str]:
        return list(loops(sqlglot.parse_one(f"select 1 from a left join b on {condition}", dialect="spark")))

    assert seen("a.x = b.x and b.kind = 'k'") == []
    assert seen("a.x = b.x and a.day >= coalesce(b.day, cast('0001-01-01' as date))") == []
    assert seen("a.x = b.x and case when a.kind = 'k' then a.y end = b.y") == []
    assert seen("a.x = b.x and a.kind = 'k'") == ["b: a.kind = 'k'"]
    assert len(seen("a.x = b.x and (b.day is null or a.day >= b.day)")) == 1
    assert len(seen("a.x = b.x and coalesce(b.y, a.y) = a.y")) == 1


def test_no_left_join_loops_over_all_pairs(sqlite_home: Installation) -> None:
    for file in compiled(sqlite_home):
        assert list(loops(read_by_spark(file))) == [], file.name


def test_models_and_macros_are_written_for_every_engine() -> None:
    """What an engine alone understands stands in a macro named for that engine."""
    for file in sorted((REPOSITORY / "dbt_project").rglob("*.sql")):
        text = _TEXT_OR_COMMENT.sub("''", file.read_text(encoding="utf-8"))
        text = re.sub(r"{% macro (?:duckdb|spark)__.*?{%-? endmacro -?%}", "", text, flags=re.DOTALL)
        for name in ("::", "qualify", "unnest", "string_agg", "arg_max", "exclude", "->>", "strftime"):
            assert not re.search(REFUSED_BY_SPARK[name], text, re.IGNORECASE), f"{file}: {name}"


def test_the_lock_names_no_machine_and_no_registry() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|index|/(?:home|root|work|tmp)/", lock)
    pins = re.findall(r"^[a-z].*$", lock, re.MULTILINE)
    assert all("==" in pin for pin in pins)
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "hatchling==" in lock
