"""What every test may ask for: databases of this machine, demo books, homes built once per session."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy.engine import Engine

from bridgebook.demo import tryton
from tests.tryton.installation import Installation, SourceText
from tests.tryton.race import Race, changed_at_random
from tests.tryton.source import age_stamps, open_books

POSTGRESQL = os.environ.get(
    "BRIDGEBOOK_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
MARIADB = os.environ.get("BRIDGEBOOK_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/mysql")
NewDatabase = Callable[[], str]
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers of these tests."""
    config.addinivalue_line(
        "markers", "faults: kills and starves the product; rounds by BRIDGEBOOK_FAULT_ROUNDS"
    )


def _service(url: str, name: str, quote: str) -> Iterator[NewDatabase]:
    """Yield a function that creates an empty database and returns its URL; drop them all at the end."""
    import sqlalchemy as sa

    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    made: list[str] = []
    try:
        with engine.connect():
            pass
    except sa.exc.SQLAlchemyError as error:
        if os.environ.get("BRIDGEBOOK_REQUIRE_SERVICES") == "1":
            pytest.fail(f"{name} is required (BRIDGEBOOK_REQUIRE_SERVICES=1) but does not answer: {error}")
        pytest.skip(f"{name} does not answer on this machine")

    def new_database() -> str:
        database = f"bridgebook_test_{os.getpid()}_{next(_numbers)}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {quote}{database}{quote}")
        made.append(database)
        return engine.url.set(database=database).render_as_string(hide_password=False)

    yield new_database
    with engine.connect() as connection:
        for database in made:
            force = " WITH (FORCE)" if engine.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {quote}{database}{quote}{force}")
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[NewDatabase]:
    """Return a maker of empty PostgreSQL databases; without a server skip, or fail where one is required."""
    yield from _service(POSTGRESQL, "PostgreSQL", '"')


@pytest.fixture(scope="session")
def mariadb() -> Iterator[NewDatabase]:
    """Return a maker of empty MariaDB databases; without a server skip, or fail where one is required."""
    yield from _service(MARIADB, "MariaDB", "`")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Return an empty book store, in each of the databases that one lives in."""
    from bridgebook.books.store import open_store, store_url

    if request.param == "sqlite":
        return open_store(store_url(tmp_path))
    new_database: NewDatabase = request.getfixturevalue("postgresql")
    return open_store(store_url(tmp_path, new_database()))


@pytest.fixture(scope="session")
def postgresql_books(postgresql: NewDatabase) -> str:
    """Return the URL of a PostgreSQL database with Tryton's demo books, which no test changes."""
    url = postgresql()
    tryton.write_database(url)
    return url


@pytest.fixture(scope="session")
def mariadb_books(mariadb: NewDatabase) -> str:
    """Return the URL of a MariaDB database with Tryton's demo books, which no test changes."""
    url = mariadb()
    tryton.write_database(url)
    return url


@pytest.fixture(scope="session")
def sqlite_home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home that ran once over the demo books in SQLite, which lie in it; to change it, copy it.

    The rows' stamps are spread over two years, so that the lag window of an hour covers only a few of them.
    """

    def make(folder: Path) -> None:
        home = Installation.create(
            folder / "home", SourceText("erp", "sqlite:///books.sqlite", "lag_minutes = 60")
        )
        tryton.write_sqlite(home.folder / "books.sqlite")
        with open_books(home.books_url) as books:
            age_stamps(books)
        began = time.monotonic()
        home.run("run")
        (folder / "seconds").write_text(str(time.monotonic() - began))

    return Installation(made_once(tmp_path_factory, "sqlite-home", make) / "home")


@pytest.fixture(scope="session")
def group_home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return the home of the demo group, small, as `bridgebook demo` makes it; to change it, copy it.

    What the command said lies beside it. A rule names one of a company's yearly databases as its books.
    """

    def make(folder: Path) -> None:
        home = Installation(folder / "home")
        (home.folder / "rules").mkdir(parents=True)
        rule = "company_code,source_id,ledger_code,reason\nHY01,u8_001_2025,GL,the books\n"
        (home.folder / "rules" / "primary_ledgers.csv").write_text(rule, encoding="utf-8")
        done = home.run("demo", "--scale", "0.02", "--lang", "en", timeout=1500)
        (folder / "said.txt").write_text(done.output, encoding="utf-8")

    return Installation(made_once(tmp_path_factory, "group-home", make) / "home")


@pytest.fixture
def home_copy(sqlite_home: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Return a copy of the SQLite home, source included, that the test may change."""
    copy = sqlite_home.copy_to(tmp_path / "home")
    yield copy
    shutil.rmtree(copy.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def first_load(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Race:
    """Return the SQLite home before anything was loaded, and what one undisturbed run made of it."""
    before = Installation(tmp_path_factory.mktemp("first") / "before")
    before.folder.mkdir()
    for name in ("bridgebook.toml", "books.sqlite"):
        shutil.copy(sqlite_home.folder / name, before.folder)
    return Race(before, sqlite_home, (), float((sqlite_home.folder.parent / "seconds").read_text()))


@pytest.fixture(scope="session")
def many_changes(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Race:
    """Return the SQLite home with a source that has changed a lot, and what one undisturbed run made."""

    def make(folder: Path) -> None:
        race = changed_at_random(sqlite_home, folder, seed=0, count=60)
        facts = {"changes": race.changes, "seconds": race.seconds}
        (folder / "race.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    folder = made_once(tmp_path_factory, "many-changes", make)
    facts = json.loads((folder / "race.json").read_text(encoding="utf-8"))
    homes = (Installation(folder / "before"), Installation(folder / "after"))
    return Race(*homes, tuple(facts["changes"]), facts["seconds"])


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that one of the test processes fills by `make`, and that all of them use."""
    root = factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder = root / name
    with FileLock(root / f"{name}.lock"):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder
