"""How a long command tells what it is doing: by key, so that the reader's language is chosen at the edge."""

from typing import Protocol

from bridgebook.locks import Holder, Waiting


class Report(Protocol):
    """Something that can be told a sentence of the catalog."""

    def __call__(self, key: str, **values: object) -> None:
        """Tell the sentence `key` with its values."""


def silent(key: str, **values: object) -> None:
    """Tell nobody."""


def waiting(report: Report) -> Waiting:
    """Return what tells people whom a command waits for."""

    def tell(name: str, holder: Holder | None) -> None:
        who = holder or Holder(0, "?", "?", "?")
        report(
            "waiting_for_lock", name=name, pid=who.pid, host=who.host, command=who.command, since=who.since
        )

    return tell
