"""A service of AWS that speaks JSON: signed POSTs over connections that are kept open."""

from __future__ import annotations

import os
import select
import socket
import ssl
import time
import zlib
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from interactions.aws.credentials import Credentials, RoleCredentials
from interactions.aws.signing import signed_headers

# https://www.amazontrust.com/repository/: what every endpoint of AWS is certified by. Reading the 140 authorities of
# a whole bundle would be a tenth of a cold start.
AMAZON_ROOTS = Path(__file__).with_name("amazon-roots.pem")
DOMAINS = {"cn-": "amazonaws.com.cn"}


class NotConnected(Exception):
    """Nothing was sent: nobody answers at the address, or not with a certificate that is trusted."""


class LostAnswer(Exception):
    """The request may have been carried out: its answer did not come whole, or not in time."""


class Answer(NamedTuple):
    status: int
    body: bytes


class JsonService:
    """`target` is what its operations' names are prefixed with, `version` that of the JSON protocol, as 1.0.

    Calls of several threads each get a connection of their own.
    """

    def __init__(
        self,
        name: str,
        *,
        target: str,
        version: str,
        region: str,
        endpoint: str | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self.endpoint = endpoint or endpoint_of(name, region)
        self._address = urlsplit(self.endpoint)
        if self._address.scheme not in {"http", "https"} or not self._address.hostname:
            raise ValueError(f"the endpoint of {name} is {self.endpoint!r}: give a URL such as https://host")
        self._name = name
        self._target = target
        self._content_type = f"application/x-amz-json-{version}"
        self._region = region
        self._given = credentials
        self._role = RoleCredentials()
        self._idle: list[HTTPConnection] = []

    def call(self, operation: str, body: bytes, connect_seconds: float, read_seconds: float) -> Answer:
        """The answer, whatever its status.

        Either time is what one step of it may take: a connection or its handshake, a send, the next part of an answer.

        Raises:
            NotConnected, LostAnswer, NoCredentials.
        """
        headers = signed_headers(
            host=self._address.netloc,
            target=f"{self._target}.{operation}",
            body=body,
            content_type=self._content_type,
            region=self._region,
            service=self._name,
            credentials=self._given or self._role.get(),
            at=time.time(),
        )
        connection = self._connection(connect_seconds)
        whole = False
        try:
            connection.sock.settimeout(read_seconds)
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            content = response.read()
            checksum = response.headers.get("x-amz-crc32")
            if checksum is not None and int(checksum) != zlib.crc32(content):
                raise LostAnswer("the answer is damaged")
            whole = not response.will_close
            return Answer(response.status, content)
        except (OSError, HTTPException, ValueError) as error:
            raise LostAnswer(f"{type(error).__name__}: {error}") from error
        finally:
            if whole:
                self._idle.append(connection)
            else:
                connection.close()

    def disconnect(self) -> None:
        """Close what is idle and forget the credentials, as after a restore from a snapshot."""
        self._role.forget()
        while self._idle:
            self._idle.pop().close()

    def _connection(self, seconds: float) -> HTTPConnection:
        while self._idle:
            connection = self._idle.pop()
            if not _is_dropped(connection.sock):
                return connection
            connection.close()
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme == "https":
            connection = HTTPSConnection(host, port, timeout=seconds, context=_tls(self.endpoint))
        else:
            connection = HTTPConnection(host, port, timeout=seconds)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NotConnected(f"{self.endpoint} cannot be reached ({type(error).__name__})") from error
        return connection


def endpoint_of(service: str, region: str) -> str:
    """The URL that AWS's own variables name for the service, else the region's."""
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        configured = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
        if configured:
            return configured
    domain = next((domain for prefix, domain in DOMAINS.items() if region.startswith(prefix)), "amazonaws.com")
    return f"https://{service}.{region}.{domain}"


def is_aws(endpoint: str) -> bool:
    """Whether the URL leads to AWS, not to an emulator."""
    return (urlsplit(endpoint).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _tls(endpoint: str) -> ssl.SSLContext:
    bundle = os.environ.get("AWS_CA_BUNDLE")
    return _context(bundle or (str(AMAZON_ROOTS) if is_aws(endpoint) else None))


@cache
def _context(bundle: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)


def _is_dropped(sock: socket.socket) -> bool:
    """Whether the other side has closed it meanwhile: an idle connection has nothing to be read."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
