"""What rate limits count with: windows that no crowd of requests gets past, and the settings they are read from."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from interactions.api.throttling import Policy, take
from interactions.domain.rates import Rate
from project.settings import environment
from tests.api.everywhere import everywhere

MEETING = Barrier(8)


class MeetingCache(LocMemCache):
    """Whoever reads, or finds nothing to count on, goes on when all others have done so too."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = super().get(key, default, version)
        MEETING.wait(timeout=60)
        return found

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        try:
            return super().incr(key, delta, version)
        except ValueError:
            MEETING.wait(timeout=60)
            raise


@pytest.fixture(autouse=True)
def restless_threads() -> Iterator[None]:
    """Threads that change places at every turn, so that what is not atomic shows."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(
    "rates", [{"user": "20/day"}, {"key": "20/day"}, everywhere({"user": "20/day", "key": "25/day"})]
)
def test_of_requests_that_meet_as_many_pass_as_the_limit_allows(settings: Settings, rates: dict[str, str]) -> None:
    settings.INTERACTIONS_RATE_LIMIT_USER, settings.INTERACTIONS_RATE_LIMIT_KEY = rates.get("user"), rates.get("key")
    key, _ = get_accounts().create_key(f"user-{uuid4().hex}", ("read",))
    start = Barrier(8)

    def ask(_: int) -> list[int]:
        client = APIClient(headers={"Authorization": f"Bearer {key}"})
        start.wait(timeout=60)
        try:
            return [client.get("/v1/session").status_code for _ in range(6)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(status for statuses in threads.map(ask, range(8)) for status in statuses)
    assert statuses == {200: 20, 429: 28}


def test_of_calls_that_meet_as_many_pass_as_each_policy_allows_and_those_refused_use_up_no_other() -> None:
    subject, start = uuid4().hex, Barrier(16)
    policies = [Policy("key", Rate(60, 3600), subject), Policy("user", Rate(100, 86400), subject)]

    def ask(_: int) -> int:
        start.wait(timeout=60)
        return sum(not any(quota.exceeded for quota in take(policies, now=1e9)) for _ in range(50))

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(ask, range(16))) == 60
    assert [quota.available for quota in take(policies, now=1e9)] == [0, 40]


def test_of_calls_that_all_find_the_same_as_many_pass_as_the_policy_allows(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.MeetingCache", "LOCATION": uuid4().hex}}
    policy = Policy("user", Rate(12, 60), "alice")

    def ask(_: int) -> int:
        return sum(not take([policy], now=0)[0].exceeded for _ in range(2))

    with ThreadPoolExecutor(MEETING.parties) as threads:
        assert sum(threads.map(ask, range(MEETING.parties))) == 12
    assert take([policy], now=0)[0].used == 17


@given(st.integers(1, 4), st.lists(st.floats(0, 10_000), min_size=1, max_size=30))
def test_each_window_lets_as_many_pass_whatever_is_refused_and_waiting_out_its_end_is_enough(
    count: int, offsets: list[float]
) -> None:
    policy = Policy("user", Rate(count, 3600), uuid4().hex)
    passed: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    for now in sorted(1e9 + offset for offset in offsets):
        (quota,) = take([policy], now)
        window = int(now // 3600)
        asked[window] += 1
        passed[window] += not quota.exceeded
        assert (quota.available, quota.exceeded) == (max(count - asked[window], 0), asked[window] > count)
        assert (now + quota.ends_in) // 3600 == window + 1
    assert passed == {window: min(n, count) for window, n in asked.items()}


def test_the_environment_sets_the_limits_and_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RATE_LIMIT_USER", raising=False)
    assert environment.rate("RATE_LIMIT_USER") is None
    monkeypatch.setenv("RATE_LIMIT_USER", "600/minute")
    assert environment.rate("RATE_LIMIT_USER") == "600/minute"
    monkeypatch.setenv("RATE_LIMIT_USER", "lots")
    with pytest.raises(ImproperlyConfigured, match="RATE_LIMIT_USER: 'lots' is not a number a second"):
        environment.rate("RATE_LIMIT_USER")


@pytest.mark.parametrize("rate", ["lots", "", 600])
def test_a_setting_that_is_no_rate_is_named_by_a_check(settings: Settings, rate: object) -> None:
    settings.INTERACTIONS_RATE_LIMIT_USER = settings.INTERACTIONS_RATE_LIMIT_KEY = rate
    assert {error.id for error in run_checks()} == {"interactions.E005", "interactions.E006"}
