"""Items to the domain's objects and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import MAXYEAR, datetime, timedelta
from typing import Any

from interactions.domain.interaction import Attempt, CallError, Feedback, Interaction, Status, Usage
from interactions.domain.pricing import Cost
from interactions.domain.query import Conversation, View
from interactions.dynamodb.as_stored import Stored
from interactions.dynamodb.attributes import load_map
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
    "finish_reason",
    "response_id",
    "context_turns",
    "trace_id",
    "version",
    "updated_at",
    "content_expires_at",
    "expires_at",
)
# What a read of the table takes along when nobody asks for the texts.
KEYS_AND_SUMMARY = ["user_id", "interaction_id", *SUMMARY]


def item_of(
    interaction: Interaction, kind: type[InteractionItem], leased_until: datetime | None = None
) -> InteractionItem:
    """An unsaved item with every attribute that is not null or empty; only what is pending has a lease."""
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
        leased_until=leased_until if interaction.status is Status.PENDING else None,
        ttl=ttl_of(interaction.expires_at),
    )


def interaction_of(stored: Stored, view: View = "full") -> Interaction:
    """The interaction of an item in its stored form; a summary has no texts and nothing of how the answer ended."""
    prompt = response = finish_reason = response_id = context_turns = None
    if view == "full":
        texts = stored.get("texts")
        prompt, response = decompress(texts["B"]) if texts else (_text(stored, "prompt"), _text(stored, "response"))
        finish_reason, response_id = _text(stored, "finish_reason"), _text(stored, "response_id")
        context_turns = _number(stored, "context_turns")
    cost, error, feedback = _map(stored, "cost"), _map(stored, "error"), _map(stored, "feedback")
    attempts = stored.get("attempts")
    return Interaction(
        interaction_id=stored["interaction_id"]["S"],
        user_id=stored["user_id"]["S"],
        conversation_id=_text(stored, "conversation_id"),
        status=Status(stored["status"]["S"]),
        prompt=prompt,
        response=response,
        provider=_text(stored, "provider"),
        model=_text(stored, "model"),
        requested_model=_text(stored, "requested_model"),
        usage=Usage(**_map(stored, "usage")),
        cost=Cost(**({"price_id": None} | cost)) if cost else None,
        latency_ms=_number(stored, "latency_ms"),
        finish_reason=finish_reason,
        response_id=response_id,
        context_turns=context_turns,
        error=CallError(**error) if error else None,
        trace_id=_text(stored, "trace_id"),
        metadata=_map(stored, "metadata"),
        feedback=Feedback(**feedback | {"at": datetime.fromisoformat(feedback["at"])}) if feedback else None,
        cached="cached" in stored and stored["cached"]["BOOL"],
        attempts=tuple(_attempt(load_map(each["M"])) for each in attempts["L"]) if attempts else (),
        redaction=_map(stored, "redaction"),
        updated_at=datetime.fromisoformat(stored["updated_at"]["S"]),
        version=int(stored["version"]["N"]),
        content_expires_at=_instant(stored, "content_expires_at"),
        expires_at=_instant(stored, "expires_at"),
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


def _text(stored: Stored, name: str) -> str | None:
    value = stored.get(name)
    return value["S"] if value else None


def _number(stored: Stored, name: str) -> int | None:
    value = stored.get(name)
    return int(value["N"]) if value else None


def _instant(stored: Stored, name: str) -> datetime | None:
    value = stored.get(name)
    return datetime.fromisoformat(value["S"]) if value else None


def _map(stored: Stored, name: str) -> dict[str, Any]:
    value = stored.get(name)
    return load_map(value["M"]) if value else {}


def _attempt(members: dict[str, Any]) -> Attempt:
    return Attempt(**({"error_type": None, "latency_ms": None} | members))
