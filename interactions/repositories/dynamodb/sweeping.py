"""Sweeping: the leases that are over, then a walk through the shards of the days on which something has expired.

The walk goes on where the last call was cut off. That it may be a long one is why the leases come first.

Expired conversations and used-up idempotency keys are left to DynamoDB, which deletes them by their `ttl` at no cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from interactions.deadline import is_over
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import InteractionItem, Tables
from interactions.repositories.base import Swept
from interactions.repositories.dynamodb import leases, spending
from interactions.repositories.dynamodb.calendar import NEVER, Calendar, due_from
from interactions.repositories.dynamodb.conditions import has_expired, is_alive, is_expired, read
from interactions.repositories.dynamodb.keys import HIGHEST, LOWEST, SHARDS, shard_name

CHUNK = 500
# Where an unfinished sweep goes on: a row of its own, under a name that no user can have.
SWEEP, PLACE = "#sweep", "place"
WANTED = ["user_id", "interaction_id", "content_expires_at", "expires_at", "texts_swept"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sweep goes on; `due_from` is when the next thing expires of what it has seen of that day."""

    shard: str = ""
    interaction_id: str = LOWEST
    due_from: datetime = NEVER


def sweep(tables: Tables, calendar: Calendar, now: datetime, deadline: float | None) -> Swept:
    abandoned, complete = leases.sweep(tables, now, deadline)
    sweeper = _Sweeper(tables.interactions, now, abandoned)
    if not complete:
        return sweeper.swept(complete=False)
    spending.close_days(tables.idempotency, now)
    began = _load(tables)
    due = calendar.due(now)
    for day, seen in due.items():
        going_on = began.shard.startswith(day.isoformat())
        for place in sweeper.of_day(day, began if going_on else Place()):
            if is_over(deadline):
                _save(tables, place)
                return sweeper.swept(complete=False)
        calendar.settle(day, seen, sweeper.due_from, now)
    if began != Place():
        _save(tables, Place())
    return sweeper.swept(complete=True)


class _Sweeper:
    def __init__(self, items: type[InteractionItem], now: datetime, abandoned: int) -> None:
        self._items = items
        self._now = now
        self._abandoned = abandoned
        self._contents = self._interactions = 0
        self.due_from = NEVER

    def swept(self, *, complete: bool) -> Swept:
        return Swept(
            abandoned=self._abandoned,
            contents=self._contents,
            interactions=self._interactions,
            idempotency_keys=0,
            complete=complete,
        )

    def of_day(self, day: date, start: Place) -> Iterator[Place]:
        """Sweep the day, from the place on; in between, where it would go on."""
        self.due_from = start.due_from
        shards = [shard_name(day, number) for number in range(SHARDS)]
        for shard, following in zip_longest(shards, shards[1:]):
            if shard >= start.shard:
                low = start.interaction_id if shard == start.shard else LOWEST
                for last in self._of_shard(shard, low):
                    yield Place(shard, last, self.due_from)
                if following is not None:
                    yield Place(following, LOWEST, self.due_from)

    def _of_shard(self, shard: str, low: str) -> Iterator[str]:
        """Sweep it, from the id on; after each page but the last one, that page's last id."""
        items = self._items
        pages = items.day_index.query(
            shard, items.interaction_id.between(low, HIGHEST), page_size=CHUNK, attributes_to_get=WANTED
        ).page_iter
        for page in pages:
            for item in map(items.from_raw_data, page["Items"]):
                self._one(item)
            last = page.get("LastEvaluatedKey")
            if last:
                yield last["interaction_id"]["S"]

    def _one(self, item: InteractionItem) -> None:
        texts_expire_at = None if item.texts_swept else item.content_expires_at
        try:
            if has_expired(item, self._now):
                item.delete(condition=is_expired(self._items, self._now))
                self._interactions += 1
            elif texts_expire_at is not None and texts_expire_at <= self._now:
                self._forget_texts(item)
                self._contents += 1
                self.due_from = min(self.due_from, due_from(None, item.expires_at))
            else:
                self.due_from = min(self.due_from, due_from(texts_expire_at, item.expires_at))
        except ConditionFailed:
            self.due_from = self._now  # it has changed since the index saw it: the next sweep looks again

    def _forget_texts(self, item: InteractionItem) -> None:
        items = self._items
        gone = [items.prompt.remove(), items.response.remove(), items.texts.remove()]
        due = (items.content_expires_at <= self._now) & items.texts_swept.does_not_exist()
        kind = items(item.user_id, item.interaction_id)
        kind.update([*gone, items.texts_swept.set(True)], condition=due & is_alive(items, self._now))


def _load(tables: Tables) -> Place:
    row = read(tables.idempotency, SWEEP, PLACE)
    if row is None:
        return Place()
    shard, _, interaction_id = row.place.partition(" ")
    return Place(shard, interaction_id, row.due_from)


def _save(tables: Tables, place: Place) -> None:
    row = tables.idempotency(user_id=SWEEP, key_hash=PLACE)
    row.place, row.due_from = f"{place.shard} {place.interaction_id}", place.due_from
    row.save()
