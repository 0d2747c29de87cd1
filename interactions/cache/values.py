"""What a cached value is stored as: pickled, compressed when that saves space, and signed.

Django's cache takes whatever can be pickled, and unpickling runs what it is given. The signature, which covers the key
as well, is looked at first: who can write to the table, but does not know SECRET_KEY, can make values vanish, no more.
"""

from __future__ import annotations

import pickle
import zlib
from hmac import compare_digest
from typing import Any

from django.utils.crypto import salted_hmac

SIGNATURE_BYTES = 32
# Below this nothing is saved: what is written is counted in whole KB.
COMPRESSED_FROM_BYTES = 1024

PLAIN, COMPRESSED = b"\0", b"\1"


class Forged(Exception):
    """The signature is not that of this value under this key, or was made with another SECRET_KEY."""


def dump(key: str, value: Any) -> bytes:
    """The value as it is stored under that key. Raises what pickle raises."""
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    body = PLAIN + pickled
    if len(pickled) >= COMPRESSED_FROM_BYTES:
        body = min(body, COMPRESSED + zlib.compress(pickled), key=len)
    return _signature(key, body) + body


def load(key: str, stored: bytes) -> Any:
    """The value that `dump` was given.

    Raises:
        Forged: it is none that this service has written under that key.
    """
    signature, body = stored[:SIGNATURE_BYTES], stored[SIGNATURE_BYTES:]
    if not compare_digest(signature, _signature(key, body)):
        raise Forged
    pickled = zlib.decompress(body[1:]) if body[:1] == COMPRESSED else body[1:]
    return pickle.loads(pickled)  # noqa: S301  signed by ourselves


def _signature(key: str, body: bytes) -> bytes:
    signed = len(key.encode()).to_bytes(4) + key.encode() + body
    return salted_hmac("interactions.cache", signed, algorithm="sha256").digest()
