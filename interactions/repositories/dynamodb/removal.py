"""Erasing and sweeping, a page at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import InteractionItem, Tables
from interactions.repositories.base import Erased, Swept
from interactions.repositories.dynamodb.calendar import Calendar
from interactions.repositories.dynamodb.conditions import is_alive, is_expired, read
from interactions.repositories.dynamodb.keys import HIGHEST, LOWEST, SHARDS, shard_name

CHUNK = 500
# Where an unfinished sweep goes on: a row of its own, under a name that no user can have.
SWEEP, PLACE = "#sweep", "place"

Counts = Callable[[Any], bool]


def erase(tables: Tables, user_id: str, now: datetime, deadline: float | None) -> Erased:
    """Delete what the tables themselves hold: an index may not show yet what was just written."""

    def is_seen(item: Any) -> bool:
        return item.expires_at is None or item.expires_at > now

    interactions, complete = _erase_interactions(tables.interactions, user_id, is_seen, deadline)
    conversations = keys = 0
    if complete:
        conversations = _erase_all(tables.conversations, user_id, ["conversation_id"], is_seen)
        keys = _erase_all(
            tables.idempotency, user_id, ["key_hash", "fingerprint"], lambda row: bool(row.fingerprint) and is_seen(row)
        )
    return Erased(interactions=interactions, conversations=conversations, idempotency_keys=keys, complete=complete)


def _erase_interactions(
    items: type[InteractionItem], user_id: str, counts: Counts, deadline: float | None
) -> tuple[int, bool]:
    wanted: dict[str, Any] = {
        "consistent_read": True,
        "attributes_to_get": ["user_id", "interaction_id", "expires_at"],
    }
    newest = next(items.query(user_id, scan_index_forward=False, limit=1, **wanted), None)
    if newest is None:
        return 0, True
    # What is recorded while this runs is not chased: a busy writer could keep it from ever finishing.
    until = items.interaction_id <= newest.interaction_id
    count = 0
    for page in items.query(user_id, until, page_size=CHUNK, **wanted).page_iter:
        count += _delete_page(items, page, counts)
        if page.get("LastEvaluatedKey") and _is_over(deadline):
            return count, False
    return count, True


def _erase_all(rows: Any, user_id: str, attributes: list[str], counts: Counts) -> int:
    wanted = ["user_id", "expires_at", *attributes]
    pages = rows.query(user_id, consistent_read=True, attributes_to_get=wanted).page_iter
    return sum(_delete_page(rows, page, counts) for page in pages)


def _delete_page(kind: Any, page: dict[str, Any], counts: Counts) -> int:
    """Delete what is on the page; how many of those counted."""
    found = [kind.from_raw_data(raw) for raw in page["Items"]]
    with kind.batch_write() as batch:
        for item in found:
            batch.delete(item)
    return sum(map(counts, found))


def sweep(tables: Tables, calendar: Calendar, now: datetime, deadline: float | None) -> Swept:
    """Walk all shards of all days, from where the last call was cut off.

    Expired conversations and used-up idempotency keys are left to DynamoDB, which deletes them at no cost.
    """
    swept = {"contents": 0, "interactions": 0}
    days = calendar.days(date.min, date.max)
    began = _load_place(tables)
    shards = [shard for day in days for number in range(SHARDS) if (shard := shard_name(day, number)) >= began[0]]
    for shard, following in zip_longest(shards, shards[1:]):
        low = began[1] if shard == began[0] else LOWEST
        for last in _sweep_shard(tables.interactions, shard, low, now, swept):
            place = (shard, last) if last is not None else (following, LOWEST)
            if place[0] is not None and _is_over(deadline):
                _save_place(tables, place[0], place[1])
                return Swept(**swept, idempotency_keys=0, complete=False)
    if began[0]:
        _save_place(tables, "", LOWEST)
    return Swept(**swept, idempotency_keys=0, complete=True)


def _sweep_shard(
    items: type[InteractionItem], shard: str, low: str, now: datetime, swept: dict[str, int]
) -> Iterator[str | None]:
    """Remove what has expired, a page at a time; after each page the id up to which that is done, None for all."""
    texts_due = (items.content_expires_at <= now) & items.texts_swept.does_not_exist()
    pages = items.day_index.query(
        shard, items.interaction_id.between(low, HIGHEST), is_expired(items, now) | texts_due, page_size=CHUNK
    ).page_iter
    for page in pages:
        for item in map(items.from_raw_data, page["Items"]):
            try:
                if item.expires_at is not None and item.expires_at <= now:
                    item.delete(condition=is_expired(items, now))
                    swept["interactions"] += 1
                else:
                    gone = [items.prompt.remove(), items.response.remove(), items.texts.remove()]
                    item.update([*gone, items.texts_swept.set(True)], condition=texts_due & is_alive(items, now))
                    swept["contents"] += 1
            except ConditionFailed:
                continue  # it has changed since the index saw it
        last = page.get("LastEvaluatedKey")
        yield last["interaction_id"]["S"] if last else None


def _load_place(tables: Tables) -> tuple[str, str]:
    row = read(tables.idempotency, SWEEP, PLACE)
    shard, _, interaction_id = row.place.partition(" ") if row else ("", "", LOWEST)
    return shard, interaction_id


def _save_place(tables: Tables, shard: str, interaction_id: str) -> None:
    tables.idempotency(user_id=SWEEP, key_hash=PLACE, place=f"{shard} {interaction_id}").save()


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline
