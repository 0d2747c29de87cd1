"""A Lambda function behind an alias: one version, or two of which the second gets a share of the invocations."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from random import Random
from uuid import uuid4

from lambda_local.configuration import Configuration
from lambda_local.execution import Execution
from lambda_local.invocation import PAYLOAD_BYTES, Invocation, Outcome

ALIAS = "live"


class Throttled(Exception):
    """As many invocations run as may."""


class EventTooLarge(Exception):
    """Lambda takes no event of that size."""


class Function:
    """Makes execution environments as they are needed, and keeps them for the next invocation.

    `versions` are folders of unpacked code by the name of the version: the first is the alias's own, and `weight` is
    the share, from 0 to 1, of the second. The same `seed` routes the same.
    """

    def __init__(
        self,
        configuration: Configuration,
        versions: Mapping[str, Path],
        *,
        weight: float = 0.0,
        seed: int | None = None,
    ) -> None:
        self._configuration = configuration
        self._versions = versions
        self._weight = weight
        self._random = Random(seed)  # noqa: S311  no secret
        self._lock = threading.Lock()
        self._idle: list[Execution] = []
        self._running: set[Execution] = set()

    def invoke(self, event: bytes, trace_id: str = "") -> Future[Outcome]:
        """Begin an invocation. It goes on whether anybody waits for it or not.

        Raises:
            Throttled, EventTooLarge.
        """
        if len(event) > PAYLOAD_BYTES:
            raise EventTooLarge(f"{len(event)} bytes are more than the {PAYLOAD_BYTES} of an event")
        execution = self._take()
        invocation = Invocation(str(uuid4()), event, self._configuration.arn(ALIAS), trace_id, execution.version)
        outcome: Future[Outcome] = Future()
        threading.Thread(target=self._run, args=(execution, invocation, outcome), daemon=True).start()
        return outcome

    def close(self) -> None:
        """End every process."""
        with self._lock:
            for execution in [*self._idle, *self._running]:
                execution.end()

    def _take(self) -> Execution:
        with self._lock:
            version = self._route()
            if len(self._running) >= self._configuration.concurrency:
                raise Throttled(f"{len(self._running)} invocations run, and no more may")
            found = next((idle for idle in self._idle if idle.version == version and not idle.ended), None)
            execution = found or Execution(self._configuration, version, self._versions[version])
            self._idle = [idle for idle in self._idle if idle is not execution and not idle.ended]
            self._running.add(execution)
            return execution

    def _route(self) -> str:
        own, *canary = self._versions
        return canary[0] if canary and self._random.random() < self._weight else own

    def _run(self, execution: Execution, invocation: Invocation, outcome: Future[Outcome]) -> None:
        execution.run(invocation)
        with self._lock:
            self._running.discard(execution)
            if not execution.ended:
                self._idle.insert(0, execution)
        # Only now: whoever waits may ask again at once, and is to find the environment free.
        outcome.set_result(invocation.outcome.result())
