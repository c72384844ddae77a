"""Give staging its view of the landed tables: one schema per system in the warehouse."""

from contextlib import closing
from pathlib import Path

from bridgebook.installation import Installation


def landings(installation: Installation) -> dict[str, str]:
    """Return source id -> landing file, for the sources that were landed at least once."""
    from ingestion.landing import landing_path

    home = installation.settings.home
    files = {source.id: landing_path(home.landing, source.id) for source in installation.settings.sources}
    return {source: str(file) for source, file in files.items() if file.is_file()}


def newest_loads(installation: Installation) -> dict[str, int]:
    """Return source id -> number of the newest load in its landing file."""
    import duckdb

    found = {}
    for source, file in landings(installation).items():
        with closing(duckdb.connect(file, read_only=True)) as connection:
            row = connection.execute("select max(last) from proof.sequence").fetchone()
        found[source] = int(row[0]) if row and row[0] is not None else 0
    return found


def create_views(installation: Installation, work_file: Path) -> None:
    """Create landed_<system>."<table>" and "<table>__past" for every table of every pack in use."""
    import duckdb

    from ingestion.landing import landed_past_view_sql, landed_sources, landed_view_sql

    home = installation.settings.home
    sources = {
        system: landed_sources(
            home.landing, [s.id for s in installation.settings.sources if s.system == system]
        )
        for system in installation.packs
    }
    with closing(duckdb.connect(str(work_file))) as connection:
        for source, file in landings(installation).items():
            path = file.replace("'", "''")
            connection.execute(f"attach '{path}' as \"landing_{source}\" (read_only)")
        for system, pack in installation.packs.items():
            connection.execute(f'create schema if not exists "landed_{system}"')
            for table in pack.tables:
                connection.execute(landed_view_sql(system, table, sources[system]))
                connection.execute(landed_past_view_sql(system, table, sources[system]))


def create_past_views(installation: Installation, work_file: Path, instant: int) -> None:
    """Create the same views as they were at an instant (epoch milliseconds)."""
    import duckdb

    from ingestion.past import past_sources, past_views_sql

    home, settings = installation.settings.home, installation.settings
    with closing(duckdb.connect(str(work_file))) as connection:
        for source, file in landings(installation).items():
            path = file.replace("'", "''")
            connection.execute(f"attach '{path}' as \"landing_{source}\" (read_only)")
        for system, pack in installation.packs.items():
            ids = [source.id for source in settings.sources if source.system == system]
            found = past_sources(home.landing, ids)
            connection.execute(f'create schema if not exists "landed_{system}"')
            for table in pack.tables:
                for statement in past_views_sql(system, table, found, instant):
                    connection.execute(statement)
