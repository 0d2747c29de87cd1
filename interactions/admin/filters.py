"""Filters of the lists that ask an index, never for all the values a column has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from interactions.domain.fields import parse_day
from interactions.domain.identifiers import interaction_id_floor
from interactions.models import InteractionRow

MAX_LISTED = 10_000
RECENT = 1000
MAX_SUGGESTIONS = 50


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # takes none when it runs
    """Counts to `MAX_LISTED` and no further, so that a list of millions opens as fast as one of thousands."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        counted: int = rows.order_by().values("pk")[:MAX_LISTED].count()
        return counted


class ExactFilter(admin.SimpleListFilter):
    """A value typed in full; `suggestions` help."""

    template = "admin/interactions/exact_filter.html"
    column: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.column: value}) if value else queryset

    def suggestions(self) -> list[str]:
        return []

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "others": _others(changelist, self.parameter_name),
            "without": changelist.get_query_string(remove=[self.parameter_name or ""]),
            "suggestions": self.suggestions(),
        }


class UserFilter(ExactFilter):
    title = "user"
    parameter_name = "user"
    column = "user_id"


class RecentlySeen(ExactFilter):
    """Suggests the values that the latest interactions have most."""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self._latest = model_admin.get_queryset(request).order_by("-interaction_id", "-user_id")

    def suggestions(self) -> list[str]:
        seen = Counter(self._latest.values_list(self.column, flat=True)[:RECENT])
        del seen[None]
        return sorted(value for value, _ in seen.most_common(MAX_SUGGESTIONS))


class RecentUserFilter(UserFilter, RecentlySeen):
    pass


class RecentModelFilter(RecentlySeen):
    title = "model"
    parameter_name = "model"
    column = "model"


class DayFilter(admin.SimpleListFilter):
    """Days of creation in UTC, by ranges of ids."""

    title = "day (UTC)"
    parameter_name = "day"
    template = "admin/interactions/day_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("today", "Today"), ("yesterday", "Yesterday"), ("week", "Last 7 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InteractionRow]) -> QuerySet[InteractionRow]:
        value = self.value()
        if not value:
            return queryset
        days = self._days(value, datetime.now(UTC).date())
        if days is None:
            messages.error(request, f"“{value}” is not a day: write it as 2026-01-31.")
            return queryset.none()
        floor = interaction_id_floor(datetime.combine(days[0], time.min, UTC))
        ceiling = interaction_id_floor(datetime.combine(days[1], time.max, UTC))  # rounded up, to the next midnight
        return queryset.filter(interaction_id__gte=floor, interaction_id__lt=ceiling)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield from super().choices(changelist)
        value = self.value()
        yield {
            "name": self.parameter_name,
            "value": value if value and parse_day(value) else "",
            "others": _others(changelist, self.parameter_name),
        }

    def _days(self, value: str, today: date) -> tuple[date, date] | None:
        """The first and the last day meant."""
        named = {
            "today": (today, today),
            "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
            "week": (today - timedelta(days=6), today),
        }
        day = parse_day(value)
        return named.get(value) if day is None else (day, day)


def _others(changelist: ChangeList, name: str | None) -> list[tuple[str, str]]:
    """The parameters of the address that a filter's form has to keep."""
    return [(key, value) for key, values in changelist.filter_params.items() if key != name for value in values]
