"""Where the letters of the outbox stand: how many of each target, and which of them wait for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridgebook.books import outbox
from bridgebook.books.outbox import Row, State
from bridgebook.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

WITHOUT_TARGET = 8  # attempts of a target that the settings do not name any more


@dataclass(frozen=True)
class Standing:
    """Letters by target and state, those that only a person can move, and targets that nobody serves."""

    counts: Mapping[str, Mapping[State, int]]
    stuck: tuple[Row, ...]
    orphans: tuple[str, ...]


def standing(settings: Settings, engine: "Engine", *, target: str | None = None) -> Standing:
    """Return where everything stands, for one target or for all."""
    attempts = {each.id: each.attempts for each in settings.targets}
    with engine.connect() as connection:
        rows = outbox.rows(connection, target=target)
    counts: dict[str, dict[State, int]] = {each: {} for each in attempts if target in (None, each)}
    stuck = []
    for row in rows:
        state = row.state(attempts.get(row.target, WITHOUT_TARGET))
        found = counts.setdefault(row.target, {})
        found[state] = found.get(state, 0) + 1
        if state in ("refused", "given_up"):
            stuck.append(row)
    orphans = tuple(sorted(set(counts) - set(attempts)))
    return Standing(counts, tuple(stuck), orphans)
