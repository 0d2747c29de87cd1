"""Sends what DRF's APIClient asks over a transport, instead of calling the application with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import rest_framework.test
from django.http import HttpRequest, HttpResponse
from rest_framework.test import APIClient

from tests.transports.place import Place, base, move_to, origin

# What a path may hold as it stands (RFC 3986 §3.3).
PATH = "/!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is on the wire; its path lacks the place's prefix."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    address: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Transport(Protocol):
    """Takes requests to where the service is, and counts them."""

    place: Place
    requests: int

    def send(self, request: Request) -> Answer: ...


def send_all_over(transport: Transport) -> None:
    """Let every APIClient of this process that is made from here on send over the transport."""
    move_to(transport.place)
    plain = APIClient.generic

    class Handler(Carrier):
        def __init__(self, enforce_csrf_checks: bool = True) -> None:
            self.enforce_csrf_checks = enforce_csrf_checks  # which a test may change: out there they always are
            self.transport = transport

    def generic(client: APIClient, method: str, path: str, *given: Any, **named: Any) -> Any:
        if urlsplit(path).scheme:
            assert path.startswith(f"{base()}/"), f"{path} does not lead to {base()}"
            path = path.removeprefix(base())
        return plain(client, method, path, *given, **named)

    rest_framework.test.ForceAuthClientHandler = Handler  # type: ignore[misc, assignment]
    APIClient.generic = generic  # type: ignore[assignment, method-assign]


class Carrier:
    """What an APIClient calls with the WSGI environment of its request."""

    transport: Transport

    def __call__(self, environ: dict[str, Any]) -> HttpResponse:
        answer = self.transport.send(request_of(environ))
        response = HttpResponse(answer.body, status=answer.status)
        del response["Content-Type"]
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                response.cookies.load(value)
            else:
                response[name] = value
        response.wsgi_request = HttpRequest()  # type: ignore[attr-defined]  # Django's client looks for a urlconf in it
        return response


def request_of(environ: dict[str, Any]) -> Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and (value or name != "HTTP_COOKIE")
    }
    headers.setdefault("Host", urlsplit(origin()).netloc)
    if "CONTENT_TYPE" in environ:
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    if "Cookie" in headers and "Origin" not in headers:
        headers.setdefault("Referer", f"{origin()}/")  # as a browser does
    return Request(
        method=environ["REQUEST_METHOD"],
        path=quote(environ["PATH_INFO"].encode("latin-1"), safe=PATH),
        query=environ.get("QUERY_STRING", ""),
        headers=[*headers.items()],
        body=environ["wsgi.input"].read(),
        address=environ["REMOTE_ADDR"],
    )
