"""The port's other side, as a test writes it: providers that do what they are told, and a guard that keeps count."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from interactions.domain.interaction import Usage
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.resilience import Candidate

HELLO = Answer("Hello!", "a-model", Usage(input_tokens=2, output_tokens=1))
BUSY = ProviderFailed("server-error", "it answered 503", retryable=True)
BROKEN = ProviderFailed("malformed-answer", "it answered nonsense", billable=True)
LATE = ProviderFailed("timeout", "it did not answer in time", billable=True)
REFUSED = ProviderFailed("refused", "it answered 400", counts=False)
NEVER_OPENS = 1000


class After(NamedTuple):
    """A result that takes so many seconds."""

    seconds: float
    result: Answer | BaseException


class Call(NamedTuple):
    """What was asked for."""

    messages: Sequence[Message]
    model: str
    max_tokens: int
    temperature: float | None
    deadline: float


class Scripted:
    """Does one thing after the other, the last of them again and again."""

    def __init__(self, name: str, *script: Answer | BaseException | After) -> None:
        self.name = name
        self.missing: str | None = None
        self.calls: list[Call] = []
        self._script = script

    def complete(
        self,
        messages: Sequence[Message],
        *,
        model: str,
        max_tokens: int,
        temperature: float | None,
        deadline: float,
    ) -> Answer:
        self.calls.append(Call(messages, model, max_tokens, temperature, deadline))
        result = self._script[min(len(self.calls), len(self._script)) - 1]
        if isinstance(result, After):
            time.sleep(result.seconds)
            result = result.result
        if isinstance(result, BaseException):
            raise result
        return result

    def disconnect(self) -> None:
        """There is nothing."""


def candidate(
    name: str, *script: Answer | BaseException | After, breaker: CircuitBreaker | None = None
) -> tuple[Scripted, Candidate]:
    provider = Scripted(name, *script)
    return provider, Candidate(provider, f"model-of-{name}", breaker or CircuitBreaker(NEVER_OPENS, 30.0), name)


class Ledger:
    """A guard that lets all pass but those it is given a reason for, and remembers."""

    def __init__(self, refusals: dict[str, Exception] | None = None, seconds: float = 0.0) -> None:
        self.reserved: list[str] = []
        self.settled: list[tuple[str, Answer | ProviderFailed | None]] = []
        self._refusals = refusals or {}
        self._seconds = seconds

    def reserve(self, candidate: Candidate) -> None:
        if self._seconds:
            time.sleep(self._seconds)
        if (refusal := self._refusals.get(candidate.provider.name)) is not None:
            raise refusal
        self.reserved.append(candidate.provider.name)

    def settle(self, candidate: Candidate, answer: Answer | None, failure: ProviderFailed | None) -> None:
        assert (answer is None) != (failure is None)
        self.settled.append((candidate.provider.name, answer or failure))
