"""Which rows a question means: each of these querysets is answered by one index.

SQLite looks up one lower and one upper bound in an index and reads through whatever a second one excludes. So the
bounds of the filter and of the position are made one before they reach it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from interactions.domain.identifiers import interaction_id_floor
from interactions.domain.query import Order, Position
from interactions.models import InteractionRow

Row = TypeVar("Row", bound=Model)


def alive(rows: QuerySet[Row], now: datetime) -> QuerySet[Row]:
    return rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of the order of interactions: from `start`, itself included, to before `end`."""

    start: Position | None = None
    end: Position | None = None

    @classmethod
    def created(cls, created_from: datetime | None, created_to: datetime | None) -> Stretch:
        """What was created in the range, of which the order of ids is the order."""
        return cls(_floor(created_from), _floor(created_to))

    def behind(self, position: Position, order: Order) -> Stretch:
        """What comes behind the position when it is read in that order."""
        if order == "desc":
            return replace(self, end=position if self.end is None else min(self.end, position))
        following = _following(position)
        return replace(self, start=following if self.start is None else max(self.start, following))

    def up_to(self, position: Position, order: Order) -> Stretch:
        """What comes up to the position, itself included; it has to lie inside."""
        return replace(self, end=_following(position)) if order == "asc" else replace(self, start=position)

    def of(self, rows: QuerySet[InteractionRow], user_id: str | None = None) -> QuerySet[InteractionRow]:
        """Those of the rows that lie in it; `user_id` says whose they all are, if they are one user's."""
        if self.start is not None:
            rows = rows.filter(_bound(self.start, "gt", user_id, inside=(user_id or "") >= self.start.user_id))
        if self.end is not None:
            rows = rows.filter(_bound(self.end, "lt", user_id, inside=(user_id or "") < self.end.user_id))
        return rows


def _bound(position: Position, operator: str, user_id: str | None, *, inside: bool) -> Q:
    """The condition of one end; `inside` tells whether the user's own interaction of that very id belongs to it."""
    same_or_beyond = Q(**{f"interaction_id__{operator}e": position.interaction_id})
    beyond = Q(**{f"interaction_id__{operator}": position.interaction_id})
    if user_id is not None or not position.user_id:
        return same_or_beyond if inside else beyond
    users = Q(user_id__gte=position.user_id) if operator == "gt" else Q(user_id__lt=position.user_id)
    return same_or_beyond & (beyond | users)


def _floor(instant: datetime | None) -> Position | None:
    return None if instant is None else Position(interaction_id_floor(instant), "")


def _following(position: Position) -> Position:
    """The least place behind the position: no user's name holds a NUL."""
    return position._replace(user_id=position.user_id + "\0")
