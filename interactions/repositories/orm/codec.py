"""Rows to the domain's objects and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from interactions.domain.interaction import USAGE_FIELDS, Attempt, CallError, Feedback, Interaction, Status, Usage
from interactions.domain.pricing import Cost, CostSource
from interactions.domain.query import Conversation, View
from interactions.models import ConversationRow, InteractionRow

# Not read for a summary, and the lease for no reader.
IN_FULL = ("prompt", "response", "finish_reason", "response_id", "context_turns")
NOT_IN_SUMMARIES = (*IN_FULL, "leased_until")
SAME_NAME = (
    "user_id",
    "interaction_id",
    "conversation_id",
    "provider",
    "model",
    "requested_model",
    "latency_ms",
    "trace_id",
    "metadata",
    "cached",
    "redaction",
    "updated_at",
    "content_expires_at",
    "expires_at",
    *IN_FULL,
)


def row_of(
    interaction: Interaction, *, version: int | None = None, leased_until: datetime | None = None
) -> InteractionRow:
    """An unsaved row with every column set; only what is pending has a lease."""
    cost, error, feedback = interaction.cost, interaction.error, interaction.feedback
    return InteractionRow(
        **{name: getattr(interaction, name) for name in SAME_NAME},
        **{name: getattr(interaction.usage, name) for name in USAGE_FIELDS},
        status=interaction.status.value,
        created_at=interaction.created_at,
        version=version or interaction.version,
        leased_until=leased_until if interaction.status is Status.PENDING else None,
        cost_nano_usd=cost.nano_usd if cost else None,
        cost_source=cost.source if cost else None,
        cost_price_id=cost.price_id if cost else None,
        error_type=error.type if error else None,
        error_message=error.message if error else None,
        feedback_score=feedback.score if feedback else None,
        feedback_label=feedback.label if feedback else None,
        feedback_comment=feedback.comment if feedback else None,
        feedback_at=feedback.at if feedback else None,
        attempts=[asdict(attempt) for attempt in interaction.attempts],
    )


def changes_of(row: InteractionRow) -> dict[str, Any]:
    """What an update sets: every column, but for the lease of what is pending, which stays as it is."""
    columns = {f.attname for f in InteractionRow._meta.concrete_fields if not f.primary_key}
    if row.status == Status.PENDING:
        columns.remove("leased_until")
    return {name: getattr(row, name) for name in columns}


def interaction_of(row: InteractionRow, view: View = "full") -> Interaction:
    """The interaction of a row; a summary does not touch what stands behind the texts, which may not have been read."""
    names = SAME_NAME if view == "full" else SAME_NAME[: -len(IN_FULL)]
    fields = {name: getattr(row, name) for name in names}
    return Interaction(
        **({"prompt": None} | fields),
        status=Status(row.status),
        version=row.version,
        usage=Usage(**{name: getattr(row, name) for name in USAGE_FIELDS}),
        cost=_cost(row),
        error=None if row.error_type is None else CallError(type=row.error_type, message=row.error_message or ""),
        feedback=_feedback(row),
        attempts=tuple(Attempt(**attempt) for attempt in row.attempts),
    )


def conversation_of(row: ConversationRow) -> Conversation:
    return Conversation(
        user_id=row.user_id,
        conversation_id=row.conversation_id,
        title=row.title,
        started_at=row.started_at,
        last_interaction_id=row.last_interaction_id,
    )


def _cost(row: InteractionRow) -> Cost | None:
    if row.cost_nano_usd is None:
        return None
    return Cost(nano_usd=row.cost_nano_usd, source=cast(CostSource, row.cost_source), price_id=row.cost_price_id)


def _feedback(row: InteractionRow) -> Feedback | None:
    if row.feedback_score is None or row.feedback_at is None:
        return None
    return Feedback(
        score=row.feedback_score, at=row.feedback_at, label=row.feedback_label, comment=row.feedback_comment
    )
