"""Assemble the dbt project of an installation: the shipped models and the packs that its sources use."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SKIPPED = frozenset({"__pycache__", "target", "logs", "dbt_packages", "__init__.py", ".user.yml"})


@dataclass(frozen=True)
class Shipped:
    """Where the shipped dbt project and its profile stand."""

    folder: Path
    profile: Path

    @property
    def packs(self) -> Path:
        """Folder of the shipped system packs."""
        return self.folder / "models" / "staging"

    @property
    def seeds(self) -> Path:
        """Folder of the shipped rules."""
        return self.folder / "seeds"


def shipped() -> Shipped:
    """Return the project in the package, in a wheel as well as in a working tree."""
    import dbt_project

    folder = Path(str(dbt_project.__file__)).parent
    inside = folder / "profiles.yml"
    return Shipped(folder, inside if inside.is_file() else folder.parent / "profiles.yml")


def assemble(project: Path, source: Shipped, packs: Mapping[str, Path]) -> str:
    """Make `project` the shipped project with exactly these packs, touching only files that differ.

    Returns the hash of all its files. Files that stay are not touched, so dbt parses only what changed.
    """
    wanted = dict(_project_files(source))
    for system, folder in packs.items():
        for relative, file in _files(folder):
            wanted[Path("models/staging") / system / relative] = file
    digest = hashlib.sha256()
    for relative in sorted(wanted):
        content = wanted[relative].read_bytes()
        digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
        _write_if_changed(project / relative, content)
    _delete_others(project, frozenset(wanted))
    return digest.hexdigest()


def _project_files(source: Shipped) -> Iterable[tuple[Path, Path]]:
    """Yield the shipped files without packs, which are chosen by what the sources need."""
    packs = {file.parent for file in source.packs.glob("*/pack.toml")}
    for relative, file in _files(source.folder):
        if packs.isdisjoint(file.parents):
            yield relative, file
    yield Path("profiles.yml"), source.profile


def _files(folder: Path) -> Iterable[tuple[Path, Path]]:
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        if file.is_file() and not SKIPPED.intersection(relative.parts):
            yield relative, file


def _write_if_changed(target: Path, content: bytes) -> None:
    try:
        if target.read_bytes() == content:
            return
    except OSError:
        target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _delete_others(project: Path, wanted: frozenset[Path]) -> None:
    for file in sorted(project.rglob("*"), reverse=True):
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif file.relative_to(project) not in wanted:
            file.unlink()
