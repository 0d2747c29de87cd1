"""The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header), quoted or bare."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from rest_framework.request import Request

from interactions.api.problems import Problem
from interactions.domain.errors import FieldError, Invalid, NotFound
from interactions.repositories.base import Idempotency

# Visible ASCII but quotes, backslashes and commas, by which several headers become one.
_CHARACTERS = r"[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}"
KEY_PATTERN = rf'^("{_CHARACTERS}"|{_CHARACTERS})$'
_KEY = re.compile(rf'(?:"({_CHARACTERS})"|({_CHARACTERS}))\Z')


def idempotency_of(request: Request, owner: str) -> Idempotency | None:
    """The key and the digest of what it stands for: the body as it was sent, its order of members aside, and the owner.

    Raises:
        Invalid: the header is not one key of 1 to 255 visible ASCII characters.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    match = _KEY.match(header.strip())
    if match is None:
        detail = "must have 1 to 255 visible ASCII characters, but no comma, backslash or quote inside"
        raise Invalid.field("Idempotency-Key", "pattern", detail)
    content = json.dumps([owner, request.path, request.data], sort_keys=True)
    return Idempotency(match[1] or match[2], sha256(content.encode()).hexdigest())


@contextmanager
def answering_spent_keys(idempotency: Idempotency | None) -> Iterator[None]:
    """Answer what a key finds no more, since it has been deleted, as a problem of the key."""
    try:
        yield
    except NotFound as deleted:
        if idempotency is None:
            raise
        spent = FieldError("Idempotency-Key", "spent", "stands for an interaction that has been deleted")
        raise Problem("idempotency-key-spent", f"The Idempotency-Key {spent.detail}.", [spent]) from deleted
