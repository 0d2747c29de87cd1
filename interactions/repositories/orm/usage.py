"""What was used, added up by SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from interactions.domain.interaction import Status
from interactions.domain.query import UsageRow
from interactions.models import InteractionRow
from interactions.repositories.orm.selection import Stretch, alive


def usage_of_day(user_id: str | None, day: date, now: datetime) -> list[UsageRow]:
    """One row a model, for one user or (None) all."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = None if day == date.max else start + timedelta(days=1)
    rows = alive(InteractionRow.objects.all(), now)
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    sums: dict[str, Any] = {}
    for name in ("input_tokens", "output_tokens", "cost_nano_usd"):
        # SQLite's SUM overflows at 2⁶³, which 1024 of the largest counts reach: the halves are added up apart.
        sums[f"{name}_high"] = Sum(F(name).bitrightshift(26))
        sums[f"{name}_low"] = Sum(F(name).bitand((1 << 26) - 1))
    groups = (
        Stretch.created(start, end)
        .of(rows, user_id)
        .values("model")
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
