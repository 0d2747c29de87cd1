"""Reads, as `services` are the writes: what the API and the commands ask the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from interactions.domain.errors import NotFound
from interactions.domain.identifiers import parse_interaction_id
from interactions.domain.interaction import Interaction
from interactions.domain.query import (
    READ_AT_ONCE,
    ConversationPage,
    ConversationPosition,
    Filter,
    Order,
    Page,
    Position,
    UsageReport,
    View,
)
from interactions.repositories import get_repository


def interaction_get(*, interaction_id: str, user_id: str | None) -> Interaction:
    """One interaction by any spelling of its id. Raises NotFound, or Ambiguous when no user is named."""
    return get_repository().get(_canonical(interaction_id), user_id)


def interaction_address(*, interaction_id: str, user_id: str | None) -> tuple[str, str]:
    """The canonical id and the owner, which is looked up only when no user is named. Raises as `interaction_get`."""
    canonical = _canonical(interaction_id)
    return canonical, get_repository().get(canonical).user_id if user_id is None else user_id


def interaction_list(
    *, filter: Filter, order: Order = "desc", limit: int, after: Position | None = None, view: View = "full"
) -> Page:
    """One page of interactions, as the repository promises it."""
    return get_repository().list_page(filter, order=order, limit=limit, after=after, view=view)


def user_interactions(
    *,
    user_id: str,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    after: Position | None = None,
) -> Iterator[Interaction]:
    """A user's interactions, oldest first, read a page at a time."""
    wanted = Filter(user_id=user_id, created_from=created_from, created_to=created_to)
    while True:
        page = interaction_list(filter=wanted, order="asc", limit=READ_AT_ONCE, after=after)
        yield from page.items
        after = page.next
        if after is None:
            return


def interaction_iterate(
    *, created_from: datetime | None = None, created_to: datetime | None = None
) -> Iterator[Interaction]:
    """All users' interactions, oldest first, in bounded memory."""
    return get_repository().iterate(created_from, created_to)


def conversation_list(*, user_id: str, limit: int, after: ConversationPosition | None = None) -> ConversationPage:
    """A user's conversations, the latest first."""
    return get_repository().list_conversations(user_id, limit=limit, after=after)


def usage_report(*, user_id: str | None, day_from: date, day_to: date, deadline: float) -> UsageReport:
    """Use by day and model of one user, or of all (None). Raises Invalid when the range is too long."""
    return get_repository().usage(user_id, day_from, day_to, deadline)


def spent_report(*, day_from: date, day_to: date) -> Mapping[date, int]:
    """What the service has spent on models, in 10⁻⁹ USD, by day, whoever asked: erasures do not change it."""
    return get_repository().spent(day_from, day_to)


def store_check() -> None:
    """Raise Unavailable, or what the store raises, unless the store answers."""
    get_repository().check()


def _canonical(interaction_id: str) -> str:
    canonical = parse_interaction_id(interaction_id)
    if canonical is None:
        raise NotFound("there is no such interaction")
    return canonical
