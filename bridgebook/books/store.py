"""Open the book store, on SQLite in the home or on PostgreSQL, brought up to the newest schema."""

import os
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

FILE = "books.sqlite"
HEAD = "0003"
MIGRATIONS = Path(__file__).with_name("migrations")
# SQLite gives its one write lock to whoever asks at the right moment, not to who has waited longest: among
# many writers somebody waits long.
BUSY_SECONDS = 120
TURN_SECONDS = 0.02
READS = "bridgebook_reads"


def store_url(folder: Path, url: str | None = None, password: str | None = None) -> URL:
    """Return the address of the store: a file in `folder`, or the database that the settings name."""
    if url is None:
        return URL.create("sqlite", database=str(folder / FILE))
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return address.set(password=password) if password else address


def open_store(address: URL) -> Engine:
    """Return an engine on the store, created and migrated where that is needed."""
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address)
        _migrate(engine)
        return engine
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    _keep_sqlite_safe(engine)
    _migrate(engine)
    if address.database:
        os.chmod(address.database, 0o600)
    return engine


def reading(engine: Engine) -> sa.Connection:
    """Return a connection that only reads: it waits for no writer, and none waits for it."""
    return engine.connect().execution_options(**{READS: True})


def _keep_sqlite_safe(engine: Engine) -> None:
    """Make SQLite durable and strict, and take the write lock at the beginning of what may write."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        reads = READS in connection.get_execution_options()
        connection.exec_driver_sql("begin" if reads else "begin immediate")


def let_others_write(engine: Engine) -> None:
    """Pause between two transactions of a long task on SQLite: others wait for a moment without lock."""
    if engine.dialect.name == "sqlite":
        time.sleep(TURN_SECONDS)


def _migrate(engine: Engine) -> None:
    """Bring the schema to HEAD; costs one question when it is there already."""
    if _revision(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(7215630)"))
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _revision(engine: Engine) -> str | None:
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(sa.text("select version_num from alembic_version")).scalar()
        return str(found) if found else None
