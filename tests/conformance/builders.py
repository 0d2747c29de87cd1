"""Interactions for tests, and the walks that read them back."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import Conversation, ConversationPosition, Filter, Order, Position, View
from interactions.repositories.base import InteractionRepository
from tests.conformance.clock import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def an_interaction(n: int = 0, *, user_id: str = "ana", at: datetime = NOW, **fields: Any) -> Interaction:
    """A completed one. Those of one `at` are ordered by `n`; same `n` and `at` are the same id."""
    usual: dict[str, Any] = {
        "interaction_id": interaction_id_at(at, sequence=n, entropy=bytes(8)),
        "status": Status.COMPLETED,
        "prompt": f"question {n}",
        "response": f"answer {n}",
        "updated_at": at,
    }
    return Interaction(user_id=user_id, **usual | fields)


def some(count: int, **fields: Any) -> list[Interaction]:
    """So many interactions, oldest first."""
    return [an_interaction(n, **fields) for n in range(count)]


def walk(
    store: InteractionRepository, filter: Filter, *, order: Order = "desc", limit: int = 100, view: View = "full"
) -> list[Interaction]:
    """All that the filter means, page by page."""
    found: list[Interaction] = []
    after: Position | None = None
    while True:
        page = store.list_page(filter, order=order, limit=limit, after=after, view=view)
        assert len(page.items) <= limit
        found += page.items
        if page.next is None:
            return found
        assert page.next != after, "a cursor that stands still"
        after = page.next


def conversations(store: InteractionRepository, user_id: str = "ana", limit: int = 100) -> list[Conversation]:
    """All of a user's conversations, page by page."""
    found: list[Conversation] = []
    after: ConversationPosition | None = None
    while True:
        page = store.list_conversations(user_id, limit=limit, after=after)
        assert len(page.items) <= limit
        found += page.items
        if page.next is None:
            return found
        after = page.next


def ids(interactions: Iterable[Interaction]) -> list[str]:
    return [interaction.interaction_id for interaction in interactions]


def without_texts(interaction: Interaction) -> Interaction:
    return replace(interaction, prompt=None, response=None)


def summary_of(interaction: Interaction) -> Interaction:
    return replace(without_texts(interaction), finish_reason=None, response_id=None, context_turns=None)


def past() -> float:
    """A deadline that has passed."""
    return time.monotonic() - 1
