"""Every template loads as it is, and with its own example filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridgebook import templates
from bridgebook.errors import SettingsError
from tests.bills.inbox import Inbox

ENTITIES = sorted(templates.contract())


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_every_template_filled_with_its_own_example_loads(form: templates.Form, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    for name, entity in templates.contract().items():
        file = inbox.folder / f"{name}.{form}"
        templates.write_template(name, form, file, rows=[templates.example(entity)])
    looked = inbox.look()
    assert [line.told.en for line in looked.held] == []
    assert looked.is_clean
    assert looked.source.tables == set(ENTITIES)
    for name, entity in templates.contract().items():
        (row,) = looked.rows(f'select * from "{name}"')
        given = dict(zip([c.name for c in entity.columns], row[1:], strict=False))
        assert {column for column in templates.example(entity) if given[column] is None} == set(), name


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_empty_template_is_a_file_without_rows(form: templates.Form, tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    written = templates.write_template("采购订单", form, inbox.folder / f"po.{form}")
    assert written.entity == "purchase_orders"
    (inbox.folder / f"po.{form}").rename(inbox.folder / f"采购订单.{form}")
    looked = inbox.look()
    assert looked.is_clean
    assert looked.source.bills["purchase_orders"].count == 0


def test_a_template_says_what_is_required_and_offers_the_values(tmp_path: Path) -> None:
    import zipfile

    templates.write_template("journal_lines", "xlsx", tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    for words in ("科目编码*", "摘要", "account_code", "已记账", "dataValidation", "Account code: required"):
        assert words in text, words
    assert "摘要*" not in text


def test_an_unknown_entity_is_told_with_the_nearest() -> None:
    with pytest.raises(SettingsError) as refusal:
        templates.named("purchase_order")
    assert "purchase_orders" in refusal.value.sentence("en")
    assert "--list" in refusal.value.sentence("zh")
