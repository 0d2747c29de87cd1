"""Invocations of the handler in a process of its own, what they answer, and the lines that are logged meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from tests.events.proxy import proxy_event
from tests.production.process import python

MODULE = ("-m", "tests.logging.environment")
MADE_UP = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_LAMBDA_FUNCTION_NAME": "interactions-test"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`left` is how many milliseconds Lambda would have waited on."""

    status: int
    headers: Mapping[str, Sequence[str]]
    text: str
    left: int

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text)
        return document

    def header(self, name: str) -> str:
        (value,) = self.headers[name]
        return value


@dataclass(frozen=True)
class Run:
    answers: list[Answer]
    log: str

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """Every line of the log, each of which has to be a JSON object."""
        return [json.loads(line) for line in self.log.splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "interactions.requests"]

    @property
    def others(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] != "interactions.requests"]


def asked(event: Any, *, seconds: float = 28.0, trace: str = "") -> dict[str, Any]:
    """An invocation, which Lambda would end after so many seconds."""
    return {"event": event, "seconds": seconds, "trace": trace, "invocation": str(uuid4())}


def request(
    path: str,
    *,
    method: str = "GET",
    key: str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 28.0,
    trace: str = "",
) -> dict[str, Any]:
    """An invocation by a request of a REST API."""
    sent = dict(headers or {})
    if key:
        sent["Authorization"] = f"Bearer {key}"
    if body is not None:
        sent["Content-Type"] = "application/json"
    raw = b"" if body is None else json.dumps(body).encode()
    where, _, query = path.partition("?")
    event = proxy_event(method=method, path=where, query=query, headers=[*sent.items()], body=raw)
    return asked(event, seconds=seconds, trace=trace)


def invoked(invocations: Sequence[dict[str, Any]], *options: str, **environment: str | None) -> Run:
    """Start an environment of Lambda and invoke it with each in turn."""
    done = python(*MODULE, *options, stdin=json.dumps(invocations), **(MADE_UP | environment))
    assert done.returncode == 0, done.stderr
    answers = [
        Answer(given["statusCode"], given["multiValueHeaders"], given["body"], each["left"])
        for each in json.loads(done.stdout)
        if "statusCode" in (given := each["answer"])
    ]
    return Run(answers, done.stderr)
