"""Cursors that are ours: opaque, signed, bound to what was asked for; and the pages they link."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from rest_framework.request import Request
from rest_framework.response import Response

from interactions.domain.errors import Invalid
from interactions.domain.query import ConversationPosition, Position

NO_STORE = {"Cache-Control": "private, no-store"}
MAX_PAGE_BYTES = 4_000_000
_SEPARATOR = " "  # in neither an id nor a user's name
_BYTES_A_CHARACTER = 6  # as \u0001 is written
# At most, with names and punctuation: an attempt, a count of what was masked, and all that is short.
_BYTES_AN_ATTEMPT = 2_000
_BYTES_A_REDACTION = 500
_BYTES_BESIDES = 10_000


def encode_cursor(position: Position | ConversationPosition | None, asked: Sequence[object]) -> str | None:
    """A cursor that goes on behind the position, for the same question only; None at the end."""
    if position is None:
        return None
    payload = urlsafe_b64encode(_SEPARATOR.join(position).encode()).decode().rstrip("=")
    return _signer(asked).sign(payload)


def decode_cursor(cursor: str, asked: Sequence[object]) -> tuple[str, str]:
    """The position of a cursor.

    Raises:
        Invalid: it was not made by this service, or for another question.
    """
    try:
        payload = _signer(asked).unsign(cursor)
        first, second = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().split(_SEPARATOR)
    except (BadSignature, ValueError) as error:
        detail = "is not a cursor of this query: take it from next, and keep the filter and the order"
        raise Invalid.field("?cursor", "cursor", detail) from error
    return first, second


def page_response(request: Request, results: Sequence[Any], cursor: str | None) -> Response:
    """DRF's envelope, with `Link: rel="next"` (RFC 8288) beside it."""
    following = next_url(request, cursor)
    headers = NO_STORE | ({"Link": f'<{following}>; rel="next"'} if following else {})
    return Response({"next": following, "previous": None, "results": results}, headers=headers)


def next_url(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = {name: value for name, value in request.query_params.items() if name != "cursor"} | {"cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _signer(asked: Sequence[object]) -> Signer:
    return Signer(salt=_SEPARATOR.join(["interactions.cursor", *map(str, asked)]))


def fitting(documents: Sequence[Mapping[str, Any]]) -> int:
    """How many of the documents, at least one, a page of `MAX_PAGE_BYTES` holds."""
    if sum(map(_bytes_at_most, documents)) <= MAX_PAGE_BYTES:
        return len(documents)
    total = 0
    for count, document in enumerate(documents):
        total += len(json.dumps(document, ensure_ascii=False).encode()) + 1
        if total > MAX_PAGE_BYTES and count:
            return count
    return len(documents)


def _bytes_at_most(document: Mapping[str, Any]) -> int:
    """A bound on an interaction's size as JSON that costs no encoding of it."""
    error, feedback = document["error"] or {}, document["feedback"] or {}
    texts = (document.get("prompt"), document.get("response"), error.get("message"), feedback.get("comment"))
    pairs = document["metadata"].items()
    characters = sum(len(text) for text in texts if text) + sum(len(key) + len(value) for key, value in pairs)
    lists = _BYTES_AN_ATTEMPT * len(document["attempts"]) + _BYTES_A_REDACTION * len(document["redaction"])
    return _BYTES_A_CHARACTER * characters + lists + _BYTES_BESIDES
