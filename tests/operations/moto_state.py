"""What moto holds and what asks it, each made once in a process: making them takes longer than most tests."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.hooks import HierarchicalEmitter
from moto.core.base_backend import BackendDict
from moto.core.models import DEFAULT_ACCOUNT_ID

REGION = "us-east-1"
EVENTS = ("before-parameter-build", "before-call", "before-send", "after-call")


class Clients:
    """A client for each service; also in the place of boto3's default session.

    They tell their events to the listener, which each test has for itself.
    """

    def __init__(self) -> None:
        session = botocore.session.Session()
        self._session = boto3.Session(region_name=REGION, botocore_session=session)
        self._clients: dict[tuple[str, str], Any] = {}
        self.listener = HierarchicalEmitter()
        for event in EVENTS:
            self._session.events.register(event, self._tell)

    def client(self, service: str, config: Any = None) -> Any:
        region = config.region_name if config else REGION
        if (service, region) not in self._clients:
            self._clients[service, region] = self._session.client(service, config=config)
        return self._clients[service, region]

    def _tell(self, event_name: str, **context: Any) -> Any:
        return self.listener.emit_until_response(event_name, **context)[1]


class Kept:
    """A state of backends, which is made for the first test and copied for each other."""

    def __init__(self, *backends: BackendDict[Any]) -> None:
        self._backends = backends
        self._kept: list[tuple[Any, dict[str, Any]]] = []

    def restore(self, make: Callable[[], None]) -> None:
        found = [each[DEFAULT_ACCOUNT_ID][REGION] for each in self._backends]
        if not self._kept:
            make()
            self._kept = [(backend, _copied(vars(backend), {id(each): each for each in found})) for backend in found]
        else:
            # What refers to the backend of the first test refers to this test's.
            now = {id(kept): backend for (kept, _), backend in zip(self._kept, found, strict=True)}
            for (_, state), backend in zip(self._kept, found, strict=True):
                vars(backend).update(_copied(state, now))


def _copied(state: dict[str, Any], backends: dict[int, Any]) -> dict[str, Any]:
    return copy.deepcopy(state, dict(backends))
