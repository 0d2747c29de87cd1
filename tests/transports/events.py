"""Requests as events of API Gateway, through the handler of Lambda, in this process."""

from __future__ import annotations

from typing import Any

from django.core.signals import setting_changed

from tests.events.invocation import answered
from tests.events.proxy import proxy_event
from tests.transports.client import Answer, Request
from tests.transports.place import Place


class Events:
    """Behind the invoke URL of a stage."""

    def __init__(self, stage: str = "prod") -> None:
        self.place = Place("https://testserver", f"/{stage}")
        self.requests = 0
        self._stage = stage
        self._outdated = False
        setting_changed.connect(self._outdate)

    def send(self, request: Request) -> Answer:
        self.requests += 1
        self._renew()
        event = proxy_event(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
            stage=self._stage,
            source_ip=request.address,
        )
        return answered(event)

    def _outdate(self, **changed: Any) -> None:
        self._outdated = True

    def _renew(self) -> None:
        """Let the middleware see what a test has set, as those of Django's client do, each of which has its own."""
        if self._outdated:
            from project.wsgi import application

            application.load_middleware()
            self._outdated = False
