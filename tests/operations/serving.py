"""The deployed function, which is the service's own handler: Lambda hands it each invocation, and takes its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from django.urls import clear_script_prefix

from tests.events.invocation import invoked
from tests.operations.deployed import ENVIRONMENT, Answer, Deployed

Change = Callable[[dict[str, Any], Any], Any]


class Served:
    """The events of all versions. `change` returns the answer to an event in place of the service's.

    The stable version, which is 2, is sound unless `everywhere`.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.versions: list[str] = []
        self.change: Change = lambda event, answer: answer
        self.everywhere = False

    @property
    def requests(self) -> list[str]:
        """Method and path of each request."""
        return [f"{event['httpMethod']} {event['path']}" for event in self.events if "path" in event]

    def invoke(self, version: str, body: bytes) -> Answer:
        event = json.loads(body)
        self.events.append(event)
        self.versions.append(version)
        failure = None
        try:
            given = invoked(event)
            if version != "2" or self.everywhere:
                given = self.change(event, given)
        except Exception as error:
            failure, given = "Unhandled", {"errorType": type(error).__name__, "errorMessage": str(error)}
        return _answer(given, failure)


def _answer(given: Any, failure: str | None) -> Answer:
    class Response:
        status_code = 200

    parsed: dict[str, Any] = {"StatusCode": 200, "Payload": BytesIO(json.dumps(given).encode())}
    return Response(), parsed | ({"FunctionError": failure} if failure else {})


@contextmanager
def serving(deployed: Deployed) -> Iterator[Served]:
    """Let the handler answer invocations, over the test's database, whose transaction no request may end."""
    served = Served()
    deployed.invoke = served.invoke
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, *ENVIRONMENT["ALLOWED_HOSTS"].split(",")]):
            yield served
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
        clear_script_prefix()
