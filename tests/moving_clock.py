"""A clock that sleeping moves on at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock


@contextmanager
def moving_clock() -> Iterator[Callable[[float], None]]:
    """The clocks of `time` go on from now; its `sleep`, which is also what is yielded, takes no time but moves them."""
    slept = 0.0
    real, monotonic = time.time, time.monotonic

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds

    with mock.patch.multiple(time, time=lambda: real() + slept, monotonic=lambda: monotonic() + slept, sleep=sleep):
        yield sleep
