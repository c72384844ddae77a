"""Installed from a wheel elsewhere, in a place where nothing may be written, the demo runs."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.house.documents import REPOSITORY

PROGRAM = (
    "import sys; from importlib.metadata import entry_points; "
    "(command,) = entry_points(group='console_scripts', name='bridgebook'); sys.exit(command.load()())"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the backend from the lock, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_that_is_not_python(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    rooms = ("bridgebook", "ingestion", "dbt_project", "dashboards")
    tracked = subprocess.run(
        ["git", "ls-files", *rooms], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert set(tracked) - names == set()
    assert {"dbt_project/profiles.yml", "bridgebook/requirements.lock"} <= names
    assert not [
        name for name in names if name.startswith(("tests/", "dbt_project/target", "dbt_project/logs"))
    ]
    assert not [name for name in names if name.endswith((".pyc", ".duckdb", ".sqlite"))]


def test_the_demo_runs_from_a_read_only_place(wheel: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "environment"
    venv.create(elsewhere, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(elsewhere)}))
    ZipFile(wheel).extractall(packages)
    # Dependencies are those of this environment, without its pth files and so without an editable install.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    _make_read_only(elsewhere)
    before = _listing(elsewhere)
    person = tmp_path / "person"
    person.mkdir()
    done = _bridgebook(elsewhere, person, "demo", "--lang", "en", "--scale", "0.003")
    assert len(re.findall(r"^ +\d\. ", done, re.MULTILINE)) == 5
    assert re.search(r"Sync: (\d+) of \1 tables equal the source", done)
    assert "Everything is in order." in _bridgebook(elsewhere, person, "doctor")
    question = "select sum(debit) = sum(credit) as balanced from ledger_lines"
    assert _bridgebook(elsewhere, person, "sql", question, "--format", "csv") == "balanced\ntrue\n"
    assert _listing(elsewhere) == before
    assert [path.name for path in person.iterdir()] == [".bridgebook"]


def _bridgebook(elsewhere: Path, person: Path, *arguments: str) -> str:
    """Run the installed command as a person with an empty home folder, who stands in it."""
    environment = {"HOME": str(person), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(elsewhere / "bin" / "python"), "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=person, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _make_read_only(folder: Path) -> None:
    """Take the right to write from everybody; root, who may nevertheless, is watched by the listing."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)


def _listing(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
