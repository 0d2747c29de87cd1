"""Requests over HTTP or HTTPS to a service that runs elsewhere."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.transports.client import Answer, Request
from tests.transports.place import Place

TIMEOUT = 60  # seconds, after which a service that hangs fails the test
# An invocation's event may be so large, and base64 makes four bytes of three.
MAX_BODY_BYTES = 6_291_556 // 4 * 3 - 10_000
# API Gateway gives some headers another name.
RENAMED = "x-amzn-remapped-"
# What the server or the gateway adds: it says nothing of the service, and differs from one request to the next.
OF_THE_SERVER = {"connection", "date", "server", "x-amzn-requestid", "x-amzn-trace-id"}


class Http:
    """At a base URL, which may end in a stage. Its certificate is of the authority of that file."""

    def __init__(self, url: str, authority: Path | None = None) -> None:
        parts = urlsplit(url.rstrip("/"))
        self.place = Place(f"{parts.scheme}://{parts.netloc}", parts.path, here=False)
        self.requests = 0
        self._tls = ssl.create_default_context(cafile=authority) if parts.scheme == "https" else None
        self._netloc = parts.netloc

    def send(self, request: Request) -> Answer:
        if len(request.body) > MAX_BODY_BYTES:
            pytest.skip("a body that the gateway refuses before the service sees it")
        self.requests += 1
        connection = self._connection()
        try:
            query = f"?{request.query}" if request.query else ""
            connection.putrequest(
                request.method, f"{self.place.prefix}{request.path}{query}", skip_host=True, skip_accept_encoding=True
            )
            for name, value in request.headers:
                connection.putheader(name, value)
            connection.putheader("Connection", "close")
            if request.body or request.method not in {"GET", "HEAD", "OPTIONS"}:
                connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body or None)
            response = connection.getresponse()
            headers = [
                (_as_sent(name), value) for name, value in response.getheaders() if name.lower() not in OF_THE_SERVER
            ]
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self._tls is None:
            return HTTPConnection(self._netloc, timeout=TIMEOUT)
        return HTTPSConnection(self._netloc, timeout=TIMEOUT, context=self._tls)


def _as_sent(name: str) -> str:
    return name[len(RENAMED) :] if name.lower().startswith(RENAMED) else name
