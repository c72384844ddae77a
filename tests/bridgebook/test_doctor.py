"""The doctor says in sentences what is wrong, and finds nothing where nothing is."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgebook import snapshots
from bridgebook.books.store import open_store, store_url
from bridgebook.build import build
from bridgebook.doctor import Finding, examine
from bridgebook.locks import hold
from bridgebook.publish import publish
from tests.bridgebook.shop import PROJECT, Shop, new_shop


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A home that was built and published once, with a source that answers and a pack of its own."""
    shop = new_shop(tmp_path_factory.mktemp("doctor") / "home")
    shutil.copytree(PROJECT.packs / "shop", shop.folder / "packs" / "shop")
    with closing(sqlite3.connect(shop.folder / "shop.sqlite")) as source, source:
        source.execute(
            "create table sales (id integer, day text, customer integer, amount numeric, changed text)"
        )
        source.execute("create table customers (id integer, name text)")
    shop.land(1, (1, "2025-01-02", 1, "1"))
    build(shop.settings, source=PROJECT)
    publish(shop.settings)
    return shop


@pytest.fixture
def shop(healthy: Shop, tmp_path: Path) -> Shop:
    """A copy that the test may spoil."""
    shutil.copytree(healthy.folder, tmp_path / "home")
    return Shop(tmp_path / "home")


def told(shop: Shop, state: str = "problem") -> list[str]:
    return [finding.en for finding in examine(shop.folder) if finding.state == state]


def spoil(shop: Shop, old: str, new: str) -> None:
    file = shop.folder / "bridgebook.toml"
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, new), encoding="utf-8")


def test_a_healthy_home_has_nothing_to_tell(shop: Shop) -> None:
    findings: list[Finding] = list(examine(shop.folder))
    assert [finding for finding in findings if finding.state == "problem"] == []
    good = " ".join(finding.en for finding in findings if finding.state == "good")
    assert 'source "shop"' in good
    assert "has all 2 tables" in good
    assert "audit log is whole: 3 entries" in good
    assert all(finding.zh != finding.en for finding in findings if not finding.en.startswith("Python"))


def test_a_home_without_settings(tmp_path: Path) -> None:
    assert "bridgebook init" in told(Shop(tmp_path))[0]


def test_a_source_that_is_not_there(shop: Shop) -> None:
    (shop.folder / "shop.sqlite").unlink()
    (problem,) = told(shop)
    assert "shop" in problem
    assert "shop.sqlite" in problem


def test_a_source_without_its_tables(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.folder / "shop.sqlite")) as source, source:
        source.execute("drop table customers")
    (problem,) = told(shop)
    assert problem.startswith('source "shop" lacks 1 tables that the pack shop needs: customers')


def test_a_system_without_a_pack(shop: Shop) -> None:
    spoil(shop, 'system = "shop"', 'system = "sapp"')
    (problem,) = told(shop)
    assert "bridgebook.toml:5" in problem
    assert "shop, " in problem
    assert str(shop.folder / "packs") in problem


def test_a_pack_that_cannot_be_read(shop: Shop) -> None:
    pack = shop.folder / "packs" / "shop" / "pack.toml"
    pack.write_text(pack.read_text(encoding="utf-8").replace('key = ["id"]', "key = 1"), encoding="utf-8")
    assert "pack.toml" in told(shop)[0]


def test_a_password_in_the_url_is_a_note_that_does_not_repeat_it(shop: Shop) -> None:
    spoil(shop, "sqlite:///shop.sqlite", "postgresql://reader:hunter2@127.0.0.1:9/erp")
    notes = told(shop, "warning")
    assert any("bridgebook.toml:6: the url of source" in note for note in notes)
    assert "hunter2" not in " ".join(notes + told(shop))


def test_a_secret_that_others_can_read(shop: Shop) -> None:
    secret = shop.folder / "secret"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    spoil(shop, 'system = "shop"', 'system = "shop"\npassword = { file = "secret" }')
    (problem,) = told(shop)
    assert "chmod 600" in problem
    assert "hunter2" not in problem


def test_a_lock_names_its_holder(shop: Shop) -> None:
    with hold(shop.settings.home, "build", "bridgebook build"):
        assert any('"build" is in use by process' in note for note in told(shop, "warning"))


def test_a_pointer_to_nowhere(shop: Shop) -> None:
    shop.settings.home.pointer.write_text("marts-20990101T000000000Z.duckdb\n")
    (problem,) = told(shop)
    assert "marts-20990101T000000000Z.duckdb, which does not exist" in problem


def test_a_snapshot_that_is_damaged(shop: Shop) -> None:
    file = snapshots.require(shop.settings.home)
    file.write_bytes(b"x" * 100)
    assert any("cannot be opened" in problem and "run --full" in problem for problem in told(shop))


def test_a_wrong_rule_file(shop: Shop) -> None:
    (shop.settings.home.rules / "nonsense.csv").write_text("a\n1\n")
    assert any("there is no rule file of this name" in problem for problem in told(shop))


def test_an_audit_log_that_was_cut_off(shop: Shop) -> None:
    books = open_store(store_url(shop.settings.home.books))
    with books.begin() as connection:
        connection.execute(sa.text("drop trigger audit_log_no_delete"))
        connection.execute(sa.text("delete from audit_log"))
    (problem,) = told(shop)
    assert problem.startswith("the audit log was cut off from entry 1 on")


def test_a_home_that_is_not_writable(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.folder / "work").rename(shop.folder / "elsewhere")
    (shop.folder / "work").write_text("a file where a folder belongs")
    assert any("is not writable" in problem for problem in told(shop))
