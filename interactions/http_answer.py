"""An answer of HTTP/1.1, read strictly: it is whole and unambiguous, or it is none.

`http.client` reads headers as those of an e-mail; that costs five times what all of this does (ADR 20).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

# Many times what AWS sends. An answer of DynamoDB holds 16 MB of items at most, which JSON makes longer.
LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 128 * 1024 * 1024
# Enough for a record of TLS, so that nothing of one stays behind unseen.
PART = 64 * 1024

HTTP_1_1 = b"HTTP/1.1 "
_VERSIONS = (HTTP_1_1, b"HTTP/1.0 ")
_NAME_CHARACTERS = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
_HEXADECIMAL = b"0123456789ABCDEFabcdef"


Fault = Literal["malformed", "cut", "too-long"]


class BadAnswer(Exception):
    """What came is no answer, or not a whole one."""

    def __init__(self, message: str, fault: Fault = "malformed") -> None:
        self.fault = fault
        super().__init__(message)


class Response(NamedTuple):
    """Headers have names in small letters. `is_last`: nothing more can be asked over the connection."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
    is_last: bool


class Reader:
    """Reads one answer. `_data` is what has come and is not read yet."""

    def __init__(self, receive: Callable[[int], bytes], longest: int, may_end_with_connection: bool) -> None:
        self._receive = receive
        self._longest = longest
        self._may_end_with_connection = may_end_with_connection
        self._data = b""

    def response(self) -> Response:
        version, status, headers = self._head()
        while status < 200:  # 100 Continue, which nobody asked for
            version, status, headers = self._head()
        options = headers.get(b"connection", b"").lower()
        is_last = b"close" in options or (version != HTTP_1_1 and b"keep-alive" not in options)
        body = self._body(headers, is_last and self._may_end_with_connection)
        return Response(status, headers, body, is_last or bool(self._data))

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

    def _body(self, headers: Mapping[bytes, bytes], may_end_with_connection: bool) -> bytes:
        length, coding = headers.get(b"content-length"), headers.get(b"transfer-encoding")
        if coding is not None:
            if length is not None or coding.lower() != b"chunked":
                raise BadAnswer("its length is ambiguous")
            return self._chunks()
        if length is None and may_end_with_connection:
            return self._rest()
        if length is None or not length.isdigit() or len(length) > 12:
            raise BadAnswer("it does not say how long it is")
        return self._exactly(int(length), self._longest)

    def _rest(self) -> bytes:
        body, self._data = bytearray(self._data), b""
        while len(body) <= self._longest:
            if not (part := self._receive(PART)):
                return bytes(body)
            body += part
        raise BadAnswer("it is too long", "too-long")

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            digits = self._until(b"\r\n", LONGEST_HEAD).partition(b";")[0].rstrip(b" \t")
            if not 0 < len(digits) <= 8 or digits.translate(None, _HEXADECIMAL):
                raise BadAnswer("a chunk is malformed")
            length = int(digits, 16)
            if length == 0:
                break
            body += self._exactly(length, self._longest - len(body))
            if self._exactly(2, 2) != b"\r\n":
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

    def _exactly(self, length: int, longest: int) -> bytes:
        if length > longest:
            raise BadAnswer("it is too long", "too-long")
        parts, missing = [self._data], length - len(self._data)
        while missing > 0:
            parts.append(self._part())
            missing -= len(parts[-1])
        data = b"".join(parts)
        self._data = data[length:]
        return data[:length]

    def _part(self) -> bytes:
        if not (part := self._receive(PART)):
            raise BadAnswer("it breaks off", "cut")
        return part
