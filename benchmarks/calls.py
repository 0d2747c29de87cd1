"""What is asked of a store as it grows: each call on an interaction, a user, a conversation or a day at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from benchmarks.filled import Filled
from benchmarks.measuring import Case
from benchmarks.population import DAYS, START
from interactions.domain.interaction import Interaction
from interactions.domain.query import DEFAULT_LIMIT, Filter, Position, View, position_of
from interactions.repositories.base import Idempotency

ROUNDS = 300
# Of the lists that take a dozen requests.
FEW_ROUNDS = 150
DAY = timedelta(days=1)
Call = Callable[[], int]


def _get(filled: Filled, random: Random) -> Call:
    wanted = filled.any(random)
    return lambda: _one(filled.repository.get(wanted.interaction_id, wanted.user_id))


def _get_by_id_alone(filled: Filled, random: Random) -> Call:
    wanted = filled.any(random)
    return lambda: _one(filled.repository.get(wanted.interaction_id))


def _first_page(view: View) -> Callable[[Filled, Random], Call]:
    return lambda filled, random: _page(filled, Filter(user_id=filled.any(random).user_id), view)


def _middle_page(view: View) -> Callable[[Filled, Random], Call]:
    def prepare(filled: Filled, random: Random) -> Call:
        size = filled.population.size
        after = filled.population.interaction(random.randrange(size // 4, 3 * size // 4))
        return _page(filled, Filter(user_id=after.user_id), view, position_of(after))

    return prepare


def _conversation_page(view: View) -> Callable[[Filled, Random], Call]:
    def prepare(filled: Filled, random: Random) -> Call:
        turn = filled.any(random)
        return _page(filled, Filter(user_id=turn.user_id, conversation_id=turn.conversation_id), view)

    return prepare


def _conversations(filled: Filled, random: Random) -> Call:
    user_id = filled.any(random).user_id
    return lambda: len(filled.repository.list_conversations(user_id, limit=DEFAULT_LIMIT).items)


def _first_page_of_all(filled: Filled, random: Random) -> Call:
    begins = START + random.randrange(DAYS) * DAY
    ends = begins + random.uniform(0.5, 1) * DAY
    return _page(filled, Filter(user_id=None, created_from=begins, created_to=ends), "summary")


def _middle_page_of_all(filled: Filled, random: Random) -> Call:
    number = random.randrange(DAYS)
    of_a_day = filled.population.size // DAYS
    after = filled.population.interaction(int((number + random.uniform(0.5, 0.9)) * of_a_day))
    begins = START + number * DAY
    wanted = Filter(user_id=None, created_from=begins, created_to=begins + DAY)
    return _page(filled, wanted, "full", position_of(after))


def _add(filled: Filled, random: Random) -> Call:
    new = filled.new()
    return lambda: _one(filled.repository.add(new).interaction)


def _add_to_conversation(filled: Filled, random: Random) -> Call:
    turn = filled.any(random)
    new = replace(filled.new(), user_id=turn.user_id, conversation_id=turn.conversation_id)
    return lambda: _one(filled.repository.add(new).interaction)


def _add_with_key(filled: Filled, random: Random) -> Call:
    new = filled.new()
    key = Idempotency(key=new.interaction_id, fingerprint="0" * 64)
    return lambda: _one(filled.repository.add(new, key).interaction)


def _one(_: Interaction) -> int:
    return 1


def _page(filled: Filled, filter: Filter, view: View, after: Position | None = None) -> Call:
    def call() -> int:
        return len(filled.repository.list_page(filter, limit=DEFAULT_LIMIT, after=after, view=view).items)

    return call


OF_A_USER = (
    Case("get", _get, ROUNDS),
    Case("get by id alone", _get_by_id_alone, ROUNDS),
    Case("list, first page of summaries", _first_page("summary"), ROUNDS),
    Case("list, first page", _first_page("full"), ROUNDS),
    Case("list, page of summaries in the middle", _middle_page("summary"), ROUNDS),
    Case("list, page in the middle", _middle_page("full"), ROUNDS),
    Case("list, page of a conversation's summaries", _conversation_page("summary"), ROUNDS),
    Case("list, page of a conversation", _conversation_page("full"), ROUNDS),
    Case("list conversations", _conversations, ROUNDS),
    Case("add", _add, ROUNDS),
    Case("add to a conversation", _add_to_conversation, ROUNDS),
    Case("add with an idempotency key", _add_with_key, ROUNDS),
)
OF_ALL_USERS = (
    Case("list all users' summaries of a day", _first_page_of_all, FEW_ROUNDS),
    Case("list all users' of a day, page in the middle", _middle_page_of_all, FEW_ROUNDS),
)
