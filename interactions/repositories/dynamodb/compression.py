"""The texts of an interaction as bytes, when that takes less room than the texts themselves.

The first byte names the format, so that what is stored stays readable when a better one comes.
"""

from __future__ import annotations

import zlib

from interactions.domain.interaction import MAX_TEXT
from interactions.repositories.dynamodb.dictionary import DICTIONARY

# Raw deflate (RFC 1951), with the dictionary as what came before.
DEFLATED = b"\x01"
RAW = -zlib.MAX_WBITS
# 9 takes twice the time for less than a hundredth of the room.
LEVEL = 6
# No text may hold one.
SEPARATOR = "\0"
# Two texts of characters of four bytes.
MAX_PLAIN = 2 * 4 * MAX_TEXT + len(SEPARATOR)


def compress(prompt: str, response: str | None) -> bytes | None:
    """Both texts in one, or None when they are smaller as they are."""
    plain = (prompt if response is None else prompt + SEPARATOR + response).encode()
    deflate = zlib.compressobj(level=LEVEL, wbits=RAW, zdict=DICTIONARY)
    packed = DEFLATED + deflate.compress(plain) + deflate.flush()
    return packed if len(packed) < len(plain) - (response is not None) * len(SEPARATOR) else None


def decompress(packed: bytes) -> tuple[str, str | None]:
    """The prompt and the response.

    Raises:
        ValueError: the format is not known, or what is there was not made by `compress`.
    """
    if packed[:1] != DEFLATED:
        raise ValueError(f"texts are in the unknown format {packed[:1]!r}")
    inflate = zlib.decompressobj(wbits=RAW, zdict=DICTIONARY)
    try:
        plain = inflate.decompress(packed[1:], MAX_PLAIN)
    except zlib.error as error:
        raise ValueError("texts cannot be decompressed") from error
    if not inflate.eof or inflate.unused_data:
        raise ValueError("texts end too early, or are longer than texts can be")
    prompt, separator, response = plain.decode().partition(SEPARATOR)
    return prompt, response if separator else None
