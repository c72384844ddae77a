"""What the READMEs say can be done is done here, word by word."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bridgebook.cli import app
from bridgebook.demo import tryton
from tests.house.documents import REPOSITORY, blocks, commands
from tests.tryton.installation import Installation

READMES = ["README.md", "README.zh-CN.md"]
PROGRAM = "import sys; from bridgebook.cli import main; sys.exit(main())"


def readme_commands(document: str) -> list[list[str]]:
    """Return the arguments of every `bridgebook ...` line."""
    return [shlex.split(line)[1:] for line in commands(document) if line.startswith("bridgebook ")]


def bridgebook(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BRIDGEBOOK_")}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)


def test_every_command_of_the_readme_works(group_home: Installation, tmp_path: Path) -> None:
    """In the order of the page, in one folder; the demo finds the home that the session has built already.

    The Chinese page has the same commands, which another test holds.
    """
    group_home.copy_to(tmp_path / ".bridgebook")
    for arguments in readme_commands("README.md"):
        if arguments[0] == "run":
            connect_books(tmp_path / "books")
        done = bridgebook(arguments, tmp_path)
        refused = arguments[0] == "doctor" and "--home" in arguments  # no source yet: that is what it says
        assert done.returncode == (1 if refused else 0), f"{arguments}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
    assert any(file.suffix == ".xlsx" for file in tmp_path.iterdir())
    assert (tmp_path / ".bridgebook" / "docs" / "index.html").stat().st_size > 1_000_000


def connect_books(folder: Path) -> None:
    """Fill in the source that the reader of the page fills in."""
    tryton.write_sqlite(folder / "erp.sqlite")
    with (folder / "bridgebook.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[source]]\nid = "erp"\nsystem = "tryton"\nurl = "sqlite:///erp.sqlite"\n')


@pytest.mark.parametrize("document", READMES)
def test_the_python_of_the_readme_works(document: str, sqlite_home: Installation, tmp_path: Path) -> None:
    (tmp_path / ".bridgebook").symlink_to(sqlite_home.folder)
    (code,) = [block.code for block in blocks(document) if block.kind == "python"]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "('1.1.1', Decimal('" in done.stdout


@pytest.mark.parametrize("document", READMES)
def test_the_settings_of_the_readme_are_valid(document: str, tmp_path: Path) -> None:
    from bridgebook import settings

    words = "\n".join(block.code for block in blocks(document) if block.kind == "toml")
    (tmp_path / "bridgebook.toml").write_text(words, encoding="utf-8")
    loaded = settings.load(tmp_path)
    assert [source.id for source in loaded.sources] == ["erp"]
    assert [target.id for target in loaded.targets] == ["ledger", "back"]


@pytest.mark.parametrize("document", READMES)
def test_every_command_stands_in_the_readme(document: str) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    names = {command.callback.__name__ for command in app.registered_commands if command.callback}
    names |= {group.name for group in app.registered_groups if group.name}
    assert len(names) >= 12
    missing = {name for name in names if not re.search(rf"`{name}\b|bridgebook {name}\b", text)}
    assert missing == set()


def test_both_readmes_say_the_same() -> None:
    """Same commands but for file names, same marts, same number of headings and rows."""
    english, chinese = ((REPOSITORY / name).read_text(encoding="utf-8") for name in READMES)
    first = [[word for word in line if not word.endswith(".xlsx")] for line in readme_commands(READMES[0])]
    second = [[word for word in line if not word.endswith(".xlsx")] for line in readme_commands(READMES[1])]
    assert first == second
    for pattern in (r"^#+ ", r"^\|", r"^```"):
        assert len(re.findall(pattern, english, re.M)) == len(re.findall(pattern, chinese, re.M))
    assert set(re.findall(r"`([a-z_]+)`", english)) == set(re.findall(r"`([a-z_]+)`", chinese))


@pytest.mark.parametrize("document", READMES)
def test_every_mart_and_rule_that_the_readme_names_exists(document: str, sqlite_home: Installation) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    question = "select table_name from information_schema.tables where table_schema = 'marts'"
    tables = sqlite_home.query(question)
    section = text[text.index("| `procurement_lines`") :]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`([a-z_]+)`", "\n".join(rows)))
    assert named <= {row[0] for row in tables}
    assert len(named) > 25
    for rule in re.findall(r"`(\w+)\.csv`", text):
        assert (REPOSITORY / "dbt_project" / "seeds" / f"{rule}.csv").is_file()
