"""A bounded memory of answers that several sessions share."""

from __future__ import annotations

import threading
from collections import OrderedDict


class Cache:
    """Answers by (snapshot, rights, question): a reader never gets an answer made under other rights."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, object] = OrderedDict()

    def get(self, key: object) -> object | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: object, value: object) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
