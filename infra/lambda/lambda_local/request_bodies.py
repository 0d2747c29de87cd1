"""Bodies of requests, of a known length or in chunks."""

from __future__ import annotations

from email.message import Message
from io import BufferedIOBase

BODY_BYTES = 10_485_760
# What is read and dropped of a body that is too large, so that who sends it gets to read the answer.
_DROPPED_BYTES = 100_000_000
_PART = 65_536


class Unreadable(Exception):
    """The length of the body is not to be made out."""


def read_body(stream: BufferedIOBase, headers: Message) -> bytes:
    """The body; one that is too large is cut off, and longer than `BODY_BYTES` all the same.

    Raises:
        Unreadable: its length makes no sense.
    """
    try:
        if headers.get("Transfer-Encoding", "").lower() == "chunked":
            return _read_chunks(stream)
        length = int(headers.get("Content-Length", "0"))
    except ValueError as error:
        raise Unreadable("Bad length") from error
    if length < 0:
        raise Unreadable("Bad length")
    body = stream.read(min(length, BODY_BYTES + 1))
    _drop(stream, length - len(body))
    return body


def _read_chunks(stream: BufferedIOBase) -> bytes:
    body = b""
    while size := int(stream.readline(_PART).partition(b";")[0], 16):
        if size < 0 or len(body) + size > BODY_BYTES:
            return b"\0" * (BODY_BYTES + 1)
        body += stream.read(size)
        stream.readline(_PART)
    while stream.readline(_PART).strip():  # trailers
        pass
    return body


def _drop(stream: BufferedIOBase, count: int) -> None:
    count = min(count, _DROPPED_BYTES)
    while count > 0 and (part := stream.read(min(count, _PART))):
        count -= len(part)
