"""A circuit breaker against a simple model of one, and by many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from interactions.providers.breaker import CircuitBreaker

FAILURES, SECONDS = 3, 30.0


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class AgainstAModel(RuleBasedStateMachine):
    """Calls begin and end in any order. The model knows since when it is open, and which calls still matter."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = CircuitBreaker(FAILURES, SECONDS, self.clock)
        self.in_a_row = 0
        self.blocked_until: float | None = None
        self.probe: int | None = None
        self.under_way: list[int] = []
        self.outdated: list[int] = []

    @rule(seconds=st.sampled_from([0.0, 1.0, SECONDS - 1, SECONDS, 2 * SECONDS]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def begin(self) -> None:
        ticket = self.breaker.admit()
        if self.blocked_until is not None and self.clock.now < self.blocked_until:
            assert ticket is None
            return
        assert ticket is not None
        assert ticket not in {*self.under_way, *self.outdated}
        self.under_way.append(ticket)
        if self.blocked_until is not None:
            self.probe, self.blocked_until = ticket, self.clock.now + SECONDS

    @rule(data=st.data(), works=st.sampled_from([True, False, False, None]))
    def end(self, data: st.DataObject, works: bool | None) -> None:
        if not self.under_way:
            return
        ticket = data.draw(st.sampled_from(self.under_way))
        self.under_way.remove(ticket)
        self.breaker.report(ticket, works)
        if works:
            self.in_a_row = 0
            if self.blocked_until is not None:
                self._turn(None)
        elif works is None:
            if ticket == self.probe:
                self.probe, self.blocked_until = None, self.clock.now
        else:
            self.in_a_row += 1
            if self.blocked_until is not None or self.in_a_row == FAILURES:
                self._turn(self.clock.now + SECONDS)

    @rule(data=st.data(), works=st.sampled_from([True, False, None]))
    def end_of_what_began_before_it_opened_or_closed(self, data: st.DataObject, works: bool | None) -> None:
        if self.outdated:
            self.breaker.report(data.draw(st.sampled_from(self.outdated)), works)

    def _turn(self, blocked_until: float | None) -> None:
        self.blocked_until, self.probe = blocked_until, None
        self.outdated += self.under_way
        self.under_way = []

    @invariant()
    def the_state_is_that_of_the_model(self) -> None:
        if self.blocked_until is None:
            assert self.breaker.state == "closed"
        elif self.probe is not None or self.clock.now >= self.blocked_until:
            assert self.breaker.state == "half-open"
        else:
            assert self.breaker.state == "open"


def test_it_does_what_a_simple_model_of_it_does() -> None:
    run_state_machine_as_test(AgainstAModel, settings=settings(stateful_step_count=30))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(FAILURES, SECONDS, clock)
    for _ in range(FAILURES):
        report(breaker, works=False)
    return breaker


def report(breaker: CircuitBreaker, *, works: bool | None) -> None:
    ticket = breaker.admit()
    assert ticket is not None
    breaker.report(ticket, works)


def test_it_opens_after_failures_in_a_row_which_a_success_interrupts(clock: Clock) -> None:
    breaker = CircuitBreaker(FAILURES, SECONDS, clock)
    for works in (False, False, True, False, False, None):
        report(breaker, works=works)
        assert breaker.state == "closed"
    report(breaker, works=False)
    assert breaker.admit() is None


def test_one_probe_closes_it(clock: Clock, opened: CircuitBreaker) -> None:
    clock.now += SECONDS
    probe = opened.admit()
    assert probe is not None
    assert opened.admit() is None
    opened.report(probe, works=True)
    assert opened.state == "closed"
    report(opened, works=False)
    assert opened.state == "closed"


def test_a_probe_that_fails_opens_it_for_as_long_again(clock: Clock, opened: CircuitBreaker) -> None:
    clock.now += SECONDS
    report(opened, works=False)
    clock.now += SECONDS - 1
    assert (opened.admit(), opened.state) == (None, "open")
    clock.now += 1
    assert opened.admit() is not None


def test_a_probe_of_which_nothing_is_heard_gives_up_its_place_but_may_still_close_it(
    clock: Clock, opened: CircuitBreaker
) -> None:
    clock.now += SECONDS
    slow = opened.admit()
    assert slow is not None
    clock.now += SECONDS
    assert opened.admit() is not None
    assert opened.admit() is None
    opened.report(slow, works=True)
    assert opened.state == "closed"


def test_a_probe_that_says_nothing_of_the_other_side_leaves_its_place_to_the_next(
    clock: Clock, opened: CircuitBreaker
) -> None:
    clock.now += SECONDS
    report(opened, works=None)
    assert opened.state == "half-open"
    assert opened.admit() is not None
    assert opened.admit() is None


def test_of_many_threads_one_is_the_probe(clock: Clock, opened: CircuitBreaker) -> None:
    clock.now += SECONDS
    together = Barrier(8)

    def admitted(_: int) -> bool:
        together.wait(60)
        return opened.admit() is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(admitted, range(8))) == 1


def test_what_began_before_it_opened_or_closed_has_nothing_to_say_any_more(clock: Clock) -> None:
    breaker = CircuitBreaker(FAILURES, SECONDS, clock)
    begun = [ticket for _ in range(FAILURES + 3) if (ticket := breaker.admit()) is not None]
    for ticket in begun[:FAILURES]:
        breaker.report(ticket, works=False)
    failing, working, *others = begun[FAILURES:]
    clock.now += SECONDS - 1
    breaker.report(failing, works=False)  # does not prolong it
    breaker.report(working, works=True)  # does not close it
    assert breaker.admit() is None
    clock.now += 1
    report(breaker, works=True)
    report(breaker, works=False)
    report(breaker, works=False)
    for ticket in others:
        breaker.report(ticket, works=False)
    assert breaker.state == "closed"
