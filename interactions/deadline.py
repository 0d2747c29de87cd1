"""When the request in hand has to answer, for whatever works for it: retries, walks through many items.

Deadlines are readings of `time.monotonic()`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give what is done inside so many seconds from now, but no more than there are already."""
    own, given = time.monotonic() + seconds, _deadline.get()
    token = _deadline.set(own if given is None else min(own, given))
    try:
        yield
    finally:
        _deadline.reset(token)


def is_over(deadline: float | None) -> bool:
    """Whether there is a deadline, and it has passed."""
    return deadline is not None and time.monotonic() >= deadline


def current_deadline() -> float | None:
    """None where nobody waits for an answer, as in a command."""
    return _deadline.get()
