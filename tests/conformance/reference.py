"""A store in memory, as plain as can be: what it answers is what the port means. It is the oracle of property tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from interactions.domain.errors import (
    AlreadyExists,
    Ambiguous,
    DomainError,
    IdempotencyConflict,
    NotFound,
    VersionConflict,
)
from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import (
    READ_BUDGET,
    Conversation,
    ConversationPage,
    ConversationPosition,
    Filter,
    Order,
    Page,
    Position,
    UsageReport,
    UsageRow,
    View,
    check_usage_range,
)
from interactions.repositories.base import IDEMPOTENCY_TTL, Added, Erased, Idempotency, Swept
from tests.conformance.builders import summary_of
from tests.conformance.order import begun_by, belongs, conversation_position, matches, position
from tests.conformance.reference_spending import ReferenceSpending
from tests.conformance.usage_rows import usage_row

CHUNK = 500


@dataclass(frozen=True)
class Group:
    """A conversation with what its readers are not told."""

    conversation: Conversation
    expires_at: datetime | None


@dataclass(frozen=True)
class Marker:
    fingerprint: str
    interaction_id: str
    expires_at: datetime | None


class ReferenceRepository(ReferenceSpending):
    """Implements `InteractionRepository`. Expired things stay until they are swept, as they do in real stores."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = clock
        self._interactions: dict[Position, Interaction] = {}
        self._groups: dict[tuple[str, str], Group] = {}
        self._markers: dict[tuple[str, str], Marker] = {}
        self._leases: dict[Position, datetime] = {}

    def add(
        self, interaction: Interaction, idempotency: Idempotency | None = None, leased_until: datetime | None = None
    ) -> Added:
        with self._lock:
            earlier = self.of_key(interaction.user_id, idempotency) if idempotency is not None else None
            if earlier is not None:
                return Added(earlier, replayed=True)
            stored = self._insert(interaction)
            if leased_until is not None and stored.status is Status.PENDING:
                self._leases[position(stored)] = leased_until
            if idempotency is not None:
                self._markers[interaction.user_id, idempotency.key] = Marker(
                    idempotency.fingerprint, interaction.interaction_id, self._clock() + IDEMPOTENCY_TTL
                )
            return Added(stored)

    def of_key(self, user_id: str, idempotency: Idempotency) -> Interaction | None:
        marker = self._markers.get((user_id, idempotency.key))
        if marker is None or self._expired(marker):
            return None
        if marker.fingerprint != idempotency.fingerprint:
            raise IdempotencyConflict
        return self.get(marker.interaction_id, user_id)

    def add_many(self, interactions: Sequence[Interaction]) -> list[Interaction | DomainError]:
        outcomes: list[Interaction | DomainError] = []
        for interaction in interactions:
            try:
                outcomes.append(self.add(interaction).interaction)
            except DomainError as error:
                outcomes.append(error)
        return outcomes

    def get(self, interaction_id: str, user_id: str | None = None) -> Interaction:
        found = [i for i in self._seen() if i.interaction_id == interaction_id and user_id in (None, i.user_id)]
        if not found:
            raise NotFound
        if len(found) > 1:
            raise Ambiguous
        return found[0]

    def update(self, interaction: Interaction, expected_version: int) -> Interaction:
        with self._lock:
            self._check(interaction.interaction_id, interaction.user_id, expected_version)
            stored = replace(interaction.seen_at(self._clock()) or interaction, version=expected_version + 1)
            self._interactions[position(interaction)] = stored
            if stored.status is not Status.PENDING:
                self._leases.pop(position(stored), None)
            key = (interaction.user_id, interaction.conversation_id or "")
            group = self._groups.get(key)
            latest = group and not self._expired(group) and group.conversation.last_interaction_id
            if group and latest == interaction.interaction_id:
                self._groups[key] = replace(group, expires_at=interaction.expires_at)
            return stored

    def delete(self, interaction_id: str, user_id: str, expected_version: int | None = None) -> None:
        with self._lock:
            self._check(interaction_id, user_id, expected_version)
            del self._interactions[Position(interaction_id, user_id)]

    def erase_user(self, user_id: str, deadline: float | None = None) -> Erased:
        interactions, complete = self._remove(self._interactions, lambda key, _: key.user_id == user_id, deadline)
        conversations = keys = 0
        if complete:
            conversations, _ = self._remove(self._groups, lambda key, _: key[0] == user_id)
            keys, _ = self._remove(self._markers, lambda key, _: key[0] == user_id)
        return Erased(interactions=interactions, conversations=conversations, idempotency_keys=keys, complete=complete)

    def list_page(
        self,
        filter: Filter,
        *,
        order: Order = "desc",
        limit: int,
        after: Position | None = None,
        view: View = "full",
    ) -> Page:
        found = [i for i in self._seen() if belongs(i, filter)]
        if order == "desc":
            found.reverse()
        if after is not None:
            found = [i for i in found if (position(i) > after if order == "asc" else position(i) < after)]
        read = found if filter.status is None and filter.model is None else found[:READ_BUDGET]
        items = [i for i in read if matches(i, filter)]
        following = position(read[-1]) if len(read) < len(found) else None
        if len(items) > limit:
            items = items[:limit]
            following = position(items[-1])
        if view == "summary":
            items = [summary_of(i) for i in items]
        return Page(items, following)

    def turns(self, user_id: str, conversation_id: str) -> Iterator[Interaction]:
        found = [i for i in self._seen() if belongs(i, Filter(user_id=user_id, conversation_id=conversation_id))]
        return reversed(found)

    def usage(self, user_id: str | None, day_from: date, day_to: date, deadline: float | None = None) -> UsageReport:
        check_usage_range(user_id, day_from, day_to)
        rows: list[UsageRow] = []
        for number in range((day_to - day_from).days + 1):
            day = day_from + timedelta(days=number)
            if number and deadline is not None and time.monotonic() >= deadline:
                return UsageReport(rows, day)
            used = [i for i in self._seen() if user_id in (None, i.user_id) and i.created_at.date() == day]
            models = {i.model for i in used}
            rows += [usage_row(day, model, [i for i in used if i.model == model]) for model in models]
        return UsageReport(rows, None)

    def list_conversations(
        self, user_id: str, *, limit: int, after: ConversationPosition | None = None
    ) -> ConversationPage:
        found = [g.conversation for key, g in [*self._groups.items()] if key[0] == user_id and not self._expired(g)]
        found.sort(key=conversation_position, reverse=True)
        found = [c for c in found if after is None or conversation_position(c) < after]
        following = conversation_position(found[limit - 1]) if len(found) > limit else None
        return ConversationPage(found[:limit], following)

    def rename_conversation(self, user_id: str, conversation_id: str, title: str | None) -> Conversation:
        with self._lock:
            group = self._group(user_id, conversation_id)
            renamed = replace(group.conversation, title=title)
            self._groups[user_id, conversation_id] = replace(group, conversation=renamed)
            return renamed

    def delete_conversation(self, user_id: str, conversation_id: str) -> int:
        with self._lock:
            self._group(user_id, conversation_id)
            own = Filter(user_id=user_id, conversation_id=conversation_id)
            count = sum(belongs(i, own) for i in self._seen())
            self._remove(self._interactions, lambda _, i: belongs(i, own))
            del self._groups[user_id, conversation_id]
            return count

    def iterate(
        self, created_from: datetime | None = None, created_to: datetime | None = None
    ) -> Iterator[Interaction]:
        for interaction in self._seen():
            after_start = created_from is None or interaction.created_at >= created_from
            if after_start and (created_to is None or interaction.created_at < created_to):
                seen = interaction.seen_at(self._clock())
                if seen is not None:
                    yield seen

    def sweep_expired(self, deadline: float | None = None) -> Swept:
        abandoned = self._close_abandoned()
        interactions, complete = self._remove(self._interactions, lambda _, i: self._expired(i), deadline)
        contents = keys = 0
        if complete:
            seen = {position(i): i for i in self._seen()}
            contents = sum(seen[key].prompt != i.prompt for key, i in self._interactions.items())
            self._interactions.update(seen)
            keys, _ = self._remove(self._markers, lambda _, marker: self._expired(marker))
            self._remove(self._groups, lambda _, group: self._expired(group))
        return Swept(abandoned, contents, interactions, idempotency_keys=keys, complete=complete)

    def check(self) -> None:
        pass

    def _seen(self) -> list[Interaction]:
        """What a reader may see, in order."""
        with self._lock:
            seen = [self._interactions[key].seen_at(self._clock()) for key in sorted(self._interactions)]
        return [interaction for interaction in seen if interaction is not None]

    def _insert(self, interaction: Interaction) -> Interaction:
        held = self._interactions.get(position(interaction))
        if held is not None and not self._expired(held):
            raise AlreadyExists
        interaction = interaction.seen_at(self._clock()) or interaction
        self._interactions[position(interaction)] = interaction
        self._leases.pop(position(interaction), None)  # that of one which has made room
        if interaction.conversation_id is not None:
            key = (interaction.user_id, interaction.conversation_id)
            group = self._groups.get(key)
            if group is None or self._expired(group):
                group = Group(begun_by(interaction), interaction.expires_at)
            if interaction.interaction_id > group.conversation.last_interaction_id:
                moved = replace(group.conversation, last_interaction_id=interaction.interaction_id)
                group = Group(moved, interaction.expires_at)
            self._groups[key] = group
        return interaction

    def _close_abandoned(self) -> int:
        with self._lock:
            over = {key for key, until in self._leases.items() if until <= self._clock()}
            self._leases = {key: until for key, until in self._leases.items() if key not in over}
            abandoned = [i for key, i in self._interactions.items() if key in over and not self._expired(i)]
            for interaction in abandoned:
                closed = replace(interaction.abandoned(at=self._clock()), version=interaction.version + 1)
                self._interactions[position(interaction)] = closed
            return len(abandoned)

    def _check(self, interaction_id: str, user_id: str, expected_version: int | None) -> None:
        current = self.get(interaction_id, user_id).version
        if expected_version not in (None, current):
            raise VersionConflict(current)

    def _group(self, user_id: str, conversation_id: str) -> Group:
        group = self._groups.get((user_id, conversation_id))
        if group is None or self._expired(group):
            raise NotFound
        return group

    def _expired(self, thing: Interaction | Group | Marker) -> bool:
        return thing.expires_at is not None and thing.expires_at <= self._clock()

    def _remove(
        self, things: dict[Any, Any], condition: Callable[[Any, Any], bool], deadline: float | None = None
    ) -> tuple[int, bool]:
        """Remove what meets the condition; how many those were, and whether the deadline left time for all."""
        with self._lock:
            chosen: list[Hashable] = [key for key, thing in things.items() if condition(key, thing)]
            if deadline is not None and time.monotonic() >= deadline:
                chosen, left = chosen[:CHUNK], chosen[CHUNK:]
            else:
                left = []
            for key in chosen:
                del things[key]
            return len(chosen), not left
