"""New interactions and the conversations they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from interactions.domain.errors import AlreadyExists, DomainError
from interactions.domain.interaction import Interaction
from interactions.models import ConversationRow, InteractionRow
from interactions.repositories.orm.codec import row_of


def insert(interactions: Sequence[Interaction], now: datetime) -> list[Interaction | DomainError]:
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
            fresh.append(interaction)
            outcomes.append(interaction)
    _move_conversations(fresh, now)
    InteractionRow.objects.bulk_create(map(row_of, fresh))
    return outcomes


def _taken(interactions: Sequence[Interaction], now: datetime) -> set[tuple[str, str]]:
    """Which owners and ids exist; what has expired makes room."""
    owners = {i.user_id for i in interactions}
    rows = InteractionRow.objects.filter(
        user_id__in=owners, interaction_id__in=[i.interaction_id for i in interactions]
    )
    rows.filter(expires_at__lte=now).delete()
    return set(rows.values_list("user_id", "interaction_id"))


def _move_conversations(interactions: Sequence[Interaction], now: datetime) -> None:
    turns = [i for i in interactions if i.conversation_id is not None]
    if not turns:
        return
    owners = {i.user_id for i in turns}
    rows = ConversationRow.objects.filter(user_id__in=owners, conversation_id__in={i.conversation_id for i in turns})
    rows.filter(expires_at__lte=now).delete()
    known = {(row.user_id, row.conversation_id): row for row in rows}
    for turn in turns:
        assert turn.conversation_id is not None
        row = known.setdefault(
            (turn.user_id, turn.conversation_id),
            ConversationRow(
                user_id=turn.user_id,
                conversation_id=turn.conversation_id,
                started_at=turn.created_at,
                last_interaction_id="",
            ),
        )
        if turn.interaction_id > row.last_interaction_id:
            row.last_interaction_id, row.expires_at = turn.interaction_id, turn.expires_at
    ConversationRow.objects.bulk_create(
        known.values(),
        update_conflicts=True,
        unique_fields=["user_id", "conversation_id"],
        update_fields=["last_interaction_id", "expires_at"],
    )
