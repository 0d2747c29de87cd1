"""Which rows a question means: each of these querysets is answered by one index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, F, Model, Q, QuerySet, Sum

from interactions.domain.identifiers import interaction_id_floor
from interactions.domain.interaction import Status
from interactions.domain.query import Filter, Order, Position, UsageRow
from interactions.models import InteractionRow

Row = TypeVar("Row", bound=Model)


def alive(rows: QuerySet[Row], now: datetime) -> QuerySet[Row]:
    return rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))


def matching(filter: Filter, now: datetime) -> QuerySet[InteractionRow]:
    """The rows of a filter by what the indexes hold: owner, conversation and time, but not status or model."""
    rows = alive(InteractionRow.objects.all(), now)
    if filter.user_id is not None:
        rows = rows.filter(user_id=filter.user_id)
    if filter.conversation_id is not None:
        rows = rows.filter(conversation_id=filter.conversation_id)
    return created_between(rows, filter.created_from, filter.created_to)


def created_between(
    rows: QuerySet[InteractionRow], created_from: datetime | None, created_to: datetime | None
) -> QuerySet[InteractionRow]:
    """Rows by their creation time, of which the order of ids is the order."""
    if created_from is not None:
        rows = rows.filter(interaction_id__gte=interaction_id_floor(created_from))
    if created_to is not None:
        rows = rows.filter(interaction_id__lt=interaction_id_floor(created_to))
    return rows


def ordering(filter: Filter, order: Order) -> list[str]:
    columns = ["interaction_id"] if filter.user_id is not None else ["interaction_id", "user_id"]
    return columns if order == "asc" else [f"-{column}" for column in columns]


def beyond(rows: QuerySet[InteractionRow], position: Position, order: Order) -> QuerySet[InteractionRow]:
    """What comes behind the position."""
    return _cut(rows, position, "gt" if order == "asc" else "lt")


def up_to(rows: QuerySet[InteractionRow], position: Position, order: Order) -> QuerySet[InteractionRow]:
    """What comes up to the position, itself included."""
    return _cut(rows, position, "lte" if order == "asc" else "gte")


def _cut(rows: QuerySet[InteractionRow], position: Position, operator: str) -> QuerySet[InteractionRow]:
    inclusive, strict = operator[:2] + "e", operator[:2]
    same_id = Q(interaction_id=position.interaction_id, **{f"user_id__{operator}": position.user_id})
    # The first condition is implied by the second, and is the one that SQLite can look up in an index.
    return rows.filter(**{f"interaction_id__{inclusive}": position.interaction_id}).filter(
        Q(**{f"interaction_id__{strict}": position.interaction_id}) | same_id
    )


def usage_of_day(user_id: str | None, day: date, now: datetime) -> list[UsageRow]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = matching(Filter(user_id=user_id, created_from=start, created_to=start + timedelta(days=1)), now)
    sums: dict[str, Any] = {}
    for name in ("input_tokens", "output_tokens", "cost_nano_usd"):
        # SQLite's SUM overflows at 2⁶³, which 1024 of the largest counts reach: the halves are added up apart.
        sums[f"{name}_high"] = Sum(F(name).bitrightshift(26))
        sums[f"{name}_low"] = Sum(F(name).bitand((1 << 26) - 1))
    groups = (
        rows.values("model")
        .order_by("model")
        .annotate(
            count=Count("id"),
            failures=Count("id", filter=Q(status=Status.FAILED)),
            priced=Count("cost_nano_usd"),
            **sums,
        )
    )
    return [
        UsageRow(
            day=day,
            model=group["model"],
            count=group["count"],
            failures=group["failures"],
            input_tokens=_whole(group, "input_tokens"),
            output_tokens=_whole(group, "output_tokens"),
            nano_usd=_whole(group, "cost_nano_usd"),
            unpriced=group["count"] - group["priced"],
        )
        for group in groups
    ]


def _whole(group: Mapping[str, Any], name: str) -> int:
    return ((group[f"{name}_high"] or 0) << 26) + (group[f"{name}_low"] or 0)
