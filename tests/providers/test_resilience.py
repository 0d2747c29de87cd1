"""Several calls for one question: who is asked again, who is asked next, and when it is enough."""

from __future__ import annotations

import time

import pytest

from interactions.domain.interaction import Attempt
from interactions.providers.base import ProviderFailed
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.resilience import Outcome, Policy, ask
from tests.providers.resilient import MESSAGES, SECONDS, asked, open_breaker, types, wait_asked
from tests.providers.scripted import BROKEN, BUSY, HELLO, LATE, REFUSED, After, Ledger, candidate

pytestmark = pytest.mark.usefixtures("slept")


def test_one_call_is_enough_where_it_is_answered() -> None:
    first, one = candidate("first", After(0.5, HELLO))
    second, other = candidate("second", HELLO)
    deadline = time.monotonic() + SECONDS
    outcome = ask([one, other], MESSAGES, max_tokens=7, temperature=None, deadline=deadline, guard=Ledger())
    [call] = first.calls
    assert call == (MESSAGES, "model-of-first", 7, None, deadline)
    assert second.calls == []
    [attempt] = outcome.attempts
    assert attempt.latency_ms is not None
    assert 500 <= attempt.latency_ms < 10_000
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


def test_waits_are_random_and_may_be_longer_each_time_up_to_a_limit(slept: list[float]) -> None:
    policy = Policy(calls=5, base_wait=0.25, longest_wait=1.0)
    for _ in range(100):
        asked(candidate("first", BUSY)[1], policy=policy)
    for number, most in enumerate((0.25, 0.5, 1.0, 1.0)):
        waits = slept[number::4]
        assert len(waits) == 100
        assert 0 <= min(waits) < most / 2 < max(waits) <= most


def test_a_provider_that_asks_for_time_gets_it(slept: list[float]) -> None:
    _, one = candidate("first", wait_asked(2.0), wait_asked(5.0), HELLO)
    assert asked(one).answer == HELLO
    first, second = slept
    assert 2.0 <= first <= 2.25
    assert 5.0 <= second <= 5.5


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


def test_a_wait_leaves_time_for_the_call_after_it(slept: list[float]) -> None:
    for _ in range(20):
        _, one = candidate("first", BUSY)
        asked(one, seconds=10.0, policy=Policy(calls=2, base_wait=100.0, longest_wait=100.0, shortest_call=8.0))
    assert len(slept) == 20
    assert 1.0 < max(slept) <= 2.0


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
    _, resting = candidate("second", HELLO, breaker=open_breaker())
    assert asked(one, resting, seconds=0.2, guard=ledger).is_late
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
