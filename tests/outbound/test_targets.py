"""[[targets]] in bridgebook.toml, the command that serves them, and what is read back from their books."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from bridgebook import settings
from bridgebook.cli import app
from bridgebook.errors import SettingsInvalid, TargetUnknown
from bridgebook.reading_back import read_back
from bridgebook.settings import Settings
from ingestion.outbound.kinds import KINDS
from tests.outbound import servers
from tests.outbound.letters import deliver, home, post, rows, states
from tests.outbound.servers import APPLICATION
from tests.outbound.test_adapters import KINGDEE, U8

SOURCE = '[[source]]\nid = "k3"\nsystem = "sap"\nurl = "sqlite:///k3.sqlite"\n'


def mistakes(folder: Path, words: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as wrong:
        home(folder, words)
    return [
        line.removeprefix(f"{folder}/bridgebook.toml:") for line in wrong.value.sentence("en").splitlines()
    ]


def test_mistakes_are_told_with_line_key_and_what_was_expected(tmp_path: Path) -> None:
    assert mistakes(
        tmp_path,
        """
[[targets]]
id = "one"
kind = "kingdee_api"
[[targets]]
id = "two"
kind = "yonbip"
url = "ftp://x"
account_id = "t"
application = "a"
secret = { env = "S" }
account_book = "001"
source = "k3"
[[targets]]
id = "two"
kind = "u8_file"
folder = "out"
url = "http://x"
""",
    ) == [
        f"5: targets[1].kind must be one of {', '.join(KINDS)}",
        '7: target id "two" is used more than once; every target needs its own',
        '14: targets[2].source must be the id of the source that reads the target\'s books; "k3" is none, '
        "known: -",
        '6: targets[2].user is missing; a target of kind "yonbip" needs it',
        '9: targets[2].url must be the address of an interface, such as "https://erp.example.com/k3cloud"',
        '16: target id "two" is used more than once; every target needs its own',
        '19: targets[3].url means nothing to a target of kind "u8_file"; here one may write: folder, words',
    ]


def test_a_misspelt_key_is_recognised(tmp_path: Path) -> None:
    words = '[[targets]]\nid = "u8"\nkind = "u8_file"\nfoldr = "out"\nattempts = 0\n'
    assert mistakes(tmp_path, words) == [
        "6: targets[1].attempts must be a whole number of at least 1",
        "5: unknown key targets[1].foldr; did you mean folder?",
    ]


def test_an_unknown_target_is_named_beside_the_known(tmp_path: Path) -> None:
    with pytest.raises(TargetUnknown, match="known: erp"):
        home(tmp_path, U8).target("u9")


def test_push_delivers_and_tells_where_everything_stands(tmp_path: Path) -> None:
    given = home(tmp_path, U8)
    post(given, range(1, 3))
    books = post(given, range(3, 4), voucher_date="someday")
    folder = str(given.home.root)
    run = CliRunner().invoke(app, ["push", "--once", "--home", folder])
    assert (run.exit_code, run.stdout.splitlines()[0]) == (3, "erp: acknowledged 2, refused 1")
    assert "letter 3, target erp, HD01 记-3" in run.stdout
    shown = CliRunner().invoke(app, ["push", "status", "--home", folder])
    assert shown.stdout.splitlines()[1].split() == ["erp", "0", "0", "0", "0", "1", "2", "0"]
    refused = CliRunner().invoke(app, ["push", "retry", "1", "--by", "a", "--reason", "b", "--home", folder])
    assert refused.exit_code == 2
    done = CliRunner().invoke(app, ["push", "retry", "3", "--by", "a", "--reason", "b", "--home", folder])
    assert done.exit_code == 0
    assert states(given, books) == ["acknowledged", "acknowledged", "waiting"]
    nothing = CliRunner().invoke(app, ["push", "--once", "--target", "u9", "--home", folder])
    assert nothing.exit_code == 2
    assert "known: erp" in nothing.stderr


def publish(given: Settings, ledger: list[tuple[str, str, str, str]], syncs: int) -> None:
    """Publish a snapshot in which a source shows vouchers: id, number, reference, debit."""
    folder = given.home.snapshots
    folder.mkdir(exist_ok=True)
    file = folder / "marts-20260131T000000000Z.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.ledger_lines (source_id varchar, company_code varchar, fiscal_year integer, "
            "period_no integer, voucher_id varchar, voucher_no varchar, origin_document_no varchar, "
            "settlement_no varchar, status varchar, debit decimal(18, 4))"
        )
        for identity, number, reference, debit in ledger:
            connection.execute(
                "insert into marts.ledger_lines values ('k3', 'HD01', 2026, 1, ?, ?, ?, null, 'posted', ?)",
                [identity, number, reference, debit],
            )
        connection.execute(
            "create table marts.sync_runs "
            "(kind varchar, source_id varchar, status varchar, finished_at timestamp)"
        )
        for minutes in range(1, syncs + 1):
            later = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
            connection.execute("insert into marts.sync_runs values ('sync', 'k3', 'success', ?)", [later])
    given.home.pointer.write_text(file.name, encoding="utf-8")


def test_what_the_target_holds_is_read_back_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    with servers.serving(servers.Kingdee) as finance:
        words = KINGDEE.format(url=finance.url, application=f'application = "{APPLICATION}"')
        given = home(tmp_path, SOURCE + words + 'source = "k3"\nunseen_syncs = 2\n')
        books = post(given, range(1, 5))
        deliver(given, books)
    publish(
        given,
        [
            ("a", "41", "YZ-202601-0001", "1106.19"),  # by our reference; it was numbered anew
            ("b", "2", "", "1106.19"),  # by the number that it acknowledged
            ("c", "3", "", "999.00"),  # the same number, another voucher
        ],
        syncs=1,
    )
    assert read_back(given, books) == (2, [])
    assert states(given, books) == ["seen", "seen", "acknowledged", "acknowledged"]
    assert [row.last.target_no for row in rows(books) if row.last] == ["41", "2", "3", "4"]
    publish(given, [], syncs=2)
    seen, unseen = read_back(given, books)
    assert (seen, [(each.row.outbox_id, each.syncs) for each in unseen]) == (0, [(3, 2), (4, 2)])
    shown = CliRunner().invoke(app, ["push", "status", "--home", str(given.home.root)])
    assert shown.exit_code == 3
    assert "2 syncs later the target's books do not show it" in shown.stdout


def test_a_number_that_is_only_read_back_is_told_to_the_document_too(tmp_path: Path) -> None:
    back = '[[targets]]\nid = "back"\nkind = "file_status"\nfolder = "states"\n'
    given = home(tmp_path, f'{SOURCE}{U8}source = "k3"\n{back}')
    books = post(given, range(1, 2))
    deliver(given, books)
    assert [row.kind for row in rows(books)] == ["voucher"]
    publish(given, [("a", "7", "YZ-202601-0001", "1106.19")], syncs=1)
    assert read_back(given, books) == (1, [])
    assert [(row.kind, row.payload["voucher_no"]) for row in rows(books)] == [("voucher", 1), ("status", "7")]
    assert read_back(given, books) == (0, [])


def test_settings_of_a_home_with_targets_are_loaded_again(tmp_path: Path) -> None:
    home(tmp_path, U8)
    target = settings.load(tmp_path).target("erp")
    assert (target.takes("HD01", "GL"), target.letters, target.attempts) == (True, "voucher", 8)
