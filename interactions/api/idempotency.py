"""The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header), quoted or bare."""

from __future__ import annotations

import json
import re
from hashlib import sha256

from rest_framework.request import Request

from interactions.domain.errors import Invalid
from interactions.repositories.base import Idempotency

_BARE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}\Z")


def idempotency_of(request: Request, owner: str) -> Idempotency | None:
    """The key and the digest of what it stands for: the body as it was sent, its order of members aside, and the owner.

    Raises:
        Invalid: the header is not one key of 1 to 255 visible ASCII characters.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if _BARE.match(key) is None:
        detail = "must have 1 to 255 visible ASCII characters, quotes and backslashes aside"
        raise Invalid.field("Idempotency-Key", "pattern", detail)
    content = json.dumps([owner, request.path, request.data], sort_keys=True)
    return Idempotency(key, sha256(content.encode()).hexdigest())
