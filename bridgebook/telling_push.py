"""Tell what became of the outbox in lines for people, and as an exit code for the shell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridgebook.books.outbox import STATES
from bridgebook.console import Console
from bridgebook.errors import ExitCode
from bridgebook.texts import text

if TYPE_CHECKING:
    from bridgebook.push_status import Standing
    from bridgebook.pushing import Delivery
    from bridgebook.reading_back import Unseen


def tell_delivery(console: Console, delivery: "Delivery") -> None:
    """Tell one pass over a target in a line."""
    if not delivery.outcomes:
        console("push_nothing_due", target=delivery.target)
    else:
        counted = (
            f"{text(f'push_{outcome}', console.language)} {count}"
            for outcome, count in sorted(delivery.outcomes.items())
        )
        console("push_pass", target=delivery.target, counts=", ".join(counted))
    if delivery.next_seconds is not None:
        console("push_again", target=delivery.target, seconds=f"{delivery.next_seconds:.0f}")


def tell_stuck(console: Console, found: "Standing") -> ExitCode:
    """Tell every letter that only a person can move, with the target's own words."""
    for row in found.stuck:
        words = row.last.error if row.last and row.last.error else "-"
        state = row.last.outcome if row.last else ""
        key = "push_stuck_refused" if state == "refused" else "push_stuck_given_up"
        console(key, id=row.outbox_id, target=row.target, subject=row.subject, reason=_own(words, console))
    for target in found.orphans:
        console("push_orphan", target=target)
    return ExitCode.PARTIAL if found.stuck or found.orphans else ExitCode.SUCCESS


def tell_standing(console: Console, found: "Standing", seen: int, unseen: "Sequence[Unseen]") -> ExitCode:
    """Tell all targets as a table, then what is stuck and what was acknowledged but is not in the books."""
    language = console.language
    header = [text("push_target", language), *(text(f"push_{state}", language) for state in STATES)]
    rows = [
        [target, *(str(counts.get(state, 0)) for state in STATES)] for target, counts in found.counts.items()
    ]
    console.table(header, rows, frozenset(range(1, len(header))))
    if seen:
        console("push_seen_now", count=seen)
    for each in unseen:
        number = each.row.last.target_no if each.row.last else None
        console(
            "push_unseen",
            id=each.row.outbox_id,
            target=each.row.target,
            subject=each.row.subject,
            number=number or "-",
            syncs=each.syncs,
        )
    stuck = tell_stuck(console, found)
    return ExitCode.PARTIAL if unseen else stuck


def _own(words: str, console: Console) -> str:
    """Return the reader's half of a sentence kept in both languages; a target's own words as they are."""
    chinese, bar, english = words.partition(" | ")
    return (chinese if console.language == "zh" else english) if bar else words
