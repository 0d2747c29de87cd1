"""Many writes while one call in five fails: each is answered, readable, and there once. The profile says how many."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

from interactions.domain.interaction import Interaction
from interactions.domain.query import Filter
from interactions.repositories.base import Idempotency, InteractionRepository
from tests.conformance.builders import an_interaction, conversations, walk
from tests.conformance.clock import Clock
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.faults import kinds
from tests.faults.plans import at_random
from tests.strategies import in_depth

TODAY = date(2026, 3, 10)
WRITERS = 8


class Writer:
    """One user who does a bit of everything, and knows what has to be there."""

    def __init__(self, store: InteractionRepository, number: int) -> None:
        self.user_id = f"user{number}"
        self.expected: dict[str, Interaction] = {}
        self._store = store
        self._spent = 0

    def write(self, rounds: int) -> None:
        """Seven writes a round."""
        for n in range(0, 10 * rounds, 10):
            self._add_and_update(n)
            self._add_with_a_key(n + 1)
            self._add_and_delete(n + 3)
            self._spend()

    def _add_and_update(self, n: int) -> None:
        added = self._store.add(self._one(n, conversation_id=f"c{n % 3}")).interaction
        changed = replace(added, metadata={"n": str(n)})
        self.expected[added.interaction_id] = updated = self._store.update(changed, 1)
        assert updated == self._read(added) == replace(changed, version=2)

    def _add_with_a_key(self, n: int) -> None:
        key = Idempotency(f"key {n}", "content")
        added = self._store.add(self._one(n), key)
        again = self._store.add(an_interaction(n + 1, user_id=self.user_id), key)
        assert (added.replayed, again.replayed) == (False, True)
        assert again.interaction == added.interaction == self._read(added.interaction)

    def _add_and_delete(self, n: int) -> None:
        batch = [self._one(n, conversation_id="c3"), self._one(n + 1, conversation_id="c3")]
        assert self._store.add_many(batch) == batch
        self._store.delete(batch[0].interaction_id, self.user_id)
        del self.expected[batch[0].interaction_id]

    def _spend(self) -> None:
        self._spent += 7
        assert self._store.reserve_spending(self.user_id, TODAY, 7, limit=10_000) == self._spent

    def _one(self, n: int, **fields: Any) -> Interaction:
        interaction = an_interaction(n, user_id=self.user_id, **fields)
        self.expected[interaction.interaction_id] = interaction
        return interaction

    def _read(self, interaction: Interaction) -> Interaction:
        return self._store.get(interaction.interaction_id, self.user_id)


def test_of_many_writes_none_is_lost_and_none_is_done_twice(faulty: FaultyStore, clock: Clock) -> None:
    rounds = in_depth(36)  # which are 2,016 writes
    faulty.wire.plan = at_random(20_260_310)
    store, direct = faulty.repository(clock), faulty.direct(clock)
    writers = [Writer(store, number) for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as threads:
        for done in [threads.submit(writer.write, rounds) for writer in writers]:
            done.result()
    for writer in writers:
        expected = [writer.expected[interaction_id] for interaction_id in sorted(writer.expected)]
        for through in (store, direct):
            assert walk(through, Filter(user_id=writer.user_id), order="asc", limit=30) == expected
        latest = {i.conversation_id: i.interaction_id for i in expected if i.conversation_id}
        assert {c.conversation_id: c.last_interaction_id for c in conversations(direct, writer.user_id)} == latest
    assert 7 * WRITERS * rounds >= in_depth(2000)
    assert len([*direct.iterate()]) == sum(len(writer.expected) for writer in writers)
    befallen = Counter(faulty.wire.faults())
    assert befallen.keys() >= {fault.name for fault in kinds.ALL if fault is not kinds.SHORT_PAGE}
    assert 0.15 < befallen.total() / len(faulty.wire.said()) < 0.25
