"""Whatever goes wrong on the way, a finance system holds each voucher once, and people hear of the rest."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bridgebook.books import outbox
from bridgebook.errors import LetterUnknown, LockHeld
from bridgebook.push_status import standing
from bridgebook.pushing import due_at, retry, serving
from bridgebook.settings import Settings
from tests.conftest import NewDatabase
from tests.outbound import servers
from tests.outbound.letters import deliver, home, make_due, post, rows, states
from tests.outbound.servers import APPLICATION, Finance

ROUNDS = int(os.environ.get("BRIDGEBOOK_FAULT_ROUNDS", "2"))
KINDS = {"kingdee_webapi": servers.Kingdee, "yonbip": servers.YonBip}
TARGET = """
[[targets]]
id = "erp"
kind = "{kind}"
url = "{url}"
account_id = "acct"
user = "webapi"
application = "{application}"
secret = {{ file = "secret" }}
account_book = "001"
settle_seconds = 0
timeout_seconds = 5
attempts = 3
"""


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def finance(kind: str) -> Iterator[Finance]:
    with servers.serving(KINDS[kind]) as found:
        yield found


@pytest.fixture
def given(kind: str, finance: Finance, tmp_path: Path) -> Settings:
    return home(
        tmp_path / "home", TARGET.format(kind=kind, url=f"{finance.url}/k3cloud", application=APPLICATION)
    )


def expected(numbers: range) -> list[str]:
    return [f"YZ-202601-{number:04}" for number in numbers]


def deliver_all(given: Settings, books: Engine, passes: int = 6) -> None:
    for _ in range(passes):
        make_due(books)
        deliver(given, books)


def test_vouchers_arrive_once_and_their_numbers_are_kept(given: Settings, finance: Finance) -> None:
    books = post(given, range(1, 4))
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 3}
    assert finance.references() == expected(range(1, 4))
    assert [row.last.target_no for row in rows(books) if row.last] == ["1", "2", "3"]
    assert deliver(given, books).outcomes == {}
    assert finance.references() == expected(range(1, 4))


@pytest.mark.parametrize("trouble", ["drop", "lose", "fail", "throttle"])
def test_trouble_on_the_way_makes_no_second_voucher(given: Settings, finance: Finance, trouble: str) -> None:
    books = post(given, range(1, 3))
    finance.trouble = [trouble, trouble]
    first = deliver(given, books)
    assert "acknowledged" not in first.outcomes or finance.references()
    assert set(states(given, books)) <= {"unanswered", "retrying", "acknowledged"}
    deliver_all(given, books)
    assert states(given, books) == ["acknowledged", "acknowledged"]
    assert finance.references() == expected(range(1, 3))


def test_a_target_that_asks_to_wait_is_left_alone_that_long(
    kind: str, given: Settings, finance: Finance
) -> None:
    books = post(given, range(1, 2))
    finance.trouble = ["throttle"]
    seconds = deliver(given, books).next_seconds
    assert seconds is not None
    assert seconds == pytest.approx(7 if kind == "kingdee_webapi" else 30, abs=3)
    asked = len(finance.asked)
    assert deliver(given, books).outcomes == {}
    assert len(finance.asked) == asked


def test_a_failure_behind_http_200_is_a_failure_in_the_targets_own_words(
    given: Settings, finance: Finance
) -> None:
    books = post(given, range(1, 2))
    finance.trouble = ["refuse"]
    assert dict(deliver(given, books).outcomes) == {"refused": 1}
    (stuck,) = standing(given, books).stuck
    assert stuck.last is not None
    assert "已结账" in str(stuck.last.error)
    make_due(books)
    assert deliver(given, books).outcomes == {}  # a refusal is not tried again by itself
    retry(books, given, stuck.outbox_id, by="王会计", reason="期间已重新打开")
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 1}
    with pytest.raises(LetterUnknown, match="acknowledged"):
        retry(books, given, stuck.outbox_id, by="王会计", reason="再推一次")
    assert finance.references() == expected(range(1, 2))


def test_nothing_is_tried_for_ever(given: Settings, finance: Finance) -> None:
    books = post(given, range(1, 2))
    finance.trouble = ["lose"] * 20
    deliver_all(given, books, passes=10)
    assert states(given, books) == ["given_up"]
    (stuck,) = standing(given, books).stuck
    assert stuck.last is not None
    assert stuck.last.attempt_no == 3
    assert due_at(stuck, given.target("erp")) is None
    assert finance.references() == []


def test_a_server_that_is_away_received_nothing(kind: str, tmp_path: Path) -> None:
    given = home(
        tmp_path / "home", TARGET.format(kind=kind, url="http://127.0.0.1:9/x", application=APPLICATION)
    )
    books = post(given, range(1, 2))
    assert dict(deliver(given, books).outcomes) == {"failed": 1}
    (row,) = rows(books)
    assert row.last is not None
    assert "cannot be reached" in str(row.last.error)


def test_a_wrong_secret_is_told_and_not_shown(kind: str, finance: Finance, tmp_path: Path) -> None:
    given = home(
        tmp_path / "home",
        TARGET.format(kind=kind, url=finance.url, application=APPLICATION),
        secret="wrong-secret",
    )
    books = post(given, range(1, 2))
    assert dict(deliver(given, books).outcomes) == {"failed": 1}
    (row,) = rows(books)
    assert row.last is not None
    assert "refuses the login" in str(row.last.error)
    assert "wrong-secret" not in str(row.last.error)


def test_an_expired_session_is_renewed_once(given: Settings, finance: Finance) -> None:
    books = post(given, range(1, 2))
    deliver(given, books)
    finance.tokens.clear()
    post(given, range(2, 3))
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 1}


def test_what_cannot_be_a_voucher_is_refused_here(given: Settings, finance: Finance) -> None:
    books = post(given, range(1, 2), voucher_date="someday")
    post(given, range(2, 3))
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 1, "refused": 1}
    assert finance.references() == expected(range(2, 3))


def test_two_workers_never_serve_one_target(given: Settings, finance: Finance) -> None:
    books = post(given, range(1, 2))
    with serving(given, books, "erp"), pytest.raises(LockHeld):
        deliver(given, books)
    assert finance.references() == []
    assert dict(deliver(given, books).outcomes) == {"acknowledged": 1}


@pytest.mark.services
def test_two_machines_with_one_book_store_never_serve_one_target(
    postgresql: NewDatabase, tmp_path: Path
) -> None:
    with servers.serving(servers.Kingdee) as finance:
        words = TARGET.format(kind="kingdee_webapi", url=finance.url, application=APPLICATION)
        words = f'books = {{ url = "{postgresql()}" }}\n{words}'
        here, there = home(tmp_path / "here", words), home(tmp_path / "there", words)
        books = post(here, range(1, 3))
        with serving(there, books, "erp"), pytest.raises(LockHeld, match="another machine"):
            deliver(here, books)
        finance.trouble = ["drop"]
        deliver(here, books)
        deliver_all(here, books)
        assert finance.references() == expected(range(1, 3))
        assert states(here, books) == ["acknowledged", "acknowledged"]


VICTIM = """
import sys
from pathlib import Path
from bridgebook import settings
from bridgebook.pushing import push
from bridgebook.records import open_books
given = settings.load(Path(sys.argv[1]))
push(given, open_books(given), given.target("erp"))
"""


@pytest.mark.faults
def test_killed_between_sending_and_acknowledgement(given: Settings, finance: Finance) -> None:
    """Each worker dies while the target has the voucher and we do not know it."""
    count = 2 * ROUNDS
    books = post(given, range(1, count + 1))
    victims: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        victims[-1].send_signal(signal.SIGKILL)
        victims[-1].wait()

    for number in range(ROUNDS):
        finance.trouble = [kill]
        post(given, range(count + number + 1, count + number + 2))
        make_due(books)
        victims.append(subprocess.Popen([sys.executable, "-c", VICTIM, str(given.home.root)]))
        assert victims[-1].wait(timeout=60) == -signal.SIGKILL
        assert "unanswered" in states(given, books)
        time.sleep(0.01)
    finance.trouble = []
    deliver_all(given, books, passes=3)
    assert set(states(given, books)) == {"acknowledged"}
    assert finance.references() == expected(range(1, count + ROUNDS + 1))


def test_a_row_that_may_have_arrived_is_left_alone_until_the_target_has_settled(
    kind: str, finance: Finance, tmp_path: Path
) -> None:
    words = TARGET.format(kind=kind, url=finance.url, application=APPLICATION)
    given = home(tmp_path / "home", words.replace("settle_seconds = 0", "settle_seconds = 60"))
    books = post(given, range(1, 2))
    finance.trouble = ["drop"]
    deliver(given, books)
    make_due(books)
    assert states(given, books) == ["unanswered"]
    asked = len(finance.asked)
    assert deliver(given, books).outcomes == {}
    assert len(finance.asked) == asked
    with books.connect() as connection:
        assert [entry.outcome for entry in outbox.entries(connection, 1)] == ["sent", "unknown"]
