"""Pages of interactions: read from the index that answers the question, at most so much, with the texts fetched last.

A source gives reads: what matched among so many that were read, and where the next read begins. Indexes may lag behind
the table, so whatever is fetched from the table is asked again whether it matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from interactions.domain.interaction import Interaction
from interactions.domain.query import READ_BUDGET, Filter, Order, Page, Position, View, position_of
from interactions.dynamodb.tables import InteractionItem
from interactions.repositories.dynamodb.codec import KEYS_AND_SUMMARY, interaction_of
from interactions.repositories.dynamodb.keys import conversation_key, range_of

KEYS_AT_ONCE = 100  # what one BatchGetItem takes


class Read(NamedTuple):
    """What matched among so many that were read; `last` is where that ended, None when there are no more."""

    items: Sequence[Interaction]
    scanned: int
    last: Position | None


def page_of(reads: Iterable[Read], limit: int) -> Page:
    """The first `limit` of what the reads give, or fewer when the budget for reading is spent before."""
    found: list[Interaction] = []
    budget = READ_BUDGET
    for read in reads:
        found += read.items
        budget -= read.scanned
        if len(found) > limit:
            return Page(found[:limit], position_of(found[limit - 1]))
        if read.last is None:
            break
        if budget <= 0:
            return Page(found, read.last)
    return Page(found, None)


def is_selective(filter: Filter) -> bool:
    """Whether there are conditions that no key says."""
    return filter.status is not None or filter.model is not None


def matches(interaction: Interaction, filter: Filter) -> bool:
    return (
        filter.status in (None, interaction.status)
        and filter.model in (None, interaction.model)
        and filter.conversation_id in (None, interaction.conversation_id)
    )


def fetch(
    items: type[InteractionItem], positions: Iterable[Position], now: datetime, view: View = "full"
) -> list[Interaction]:
    """Those of the positions that are there, in their order, as the table has them now."""
    keys = [(p.user_id, p.interaction_id) for p in positions]
    wanted = None if view == "full" else KEYS_AND_SUMMARY
    found: dict[tuple[str, str], Interaction] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        batch = keys[start : start + KEYS_AT_ONCE]
        for item in items.batch_get(batch, consistent_read=True, attributes_to_get=wanted):
            seen = interaction_of(item.stored, view).seen_at(now)
            if seen is not None:
                found[seen.user_id, seen.interaction_id] = seen
    return [found[key] for key in keys if key in found]


def with_texts(items: type[InteractionItem], page: Page, filter: Filter, now: datetime) -> Page:
    """The page of summaries with the texts to them, but for what has changed too much since the index saw it."""
    whole = fetch(items, map(position_of, page.items), now)
    return Page([interaction for interaction in whole if matches(interaction, filter)], page.next)


class UserReader:
    """One user's interactions, or one of the user's conversations, from behind a position."""

    def __init__(
        self, items: type[InteractionItem], filter: Filter, order: Order, after: Position | None, now: datetime
    ) -> None:
        self._items = items
        self._filter = filter
        self._forward = order == "asc"
        self._ids = range_of(filter, order, after)
        self._now = now

    def summaries(self) -> Iterator[Interaction]:
        """All of them, read as much at once as DynamoDB gives."""
        if not self._ids.empty:
            for read in self._all(None, "summary"):
                yield from read.items

    def page(self, limit: int, view: View) -> Page:
        if self._ids.empty:
            return Page([], None)
        selective = is_selective(self._filter)
        light: View = "summary" if selective else view
        if self._filter.conversation_id is not None:
            page = page_of(self._conversation(KEYS_AT_ONCE if selective else limit + 1, light), limit)
        elif selective:
            page = page_of(self._matching(), limit)
        else:
            page = page_of(self._all(limit + 1, view), limit)
        return page if light == view else with_texts(self._items, page, self._filter, self._now)

    def _all(self, size: int | None, view: View) -> Iterator[Read]:
        """From the table itself, or from its image without the texts."""
        source = self._items.query if view == "full" else self._items.user_id_index.query
        for page in source(self._filter.user_id, self._between(), **self._paging(size)).page_iter:
            yield self._read(page, view)

    def _matching(self) -> Iterator[Read]:
        """Summaries that DynamoDB has found to meet the conditions; it has read more to find them."""
        index = self._items.user_id_index
        pages = index.query(
            self._filter.user_id, self._between(), _condition(self._items, self._filter), **self._paging(READ_BUDGET)
        ).page_iter
        left = READ_BUDGET
        for page in pages:
            read = self._read(page, "summary")
            left -= read.scanned
            pages.page_size = max(left, 1)
            yield read

    def _conversation(self, size: int, view: View) -> Iterator[Read]:
        """The index has the keys alone: what they stand for is fetched before anyone can tell whether it matches."""
        index = self._items.conversation_id_index
        key = conversation_key(self._filter.user_id or "", self._filter.conversation_id)
        for page in index.query(key, self._between(), **self._paging(size)).page_iter:
            fetched = fetch(self._items, map(_position, page["Items"]), self._now, view)
            yield Read([i for i in fetched if matches(i, self._filter)], page["ScannedCount"], _last(page))

    def _between(self) -> Any:
        return self._items.interaction_id.between(self._ids.low, self._ids.high)

    def _paging(self, size: int | None) -> dict[str, Any]:
        return {"scan_index_forward": self._forward, "page_size": size}

    def _read(self, page: dict[str, Any], view: View) -> Read:
        found = [interaction_of(stored, view).seen_at(self._now) for stored in page["Items"]]
        return Read([i for i in found if i is not None], page["ScannedCount"], _last(page))


def _condition(items: type[InteractionItem], filter: Filter) -> Any:
    condition: Any = None
    if filter.status is not None:
        condition &= items.status == filter.status.value
    if filter.model is not None:
        condition &= items.model == filter.model
    return condition


def _position(raw: dict[str, Any]) -> Position:
    return Position(raw["interaction_id"]["S"], raw["user_id"]["S"])


def _last(page: dict[str, Any]) -> Position | None:
    key = page.get("LastEvaluatedKey")
    return _position(key) if key else None
