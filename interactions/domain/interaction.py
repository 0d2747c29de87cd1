"""One exchange between a person and an assistant, and the rules of its life."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from interactions.domain.errors import FieldError, ForbiddenTransition, Invalid, TooLarge
from interactions.domain.identifiers import created_at_of
from interactions.domain.pricing import Cost

MAX_TEXT = 200_000
MAX_LABEL = 128
MAX_METADATA_PAIRS = 16
MAX_METADATA_KEY = 64
MAX_METADATA_VALUE = 512
MAX_FEEDBACK_LABEL = 64
MAX_FEEDBACK_COMMENT = 2000
MAX_FINISH_REASON = 32
MAX_ERROR_TYPE = 128
MAX_ERROR_MESSAGE = 2000
MAX_ATTEMPTS = 32
MAX_REDACTION_KINDS = 32
MAX_INTEGER = 2**53 - 1
MAX_CLOCK_AHEAD = timedelta(minutes=5)
# Longer than any request may take, retries of whoever works on it and clocks that disagree included.
ABANDONED_AFTER = timedelta(minutes=15)
# DynamoDB's item limit is 409,600 bytes with the attribute names. What is left is for all the rest at its longest, in
# characters of four bytes: 62,600 bytes, of which the attempts are half; and for what another compression may add.
MAX_STORED_BYTES = 340_000


class Status(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as OpenTelemetry counts them: input includes what the cache read or wrote, output the reasoning."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    reasoning_output_tokens: int | None = None


USAGE_FIELDS = tuple(f.name for f in fields(Usage))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallError:
    """Why a model call failed."""

    type: str
    message: str


ABANDONED = CallError(type="abandoned", message="the service was cut off before it could record an answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The person's verdict: score −1, 0 or 1."""

    score: int
    at: datetime
    label: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call to one provider on the way to the answer; `error_type` is None for the one that worked."""

    provider: str
    error_type: str | None
    latency_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """The record. `prompt` is None only once the texts have expired; every datetime is aware and in UTC.

    `finish_reason` is why the answer ended: `stop`, `length`, `content_filter`, `tool_calls`, or the provider's own
    word. `response_id` is the provider's id of the answer. `context_turns` is how many earlier turns of the
    conversation went to the model with the prompt; None where the service did not ask the model itself.
    """

    interaction_id: str
    user_id: str
    status: Status
    prompt: str | None
    updated_at: datetime
    response: str | None = None
    conversation_id: str | None = None
    provider: str | None = None
    model: str | None = None
    requested_model: str | None = None
    usage: Usage = Usage()
    cost: Cost | None = None
    latency_ms: int | None = None
    finish_reason: str | None = None
    response_id: str | None = None
    context_turns: int | None = None
    error: CallError | None = None
    trace_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    feedback: Feedback | None = None
    cached: bool = False
    attempts: tuple[Attempt, ...] = ()
    redaction: Mapping[str, int] = field(default_factory=dict)
    version: int = 1
    content_expires_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        return created_at_of(self.interaction_id)

    @property
    def etag(self) -> str:
        """The strong entity tag (RFC 9110 §8.8.3): the version, and whether the texts have gone."""
        return f'"{self.version}"' if self.prompt is not None else f'"{self.version}-expired"'

    def seen_at(self, now: datetime) -> Interaction | None:
        """What a reader may see of it at that moment: nothing once it has expired, no texts once those have."""
        if self.expires_at is not None and self.expires_at <= now:
            return None
        if self.content_expires_at is None or self.content_expires_at > now:
            return self
        return replace(self, prompt=None, response=None)

    def with_outcome(self, outcome: Mapping[str, Any], *, at: datetime) -> Interaction:
        """The interaction with the given fields of its outcome (status, response, error, model, usage, …).

        The same values again change nothing, so that a repeated request is harmless.

        Raises:
            ForbiddenTransition: it is completed or failed already, and the outcome differs.
        """
        changed = replace(self, **outcome)
        if changed == self:
            return self
        if self.status is not Status.PENDING:
            raise ForbiddenTransition(f"the interaction is {self.status.value}, which is final")
        return replace(changed, updated_at=at)

    def abandoned(self, *, at: datetime) -> Interaction:
        """It as failed, since nobody works on it any more and no answer will come. Raises as `with_outcome` does."""
        return self.with_outcome({"status": Status.FAILED, "error": ABANDONED}, at=at)

    def with_metadata(self, metadata: Mapping[str, str], *, at: datetime) -> Interaction:
        return self if metadata == self.metadata else replace(self, metadata=metadata, updated_at=at)

    def with_feedback(self, feedback: Feedback | None, *, at: datetime) -> Interaction:
        return self if feedback is self.feedback is None else replace(self, feedback=feedback, updated_at=at)

    def with_retention(
        self, content_expires_at: datetime | None, expires_at: datetime | None, *, at: datetime
    ) -> Interaction:
        """The interaction kept until other times; None is for ever, and texts without a time go with the record.

        Raises:
            Invalid: a new time has passed, the texts would outlive the record, or they have gone already.
        """
        texts_until = content_expires_at or expires_at
        if (texts_until, expires_at) == (self.content_expires_at, self.expires_at):
            return self
        errors = []
        if self.prompt is None and texts_until != self.content_expires_at:
            errors.append(FieldError("#/content_expires_at", "gone", "cannot change: the texts have gone already"))
        elif content_expires_at and content_expires_at != self.content_expires_at and content_expires_at <= at:
            errors.append(FieldError("#/content_expires_at", "past", "must lie in the future"))
        if expires_at and expires_at != self.expires_at and expires_at <= at:
            errors.append(FieldError("#/expires_at", "past", "must lie in the future"))
        if texts_until and expires_at and texts_until > expires_at:
            errors.append(FieldError("#/content_expires_at", "range", "must not lie after expires_at"))
        if errors:
            raise Invalid(errors)
        return replace(self, content_expires_at=texts_until, expires_at=expires_at, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the texts and the record are kept after the interaction's creation; None is for ever."""

    content: timedelta | None = None
    record: timedelta | None = None

    def expiry(self, created_at: datetime) -> tuple[datetime | None, datetime | None]:
        """When the texts and when the record expire; the texts never outlive the record."""
        record = created_at + self.record if self.record is not None else None
        content = created_at + self.content if self.content is not None else record
        return (min(content, record) if content and record else content), record


def check_size(interaction: Interaction) -> None:
    """Refuse what no store could hold, by the rule that all of them share.

    Raises:
        TooLarge: the texts, compressed where that saves space, and the metadata exceed `MAX_STORED_BYTES`.
    """
    texts = [text.encode() for text in (interaction.prompt, interaction.response) if text is not None]
    metadata = len(json.dumps(dict(interaction.metadata), ensure_ascii=False).encode())
    if metadata + sum(map(len, texts)) <= MAX_STORED_BYTES:
        return
    if metadata + sum(min(len(text), len(zlib.compress(text))) for text in texts) > MAX_STORED_BYTES:
        raise TooLarge(f"compressed, the interaction is over {MAX_STORED_BYTES} bytes: shorten the prompt or response")
