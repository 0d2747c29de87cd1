"""A service of AWS that speaks JSON: signed POSTs over connections that are kept open."""

from __future__ import annotations

import time
import zlib
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from interactions.aws.credentials import Credentials, RoleCredentials
from interactions.aws.endpoints import NotSupported, endpoint_of, refuse_proxy, tls_context
from interactions.aws.signing import forget_keys, signed_headers
from interactions.http import DEFAULT_PORTS, HttpConnection, IdleConnections
from interactions.http_answer import BadAnswer, Response


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

    Raises:
        NotSupported: the endpoint is no URL of a host, or the environment asks for what only AWS's SDK does.
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
        address = _address(name, self.endpoint)
        self._hostname = address.hostname or ""
        self._port = address.port or DEFAULT_PORTS[address.scheme]
        self._host = f"[{self._hostname}]" if ":" in self._hostname else self._hostname
        if self._port != DEFAULT_PORTS[address.scheme]:
            self._host += f":{self._port}"
        refuse_proxy(address.scheme, self._hostname)
        self._context = tls_context(self._hostname) if address.scheme == "https" else None
        self._name = name
        self._target = target
        self._content_type = f"application/x-amz-json-{version}"
        self._region = region
        self._given = credentials
        self._role = RoleCredentials()
        self._idle = IdleConnections()

    def call(self, operation: str, body: bytes, connect_seconds: float, read_seconds: float) -> Answer:
        """The answer, whatever its status.

        Either time is what one step of it may take: a connection or its handshake, a send, the next part of an answer.

        Raises:
            NotConnected, LostAnswer, NoCredentials.
        """
        headers = signed_headers(
            host=self._host,
            target=f"{self._target}.{operation}",
            body=body,
            content_type=self._content_type,
            region=self._region,
            service=self._name,
            credentials=self._given or self._role.get(),
            at=time.time(),
        )
        connection = self._idle.take() or self._connect(connect_seconds)
        may_go_on = False
        try:
            response = connection.post(headers, body, read_seconds)
            _check_sum(response)
            may_go_on = not response.is_last
            return Answer(response.status, response.body)
        except (OSError, BadAnswer) as error:
            raise LostAnswer(f"{type(error).__name__}: {error}") from error
        finally:
            if may_go_on:
                self._idle.append(connection)
            else:
                connection.close()

    def disconnect(self) -> None:
        """Close what is idle and forget the credentials, as after a restore from a snapshot."""
        self._role.forget()
        forget_keys()
        self._idle.close()

    def _connect(self, seconds: float) -> HttpConnection:
        try:
            return HttpConnection(self._hostname, self._port, self._context, seconds)
        except (OSError, UnicodeError) as error:  # that the name cannot be one of a host is a UnicodeError
            raise NotConnected(f"{self.endpoint} cannot be reached ({type(error).__name__}: {error})") from error


def _address(name: str, endpoint: str) -> SplitResult:
    try:
        address = urlsplit(endpoint)
        is_whole = bool(address.hostname) and address.port != 0
    except ValueError:
        is_whole = False
    if (
        not is_whole
        or address.scheme not in DEFAULT_PORTS
        or address.path not in {"", "/"}
        or address.query
        or address.fragment
        or address.username is not None
    ):
        raise NotSupported(f"the endpoint of {name} is {endpoint!r}: give a URL of a host alone, as https://host")
    return address


def _check_sum(response: Response) -> None:
    told = response.headers.get(b"x-amz-crc32")
    if told is not None and told != b"%d" % zlib.crc32(response.body):
        raise BadAnswer("it is damaged")
