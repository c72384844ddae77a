"""The canonical columns as dbt variables, read from the shipped seed."""

import csv
from pathlib import Path

Column = list[str | bool]


def canonical_columns(seeds: Path) -> dict[str, list[Column]]:
    """Return entity -> [[column, type, required, key], ...] in the order of canonical_columns.csv."""
    entities: dict[str, list[Column]] = {}
    with (seeds / "canonical_columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            column: Column = [row["column"], row["type"], row["required"] == "true", row["key"] == "true"]
            entities.setdefault(row["entity"], []).append(column)
    return entities
