"""When the request in hand has to answer, for whatever works for it: retries, walks through many items.

Deadlines are readings of `time.monotonic()`. Who finds one over stops, and has a little time to say how far it came;
after that nothing is begun or waited for any more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# How long after a deadline what is under way may go on, as an answer that says where to go on.
WIND_UP_SECONDS = 2.0
# The least that an answer of the network is waited for.
SHORTEST_WAIT = 0.05

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


def seconds_left() -> float:
    """Until nothing may be begun any more; without end where nobody waits for an answer."""
    deadline = _deadline.get()
    return math.inf if deadline is None else deadline + WIND_UP_SECONDS - time.monotonic()


def no_longer_than(seconds: float) -> float:
    """So long, or as long as there is still time."""
    return min(seconds, max(seconds_left(), SHORTEST_WAIT))


def current_deadline() -> float | None:
    """None where nobody waits for an answer, as in a command."""
    return _deadline.get()
