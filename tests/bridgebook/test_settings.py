"""What people write into bridgebook.toml, and how mistakes are told."""

import os
from pathlib import Path

import pytest

from bridgebook import settings
from bridgebook.errors import HomeMissing, SecretUnavailable, SettingsInvalid, SourceUnknown
from bridgebook.home import Home
from bridgebook.initialise import initialise
from bridgebook.texts import Language

GOOD = """
language = "en"
master_source = "erp"

[[source]]
id = "erp"
system = "tryton"
url = "postgresql://reader@db/erp"
schema = "public"
password = { env = "ERP_PASSWORD" }
companies = { "1" = "HD01" }
schedule = "0 2 * * *"
tables = { exclude = ["stock_lot"] }
full_sweep_days = 7
lag_minutes = 60

[[source]]
id = "old"
system = "tryton"
url = "sqlite:///old.sqlite"
"""


def written(folder: Path, words: str) -> Path:
    (folder / "bridgebook.toml").write_text(words, encoding="utf-8")
    return folder


def mistakes(folder: Path, words: str, language: Language = "en") -> list[str]:
    """Return the mistakes in a settings file, without the folder in front."""
    with pytest.raises(SettingsInvalid) as wrong:
        settings.load(written(folder, words))
    sentence = wrong.value.sentence(language)
    return [line.removeprefix(f"{folder}/bridgebook.toml") for line in sentence.splitlines()]


def test_everything_that_may_be_said_is_understood(tmp_path: Path) -> None:
    loaded = settings.load(written(tmp_path, GOOD))
    erp, old = loaded.sources
    assert (loaded.language, loaded.master_source) == ("en", "erp")
    assert (erp.url, erp.schema_name, erp.companies) == (
        "postgresql://reader@db/erp",
        "public",
        {"1": "HD01"},
    )
    assert (erp.tables.exclude, erp.full_sweep_days, erp.lag_minutes) == (("stock_lot",), 7, 60)
    assert (old.full_sweep_days, old.lag_minutes, old.companies) == (1, 1440, {})
    assert loaded.place(old, "url") == f"{tmp_path}/bridgebook.toml:20"


def test_the_first_source_is_the_master_unless_said_otherwise(tmp_path: Path) -> None:
    assert settings.load(written(tmp_path, GOOD.replace('master_source = "erp"', ""))).master_source == "erp"


def test_all_mistakes_are_told_at_once_with_line_key_and_what_was_expected(tmp_path: Path) -> None:
    assert mistakes(
        tmp_path,
        """
language = "de"
[[source]]
id = "Big One"
system = "tryton"
urll = "sqlite:///x.sqlite"
lag_minutes = -3
password = { env = "A", file = "b" }
tables = ["x"]
[[source]]
id = "two"
system = "tryton"
url = "db.example/erp"
schedule = "at two"
""",
    ) == [
        ":2: language must be one of 'zh' or 'en'",
        ":4: source[1].id must begin with a lower case letter and hold only lower case letters, "
        'digits and _, at most 31 characters, such as "erp"',
        ":3: source[1].url is missing",
        ':8: source[1].password must be { env = "VARIABLE" } or { file = "secrets/name" }, one of the two',
        ':9: source[1].tables must be a table of keys and values, such as { key = "value" }; '
        "a source is written as [[source]]",
        ":7: source[1].lag_minutes must be a whole number that is not negative",
        ":6: unknown key source[1].urll; did you mean url?",
        ':13: source[2].url must be a database address such as "postgresql://reader@db/erp" or '
        '"sqlite:///erp.sqlite" (sqlite, postgresql, mysql, mariadb, mssql, oracle)',
    ]


def test_mistakes_are_told_in_chinese_too(tmp_path: Path) -> None:
    assert mistakes(tmp_path, 'language = "zh"\n[[source]]\nid = 7\nsystem = "u8"\nurl = "x"\n', "zh") == [
        ":3: source[1].id 应为带引号的文本"
    ]


def test_text_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, 'language = "zh"\n\n[[source]\nid = "x"\n')
    assert line.startswith(":3: not valid TOML")


def test_a_cron_of_four_fields_is_refused(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, GOOD.replace("0 2 * * *", "0 2 * *"))
    assert line.startswith(":12: source[1].schedule must be a cron expression of five fields")


def test_an_id_used_twice_and_an_unknown_master_are_contradictions(tmp_path: Path) -> None:
    words = GOOD.replace('id = "old"', 'id = "erp"').replace('master_source = "erp"', 'master_source = "crm"')
    assert mistakes(tmp_path, words) == [
        ':6: source id "erp" is used more than once; every source needs its own',
        ':18: source id "erp" is used more than once; every source needs its own',
        ':3: master_source "crm" is not the id of a source; known: erp',
    ]


def test_lines_are_right_after_values_of_several_lines(tmp_path: Path) -> None:
    words = """[[source]]
id = "a"
system = "tryton"
url = "sqlite:///a"
tables = { exclude = [
"x",
"y",
] }
nonsense = 1
"""
    assert mistakes(tmp_path, words)[0].startswith(":9: unknown key source[1].nonsense")


def test_a_home_without_settings_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(HomeMissing) as missing:
        settings.load(tmp_path)
    assert "bridgebook init" in missing.value.sentence("en")
    assert "bridgebook init" in missing.value.sentence("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_init_writes_is_valid_and_never_overwritten(tmp_path: Path, language: Language) -> None:
    home = Home(tmp_path / "home")
    assert initialise(home, language)
    loaded = settings.load(home.root)
    assert (loaded.language, loaded.sources) == (language, ())
    uncommented = home.settings_file.read_text(encoding="utf-8").replace("\n# ", "\n").replace("\n#\n", "\n")
    home.settings_file.write_text(
        "".join(line + "\n" for line in uncommented.splitlines() if "=" in line or line.startswith("[")),
        encoding="utf-8",
    )
    assert [source.id for source in settings.load(home.root).sources] == ["erp", "old_erp"]
    before = home.settings_file.read_bytes()
    assert not initialise(home, language)
    assert home.settings_file.read_bytes() == before


def test_an_unknown_source_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SourceUnknown, match="known: erp, old"):
        settings.load(written(tmp_path, GOOD)).source("crm")


def test_a_password_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = settings.load(written(tmp_path, GOOD))
    monkeypatch.setenv("ERP_PASSWORD", "s3cret")
    assert settings.read_password(loaded.sources[0], loaded.home) == "s3cret"
    assert settings.read_password(loaded.sources[1], loaded.home) is None
    monkeypatch.delenv("ERP_PASSWORD")
    with pytest.raises(SecretUnavailable, match="ERP_PASSWORD"):
        settings.read_password(loaded.sources[0], loaded.home)


def test_a_password_file_is_read_only_when_nobody_else_can(tmp_path: Path) -> None:
    words = GOOD.replace('{ env = "ERP_PASSWORD" }', '{ file = "secrets/erp" }')
    loaded = settings.load(written(tmp_path, words))
    with pytest.raises(SecretUnavailable, match="cannot be read"):
        settings.read_password(loaded.sources[0], loaded.home)
    secret = tmp_path / "secrets" / "erp"
    secret.parent.mkdir()
    secret.write_text("s3cret\n", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(SecretUnavailable, match="chmod 600") as refusal:
        settings.read_password(loaded.sources[0], loaded.home)
    assert "s3cret" not in str(refusal.value)
    secret.chmod(0o600)
    assert settings.read_password(loaded.sources[0], loaded.home) == "s3cret"


@pytest.mark.parametrize(
    ("option", "variables", "expected"),
    [
        ("zh", {"BRIDGEBOOK_LANGUAGE": "en"}, "zh"),
        (None, {"BRIDGEBOOK_LANGUAGE": "zh"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {}, "en"),
    ],
)
def test_the_language_is_the_nearest_wish(
    option: str | None,
    variables: dict[str, str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("BRIDGEBOOK_LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert settings.chosen_language(option, tmp_path) == expected


def test_the_settings_file_names_the_language_even_when_it_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRIDGEBOOK_LANGUAGE", raising=False)
    assert settings.chosen_language(None, written(tmp_path, 'language = "zh"\nnonsense')) == "zh"


def test_the_home_is_option_then_environment_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BRIDGEBOOK_HOME", raising=False)
    assert settings.chosen_home(None) == Path(os.getcwd()) / ".bridgebook"
    monkeypatch.setenv("BRIDGEBOOK_HOME", str(tmp_path / "env"))
    assert settings.chosen_home(None) == tmp_path / "env"
    assert settings.chosen_home(Path("option")) == Path(os.getcwd()) / "option"
