"""HTTP of the standard library, as strict as a probe has to be: no redirect is followed, no other host is asked."""

from __future__ import annotations

import json
import re
import ssl
import time
from argparse import ArgumentTypeError
from collections.abc import Mapping
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from interactions.management.base import printable

MAX_BYTES = 1_000_000
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+\Z|[0-9A-Fa-f:.]+\Z")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*\Z")


class NoAnswer(Exception):
    """The service did not answer; the text says how, in words of our own or of this machine."""


class Answer(NamedTuple):
    status: int
    headers: Message
    content: bytes

    def document(self) -> dict[str, Any]:
        """Empty where the content is no JSON object."""
        try:
            document = json.loads(self.content)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


class Asked(Protocol):
    """A service that answers requests, whichever way they get there."""

    @property
    def url(self) -> str:
        """Its base URL, of which the links in its answers are made."""

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """
        Raises:
            NoAnswer: there was none.
        """


class Service:
    """The service at a base URL, which may end in a gateway's stage. Each request has a connection of its own."""

    def __init__(self, url: str, *, authority: Path | None, seconds: float) -> None:
        parts = urlsplit(url)
        self.url = url
        self._host, self._port, self._prefix = parts.hostname or "", parts.port, parts.path
        self._tls = ssl.create_default_context(cafile=authority) if parts.scheme == "https" else None
        self._seconds = seconds

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """
        Raises:
            NoAnswer: there was none within the time.
        """
        sent = {"Accept": "application/json", "User-Agent": "manage.py smoke", "Connection": "close", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        end = time.monotonic() + self._seconds
        try:
            with closing(self._connection()) as connection:
                connection.request(method, self._prefix + path, content, sent)
                response = connection.getresponse()
                return Answer(response.status, response.headers, _content(response, end))
        except HTTPException as error:  # whose text may repeat what the other side sent
            raise NoAnswer(f"no HTTP answer ({type(error).__name__})") from error
        except TimeoutError as error:
            raise NoAnswer(f"no answer within {self._seconds:g} s") from error
        except OSError as error:
            raise NoAnswer(f"no connection: {printable(str(error))}") from error

    def _connection(self) -> HTTPConnection:
        if self._tls is None:
            return HTTPConnection(self._host, self._port, timeout=self._seconds)
        return HTTPSConnection(self._host, self._port, timeout=self._seconds, context=self._tls)


def base_url(text: str) -> str:
    """The type of the argument: an address that is safe to ask, without a slash at its end.

    A key would go over any wire, so it has to be HTTPS, but on this machine.
    """
    url = text.rstrip("/")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError as error:
        raise ArgumentTypeError("give the service's address, as https://api.example") from error
    plain = parts._replace(netloc="", scheme="", path="").geturl() == "" and "@" not in parts.netloc and port != 0
    if parts.scheme not in {"http", "https"} or not plain or not _HOST.match(host) or not _PATH.match(parts.path):
        raise ArgumentTypeError(
            "give the service's address, as https://api.example or https://….amazonaws.com/prod, and nothing more"
        )
    if parts.scheme == "http" and not _is_here(host):
        raise ArgumentTypeError("give an address that begins with https:// (http:// will do on 127.0.0.1 alone)")
    return url


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _content(response: HTTPResponse, end: float) -> bytes:
    """All that came, within the time and the size."""
    content = b""
    while piece := response.read1(65_536):
        content += piece
        if len(content) > MAX_BYTES:
            raise NoAnswer(f"the answer has more than {MAX_BYTES} bytes")
        if time.monotonic() > end:
            raise TimeoutError
    return content
