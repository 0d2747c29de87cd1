"""Several calls for one question: who is asked again, who is asked next, and when it is enough."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from interactions.domain.interaction import Attempt
from interactions.providers.base import Message, ProviderFailed
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.resilience import Candidate, Guard, Outcome, Policy, ask
from project.logging import JsonFormatter
from tests.moving_clock import moving_clock
from tests.providers.asking import provider_of
from tests.providers.behaviours import Answer as Answered
from tests.providers.behaviours import Cut, Status
from tests.providers.scripted import BROKEN, BUSY, HELLO, LATE, REFUSED, After, Ledger, candidate
from tests.providers.server import LanguageModel

SECONDS = 25.0
MESSAGES = [Message("user", "what-nobody-may-repeat")]
DEFAULT = Policy()


@pytest.fixture(autouse=True)
def _waiting_takes_no_time() -> Iterator[None]:
    with moving_clock():
        yield


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


def test_one_call_is_enough_where_it_is_answered() -> None:
    first, one = candidate("first", After(0.5, HELLO))
    second, other = candidate("second", HELLO)
    deadline = time.monotonic() + SECONDS
    outcome = ask([one, other], MESSAGES, max_tokens=7, temperature=None, deadline=deadline, guard=Ledger())
    [call] = first.calls
    assert call[:5] == (MESSAGES, "model-of-first", 7, None, deadline)
    assert second.calls == []
    [attempt] = outcome.attempts
    assert attempt.latency_ms is not None
    assert 500 <= attempt.latency_ms < 1000
    assert outcome == Outcome(HELLO, "first", (attempt,), None, False, attempt.latency_ms, 0)


def test_what_may_pass_is_tried_three_times_and_then_the_next_provider() -> None:
    first, one = candidate("first", BUSY)
    second, other = candidate("second", BUSY, HELLO)
    outcome = asked(one, other)
    assert (outcome.answer, outcome.provider, outcome.depth, outcome.failure) == (HELLO, "second", 1, None)
    assert types(outcome) == [("first", "server-error")] * 3 + [("second", "server-error"), ("second", None)]
    assert len(first.calls) == 3
    assert second.calls[0].model == "model-of-second"


@pytest.mark.parametrize("failure", [BROKEN, LATE, REFUSED], ids=str)
def test_what_would_not_pass_is_not_tried_again(failure: ProviderFailed) -> None:
    _, one = candidate("first", failure)
    _, other = candidate("second", failure)
    outcome = asked(one, other)
    assert types(outcome) == [("first", failure.type), ("second", failure.type)]
    assert (outcome.answer, outcome.failure, outcome.provider, outcome.depth) == (None, failure, "second", 1)
    assert not outcome.is_late


def test_waits_are_random_and_may_be_longer_each_time_up_to_a_limit() -> None:
    policy = Policy(calls=5, base_wait=0.25, longest_wait=1.0)
    waits: list[list[float]] = []
    for _ in range(100):
        provider, one = candidate("first", BUSY)
        asked(one, policy=policy)
        waits.append(provider.waits)
    for number, most in enumerate((0.25, 0.5, 1.0, 1.0)):
        seen = [each[number] for each in waits]
        assert all(-0.001 < wait <= most + 0.001 for wait in seen)
        assert min(seen) < most / 2 < max(seen)


def test_a_provider_that_asks_for_time_gets_it() -> None:
    provider, one = candidate("first", wait_asked(2.0), wait_asked(5.0), HELLO)
    assert asked(one).answer == HELLO
    first, second = provider.waits
    assert 2.0 <= first + 0.001 <= 2.3
    assert 5.0 <= second + 0.001 <= 5.6


def test_a_wait_that_is_asked_for_and_too_long_is_not_waited() -> None:
    too_long = wait_asked(5.1)
    _, one = candidate("first", too_long)
    _, other = candidate("second", HELLO)
    outcome = asked(one, other)
    assert types(outcome) == [("first", "rate-limited"), ("second", None)]
    alone = asked(one)
    assert (alone.failure, alone.is_late) == (too_long, False)


def test_a_wait_that_does_not_fit_means_the_next_provider_and_the_deadline_where_there_is_none() -> None:
    _, one = candidate("first", wait_asked(4.0))
    _, other = candidate("second", HELLO)
    _, broken = candidate("third", BROKEN)
    assert types(asked(one, other, seconds=4.2)) == [("first", "rate-limited"), ("second", None)]
    assert asked(one, seconds=4.2).is_late
    assert not asked(one, broken, seconds=4.2).is_late  # whose failure it is in the end


def test_a_wait_leaves_time_for_the_call_after_it() -> None:
    policy = Policy(base_wait=100.0, longest_wait=100.0)
    for _ in range(20):
        provider, one = candidate("first", BUSY, HELLO)
        outcome = asked(one, seconds=1.0, policy=policy)
        assert outcome.answer == HELLO
        assert provider.calls[1].deadline - provider.calls[1].at >= policy.shortest_call


def test_no_call_is_begun_that_could_not_end() -> None:
    second, other = candidate("second", HELLO)
    _, one = candidate("first", After(9.8, BROKEN))
    outcome = asked(one, other, seconds=10.0)
    assert types(outcome) == [("first", "malformed-answer")]
    assert second.calls == []
    assert outcome.is_late
    assert (outcome.provider, outcome.depth, outcome.failure) == ("first", 0, BROKEN)


def test_a_call_that_lasts_until_the_deadline_is_late_and_one_that_was_given_up_before_is_not() -> None:
    _, one = candidate("first", After(10.0, LATE))
    at_the_deadline, before = asked(one, seconds=10.0), asked(one, seconds=12.0)
    assert (at_the_deadline.is_late, at_the_deadline.failure) == (True, LATE)
    assert (before.is_late, before.failure) == (False, LATE)


def test_where_no_time_is_left_at_all_nothing_is_asked() -> None:
    provider, one = candidate("first", HELLO)
    ledger = Ledger()
    outcome = asked(one, seconds=0.2, guard=ledger)
    assert outcome == Outcome(None, None, (), None, True, None, 0)
    assert (provider.calls, ledger.reserved) == ([], [])


def test_without_anybody_to_ask_nobody_is_asked() -> None:
    assert asked() == Outcome(None, None, (), None, False, None, 0)


def test_who_keeps_failing_is_passed_over_which_is_on_record() -> None:
    first, one = candidate("first", HELLO, breaker=open_breaker())
    _, other = candidate("second", HELLO)
    outcome = asked(one, other)
    assert outcome.attempts[0] == Attempt(provider="first", error_type="circuit-open", latency_ms=None)
    assert (outcome.answer, outcome.depth, first.calls) == (HELLO, 1, [])
    alone = asked(one)
    assert alone.failure is not None
    assert (alone.failure.type, alone.provider, alone.latency_ms) == ("circuit-open", "first", None)
    assert not alone.is_late


def test_a_call_that_failed_says_more_than_one_that_was_not_made() -> None:
    _, one = candidate("first", After(1.0, BROKEN))
    _, other = candidate("second", HELLO, breaker=open_breaker())
    outcome = asked(one, other)
    assert types(outcome) == [("first", "malformed-answer"), ("second", "circuit-open")]
    assert (outcome.failure, outcome.provider, outcome.depth) == (BROKEN, "first", 0)
    assert outcome.latency_ms is not None
    assert outcome.latency_ms >= 1000


def test_a_breaker_that_opens_ends_the_retries() -> None:
    breaker = CircuitBreaker(2, 30.0)
    provider, one = candidate("first", BUSY, breaker=breaker)
    outcome = asked(one)
    assert types(outcome) == [("first", "server-error")] * 2
    assert outcome.failure is BUSY
    assert breaker.state == "open"
    assert types(asked(one)) == [("first", "circuit-open")]
    assert len(provider.calls) == 2


def test_a_probe_is_one_call_and_closes_the_breaker_when_it_is_answered() -> None:
    breaker = open_breaker(seconds=5.0)
    _, one = candidate("first", BUSY, HELLO, breaker=breaker)
    time.sleep(5.0)
    assert types(asked(one)) == [("first", "server-error")]
    time.sleep(5.0)
    assert asked(one).answer == HELLO
    assert breaker.state == "closed"


@pytest.mark.parametrize(
    ("result", "seconds", "state"),
    [
        (BROKEN, SECONDS, "open"),
        (REFUSED, SECONDS, "closed"),
        (After(6.0, LATE), 6.0, "open"),
        (After(6.0, LATE), SECONDS, "open"),
        (After(4.0, LATE), 4.0, "closed"),  # others had used the time up
        (After(4.0, LATE), SECONDS, "open"),
        (After(4.0, BROKEN), 4.0, "open"),
    ],
)
def test_only_what_speaks_against_a_provider_opens_its_breaker(
    result: ProviderFailed | After, seconds: float, state: str
) -> None:
    breaker = CircuitBreaker(1, 30.0)
    _, one = candidate("first", result, breaker=breaker)
    asked(one, seconds=seconds)
    assert breaker.state == state


@pytest.mark.parametrize(
    "result",
    [REFUSED, ValueError("a bug"), KeyboardInterrupt(), HELLO],
    ids=["refused", "a bug", "the end", "an answer"],
)
def test_no_probe_is_lost_whatever_becomes_of_its_call(result: BaseException) -> None:
    breaker = open_breaker(seconds=1.0)
    _, one = candidate("first", result, breaker=breaker)
    time.sleep(1.0)
    try:
        asked(one)
    except KeyboardInterrupt:
        assert breaker.state == "half-open"
    time.sleep(1.0)
    assert breaker.admit() is not None


def test_each_call_is_reserved_and_settled_with_what_became_of_it() -> None:
    _, one = candidate("first", BUSY, BROKEN)
    _, other = candidate("second", HELLO)
    ledger = Ledger()
    asked(one, other, guard=ledger)
    assert ledger.reserved == ["first", "first", "second"]
    assert ledger.settled == [("first", BUSY), ("first", BROKEN), ("second", HELLO)]


def test_who_has_no_price_is_passed_over() -> None:
    no_price = ProviderFailed("no-price", "no price is known", counts=False)
    first, one = candidate("first", HELLO)
    _, other = candidate("second", HELLO)
    ledger = Ledger({"first": no_price})
    outcome = asked(one, other, guard=ledger)
    assert outcome.attempts[0] == Attempt(provider="first", error_type="no-price", latency_ms=None)
    assert (outcome.answer, first.calls, ledger.settled) == (HELLO, [], [("second", HELLO)])
    assert asked(one, guard=ledger).failure is no_price


def test_the_spending_limit_ends_it_all() -> None:
    limit = ProviderFailed("spending-limit", "the day's limit is spent", counts=False)
    _, one = candidate("first", BROKEN)
    second, other = candidate("second", HELLO)
    third, another = candidate("third", HELLO)
    outcome = asked(one, other, another, guard=Ledger({"second": limit}))
    assert types(outcome) == [("first", "malformed-answer"), ("second", "spending-limit")]
    assert (outcome.failure, outcome.is_late) == (limit, False)
    assert (second.calls, third.calls) == ([], [])


def test_a_reservation_that_took_too_long_is_given_back_without_a_call() -> None:
    provider, one = candidate("first", HELLO)
    ledger = Ledger(seconds=0.9)
    outcome = asked(one, seconds=1.0, guard=ledger)
    assert (outcome.is_late, outcome.attempts, provider.calls) == (True, (), [])
    [(_, failure)] = ledger.settled
    assert isinstance(failure, ProviderFailed)
    assert not failure.billable


def test_a_store_that_fails_to_reserve_costs_no_probe() -> None:
    breaker = open_breaker(seconds=1.0)
    _, one = candidate("first", HELLO, breaker=breaker)
    time.sleep(1.0)
    with pytest.raises(ZeroDivisionError):
        asked(one, guard=Ledger({"first": ZeroDivisionError()}))
    assert breaker.admit() is not None


def test_an_answer_is_not_lost_where_settling_fails(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Ledger):
        def settle(self, *given: object) -> None:
            raise ZeroDivisionError

    _, one = candidate("first", HELLO)
    assert asked(one, guard=Failing()).answer == HELLO
    assert "ZeroDivisionError" in JsonFormatter().format(caplog.records[-1])


def test_an_error_that_nobody_foresaw_is_a_failure_too_and_its_text_is_told_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, one = candidate("first", ValueError(MESSAGES[0].text))
    _, other = candidate("second", HELLO)
    ledger = Ledger()
    outcome = asked(one, other, guard=ledger)
    assert types(outcome) == [("first", "internal-error"), ("second", None)]
    failure = ledger.settled[0][1]
    assert isinstance(failure, ProviderFailed)
    assert failure.billable
    [line] = [JsonFormatter().format(record) for record in caplog.records]
    assert "ValueError" in line
    assert "scripted.py" in line
    assert MESSAGES[0].text not in line + str(failure)


def test_when_the_process_is_told_to_end_the_call_may_have_cost_something() -> None:
    _, one = candidate("first", KeyboardInterrupt())
    ledger = Ledger()
    with pytest.raises(KeyboardInterrupt):
        asked(one, guard=ledger)
    [(_, failure)] = ledger.settled
    assert isinstance(failure, ProviderFailed)
    assert failure.billable


def test_a_real_provider_is_asked_until_it_answers(model: LanguageModel) -> None:
    provider = provider_of(model)
    model.will(Status(503), Cut(), Answered("at last"))
    try:
        outcome = asked(Candidate(provider, "a-model", CircuitBreaker(5, 30.0)))
    finally:
        provider.disconnect()
    assert outcome.answer is not None
    assert outcome.answer.text == "at last"
    assert types(outcome) == [("openai", "server-error"), ("openai", "connection-lost"), ("openai", None)]
