"""New interactions, and the keys that make a repeated request find the first one's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from interactions.domain.errors import AlreadyExists, DomainError, IdempotencyConflict
from interactions.domain.interaction import Interaction
from interactions.models import IdempotencyRow, InteractionRow
from interactions.repositories.base import IDEMPOTENCY_TTL, Idempotency
from interactions.repositories.orm import conversations
from interactions.repositories.orm.codec import row_of


def insert(
    interactions: Sequence[Interaction], now: datetime, leased_until: datetime | None = None
) -> list[Interaction | DomainError]:
    """Insert what can be: one outcome an input, in order. The caller holds the write lock, so nobody comes between."""
    taken = _taken(interactions, now)
    outcomes: list[Interaction | DomainError] = []
    fresh: list[Interaction] = []
    for interaction in interactions:
        key = (interaction.user_id, interaction.interaction_id)
        if key in taken:
            outcomes.append(AlreadyExists(f"{interaction.interaction_id} exists already"))
        else:
            taken.add(key)
            # Texts that have expired before they came are not written at all.
            fresh.append(interaction.seen_at(now) or interaction)
            outcomes.append(fresh[-1])
    conversations.move(fresh, now)
    InteractionRow.objects.bulk_create([row_of(each, leased_until=leased_until) for each in fresh])
    return outcomes


def interaction_of_key(user_id: str, idempotency: Idempotency, now: datetime) -> str | None:
    """The id of what the user's key made within its time, None when it is free.

    Raises:
        IdempotencyConflict: the key was used for other content.
    """
    marker = IdempotencyRow.objects.filter(user_id=user_id, key_hash=_hash(idempotency.key), expires_at__gt=now).first()
    if marker is None:
        return None
    if marker.fingerprint != idempotency.fingerprint:
        raise IdempotencyConflict("the key was used for other content")
    return marker.interaction_id


def use_key(interaction: Interaction, idempotency: Idempotency, now: datetime) -> None:
    IdempotencyRow.objects.update_or_create(
        user_id=interaction.user_id,
        key_hash=_hash(idempotency.key),
        defaults={
            "fingerprint": idempotency.fingerprint,
            "interaction_id": interaction.interaction_id,
            "expires_at": now + IDEMPOTENCY_TTL,
        },
    )


def _taken(interactions: Sequence[Interaction], now: datetime) -> set[tuple[str, str]]:
    """Which owners and ids exist; what has expired makes room."""
    owners = {i.user_id for i in interactions}
    rows = InteractionRow.objects.filter(
        user_id__in=owners, interaction_id__in=[i.interaction_id for i in interactions]
    )
    rows.filter(expires_at__lte=now).delete()
    return set(rows.values_list("user_id", "interaction_id"))


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
