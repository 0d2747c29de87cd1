"""The judgement of a canary: what was seen of it, and whether it may be kept. It asks nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from interactions.management.base import counted

# Fewer requests of callers say next to nothing about a version.
LEAST_REQUESTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a version. None stands for a number that CloudWatch does not have, and is never taken for 0.

    `tried` and `failed` count the trial's requests, `requests` those of callers. `failures` counts all that the version
    failed since the trial began. `ringing` are the watched alarms that went into ALARM, `silent` those without data.
    """

    tried: int
    failed: int = 0
    ringing: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    requests: int | None = None
    failures: int | None = None


class Verdict(NamedTuple):
    """`basis` is a noun phrase: what speaks against the version, or what it was judged by."""

    keeps: bool
    basis: str


def judged(evidence: Evidence) -> Verdict:
    """Keep the version unless something has failed. The basis says it plainly where the trial alone decided."""
    if evidence.failed:
        return Verdict(False, f"{counted(evidence.failed, 'failed request')} of {evidence.tried} in its trial")
    if evidence.ringing:
        return Verdict(False, ", ".join(evidence.ringing))
    if evidence.failures:
        return Verdict(False, f"{counted(evidence.failures, 'failed request')} in its metrics")
    if not evidence.tried:
        return Verdict(False, "no trial")
    trial = counted(evidence.tried, "request")
    doubts = [*_doubts(evidence)]
    if doubts:
        return Verdict(True, f"judged by the trial alone, {trial}: {'; '.join(doubts)}")
    return Verdict(True, f"judged by {evidence.requests} requests of callers and {trial} of the trial")


def _doubts(evidence: Evidence) -> Iterator[str]:
    """Why the callers' requests cannot be judged by."""
    if evidence.requests is None:
        yield "CloudWatch has no request of callers to it"
    elif evidence.requests < LEAST_REQUESTS:
        yield f"callers sent {counted(evidence.requests, 'request')}, fewer than {LEAST_REQUESTS}"
    if evidence.failures is None:
        yield "CloudWatch has no data of its failures"
    if evidence.silent:
        yield f"without data are {', '.join(evidence.silent)}"
