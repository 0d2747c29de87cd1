"""Identifiers: UUIDv7, whose order is time order, and the alphabet of users and conversations."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta

# No slash: a gateway decodes %2F in a path before the application sees it.
NAME_PATTERN = r"^[A-Za-z0-9._@:+-]{1,128}$"
# What the schema document shows; `parse_interaction_id` takes capitals too and answers in lower case.
INTERACTION_ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

_NAME = re.compile(NAME_PATTERN[:-1] + r"\Z")
_INTERACTION_ID = re.compile(INTERACTION_ID_PATTERN[:-1] + r"\Z")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# The last instant a datetime can hold: an id beyond it has no creation time.
_MAX_MILLISECONDS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MILLISECOND


def is_name(value: str) -> bool:
    """Whether the value may name a user or a conversation."""
    return _NAME.match(value) is not None


def new_interaction_id() -> str:
    """A UUIDv7 (RFC 9562 §5.7) of now.

    The 12 bits after the milliseconds hold their fraction (method 3 of §6.2), so that ids made one after the other
    sort so without a counter kept between them; the other 62 bits come from the system's entropy.
    """
    milliseconds, fraction = divmod(time.time_ns(), 1_000_000)
    return _uuid7(milliseconds, fraction * 4096 // 1_000_000, int.from_bytes(os.urandom(8)))


def interaction_id_at(created_at: datetime, *, sequence: int = 0, entropy: bytes | None = None) -> str:
    """A UUIDv7 of the given instant, cut to its millisecond.

    `sequence` ≥ 0 orders ids of one millisecond: past 4095 it runs on into the next one. `entropy`, at least 8 bytes,
    replaces the system's, so that the same input always gives the same id.
    """
    milliseconds = (created_at - EPOCH) // _MILLISECOND + (sequence >> 12)
    return _uuid7(milliseconds, sequence & 0xFFF, int.from_bytes((entropy or os.urandom(8))[:8]))


def interaction_id_floor(instant: datetime) -> str:
    """The smallest id whose creation time is not before the instant: a bound for ranges of ids."""
    milliseconds = -((EPOCH - instant) // _MILLISECOND)  # rounded up
    return _uuid7(min(max(milliseconds, 0), (1 << 48) - 1), 0, 0)


def parse_interaction_id(value: str) -> str | None:
    """The canonical spelling, or None when the value is no UUIDv7 with a creation time."""
    canonical = value.lower()
    if _INTERACTION_ID.match(canonical) is None or _milliseconds(canonical) > _MAX_MILLISECONDS:
        return None
    return canonical


def created_at_of(interaction_id: str) -> datetime:
    """The creation time, in UTC and whole milliseconds, that a canonical id carries."""
    return EPOCH + _milliseconds(interaction_id) * _MILLISECOND


def _milliseconds(interaction_id: str) -> int:
    return int(interaction_id[:8] + interaction_id[9:13], 16)


def _uuid7(milliseconds: int, rand_a: int, rand_b: int) -> str:
    value = milliseconds << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b & ((1 << 62) - 1)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
