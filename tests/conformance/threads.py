"""Calls that meet in one store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from interactions.domain.errors import DomainError
from interactions.domain.interaction import Interaction
from interactions.repositories.base import InteractionRepository

# Store many new interactions at once.
Fill = Callable[[Sequence[Interaction]], None]


@dataclass(frozen=True, slots=True)
class SharedStore:
    repository: InteractionRepository
    fill: Fill
    leave_thread: Callable[[], None]

    def together(self, calls: Sequence[Callable[[InteractionRepository], Any]]) -> list[Any]:
        """Make the calls at the same time, each in a thread; their results in order, a domain error where one came."""
        start = Barrier(len(calls))

        def run(call: Callable[[InteractionRepository], Any]) -> Any:
            start.wait(timeout=60)
            try:
                return call(self.repository)
            except DomainError as error:
                return error
            finally:
                self.leave_thread()

        with ThreadPoolExecutor(max_workers=len(calls)) as threads:
            return [*threads.map(run, calls)]
