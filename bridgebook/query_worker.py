"""Answer one analyst's statement in a process of its own that can read one snapshot and nothing else.

Started as a script with an empty environment: it imports nothing of ours. It reads the order (JSON) from
standard input and writes the answer (CSV, JSON or rows for a table) to standard output; the last line of the
error stream is a report (JSON).
"""

import csv
import json
import resource
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

import duckdb

BATCH = 1000


def main() -> int:
    """Run the order on standard input; return 0, or 1 with the reason in the report."""
    order = json.load(sys.stdin)
    _limit(order)
    connection = _open(order)
    try:
        connection.execute(order["sql"])
        report = _write(connection, order)
    except (duckdb.Error, MemoryError) as error:
        report = {"error": str(error), "kind": type(error).__name__, "tables": _tables(connection)}
    print(json.dumps(report), file=sys.stderr)
    return 1 if "error" in report else 0


def _limit(order: dict[str, Any]) -> None:
    """Let the operating system hold what DuckDB's own limits do not: memory, processor time, files."""
    resource.setrlimit(resource.RLIMIT_AS, (order["address_bytes"], order["address_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["cpu_seconds"], order["cpu_seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _open(order: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        order["snapshot"],
        read_only=True,
        config={
            "enable_external_access": False,
            "python_enable_replacements": False,
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
            "allow_community_extensions": False,
            "allow_unsigned_extensions": False,
            "allow_persistent_secrets": False,
            "memory_limit": order["memory"],
            "max_temp_directory_size": "0B",
            "threads": order["threads"],
        },
    )
    connection.execute("set search_path = 'marts'")
    connection.execute("set lock_configuration = true")
    return connection


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what could have been asked for, to suggest names."""
    try:
        question = "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        return [row[0] for row in connection.execute(question).fetchall()]
    except (duckdb.Error, MemoryError):
        return []


def _write(connection: duckdb.DuckDBPyConnection, order: dict[str, Any]) -> dict[str, Any]:
    columns = [(column[0], str(column[1])) for column in connection.description or []]
    names = _distinct([name for name, _ in columns])
    rows = _rows(connection, order["limit"] + 1)
    counted = _Counted(rows, order["limit"])
    {"csv": _write_csv, "json": _write_json, "table": _write_lines}[order["format"]](
        sys.stdout, names, counted
    )
    sys.stdout.flush()
    return {
        "rows": counted.count,
        "cut": counted.cut,
        "columns": names,
        "types": [kind for _, kind in columns],
    }


def _rows(connection: duckdb.DuckDBPyConnection, most: int) -> Iterator[tuple[Any, ...]]:
    taken = 0
    while taken < most and (batch := connection.fetchmany(min(BATCH, most - taken))):
        taken += len(batch)
        yield from batch


class _Counted:
    """Rows up to a limit, knowing afterwards how many there were and whether more would have come."""

    def __init__(self, rows: Iterator[tuple[Any, ...]], limit: int) -> None:
        self._rows, self._limit = rows, limit
        self.count, self.cut = 0, False

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            if self.count == self._limit:
                self.cut = True
                return
            self.count += 1
            yield row


def _distinct(names: list[str]) -> list[str]:
    """Return column names without repetition, so that no value of a JSON record is lost."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _plain(value: Any) -> str:
    """Return a value as text with every digit: 0.10 stays 0.10, and nothing is written as 1E+3."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict | tuple):
        return _json(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _json(value: Any) -> str:
    """Return a value as JSON; decimals are numbers with all their digits."""
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else "null"
    if isinstance(value, float):
        return json.dumps(value) if value - value == 0 else "null"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_json(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(_plain(key))}: {_json(item)}" for key, item in value.items()) + "}"
    return json.dumps(_plain(value), ensure_ascii=False)


def _write_csv(out: IO[str], names: list[str], rows: _Counted) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if value is None else _plain(value) for value in row])


def _write_json(out: IO[str], names: list[str], rows: _Counted) -> None:
    out.write("[")
    for index, row in enumerate(rows):
        record = ", ".join(f"{_json(name)}: {_json(value)}" for name, value in zip(names, row, strict=True))
        out.write(("," if index else "") + "\n  {" + record + "}")
    out.write("\n]\n")


def _write_lines(out: IO[str], names: list[str], rows: _Counted) -> None:
    """Write one JSON list of texts per row, for the parent to draw as a table."""
    for row in rows:
        out.write(
            json.dumps(["" if value is None else _plain(value) for value in row], ensure_ascii=False) + "\n"
        )


if __name__ == "__main__":
    sys.exit(main())
