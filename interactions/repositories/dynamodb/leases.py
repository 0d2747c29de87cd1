"""Leases: until when somebody works on a pending interaction, as rows that a sweep reads in the order of their ends.

A row is written before its interaction, and deleted when that is no longer pending. It only says where to look: what
counts is `leased_until` in the interaction's own item. So a row that a crash, a deletion, an erasure or a replayed key
has left behind does no harm, and goes with the sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from interactions.deadline import is_over
from interactions.domain.errors import Unavailable
from interactions.domain.interaction import Interaction, Status
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import IdempotencyItem, InteractionItem, Tables
from interactions.repositories.dynamodb.codec import interaction_of, item_of
from interactions.repositories.dynamodb.conditions import has_expired, read
from interactions.repositories.dynamodb.keys import SHARDS

LEASES = "#leases"  # which no user can be called; with the number of a shard behind it
# Until when DynamoDB keeps a row that no sweep has come by for.
KEPT = timedelta(days=30)


def grant(rows: type[IdempotencyItem], interaction: Interaction, until: datetime) -> None:
    """Write the row, which goes before the interaction; to do so again changes nothing."""
    if interaction.status is Status.PENDING:
        row = _row(rows, interaction, until)
        row.ttl = until + KEPT
        row.save()


def held(items: type[InteractionItem], interaction: Interaction) -> datetime | None:
    """Until when it is leased, if what is about to be stored of it is still pending."""
    if interaction.status is not Status.PENDING:
        return None
    stored = read(items, interaction.user_id, interaction.interaction_id)
    return stored.leased_until if stored is not None else None


def end(rows: type[IdempotencyItem], interaction: Interaction | InteractionItem, until: datetime) -> None:
    """Delete the row of what is no longer pending."""
    with suppress(Unavailable):  # the interaction is stored, and the sweep will meet the row
        _row(rows, interaction, until).delete()


def sweep(tables: Tables, now: datetime, deadline: float | None) -> tuple[int, bool]:
    """Close what was abandoned: how many those were, and whether it finished. What is done needs no place to go on."""
    closed = 0
    for row in _over(tables.idempotency, now):
        until, interaction_id, user_id = row.key_hash.split("#")
        closed += _close(tables.interactions, user_id, interaction_id, datetime.fromisoformat(until), now)
        row.delete()
        if is_over(deadline):
            return closed, False
    return closed, True


def _over(rows: type[IdempotencyItem], now: datetime) -> Iterator[IdempotencyItem]:
    until_now = rows.key_hash < f"{_text(now)}$"  # which comes next after `#`
    for number in range(SHARDS):
        yield from rows.query(_shard(number), until_now)


def _close(items: type[InteractionItem], user_id: str, interaction_id: str, until: datetime, now: datetime) -> bool:
    """Close it, if this is its lease; whether it was closed."""
    while True:
        stored = read(items, user_id, interaction_id)
        if stored is None or has_expired(stored, now) or stored.leased_until != until:
            return False
        current = interaction_of(stored.stored)
        closed = replace(current.abandoned(at=now), version=current.version + 1)
        try:
            unchanged = (items.version == current.version) & (items.leased_until == until)
            item_of(closed, items).save(condition=unchanged)
            return True
        except ConditionFailed as failed:  # somebody came first, or an attempt of this very write did: look again
            now_stored = read(items, user_id, interaction_id) if failed.unsettled else None
            if now_stored is not None and interaction_of(now_stored.stored) == closed:
                return True


def _row(rows: type[IdempotencyItem], interaction: Interaction | InteractionItem, until: datetime) -> IdempotencyItem:
    shard = _shard(crc32(interaction.interaction_id.encode()) % SHARDS)
    return rows(shard, f"{_text(until)}#{interaction.interaction_id}#{interaction.user_id}")


def _shard(number: int) -> str:
    return f"{LEASES}#{number}"


def _text(instant: datetime) -> str:
    """Of one length, so that its order is that of time."""
    return instant.isoformat(timespec="microseconds")
