"""A circuit breaker: who has failed several times in a row is left alone for a while, then tried by one call."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Literal

State = Literal["closed", "open", "half-open"]


class CircuitBreaker:
    """Opens after so many failures in a row; after so many seconds it lets one call through, as a probe.

    Success of the probe closes it, failure opens it anew. A probe of which nothing is heard for as many seconds gives
    up its place; its success closes the breaker even then: where every call takes longer than that, nothing else would.
    """

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        # None: closed. Else when the next call may pass, as a probe.
        self._next_probe: float | None = None
        self._probe: int | None = None
        self._tickets = 0
        # What was admitted before it last opened or closed has nothing to say any more.
        self._first_valid = 1

    @property
    def state(self) -> State:
        """Half-open: a probe is on its way, or the next call will be one."""
        with self._lock:
            if self._next_probe is None:
                return "closed"
            return "open" if self._probe is None and self._clock() < self._next_probe else "half-open"

    def admit(self) -> int | None:
        """A ticket for one call, whose outcome is to be reported; None: leave it."""
        with self._lock:
            if self._next_probe is None:
                self._tickets += 1
            else:
                now = self._clock()
                if now < self._next_probe:
                    return None
                self._tickets += 1
                self._next_probe, self._probe = now + self._seconds, self._tickets
            return self._tickets

    def report(self, ticket: int, works: bool | None) -> None:
        """How the call with the ticket went; None: as if it had never been made."""
        with self._lock:
            if ticket < self._first_valid:
                return
            if works:
                self._failures = 0
                if self._next_probe is not None:
                    self._turn(None)
            elif works is None:
                if ticket == self._probe:
                    self._next_probe, self._probe = self._clock(), None
            else:
                self._failures += 1
                if self._failures >= self._limit:
                    self._turn(self._clock() + self._seconds)

    def _turn(self, next_probe: float | None) -> None:
        self._next_probe, self._probe = next_probe, None
        self._first_valid = self._tickets + 1
