"""What bridgebook.toml says of an inbox, and mistakes in it told with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridgebook import settings
from bridgebook.errors import SettingsInvalid
from bridgebook.syncing import bill_settings
from tests.house.documents import REPOSITORY


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_of_the_template_is_valid_and_reaches_the_reader(language: str, tmp_path: Path) -> None:
    text = (REPOSITORY / "bridgebook" / f"settings_template_{language}.toml").read_text(encoding="utf-8")
    block = text[text.index('# [[source]]\n# id = "old_erp"') :].split("\n\n# ")
    lines = "\n\n".join(block[:1]).splitlines()
    example = "\n".join(line.removeprefix("# ").removeprefix("#") for line in lines)
    (tmp_path / "bridgebook.toml").write_text(example, encoding="utf-8")
    loaded = settings.load(tmp_path)
    (source,) = loaded.sources
    assert source.reads_files
    told = bill_settings(source, loaded.home)
    assert str(told.inbox) == "/data/exports"
    assert (told.encoding, told.delimiter, told.decimal, told.when_removed) == ("gb18030", ";", ",", "remove")
    assert told.rule("journal_lines").fill["company_code"] == "1000"
    assert "posting_date" in told.rule("journal_lines").headings.values()
    assert "posting_date" not in told.rule("items").headings.values()


def test_the_default_inbox_is_made(tmp_path: Path) -> None:
    (tmp_path / "bridgebook.toml").write_text('[[source]]\nid = "files"\nsystem = "bills"\n')
    loaded = settings.load(tmp_path)
    assert bill_settings(loaded.sources[0], loaded.home).inbox == tmp_path / "inbox" / "files"
    assert (tmp_path / "inbox" / "files").is_dir()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('system = "bills"\n[source.bills]\nencodin = "gbk"', "encoding"),
        ('system = "bills"\n[source.bills]\nwhen_removed = "delete"', "keep"),
        ('system = "bills"\n[source.bills.entity.items]\nheading = {}', "headings"),
        ('system = "tryton"', "source[1].url"),
    ],
)
def test_a_mistake_is_told_with_its_line(lines: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "bridgebook.toml").write_text(f'[[source]]\nid = "files"\n{lines}\n')
    with pytest.raises(SettingsInvalid) as refusal:
        settings.load(tmp_path)
    assert words in refusal.value.sentence("en")
    assert "bridgebook.toml:" in refusal.value.sentence("zh")
