"""The Django ORM repository: SQLite on a laptop, WAL and IMMEDIATE transactions as `settings/local.py` sets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from interactions.deadline import is_over
from interactions.domain.errors import Ambiguous, DomainError, NotFound, VersionConflict
from interactions.domain.interaction import Interaction
from interactions.domain.query import (
    READ_AT_ONCE,
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
    position_of,
)
from interactions.models import InteractionRow
from interactions.repositories.base import Added, Erased, Idempotency, Swept, utc_now
from interactions.repositories.orm import conversations, removal, spending
from interactions.repositories.orm.codec import NOT_IN_SUMMARIES, changes_of, interaction_of, row_of
from interactions.repositories.orm.insertion import insert, interaction_of_key, use_key
from interactions.repositories.orm.selection import Stretch, alive
from interactions.repositories.orm.transactions import answering, writing
from interactions.repositories.orm.usage import usage_of_day


class OrmRepository:
    """Implements `InteractionRepository`; `clock` tells the time by which things expire."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock

    def add(
        self, interaction: Interaction, idempotency: Idempotency | None = None, leased_until: datetime | None = None
    ) -> Added:
        with writing():
            now = self._clock()
            if idempotency is not None:
                earlier = interaction_of_key(interaction.user_id, idempotency, now)
                if earlier is not None:
                    return Added(self.get(earlier, interaction.user_id), replayed=True)
                use_key(interaction, idempotency, now)
            (outcome,) = insert([interaction], now, leased_until)
            if isinstance(outcome, DomainError):
                raise outcome
        return Added(outcome)

    @answering()
    def of_key(self, user_id: str, idempotency: Idempotency) -> Interaction | None:
        earlier = interaction_of_key(user_id, idempotency, self._clock())
        return None if earlier is None else self.get(earlier, user_id)

    def add_many(self, interactions: Sequence[Interaction]) -> list[Interaction | DomainError]:
        with writing():
            return insert(interactions, self._clock())

    @answering()
    def get(self, interaction_id: str, user_id: str | None = None) -> Interaction:
        now = self._clock()
        rows = alive(InteractionRow.objects.filter(interaction_id=interaction_id), now)
        if user_id is not None:
            rows = rows.filter(user_id=user_id)
        found = rows[:2]
        if len(found) > 1:
            raise Ambiguous("several users have an interaction of this id: name the user")
        if not found:
            raise NotFound("there is no such interaction")
        return _seen(found[0], now)

    def update(self, interaction: Interaction, expected_version: int) -> Interaction:
        with writing():
            now = self._clock()
            stored = row_of(interaction.seen_at(now) or interaction, version=expected_version + 1)
            rows = _owned(interaction.user_id, interaction.interaction_id, now)
            if not rows.filter(version=expected_version).update(**changes_of(stored)):
                raise _conflict(rows)
            conversations.retain(interaction, now)
        return interaction_of(stored)

    def delete(self, interaction_id: str, user_id: str, expected_version: int | None = None) -> None:
        with writing():
            rows = _owned(user_id, interaction_id, self._clock())
            expected = rows if expected_version is None else rows.filter(version=expected_version)
            if not expected.delete()[0]:
                raise _conflict(rows)

    def erase_user(self, user_id: str, deadline: float | None = None) -> Erased:
        return removal.erase(user_id, deadline)

    @answering()
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
        stretch = Stretch.created(filter.created_from, filter.created_to)
        if after is not None:
            stretch = stretch.behind(after, order)
        conditions = {"user_id": filter.user_id, "conversation_id": filter.conversation_id}
        sign = "" if order == "asc" else "-"
        rows = alive(_filtered(InteractionRow.objects.all(), conditions), now).order_by(
            f"{sign}interaction_id", f"{sign}user_id"
        )
        boundary: Position | None = None
        unindexed = {"status": filter.status, "model": filter.model}
        if any(unindexed.values()):
            # Where the budget ends is found first, so that rows that come or go meanwhile cannot be skipped.
            keys = stretch.of(rows, filter.user_id).values_list("interaction_id", "user_id")
            boundary = next((Position(*key) for key in keys[READ_BUDGET - 1 : READ_BUDGET]), None)
            if boundary is not None:
                stretch = stretch.up_to(boundary, order)
        rows = _filtered(stretch.of(rows, filter.user_id), unindexed)
        if view == "summary":
            rows = rows.defer(*NOT_IN_SUMMARIES)
        found = [_seen(row, now, view) for row in rows[: limit + 1]]
        if len(found) > limit:
            return Page(found[:limit], position_of(found[limit - 1]))
        return Page(found, boundary)

    def turns(self, user_id: str, conversation_id: str) -> Iterator[Interaction]:
        filter = Filter(user_id=user_id, conversation_id=conversation_id)
        after = None
        while True:
            page = self.list_page(filter, limit=READ_AT_ONCE, after=after)
            yield from page.items
            after = page.next
            if after is None:
                return

    @answering()
    def usage(self, user_id: str | None, day_from: date, day_to: date, deadline: float | None = None) -> UsageReport:
        check_usage_range(user_id, day_from, day_to)
        found: list[UsageRow] = []
        day = day_from
        while True:
            found += usage_of_day(user_id, day, self._clock())
            if day == day_to:
                return UsageReport(found, None)
            day += timedelta(days=1)
            if is_over(deadline):
                return UsageReport(found, day)

    def reserve_spending(self, account: str, day: date, amount: int, limit: int) -> int:
        return spending.reserve(account, day, amount, limit)

    def settle_spending(self, account: str, day: date, reserved: int, actual: int) -> int:
        return spending.settle(account, day, reserved, actual)

    @answering()
    def spent(self, day_from: date, day_to: date) -> Mapping[date, int]:
        return spending.spent(day_from, day_to)

    @answering()
    def list_conversations(
        self, user_id: str, *, limit: int, after: ConversationPosition | None = None
    ) -> ConversationPage:
        return conversations.page(user_id, self._clock(), limit=limit, after=after)

    def rename_conversation(self, user_id: str, conversation_id: str, title: str | None) -> Conversation:
        return conversations.rename(user_id, conversation_id, title, self._clock())

    def delete_conversation(self, user_id: str, conversation_id: str) -> int:
        return conversations.delete(user_id, conversation_id, self._clock())

    def iterate(
        self, created_from: datetime | None = None, created_to: datetime | None = None
    ) -> Iterator[Interaction]:
        stretch = Stretch.created(created_from, created_to)
        while True:
            rows = alive(InteractionRow.objects.order_by("interaction_id", "user_id"), self._clock())
            with answering():
                chunk = [*map(interaction_of, stretch.of(rows)[:READ_AT_ONCE])]
            for interaction in chunk:
                seen = interaction.seen_at(self._clock())  # which may have changed since the chunk was read
                if seen is not None:
                    yield seen
            if len(chunk) < READ_AT_ONCE:
                return
            stretch = stretch.behind(position_of(chunk[-1]), "asc")

    def sweep_expired(self, deadline: float | None = None) -> Swept:
        return removal.sweep(self._clock(), deadline)

    def check(self) -> None:
        with answering(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM interactions LIMIT 1")


def _owned(user_id: str, interaction_id: str, now: datetime) -> QuerySet[InteractionRow]:
    return alive(InteractionRow.objects.filter(user_id=user_id, interaction_id=interaction_id), now)


def _filtered(rows: QuerySet[InteractionRow], conditions: dict[str, str | None]) -> QuerySet[InteractionRow]:
    return rows.filter(**{name: value for name, value in conditions.items() if value is not None})


def _seen(row: InteractionRow, now: datetime, view: View = "full") -> Interaction:
    interaction = interaction_of(row, view).seen_at(now)
    assert interaction is not None  # queries leave out what has expired at the same moment
    return interaction


def _conflict(rows: QuerySet[InteractionRow]) -> DomainError:
    """Why no row had the expected version."""
    current = rows.values_list("version", flat=True).first()
    return NotFound("there is no such interaction") if current is None else VersionConflict(current)
