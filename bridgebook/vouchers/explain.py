"""Why a voucher line is as it is: document, rule and version, conditions, account determination, amount."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from bridgebook import snapshots
from bridgebook.errors import ExplanationUnavailable
from bridgebook.home import Home
from bridgebook.vouchers import words
from bridgebook.vouchers.rule_files import Row, RuleSet

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Explanation:
    """One line with everything that made it; amounts in company currency, places as file:line."""

    expected_voucher_id: str
    line_no: int
    event: str
    document: tuple[tuple[str, str], ...]
    rule: str
    rule_place: str
    conditions: str
    account_role: str
    account_code: str
    determined_by: str
    determination_place: str
    amount_word: str
    amounts: tuple[tuple[str, Decimal], ...]
    debit: Decimal
    credit: Decimal
    summary: str


_DOCUMENT = (
    "source_id",
    "document_entity",
    "document_no",
    "line_no",
    "document_date",
    "voucher_date",
    "company_code",
    "partner_code",
    "item_code",
    "line_kind",
    "document_kind",
    "policy",
    "quantity",
    "document_currency_code",
    "exchange_rate",
)
_QUESTION = """
select
    line.expected_voucher_id, line.line_no, line.event, line.rule_code, line.rule_version, line.account_role,
    line.account_code, line.debit, line.credit, line.summary, choice.matched_conditions, choice.determined_by,
    choice.amount_word, choice.factor, {document}, {amounts}
from snapshot.marts.expected_voucher_lines as line
inner join core.voucher_events as event
    on line.source_id = event.source_id and line.event = event.event
    and line.document_entity = event.document_entity and line.line_id = event.line_id
    and line.voucher_date = event.voucher_date and line.fiscal_year = event.fiscal_year
    and line.period_no = event.period_no and line.correction_no = event.correction_no
inner join core.voucher_choices as choice
    on event.combination = choice.combination and line.rule_line_no = choice.rule_line_no
where {condition}
order by line.expected_voucher_id, line.line_no
"""


def explain(home: Home, given: RuleSet, voucher: str, line_no: int | None = None) -> tuple[Explanation, ...]:
    """Explain the lines of one voucher, named by its id, the number of its document or its merge key.

    Raises ExplanationUnavailable where the warehouse is gone or the voucher is unknown.
    """
    condition = (
        "line.expected_voucher_id in (select expected_voucher_id from snapshot.marts.expected_vouchers "
        "where expected_voucher_id = $voucher or document_no = $voucher or merge_key = $voucher)"
        " and ($line_no is null or line.line_no = $line_no)"
    )
    found = _ask(home, given, condition, {"voucher": voucher, "line_no": line_no})
    if not found:
        raise ExplanationUnavailable(
            "voucher_unknown", voucher=voucher if line_no is None else f"{voucher}/{line_no}"
        )
    return found


def named_line(home: Home, voucher: str) -> tuple[str, int | None]:
    """Divide VOUCHER/LINE; the id of a voucher may hold strokes itself."""
    head, stroke, tail = voucher.rpartition("/")
    if not stroke or not tail.isdigit():
        return voucher, None
    with closing(_opened(home)) as connection:
        known = connection.execute(
            "select 1 from snapshot.marts.expected_vouchers "
            "where expected_voucher_id = $voucher or document_no = $voucher or merge_key = $voucher limit 1",
            {"voucher": voucher},
        ).fetchone()
    return (voucher, None) if known else (head, int(tail))


def explain_all(home: Home, given: RuleSet) -> tuple[Explanation, ...]:
    """Explain every line of every expected voucher."""
    return _ask(home, given, "true", {})


def _ask(home: Home, given: RuleSet, condition: str, values: dict[str, object]) -> tuple[Explanation, ...]:
    amounts = sorted({name for carried in words.EVENTS.values() for name in carried})
    question = _QUESTION.format(
        document=", ".join(f"event.{name} as event_{name}" for name in _DOCUMENT),
        amounts=", ".join(f"event.{name}_amount as {name}" for name in amounts),
        condition=condition,
    )
    with closing(_opened(home)) as connection:
        answer = connection.execute(question, values) if values else connection.execute(question)
        names = [column[0] for column in answer.description or ()]
        rows = answer.fetchall()
    places = _Places(given)
    return tuple(_told(dict(zip(names, row, strict=True)), places) for row in rows)


def _opened(home: Home) -> "duckdb.DuckDBPyConnection":
    import duckdb

    if not home.work_file.is_file():
        raise ExplanationUnavailable("warehouse_gone", file=home.work_file)
    connection = duckdb.connect(str(home.work_file), read_only=True)
    snapshot: Path = snapshots.require(home)
    connection.execute(f"attach '{str(snapshot).replace(chr(39), chr(39) * 2)}' as snapshot (read_only)")
    return connection


class _Places:
    """Where rules and determinations stand, looked up by what the warehouse remembers of them."""

    def __init__(self, given: RuleSet) -> None:
        self._rules = {(rule["rule_code"], rule["version"]): rule.place for rule in given.rules}
        self._determination = {(row["account_role"], _keys(row)): row.place for row in given.determination}

    def rule(self, code: str, version: int) -> str:
        return self._rules.get((code, str(version)), "")

    def determination(self, role: str, keys: str) -> str:
        return self._determination.get((role, keys), "")


def _keys(row: Row) -> str:
    return ", ".join(f"{name} = {row[name]}" for name in words.KEYS if row[name])


def _told(row: dict[str, object], places: _Places) -> Explanation:
    word = str(row["amount_word"])
    signed = f"-{word}" if row["factor"] == -1 else word
    return Explanation(
        expected_voucher_id=str(row["expected_voucher_id"]),
        line_no=int(str(row["line_no"])),
        event=str(row["event"]),
        document=tuple(
            (name, str(row[f"event_{name}"])) for name in _DOCUMENT if row[f"event_{name}"] is not None
        ),
        rule=f"{row['rule_code']} v{row['rule_version']}",
        rule_place=places.rule(str(row["rule_code"]), int(str(row["rule_version"]))),
        conditions=str(row["matched_conditions"] or ""),
        account_role=str(row["account_role"]),
        account_code=str(row["account_code"]),
        determined_by=str(row["determined_by"] or ""),
        determination_place=places.determination(str(row["account_role"]), str(row["determined_by"] or "")),
        amount_word=signed,
        amounts=_amounts(row, word),
        debit=Decimal(str(row["debit"])),
        credit=Decimal(str(row["credit"])),
        summary=str(row["summary"] or ""),
    )


def _amounts(row: dict[str, object], word: str) -> tuple[tuple[str, Decimal], ...]:
    """Return the amount that the rule took, and the parts that it is the sum of."""
    parts: Sequence[str] = {
        "gross": ("net", "tax", "rounding"),
        "stock_value": ("value", "estimate", "variance"),
        "exchange_difference": ("settled", "paid", "discount"),
    }.get(word, ())
    return tuple((name, Decimal(str(row[name] or 0))) for name in (word, *parts))
