"""Read the JSON of a response body, whatever its Content-Type and Content-Encoding say."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from interactions.http_answer import Response
from interactions.providers.answers import odd
from interactions.providers.chunks import whole_of
from interactions.providers.wire import LONGEST_BODY

_GZIP, _ZLIB = b"\x1f\x8b", b"\x78"
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_LINE = re.compile(r"\r\n|\r|\n")


class TooLong(Exception):
    """The body has more than `LONGEST_BODY` bytes when it is decompressed."""


def parse(body: bytes) -> Any:
    """The JSON value, numbers with a fraction as decimals; None if the body has no JSON.

    The bytes decide: compressed bodies, every Unicode encoding, a byte order mark, and server-sent events are read.
    NaN and Infinity become None, bytes that are not UTF-8 become U+FFFD: the rest of the answer has been paid for.

    Raises:
        TooLong
    """
    try:
        plain = _decompressed(body)
        text = plain.decode(json.detect_encoding(plain), errors="replace")
        return _of_events(text) if _is_events(text) else _DECODER.decode(text)
    except (ValueError, RecursionError, zlib.error):
        return None


def document_of(response: Response, provider: str) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises:
        ProviderFailed: the body is no JSON object, or too long.
    """
    try:
        document = parse(response.body)
    except TooLong as error:
        told = f"{provider} answered more than {LONGEST_BODY} bytes when decompressed"
        raise odd("answer-too-large", told) from error
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if isinstance(document, dict):
        return document
    media_type = response.headers.get(b"content-type", b"").lower()
    if document is None and media_type and b"json" not in media_type:
        raise odd("wrong-content-type", f"{provider} answered in another format than JSON")
    raise odd("malformed-answer", f"{provider} answered what is no JSON object")


def _decompressed(body: bytes) -> bytes:
    if not body.startswith((_GZIP, _ZLIB)):
        return body
    decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
    plain = decompressor.decompress(body, LONGEST_BODY + 1)
    if len(plain) > LONGEST_BODY:
        raise TooLong
    return plain


def _is_events(text: str) -> bool:
    """Whether the text is a stream of server-sent events: no JSON begins with a field's name or a colon."""
    return text.lstrip().startswith(("data:", "event:", "id:", "retry:", ":"))


def _of_events(text: str) -> Any:
    values = [_DECODER.decode(data) for data in _events(text) if data.strip() != "[DONE]"]
    return whole_of([value for value in values if isinstance(value, dict)])


def _events(text: str) -> Iterator[str]:
    """The data of each event (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    data: list[str] = []
    for line in [*_LINE.split(text), ""]:
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent of twenty digits
        return None


_DECODER = json.JSONDecoder(parse_float=_decimal, parse_constant=lambda name: None)
