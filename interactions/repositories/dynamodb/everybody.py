"""All users' interactions: the shards of each day, merged into the order of ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from operator import attrgetter

from interactions.domain.identifiers import created_at_of, interaction_id_floor
from interactions.domain.interaction import Interaction
from interactions.domain.query import Filter, Order, Position, position_of
from interactions.dynamodb.tables import InteractionItem
from interactions.repositories.dynamodb.calendar import Calendar
from interactions.repositories.dynamodb.codec import interaction_of
from interactions.repositories.dynamodb.keys import HIGHEST, LOWEST, SHARDS, IdRange, midnight, shard_name
from interactions.repositories.dynamodb.reading import Read, matches

# What asking all shards of a day takes of a page's budget, found anything or not: ten queries' worth of time.
DAY_COST = 50


def range_of_all(filter: Filter, order: Order, after: Position | None) -> IdRange:
    """The ids that are left to read; the position's own is read again, for other users may have it too."""
    ids = IdRange.created(filter.created_from, filter.created_to)
    return ids if after is None else ids.from_position(after, order)


def days_of(calendar: Calendar, ids: IdRange, order: Order) -> Sequence[date]:
    """The days that may hold some of the ids, in order."""
    if ids.empty:
        return []
    first = date.min if ids.low == LOWEST else created_at_of(ids.low).date()
    last = date.max if ids.high == HIGHEST else created_at_of(ids.high).date()
    return calendar.days(first, last)[:: 1 if order == "asc" else -1]


class EverybodyReader:
    """All users' summaries on some days, at one moment, a chunk at a time."""

    def __init__(self, items: type[InteractionItem], order: Order, now: datetime, chunk: int) -> None:
        self._items = items
        self._order = order
        self._now = now
        self._chunk = chunk
        # A shard has about an eighth of the next chunk; it is asked again when it has more.
        self._page_size = chunk // SHARDS + 2

    def reads(self, days: Sequence[date], ids: IdRange, filter: Filter, after: Position | None) -> Iterator[Read]:
        for day in days:
            for chunk in self.chunks(day, ids, after):
                found = [seen for i in chunk if matches(i, filter) and (seen := i.seen_at(self._now)) is not None]
                yield Read(found, len(chunk), position_of(chunk[-1]))
            yield Read([], DAY_COST, None if day == days[-1] else self._end_of(day))

    def chunks(self, day: date, ids: IdRange, after: Position | None = None) -> Iterator[list[Interaction]]:
        interactions = self.of_day(day, ids, after)
        while chunk := [*islice(interactions, self._chunk)]:
            yield chunk

    def of_day(self, day: date, ids: IdRange, after: Position | None = None) -> Iterator[Interaction]:
        """A day's summaries in order, ties between users included, from behind the position."""
        backwards = self._order == "desc"
        shards = [self.of_shard(shard_name(day, number), ids) for number in range(SHARDS)]
        by_id = attrgetter("interaction_id")
        for _, ties in groupby(merge(*shards, key=by_id, reverse=backwards), key=by_id):
            for interaction in sorted(ties, key=attrgetter("user_id"), reverse=backwards):
                position = position_of(interaction)
                if after is None or (position < after if backwards else position > after):
                    yield interaction

    def of_shard(self, shard: str, ids: IdRange) -> Iterator[Interaction]:
        found = self._items.day_index.query(
            shard,
            self._items.interaction_id.between(ids.low, ids.high),
            scan_index_forward=self._order == "asc",
            page_size=self._page_size,
        )
        return (interaction_of(item.stored, "summary") for item in found)

    def _end_of(self, day: date) -> Position:
        """The place behind all of the day: no user's name sorts before the empty one."""
        start = midnight(day)
        return Position(interaction_id_floor(start + timedelta(days=1) if self._order == "asc" else start), "")
