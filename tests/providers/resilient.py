"""Questions to several candidates, as the tests of resilience put them."""

from __future__ import annotations

import time

from interactions.providers.base import Message, ProviderFailed
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.resilience import Candidate, Guard, Outcome, Policy, ask
from tests.providers.scripted import Ledger

SECONDS = 25.0
MESSAGES = [Message("user", "what-nobody-may-repeat")]
DEFAULT = Policy()


def asked(
    *candidates: Candidate, seconds: float = SECONDS, guard: Guard | None = None, policy: Policy = DEFAULT
) -> Outcome:
    return ask(
        candidates,
        MESSAGES,
        max_tokens=100,
        temperature=0.5,
        deadline=time.monotonic() + seconds,
        guard=guard or Ledger(),
        policy=policy,
    )


def types(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(attempt.provider, attempt.error_type) for attempt in outcome.attempts]


def wait_asked(seconds: float) -> ProviderFailed:
    return ProviderFailed("rate-limited", "it answered 429", retryable=True, retry_after=seconds)


def open_breaker(seconds: float = 30.0) -> CircuitBreaker:
    breaker = CircuitBreaker(1, seconds, lambda: time.monotonic())  # which moves
    ticket = breaker.admit()
    assert ticket is not None
    breaker.report(ticket, works=False)
    return breaker
