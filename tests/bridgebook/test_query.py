"""Analysts' SQL: what must work and what must not, always run together, judged by what happened."""

import csv
import io
import json
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from time import monotonic

import duckdb
import pytest

from bridgebook import snapshots
from bridgebook.errors import NoSnapshot, QueryRefused
from bridgebook.home import Home
from bridgebook.query import Limits, UnknownTable, ask

SECRET = "the-planted-secret"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a snapshot, and secrets beside it that no query may read."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.create()
    file = home.snapshots / "marts-20250101T000000000Z.duckdb"
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.trial_balance as
                select (1000 + range % 10)::varchar as account_code, range % 12 + 1 as period_no,
                    cast(range * 1.1 as decimal(38, 4)) as closing_amount
                from range(120);
            comment on column marts.trial_balance.closing_amount is '期末余额 | Closing balance';
            create table marts.partners as select 'P1' as partner_code, '甲公司' as partner_name;
            """
        )
    snapshots.point_to(home, file)
    (home.root / "secret.txt").write_text(SECRET)
    (home.root / "secret.csv").write_text(f"a\n{SECRET}\n")
    (home.root / "secret.json").write_text(json.dumps({"a": SECRET}))
    for name in ("other.duckdb", "landing/erp.duckdb"):
        with closing(duckdb.connect(str(home.root / name))) as connection:
            connection.execute(f"create table t as select '{SECRET}' as a")
    with closing(duckdb.connect()) as connection:
        connection.execute(f"copy (select '{SECRET}' as a) to '{home.root}/secret.parquet'")
    return home


LEGITIMATE = [
    ("select count(*) as n from trial_balance", [["120"]]),
    ("select count(*) as n from marts.trial_balance", [["120"]]),
    ("from partners", [["P1", "甲公司"]]),
    ("with t as (select * from trial_balance) select max(period_no) from t", [["12"]]),
    ("select sum(closing_amount) from trial_balance where account_code = '1001'", [["739.2000"]]),
    ("select * from range(3)", [["0"], ["1"], ["2"]]),
    ("select unnest([1, 2]) as n", [["1"], ["2"]]),
    (
        "select a.account_code from trial_balance a join trial_balance b using (account_code, period_no) "
        "where a.period_no = 1 group by all order by 1 limit 1",
        [["1000"]],
    ),
    (
        "select account_code, row_number() over (order by account_code desc) as r from trial_balance "
        "qualify r = 1",
        [["1009", "1"]],
    ),
    ("pivot (select period_no % 2 as p, 1 as one from trial_balance) on p using sum(one)", [["60", "60"]]),
    ("values (1), (2)", [["1"], ["2"]]),
    (
        "select regexp_matches('abc', 'b'), date '2025-01-31' + 1, try_cast('x' as int)",
        [["true", "2025-02-01", ""]],
    ),
    (
        "select comment from duckdb_columns() where column_name = 'closing_amount'",
        [["期末余额 | Closing balance"]],
    ),
    ("select '中文' as 列名, null as n", [["中文", ""]]),
    ("select * from trial_balance where false", []),
    ("select 1; select 2", [["2"]]),
]
ALSO_LEGITIMATE = [
    "show tables",
    "describe trial_balance",
    "summarize trial_balance",
    "explain from partners",
]


@pytest.mark.parametrize(("statement", "rows"), LEGITIMATE)
def test_honest_questions_are_answered(home: Home, statement: str, rows: list[list[str]]) -> None:
    assert ask(home, statement).rows == rows


@pytest.mark.parametrize("statement", ALSO_LEGITIMATE)
def test_looking_around_is_allowed(home: Home, statement: str) -> None:
    assert ask(home, statement).row_count > 0


READING = [
    "select * from read_text('{root}/secret.txt')",
    "select * from read_blob('{root}/secret.txt')",
    "select * from read_csv('{root}/secret.csv')",
    "select * from read_csv_auto('{root}/secret.csv')",
    "select * from '{root}/secret.csv'",
    "select * from '{root}/secret.parquet'",
    "select * from '{root}/secret.json'",
    "select * from '{root}/*.csv'",
    "from '{root}/secret.txt'",
    "select * from read_json('{root}/secret.json')",
    "select * from read_json_auto('{root}/secret.json')",
    "select * from read_json_objects('{root}/secret.json')",
    "select * from read_ndjson('{root}/secret.json')",
    "select * from read_parquet('{root}/secret.parquet')",
    "select * from parquet_scan('{root}/secret.parquet')",
    "select * from parquet_metadata('{root}/secret.parquet')",
    "select * from parquet_schema('{root}/secret.parquet')",
    "select * from parquet_file_metadata('{root}/secret.parquet')",
    "select * from parquet_kv_metadata('{root}/secret.parquet')",
    "select * from glob('{root}/*')",
    "select * from sniff_csv('{root}/secret.csv')",
    "select * from read_duckdb('{root}/other.duckdb', table_name => 't')",
    "select * from '{root}/other.duckdb'",
    "select * from query('select * from read_text(''{root}/secret.txt'')')",
    "select * from query_table('{root}/secret.csv')",
    "select * from query_table(['{root}/secret.parquet'])",
    "attach '{root}/other.duckdb' as o (read_only); select * from o.t",
    "attach '{root}/landing/erp.duckdb' as o (read_only); select * from o.t",
    "attach '{root}/secret.txt' as o (type sqlite); select * from o.t",
    "create temp table c (a varchar); copy c from '{root}/secret.csv'; select * from c",
    "import database '{root}'",
    "select getenv('HOME')",
    "select * from json_execute_serialized_sql(json_serialize_sql("
    "'select * from read_text(''{root}/secret.txt'')'))",
    "prepare p as select * from read_text('{root}/secret.txt'); execute p",
    "create temp macro m() as table select * from read_text('{root}/secret.txt'); select * from m()",
    "create temp view v as select * from read_text('{root}/secret.txt'); select * from v",
    "select (select content from read_text('{root}/secret.txt'))",
    "select * from order_", "select * from json", "select * from sys", "select * from connection",
    "with x as (select * from order_) select * from x",
    "select * from query_table('order_')",
    "select * from pandas_scan(1234567)",
    "select * from arrow_scan(1, 2, 3)",
    "select * from python_map_function(1)",
]  # fmt: skip
CHANGING = [
    "copy trial_balance to '{root}/stolen.csv'",
    "copy (select 1) to '{root}/stolen.parquet'",
    "export database '{root}/stolen'",
    "attach '{root}/stolen.duckdb' as s; create table s.t as select 1",
    "drop table marts.trial_balance",
    "update marts.trial_balance set closing_amount = 0",
    "delete from marts.trial_balance",
    "insert into marts.partners values ('P2', 'x')",
    "alter table marts.partners add column x int",
    "create table marts.mine as select 1",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set memory_limit = '100GB'",
    "set threads = 64",
    "set python_enable_replacements = true",
    "set python_scan_all_frames = true",
    "set temp_directory = '{root}/stolen'",
    "set home_directory = '{root}/stolen'",
    "set log_query_path = '{root}/stolen.log'",
    "set profiling_output = '{root}/stolen.json'",
    "pragma enable_profiling = 'json'",
    "set secret_directory = '{root}/stolen'",
    "set allowed_directories = ['/']",
    "set extension_directory = '{root}/stolen'",
    "reset enable_external_access",
    "call enable_logging(storage = 'file', storage_path = '{root}/stolen'); select 1",
    "install json",
    "load '{root}/stolen.duckdb_extension'",
    "create persistent secret s (type s3, key_id 'a', secret 'b')",
]  # fmt: skip


@pytest.mark.parametrize("statement", READING)
def test_nothing_beside_the_snapshot_can_be_read(home: Home, statement: str) -> None:
    with pytest.raises(QueryRefused) as refusal:
        ask(home, statement.format(root=home.root))
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("statement", CHANGING)
def test_nothing_can_be_changed_or_written(home: Home, statement: str) -> None:
    before = files(home)
    with pytest.raises(QueryRefused):
        ask(home, statement.format(root=home.root))
    assert files(home) == before
    state = "select count(*), min(closing_amount), current_setting('threads') from trial_balance"
    assert ask(home, state).rows == [["120", "0.0000", "1"]]


def files(home: Home) -> dict[Path, int]:
    """Return every file in the home with the moment of its last change."""
    return {file: file.stat().st_mtime_ns for file in home.root.rglob("*") if file.is_file()}


BOMBS = [
    "select count(*) from range(1000000) a, range(1000000) b where hash(a.range + b.range) = 1",
    "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r",
    "select length(repeat('x', 4000000000))",
    "select len(range(0, 300000000))",
    "select list(md5(range::varchar)) from range(200000000)",
    "select repeat('x', 300000000) from range(100)",
    "select a.range from range(3000000000) a order by hash(a.range)",
]


@pytest.mark.parametrize("statement", BOMBS)
def test_a_bomb_takes_neither_the_machine_nor_much_time(home: Home, statement: str) -> None:
    limits = Limits(seconds=4, address_bytes=2 * 1024**3, memory="512MB", output_bytes=10**8)
    began = monotonic()
    with pytest.raises(QueryRefused) as refusal:
        ask(home, statement, limits=limits)
    assert monotonic() - began < 12
    assert refusal.value.key in ("query_too_long", "query_too_large", "query_failed")


def test_csv_and_json_keep_every_digit(home: Home) -> None:
    statement = (
        "select 123456789012345678901234567.8901::decimal(38,4) as big, "
        "0.10::decimal(4,2) as small, "
        "'a,\"b\"' as words, null as nothing, date '2025-01-31' as day, true as yes, "
        "[1.50::decimal(5,2)] as list, "
        "{'k': 2.0::decimal(5,1)} as record, 0.00000001::decimal(18,10) as tiny"
    )
    record = json.loads(ask(home, statement, "json").output, parse_float=Decimal)[0]
    assert record == {
        "big": Decimal("123456789012345678901234567.8901"), "small": Decimal("0.10"), "words": 'a,"b"',
        "nothing": None, "day": "2025-01-31", "yes": True, "list": [Decimal("1.50")],
        "record": {"k": Decimal("2.0")}, "tiny": Decimal("0.0000000100"),
    }  # fmt: skip
    assert str(record["small"]) == "0.10"
    header, row = csv.reader(io.StringIO(ask(home, statement, "csv").output))
    assert header[:2] == ["big", "small"]
    assert row == [
        "123456789012345678901234567.8901", "0.10", 'a,"b"', "", "2025-01-31", "true", "[1.50]", '{"k": 2.0}',
        "0.0000000100",
    ]  # fmt: skip


def test_equal_column_names_lose_no_value_in_json(home: Home) -> None:
    assert json.loads(ask(home, "select 1 as a, 2 as a", "json").output) == [{"a": 1, "a_2": 2}]


def test_rows_beyond_the_limit_are_cut_and_told(home: Home) -> None:
    answer = ask(home, "from trial_balance", "csv", Limits(rows=7))
    assert (answer.row_count, answer.is_cut, len(answer.output.splitlines())) == (7, True, 8)
    answer = ask(home, "from trial_balance", "csv", Limits(rows=120))
    assert (answer.row_count, answer.is_cut) == (120, False)


def test_an_unknown_table_suggests_names_that_come_close(home: Home) -> None:
    with pytest.raises(UnknownTable) as unknown:
        ask(home, "select * from trial_balanc")
    assert unknown.value.sentence("en") == (
        'The query failed: there is no table "trial_balanc". Did you mean: trial_balance?'
    )
    with pytest.raises(UnknownTable) as unknown:
        ask(home, "select * from zzz")
    assert "可用的表：partners, trial_balance" in unknown.value.sentence("zh")


def test_a_wrong_column_and_wrong_grammar_are_told_in_duckdbs_words(home: Home) -> None:
    with pytest.raises(QueryRefused, match="closing_amount"):
        ask(home, "select closing_amont from trial_balance")
    with pytest.raises(QueryRefused, match="syntax error"):
        ask(home, "selct 1")


def test_rows_go_out_while_they_come(home: Home) -> None:
    out = io.BytesIO()
    answer = ask(home, "from partners", "csv", out=out)
    assert (out.getvalue().decode(), answer.output) == ("partner_code,partner_name\nP1,甲公司\n", "")


def test_without_a_snapshot_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="bridgebook run"):
        ask(Home(tmp_path), "select 1")
