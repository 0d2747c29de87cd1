"""The port: what a provider of models promises. Each answers one call; `resilience` decides about the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from interactions.domain.interaction import Usage

NO_USAGE = Usage()

Role = Literal["user", "assistant"]


class Message(NamedTuple):
    """One turn of a conversation, as it goes to a model."""

    role: Role
    text: str


class Answer(NamedTuple):
    """A model's answer. `model` is the name that the provider returned, `usage` counts tokens as OpenTelemetry does.

    - `nano_usd`: the cost in 10⁻⁹ USD if the provider states one, else None.
    - `finish_reason`: why the model stopped, in OpenAI's words (`stop`, `length`, `content_filter`, `tool_calls`) if
      one fits, else the provider's own word; None if the provider gives no reason.
    - `response_id`: the provider's id of the answer, or Bedrock's id of the request.
    - `service_tier`: the tier that the provider says it used, which can change the price.
    """

    text: str
    model: str
    usage: Usage = NO_USAGE
    nano_usd: int | None = None
    finish_reason: str | None = None
    response_id: str | None = None
    service_tier: str | None = None


class ProviderFailed(Exception):
    """A call that gave no usable answer.

    - `type`: the reason in one word, such as `rate-limited`.
    - `message`: our own description for the record. It never repeats the request or the provider's text.
    - `retryable`: the same call may succeed soon, after `retry_after` seconds if the provider gave a number.
    - `billable`: the call may have cost money.
    - `billed`: the usage, model, cost and tier of an answer that arrived and could not be used. Its text is empty.
    - `counts`: the failure is about the provider, not about this request. It counts for the circuit breaker.
    """

    def __init__(
        self,
        type: str,
        message: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        billable: bool = False,
        counts: bool = True,
        billed: Answer | None = None,
    ) -> None:
        self.type = type
        self.message = message
        self.retryable = retryable
        self.retry_after = retry_after
        self.billable = billable
        self.counts = counts
        self.billed = billed
        super().__init__(f"{type}: {message}")


class Provider(Protocol):
    """Calls models. Threads may share it. `name` is its name in the record.

    `missing` names the setting that it needs and does not have, such as the variable of its key; None if it has all.
    """

    name: str
    missing: str | None

    def complete(
        self,
        messages: Sequence[Message],
        *,
        model: str,
        max_tokens: int,
        temperature: float | None,
        deadline: float,
    ) -> Answer:
        """Ask the model, once; `messages` end with the user's prompt.

        `deadline` is a reading of `time.monotonic()`: by then the call has answered or failed, whatever the other side
        does.

        Raises:
            ProviderFailed: it gave no answer.
        """

    def disconnect(self) -> None:
        """Close what is kept open between calls."""
