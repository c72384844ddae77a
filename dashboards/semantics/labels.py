"""What a column is called and what it holds: from the catalog, else from the snapshot's comments."""

from __future__ import annotations

from dashboards.semantics.answer import Column
from dashboards.semantics.entries import Caliber, Catalog, Kind, Measure, Report
from dashboards.semantics.shape import PERIOD
from dashboards.texts import Language
from dashboards.warehouse import ColumnFacts

UNIT_SUFFIXES: tuple[tuple[str, Kind], ...] = (
    ("quantity", "quantity"),
    ("unit_price", "price"),
    ("rate", "rate"),
    ("confidence", "ratio"),
)
TYPES: tuple[tuple[str, Kind], ...] = (
    ("DECIMAL", "money"),
    ("BOOLEAN", "flag"),
    ("TIMESTAMP", "instant"),
    ("DATE", "date"),
    ("BIGINT", "count"),
    ("HUGEINT", "count"),
    ("INTEGER", "code"),
)


def detail_column(
    catalog: Catalog, report: Report, name: str, facts: ColumnFacts | None, language: Language
) -> Column:
    """Describe a column that stands in the mart."""
    words = catalog.columns.get(f"{report.mart}.{name}") or catalog.columns.get(name)
    label, explanation = comment_words(facts.comment if facts else None, language)
    if words and words.label:
        label = words.label.say(language)
    if words and words.explanation:
        explanation = words.explanation.say(language)
    kind = (words.kind if words else None) or _kind(catalog, name, facts)
    return Column(name, label or name, explanation, kind)


def measure_column(
    catalog: Catalog,
    report: Report,
    measure: Measure,
    facts: ColumnFacts | None,
    caliber: str | None,
    language: Language,
) -> Column:
    """Describe a figure of a grouped answer: its own label, or its column's."""
    below = detail_column(catalog, report, measure.column, facts, language)
    label = measure.label.say(language) if measure.label else below.label
    return Column(measure.code, label, below.explanation if facts else "", measure.kind, caliber)


def comment_words(comment: str | None, language: Language) -> tuple[str, str]:
    """Split `标签 · 说明 | Label · explanation` into the label and explanation of one language."""
    if not comment:
        return "", ""
    halves = comment.split(" | ", 1)
    half = halves[0] if language == "zh" or len(halves) == 1 else halves[1]
    label, _, explanation = half.partition(" · ")
    return label.strip(), explanation.strip()


def caliber_words(
    caliber: Caliber, published: dict[str, dict[str, str]], language: Language
) -> tuple[str, str]:
    """Name and definition of a caliber: the published row's, else the catalog's."""
    row = published.get(caliber.code or "")
    if row:
        name, definition = row.get(f"name_{language}"), row.get(f"definition_{language}")
        return name or caliber.name.say(language), definition or caliber.definition.say(language)
    return caliber.name.say(language), caliber.definition.say(language)


def _kind(catalog: Catalog, name: str, facts: ColumnFacts | None) -> Kind:
    if name in catalog.words:
        return "word"
    if name == PERIOD or facts is None:
        return "code"
    if facts.type.startswith("DECIMAL"):
        for suffix, kind in UNIT_SUFFIXES:
            if name.endswith(suffix):
                return kind
    for prefix, kind in TYPES:
        if facts.type.startswith(prefix):
            return kind
    return "code" if name.endswith(("_code", "_no", "_id")) else "text"
