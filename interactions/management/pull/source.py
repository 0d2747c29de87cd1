"""Production's side of a pull: reads, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from interactions.domain.interaction import Interaction
from interactions.domain.query import Position, position_of
from interactions.dynamodb.tables import ConversationItem, InteractionItem, Tables
from interactions.management.pull.parts import Part, Scope
from interactions.repositories.dynamodb.calendar import Calendar
from interactions.repositories.dynamodb.codec import interaction_of
from interactions.repositories.dynamodb.everybody import days_of
from interactions.repositories.dynamodb.reading import fetch

KEYS = ["user_id", "interaction_id"]
# How many interactions one read takes, by how long the texts of the last one were: each thread holds one such read.
FEWEST, FIRST, MOST = 4, 10, 50
MANY_CHARACTERS = 1_000_000

ConversationKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A piece of a part: some interactions, and all positions that are taken by ids from `low` to before `high`."""

    part: Part
    interactions: Sequence[Interaction]
    low: str
    high: str
    taken: frozenset[Position]
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The tables, over a connection that can only read. Each method may be called from any thread."""

    tables: Tables

    def days(self, scope: Scope) -> Sequence[date]:
        return days_of(Calendar(self.tables), scope.ids, "asc")

    def parcels(self, part: Part) -> Iterator[Parcel]:
        """The part, oldest first; the last parcel brings no interactions."""
        low = part.ids.low
        carried: frozenset[Position] = frozenset()
        pieces = self._of_shard(part) if part.user_id is None else self._of_user(part, part.user_id)
        for last_id, interactions in pieces:
            taken = carried.union(map(position_of, interactions))
            # More users may have the last id: what is known of it is carried on.
            yield Parcel(part, interactions, low, last_id, taken)
            low, carried = last_id, frozenset(p for p in taken if p.interaction_id == last_id)
        yield Parcel(part, [], low, part.ids.high, carried, is_last=True)

    def fetch(self, positions: Iterable[Position]) -> list[Interaction]:
        """Those that are there, as the table itself has them now."""
        return fetch(self.tables.interactions, positions, datetime.now(UTC))

    def present(self, positions: Iterable[Position]) -> list[Position]:
        """Those at which there is something, by the word of the table itself."""
        found = fetch(self.tables.interactions, positions, datetime.now(UTC), "summary")
        return [*map(position_of, found)]

    def conversations(self, keys: Iterable[ConversationKey]) -> dict[ConversationKey, ConversationItem]:
        """Those that are there, as the table itself has them now."""
        now = datetime.now(UTC)
        found = self.tables.conversations.batch_get([*keys], consistent_read=True)
        alive = (row for row in found if row.expires_at is None or row.expires_at > now)
        return {(row.user_id, row.conversation_id): row for row in alive}

    def _of_shard(self, part: Part) -> Iterator[tuple[str, list[Interaction]]]:
        """The index has the positions, the table what stands there now."""
        items = self.tables.interactions
        found = items.day_index.query(part.name, _between(items, part), attributes_to_get=KEYS)
        positions = (Position(item.interaction_id, item.user_id) for item in found)
        count = FIRST
        while some := [*islice(positions, count)]:
            interactions = self.fetch(some)
            count = _next_count(count, interactions)
            yield some[-1].interaction_id, interactions

    def _of_user(self, part: Part, user_id: str) -> Iterator[tuple[str, list[Interaction]]]:
        items = self.tables.interactions
        pages = items.query(user_id, _between(items, part), consistent_read=True, page_size=FIRST).page_iter
        for page in pages:
            if page["Items"]:
                now = datetime.now(UTC)
                found = [interaction_of(stored) for stored in page["Items"]]
                alive = [seen for interaction in found if (seen := interaction.seen_at(now)) is not None]
                pages.page_size = _next_count(pages.page_size or FIRST, alive)
                yield found[-1].interaction_id, alive


def _next_count(count: int, interactions: Sequence[Interaction]) -> int:
    characters = sum(len(i.prompt or "") + len(i.response or "") for i in interactions)
    if characters > MANY_CHARACTERS:
        return max(count // 2, FEWEST)
    return min(count * 2, MOST) if characters * 4 < MANY_CHARACTERS else count


def _between(items: type[InteractionItem], part: Part) -> Any:
    return items.interaction_id.between(part.ids.low, part.ids.high)
