"""The groups that interactions belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from interactions.domain.errors import NotFound
from interactions.domain.identifiers import interaction_id_floor
from interactions.domain.interaction import Interaction
from interactions.domain.query import (
    READ_AT_ONCE,
    Conversation,
    ConversationPage,
    ConversationPosition,
    Filter,
    Position,
)
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import ConversationItem, InteractionItem, Tables
from interactions.repositories.dynamodb.codec import conversation_of, interaction_of, ttl_of
from interactions.repositories.dynamodb.conditions import has_expired, is_alive, is_expired, read
from interactions.repositories.dynamodb.keys import HIGHEST, LOWEST, behind, conversation_key
from interactions.repositories.dynamodb.reading import UserReader, fetch, matches

# How far `conversation_id-index` may lag behind the table. AWS speaks of a fraction of a second.
INDEX_LAG = timedelta(minutes=15)
# How many interactions are looked through for those that the index does not show yet.
PAGE = 100


def move(tables: Tables, interactions: Iterable[Interaction], now: datetime) -> None:
    """Let the conversations of new interactions begin, or go forward: doing it again changes nothing."""
    turns: dict[tuple[str, str], list[Interaction]] = {}
    for interaction in interactions:
        if interaction.conversation_id is not None:
            turns.setdefault((interaction.user_id, interaction.conversation_id), []).append(interaction)
    for (user_id, conversation_id), group in turns.items():
        latest = max(group, key=lambda turn: turn.interaction_id)
        beginning = ConversationItem(
            user_id=user_id,
            conversation_id=conversation_id,
            started_at=group[0].created_at,
            last_interaction_id=latest.interaction_id,
            expires_at=latest.expires_at,
            ttl=ttl_of(latest.expires_at),
        )
        _move(tables.conversations, beginning, now)


def _move(rows: type[ConversationItem], to: ConversationItem, now: datetime) -> None:
    row = rows(to.user_id, to.conversation_id)
    forward = rows.last_interaction_id.does_not_exist() | (
        (rows.last_interaction_id < to.last_interaction_id) & is_alive(rows, now)
    )
    while True:
        try:
            row.update([rows.started_at.set(rows.started_at | to.started_at), *_latest(rows, to)], condition=forward)
            return
        except ConditionFailed:
            current = read(rows, to.user_id, to.conversation_id)
        if current is None:
            continue  # deleted in between
        if not has_expired(current, now):
            return  # it stands there already, or further on
        try:
            same = rows.last_interaction_id == current.last_interaction_id
            rows(**to.attribute_values).save(condition=same & is_expired(rows, now))
            return
        except ConditionFailed:
            continue


def retain(tables: Tables, latest: Interaction, now: datetime) -> None:
    """Let the conversation whose latest interaction this is expire with it."""
    if latest.conversation_id is None:
        return
    rows = tables.conversations
    is_latest = (rows.last_interaction_id == latest.interaction_id) & is_alive(rows, now)
    try:
        to = ConversationItem(expires_at=latest.expires_at, ttl=ttl_of(latest.expires_at))
        rows(latest.user_id, latest.conversation_id).update(_expiry(rows, to), condition=is_latest)
    except ConditionFailed:
        pass  # another one is the latest


def page(
    tables: Tables, user_id: str, now: datetime, *, limit: int, after: ConversationPosition | None
) -> ConversationPage:
    found = [*islice(_behind(tables.conversations, user_id, now, limit, after), limit + 1)]
    if len(found) <= limit:
        return ConversationPage(found, None)
    last = found[limit - 1]
    return ConversationPage(found[:limit], ConversationPosition(last.last_interaction_id, last.conversation_id))


def _behind(
    rows: type[ConversationItem], user_id: str, now: datetime, limit: int, after: ConversationPosition | None
) -> Iterator[Conversation]:
    """The latest first; the index leaves the order of those with the same latest interaction open."""
    bound = HIGHEST if after is None else after.last_interaction_id
    # One more than asked for says that there are more; another one, that there is no tie with that.
    stored = rows.recent_index.query(
        user_id, rows.last_interaction_id <= bound, scan_index_forward=False, page_size=limit + 2
    )
    alive = (row for row in stored if not has_expired(row, now))
    for last_interaction_id, ties in groupby(alive, key=lambda row: row.last_interaction_id):
        for row in sorted(ties, key=lambda row: row.conversation_id, reverse=True):
            if after is None or ConversationPosition(last_interaction_id, row.conversation_id) < after:
                yield conversation_of(row)


def rename(tables: Tables, user_id: str, conversation_id: str, title: str | None, now: datetime) -> Conversation:
    rows = tables.conversations
    row = rows(user_id, conversation_id)
    action = rows.title.remove() if title is None else rows.title.set(title)
    try:
        row.update([action], condition=rows.user_id.exists() & is_alive(rows, now))
    except ConditionFailed:
        raise NotFound("there is no such conversation") from None
    return conversation_of(row)


def turns(tables: Tables, user_id: str, conversation_id: str, now: datetime) -> Iterator[Interaction]:
    """The conversation, newest first: what the index does not show yet comes from the table itself."""
    row = read(tables.conversations, user_id, conversation_id)
    filter = Filter(user_id=user_id, conversation_id=conversation_id)
    after: Position | None = None
    while True:
        page = UserReader(tables.interactions, filter, "desc", after, now).page(READ_AT_ONCE, "full")
        if after is None and row is not None:
            newest = page.items[0].interaction_id if page.items else LOWEST
            yield from _not_in_index(tables.interactions, filter, newest, row.last_interaction_id, now)
        yield from page.items
        after = page.next
        if after is None:
            return


def _not_in_index(
    items: type[InteractionItem], filter: Filter, newest: str, last: str, now: datetime
) -> Iterator[Interaction]:
    """What the table has between the newest that the index shows and the conversation's last, newest first.

    Where the last one was deleted, what lies between may be other conversations: one page is enough of them.
    """
    if newest >= last:
        return
    between = items.interaction_id.between(behind(newest), last)
    of_it = items.conversation_id == filter.conversation_id
    pages = items.query(
        filter.user_id, between, of_it, consistent_read=True, scan_index_forward=False, page_size=PAGE
    ).page_iter
    for stored in next(pages, {"Items": []})["Items"]:
        if (seen := interaction_of(stored).seen_at(now)) is not None:
            yield seen


def delete(tables: Tables, user_id: str, conversation_id: str, now: datetime) -> int:
    """The row goes last, so that what was cut off can be repeated."""
    row = read(tables.conversations, user_id, conversation_id)
    if row is None or has_expired(row, now):
        raise NotFound("there is no such conversation")
    wanted = Filter(user_id=user_id, conversation_id=conversation_id)
    count = 0
    with tables.interactions.batch_write() as batch:
        for positions in _members(tables, user_id, conversation_id, now):
            for interaction in fetch(tables.interactions, positions, now, "summary"):
                if matches(interaction, wanted):
                    batch.delete(tables.interactions(interaction.user_id, interaction.interaction_id))
                    count += 1
    row.delete()
    return count


def _members(tables: Tables, user_id: str, conversation_id: str, now: datetime) -> Iterator[Sequence[Position]]:
    """Where the conversation's interactions are: what the index knows, and what it may not know yet."""
    items = tables.interactions
    seen: set[str] = set()
    recent = items.query(
        user_id,
        items.interaction_id.between(interaction_id_floor(now - INDEX_LAG), HIGHEST),
        items.conversation_id == conversation_id,
        consistent_read=True,
        attributes_to_get=["user_id", "interaction_id"],
    )
    indexed = items.conversation_id_index.query(conversation_key(user_id, conversation_id))
    for source in (recent, indexed):
        for page in source.page_iter:
            fresh = {raw["interaction_id"]["S"] for raw in page["Items"]} - seen
            seen |= fresh
            yield [Position(interaction_id, user_id) for interaction_id in sorted(fresh)]


def _latest(rows: type[ConversationItem], to: ConversationItem) -> list[Any]:
    return [rows.last_interaction_id.set(to.last_interaction_id), *_expiry(rows, to)]


def _expiry(rows: type[ConversationItem], to: ConversationItem) -> list[Any]:
    if to.expires_at is None:
        return [rows.expires_at.remove(), rows.ttl.remove()]
    return [rows.expires_at.set(to.expires_at), rows.ttl.set(to.ttl) if to.ttl else rows.ttl.remove()]
