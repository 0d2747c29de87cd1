"""What several writes ask of the item they meet."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from pynamodb.expressions.condition import Condition

from interactions.dynamodb.tables import ConversationItem, IdempotencyItem, InteractionItem

Item = TypeVar("Item", InteractionItem, ConversationItem, IdempotencyItem)


def is_alive(kind: type[Item], now: datetime) -> Condition:
    """It has not expired, if it is there at all."""
    alive: Condition = kind.expires_at.does_not_exist() | (kind.expires_at > now)
    return alive


def is_expired(kind: type[Item], now: datetime) -> Condition:
    return kind.expires_at <= now


def has_expired(item: InteractionItem | ConversationItem | IdempotencyItem, now: datetime) -> bool:
    """The same of an item that has been read."""
    return item.expires_at is not None and item.expires_at <= now


def is_free(kind: type[Item], now: datetime) -> Condition:
    """Its place is empty, or taken by what has expired."""
    free: Condition = kind.user_id.does_not_exist() | is_expired(kind, now)
    return free


def read(kind: type[Item], user_id: str, key: str) -> Item | None:
    """The item as it is now, expired or not."""
    try:
        found: Item = kind.get(user_id, key, consistent_read=True)
    except kind.DoesNotExist:
        return None
    return found
