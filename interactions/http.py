"""HTTP/1.1 as AWS and providers of models are asked over it: POSTs in one piece, until a deadline if need be.

A timeout is of one step, and who drips a byte at a time meets them all; a deadline is of all steps together (ADR 31).
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from interactions.http_answer import LONGEST_BODY, Reader, Response

DEFAULT_PORTS = {"http": 80, "https": 443}


class HttpConnection:
    """Open from the start; whoever makes it closes it. `context` makes it one over TLS.

    `seconds` is what each step may take, an address or a handshake, and a deadline what all may take together.

    Raises:
        OSError, UnicodeError: nobody answers at the address, or not one that the context trusts.
    """

    idle_since = 0.0  # for whoever keeps it

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext | None, seconds: float, deadline: float | None = None
    ) -> None:
        self._socket = _connected(host, port, seconds, deadline)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context is not None:
                self._socket.settimeout(_step(seconds, deadline))
                self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except BaseException:
            self._socket.close()
            raise

    def post(
        self,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
        *,
        path: str = "/",
        deadline: float | None = None,
        longest: int = LONGEST_BODY,
        may_end_with_connection: bool = False,
    ) -> Response:
        """Send a POST and read its answer; each step of either may take so long, and all of it until the deadline.

        `longest` is how long the answer's body may be. Whether it is whole is not known where it may end with the
        connection, as without a length it does.

        Raises:
            OSError, BadAnswer: nothing more can be asked over this connection.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"POST {path} HTTP/1.1\r\naccept-encoding: identity\r\ncontent-length: {len(body)}\r\n{lines}\r\n"
        if head.count("\n") != len(headers) + 4 or head.count("\r") != len(headers) + 4:
            raise ValueError("a header has a line break")
        request = head.encode("ascii") + body
        receive: Callable[[int], bytes] = self._socket.recv
        if deadline is not None:
            receive = partial(_receive, self._socket, seconds, deadline)
            seconds = _step(seconds, deadline)
        self._socket.settimeout(seconds)
        self._socket.sendall(request)  # which may take so long for all of it
        return Reader(receive, longest, may_end_with_connection).response()

    @property
    def is_dropped(self) -> bool:
        """Whether the other side has closed it meanwhile: while it is idle there is nothing to be read."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        self._socket.close()


class IdleConnections(list[HttpConnection]):
    """What is open and waits for the next request: threads may append and take at any time."""

    def take(self, since: float = 0.0) -> HttpConnection | None:
        """One that has not been dropped meanwhile, nor has been idle since before that time."""
        while connection := self._next():
            if connection.idle_since >= since and not connection.is_dropped:
                return connection
            connection.close()
        return None

    def close(self) -> None:
        while connection := self._next():
            connection.close()

    def _next(self) -> HttpConnection | None:
        try:
            return self.pop()
        except IndexError:  # asking first would let another thread take the last one in between
            return None


def _connected(host: str, port: int, seconds: float, deadline: float | None) -> socket.socket:
    """A connection to the first address of the host that takes one."""
    failed = OSError("the host has no address")
    for family, kind, protocol, _, address in _addresses(host, port, deadline):
        try:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(_step(seconds, deadline))
                sock.connect(address)
            except BaseException:
                sock.close()
                raise
            return sock
        except OSError as error:
            failed = error
    raise failed


def _addresses(host: str, port: int, deadline: float | None) -> list[Any]:
    if deadline is None:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # The resolver cannot be told how long it may take, and a server of names that is silent costs it many seconds: past
    # the deadline a thread is left to wait for it.
    found: list[Any] = []

    def resolve() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(_step(threading.TIMEOUT_MAX, deadline))
    if not found:
        raise TimeoutError("the host's address was not found in time")
    if isinstance(found[0], Exception):
        raise found[0]
    addresses: list[Any] = found[0]
    return addresses


def _receive(sock: socket.socket, seconds: float, deadline: float, size: int) -> bytes:
    sock.settimeout(_step(seconds, deadline))
    return sock.recv(size)


def _step(seconds: float, deadline: float | None) -> float:
    """How long the next step may take."""
    if deadline is None:
        return seconds
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return min(seconds, left)
