"""The alarms of a deployment: which of them are in ALARM, and whether one goes into ALARM while a canary runs."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from django.core.management.base import CommandError

from interactions.management.production.deployment import Deployment

# Alarms on the newest version alone.
OF_THE_CANARY = ("canary-errors", "canary-5xx")
# Alarms that a bad version can set off. The others tell of data, of cost, of providers or of callers.
WATCHED = (
    *OF_THE_CANARY,
    "live-errors",
    "log-errors",
    "gateway-5xx",
    "lambda-throttles",
    "lambda-duration",
    "api-latency",
)


class Alarms:
    """The alarms of one deployment, by their names."""

    def __init__(self, deployment: Deployment) -> None:
        self._prefix = f"{deployment.name}-"
        self._client = deployment.client("cloudwatch")
        self.of_the_canary = {self._prefix + key for key in OF_THE_CANARY}

    def ringing(self) -> list[str]:
        """All of the deployment's."""
        pages = self._client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=self._prefix)
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
        return sorted(alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM")

    def watched_and_ringing(self) -> set[str]:
        """
        Raises:
            CommandError: one that should be watched does not exist.
        """
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in self._watched()}
        missing = [name for key in WATCHED if (name := self._prefix + key) not in states]
        if missing:
            raise CommandError(f"There is no alarm {', '.join(missing)} to watch: `terraform apply` makes them.")
        return {name for name, state in states.items() if state == "ALARM"}

    def watch(self, seconds: float, interval: float, excused: Collection[str]) -> list[str]:
        """Look at least once, until a watched alarm is in ALARM. Return those that are; none when the time is over.

        An excused alarm counts only after it has been seen in another state.
        """
        end = time.monotonic() + seconds
        while True:
            ringing = self.watched_and_ringing()
            excused = ringing.intersection(excused)
            left = end - time.monotonic()
            if ringing - excused or left <= 0:
                return sorted(ringing - excused)
            time.sleep(min(interval, left))

    def silent(self) -> list[str]:
        """The watched alarms that have had no data yet."""
        return sorted(alarm["AlarmName"] for alarm in self._watched() if alarm["StateValue"] == "INSUFFICIENT_DATA")

    def _watched(self) -> list[dict[str, Any]]:
        names = [self._prefix + key for key in WATCHED]
        found: list[dict[str, Any]] = self._client.describe_alarms(AlarmNames=names)["MetricAlarms"]
        return found
