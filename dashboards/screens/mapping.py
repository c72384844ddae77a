"""Field mapping: which vendor columns feed the canonical columns, and what a vendor lacks."""

from __future__ import annotations

from dashboards import filters, frame, tables
from dashboards.reader import Reader

VIEWS = {"columns": "field_mappings", "coverage": "field_coverage", "vendor": "vendor_columns"}
CHOICES = [("system", "system"), ("entity", "entity"), ("kind", "kind")]


def show(reader: Reader) -> None:
    """Draw one view of the mapping, narrowed by system, entity, kind and words."""
    frame.head(reader, "mapping", ())
    view = filters.choose_view(reader, tuple(VIEWS), "mapping", "mapping.view")
    narrowed = filters.narrow(reader, VIEWS[view], f"mapping.{view}", CHOICES)
    group = None
    if view == "coverage":
        group = filters.choose_group(reader, VIEWS[view], "mapping.coverage")
    question = reader.question(VIEWS[view], filters=narrowed.filters, search=narrowed.search, group_by=group)
    tables.table(reader, question, f"mapping.{view}.{group}")
