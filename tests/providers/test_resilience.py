"""Retries, fallbacks and the breaker, as whoever asks sees them: by the calls that reach a scripted provider."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from interactions.domain.interaction import Attempt
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.configuration import ProviderConfig
from interactions.providers.echo import EchoProvider
from interactions.providers.resilience import Candidate, Outcome, Policy, ask

QUICK = Policy(base_wait=0.001, longest_wait=0.002, shortest_call=0.01)
BUSY = ProviderFailed("server-error", "busy", retryable=True)
REFUSED = ProviderFailed("refused", "no", counts=False)
GOOD = Answer(text="yes", model="m")


class Scripted:
    """Does what it is told, one thing a call; after that it answers."""

    def __init__(self, name: str, *script: Answer | Exception) -> None:
        self.name = name
        self.calls: list[float] = []
        self._script = [*script]

    def complete(
        self,
        messages: Sequence[Message],
        *,
        model: str,
        max_tokens: int,
        temperature: float | None,
        deadline: float,
    ) -> Answer:
        self.calls.append(time.monotonic())
        step = self._script.pop(0) if self._script else GOOD
        if isinstance(step, Exception):
            raise step
        return step

    def disconnect(self) -> None:
        """There is nothing."""


class Purse:
    """Counts what was reserved and settled, and refuses as it is told."""

    def __init__(self, **refusals: ProviderFailed) -> None:
        self.reserved: list[str] = []
        self.settled: list[str] = []
        self._refusals = refusals

    def reserve(self, candidate: Candidate) -> None:
        if refusal := self._refusals.get(candidate.provider.name):
            raise refusal
        self.reserved.append(candidate.provider.name)

    def settle(self, candidate: Candidate, answer: Answer | None, failure: ProviderFailed | None) -> None:
        assert (answer is None) != (failure is None)
        self.settled.append(candidate.provider.name)


def asked(
    *providers: Scripted, seconds: float = 5.0, guard: Purse | None = None, breakers: Sequence[CircuitBreaker] = ()
) -> Outcome:
    kept = [*breakers] or [CircuitBreaker(5, 30) for _ in providers]
    return ask(
        [Candidate(provider, "m", breaker) for provider, breaker in zip(providers, kept, strict=True)],
        [Message("user", "?")],
        max_tokens=5,
        temperature=None,
        deadline=time.monotonic() + seconds,
        guard=guard or Purse(),
        policy=QUICK,
    )


def types(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(attempt.provider, attempt.error_type) for attempt in outcome.attempts]


def test_what_passes_is_tried_again() -> None:
    outcome = asked(Scripted("a", BUSY, BUSY))
    assert outcome.answer == GOOD
    assert types(outcome) == [("a", "server-error"), ("a", "server-error"), ("a", None)]
    assert outcome.failure is None


def test_after_three_calls_the_next_one_is_asked() -> None:
    outcome = asked(Scripted("a", BUSY, BUSY, BUSY), Scripted("b"))
    assert (outcome.provider, outcome.depth) == ("b", 1)
    assert types(outcome) == [*[("a", "server-error")] * 3, ("b", None)]


def test_a_refusal_is_not_tried_again() -> None:
    outcome = asked(Scripted("a", REFUSED), Scripted("b", REFUSED))
    assert types(outcome) == [("a", "refused"), ("b", "refused")]
    assert (outcome.answer, outcome.failure, outcome.is_late) == (None, REFUSED, False)


def test_a_wait_that_is_asked_for_is_kept() -> None:
    provider = Scripted("a", ProviderFailed("rate-limited", "slowly", retryable=True, retry_after=0.1))
    assert asked(provider).answer == GOOD
    assert provider.calls[1] - provider.calls[0] >= 0.1


@pytest.mark.parametrize("wait", [6.0, 4.0], ids=["longer than any", "longer than what is left"])
def test_a_wait_that_is_too_long_leads_to_the_next_one(wait: float) -> None:
    slow = ProviderFailed("rate-limited", "slowly", retryable=True, retry_after=wait)
    outcome = asked(Scripted("a", slow), Scripted("b"), seconds=3.0)
    assert types(outcome) == [("a", "rate-limited"), ("b", None)]


def test_no_call_begins_when_the_time_is_over() -> None:
    provider = Scripted("a")
    outcome = asked(provider, seconds=0.0)
    assert (provider.calls, outcome.is_late, outcome.attempts) == ([], True, ())


def test_a_mistake_of_a_provider_is_a_failure_and_loses_nothing() -> None:
    guard = Purse()
    outcome = asked(Scripted("a", KeyError("secret prompt")), Scripted("b"), guard=guard)
    assert types(outcome) == [("a", "internal-error"), ("b", None)]
    assert guard.settled == guard.reserved == ["a", "b"]


def test_who_has_no_price_is_passed_over() -> None:
    outcome = asked(Scripted("a"), Scripted("b"), guard=Purse(a=ProviderFailed("no-price", "none", counts=False)))
    assert outcome.attempts[0] == Attempt(provider="a", error_type="no-price", latency_ms=None)
    assert outcome.provider == "b"


def test_the_limit_of_spending_ends_it_all() -> None:
    second = Scripted("b")
    outcome = asked(Scripted("a"), second, guard=Purse(a=ProviderFailed("spending-limit", "spent", counts=False)))
    assert (outcome.answer, second.calls) == (None, [])


def test_an_open_breaker_keeps_calls_away_and_one_probe_closes_it() -> None:
    now = 0.0
    breaker = CircuitBreaker(2, 30, clock=lambda: now)
    provider = Scripted("a", *[ProviderFailed("malformed-answer", "?")] * 3)
    for _ in range(4):
        outcome = asked(provider, breakers=[breaker])
    assert len(provider.calls) == 2
    assert types(outcome) == [("a", "circuit-open")]
    now = 31.0
    asked(provider, breakers=[breaker])  # the probe fails
    assert (len(provider.calls), breaker.state) == (3, "open")
    now = 62.0
    assert asked(provider, breakers=[breaker]).answer == GOOD
    assert breaker.state == "closed"


def test_one_probe_at_a_time() -> None:
    now = 0.0
    breaker = CircuitBreaker(1, 30, clock=lambda: now)
    ticket = breaker.admit()
    assert ticket is not None
    breaker.report(ticket, False)
    now = 30.0
    assert [breaker.admit() is None for _ in range(3)] == [False, True, True]
    assert breaker.state == "half-open"
    now = 60.0  # nothing was heard of the first probe
    assert breaker.admit() is not None


def test_what_says_nothing_of_the_provider_leaves_the_breaker_alone() -> None:
    breaker = CircuitBreaker(2, 30)
    provider = Scripted("a", *[REFUSED] * 5)
    for _ in range(5):
        asked(provider, breakers=[breaker])
    assert (len(provider.calls), breaker.state) == (5, "closed")


def test_the_echo_says_what_it_is_and_what_came_with_the_question() -> None:
    echo = EchoProvider(ProviderConfig(name="echo", kind="echo", model="echo"))
    messages = [Message("user", "first"), Message("assistant", "one"), Message("user", "second")]
    answers = [
        echo.complete(messages, model="echo", max_tokens=size, temperature=None, deadline=0) for size in (100, 100, 4)
    ]
    assert answers[0] == answers[1]
    assert "no model was asked" in answers[0].text
    assert "second" in answers[0].text
    assert "first" in answers[0].text
    assert answers[0].usage.input_tokens == 3
    assert len(answers[2].text.split()) == answers[2].usage.output_tokens == 4
