"""Rates: at most so many in each window of time."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(rf"([1-9][0-9]{{0,8}})/({'|'.join(SECONDS)})")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in a window of `seconds`. Windows are the clock's own, the same for everyone: days are UTC."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """The rate of a text such as `600/minute`.

        Raises:
            ValueError: it is not one.
        """
        match = _RATE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a number a second, minute, hour or day, such as 600/minute")
        return cls(int(match[1]), SECONDS[match[2]])

    def window(self, now: float) -> tuple[int, int]:
        """The number of the window that a time lies in, and the whole seconds, at least 1, until it is over."""
        number, elapsed = divmod(now, self.seconds)
        return int(number), math.ceil(self.seconds - elapsed)
