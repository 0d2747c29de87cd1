"""One question, several calls: retries, then the next provider, all within one deadline."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from random import SystemRandom
from typing import NamedTuple, Protocol

from interactions.domain.interaction import Attempt
from interactions.providers.base import Answer, Message, Provider, ProviderFailed
from interactions.providers.breaker import CircuitBreaker

logger = logging.getLogger("interactions.providers")

CIRCUIT_OPEN, SPENDING_LIMIT, INTERNAL_ERROR = "circuit-open", "spending-limit", "internal-error"

# The system's own: nothing of it is kept in a snapshot.
_random = SystemRandom()


class Candidate(NamedTuple):
    """A provider, the model to ask it for, its circuit breaker, and its name in the price table."""

    provider: Provider
    model: str
    breaker: CircuitBreaker
    priced_as: str


class Guard(Protocol):
    """Watches over the money: asked before each call, told after it whatever becomes of it."""

    def reserve(self, candidate: Candidate) -> None:
        """Raise ProviderFailed when the call may not be made: `spending-limit` ends it all, else the next is asked."""

    def settle(self, candidate: Candidate, answer: Answer | None, failure: ProviderFailed | None) -> None:
        """One of the two, an answer or why there is none."""


class Policy(NamedTuple):
    """How often a provider is called, and seconds: of waits between, doubled each time, and of what is worth a wait.

    Who had less than a `fair_call` to answer, since others had used the time up, has not failed by being late.
    """

    calls: int = 3
    base_wait: float = 0.25
    longest_wait: float = 4.0
    longest_retry_after: float = 5.0
    shortest_call: float = 0.25
    fair_call: float = 5.0


class Outcome(NamedTuple):
    """What came of it all.

    Of the call that was answered, else of the last call: `provider`, `latency_ms`, `failure`, and `depth`, which is how
    many candidates come before it. Where no call was made, of the last one that was passed over; but the spending limit
    is the failure whenever it ends it all. `is_late`: without the deadline there would have been another call, or the
    last one would have gone on.
    """

    answer: Answer | None
    provider: str | None
    attempts: tuple[Attempt, ...]
    failure: ProviderFailed | None
    is_late: bool
    latency_ms: int | None
    depth: int


def ask(
    candidates: Sequence[Candidate],
    messages: Sequence[Message],
    *,
    max_tokens: int,
    temperature: float | None,
    deadline: float,
    guard: Guard,
    policy: Policy = Policy(),  # noqa: B008  it never changes
) -> Outcome:
    """Ask one candidate after the other until one answers, by the deadline, a reading of `time.monotonic()`."""
    return _Asking(messages, max_tokens, temperature, deadline, guard, policy).outcome(candidates)


class _Asking:
    def __init__(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        temperature: float | None,
        deadline: float,
        guard: Guard,
        policy: Policy,
    ) -> None:
        self._messages = messages
        self._max_tokens = max_tokens
        self._temperature = temperature
        self._deadline = deadline
        self._guard = guard
        self._policy = policy
        self._attempts: list[Attempt] = []
        self._called: Candidate | None = None
        self._passed: Candidate | None = None
        self._latency_ms: int | None = None
        self._failure: ProviderFailed | None = None
        self._is_late = False
        self._is_over = False

    def outcome(self, candidates: Sequence[Candidate]) -> Outcome:
        answer = None
        for candidate in candidates:
            answer = self._answer_of(candidate)
            if answer is not None or self._is_over:
                break
        last = self._called or self._passed
        return Outcome(
            answer=answer,
            provider=None if last is None else last.provider.name,
            attempts=tuple(self._attempts),
            failure=None if answer is not None else self._failure,
            is_late=self._is_late,
            latency_ms=self._latency_ms,
            depth=next((at for at, each in enumerate(candidates) if each is last), 0),
        )

    def _answer_of(self, candidate: Candidate) -> Answer | None:
        """Call it until it answers or calling it once more makes no sense."""
        result = self._call(candidate)
        for number in range(self._policy.calls - 1):
            if not isinstance(result, ProviderFailed) or not self._waits(candidate, result, number):
                break
            result = self._call(candidate)
        return result if isinstance(result, Answer) else None

    def _waits(self, candidate: Candidate, failure: ProviderFailed, number: int) -> bool:
        """Wait with full jitter, and as long as the provider has asked for; whether it is to be called again.

        https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        """
        asked = failure.retry_after or 0.0
        if not failure.retryable or asked > self._policy.longest_retry_after or candidate.breaker.state == "open":
            return False
        room = self._left - self._policy.shortest_call - asked
        if room <= 0:  # the next provider may be sooner there
            self._is_late = True
            return False
        time.sleep(asked + _random.uniform(0, min(self._policy.base_wait * 2**number, self._policy.longest_wait, room)))
        return True

    def _call(self, candidate: Candidate) -> Answer | ProviderFailed | None:
        """One call; None where it was not made."""
        ticket = candidate.breaker.admit()
        if ticket is None:
            self._pass_over(candidate, ProviderFailed(CIRCUIT_OPEN, f"{candidate.provider.name} has kept failing"))
            return None
        works: bool | None = None
        try:
            result = None if self._is_too_late() else self._guarded_call(candidate)
            if isinstance(result, Answer):
                works = True
            elif result is not None and result.counts and not self._had_no_chance(result):
                works = False
            return result
        finally:
            candidate.breaker.report(ticket, works)

    def _guarded_call(self, candidate: Candidate) -> Answer | ProviderFailed | None:
        try:
            self._guard.reserve(candidate)
        except ProviderFailed as refusal:
            self._pass_over(candidate, refusal)
            return None
        # If the process is told to end meanwhile: who knows what it has cost.
        result: Answer | ProviderFailed = ProviderFailed("abandoned", "nobody waited for the answer", billable=True)
        try:
            if self._is_too_late():  # reserving takes time
                result = ProviderFailed("deadline-exceeded", "no time was left to ask")
                return None
            result = self._timed_call(candidate)
            return result
        finally:
            self._settle(candidate, result)

    def _timed_call(self, candidate: Candidate) -> Answer | ProviderFailed:
        began = time.monotonic()
        result = self._complete(candidate)
        latency_ms = round((time.monotonic() - began) * 1000)
        failure = None if isinstance(result, Answer) else result
        self._called, self._failure, self._latency_ms = candidate, failure, latency_ms
        self._is_late = failure is not None and failure.type == "timeout" and self._left < self._policy.shortest_call
        error_type = None if failure is None else failure.type
        self._attempts.append(Attempt(provider=candidate.provider.name, error_type=error_type, latency_ms=latency_ms))
        return result

    def _complete(self, candidate: Candidate) -> Answer | ProviderFailed:
        try:
            return candidate.provider.complete(
                self._messages,
                model=candidate.model,
                max_tokens=self._max_tokens,
                temperature=self._temperature,
                deadline=self._deadline,
            )
        except ProviderFailed as failure:
            return failure
        except Exception as error:
            logger.error("a provider failed in a way of its own", exc_info=error)
            return ProviderFailed(INTERNAL_ERROR, f"asking {candidate.provider.name} failed", billable=True)

    def _settle(self, candidate: Candidate, result: Answer | ProviderFailed) -> None:
        answer, failure = (result, None) if isinstance(result, Answer) else (None, result)
        try:
            self._guard.settle(candidate, answer, failure)
        except Exception as error:  # the answer is worth more
            logger.error("what a call has cost is not settled", exc_info=error)

    def _pass_over(self, candidate: Candidate, reason: ProviderFailed) -> None:
        self._attempts.append(Attempt(provider=candidate.provider.name, error_type=reason.type, latency_ms=None))
        self._passed = candidate
        self._is_over = reason.type == SPENDING_LIMIT
        self._is_late = self._is_late and not self._is_over
        if self._called is None or self._is_over:
            self._failure = reason

    def _is_too_late(self) -> bool:
        """Whether no call can be begun any more."""
        is_too_late = self._left < self._policy.shortest_call
        self._is_late = self._is_late or is_too_late
        return is_too_late

    def _had_no_chance(self, failure: ProviderFailed) -> bool:
        took = self._latency_ms or 0
        return self._is_late and failure.type == "timeout" and took < self._policy.fair_call * 1000

    @property
    def _left(self) -> float:
        return self._deadline - time.monotonic()
