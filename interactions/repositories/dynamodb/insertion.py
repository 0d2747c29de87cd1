"""New interactions, and the keys that make a repeated request find the first one's.

The day, the conversation and the lease are written before the interaction: a repeat repairs whatever a crash left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from pynamodb.transactions import TransactWrite

from interactions.domain.errors import AlreadyExists, DomainError, IdempotencyConflict, Unavailable
from interactions.domain.interaction import Interaction
from interactions.domain.query import Position, position_of
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import Tables
from interactions.repositories.base import IDEMPOTENCY_TTL, Idempotency
from interactions.repositories.dynamodb import conversations, leases
from interactions.repositories.dynamodb.calendar import Calendar
from interactions.repositories.dynamodb.codec import interaction_of, item_of, ttl_of
from interactions.repositories.dynamodb.conditions import has_expired, is_free, read
from interactions.repositories.dynamodb.reading import fetch


def insert(
    tables: Tables,
    calendar: Calendar,
    interactions: Sequence[Interaction],
    now: datetime,
    leased_until: datetime | None = None,
) -> list[Interaction | DomainError]:
    """Store each whose id is free: one outcome an input, in order."""
    taken = _taken(tables, interactions, now)
    outcomes: list[Interaction | DomainError] = []
    fresh: list[Interaction] = []
    for interaction in interactions:
        if position_of(interaction) in taken:
            outcomes.append(_exists(interaction))
        else:
            taken.add(position_of(interaction))
            # Texts that have expired before they came are not written at all.
            fresh.append(interaction.seen_at(now) or interaction)
            outcomes.append(fresh[-1])
    _announce(tables, calendar, fresh, now, leased_until)
    busy: Unavailable | None = None
    for number, outcome in enumerate(outcomes):
        if isinstance(outcome, Interaction):
            # Where one has not got through in all its time, none of the others is made to wait as long.
            outcomes[number] = stored = busy or _put(tables, outcome, now, leased_until)
            busy = stored if isinstance(stored, Unavailable) else None
    return outcomes


def insert_once(
    tables: Tables,
    calendar: Calendar,
    interaction: Interaction,
    idempotency: Idempotency,
    now: datetime,
    leased_until: datetime | None,
) -> tuple[str, bool]:
    """Store it together with its key, unless the key has stored one before.

    Returns the id of what the key stands for, and whether this call has stored it.

    Raises:
        IdempotencyConflict, AlreadyExists
    """
    earlier = interaction_of_key(tables, interaction.user_id, idempotency, now)
    if earlier is not None:
        return earlier, False
    if _taken(tables, [interaction], now):
        raise _exists(interaction)
    _announce(tables, calendar, [interaction], now, leased_until)
    items, markers = tables.interactions, tables.idempotency
    expires_at = now + IDEMPOTENCY_TTL
    marker = markers(
        user_id=interaction.user_id,
        key_hash=_hash(idempotency.key),
        fingerprint=idempotency.fingerprint,
        interaction_id=interaction.interaction_id,
        expires_at=expires_at,
        ttl=ttl_of(expires_at),
    )
    try:
        with TransactWrite(connection=tables.connection) as transaction:
            transaction.save(marker, condition=is_free(markers, now))
            transaction.save(item_of(interaction, items, leased_until), condition=is_free(items, now))
    except ConditionFailed as failed:
        earlier = interaction_of_key(tables, interaction.user_id, idempotency, now)
        if earlier is None:
            raise _exists(interaction) from None
        return earlier, failed.unsettled and earlier == interaction.interaction_id
    return interaction.interaction_id, True


def _announce(
    tables: Tables,
    calendar: Calendar,
    interactions: Sequence[Interaction],
    now: datetime,
    leased_until: datetime | None,
) -> None:
    """Write what has to be there before the interactions are."""
    calendar.note(interactions)
    conversations.move(tables, interactions, now)
    if leased_until is not None:
        for interaction in interactions:
            leases.grant(tables.idempotency, interaction, leased_until)


def _put(
    tables: Tables, interaction: Interaction, now: datetime, leased_until: datetime | None
) -> Interaction | DomainError:
    items = tables.interactions
    try:
        item_of(interaction, items, leased_until).save(condition=is_free(items, now))
    except ConditionFailed as failed:
        stored = read(items, interaction.user_id, interaction.interaction_id) if failed.unsettled else None
        if stored is None or interaction_of(stored.stored) != interaction:
            return _exists(interaction)
    except DomainError as error:
        return error
    return interaction


def _taken(tables: Tables, interactions: Sequence[Interaction], now: datetime) -> set[Position]:
    """Which of those in conversations exist, so that none moves a conversation and is then refused.

    The others need no look: the condition of their write finds out.
    """
    turns = {position_of(i) for i in interactions if i.conversation_id is not None}
    return {position_of(found) for found in fetch(tables.interactions, turns, now, "summary")} if turns else set()


def interaction_of_key(tables: Tables, user_id: str, idempotency: Idempotency, now: datetime) -> str | None:
    """The id of what the user's key made within its time, None when it is free."""
    marker = read(tables.idempotency, user_id, _hash(idempotency.key))
    if marker is None or has_expired(marker, now):
        return None
    if marker.fingerprint != idempotency.fingerprint:
        raise IdempotencyConflict("the key was used for other content")
    return marker.interaction_id


def _exists(interaction: Interaction) -> AlreadyExists:
    return AlreadyExists(f"{interaction.interaction_id} exists already")


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
