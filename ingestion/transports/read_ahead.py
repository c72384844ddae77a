"""Let the source work on the next batches while we work on this one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

T = TypeVar("T")
BATCHES_AHEAD = 3


def read_ahead(batches: Iterator[T]) -> Generator[T, None, None]:
    """Pass batches on in order, reading a few ahead in a thread; errors are raised where they are due."""
    ready: queue.Queue[T | BaseException | None] = queue.Queue(BATCHES_AHEAD)
    stopped = threading.Event()

    def hand_over(item: T | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def read() -> None:
        try:
            for batch in batches:
                if not hand_over(batch):
                    break
            else:
                hand_over(None)
        except BaseException as error:
            hand_over(error)
        finally:
            close = getattr(batches, "close", None)
            if close is not None:
                close()

    reader = threading.Thread(target=read, name="read-ahead", daemon=True)
    reader.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        reader.join()
