"""The DynamoDB repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from interactions.deadline import is_over
from interactions.domain.errors import Ambiguous, DomainError, NotFound, VersionConflict
from interactions.domain.interaction import Interaction
from interactions.domain.query import (
    READ_AT_ONCE,
    Conversation,
    ConversationPage,
    ConversationPosition,
    Filter,
    Order,
    Page,
    Position,
    UsageReport,
    View,
    check_usage_range,
    position_of,
)
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import Tables, get_tables
from interactions.repositories.base import Added, Erased, Idempotency, Swept, utc_now
from interactions.repositories.dynamodb import conversations, insertion, leases, removal, spending, sweeping
from interactions.repositories.dynamodb.calendar import Calendar
from interactions.repositories.dynamodb.codec import interaction_of, item_of
from interactions.repositories.dynamodb.conditions import is_alive, read
from interactions.repositories.dynamodb.everybody import EverybodyReader, days_of, range_of_all
from interactions.repositories.dynamodb.keys import IdRange, midnight
from interactions.repositories.dynamodb.reading import UserReader, fetch, is_selective, page_of, with_texts
from interactions.repositories.dynamodb.usage import Totals


class DynamoDBRepository:
    """Implements `InteractionRepository`; `clock` tells the time by which things expire."""

    def __init__(self, clock: Callable[[], datetime] = utc_now, tables: Tables | None = None) -> None:
        self._clock = clock
        self._tables = tables or get_tables()
        self._items = self._tables.interactions
        self._calendar = Calendar(self._tables)

    def add(
        self, interaction: Interaction, idempotency: Idempotency | None = None, leased_until: datetime | None = None
    ) -> Added:
        now = self._clock()
        if idempotency is None:
            (outcome,) = insertion.insert(self._tables, self._calendar, [interaction], now, leased_until)
            if isinstance(outcome, DomainError):
                raise outcome
            return Added(outcome)
        stored = interaction.seen_at(now) or interaction
        interaction_id, is_new = insertion.insert_once(
            self._tables, self._calendar, stored, idempotency, now, leased_until
        )
        return Added(stored) if is_new else Added(self.get(interaction_id, interaction.user_id), replayed=True)

    def of_key(self, user_id: str, idempotency: Idempotency) -> Interaction | None:
        earlier = insertion.interaction_of_key(self._tables, user_id, idempotency, self._clock())
        return None if earlier is None else self.get(earlier, user_id)

    def add_many(self, interactions: Sequence[Interaction]) -> list[Interaction | DomainError]:
        return insertion.insert(self._tables, self._calendar, interactions, self._clock())

    def get(self, interaction_id: str, user_id: str | None = None) -> Interaction:
        now = self._clock()
        owners = self._owners(interaction_id) if user_id is None else iter([user_id])
        stored = (self._seen(interaction_id, owner, now) for owner in owners)
        found = [*islice((interaction for interaction in stored if interaction is not None), 2)]
        if len(found) > 1:
            raise Ambiguous("several users have an interaction of this id: name the user")
        if not found:
            raise NotFound("there is no such interaction")
        return found[0]

    def update(self, interaction: Interaction, expected_version: int) -> Interaction:
        now = self._clock()
        stored = replace(interaction.seen_at(now) or interaction, version=expected_version + 1)
        items = self._items
        expected = (items.version == expected_version) & is_alive(items, now)
        self._calendar.note([stored])
        leased_until = leases.held(items, stored)
        try:
            before = self._tables.replace(item_of(stored, items, leased_until), expected)
        except ConditionFailed as failed:
            current = self._seen(interaction.interaction_id, interaction.user_id, now)
            if not failed.unsettled or current != stored:
                raise _conflict(current) from None
            before = None
        if before is None or before.expires_at != stored.expires_at:
            conversations.retain(self._tables, stored, now)
        if before is not None and before.leased_until != leased_until:
            leases.end(self._tables.idempotency, stored, before.leased_until)
        return stored

    def delete(self, interaction_id: str, user_id: str, expected_version: int | None = None) -> None:
        now = self._clock()
        items = self._items
        expected = items.user_id.exists() & is_alive(items, now)
        if expected_version is not None:
            expected &= items.version == expected_version
        try:
            items(user_id, interaction_id).delete(condition=expected)
        except ConditionFailed as failed:
            current = self._seen(interaction_id, user_id, now)
            if current is not None or not failed.unsettled:
                raise _conflict(current) from None

    def erase_user(self, user_id: str, deadline: float | None = None) -> Erased:
        return removal.erase(self._tables, user_id, self._clock(), deadline)

    def list_page(
        self,
        filter: Filter,
        *,
        order: Order = "desc",
        limit: int,
        after: Position | None = None,
        view: View = "full",
    ) -> Page:
        now = self._clock()
        if filter.user_id is not None:
            return UserReader(self._items, filter, order, after, now).page(limit, view)
        ids = range_of_all(filter, order, after)
        days = days_of(self._calendar, ids, order)
        chunk = 200 if is_selective(filter) else limit + 1
        page = page_of(EverybodyReader(self._items, order, now, chunk).reads(days, ids, filter, after), limit)
        return page if view == "summary" else with_texts(self._items, page, filter, now)

    def turns(self, user_id: str, conversation_id: str) -> Iterator[Interaction]:
        return conversations.turns(self._tables, user_id, conversation_id, self._clock())

    def usage(self, user_id: str | None, day_from: date, day_to: date, deadline: float | None = None) -> UsageReport:
        check_usage_range(user_id, day_from, day_to)
        if user_id is None:
            return self._usage_of_all(day_from, day_to, deadline)
        end = None if day_to == date.max else midnight(day_to + timedelta(days=1))
        filter = Filter(user_id=user_id, created_from=midnight(day_from), created_to=end)
        totals = Totals()
        for interaction in UserReader(self._items, filter, "asc", None, self._clock()).summaries():
            day = interaction.created_at.date()
            if totals.begins(day) and is_over(deadline):
                return UsageReport(totals.rows(), day)
            totals.add(interaction)
        return UsageReport(totals.rows(), None)

    def reserve_spending(self, account: str, day: date, amount: int, limit: int) -> int:
        return spending.reserve(self._tables.idempotency, account, day, amount, limit)

    def settle_spending(self, account: str, day: date, reserved: int, actual: int) -> int:
        return spending.settle(self._tables.idempotency, account, day, reserved, actual)

    def spent(self, day_from: date, day_to: date) -> Mapping[date, int]:
        return spending.spent(self._tables.idempotency, day_from, day_to, self._clock())

    def list_conversations(
        self, user_id: str, *, limit: int, after: ConversationPosition | None = None
    ) -> ConversationPage:
        return conversations.page(self._tables, user_id, self._clock(), limit=limit, after=after)

    def rename_conversation(self, user_id: str, conversation_id: str, title: str | None) -> Conversation:
        return conversations.rename(self._tables, user_id, conversation_id, title, self._clock())

    def delete_conversation(self, user_id: str, conversation_id: str) -> int:
        return conversations.delete(self._tables, user_id, conversation_id, self._clock())

    def iterate(
        self, created_from: datetime | None = None, created_to: datetime | None = None
    ) -> Iterator[Interaction]:
        ids = IdRange.created(created_from, created_to)
        for day in days_of(self._calendar, ids, "asc"):
            reader = EverybodyReader(self._items, "asc", self._clock(), READ_AT_ONCE)
            for chunk in reader.chunks(day, ids):
                for interaction in fetch(self._items, map(position_of, chunk), self._clock()):
                    seen = interaction.seen_at(self._clock())  # which may have changed since the chunk was read
                    if seen is not None:
                        yield seen

    def sweep_expired(self, deadline: float | None = None) -> Swept:
        return sweeping.sweep(self._tables, self._calendar, self._clock(), deadline)

    def check(self) -> None:
        self._tables.check()

    def _seen(self, interaction_id: str, user_id: str, now: datetime) -> Interaction | None:
        stored = read(self._items, user_id, interaction_id)
        return None if stored is None else interaction_of(stored.stored).seen_at(now)

    def _owners(self, interaction_id: str) -> Iterator[str]:
        return (item.user_id for item in self._items.interaction_id_index.query(interaction_id))

    def _usage_of_all(self, day_from: date, day_to: date, deadline: float | None) -> UsageReport:
        now = self._clock()
        totals = Totals()
        reader = EverybodyReader(self._items, "asc", now, 1000)
        days = self._calendar.days(day_from, day_to)
        for number, day in enumerate(days):
            if number and is_over(deadline):
                return UsageReport(totals.rows(), day)
            for interaction in reader.of_day(day, IdRange()):
                if interaction.seen_at(now) is not None:
                    totals.add(interaction)
        return UsageReport(totals.rows(), None)


def _conflict(current: Interaction | None) -> DomainError:
    """Why the condition on the version did not hold."""
    return NotFound("there is no such interaction") if current is None else VersionConflict(current.version)
