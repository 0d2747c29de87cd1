"""What the request in hand has asked of the store and of models: how often, for how long, and what it is charged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Use:
    """`seconds` are those of all attempts, without the waits between; units are capacity units of DynamoDB.

    `model_call` has what was asked of a model, as a line of the log has it.
    """

    calls: int = 0
    seconds: float = 0.0
    read_units: float = 0.0
    write_units: float = 0.0
    model_call: dict[str, Any] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """As a line of the log has it: nothing of what was not asked."""
        if not self.calls:
            return self.model_call
        return {
            **self.model_call,
            "store_ms": round(self.seconds * 1000, 1),
            "store_calls": self.calls,
            "read_units": self.read_units,
            "write_units": self.write_units,
        }


_use: ContextVar[Use | None] = ContextVar("use", default=None)


@contextmanager
def metered() -> Iterator[Use]:
    """Add up what is asked inside."""
    use = Use()
    token = _use.set(use)
    try:
        yield use
    finally:
        _use.reset(token)


def current_use() -> Use | None:
    """None where nobody counts, as in a command."""
    return _use.get()
