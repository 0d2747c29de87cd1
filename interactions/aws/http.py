"""HTTP/1.1 as a JSON service of AWS speaks it: a POST in one piece, and an answer read strictly.

`http.client` reads headers as those of an e-mail; that costs five times what all of this does (ADR 20).
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple

# Many times what AWS sends. An answer of DynamoDB holds 16 MB of items at most, which JSON makes longer.
LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 128 * 1024 * 1024
# Enough for a record of TLS, so that nothing of one stays behind unseen.
PART = 64 * 1024

HTTP_1_1 = b"HTTP/1.1 "
_VERSIONS = (HTTP_1_1, b"HTTP/1.0 ")
_NAME_CHARACTERS = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
_HEXADECIMAL = b"0123456789ABCDEFabcdef"


class BadAnswer(Exception):
    """What came is no answer, or not a whole one."""


class Response(NamedTuple):
    """Headers have names in small letters. `is_last`: nothing more can be asked over the connection."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
    is_last: bool


class HttpConnection:
    """Open from the start; whoever makes it closes it. `context` makes it one over TLS.

    Raises:
        OSError, UnicodeError: nobody answers at the address, or not one that the context trusts.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, seconds: float) -> None:
        self._socket = socket.create_connection((host, port), seconds)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context is not None:
                self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except BaseException:
            self._socket.close()
            raise

    def post(self, headers: Mapping[str, str], body: bytes, seconds: float) -> Response:
        """Send a POST to the root and read its answer; each step of either may take so long.

        Raises:
            OSError, BadAnswer: nothing more can be asked over this connection.
        """
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"POST / HTTP/1.1\r\naccept-encoding: identity\r\ncontent-length: {len(body)}\r\n{lines}\r\n"
        if head.count("\n") != len(headers) + 4 or head.count("\r") != len(headers) + 4:
            raise ValueError("a header has a line break")
        self._socket.settimeout(seconds)
        self._socket.sendall(head.encode("ascii") + body)
        return _Reader(self._socket).response()

    @property
    def is_dropped(self) -> bool:
        """Whether the other side has closed it meanwhile: while it is idle there is nothing to be read."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        self._socket.close()


class _Reader:
    """Reads one answer. `_data` is what has come and is not read yet."""

    def __init__(self, sock: socket.socket) -> None:
        self._receive = sock.recv
        self._data = b""

    def response(self) -> Response:
        version, status, headers = self._head()
        while status < 200:  # 100 Continue, which nobody asked for
            version, status, headers = self._head()
        body = self._body(headers)
        options = headers.get(b"connection", b"").lower()
        is_last = b"close" in options or bool(self._data) or (version != HTTP_1_1 and b"keep-alive" not in options)
        return Response(status, headers, body, is_last)

    def _head(self) -> tuple[bytes, int, dict[bytes, bytes]]:
        head = self._until(b"\r\n\r\n", LONGEST_HEAD)
        first, *lines = head.split(b"\r\n")
        version, status, rest = first[:9], first[9:12], first[12:13]
        if version not in _VERSIONS or not status.isdigit() or len(status) != 3 or rest.strip(b" "):
            raise BadAnswer("it does not begin as an answer of HTTP/1.1 does")
        if not len(lines) == head.count(b"\r") == head.count(b"\n"):
            raise BadAnswer("a header is malformed")
        headers: dict[bytes, bytes] = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            name, value = name.lower(), value.strip(b" \t")
            if not colon or not name or name.translate(None, _NAME_CHARACTERS):
                raise BadAnswer("a header is malformed")
            headers[name] = headers[name] + b", " + value if name in headers else value
        return version, int(status), headers

    def _body(self, headers: Mapping[bytes, bytes]) -> bytes:
        length, coding = headers.get(b"content-length"), headers.get(b"transfer-encoding")
        if coding is not None:
            if length is not None or coding.lower() != b"chunked":
                raise BadAnswer("its length is ambiguous")
            return self._chunks()
        if length is None or not length.isdigit() or len(length) > 12:
            raise BadAnswer("it does not say how long it is")
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            digits = self._until(b"\r\n", LONGEST_HEAD).partition(b";")[0].rstrip(b" \t")
            if not 0 < len(digits) <= 8 or digits.translate(None, _HEXADECIMAL):
                raise BadAnswer("a chunk is malformed")
            length = int(digits, 16)
            if length == 0:
                break
            body += self._exactly(length, LONGEST_BODY - len(body))
            if self._exactly(2) != b"\r\n":
                raise BadAnswer("a chunk is malformed")
        left = LONGEST_HEAD
        while trailer := self._until(b"\r\n", left):
            left -= len(trailer)
        return bytes(body)

    def _until(self, mark: bytes, longest: int) -> bytes:
        """What comes before the mark, which is read too."""
        while (end := self._data.find(mark)) < 0:
            if len(self._data) > longest:
                break
            self._data += self._part()
        if not 0 <= end <= longest:
            raise BadAnswer("its headers are too long")
        found, self._data = self._data[:end], self._data[end + len(mark) :]
        return found

    def _exactly(self, length: int, longest: int = LONGEST_BODY) -> bytes:
        if length > longest:
            raise BadAnswer("it is too long")
        parts, missing = [self._data], length - len(self._data)
        while missing > 0:
            parts.append(self._part())
            missing -= len(parts[-1])
        data = b"".join(parts)
        self._data = data[length:]
        return data[:length]

    def _part(self) -> bytes:
        if not (part := self._receive(PART)):
            raise BadAnswer("it breaks off")
        return part
