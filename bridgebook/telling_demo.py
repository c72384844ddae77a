"""Tell what the demo group shows: what is wrong in it, and what happened in a day of its life."""

from pathlib import Path
from typing import TYPE_CHECKING

from bridgebook.console import Console, place
from bridgebook.errors import ExitCode
from bridgebook.telling import exit_code, invoked, tell_build
from bridgebook.texts import text

if TYPE_CHECKING:
    from bridgebook.demo.group import Tick
    from bridgebook.demo.group_home import GroupShown


def tell_group(console: Console, shown: "GroupShown", home: Path | None) -> ExitCode:
    """Tell what is wrong in the demo group, and where to look."""
    tell_build(console, shown.run.build)
    language = console.language
    console("demo_group_wrong", as_of=shown.as_of, count=len(shown.headlines))
    for number, line in enumerate(shown.headlines, start=1):
        console("demo_group_line", number=number, sentence=text(line.key, language, **line.figures))
    console("demo_complete", complete=shown.complete_tables, tables=shown.tables)
    console("demo_group_size", count=f"{shown.line_count:,}", debit=f"{shown.debit:,.2f}")
    option = f" --home {home}" if home else ""
    snapshot = place(shown.run.publication.snapshot)
    console("demo_group_next", command=invoked(), home=option, snapshot=snapshot)
    return exit_code(shown.run.syncs)


def tell_tick(console: Console, lived: "Tick", home: Path | None) -> None:
    """Tell what happened in each system, and how to bring it in."""
    console("demo_tick_lived", as_of=lived.as_of)
    language = console.language
    words = ("demo_tick_source", "demo_tick_inserted", "demo_tick_updated", "demo_tick_deleted")
    header = [text(key, language) for key in words]
    rows = [
        [name, str(lived.inserted[name]), str(lived.updated[name]), str(lived.deleted[name])]
        for name in lived.inserted
        if lived.inserted[name] or lived.updated[name] or lived.deleted[name]
    ]
    console.table(header, rows, frozenset({1, 2, 3}))
    console("demo_tick_next", command=invoked(), home=f" --home {home}" if home else "")
