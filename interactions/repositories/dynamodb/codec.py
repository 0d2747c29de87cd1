"""Items to the domain's objects and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import MAXYEAR, datetime, timedelta
from typing import Any

from interactions.domain.interaction import Attempt, CallError, Feedback, Interaction, Status, Usage
from interactions.domain.pricing import Cost
from interactions.domain.query import Conversation, View
from interactions.dynamodb.tables import SUMMARY, ConversationItem, InteractionItem
from interactions.repositories.dynamodb.compression import compress, decompress
from interactions.repositories.dynamodb.keys import conversation_key, day_shard

SAME_NAME = (
    "user_id",
    "interaction_id",
    "conversation_id",
    "provider",
    "model",
    "requested_model",
    "latency_ms",
    "trace_id",
    "version",
    "updated_at",
    "content_expires_at",
    "expires_at",
)
# What a read of the table takes along when nobody asks for the texts.
KEYS_AND_SUMMARY = ["user_id", "interaction_id", *SUMMARY]


def item_of(interaction: Interaction, kind: type[InteractionItem]) -> InteractionItem:
    """An unsaved item with every attribute that is not null or empty."""
    cost, error, feedback = interaction.cost, interaction.error, interaction.feedback
    return kind(
        **{name: getattr(interaction, name) for name in SAME_NAME},
        **_texts(interaction.prompt, interaction.response),
        conversation_key=conversation_key(interaction.user_id, interaction.conversation_id),
        day_shard=day_shard(interaction.interaction_id),
        status=interaction.status.value,
        usage=asdict(interaction.usage),
        cost=cost and asdict(cost),
        error=error and asdict(error),
        metadata=interaction.metadata,
        feedback=feedback and asdict(feedback) | {"at": feedback.at.isoformat()},
        cached=interaction.cached or None,
        attempts=[asdict(attempt) for attempt in interaction.attempts],
        redaction=interaction.redaction,
        ttl=ttl_of(interaction.expires_at),
    )


def interaction_of(item: InteractionItem, view: View = "full") -> Interaction:
    """The interaction of an item; a summary needs no texts, and has none."""
    prompt, response = (item.prompt, item.response) if view == "full" else (None, None)
    if view == "full" and item.texts is not None:
        prompt, response = decompress(item.texts)
    return Interaction(
        **{name: getattr(item, name) for name in SAME_NAME},
        prompt=prompt,
        response=response,
        status=Status(item.status),
        usage=Usage(**_map(item.usage)),
        cost=Cost(**({"price_id": None} | _map(item.cost))) if item.cost else None,
        error=CallError(**_map(item.error)) if item.error else None,
        metadata=_map(item.metadata),
        feedback=_feedback(_map(item.feedback)),
        cached=bool(item.cached),
        attempts=tuple(Attempt(**({"error_type": None, "latency_ms": None} | _map(a))) for a in item.attempts or ()),
        redaction=_map(item.redaction),
    )


def conversation_of(item: ConversationItem) -> Conversation:
    return Conversation(
        user_id=item.user_id,
        conversation_id=item.conversation_id,
        title=item.title,
        started_at=item.started_at,
        last_interaction_id=item.last_interaction_id,
    )


def ttl_of(expires_at: datetime | None) -> datetime | None:
    """When DynamoDB may delete it: whole seconds, and never early."""
    return None if expires_at is None or expires_at.year == MAXYEAR else expires_at + timedelta(seconds=1)


def _texts(prompt: str | None, response: str | None) -> dict[str, Any]:
    if prompt is None:
        return {"response": response, "texts_swept": True}
    packed = compress(prompt, response)
    return {"texts": packed} if packed is not None else {"prompt": prompt, "response": response}


def _map(value: Any) -> dict[str, Any]:
    return dict(value or {})


def _feedback(stored: dict[str, Any]) -> Feedback | None:
    return Feedback(**stored | {"at": datetime.fromisoformat(stored["at"])}) if stored else None
