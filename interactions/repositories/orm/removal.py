"""Erasing and sweeping: in transactions of a bounded size, so that other writers get their turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Max, QuerySet

from interactions.deadline import is_over
from interactions.models import ConversationRow, IdempotencyRow, InteractionRow
from interactions.repositories.base import Erased, Swept
from interactions.repositories.orm import spending
from interactions.repositories.orm.codec import changes_of, interaction_of, row_of
from interactions.repositories.orm.selection import alive
from interactions.repositories.orm.transactions import writing

CHUNK = 500

Change = Callable[[QuerySet[Any]], None]


def erase(user_id: str, deadline: float | None) -> Erased:
    # What is recorded while this runs is not chased: a busy writer could keep it from ever finishing. The orders are
    # those of the indexes on the user, which SQLite then reads instead of all rows up to the newest.
    owned = [
        model._default_manager.filter(user_id=user_id, id__lte=_newest(model)).order_by(key)
        for model, key in (
            (InteractionRow, "interaction_id"),
            (ConversationRow, "conversation_id"),
            (IdempotencyRow, "key_hash"),
        )
    ]
    counts = [0, 0, 0]
    complete = True
    for number, rows in enumerate(owned):
        if complete:
            counts[number], complete = _in_chunks(rows, _delete, deadline)
    return Erased(interactions=counts[0], conversations=counts[1], idempotency_keys=counts[2], complete=complete)


def sweep(now: datetime, deadline: float | None) -> Swept:
    spending.close_days(now)
    expired = {"expires_at__lte": now}
    stale = InteractionRow.objects.filter(content_expires_at__lte=now, prompt__isnull=False)
    # Only what is pending has a lease.
    abandoned = alive(InteractionRow.objects.filter(leased_until__lte=now), now)
    steps: tuple[tuple[QuerySet[Any], Change], ...] = (
        (abandoned.order_by("leased_until"), partial(_close, now=now)),
        (InteractionRow.objects.filter(**expired).order_by("expires_at"), _delete),
        (stale.order_by("content_expires_at"), _forget_texts),
        (IdempotencyRow.objects.filter(**expired).order_by("expires_at"), _delete),
        (ConversationRow.objects.filter(**expired).order_by("expires_at"), _delete),
    )
    counts = [0] * len(steps)
    complete = True
    for number, (rows, change) in enumerate(steps):
        if complete:
            counts[number], complete = _in_chunks(rows, change, deadline)
    return Swept(
        abandoned=counts[0],
        interactions=counts[1],
        contents=counts[2],
        idempotency_keys=counts[3],
        complete=complete,
    )


def _newest(model: Any) -> int:
    return model._default_manager.aggregate(newest=Max("id"))["newest"] or 0


def _in_chunks(rows: QuerySet[Any], change: Change, deadline: float | None) -> tuple[int, bool]:
    """Change all rows so that they leave the queryset; how many those were, and whether it finished."""
    changed = 0
    while True:
        with writing():
            ids = [*rows.values_list("id", flat=True)[:CHUNK]]
            if ids:
                change(rows.model._default_manager.filter(id__in=ids))
        changed += len(ids)
        if len(ids) < CHUNK:
            return changed, True
        if is_over(deadline):
            return changed, False


def _close(rows: QuerySet[InteractionRow], now: datetime) -> None:
    for row in rows:
        closed = row_of(interaction_of(row).abandoned(at=now), version=row.version + 1)
        rows.filter(id=row.id).update(**changes_of(closed))


def _delete(rows: QuerySet[Any]) -> None:
    rows.delete()


def _forget_texts(rows: QuerySet[Any]) -> None:
    rows.update(prompt=None, response=None)
