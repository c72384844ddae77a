"""Run dbt inside this process, and let go of every file afterwards."""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bridgebook import settings as environment
from bridgebook.home import Home

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True)
class NodeFailure:
    """A model, seed or test that failed: its name, kind, file and dbt's own words."""

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
    node_count: int


class Dbt:
    """One assembled project, parsed once and run as often as needed."""

    def __init__(self, home: Home, variables: Mapping[str, Any]) -> None:
        self._home = home
        self._variables = json.dumps(variables, ensure_ascii=False, sort_keys=True)
        self._manifest: Manifest | None = None

    def run(self, command: str, *options: str) -> Outcome:
        """Run `dbt <command>` with `options`; failures of models and tests are returned, not raised."""
        from dbt.cli.main import dbtRunner

        self._set_environment()
        try:
            if self._manifest is None:
                parsed = dbtRunner().invoke(["parse", *self._common()])
                if not parsed.success:
                    return _program_failure(parsed.exception)
                self._manifest = cast("Manifest", parsed.result)
            result = dbtRunner(manifest=self._manifest).invoke([command, *options, *self._common()])
        finally:
            close_databases()
        if result.exception is not None and not getattr(result.result, "results", None):
            return _program_failure(result.exception)
        return _outcome(result.success, list(getattr(result.result, "results", None) or []))

    def _set_environment(self) -> None:
        """Tell profiles.yml where the home is; it has no other ear."""
        os.environ["BRIDGEBOOK_HOME"] = str(self._home.root)
        os.environ["BRIDGEBOOK_THREADS"] = str(environment.threads())
        os.environ["BRIDGEBOOK_MEMORY"] = environment.memory()
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"

    def _common(self) -> list[str]:
        home = self._home
        places = ["--project-dir", home.project, "--profiles-dir", home.project]
        places += ["--target-path", home.target, "--log-path", home.dbt_logs]
        return [
            *(str(part) for part in places),
            "--vars",
            self._variables,
            "--quiet",
            "--no-version-check",
            "--no-send-anonymous-usage-stats",
            "--no-use-colors",
            "--log-level-file",
            "info",
            "--no-print",
            "--log-level",
            "none",
        ]


def close_databases() -> None:
    """Close the databases that dbt keeps open, so that files can be moved and read by others."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
    DuckDBConnectionManager._ENV = None
    for handler in logging.getLogger("file_log").handlers:
        handler.flush()


def _program_failure(error: BaseException | None) -> Outcome:
    message = str(error).strip() if error else "dbt"
    return Outcome(False, (NodeFailure("dbt", "project", "", message),), (), 0)


def _outcome(success: bool, results: Sequence[Any]) -> Outcome:
    failures = tuple(_failure(r) for r in results if str(r.status) in ("error", "fail", "runtime error"))
    warnings = tuple(_failure(r) for r in results if str(r.status) == "warn")
    return Outcome(success, failures, warnings, len(results))


def _failure(result: Any) -> NodeFailure:
    node = result.node
    message = " ".join(str(result.message or "").split())
    if result.failures:
        message = f"{message} ({result.failures})"
    return NodeFailure(node.name, str(node.resource_type), str(node.original_file_path), message)


def log_file(home: Home) -> Path:
    """Return dbt's own log."""
    return home.dbt_logs / "dbt.log"
