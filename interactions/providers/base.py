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
    """What a model answered: its name as the provider tells it, tokens as OpenTelemetry counts them.

    `nano_usd` is the cost in 10⁻⁹ USD where the provider itself states one; None leaves it to the price table.
    """

    text: str
    model: str
    usage: Usage = NO_USAGE
    nano_usd: int | None = None


class ProviderFailed(Exception):
    """A call that gave no answer.

    `type` names the reason in a word, as `rate-limited`; `message` is of our own words, for the record of the
    interaction, and never repeats what was sent. `retryable`: the same call may work in a moment, `retry_after`
    seconds from now if the provider has said so. `billable`: it may have been carried out, and cost money, all the
    same. `counts`: it says something about the provider, not only about this call, and so moves its circuit breaker.
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
    ) -> None:
        self.type = type
        self.message = message
        self.retryable = retryable
        self.retry_after = retry_after
        self.billable = billable
        self.counts = counts
        super().__init__(f"{type}: {message}")


class Provider(Protocol):
    """A way to models. `name` is what the record calls it; calls of several threads do not disturb each other."""

    name: str

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
