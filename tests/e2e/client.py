"""A plain HTTP client for tests that ask from many threads."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

TIMEOUT = 60  # seconds, after which a service that hangs fails the test


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any


class Client:
    """Asks with one API key. Each request has a connection of its own, so that none ends under the next request."""

    def __init__(self, url: str, key: str) -> None:
        self._host = urlsplit(url).netloc
        self._key = key

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The answer; `headers` are written with underscores. Raises OSError or HTTPException when there is none."""
        connection = HTTPConnection(self._host, timeout=TIMEOUT)
        sent = {"Authorization": f"Bearer {self._key}", "Connection": "close"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            content = response.read()
            return Answer(response.status, dict(response.getheaders()), json.loads(content) if content else None)
        finally:
            connection.close()

    def walk(self, path: str) -> list[dict[str, Any]]:
        """The results of all pages."""
        found: list[dict[str, Any]] = []
        while path:
            answer = self.ask("GET", path)
            assert answer.status == 200, answer
            found += answer.body["results"]
            path = (answer.body["next"] or "").partition(self._host)[2]
        return found
