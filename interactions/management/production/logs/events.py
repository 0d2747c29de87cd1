"""The events of a log group, each once: those there are, and those that come while one waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from django.core.management.base import CommandError

from interactions.management.production.command import code_of
from interactions.management.production.deployment import Deployment

# What is written now may be found so much later.
LATE_MILLISECONDS = 120_000


class LogEvent(NamedTuple):
    """`at` is in milliseconds since 1970."""

    at: int
    stream: str
    message: str


class LogGroup:
    """The function's log."""

    def __init__(self, deployment: Deployment) -> None:
        self._name = deployment.log_group
        self._region = deployment.region
        self._client = deployment.client("logs")

    def events(self, since: int, pattern: str) -> Iterator[LogEvent]:
        """Those from then on, oldest first as CloudWatch finds them."""
        for event in self._found(since, pattern):
            yield _event(event)

    def follow(self, since: int, pattern: str, *, seconds: float | None, interval: float) -> Iterator[LogEvent]:
        """The same, and then those that come, for so many seconds or for ever.

        What is found late is older than what is known already: each look goes back, and leaves out what is known.
        """
        end = None if seconds is None else time.monotonic() + seconds
        seen: dict[str, int] = {}
        newest = since
        while True:
            begin = max(since, newest - LATE_MILLISECONDS)
            found = sorted(self._found(begin, pattern), key=lambda event: int(event["timestamp"]))
            for event in found:
                if event["eventId"] not in seen:
                    seen[event["eventId"]] = event["timestamp"]
                    yield _event(event)
                    newest = max(newest, event["timestamp"])
            seen = {event: at for event, at in seen.items() if at >= newest - LATE_MILLISECONDS}
            left = interval if end is None else end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(interval, left))

    def _found(self, since: int, pattern: str) -> Iterator[dict[str, Any]]:
        asked = {"logGroupName": self._name, "startTime": since, **({"filterPattern": pattern} if pattern else {})}
        try:
            for page in self._client.get_paginator("filter_log_events").paginate(**asked):
                yield from page["events"]
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            raise CommandError(
                f"There is no log group {self._name} in {self._region}: look at --environment and --region; "
                "`terraform apply` makes it."
            ) from error


def _event(event: dict[str, Any]) -> LogEvent:
    return LogEvent(int(event["timestamp"]), event["logStreamName"], event["message"])
