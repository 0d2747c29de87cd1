"""An interaction as JSON: the one shape that the API, the export and the import share."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from interactions.domain.fields import format_instant
from interactions.domain.interaction import USAGE_FIELDS, Interaction
from interactions.domain.pricing import Cost, amount_of
from interactions.domain.query import View

# The two texts, and what is stored behind them.
NOT_IN_SUMMARIES = ("prompt", "response", "finish_reason", "response_id", "context_turns")


def to_document(interaction: Interaction, view: View = "full") -> dict[str, Any]:
    """Every field, null when absent, in the order readers expect. A summary leaves out `NOT_IN_SUMMARIES`."""
    document: dict[str, Any] = {
        "interaction_id": interaction.interaction_id,
        "user_id": interaction.user_id,
        "conversation_id": interaction.conversation_id,
        "status": interaction.status.value,
    }
    if view == "full":
        document |= {name: getattr(interaction, name) for name in NOT_IN_SUMMARIES}
    cost, error, feedback = interaction.cost, interaction.error, interaction.feedback
    return document | {
        "provider": interaction.provider,
        "model": interaction.model,
        "requested_model": interaction.requested_model,
        "usage": {name: getattr(interaction.usage, name) for name in USAGE_FIELDS},
        "cost": cost and _cost_document(cost),
        "latency_ms": interaction.latency_ms,
        "error": error and {"type": error.type, "message": error.message},
        "trace_id": interaction.trace_id,
        "metadata": dict(interaction.metadata),
        "feedback": feedback
        and {
            "score": feedback.score,
            "label": feedback.label,
            "comment": feedback.comment,
            "at": format_instant(feedback.at),
        },
        "cached": interaction.cached,
        "attempts": [asdict(attempt) for attempt in interaction.attempts],
        "redaction": dict(interaction.redaction),
        "created_at": format_instant(interaction.created_at, "milliseconds"),
        "updated_at": format_instant(interaction.updated_at),
        "version": interaction.version,
        "content_expires_at": _instant_or_none(interaction.content_expires_at),
        "expires_at": _instant_or_none(interaction.expires_at),
    }


def _cost_document(cost: Cost) -> dict[str, Any]:
    return {
        "amount": amount_of(cost.nano_usd),
        "currency": "USD",
        "source": cost.source,
        "price_id": cost.price_id,
    }


def _instant_or_none(value: datetime | None) -> str | None:
    return None if value is None else format_instant(value)
