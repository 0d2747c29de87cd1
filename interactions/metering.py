"""What the request in hand has asked of the store: how often, for how long, and what DynamoDB charges for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class StoreUse:
    """`seconds` are those of all attempts, without the waits between; units are capacity units of DynamoDB."""

    calls: int = 0
    seconds: float = 0.0
    read_units: float = 0.0
    write_units: float = 0.0

    def fields(self) -> dict[str, Any]:
        """As a line of the log has it: nothing where DynamoDB was not asked."""
        if not self.calls:
            return {}
        return {
            "store_ms": round(self.seconds * 1000, 1),
            "store_calls": self.calls,
            "read_units": self.read_units,
            "write_units": self.write_units,
        }


_use: ContextVar[StoreUse | None] = ContextVar("store_use", default=None)


@contextmanager
def metered() -> Iterator[StoreUse]:
    """Add up what is asked of the store inside."""
    use = StoreUse()
    token = _use.set(use)
    try:
        yield use
    finally:
        _use.reset(token)


def current_use() -> StoreUse | None:
    """None where nobody counts, as in a command."""
    return _use.get()
