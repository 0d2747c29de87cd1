"""The Django ORM repository: SQLite on a laptop, WAL and IMMEDIATE transactions as `settings/local.py` sets them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from interactions.domain.errors import (
    Ambiguous,
    DomainError,
    IdempotencyConflict,
    NotFound,
    SpendingLimitExceeded,
    Unavailable,
    VersionConflict,
)
from interactions.domain.interaction import Interaction
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
from interactions.models import ConversationRow, IdempotencyRow, InteractionRow, SpendingRow
from interactions.repositories.base import IDEMPOTENCY_TTL, Added, Erased, Idempotency, Swept
from interactions.repositories.orm.codec import TEXTS, conversation_of, interaction_of, row_of
from interactions.repositories.orm.insertion import insert
from interactions.repositories.orm.selection import (
    Row,
    alive,
    beyond,
    created_between,
    matching,
    ordering,
    up_to,
    usage_of_day,
)

CHUNK = 500
ERASED = (InteractionRow, ConversationRow, IdempotencyRow)


def utc_now() -> datetime:
    return datetime.now(UTC)


class OrmRepository:
    """Implements `InteractionRepository`; `clock` tells the time by which things expire."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock

    def add(self, interaction: Interaction, idempotency: Idempotency | None = None) -> Added:
        with _writing():
            if idempotency is not None:
                own = {"user_id": interaction.user_id, "key_hash": _hash(idempotency.key)}
                marker = IdempotencyRow.objects.filter(**own, expires_at__gt=self._clock()).first()
                if marker is not None:
                    if marker.fingerprint != idempotency.fingerprint:
                        raise IdempotencyConflict("the key was used for other content")
                    return Added(self.get(marker.interaction_id, marker.user_id), replayed=True)
                IdempotencyRow.objects.update_or_create(
                    user_id=interaction.user_id,
                    key_hash=own["key_hash"],
                    defaults={
                        "fingerprint": idempotency.fingerprint,
                        "interaction_id": interaction.interaction_id,
                        "expires_at": self._clock() + IDEMPOTENCY_TTL,
                    },
                )
            (outcome,) = insert([interaction], self._clock())
            if isinstance(outcome, DomainError):
                raise outcome
        return Added(outcome)

    def add_many(self, interactions: Sequence[Interaction]) -> list[Interaction | DomainError]:
        with _writing():
            return insert(interactions, self._clock())

    def get(self, interaction_id: str, user_id: str | None = None) -> Interaction:
        owner = {} if user_id is None else {"user_id": user_id}
        rows = self._alive(InteractionRow.objects.filter(interaction_id=interaction_id, **owner))[:2]
        if len(rows) > 1:
            raise Ambiguous("several users have an interaction of this id: name the user")
        if not rows:
            raise NotFound("there is no such interaction")
        return self._seen(rows[0])

    def update(self, interaction: Interaction, expected_version: int) -> Interaction:
        stored = row_of(interaction.seen_at(self._clock()) or interaction, version=expected_version + 1)
        values = {
            f.attname: getattr(stored, f.attname) for f in InteractionRow._meta.concrete_fields if f.attname != "id"
        }
        with _writing():
            rows = self._alive(_owned(interaction.user_id, interaction.interaction_id))
            if not rows.filter(version=expected_version).update(**values):
                raise _conflict(rows)
        return interaction_of(stored)

    def delete(self, interaction_id: str, user_id: str, expected_version: int | None = None) -> None:
        with _writing():
            rows = self._alive(_owned(user_id, interaction_id))
            matching = rows if expected_version is None else rows.filter(version=expected_version)
            if not matching.delete()[0]:
                raise _conflict(rows)

    def erase_user(self, user_id: str, deadline: float | None = None) -> Erased:
        # What is recorded while this runs is not chased: a busy writer could keep it from ever finishing.
        owned = [
            rows.filter(id__lte=rows.order_by("-id").values_list("id", flat=True).first() or 0)
            for rows in (model._default_manager.filter(user_id=user_id) for model in ERASED)
        ]
        counts = [0, 0, 0]
        for number, rows in enumerate(owned):
            counts[number], complete = _delete_chunks(rows, deadline)
            if not complete:
                break
        else:
            SpendingRow.objects.filter(user_id=user_id).delete()
        return Erased(interactions=counts[0], conversations=counts[1], idempotency_keys=counts[2], complete=complete)

    def list_page(
        self,
        filter: Filter,
        *,
        order: Order = "desc",
        limit: int,
        after: Position | None = None,
        view: View = "full",
    ) -> Page:
        rows = matching(filter, self._clock()).order_by(*ordering(filter, order))
        if after is not None:
            rows = beyond(rows, after, order)
        boundary: Position | None = None
        wanted = {"status": filter.status, "model": filter.model}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        if wanted:
            # Where the budget ends is found first, so that rows that come or go meanwhile cannot be skipped.
            at_budget = rows.values_list("interaction_id", "user_id")[READ_BUDGET - 1 : READ_BUDGET]
            boundary = next((Position(*key) for key in at_budget), None)
            if boundary is not None:
                rows = up_to(rows, boundary, order)
            rows = rows.filter(**wanted)
        if view == "summary":
            rows = rows.defer(*TEXTS)
        found = [self._seen(row, view) for row in rows[: limit + 1]]
        if len(found) > limit:
            last = found[limit - 1]
            return Page(found[:limit], Position(last.interaction_id, last.user_id))
        return Page(found, boundary)

    def usage(self, user_id: str | None, day_from: date, day_to: date, deadline: float | None = None) -> UsageReport:
        check_usage_range(user_id, day_from, day_to)
        found: list[UsageRow] = []
        day = day_from
        while day <= day_to:
            found += usage_of_day(user_id, day, self._clock())
            day += timedelta(days=1)
            if deadline is not None and time.monotonic() >= deadline:
                break
        return UsageReport(found, day if day <= day_to else None)

    def reserve_spending(self, user_id: str, day: date, amount: int, limit: int) -> int:
        with _writing():
            row, _ = SpendingRow.objects.get_or_create(user_id=user_id, day=day, defaults={"nano_usd": 0})
            if row.nano_usd + amount > limit:
                raise SpendingLimitExceeded(limit=limit, spent=row.nano_usd)
            row.nano_usd += amount
            row.save(update_fields=["nano_usd"])
        return row.nano_usd

    def settle_spending(self, user_id: str, day: date, reserved: int, actual: int) -> int:
        with _writing():
            row, _ = SpendingRow.objects.get_or_create(user_id=user_id, day=day, defaults={"nano_usd": 0})
            row.nano_usd = max(row.nano_usd + actual - reserved, 0)
            row.save(update_fields=["nano_usd"])
        return row.nano_usd

    def list_conversations(
        self, user_id: str, *, limit: int, after: ConversationPosition | None = None
    ) -> ConversationPage:
        rows = self._alive(ConversationRow.objects.filter(user_id=user_id))
        if after is not None:
            same = Q(last_interaction_id=after.last_interaction_id, conversation_id__lt=after.conversation_id)
            rows = rows.filter(last_interaction_id__lte=after.last_interaction_id)
            rows = rows.filter(Q(last_interaction_id__lt=after.last_interaction_id) | same)
        found = [*map(conversation_of, rows.order_by("-last_interaction_id", "-conversation_id")[: limit + 1])]
        if len(found) <= limit:
            return ConversationPage(found, None)
        last = found[limit - 1]
        return ConversationPage(found[:limit], ConversationPosition(last.last_interaction_id, last.conversation_id))

    def rename_conversation(self, user_id: str, conversation_id: str, title: str | None) -> Conversation:
        with _writing():
            rows = self._alive(ConversationRow.objects.filter(user_id=user_id, conversation_id=conversation_id))
            if not rows.update(title=title):
                raise NotFound("there is no such conversation")
            return conversation_of(rows.get())

    def delete_conversation(self, user_id: str, conversation_id: str) -> int:
        with _writing():
            own = {"user_id": user_id, "conversation_id": conversation_id}
            if not self._alive(ConversationRow.objects.filter(**own)).exists():
                raise NotFound("there is no such conversation")
            count = self._alive(InteractionRow.objects.filter(**own)).count()
            InteractionRow.objects.filter(**own).delete()
            ConversationRow.objects.filter(**own).delete()
        return count

    def iterate(
        self, created_from: datetime | None = None, created_to: datetime | None = None
    ) -> Iterator[Interaction]:
        rows = created_between(self._alive(InteractionRow.objects.all()), created_from, created_to)
        rows = rows.order_by("interaction_id", "user_id")
        after: Position | None = None
        while True:
            chunk = [*(rows if after is None else beyond(rows, after, "asc"))[:CHUNK]]
            yield from map(self._seen, chunk)
            if len(chunk) < CHUNK:
                return
            after = Position(chunk[-1].interaction_id, chunk[-1].user_id)

    def sweep_expired(self, deadline: float | None = None) -> Swept:
        now = self._clock()
        interactions, complete = _delete_chunks(InteractionRow.objects.filter(expires_at__lte=now), deadline)
        contents = keys = 0
        if complete:
            stale = InteractionRow.objects.filter(content_expires_at__lte=now, prompt__isnull=False)
            with _writing():
                contents = stale.update(prompt=None, response=None)
            ConversationRow.objects.filter(expires_at__lte=now).delete()
            keys, complete = _delete_chunks(IdempotencyRow.objects.filter(expires_at__lte=now), deadline)
        return Swept(contents=contents, interactions=interactions, idempotency_keys=keys, complete=complete)

    def check(self) -> None:
        with _translating(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM interactions LIMIT 1")

    def _alive(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return alive(rows, self._clock())

    def _seen(self, row: InteractionRow, view: View = "full") -> Interaction:
        interaction = interaction_of(row, view)
        return interaction.seen_at(self._clock()) or interaction


def _owned(user_id: str, interaction_id: str) -> QuerySet[InteractionRow]:
    return InteractionRow.objects.filter(user_id=user_id, interaction_id=interaction_id)


def _conflict(rows: QuerySet[InteractionRow]) -> DomainError:
    """Why no row had the expected version."""
    current = rows.values_list("version", flat=True).first()
    return NotFound("there is no such interaction") if current is None else VersionConflict(current)


def _delete_chunks(rows: QuerySet[Any], deadline: float | None) -> tuple[int, bool]:
    """Delete in transactions of a bounded size, so that other writers get their turn; whether it finished."""
    deleted = 0
    while True:
        with _writing():
            ids = [*rows.order_by("id").values_list("id", flat=True)[:CHUNK]]
            rows.filter(id__in=ids).delete()
        deleted += len(ids)
        if len(ids) < CHUNK:
            return deleted, True
        if deadline is not None and time.monotonic() >= deadline:
            return deleted, False


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


@contextmanager
def _writing() -> Iterator[None]:
    with _translating(), transaction.atomic():
        yield


@contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable("the database is locked or cannot be opened") from error
