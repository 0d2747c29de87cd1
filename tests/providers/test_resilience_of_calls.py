"""Several calls for one question, and what surrounds each of them: money, mistakes, the end of the process."""

from __future__ import annotations

import time

import pytest

from interactions.domain.interaction import Attempt
from interactions.providers.base import ProviderFailed
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.resilience import Candidate
from project.logging import JsonFormatter
from tests.providers.asking import provider_of
from tests.providers.behaviours import Answer as Answered
from tests.providers.behaviours import Cut, Status
from tests.providers.resilient import MESSAGES, asked, open_breaker, types, wait_asked
from tests.providers.scripted import BROKEN, BUSY, HELLO, Ledger, candidate
from tests.providers.server import LanguageModel

pytestmark = pytest.mark.usefixtures("slept")


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
    _, one = candidate("first", wait_asked(4.0))
    second, other = candidate("second", HELLO)
    third, another = candidate("third", HELLO)
    outcome = asked(one, other, another, guard=Ledger({"second": limit}), seconds=4.2)
    assert types(outcome) == [("first", "rate-limited"), ("second", "spending-limit")]
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
        outcome = asked(Candidate(provider, "a-model", CircuitBreaker(5, 30.0), "openai"))
    finally:
        provider.disconnect()
    assert outcome.answer is not None
    assert outcome.answer.text == "at last"
    assert types(outcome) == [("openai", "server-error"), ("openai", "connection-lost"), ("openai", None)]
