"""One bridge at two instants: the same steps side by side, and by how much what is known has changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dashboards.semantics.answer import Answer, Row

ENDS = ("from_total", "to_total")
Key = tuple[int, str]


@dataclass(frozen=True)
class Compared:
    """A row of a bridge: its name, its amount as known then and now, and the change."""

    name_zh: str
    name_en: str
    is_end: bool
    then: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        return self.now - self.then


def compared(then: Answer, now: Answer) -> tuple[Compared, ...]:
    """Pair the rows of two answers to the same question by their step; what one lacks is zero in it."""
    before, after = _by_step(then), _by_step(now)
    found = []
    for key in sorted(before | after):
        row = after.get(key) or before[key]
        found.append(
            Compared(
                str(row.get("step_name_zh") or row["step_code"]),
                str(row.get("step_name_en") or row["step_code"]),
                row["row_kind"] in ENDS,
                _amount(before.get(key)),
                _amount(after.get(key)),
            )
        )
    return tuple(found)


def _by_step(answer: Answer) -> dict[Key, Row]:
    return {(int(row["step_no"]), str(row["step_code"])): row for row in answer.rows}


def _amount(row: Row | None) -> Decimal:
    return Decimal(row["amount"]) if row else Decimal(0)
