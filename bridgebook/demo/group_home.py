"""The demo group's home: databases written, synced, built, published; and what is wrong in them."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgebook import snapshots
from bridgebook.demo.headlines import Headline, headlines
from bridgebook.errors import DemoHomeTaken, SettingsError
from bridgebook.home import Home
from bridgebook.reporting import Report
from bridgebook.run import RunResult, run
from bridgebook.settings import Settings, load
from bridgebook.syncing import Synced, untold
from bridgebook.texts import Language

if TYPE_CHECKING:
    from bridgebook.demo.group import Tick

FOLDER = "demo"
SCALE, SEED, DEFECTS = 0.1, 20240601, 1.0
_HEAD = """\
# The demo group 恒远集团: two companies on SAP with their books in Yonyou U8, one wholly on U8.
# `bridgebook demo` writes their databases; `bridgebook demo tick` lets them live a day; `bridgebook run`
# brings the new rows in.
language = "{language}"

"""


@dataclass(frozen=True)
class Wish:
    """How the group shall be written; what is None stays as it is, or is the default in a new home."""

    scale: float | None = None
    seed: int | None = None
    defects: float | None = None
    as_of: date | None = None
    url: str | None = None


@dataclass(frozen=True)
class GroupShown:
    """What the demo did and what the published marts say is wrong."""

    run: RunResult
    as_of: date
    headlines: tuple[Headline, ...]
    complete_tables: int
    tables: int
    debit: Decimal
    line_count: int


def show(
    root: Path, language: Language, report: Report, wish: Wish | None = None, *, synced: Synced = untold
) -> GroupShown:
    """Run the demo in the home `root`; raise DemoHomeTaken where that home reads other sources."""
    settings, as_of = prepare(Home(root), language, report, wish or Wish())
    done = run(settings, as_of=as_of, report=report, synced=synced)
    return _shown(settings.home, done, as_of)


def prepare(home: Home, language: Language, report: Report, wish: Wish) -> tuple[Settings, date]:
    """Write the databases, the settings and the approved mapping where they are not there as wished."""
    from bridgebook.demo.group import AS_OF, STATE, TAX_POOL, database_names, sources_of

    home.create()
    folder = home.root / FOLDER
    state_file = folder / STATE
    held: dict[str, Any] = json.loads(state_file.read_text()) if state_file.is_file() else {}
    wanted: dict[str, Any] = {
        "scale": wish.scale or held.get("scale", SCALE),
        "seed": held.get("seed", SEED) if wish.seed is None else wish.seed,
        "defects": held.get("defects", DEFECTS) if wish.defects is None else wish.defects,
        "as_of": wish.as_of.isoformat() if wish.as_of else held.get("as_of", AS_OF.isoformat()),
        "server": _without_password(wish.url) if wish.url else held.get("server"),
    }
    as_of = date.fromisoformat(wanted["as_of"])
    names = database_names(as_of)
    _refuse_other_homes(home)
    # A folder written before the pool of tax invoices came into being is written anew.
    if not (folder / TAX_POOL).is_dir() or any(held.get(key) != value for key, value in wanted.items()):
        report("demo_group_writing", folder=folder)
        shutil.rmtree(folder, ignore_errors=True)
        _write(folder, names, wanted, as_of, wish.url)
        state_file.write_text(json.dumps({**json.loads(state_file.read_text()), **wanted}))
    secret = _keep_password(home, wish.url)
    urls = {name: _url(wanted["server"], name) for name in names}
    more = 'password = { file = "secrets/demo" }\n' if secret.exists() and wanted["server"] else ""
    _write_settings(home, language, sources_of(urls, more, inbox=f"{FOLDER}/{TAX_POOL}"))
    approved = home.rules / "master_map.csv"
    if not approved.exists():
        shutil.copy(folder / "master_map.csv", approved)
    return load(home.root), as_of


def live(root: Path, days: int) -> Tick:
    """Let the group of a demo home live some days more; the next run brings in what happened."""
    from bridgebook.demo.group import STATE, tick

    folder = Home(root).root / FOLDER
    if not (folder / STATE).is_file():
        raise SettingsError("demo_no_group", home=root)
    if json.loads((folder / STATE).read_text()).get("server"):
        raise SettingsError("demo_tick_needs_files", home=root)
    return tick(folder, days)


def _refuse_other_homes(home: Home) -> None:
    """Raise DemoHomeTaken where the settings name sources that are not the group's."""
    from bridgebook.demo.group import TAX_POOL

    if not home.settings_file.exists():
        return
    if not all(
        source.id in ("sap", TAX_POOL) or source.id.startswith("u8_") for source in load(home.root).sources
    ):
        raise DemoHomeTaken("demo_home_taken", file=home.settings_file)


def _write_settings(home: Home, language: Language, sources: str) -> None:
    """Write the settings unless they name these databases already: what people added stays."""
    if home.settings_file.exists() and sources in home.settings_file.read_text(encoding="utf-8"):
        return
    home.settings_file.write_text(_HEAD.format(language=language) + sources, encoding="utf-8")


def _write(
    folder: Path, names: tuple[str, ...], wanted: dict[str, Any], as_of: date, url: str | None
) -> None:
    from bridgebook.demo.group import STATE, write_group, write_group_to

    how: dict[str, Any] = {"scale": wanted["scale"], "seed": wanted["seed"], "defects": wanted["defects"]}
    if not wanted["server"]:
        write_group(folder, as_of=as_of, **how)
        return
    server = url or wanted["server"]
    _create_databases(server, names)
    write_group_to(lambda name: _url(server, name, driver=True), folder, as_of=as_of, **how)
    (folder / STATE).write_text(json.dumps({"days": 0}))


_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_PREFIX = "bridgebook_demo"


def _url(server: str | None, name: str, *, driver: bool = False) -> str:
    """Give the URL of one of the group's databases: a file of the home, or a database of the server."""
    if server is None:
        return f"sqlite:///{FOLDER}/{name}.db"
    import sqlalchemy as sa

    address = sa.make_url(server)
    address = address.set(database=f"{address.database or _PREFIX}_{name}")
    if driver:
        address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
    return address.render_as_string(hide_password=False)


def _without_password(url: str) -> str:
    import sqlalchemy as sa

    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise SettingsError("demo_url_unknown", url="?") from None
    if address.drivername not in _DRIVERS:
        raise SettingsError("demo_url_unknown", url=address.drivername)
    # A URL without its password is built anew: set(password=None) would leave it as it is.
    bare = sa.URL.create(
        address.drivername, address.username, None, address.host, address.port, address.database
    )
    return bare.render_as_string(hide_password=False)


def _keep_password(home: Home, url: str | None) -> Path:
    """Keep the URL's password in a file of its own that only its owner reads; give where it is kept."""
    file = home.root / "secrets" / "demo"
    if url:
        import sqlalchemy as sa

        if password := sa.make_url(url).password:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(str(password), encoding="utf-8")
    return file


def _create_databases(server: str, names: tuple[str, ...]) -> None:
    """Create the group's databases where the server does not have them yet."""
    import sqlalchemy as sa

    address = sa.make_url(server)
    is_postgresql = address.drivername == "postgresql"
    there = address.set(drivername=_DRIVERS[address.drivername], database="postgres" if is_postgresql else "")
    engine = sa.create_engine(there, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            present = set(sa.inspect(connection).get_schema_names())
            if is_postgresql:
                present = set(connection.scalars(sa.text("select datname from pg_database")))
            quote = engine.dialect.identifier_preparer.quote_identifier
            for name in names:
                database = sa.make_url(_url(server, name)).database or name
                if database not in present:
                    options = "" if is_postgresql else " character set utf8mb4"
                    connection.exec_driver_sql(f"create database {quote(database)}{options}")
    except sa.exc.OperationalError as error:
        raise SettingsError("demo_url_failed", url=_without_password(server), reason=error.orig) from error
    finally:
        engine.dispose()


_COMPLETE = """
select count(*) filter (where is_complete), count(*) from marts.sync_tables
where run_id in (
    select max_by(run_id, started_at) from marts.sync_runs where kind = 'sync' group by source_id
)
"""
_SIZE = "select coalesce(sum(debit), 0), count(*) from marts.ledger_lines where is_primary_ledger"


def _shown(home: Home, done: RunResult, as_of: date) -> GroupShown:
    import duckdb

    with closing(duckdb.connect(str(snapshots.require(home)), read_only=True)) as connection:
        complete, tables = connection.execute(_COMPLETE).fetchone() or (0, 0)
        debit, count = connection.execute(_SIZE).fetchone() or (Decimal(0), 0)
        told = headlines(connection, as_of)
    return GroupShown(done, as_of, told, complete, tables, debit, count)
