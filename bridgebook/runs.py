"""Open the run ledger, which remembers every sync, build and publish and survives a crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridgebook.home import Home

if TYPE_CHECKING:
    from ingestion.ledger import RunLedger


@contextmanager
def open_ledger(home: Home) -> Iterator["RunLedger"]:
    """Open the ledger of `home`; runs whose process died are marked as interrupted first."""
    from ingestion.ledger import RunLedger

    ledger = RunLedger(home.ledger_file)
    try:
        ledger.interrupt_orphans()
        yield ledger
    finally:
        ledger.close()
