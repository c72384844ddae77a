"""The run ledger of a home, which remembers every sync, build and publication and survives a crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridgebook.errors import BridgebookError
from bridgebook.home import Home
from bridgebook.logs import log_event

if TYPE_CHECKING:
    from ingestion.ledger import RunLedger


def open_ledger(home: Home) -> "RunLedger":
    """Open the ledger of `home`; runs whose process died are marked as interrupted first."""
    from ingestion.ledger import RunLedger

    ledger = RunLedger(home.ledger_file)
    ledger.interrupt_orphans()
    return ledger


@contextmanager
def recorded(home: Home, kind: str, rules_hash: str) -> Iterator[str]:
    """Record a build or publication from beginning to end, also when it fails; give its id."""
    ledger = open_ledger(home)
    run_id = ledger.begin(kind, rules_hash=rules_hash)
    log_event("begin", kind=kind, run_id=run_id)
    try:
        yield run_id
    except BaseException as error:
        zh, en = reason(error)
        ledger.finish(run_id, "failure", message_zh=zh, message_en=en)
        log_event("end", kind=kind, run_id=run_id, status="failure", reason=en)
        raise
    ledger.finish(run_id, "success")
    log_event("end", kind=kind, run_id=run_id, status="success")


def reason(error: BaseException) -> tuple[str, str]:
    """Return what the ledger remembers of an error, in Chinese and English."""
    if isinstance(error, BridgebookError):
        return error.sentence("zh"), error.sentence("en")
    words = f"{type(error).__name__}: {error}"
    return words, words
