"""What is pulled, and the parts in which it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from interactions.domain.query import Position
from interactions.repositories.dynamodb.keys import SHARDS, IdRange, day_shard, midnight, shard_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The interactions of one user or (None) all, created from `since` to before `until`."""

    user_id: str | None
    since: datetime | None
    until: datetime | None

    def __str__(self) -> str:
        return " ".join([self.user_id or "*", *(t.isoformat() if t else "-" for t in (self.since, self.until))])

    @property
    def ids(self) -> IdRange:
        return IdRange.created(self.since, self.until)

    def parts_of(self, days: Iterable[date]) -> Iterator[Part]:
        for day in days:
            ids = _within(self.ids, day)
            if ids.empty:
                continue
            if self.user_id is not None:
                yield Part(day.isoformat(), ids, self.user_id)
            else:
                yield from (Part(shard_name(day, number), ids, None) for number in range(SHARDS))


@dataclass(frozen=True, slots=True)
class Part:
    """A day of one user's interactions, or one shard of a day of all users'; `name` is the shard's then."""

    name: str
    ids: IdRange
    user_id: str | None

    def holds(self, position: Position) -> bool:
        """Whether it is in here, of what lies in the range of ids."""
        if self.user_id is not None:
            return position.user_id == self.user_id
        return day_shard(position.interaction_id) == self.name


def _within(ids: IdRange, day: date) -> IdRange:
    following = None if day == date.max else midnight(day + timedelta(days=1))
    of_day = IdRange.created(midnight(day), following)
    return IdRange(max(ids.low, of_day.low), min(ids.high, of_day.high))
