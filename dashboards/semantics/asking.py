"""Ask a question: check the rights, run the statements, and say what the answer means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from dashboards.semantics.answer import Answer, Column, Heading, NamedCaliber, Total
from dashboards.semantics.cache import Cache
from dashboards.semantics.catalog import catalog
from dashboards.semantics.compile import Compiled, compile_choices, compile_question
from dashboards.semantics.labels import caliber_words, detail_column, measure_column
from dashboards.semantics.question import Question
from dashboards.semantics.rights import Rights
from dashboards.semantics.shape import Shape, shape
from dashboards.semantics.snapshot_facts import facts
from dashboards.texts import Language
from dashboards.warehouse import Snapshot

CACHED_ANSWERS = 400
CACHED_BYTES = 8_000_000


_answers = Cache(CACHED_ANSWERS)


def ask(question: Question, rights: Rights, snapshot: Snapshot) -> Answer:
    """Answer a question within the rights. Raises DashboardError with a sentence for the reader."""
    key = (snapshot.path, rights, question)
    known = _answers.get(key)
    if isinstance(known, Answer):
        return known
    made, compiled = _prepare(question, rights, snapshot)
    table = snapshot.fetch(*compiled.rows)
    answer = Answer(_heading(made, compiled, snapshot), table)
    if table.nbytes <= CACHED_BYTES:
        _answers.put(key, answer)
    return answer


def stream(
    question: Question, rights: Rights, snapshot: Snapshot
) -> tuple[Heading, Iterator[pa.RecordBatch]]:
    """Answer a question of any size: the heading at once, the rows in batches."""
    made, compiled = _prepare(question, rights, snapshot)
    return _heading(made, compiled, snapshot), snapshot.stream(*compiled.rows)


def choices(
    question: Question,
    column: str,
    rights: Rights,
    snapshot: Snapshot,
    *,
    names: Sequence[str] = (),
    contains: str = "",
    limit: int = 200,
) -> list[tuple[str, str]]:
    """List values of a column (with a name beside each) that occur in the question's rows."""
    key = (snapshot.path, rights, question, column, tuple(names), contains, limit)
    known = _answers.get(key)
    if isinstance(known, list):
        return known
    made = _shape(question, rights, snapshot)
    rows = snapshot.fetch(*compile_choices(made, column, names, contains, limit)).to_pylist()
    listed = [
        (str(row[column]), " ".join(str(row[name]) for name in row if name != column and row[name]))
        for row in rows
    ]
    _answers.put(key, listed)
    return listed


def calibers_of(reports: Sequence[str], snapshot: Snapshot, language: Language) -> tuple[NamedCaliber, ...]:
    """Calibers that reports speak in, in the reader's words."""
    keys: dict[str, None] = {}
    for report in (catalog().report(code) for code in reports):
        for key in (report.caliber, *(measure.caliber for measure in report.measures.values())):
            if key is not None:
                keys[key] = None
    return _named(keys, snapshot, language)


def _prepare(question: Question, rights: Rights, snapshot: Snapshot) -> tuple[Shape, Compiled]:
    made = _shape(question, rights, snapshot)
    return made, compile_question(made)


def _shape(question: Question, rights: Rights, snapshot: Snapshot) -> Shape:
    report = catalog().report(question.report)
    return shape(report, question, rights, snapshot.marts.get(report.mart, {}))


def _heading(made: Shape, compiled: Compiled, snapshot: Snapshot) -> Heading:
    question, report = made.question, made.report
    common = facts(snapshot)
    scope = made.rights.scope(question.companies)
    keys = [report.caliber, *(measure.caliber for measure in compiled.measures)]
    calibers = _named(dict.fromkeys(key for key in keys if key), snapshot, question.language)
    return Heading(
        question=question,
        report=report,
        title=report.title.say(question.language),
        columns=_columns(made, compiled, snapshot, {caliber.key: caliber.name for caliber in calibers}),
        totals=_read_totals(made, compiled, snapshot),
        row_count=int(snapshot.fetch(*compiled.counted)["row_count"][0].as_py()),
        calibers=calibers,
        companies=tuple(code for code, _ in common.companies) if scope is None else scope,
        is_limited=not made.rights.sees_all or bool(made.rights.hidden_columns),
        version=snapshot.version,
        completeness=common.completeness,
        caliber_names=caliber_names(snapshot, question.language),
        filter_labels={
            chosen.column: detail_column(
                catalog(),
                report,
                chosen.column,
                snapshot.marts[report.mart].get(chosen.column),
                question.language,
            ).label
            for chosen in question.filters
        },
    )


def _columns(
    made: Shape, compiled: Compiled, snapshot: Snapshot, caliber_names: dict[str, str]
) -> tuple[Column, ...]:
    known, report, language = catalog(), made.report, made.question.language
    mart = snapshot.marts[report.mart]
    measures = {} if made.is_detail else {measure.code: measure for measure in compiled.measures}
    described = []
    for name in compiled.columns:
        if name in measures:
            measure = measures[name]
            caliber = caliber_names.get(measure.caliber or report.caliber or "")
            below = mart.get(measure.column)
            described.append(measure_column(known, report, measure, below, caliber, language))
        else:
            described.append(detail_column(known, report, name, mart.get(name), language))
    return tuple(described)


def _read_totals(made: Shape, compiled: Compiled, snapshot: Snapshot) -> tuple[Total, ...]:
    if compiled.totals is None:
        return ()
    shown = {
        measure.code: measure.column if made.is_detail else measure.code for measure in compiled.measures
    }
    return tuple(
        Total(
            apart=tuple((column, row[column]) for column in compiled.total_by if made.sees(column)),
            row_count=row["row_count"],
            values={
                shown[measure.code]: row[measure.code]
                for measure in compiled.measures
                if measure.aggregate != "side"
            },
        )
        for row in snapshot.fetch(*compiled.totals).to_pylist()
    )


def _named(keys: Iterable[str], snapshot: Snapshot, language: Language) -> tuple[NamedCaliber, ...]:
    published = facts(snapshot).calibers
    found = (catalog().calibers[key] for key in keys)
    return tuple(NamedCaliber(caliber.key, *caliber_words(caliber, published, language)) for caliber in found)


def caliber_names(snapshot: Snapshot, language: Language) -> dict[str, str]:
    """Code -> name of every caliber, published or known to the catalog only."""
    published = facts(snapshot).calibers
    known = {caliber.code: caliber for caliber in catalog().calibers.values() if caliber.code}
    names = {code: caliber_words(caliber, published, language)[0] for code, caliber in known.items()}
    return names | {code: row[f"name_{language}"] or code for code, row in published.items()}
