"""The port: what every store of interactions promises. `tests/conformance/` holds each store to it.

A reader is whoever calls a method that returns interactions, conversations or usage. To a reader an expired interaction
does not exist, and expired texts are null, whether they have been swept or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol

from interactions.domain.errors import DomainError
from interactions.domain.interaction import Interaction
from interactions.domain.query import (
    Conversation,
    ConversationPage,
    ConversationPosition,
    Filter,
    Order,
    Page,
    Position,
    UsageReport,
    View,
)

IDEMPOTENCY_TTL = timedelta(hours=24)
# How long after its reservation a call is settled at the latest. Until then a day that is over may still change.
SPENDING_SETTLES_WITHIN = timedelta(hours=1)


def utc_now() -> datetime:
    """The clock of a store that is given no other."""
    return datetime.now(UTC)


class Idempotency(NamedTuple):
    """The caller's key for one write, and a digest of the content that the key stands for."""

    key: str
    fingerprint: str


class Added(NamedTuple):
    """What `add` stored; `replayed` when an earlier call with the same key had stored it."""

    interaction: Interaction
    replayed: bool = False


class Erased(NamedTuple):
    """How much was deleted in this call; when it is not complete, the same call again goes on."""

    interactions: int
    conversations: int
    idempotency_keys: int
    complete: bool


class Swept(NamedTuple):
    """How much was closed as abandoned, and how much had expired and was removed.

    When it is not complete, the same call again goes on. A store that gets rid of used-up idempotency keys without
    being asked counts none.
    """

    abandoned: int
    contents: int
    interactions: int
    idempotency_keys: int
    complete: bool


class InteractionRepository(Protocol):
    """A store. Deadlines are readings of `time.monotonic()`; each call makes some progress before it looks at one."""

    def add(
        self, interaction: Interaction, idempotency: Idempotency | None = None, leased_until: datetime | None = None
    ) -> Added:
        """Store a new interaction, whole or not at all.

        With an idempotency key that the owner used within 24 hours, for the same content: what that call stored, as it
        is now, and nothing is written.

        A pending interaction may be leased: somebody is working on it, who will have said until then what came of it.
        If it is still pending when the lease is over, it is abandoned, and `sweep_expired` closes it. Without a lease
        it stays pending for as long as it is kept.

        Raises:
            IdempotencyConflict: the key was used for other content.
            AlreadyExists: the owner has an interaction of this id.
            NotFound: what the key had stored was deleted, and is not brought back.
        """

    def of_key(self, user_id: str, idempotency: Idempotency) -> Interaction | None:
        """What the owner's key stands for, as `add` would find it; None when the key is free. Nothing is written.

        Raises:
            IdempotencyConflict: the key was used for other content.
            NotFound: what the key had stored was deleted.
        """

    def add_many(self, interactions: Sequence[Interaction]) -> list[Interaction | DomainError]:
        """Store each that can be stored: one outcome an input, in order, an `AlreadyExists` where there is one."""

    def get(self, interaction_id: str, user_id: str | None = None) -> Interaction:
        """One interaction. With the owner, what was written before is read; without, it may take a moment to appear.

        Raises:
            NotFound: there is none.
            Ambiguous: no owner was named, and several have one of this id.
        """

    def update(self, interaction: Interaction, expected_version: int) -> Interaction:
        """Replace the interaction of the same owner and id; the stored one has the version `expected_version + 1`.

        A conversation whose latest it is expires with it from then on. A lease ends when the interaction is no longer
        pending; until then no update touches it.

        Raises:
            VersionConflict: the stored version is another one; nothing was written.
            NotFound: there is none.
        """

    def delete(self, interaction_id: str, user_id: str, expected_version: int | None = None) -> None:
        """Delete one interaction, of the expected version when that is given. Its conversation stays.

        Raises:
            VersionConflict: the stored version is another one; nothing was deleted.
            NotFound: there is none.
        """

    def erase_user(self, user_id: str, deadline: float | None = None) -> Erased:
        """Delete all that is stored for a user: everything that was there when the call began, if it completes."""

    def list_page(
        self,
        filter: Filter,
        *,
        order: Order = "desc",
        limit: int,
        after: Position | None = None,
        view: View = "full",
    ) -> Page:
        """One page of interactions in the order of their ids, `limit` at most, from behind `after`.

        Walking on by `next` visits each interaction that existed throughout exactly once, whatever is added or deleted
        meanwhile. A page reads at most `READ_BUDGET` interactions to find those that match, so it may come short, or
        empty, with a `next`. A summary has no prompt and no response, whatever is stored.
        """

    def turns(self, user_id: str, conversation_id: str) -> Iterator[Interaction]:
        """A conversation's interactions, newest first, read a few at a time.

        What was written before the first is read is among them, also where an index does not show it yet.
        """

    def usage(self, user_id: str | None, day_from: date, day_to: date, deadline: float | None = None) -> UsageReport:
        """Counts, tokens and cost by UTC day of creation and model, both days inclusive, for one user or (None) all.

        Raises:
            Invalid: the range is backwards, or over 92 days (one user) or 31 (all).
        """

    def reserve_spending(self, account: str, day: date, amount: int, limit: int) -> int:
        """Add `amount` (10⁻⁹ USD) to the account's spending of the day, atomically; returns the new sum.

        An account stands for a user on that day and names nobody (`interactions.spending.account_of`), so an erasure
        leaves its row alone. The day is that of the clock: once a day has been over for `SPENDING_SETTLES_WITHIN`, a
        sweep closes it, and its accounts are gone.

        Raises:
            SpendingLimitExceeded: the sum would pass the limit; nothing was added.
        """

    def settle_spending(self, account: str, day: date, reserved: int, actual: int) -> int:
        """Replace an earlier reservation (0: there was none) by what was really spent, atomically.

        Returns the new sum, never below 0.
        """

    def spent(self, day_from: date, day_to: date) -> Mapping[date, int]:
        """What all accounts have spent and reserved, in 10⁻⁹ USD, by day; days without spending are left out.

        A sweep replaces the accounts of a day that is over by that day's total, which stays.
        """

    def list_conversations(
        self, user_id: str, *, limit: int, after: ConversationPosition | None = None
    ) -> ConversationPage:
        """A user's conversations, the one with the latest interaction first."""

    def rename_conversation(self, user_id: str, conversation_id: str, title: str | None) -> Conversation:
        """Set or remove the title.

        Raises:
            NotFound: the user has no such conversation.
        """

    def delete_conversation(self, user_id: str, conversation_id: str) -> int:
        """Delete a conversation and all its interactions; returns how many those were.

        Raises:
            NotFound: the user has no such conversation.
        """

    def iterate(
        self, created_from: datetime | None = None, created_to: datetime | None = None
    ) -> Iterator[Interaction]:
        """Every interaction created in the range, of all users, oldest first, in bounded memory.

        Each is as a reader may see it at the moment it comes.
        """

    def sweep_expired(self, deadline: float | None = None) -> Swept:
        """Close what was abandoned, and remove what no reader sees any more.

        Whatever is pending though its lease is over becomes `Interaction.abandoned`, of the next version; who completes
        it at that moment comes first or finds a VersionConflict. Days of spending that are over become totals. Then
        expired texts, expired interactions and used-up idempotency keys are removed. However much of that there is,
        those abandoned are not kept waiting by it.
        """

    def check(self) -> None:
        """Touch the store in the cheapest way, for readiness; raises whatever it raises."""
