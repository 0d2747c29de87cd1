"""Rate limits: requests with a credential, counted in windows of the clock by counters in Django's cache.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from interactions.accounts.base import Principal
from interactions.api.middleware import request_context
from interactions.api.problems import Problem
from interactions.conf import conf
from interactions.domain.errors import FieldError
from interactions.domain.rates import Rate

if TYPE_CHECKING:  # DRF's views import the throttles that the settings name
    from rest_framework.views import APIView

logger = logging.getLogger("interactions.throttling")

# A counter outlives its window, so that machines whose clocks differ a little go on with the same one.
SLACK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """A limit and whose requests count towards it; `name` is what the headers call it."""

    name: str
    rate: Rate
    subject: str

    def counter(self, window: int) -> str:
        # The subject is last: it is the only part that may have colons.
        return f"rate-limit:{self.name}:{self.rate.seconds}:{window}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Quota:
    """Where a policy stands in its window, which ends in that many seconds; when exceeded it refuses the request."""

    policy: Policy
    counter: str
    ends_in: int
    used: int
    exceeded: bool

    @property
    def available(self) -> int:
        return max(self.policy.rate.count - self.used, 0)


def take(policies: Sequence[Policy], now: float) -> list[Quota]:
    """Count a request towards each policy, at a time in seconds since 1970; it may pass unless one is exceeded.

    However many requests meet, no more pass than each policy allows. What one policy refuses uses up no other: those
    before it get it back, those after it are only looked at.
    """
    quotas: list[Quota] = []
    for policy in policies:
        if any(quota.exceeded for quota in quotas):
            quotas.append(_look(policy, now))
            continue
        quota = _count(policy, now)
        if quota.exceeded:
            quotas = [replace(earlier, used=cache.decr(earlier.counter)) for earlier in quotas]
        quotas.append(quota)
    return quotas


def _count(policy: Policy, now: float) -> Quota:
    window, ends_in = policy.rate.window(now)
    counter = policy.counter(window)
    try:
        used = cache.incr(counter)
    except ValueError:  # there is none yet, but somebody else may make it first
        made = cache.add(counter, 1, policy.rate.seconds + SLACK_SECONDS)
        used = 1 if made else cache.incr(counter)
    return Quota(policy, counter, ends_in, used, exceeded=used > policy.rate.count)


def _look(policy: Policy, now: float) -> Quota:
    window, ends_in = policy.rate.window(now)
    counter = policy.counter(window)
    used = cache.get(counter, 0)
    return Quota(policy, counter, ends_in, used, exceeded=used >= policy.rate.count)


class CredentialThrottle(BaseThrottle):
    """Counts what comes with a credential, for its user and, when it is a key, for the key; the rest is free."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        quotas = _taken(_policies(cast(Principal | None, request.user)))
        if quotas:
            request_context().headers |= _headers(quotas)
        exceeded = [quota for quota in quotas if quota.exceeded]
        if exceeded:
            raise _refusal(exceeded)
        return True


def _policies(principal: Principal | None) -> list[Policy]:
    """The key's comes first, so that a key over its limit leaves its user's other credentials alone."""
    policies = []
    if principal is not None and principal.key_id is not None and conf.rate_limit_key is not None:
        policies.append(Policy("key", conf.rate_limit_key, principal.key_id))
    if principal is not None and conf.rate_limit_user is not None:
        policies.append(Policy("user", conf.rate_limit_user, principal.user_id))
    return policies


def _taken(policies: Sequence[Policy]) -> list[Quota]:
    """Count the request; when the cache fails it is served uncounted, for limits protect the service, not the data."""
    try:
        return take(policies, time.time())
    except Exception as error:  # each cache has errors of its own, which need not be an OSError
        context = request_context()
        ids = {"request_id": context.request_id, "trace_id": context.trace_id, "user_id": context.user_id}
        logger.warning("request not counted: the cache failed", exc_info=error, extra=ids)
        return []


def _headers(quotas: Sequence[Quota]) -> dict[str, str]:
    rates = [(quota.policy.name, quota.policy.rate) for quota in quotas]
    return {
        "RateLimit-Policy": ", ".join(f'"{name}";q={rate.count};w={rate.seconds}' for name, rate in rates),
        "RateLimit": ", ".join(f'"{q.policy.name}";r={q.available};t={q.ends_in}' for q in quotas),
    }


def _refusal(exceeded: Sequence[Quota]) -> Problem:
    found = [
        FieldError(
            "RateLimit-Policy",
            quota.policy.name,
            f"allows each {quota.policy.name} {quota.policy.rate.count} requests in {quota.policy.rate.seconds} s",
        )
        for quota in exceeded
    ]
    wait = max(quota.ends_in for quota in exceeded)
    detail = f"The limit of requests of this {' and of this '.join(error.code for error in found)} is used up."
    return Problem("rate-limited", detail, found, {"Retry-After": str(wait)})
