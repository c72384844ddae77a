"""Run dbt inside this process, and let go of every file afterwards."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridgebook import settings as environment
from bridgebook.home import Home


@dataclass(frozen=True)
class NodeFailure:
    """A model, seed or test that failed or warns: its name, kind, file and dbt's own words."""

    name: str
    kind: str
    file: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """How a dbt command ended."""

    success: bool
    failures: tuple[NodeFailure, ...]
    warnings: tuple[NodeFailure, ...]


def run_dbt(home: Home, command: str, *options: str, variables: Mapping[str, Any]) -> Outcome:
    """Run `dbt <command>` on the assembled project; failures of models and tests are returned, not raised."""
    from dbt.cli.main import dbtRunner

    _set_environment(home)
    words = json.dumps(variables, ensure_ascii=False, sort_keys=True)
    try:
        result = dbtRunner().invoke([command, *options, *_common(home), "--vars", words])
    finally:
        close_databases()
    results = list(getattr(result.result, "results", None) or [])
    if not result.success and not results:
        message = str(result.exception or "dbt").strip()
        return Outcome(False, (NodeFailure("dbt", "project", "", message),), ())
    return _outcome(result.success, results)


def _set_environment(home: Home) -> None:
    """Tell profiles.yml where the home is; it has no other ear."""
    os.environ["BRIDGEBOOK_HOME"] = str(home.root)
    os.environ["BRIDGEBOOK_THREADS"] = str(environment.threads())
    os.environ["BRIDGEBOOK_MEMORY"] = environment.memory()
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"


def _common(home: Home) -> list[str]:
    folders = {
        "--project-dir": home.project,
        "--profiles-dir": home.project,
        "--target-path": home.target,
        "--log-path": home.dbt_logs,
    }
    quiet = ["--quiet", "--no-print", "--no-use-colors", "--log-level", "none", "--log-level-file", "info"]
    alone = ["--no-version-check", "--no-send-anonymous-usage-stats"]
    return [*(str(word) for pair in folders.items() for word in pair), *quiet, *alone]


def close_databases() -> None:
    """Close the databases that dbt keeps open, so that files can be moved and read by others."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager._ENV = None


def _outcome(success: bool, results: Sequence[Any]) -> Outcome:
    failures = tuple(_failure(r) for r in results if str(r.status) in ("error", "fail", "runtime error"))
    warnings = tuple(_failure(r) for r in results if str(r.status) == "warn")
    return Outcome(success, failures, warnings)


def _failure(result: Any) -> NodeFailure:
    node = result.node
    message = " ".join(str(result.message or "").split())
    return NodeFailure(node.name, str(node.resource_type), str(node.original_file_path), message)


def log_file(home: Home) -> Path:
    """Return dbt's own log."""
    return home.dbt_logs / "dbt.log"
