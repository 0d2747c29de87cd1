"""Conditional requests (RFC 9110 §13): If-Match and If-None-Match against strong entity tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rest_framework.request import Request

from interactions.api.problems import Problem
from interactions.domain.errors import FieldError, VersionConflict

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*\Z")
_STALE = FieldError("If-Match", "stale", "is not the ETag that the interaction has now")


def if_match(request: Request) -> Callable[[str], bool] | None:
    """The precondition of If-Match on the current ETag, compared strongly; None without the header."""
    tags = _tags(request, "If-Match")
    return None if tags is None else lambda etag: "*" in tags or etag in tags


def none_match(request: Request, etag: str) -> bool:
    """Whether If-None-Match names the current ETag, compared weakly: the answer is then 304."""
    tags = _tags(request, "If-None-Match")
    return tags is not None and ("*" in tags or etag in {tag.removeprefix("W/") for tag in tags})


@contextmanager
def answering_conflicts(matches: Callable[[str], bool] | None) -> Iterator[None]:
    """Makes a version conflict a 412 where the request had a precondition; without one it stays what it is."""
    try:
        yield
    except VersionConflict as conflict:
        if matches is None:
            raise
        detail = "If-Match is not the interaction's ETag: somebody has changed it."
        raise Problem("precondition-failed", detail, [_STALE]) from conflict


def _tags(request: Request, name: str) -> list[str] | None:
    header = request.headers.get(name)
    if header is None:
        return None
    if header.strip() == "*":
        return ["*"]
    if _TAGS.match(header) is None:
        detail = 'must be * or entity tags in double quotes, as "3"'
        raise Problem("invalid-request", f"{name} {detail}.", [FieldError(name, "entity-tag", detail)])
    return re.findall(_TAG, header)
