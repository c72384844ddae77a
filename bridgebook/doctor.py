"""Look at an installation and say in sentences what is right, what is worth a look, and what is wrong."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bridgebook import snapshots
from bridgebook.errors import BridgebookError, PackUnknown, SecretUnavailable
from bridgebook.home import Home
from bridgebook.installation import resolve
from bridgebook.locks import held
from bridgebook.project import shipped
from bridgebook.rules import read_rules
from bridgebook.settings import Settings, Source, load, read_password
from bridgebook.texts import Language, text

if TYPE_CHECKING:
    from ingestion.packs import Pack

State = Literal["good", "warning", "problem"]
OLDEST_PYTHON = (3, 11)
LOCK = Path(__file__).parents[1] / "requirements.lock"
MOST_TROUBLES = 20  # of an inbox; all of them stand in quarantined_rows after a sync
SPARE_BYTES = 1024**3
PASSWORD_IN_URL = re.compile(r"://[^/@:]*:[^/@]+@")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is right, and the sentence about it in both languages."""

    state: State
    zh: str
    en: str

    def sentence(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


def found(state: State, key: str, **values: object) -> Finding:
    """Return a finding with a sentence of the catalog."""
    return Finding(state, text(key, "zh", **values), text(key, "en", **values))


def trouble(error: BridgebookError, state: State = "problem") -> Finding:
    """Return an error of ours as a finding."""
    return Finding(state, error.sentence("zh"), error.sentence("en"))


def examine(root: Path) -> Iterator[Finding]:
    """Yield what is found, in the order in which a person would look."""
    home = Home(root)
    yield _python()
    yield from _packages()
    try:
        settings = load(root)
    except BridgebookError as error:
        yield trouble(error)
        return
    yield found("good", "doctor_settings", file=home.settings_file, count=len(settings.sources))
    yield from _folders(home)
    yield from _locks(home)
    yield from _sources(settings)
    yield from _rules(settings)
    yield from _snapshot(home)
    yield from _runs(home)
    yield from _books(settings)


def _python() -> Finding:
    running = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= OLDEST_PYTHON
    return found(
        "good" if good else "problem", "doctor_python" if good else "doctor_old_python", version=running
    )


def locked_versions() -> dict[str, str]:
    """Return the versions that Bridgebook is tested with: package -> version, from the shipped lock."""
    inside = resources.files("bridgebook") / "requirements.lock"
    lines = (inside if inside.is_file() else LOCK).read_text(encoding="utf-8").splitlines()
    pins = (re.match(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", line) for line in lines)
    return {pin[1].lower(): pin[2] for pin in pins if pin}


def _packages() -> Iterator[Finding]:
    """Compare the packages that Bridgebook itself asks for with the lock."""
    pins = locked_versions()
    other, missing = [], []
    for requirement in requires("bridgebook") or []:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[\[<>=!~; ]", requirement)[0].lower()
        try:
            installed = version(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        if name in pins and installed != pins[name]:
            other.append(f"{name} {installed} ({pins[name]})")
    if missing:
        yield found("problem", "doctor_packages_missing", names=", ".join(missing))
    if other:
        yield found("warning", "doctor_packages_differ", names=", ".join(other))
    if not missing and not other:
        yield found("good", "doctor_packages")


def _folders(home: Home) -> Iterator[Finding]:
    try:
        home.create()
        probe = home.work / f".doctor.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        yield found("problem", "doctor_home_unwritable", home=home.root, reason=error.strerror)
        return
    free = shutil.disk_usage(home.root).free
    current = snapshots.current(home)
    needed = SPARE_BYTES + 2 * (current.stat().st_size if current else 0)
    values = {"home": home.root, "free": _size(free), "needed": _size(needed)}
    yield found(
        "good" if free >= needed else "warning", "doctor_home" if free >= needed else "doctor_disk", **values
    )


def _size(count: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TB"


def _locks(home: Home) -> Iterator[Finding]:
    for name, holder in held(home).items():
        yield found(
            "warning",
            "doctor_lock",
            name=name,
            pid=holder.pid,
            host=holder.host,
            command=holder.command,
            since=holder.since,
        )


def _sources(settings: Settings) -> Iterator[Finding]:
    if not settings.sources:
        yield found("problem", "no_sources", file=settings.home.settings_file)
    for source in settings.sources:
        yield from _source(settings, source)


def _source(settings: Settings, source: Source) -> Iterator[Finding]:
    if PASSWORD_IN_URL.search(source.url):
        yield found(
            "warning", "doctor_password_in_url", place=settings.place(source, "url"), source=source.id
        )
    try:
        pack = resolve(_alone(settings, source), shipped()).packs[source.system]
        password = read_password(source, settings.home)
    except (PackUnknown, SecretUnavailable) as error:
        yield trouble(error)
        return
    if source.reads_files:
        yield from _inbox(settings, source, pack)
    else:
        yield _reachable(settings, source, pack, password)


def _alone(settings: Settings, source: Source) -> Settings:
    from dataclasses import replace

    return replace(settings, sources=(source,))


def _reachable(settings: Settings, source: Source, pack: "Pack", password: str | None) -> Finding:
    """Open the source and look whether it has the tables that the pack needs."""
    from ingestion.errors import IngestionError
    from ingestion.transports.database import DatabaseSource

    try:
        database = DatabaseSource(
            source.id,
            source.url,
            password=password,
            schema=source.schema_name,
            relative_to=settings.home.root,
        )
        with closing(database):
            database.open()
            needed = [t.name for t in pack.tables if not t.optional and t.name not in source.tables.exclude]
            missing = sorted(set(needed) - set(database.columns_of(needed)))
    except IngestionError as error:
        return Finding("problem", error.zh, error.en)
    if missing:
        return found(
            "problem",
            "doctor_tables_missing",
            source=source.id,
            count=len(missing),
            names=", ".join(missing[:5]),
            system=source.system,
        )
    return found("good", "doctor_source", source=source.id, tables=len(needed), address=database.address)


def _inbox(settings: Settings, source: Source, pack: "Pack") -> Iterator[Finding]:
    """Read the files of an inbox and tell what would not land."""
    from bridgebook.syncing import bill_settings
    from ingestion.bills.sync import bill_source
    from ingestion.errors import IngestionError

    told = bill_settings(source, settings.home)
    bills = bill_source(source.id, pack, told, settings.home.landing / f"{source.id}.files")
    try:
        with closing(bills):
            bills.open()
            outcomes = bills.outcomes()
            troubles = bills.all_troubles()
    except IngestionError as error:
        yield Finding("problem", error.zh, error.en)
        return
    if not outcomes:
        yield found("warning", "doctor_inbox_empty", source=source.id, folder=told.inbox)
        return
    kinds = {file.table_name for file in outcomes if file.table_name}
    yield found(
        "good", "doctor_inbox", source=source.id, folder=told.inbox,
        files=len({file.file_name for file in outcomes}), entities=len(kinds),
        lines=sum(file.lines_landed for file in outcomes),
    )  # fmt: skip
    for trouble in troubles[:MOST_TROUBLES]:
        zh = text("doctor_inbox_held", "zh", source=source.id, trouble=trouble.zh)
        yield Finding("warning", zh, text("doctor_inbox_held", "en", source=source.id, trouble=trouble.en))


def _rules(settings: Settings) -> Iterator[Finding]:
    try:
        rules = read_rules(settings.home.rules, shipped().seeds)
    except BridgebookError as error:
        yield trouble(error)
        return
    own = sum(len(rule.rows) for rule in rules)
    if own:
        yield found("good", "doctor_rules", count=own, folder=settings.home.rules)


def _snapshot(home: Home) -> Iterator[Finding]:
    import duckdb

    current = snapshots.current(home)
    if current is None:
        named = home.pointer.read_text(encoding="utf-8").strip() if home.pointer.is_file() else None
        if named:
            rest = ", ".join(file.name for file in snapshots.versions(home)) or "-"
            yield found("problem", "doctor_pointer", pointer=home.pointer, name=named, rest=rest)
        else:
            yield found("warning", "no_snapshot", home=home.root)
        return
    try:
        with closing(duckdb.connect(str(current), read_only=True)) as connection:
            row = connection.execute(
                "select count(*) from information_schema.tables where table_schema = 'marts'"
            ).fetchone()
    except duckdb.Error as error:
        yield found("problem", "doctor_snapshot_broken", file=current, reason=str(error).splitlines()[0])
        return
    count = row[0] if row else 0
    yield found("good", "doctor_snapshot", version=snapshots.version(current), tables=count)


_LAST_RUNS = """
select kind, source_id, status, started_at, message_zh, message_en
from (
    select *, row_number() over (partition by kind, source_id order by started_at desc) as age from sync_runs
)
where age = 1 and status in ('failure', 'interrupted', 'partial')
"""


def _runs(home: Home) -> Iterator[Finding]:
    from bridgebook.runs import open_ledger

    for row in open_ledger(home).rows(_LAST_RUNS):
        name = " ".join(str(row[part]) for part in ("kind", "source_id") if row[part])
        facts = {"name": name, "status": row["status"], "begun": str(row["started_at"])[:19]}
        zh = text("doctor_last_run", "zh", reason=row["message_zh"], **facts)
        yield Finding("warning", zh, text("doctor_last_run", "en", reason=row["message_en"], **facts))


def _books(settings: Settings) -> Iterator[Finding]:
    from bridgebook import build_state
    from bridgebook.books.audit import verify
    from bridgebook.records import open_books

    current = snapshots.current(settings.home)
    state = build_state.read(current) if current else None
    try:
        checked = verify(open_books(settings), _anchor(state.audit_anchor if state else ""))
    except BridgebookError as error:
        yield trouble(error)
        return
    if checked.broken is None:
        yield found("good", "doctor_books", count=checked.count, head=checked.head[:12])
    else:
        yield found("problem", f"doctor_books_{checked.broken.reason}", entry=checked.broken.entry_no)


def _anchor(words: str) -> tuple[int, str] | None:
    number, _, seal = words.partition(":")
    return (int(number), seal) if number.isdigit() and int(number) > 0 else None
