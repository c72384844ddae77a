"""The command: exit codes that tell success, usage, partial and refusal apart; sentences, not traces."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bridgebook import texts
from bridgebook.books.audit import entries
from bridgebook.cli import app
from bridgebook.console import aligned
from bridgebook.locks import hold
from bridgebook.records import open_books
from bridgebook.settings import load
from tests.bridgebook.shop import PROJECT, new_shop

SECRET = "hunter2-planted"


def bridgebook(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_init_writes_once_and_a_home_without_sources_says_so(home: Path) -> None:
    assert "Wrote" in bridgebook("init", "--home", str(home), "--lang", "en").output
    assert "left alone" in bridgebook("init", "--home", str(home), "--lang", "en").output
    for command in ("sync", "build", "run"):
        done = bridgebook(command, "--home", str(home))
        assert done.exit_code == 2
        assert "has no source yet" in done.output


@pytest.mark.parametrize("command", ["sync", "build", "publish", "run", "status", "docs"])
def test_a_home_that_was_never_made_is_a_usage_error(command: str, home: Path) -> None:
    done = bridgebook(command, "--home", str(home), "--lang", "en")
    assert done.exit_code == 2
    assert "bridgebook init" in done.output
    assert not home.exists()


def test_a_settings_mistake_is_a_usage_error_with_its_line(home: Path) -> None:
    home.mkdir()
    (home / "bridgebook.toml").write_text('language = "en"\nnonsense = 1\n')
    done = bridgebook("sync", "--home", str(home))
    assert done.exit_code == 2
    assert f"{home}/bridgebook.toml:2: unknown key nonsense" in done.output


def test_nothing_to_publish_and_nothing_to_ask_are_failures(home: Path) -> None:
    bridgebook("init", "--home", str(home), "--lang", "en")
    assert bridgebook("publish", "--home", str(home)).exit_code == 1
    done = bridgebook("sql", "select 1", "--home", str(home))
    assert done.exit_code == 1
    assert "Nothing was published" in done.output


def test_a_held_lock_is_a_refusal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = new_shop(home)
    shop_pack(home)
    monkeypatch.setattr("bridgebook.syncing.WAIT_SECONDS", 0.0)
    with hold(shop.settings.home, "source-shop", "bridgebook sync shop"):
        done = bridgebook("sync", "--home", str(home))
    assert done.exit_code == 4
    assert '"source-shop" is in use by process' in done.output


def shop_pack(home: Path) -> None:
    shutil.copytree(PROJECT.packs / "shop", home / "packs" / "shop")


def two_sources(home: Path, second: str) -> None:
    """Write a home with a source that answers and a second one."""
    home.mkdir()
    shop_pack(home)
    with closing(sqlite3.connect(home / "shop.sqlite")) as source, source:
        source.execute(
            "create table sales (id integer, day text, customer integer, amount numeric, changed text)"
        )
        source.execute("create table customers (id integer, name text)")
        source.execute("insert into customers values (1, 'North')")
    (home / "bridgebook.toml").write_text(
        'language = "en"\n[[source]]\nid = "shop"\nsystem = "shop"\nurl = "sqlite:///shop.sqlite"\n'
        f'[[source]]\nid = "other"\nsystem = "shop"\n{second}\n'
    )


def test_a_sick_source_makes_the_sync_partial_and_keeps_its_password_to_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_PASSWORD", SECRET)
    two_sources(home, 'url = "postgresql://reader@127.0.0.1:9/erp"\npassword = { env = "OTHER_PASSWORD" }')
    done = bridgebook("sync", "--home", str(home))
    assert done.exit_code == 3
    assert "shop: 2 tables complete; 1 rows read, 1 new" in done.output
    assert "other: not synced." in done.output
    assert bridgebook("sync", "shop", "--home", str(home)).exit_code == 0
    assert bridgebook("sync", "other", "--home", str(home)).exit_code == 1
    for file in home.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()
    log = [json.loads(line) for line in (home / "logs" / "bridgebook.log").read_text().splitlines()]
    assert [(line["source_id"], line["status"]) for line in log if line["event"] == "end"] == [
        ("shop", "success"), ("other", "failure"), ("shop", "success"), ("other", "failure"),
    ]  # fmt: skip


def test_a_missing_secret_is_that_sources_failure(home: Path) -> None:
    two_sources(home, 'url = "sqlite:///shop.sqlite"\npassword = { env = "BRIDGEBOOK_NO_SUCH" }')
    done = bridgebook("sync", "--home", str(home))
    assert done.exit_code == 3
    assert "BRIDGEBOOK_NO_SUCH, which is not set" in done.output


def test_nothing_is_built_where_no_source_could_ever_be_read(home: Path) -> None:
    home.mkdir()
    shop_pack(home)
    (home / "bridgebook.toml").write_text(
        'language = "zh"\n[[source]]\nid = "shop"\nsystem = "shop"\nurl = "sqlite:///absent.sqlite"\n'
    )
    done = bridgebook("run", "--home", str(home))
    assert done.exit_code == 1
    assert "没有一个数据源可以读取" in done.output
    assert list((home / "snapshots").iterdir()) == []


def test_an_unexpected_error_is_a_sentence_and_its_trace_is_in_the_log(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_shop(home)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr("bridgebook.publish.publish", broken)
    done = bridgebook("publish", "--home", str(home))
    assert done.exit_code == 1
    assert "Unexpected error: ZeroDivisionError: by design" in done.output
    assert "Traceback" not in done.output
    assert "ZeroDivisionError" in (home / "logs" / "bridgebook.log").read_text()


def test_a_full_disk_is_told_as_such(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new_shop(home)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bridgebook.publish.publish", full)
    done = bridgebook("publish", "--home", str(home))
    assert done.exit_code == 1
    assert "No space left on device" in done.output
    assert "readers keep the last snapshot" in done.output


def test_wrong_options_are_usage_errors() -> None:
    assert bridgebook("sync", "--nonsense").exit_code == 2
    assert bridgebook("frobnicate").exit_code == 2
    assert bridgebook("build", "--as-of", "yesterday").exit_code == 2


def test_every_sentence_has_both_languages_and_the_same_places() -> None:
    quoted = ("pack_invalid", "preview_source_trouble")  # What another room says, in its own two languages.
    for key, entry in texts.catalog().items():
        assert set(entry) == {"zh", "en"}, key
        places = {tongue: set(re.findall(r"(?<!{){(\w+)}", words)) for tongue, words in entry.items()}
        assert places["zh"] == places["en"] or key in quoted, key
        chinese = re.search(r"[\u4e00-\u9fff：（]", entry["zh"])
        assert chinese or key in ("doctor_python", *quoted), key


def test_every_sentence_is_told_somewhere() -> None:
    """A sentence that nobody tells is dead; the keys of some are put together from a word and a value."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in Path(texts.__file__).parent.rglob("*.py"))
    heads = tuple(re.findall(r'f"([a-z]+(?:_[a-z]+)*_)\{', code))
    for key in texts.catalog():
        assert f'"{key}"' in code or key.startswith(heads), key


def test_a_table_of_chinese_words_stands_straight() -> None:
    assert aligned(["科目", "n"], [["现金", "1.00"], ["cash", "10.00"]], frozenset({1})) == [
        "科目      n", "现金   1.00", "cash  10.00",
    ]  # fmt: skip


def test_what_the_house_does_is_in_the_audit_log(home: Path) -> None:
    from bridgebook.build import build
    from bridgebook.publish import publish

    shop = new_shop(home)
    shop.land(1, (1, "2025-01-02", 1, "1"))
    build(shop.settings, source=PROJECT)
    publish(shop.settings)
    (home / "rules" / "customer_kinds.csv").write_text("customer,kind,valid_from\nSouth,retail,2025-01-01\n")
    settings_file = home / "bridgebook.toml"
    settings_file.write_text(settings_file.read_text() + "lag_minutes = 5\n")
    build(shop.settings, source=PROJECT)
    log = [(entry.action, entry.subject) for entry in entries(open_books(load(home)))]
    assert log == [
        ("settings_changed", "settings"), ("rules_changed", "rules"), ("published", "snapshot"),
        ("settings_changed", "settings"), ("rules_changed", "rules"),
    ]  # fmt: skip
