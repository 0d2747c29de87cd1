"""The groups that interactions belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from interactions.domain.errors import NotFound
from interactions.domain.interaction import Interaction
from interactions.domain.query import Conversation, ConversationPage, ConversationPosition
from interactions.models import ConversationRow, InteractionRow
from interactions.repositories.orm.codec import conversation_of
from interactions.repositories.orm.selection import alive
from interactions.repositories.orm.transactions import writing


def move(interactions: Sequence[Interaction], now: datetime) -> None:
    """Let the conversations of new interactions begin, or go forward; the caller holds the write lock."""
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


def retain(latest: Interaction, now: datetime) -> None:
    """Let the conversation whose latest interaction this is expire with it; the caller holds the write lock."""
    if latest.conversation_id is None:
        return
    rows = ConversationRow.objects.filter(user_id=latest.user_id, conversation_id=latest.conversation_id)
    alive(rows, now).filter(last_interaction_id=latest.interaction_id).update(expires_at=latest.expires_at)


def page(user_id: str, now: datetime, *, limit: int, after: ConversationPosition | None) -> ConversationPage:
    rows = alive(ConversationRow.objects.filter(user_id=user_id), now)
    if after is not None:
        tie = Q(last_interaction_id=after.last_interaction_id, conversation_id__lt=after.conversation_id)
        # The first condition is implied by the second, and is the one that SQLite can look up in the index.
        rows = rows.filter(last_interaction_id__lte=after.last_interaction_id)
        rows = rows.filter(Q(last_interaction_id__lt=after.last_interaction_id) | tie)
    found = [*map(conversation_of, rows.order_by("-last_interaction_id", "-conversation_id")[: limit + 1])]
    if len(found) <= limit:
        return ConversationPage(found, None)
    last = found[limit - 1]
    return ConversationPage(found[:limit], ConversationPosition(last.last_interaction_id, last.conversation_id))


def rename(user_id: str, conversation_id: str, title: str | None, now: datetime) -> Conversation:
    with writing():
        row = _existing(user_id, conversation_id, now).get()
        row.title = title
        row.save(update_fields=["title"])
    return conversation_of(row)


def delete(user_id: str, conversation_id: str, now: datetime) -> int:
    with writing():
        conversation = _existing(user_id, conversation_id, now)
        interactions = InteractionRow.objects.filter(user_id=user_id, conversation_id=conversation_id)
        count = alive(interactions, now).count()
        interactions.delete()
        conversation.delete()
    return count


def _existing(user_id: str, conversation_id: str, now: datetime) -> QuerySet[ConversationRow]:
    rows = alive(ConversationRow.objects.filter(user_id=user_id, conversation_id=conversation_id), now)
    if not rows.exists():
        raise NotFound("there is no such conversation")
    return rows
