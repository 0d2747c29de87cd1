"""The keys that indexes are asked by, and ranges of ids.

Ids are text of one length, so `between` with two bounds says every range; a bound need not be an id itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zlib import crc32

from interactions.domain.identifiers import created_at_of, interaction_id_floor
from interactions.domain.query import Filter, Order, Position

# A partition takes 1000 writes a second: a day takes 8000.
SHARDS = 8
LOWEST, HIGHEST = "0", "g"


def conversation_key(user_id: str, conversation_id: str | None) -> str | None:
    return None if conversation_id is None else f"{user_id}#{conversation_id}"


def day_shard(interaction_id: str) -> str:
    return shard_name(created_at_of(interaction_id).date(), crc32(interaction_id.encode()) % SHARDS)


def shard_name(day: date, number: int) -> str:
    return f"{day.isoformat()}#{number}"


@dataclass(frozen=True, slots=True)
class IdRange:
    """Ids from `low` to `high`, both included."""

    low: str = LOWEST
    high: str = HIGHEST

    @property
    def empty(self) -> bool:
        return self.low > self.high

    @classmethod
    def created(cls, created_from: datetime | None, created_to: datetime | None) -> IdRange:
        """Of what was created at or after the one and before the other."""
        low = LOWEST if created_from is None else interaction_id_floor(created_from)
        return cls(low, HIGHEST if created_to is None else _end_before(interaction_id_floor(created_to)))

    def from_position(self, position: Position, order: Order) -> IdRange:
        """What is left of it when it is read in that order from the position's id on, that id included."""
        if order == "asc":
            return IdRange(max(self.low, position.interaction_id), self.high)
        return IdRange(self.low, min(self.high, position.interaction_id))


def range_of(filter: Filter, order: Order, after: Position | None) -> IdRange:
    """What one user's list has left to read behind the position; that very id only if the user's own comes behind."""
    ids = IdRange.created(filter.created_from, filter.created_to)
    if after is None:
        return ids
    own = filter.user_id or ""
    if order == "asc":
        first = after.interaction_id if own > after.user_id else behind(after.interaction_id)
        return IdRange(max(ids.low, first), ids.high)
    last = after.interaction_id if own < after.user_id else before(after.interaction_id)
    return IdRange(ids.low, min(ids.high, last))


def behind(interaction_id: str) -> str:
    """A bound over this id and under the next possible one."""
    return interaction_id + "!"


def before(interaction_id: str) -> str:
    """A bound under this id and over the last possible one before it."""
    return f"{interaction_id[:-1]}{chr(ord(interaction_id[-1]) - 1)}~"


def _end_before(floor: str) -> str:
    """A bound over all ids of the millisecond before that of the floor."""
    milliseconds = int(floor[:8] + floor[9:13], 16) - 1
    if milliseconds < 0:
        return ""
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}~"


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
