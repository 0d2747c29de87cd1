"""Many interactions into the store: in batches, counted, harmless to repeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import reset_queries

from interactions.domain.errors import AlreadyExists, DomainError
from interactions.domain.interaction import Interaction
from interactions.management.base import counted
from interactions.recording import Draft, Fields, draft, record_many

BATCH_INTERACTIONS = 500
BATCH_CHARACTERS = 2_000_000


class BatchRecorder:
    """Records exchanges; those that are given together are recorded together or not at all.

    `refused` is told of each that the store did not take, with the number it was given under. What has expired by
    `now` is not brought back: it counts as expired and is left out, as are texts of which the time is over.
    """

    def __init__(self, *, now: datetime, refused: Callable[[int, DomainError], None]) -> None:
        self.recorded = 0
        self.present = 0
        self.expired = 0
        self._now = now
        self._refused = refused
        self._batch: list[tuple[int, Draft]] = []
        self._characters = 0

    def add(self, number: int, exchanges: Sequence[Fields]) -> None:
        """Take the fields of exchanges. Raises as `interactions.recording.draft`, and then takes none."""
        drafts = [draft(fields) for fields in exchanges]
        alive = [each for each in drafts if each.interaction.seen_at(self._now) is not None]
        self.expired += len(drafts) - len(alive)
        self._batch += [(number, each) for each in alive]
        self._characters += sum(len(d.interaction.prompt or "") + len(d.interaction.response or "") for d in alive)
        if len(self._batch) >= BATCH_INTERACTIONS or self._characters >= BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Record what is waiting; to be called at the end."""
        batch, self._batch, self._characters = self._batch, [], 0
        if not batch:
            return
        outcomes = record_many([each for _, each in batch])
        for (number, _), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Interaction):
                self.recorded += 1
            elif isinstance(outcome, AlreadyExists):
                self.present += 1
            else:
                self._refused(number, outcome)
        reset_queries()  # under DEBUG Django keeps every statement, texts included

    def summary(self) -> str:
        counts = [f"{counted(self.recorded, 'interaction')} recorded", f"{self.present} already there"]
        if self.expired:
            counts.append(f"{self.expired} left out, since by the retention they have expired")
        return f"{', '.join(counts)}."
