"""What a process remembers for a few seconds, so that it need not be read at each request."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

MAX_SECONDS = 5.0
MAX_ENTRIES = 1_000

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Values by name, each for at most `MAX_SECONDS` from when its reading began; `clock` counts seconds, only forward.

    Nothing is remembered of what is not there: what is made works at once, and made-up names push nothing out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._forgotten = 0
        # All live equally long, so that the first is always the next to end.
        self._entries: OrderedDict[str, tuple[float, Value]] = OrderedDict()

    def recall(self, name: str, read: Callable[[], Value | None]) -> Value | None:
        """What is remembered under the name, or else what `read` returns."""
        with self._lock:
            now, forgotten = self._clock(), self._forgotten
            entry = self._entries.get(name)
        if entry is not None and now < entry[0]:
            return entry[1]
        value = read()
        with self._lock:
            # What was read before something was forgotten may be what had to be forgotten.
            if value is not None and forgotten == self._forgotten:
                self._entries[name] = (now + MAX_SECONDS, value)
                self._entries.move_to_end(name)
                self._drop(now)
        return value

    def forget(self, name: str) -> None:
        """To be called once the change is stored."""
        with self._lock:
            self._forgotten += 1
            self._entries.pop(name, None)

    def _drop(self, now: float) -> None:
        """Let go of what has ended, and of the oldest when there are too many."""
        while self._entries:
            name, (ends, _) = next(iter(self._entries.items()))
            if now < ends and len(self._entries) <= MAX_ENTRIES:
                return
            del self._entries[name]
