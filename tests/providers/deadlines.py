"""Whether deadlines are kept, on a machine that may be busy with something else just then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

SECONDS = 0.2
# What no call may outlive its deadline by.
OVERRUN = 0.2
TRIES = 3

E = TypeVar("E", bound=Exception)


def late(call: Callable[[float], object], error: type[E]) -> E:
    """What the call raises, which is given its deadline and has kept it, once in a few times."""
    for _ in range(TRIES):
        deadline = time.monotonic() + SECONDS
        with pytest.raises(error) as raised:
            call(deadline)
        if time.monotonic() <= deadline + OVERRUN:
            return raised.value
    pytest.fail(f"it went on for more than {OVERRUN} s after its deadline, {TRIES} times")
