"""DRF serializers over the domain's own JSON: it reads and writes documents strictly, and they hand it to the views."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework.serializers import BaseSerializer

from interactions.conf import conf
from interactions.domain.document import to_document
from interactions.domain.fields import Fields, format_instant
from interactions.domain.interaction import Feedback, Interaction
from interactions.domain.parsing import parse_feedback, parse_new
from interactions.domain.pricing import amount_of
from interactions.domain.query import MAX_TITLE, Conversation, UsageReport, UsageRow


class _DocumentSerializer(BaseSerializer[Any]):
    """Leaves every value to the domain, null too, which DRF would refuse in words of its own."""

    def run_validation(self, data: Any = None) -> Any:
        return self.to_internal_value(data)


class InteractionSerializer(BaseSerializer[Interaction]):
    """Writes an interaction; the context's `view` chooses between full and summary."""

    def to_representation(self, instance: Interaction) -> dict[str, Any]:
        return to_document(instance, self.context.get("view", "full"))


class NewInteractionSerializer(_DocumentSerializer):
    """Reads what is to be recorded. Raises `Invalid` itself, with pointers, where DRF would collect messages."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return parse_new(data, now=datetime.now(UTC))


class QuestionSerializer(_DocumentSerializer):
    """Reads what an assistant is asked."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        from interactions.domain.question import parse_question

        return parse_question(data, max_tokens=conf.max_output_tokens)


class FeedbackSerializer(_DocumentSerializer):
    def to_internal_value(self, data: Any) -> Feedback:
        return parse_feedback(data, at=datetime.now(UTC))


class ConversationSerializer(_DocumentSerializer):
    def to_internal_value(self, data: Any) -> dict[str, str | None]:
        given = Fields(data)
        if "title" not in given:
            given.error("title", "required", "is required; null removes it")
        title = given.text("title", max_length=MAX_TITLE)
        given.close(read_only=("conversation_id", "started_at", "last_interaction_id", "last_at"))
        given.check()
        return {"title": title}

    def to_representation(self, instance: Conversation) -> dict[str, Any]:
        return {
            "conversation_id": instance.conversation_id,
            "title": instance.title,
            "started_at": format_instant(instance.started_at, "milliseconds"),
            "last_interaction_id": instance.last_interaction_id,
            "last_at": format_instant(instance.last_at, "milliseconds"),
        }


class LoginSerializer(_DocumentSerializer):
    def to_internal_value(self, data: Any) -> dict[str, str]:
        given = Fields(data)
        username = given.text("username", max_length=128, required=True)
        password = given.text("password", max_length=1024, required=True)
        given.close()
        given.check()
        return {"username": username or "", "password": password or ""}


class UsageSerializer(BaseSerializer[UsageReport]):
    """Writes the sums of a report and its rows; a cost is null where none is known, never 0."""

    def to_representation(self, instance: UsageReport) -> dict[str, Any]:
        return {
            "complete": instance.next_day is None,
            "total": _sums([*instance.rows]),
            "days": [{"day": row.day.isoformat(), "model": row.model, **_sums([row])} for row in instance.rows],
        }


def usd(nano_usd: int) -> dict[str, str]:
    return {"amount": amount_of(nano_usd), "currency": "USD"}


def _sums(rows: list[UsageRow]) -> dict[str, Any]:
    count = sum(row.count for row in rows)
    unpriced = sum(row.unpriced for row in rows)
    cost = usd(sum(row.nano_usd for row in rows))
    return {
        "count": count,
        "failures": sum(row.failures for row in rows),
        "input_tokens": sum(row.input_tokens for row in rows),
        "output_tokens": sum(row.output_tokens for row in rows),
        "cost": cost if count > unpriced else None,
        "unpriced": unpriced,
    }
