"""Use cases of what is recorded. Who may do what is settled before, by the API's permissions or at a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from interactions.accounts import get_accounts
from interactions.conf import conf
from interactions.deadline import current_deadline
from interactions.domain.errors import ForbiddenTransition, TooLarge, VersionConflict
from interactions.domain.interaction import Feedback, Interaction
from interactions.domain.parsing import parse_patch
from interactions.domain.query import Conversation
from interactions.recording import with_outcome
from interactions.redacting import counted, redacted_feedback, redacted_title
from interactions.repositories import get_repository
from interactions.repositories.base import Swept

MAX_UPDATE_ATTEMPTS = 5

Change = Callable[[Interaction], Interaction]


def interaction_patch(
    *, interaction_id: str, user_id: str, document: object, matches: Callable[[str], bool] | None = None
) -> Interaction:
    """Apply a JSON merge patch: the outcome of a pending interaction, its metadata.

    `matches` is the caller's precondition on the ETag; without one the patch is applied again when another writer came
    first, up to 5 times.

    Raises:
        Invalid, ForbiddenTransition, TooLarge, NotFound
        VersionConflict: the precondition fails, or others kept coming first.
    """

    def change(current: Interaction) -> Interaction:
        return with_outcome(current, parse_patch(document, current), at=datetime.now(UTC))

    return _update(interaction_id, user_id, change, matches)


def interaction_rate(
    *, interaction_id: str, user_id: str, feedback: Feedback | None, matches: Callable[[str], bool] | None = None
) -> Interaction:
    """Set the person's verdict, or remove it with None. Raises as `interaction_patch` does."""

    redacted, counts = redacted_feedback(feedback)

    def change(current: Interaction) -> Interaction:
        rated = current.with_feedback(redacted, at=datetime.now(UTC))
        return rated if _says_the_same(current.feedback, redacted) else counted(rated, counts)

    return _update(interaction_id, user_id, change, matches)


def _says_the_same(before: Feedback | None, after: Feedback | None) -> bool:
    return before is not None and after is not None and replace(before, at=after.at) == after


def interaction_retain(
    *,
    interaction_id: str,
    user_id: str,
    content_expires_at: datetime | None,
    expires_at: datetime | None,
    matches: Callable[[str], bool] | None = None,
) -> Interaction:
    """Keep the texts and the record until other times than their retention says. Raises as `interaction_patch` does."""

    def change(current: Interaction) -> Interaction:
        return current.with_retention(content_expires_at, expires_at, at=datetime.now(UTC))

    return _update(interaction_id, user_id, change, matches)


def interaction_delete(*, interaction_id: str, user_id: str, matches: Callable[[str], bool] | None = None) -> None:
    """Delete one interaction. Raises NotFound, or VersionConflict when the precondition fails."""
    repository = get_repository()
    if matches is None:
        repository.delete(interaction_id, user_id)
        return
    current = repository.get(interaction_id, user_id)
    if not matches(current.etag):
        raise VersionConflict(current.version)
    repository.delete(interaction_id, user_id, current.version)


def _update(interaction_id: str, user_id: str, change: Change, matches: Callable[[str], bool] | None) -> Interaction:
    repository = get_repository()
    attempts_left = 1 if matches is not None else MAX_UPDATE_ATTEMPTS
    while True:
        current = repository.get(interaction_id, user_id)
        stale = matches is not None and not matches(current.etag)
        try:
            changed = change(current)
        except (ForbiddenTransition, TooLarge) as error:
            # Whoever works from a stale copy learns that first; a request that is wrong in itself is Invalid before.
            raise VersionConflict(current.version) if stale else error from None
        if stale:
            raise VersionConflict(current.version)
        if changed == current:
            return current
        try:
            return repository.update(changed, current.version)
        except VersionConflict:
            attempts_left -= 1
            if not attempts_left:
                raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an erasure deleted in this call. Incomplete: ask again, with the same credential, and it goes on."""

    user_id: str
    interactions: int
    conversations: int
    idempotency_keys: int
    sessions: int
    api_keys: int
    backup_retention_days: int
    complete: bool


def user_erase(*, user_id: str, deadline: float | None = None) -> Receipt:
    """Delete what is stored of a user; credentials last, so that whoever asked can ask again until it is complete."""
    erased = get_repository().erase_user(user_id, deadline)
    credentials = get_accounts().erase_credentials(user_id) if erased.complete else None
    return Receipt(
        user_id=user_id,
        interactions=erased.interactions,
        conversations=erased.conversations,
        idempotency_keys=erased.idempotency_keys,
        sessions=credentials.sessions if credentials else 0,
        api_keys=credentials.api_keys if credentials else 0,
        backup_retention_days=conf.backup_retention_days,
        complete=erased.complete,
    )


def request_deadline() -> float:
    """When the request in hand has to answer, as a reading of `time.monotonic()`; a command gets as long from now."""
    return current_deadline() or time.monotonic() + conf.request_seconds


def conversation_rename(*, user_id: str, conversation_id: str, title: str | None) -> Conversation:
    """Set or remove (None) a conversation's title. Raises NotFound, or Invalid for personal data."""
    return get_repository().rename_conversation(user_id, conversation_id, redacted_title(title))


def conversation_delete(*, user_id: str, conversation_id: str) -> int:
    """Delete a conversation with its interactions, and say how many. Raises NotFound."""
    return get_repository().delete_conversation(user_id, conversation_id)


def expired_sweep(*, deadline: float | None = None) -> Swept:
    """Remove what has expired and no reader sees any more."""
    return get_repository().sweep_expired(deadline)
