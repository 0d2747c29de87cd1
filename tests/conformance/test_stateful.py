"""A store and the reference, driven side by side through whatever hypothesis thinks of: nobody can tell them apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from interactions.domain.errors import DomainError, SpendingLimitExceeded, VersionConflict
from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import Filter, Order, Position, View
from interactions.repositories.base import Added, Idempotency, InteractionRepository
from tests.conformance.builders import DAY, HOUR, an_interaction, conversations, summary_of, walk
from tests.conformance.clock import NOW, Clock
from tests.conformance.order import matches, position
from tests.conformance.reference import ReferenceRepository
from tests.conformance.stores import REAL_STORES, Store
from tests.strategies import in_depth

USERS = ("ana", "bia", "bi")
EVERYBODY: dict[str, Any] = {"user_id": None, "created_from": NOW - DAY, "created_to": NOW + DAY}

numbers = st.integers(0, 11)
users = st.sampled_from(USERS)
versions = st.sampled_from([None, 0, 0, 0, 1, -1])
orders = st.sampled_from(["asc", "desc"])
filters = st.sampled_from(
    [
        Filter(user_id="ana"),
        Filter(user_id="bia", conversation_id="c1"),
        Filter(user_id="ana", status=Status.COMPLETED),
        Filter(user_id="ana", model="m", created_from=NOW, created_to=NOW + timedelta(minutes=3)),
        Filter(**EVERYBODY),
        Filter(**EVERYBODY, model="m"),
    ]
)


@dataclass
class Walk:
    """A reader on its way: where it stands, what it has visited, and what has matched since it set out."""

    filter: Filter
    order: Order
    limit: int
    view: View
    throughout: set[Position]
    after: Position | None = None
    visited: list[Position] = field(default_factory=list)


class SideBySide(RuleBasedStateMachine):
    kind: ClassVar[Store]

    def __init__(self) -> None:
        super().__init__()
        self.kind.empty()
        self.clock = Clock()
        self.store = self.kind.make(self.clock)
        self.reference = ReferenceRepository(self.clock)
        self.walks: list[Walk] = []
        self.compared = False

    def change(self, call: Callable[[InteractionRepository], Any]) -> Any:
        """Make a call that may change something."""
        self.compared = False
        return self.both(call)

    def both(self, call: Callable[[InteractionRepository], Any]) -> Any:
        expected, found = _outcome(call, self.reference), _outcome(call, self.store)
        assert found == expected
        return found

    # A number stands for an id, a time and a conversation, so that ids are met again and tie between users.
    def an_interaction(self, n: int, user_id: str, lifetime: timedelta | None, model: str | None) -> Interaction:
        return an_interaction(
            n % 3,
            at=NOW + n // 3 * timedelta(minutes=1),
            user_id=user_id,
            conversation_id=None if n % 4 == 3 else f"c{n % 4}",
            status=Status.PENDING if model is None else Status.COMPLETED,
            model=model,
            content_expires_at=lifetime and self.clock.now + lifetime / 2,
            expires_at=lifetime and self.clock.now + lifetime,
        )

    lifetimes = st.sampled_from([None, None, timedelta(minutes=20), 2 * HOUR, 2 * DAY])
    models = st.sampled_from([None, "m", "n"])
    keys = st.sampled_from([None, None, "k", "l"])
    leases = st.sampled_from([None, timedelta(minutes=15), DAY])

    @rule(n=numbers, user_id=users, lifetime=lifetimes, model=models, key=keys, lease=leases)
    def add(
        self,
        n: int,
        user_id: str,
        lifetime: timedelta | None,
        model: str | None,
        key: str | None,
        lease: timedelta | None,
    ) -> None:
        interaction = self.an_interaction(n, user_id, lifetime, model)
        idempotency = Idempotency(key, f"content {model}") if key else None
        leased_until = self.clock.now + lease if lease else None
        self.change(lambda store: store.add(interaction, idempotency, leased_until))

    @rule(user_id=users, key=st.sampled_from(["k", "l"]), model=models)
    def of_key(self, user_id: str, key: str, model: str | None) -> None:
        self.both(lambda store: store.of_key(user_id, Idempotency(key, f"content {model}")))

    @rule(batch=st.lists(st.tuples(numbers, users, lifetimes, models), max_size=6))
    def add_many(self, batch: list[tuple[int, str, timedelta | None, str | None]]) -> None:
        interactions = [self.an_interaction(*each) for each in batch]
        self.change(lambda store: [_comparable(outcome) for outcome in store.add_many(interactions)])

    @rule(
        n=numbers,
        user_id=users,
        version=versions,
        model=models,
        prolonged=st.sampled_from([None, None, HOUR, DAY]),
        answered=st.booleans(),
    )
    def update(
        self,
        n: int,
        user_id: str,
        version: int | None,
        model: str | None,
        prolonged: timedelta | None,
        answered: bool,
    ) -> None:
        current = self.current(n, user_id)
        changed = replace(current, model=model, metadata={"at": str(self.clock.now)})
        if answered:
            changed = replace(changed, status=Status.COMPLETED)
        if prolonged:
            changed = replace(changed, expires_at=self.clock.now + prolonged)
        self.change(lambda store: store.update(changed, current.version + (version or 0)))

    @rule(n=numbers, user_id=users, version=versions)
    def delete(self, n: int, user_id: str, version: int | None) -> None:
        current = self.current(n, user_id)
        expected = None if version is None else current.version + version
        self.change(lambda store: store.delete(current.interaction_id, user_id, expected))

    @rule(user_id=users)
    def erase(self, user_id: str) -> None:
        assert self.change(lambda store: store.erase_user(user_id).complete) is True

    @rule(user_id=users, n=st.integers(0, 2), title=st.sampled_from([None, "a title"]))
    def rename_conversation(self, user_id: str, n: int, title: str | None) -> None:
        self.change(lambda store: store.rename_conversation(user_id, f"c{n}", title))

    @rule(user_id=users, n=st.integers(0, 2))
    def delete_conversation(self, user_id: str, n: int) -> None:
        self.change(lambda store: store.delete_conversation(user_id, f"c{n}"))

    @rule(user_id=users, amount=st.integers(0, 6))
    def reserve(self, user_id: str, amount: int) -> None:
        self.change(lambda store: store.reserve_spending(user_id, self.clock.now.date(), amount, limit=10))

    @rule(by=st.sampled_from([timedelta(minutes=10), HOUR, DAY]))
    def time_passes(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.compared = False

    @rule()
    def sweep(self) -> None:
        # What is abandoned has to be closed in both at the same time; of what is removed nobody may notice anything.
        self.change(lambda store: store.sweep_expired().abandoned)

    @rule(n=numbers, user_id=st.none() | users)
    def get(self, n: int, user_id: str | None) -> None:
        interaction_id = self.an_interaction(n, "", None, None).interaction_id
        self.both(lambda store: store.get(interaction_id, user_id))

    @rule(user_id=st.none() | users)
    def usage(self, user_id: str | None) -> None:
        def rows(store: InteractionRepository) -> dict[str | None, Any]:
            return {row.model: row for row in store.usage(user_id, NOW.date(), NOW.date()).rows}

        self.both(rows)

    @rule(filter=filters, order=orders, limit=st.integers(1, 4))
    def list_all(self, filter: Filter, order: Order, limit: int) -> None:
        self.both(lambda store: walk(store, filter, order=order, limit=limit))

    @rule(filter=filters, order=orders, limit=st.integers(1, 4), view=st.sampled_from(["full", "summary"]))
    def set_out(self, filter: Filter, order: Order, limit: int, view: View) -> None:
        self.walks.append(Walk(filter, order, limit, view, throughout=self.matching(filter)))

    @rule(data=st.data())
    def walk_on(self, data: st.DataObject) -> None:
        if not self.walks:
            return
        walking = data.draw(st.sampled_from(self.walks), label="walk") if len(self.walks) > 1 else self.walks[0]
        page = self.store.list_page(
            walking.filter, order=walking.order, limit=walking.limit, after=walking.after, view=walking.view
        )
        for item in page.items:
            whole = self.reference.get(item.interaction_id, item.user_id)
            assert item == (summary_of(whole) if walking.view == "summary" else whole)
            assert matches(whole, walking.filter)
        walking.visited += map(position, page.items)
        walking.after = page.next
        ordered = sorted(set(walking.visited), reverse=walking.order == "desc")
        assert walking.visited == ordered, "out of order, or twice"
        if page.next is None:
            assert walking.throughout <= set(walking.visited), "one that existed throughout was not visited"
            self.walks.remove(walking)

    @invariant()
    def all_interactions_and_conversations_are_the_same(self) -> None:
        """What a call has changed that should only read shows after the next change."""
        if self.compared:
            return
        self.compared = True
        self.both(lambda store: [*store.iterate()])
        self.both(lambda store: [conversations(store, user_id, limit=2) for user_id in USERS])
        for walking in self.walks:
            walking.throughout &= self.matching(walking.filter)

    def current(self, n: int, user_id: str) -> Interaction:
        """What the user has of that number, or something that is not there."""
        absent = self.an_interaction(n, user_id, None, None)
        try:
            return self.reference.get(absent.interaction_id, user_id)
        except DomainError:
            return absent

    def matching(self, filter: Filter) -> set[Position]:
        return {position(i) for i in self.reference.iterate() if matches(i, filter)}


def _outcome(call: Callable[[InteractionRepository], Any], store: InteractionRepository) -> Any:
    try:
        return _comparable(call(store))
    except DomainError as error:
        return _comparable(error)


def _comparable(outcome: Any) -> Any:
    match outcome:
        case VersionConflict():
            return VersionConflict, outcome.current
        case SpendingLimitExceeded():
            return SpendingLimitExceeded, outcome.spent, outcome.limit
        case DomainError():
            return type(outcome)
        case Added():
            return outcome.interaction, outcome.replayed
    return outcome


@pytest.mark.parametrize("kind", [kind.param() for kind in REAL_STORES])
def test_no_history_tells_the_store_from_the_reference(kind: Store, request: pytest.FixtureRequest) -> None:
    kind.prepare(request)
    machine = type(f"SideBySideWith{kind.name}", (SideBySide,), {"kind": kind})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=in_depth(kind.histories), stateful_step_count=50, suppress_health_check=list(HealthCheck)
        ),
    )
