"""One invocation of a function, and what became of it."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

# Of an event and of an answer (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html); Lambda's own
# message about it names the number.
PAYLOAD_BYTES = 6_291_556


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the function answered, or with `failed` the document of its error; `version` is the one that ran."""

    payload: bytes
    version: str
    failed: bool = False


@dataclass(slots=True)
class Invocation:
    """An event on its way; `deadline` is in seconds since 1970, and set when the function gets the event."""

    request_id: str
    event: bytes
    arn: str
    trace_id: str
    version: str
    deadline: float = 0.0
    outcome: Future[Outcome] = field(default_factory=Future)

    def answered(self, payload: bytes) -> None:
        self._settle(Outcome(payload, self.version))

    def failed(self, document: bytes | dict[str, Any]) -> None:
        payload = document if isinstance(document, bytes) else json.dumps(document).encode()
        self._settle(Outcome(payload, self.version, failed=True))

    def _settle(self, outcome: Outcome) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)
