"""The trial: a version asked directly, whatever share of the callers' requests it gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.management.base import CommandError

from interactions.management.production.deployment import Deployment
from interactions.management.production.release.invoking import InvokedVersion
from interactions.management.production.release.live import Live, Version
from interactions.management.production.smoke.client import NoAnswer
from interactions.management.production.smoke.steps import Steps

PATHS = ("/health", "/ready")
# At 100,000 requests a month a canary of a tenth gets some two requests in 10 minutes, too few to judge it by. A round
# has 10 requests: five rounds find a version that fails a tenth of its requests in 99 of 100 trials.
ROUNDS = 5
LEND = "lend_trial_key"


@dataclass(slots=True)
class Tried:
    """How many requests of the trial a version has answered, how many of them wrongly, and what was wrong."""

    requests: int = 0
    failed: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, requests: int, faults: list[str]) -> None:
        self.requests += requests
        self.failed += len(faults)
        self.faults += faults


def try_out(deployment: Deployment, version: Version) -> None:
    """Ask the version for /health and /ready, which write nothing.

    Raises:
        CommandError: it does not answer each of them by 200.
    """
    service = InvokedVersion(deployment, version)
    for path in PATHS:
        try:
            status = service.ask("GET", path).status
            fault = None if status == 200 else f"it answered {status}"
        except NoAnswer as error:
            fault = str(error)
        if fault:
            raise CommandError(cannot_serve(version, f"{fault} for GET {path}"))


def cannot_serve(version: Version, fault: str) -> str:
    more = "`manage.py logs --level ERROR` says more."
    return f"Version {version.number} cannot serve, and gets no request: {fault}. {more}"


def tried(deployment: Deployment, live: Live, version: Version, rounds: int = ROUNDS) -> Tried:
    """Take the steps of `smoke` on the version, several times; the first round with a fault is the last.

    Each round has a user of its own, whose data is erased at its end whatever happens.
    """
    service = InvokedVersion(deployment, version)
    result = Tried()
    for _ in range(rounds):
        with _lent_key(deployment, live, service, result) as key:
            if key is not None:
                said: list[str] = []
                steps = Steps(service, key, said.append)
                steps.take(1)
                result.add(steps.taken, [line.partition("  ")[2] for line in said if line.startswith("FAILED")])
        if result.failed:
            break
    return result


@contextmanager
def _lent_key(deployment: Deployment, live: Live, service: InvokedVersion, result: Tried) -> Iterator[str | None]:
    """A key of the version's own making for a new user, who is erased afterwards. None when the version makes none."""
    try:
        lent = service.do(LEND)
        user_id, key = str(lent["user_id"]), str(lent["key"])
    except (NoAnswer, KeyError) as error:
        reason = error if isinstance(error, NoAnswer) else "it gave none"
        result.add(1, [f"a key for the trial: {reason}"])
        yield None
        return
    try:
        yield key
    finally:
        fault = _erased(service, user_id, key)
        result.add(1, [f"erase what the trial has written: {fault}"] if fault else [])
        if fault:
            stable = InvokedVersion(deployment, live.versions[live.alias.stable])
            if _erased(stable, user_id, key):
                result.faults.append(f"what is left of the trial: `manage.py erase_user {user_id}` deletes it")


def _erased(service: InvokedVersion, user_id: str, key: str) -> str | None:
    """Erase the user, the key included; what went wrong, if anything did."""
    try:
        answer = service.ask("DELETE", f"/v1/users/{user_id}", headers={"Authorization": f"Bearer {key}"})
    except NoAnswer as error:
        return str(error)
    if answer.status != 200:
        return f"it answered {answer.status}"
    return None if answer.document().get("complete") is True else "it is not complete"
