"""What bridgebook.toml says of an inbox, and mistakes in it told with their line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridgebook import settings
from bridgebook.cli import app
from bridgebook.doctor import examine
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


def test_doctor_reads_the_inbox_and_tells_what_would_not_land(tmp_path: Path) -> None:
    (tmp_path / "bridgebook.toml").write_text('[[source]]\nid = "files"\nsystem = "bills"\n')
    assert any("bridgebook template" in finding.en for finding in examine(tmp_path))
    (tmp_path / "inbox" / "files" / "币种.csv").write_text(
        "币种代码,小数位数\nCNY,二\nUSD,2\n", encoding="utf-8"
    )
    found = list(examine(tmp_path))
    (inbox,) = [finding for finding in found if "1 lines of which can land" in finding.en]
    assert inbox.state == "good"
    (held,) = [finding for finding in found if "币种.csv" in finding.zh]
    assert held.state == "warning"
    assert "第 2 行 B 列 小数位数 (minor_units)" in held.zh


def test_the_command_lists_and_writes_templates(tmp_path: Path) -> None:
    run = CliRunner().invoke
    listed = run(app, ["template", "--list", "--lang", "zh"])
    assert listed.exit_code == 0
    assert "journal_lines" in listed.output
    assert "凭证分录" in listed.output
    target = tmp_path / "deep" / "po.csv"
    written = run(app, ["template", "采购订单", "--format", "csv", "--output", str(target), "--lang", "en"])
    assert (written.exit_code, target.is_file()) == (0, True)
    assert "purchase_orders" in written.output
    assert run(app, ["template", "nothing_like_it", "--lang", "en"]).exit_code == 2
