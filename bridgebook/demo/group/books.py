"""Write the demo group's databases, and say what was written and how to configure it as sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bridgebook.demo.group import timeline
from bridgebook.demo.group.approved import write_master_map
from bridgebook.demo.group.companies import COMPANIES
from bridgebook.demo.group.generation import databases, generate
from bridgebook.demo.group.labels import Labels
from bridgebook.demo.group.masters import make_masters
from bridgebook.demo.group.schema import Table, tables
from bridgebook.demo.group.tax_pool import TAX_POOL, TaxPool
from bridgebook.demo.group.timeline import AS_OF
from bridgebook.demo.group.world import World
from bridgebook.demo.group.writers import ServerStore, SqliteStore, UrlFactory

STATE = "group.json"
"""The file beside the databases that says how they were written and how many days they have lived since."""


@dataclass(frozen=True)
class GroupBooks:
    """Say what was written.

    Database files by source id, rows by table, labels by kind, and where the labels stand.
    """

    folder: Path
    databases: dict[str, Path]
    rows: dict[str, dict[str, int]]
    labels: dict[str, int]
    labels_path: Path
    as_of: date


def _world(scale: float, seed: int, defects: float, as_of: date) -> World:
    months = timeline.business_months(as_of)
    return World(
        seed=seed, scale=scale, defects=defects, as_of=timeline.day(as_of), months=months,
        masters=make_masters(seed, scale, months),
    )  # fmt: skip


def schemas(world: World) -> dict[str, dict[str, Table]]:
    """List the databases of the group with their tables."""
    result = {"sap": tables("sap")}
    for company in COMPANIES:
        result |= dict.fromkeys(databases(world, company), tables("u8"))
    return result


def write_group(
    folder: Path, *, scale: float = 0.1, seed: int = 20240601, defects: float = 1.0, as_of: date = AS_OF
) -> GroupBooks:
    """Write the group's SAP and U8 databases as SQLite files into a folder, with labels.csv beside them.

    Scale 1 is about 12,000 vouchers a month. The same arguments give the same bytes. `defects` is the rate
    of planted
    mistakes: 0 makes a clean book, in which lawful differences of time and price remain.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = _world(scale, seed, defects, as_of)
    databases_written = schemas(world)
    store, labels, pool = SqliteStore(folder, databases_written), Labels(), TaxPool()
    generate(world, store, labels, pool)
    store.close()
    pool.write(folder / TAX_POOL)
    write_master_map(folder / "master_map.csv", world.masters, databases_written)
    state = {"as_of": as_of.isoformat(), "seed": seed, "days": 0, "scale": scale, "defects": defects}
    (folder / STATE).write_text(json.dumps(state))
    return _report(
        folder,
        databases_written,
        store.rows,
        labels,
        as_of,
        {name: folder / f"{name}.db" for name in databases_written},
    )


def write_group_to(
    urls: UrlFactory,
    folder: Path,
    *,
    scale: float = 0.02,
    seed: int = 20240601,
    defects: float = 1.0,
    as_of: date = AS_OF,
) -> GroupBooks:
    """Write the group into databases that SQLAlchemy reaches; `urls` gives the URL of each, by name (sap,
     u8_003 ...).

     The tables are created anew; only labels.csv and the tax pool go into the folder.
    The values are those of `write_group`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = _world(scale, seed, defects, as_of)
    databases_written = schemas(world)
    store, labels, pool = ServerStore(urls, databases_written), Labels(), TaxPool()
    try:
        generate(world, store, labels, pool)
        store.close()
    finally:
        store.release()
    pool.write(folder / TAX_POOL)
    write_master_map(folder / "master_map.csv", world.masters, databases_written)
    return _report(folder, databases_written, store.rows, labels, as_of, {})


def _report(
    folder: Path,
    schema: dict[str, dict[str, Table]],
    written: dict[tuple[str, str], int],
    labels: Labels,
    as_of: date,
    files: dict[str, Path],
) -> GroupBooks:
    labels.write(folder / "labels.csv")
    rows: dict[str, dict[str, int]] = {name: {} for name in schema}
    for (database, table), count in written.items():
        rows[database][table] = count
    return GroupBooks(folder, files, rows, labels.kinds(), folder / "labels.csv", as_of)


def sources_toml(books: GroupBooks) -> str:
    """Give the [[source]] blocks of bridgebook.toml for the group.

    SAP first, whose codes are the master codes.
    """
    urls = {name: f"sqlite:///{path.as_posix()}" for name, path in books.databases.items()}
    return sources_of(urls, inbox=(books.folder / TAX_POOL).as_posix())


def sources_of(urls: dict[str, str], more: str = "", *, inbox: str) -> str:
    """Give the [[source]] blocks for the group's databases at these URLs, and for the pool of tax invoices.

    `more` is a line for each database; `inbox` is the pool's folder.
    """
    sap = ", ".join(f'"{c.sap_code}" = "{c.master_code}"' for c in COMPANIES if c.in_sap)
    blocks = [_block("sap", "sap", urls["sap"], sap, more)]
    for name, url in urls.items():
        for company in COMPANIES:
            if name.startswith(f"u8_{company.account_set}"):
                own = f'"{company.account_set}" = "{company.master_code}"'
                blocks.append(_block(name, "u8", url, own, more))
    blocks.append(f'[[source]]\nid = "{TAX_POOL}"\nsystem = "bills"\ninbox = "{inbox}"\n')
    return "\n".join(blocks)


def _block(name: str, system: str, url: str, companies: str, more: str) -> str:
    head = f'[[source]]\nid = "{name}"\nsystem = "{system}"\nurl = "{url}"\n'
    return f"{head}{more}companies = {{ {companies} }}\n"


def database_names(as_of: date) -> tuple[str, ...]:
    """List the databases of a group that lives until a day, SAP first."""
    return tuple(schemas(_world(0.001, 1, 0, as_of)))
