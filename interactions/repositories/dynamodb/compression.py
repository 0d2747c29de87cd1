"""The texts of an interaction as bytes, when that takes less room than the texts themselves.

The first byte names the format, so that what is stored stays readable when a better one comes.
"""

from __future__ import annotations

import zlib

DEFLATED = b"\x01"
RAW_DEFLATE = -zlib.MAX_WBITS
# No text may hold one.
SEPARATOR = "\0"


def compress(prompt: str, response: str | None) -> bytes | None:
    """Both texts in one, or None when they are smaller as they are."""
    plain = (prompt if response is None else prompt + SEPARATOR + response).encode()
    deflate = zlib.compressobj(level=9, wbits=RAW_DEFLATE)
    packed = DEFLATED + deflate.compress(plain) + deflate.flush()
    return packed if len(packed) < len(plain) else None


def decompress(packed: bytes) -> tuple[str, str | None]:
    """The prompt and the response.

    Raises:
        ValueError: the format is not known.
    """
    if packed[:1] != DEFLATED:
        raise ValueError(f"texts are in the unknown format {packed[:1]!r}")
    prompt, separator, response = zlib.decompress(packed[1:], wbits=RAW_DEFLATE).decode().partition(SEPARATOR)
    return prompt, response if separator else None
