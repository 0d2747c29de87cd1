"""What can be asked of a store of interactions, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from interactions.domain.errors import Invalid, UnboundedQuery
from interactions.domain.identifiers import created_at_of
from interactions.domain.interaction import Interaction, Status

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
# How many interactions one page may read before it comes short and hands on a cursor.
READ_BUDGET = 1000
# How many whole interactions a walk holds in memory: few, since two texts may take a megabyte and a half.
READ_AT_ONCE = 20
MAX_TITLE = 200
MAX_USAGE_DAYS_ONE_USER = 92
MAX_USAGE_DAYS_ALL_USERS = 31

Order = Literal["asc", "desc"]
View = Literal["full", "summary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which interactions: of one user (None: of all), and further conditions that all have to hold.

    `created_from` is inclusive, `created_to` exclusive.

    Raises:
        UnboundedQuery: all users without both bounds of time.
        Invalid: a conversation without its user, or a range that ends before it begins.
    """

    user_id: str | None
    conversation_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    status: Status | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        if self.user_id is None:
            if self.conversation_id is not None:
                raise Invalid.field("?conversation_id", "needs-user", "a conversation belongs to one user: name it")
            for name, bound in (("created_from", self.created_from), ("created_to", self.created_to)):
                if bound is None:
                    raise UnboundedQuery.field(f"?{name}", "required", f"give {name} to list all users' interactions")
        if self.created_from and self.created_to and self.created_from > self.created_to:
            raise Invalid.field("?created_to", "range", "created_to lies before created_from")


class Position(NamedTuple):
    """A place in the order of interactions: by id, ties between owners by user."""

    interaction_id: str
    user_id: str


def position_of(interaction: Interaction) -> Position:
    return Position(interaction.interaction_id, interaction.user_id)


class Page(NamedTuple):
    """Interactions in the order asked for, perhaps short of the limit; `next` is where to go on, None at the end."""

    items: Sequence[Interaction]
    next: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A group of one user's interactions.

    `started_at` is the creation time of the one recorded first, `last_at` of the latest. It expires with the latest.
    """

    user_id: str
    conversation_id: str
    title: str | None
    started_at: datetime
    last_interaction_id: str

    @property
    def last_at(self) -> datetime:
        return created_at_of(self.last_interaction_id)


class ConversationPosition(NamedTuple):
    """A place in the order of one user's conversations."""

    last_interaction_id: str
    conversation_id: str


class ConversationPage(NamedTuple):
    """Conversations, the latest first; `next` is where to go on, None at the end."""

    items: Sequence[Conversation]
    next: ConversationPosition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """A day's use of one model: counts, tokens, and 10⁻⁹ USD over the `count - unpriced` whose cost is known."""

    day: date
    model: str | None
    count: int
    failures: int
    input_tokens: int
    output_tokens: int
    nano_usd: int
    unpriced: int


class UsageReport(NamedTuple):
    """Rows by day and model; `next_day` is where to go on when the deadline cut it off, None when it is complete."""

    rows: Sequence[UsageRow]
    next_day: date | None


def check_usage_range(user_id: str | None, day_from: date, day_to: date) -> None:
    """Refuse a range of days, both inclusive, that is backwards or too long.

    Raises:
        Invalid: it ends before it begins, or covers over 92 days of one user or 31 of all.
    """
    if day_to < day_from:
        raise Invalid.field("?to", "range", "to lies before from")
    longest = MAX_USAGE_DAYS_ALL_USERS if user_id is None else MAX_USAGE_DAYS_ONE_USER
    if day_to - day_from >= timedelta(days=longest):
        raise Invalid.field("?from", "range", f"the range may cover {longest} days at most")
