"""What the repository's calls cost: units that DynamoDB Local says it has consumed."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from statistics import mean
from string import ascii_letters, digits
from typing import Any

import pytest

from interactions.domain.errors import IdempotencyConflict
from interactions.domain.interaction import ABANDONED_AFTER, Feedback, Interaction, Status
from interactions.domain.query import Filter
from interactions.repositories.base import Idempotency, InteractionRepository
from tests.conformance.builders import DAY, an_interaction
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.item_sizes import (
    DAY_INDEX,
    USER_INDEX,
    attributes,
    item_size,
    summary_size,
    units,
)
from tests.conformance.dynamodb.metering import Consumed, metered
from tests.conformance.dynamodb.prose import exchanges, recorded, sources
from tests.conformance.stores import LOCAL_TABLES
from tests.strategies import in_depth

Meter = Callable[[str], Any]
KEY = Idempotency("a-key", "its content")


@pytest.fixture
def store(local_tables: None, clock: Clock) -> InteractionRepository:
    """Empty tables in DynamoDB Local, and a process that has recorded nothing yet."""
    LOCAL_TABLES.empty()
    return LOCAL_TABLES.repository(clock)


@pytest.fixture
def meter(local_tables: None, record_property: Callable[[str, object], None]) -> Meter:
    """Count what a block consumes. `pytest -s` prints it; a report of the run holds it."""

    @contextmanager
    def count(what: str) -> Iterator[Consumed]:
        with metered(LOCAL_TABLES.tables.connection) as consumed:
            yield consumed
        said = f"{consumed.read_units:g} read, {consumed.write_units:g} write units: {', '.join(consumed.operations)}"
        record_property(what, said)
        print(f"\n{what}: {said}")

    return count


def summarised(size: int, index: set[str] = USER_INDEX, n: int = 0, **fields: Any) -> Interaction:
    """One whose summary in the index has exactly that size."""
    made = an_interaction(n, metadata={"a": ""}, **fields)
    return replace(made, metadata={"a": "v" * (size - summary_size(attributes(made), index))})


def sized(size: int, *, summary: int = 300, n: int = 0, **fields: Any) -> Interaction:
    """One whose item has exactly that size, and its largest summary, that in the index of days, exactly that one."""
    made = summarised(summary, DAY_INDEX, n, **fields)
    noise = "".join(random.Random(n).choices(ascii_letters + digits, k=2 * size))

    def with_noise(length: int) -> Interaction:
        return replace(made, response=noise[:length])

    enough = bisect_left(range(len(noise)), size, key=lambda length: item_size(attributes(with_noise(length))))
    found = (with_noise(length) for length in range(enough, len(noise)))
    return next(each for each in found if item_size(attributes(each)) == size)


@pytest.mark.parametrize(("size", "expected"), [(4096, 1), (4097, 2)])
def test_reading_by_owner_costs_one_unit_up_to_4_kb(
    store: InteractionRepository, meter: Meter, size: int, expected: int
) -> None:
    stored = store.add(sized(size)).interaction
    with meter(f"get by owner, {size} bytes") as consumed:
        assert store.get(stored.interaction_id, "ana") == stored
    assert consumed.reads == {"interactions": expected}


def test_reading_by_id_alone_costs_half_a_unit_more(store: InteractionRepository, meter: Meter) -> None:
    stored = store.add(sized(4096)).interaction
    with meter("get by id alone, 4096 bytes") as consumed:
        assert store.get(stored.interaction_id) == stored
    assert consumed.reads == {"interactions": 1, "interactions/interaction_id-index": 0.5}


@pytest.mark.parametrize(("size", "expected"), [(780, 2), (781, 2.5)])
def test_twenty_summaries_of_780_bytes_cost_two_units(
    store: InteractionRepository, meter: Meter, size: int, expected: float
) -> None:
    """With the one more that tells whether there is a next page: 21 · 780 bytes are four times 4 KB."""
    store.add_many([summarised(size, n=n) for n in range(25)])
    with meter(f"list of 20 summaries of {size} bytes") as consumed:
        page = store.list_page(Filter(user_id="ana"), limit=20, view="summary")
    assert (len(page.items), page.next is not None) == (20, True)
    assert consumed.reads == {"interactions/user_id-index": expected}


@pytest.mark.parametrize("size", [1700, 2048, 2049, 4096, 20_000])
@pytest.mark.parametrize("summary", [300, 1024])
def test_recording_costs_the_item_and_three_indexes_and_once_a_day_the_day(
    store: InteractionRepository, meter: Meter, size: int, summary: int
) -> None:
    for n, day in ((0, 1), (1, 0)):
        with meter(f"add, {size} bytes, summary {summary}{', the first of the day' if day else ''}") as consumed:
            store.add(sized(size, summary=summary, n=n))
        assert consumed.writes["interactions"] == units(size)
        assert consumed.write_units == units(size) + 3 + day


def test_a_larger_summary_costs_a_unit_more_in_each_of_two_indexes(store: InteractionRepository, meter: Meter) -> None:
    store.add(sized(1800))
    with meter("add, summary of 1025 bytes in both indexes") as consumed:
        store.add(summarised(1025, n=1))
    assert consumed.write_units == 2 + 1 + 2 * 2


def test_a_turn_of_a_conversation_costs_three_units_more_at_most(store: InteractionRepository, meter: Meter) -> None:
    store.add(sized(1800, n=99))
    turns = {
        "that begins it": (sized(2048, summary=1024, n=5, conversation_id="c"), 3),
        "that follows": (sized(2048, summary=1024, n=6, conversation_id="c"), 4),
        "recorded late": (sized(2048, summary=1024, n=4, conversation_id="c"), 2),
    }
    for which, (turn, more) in turns.items():
        with meter(f"add of a turn {which}, 2048 bytes, summary 1024") as consumed:
            store.add(turn)
        assert consumed.write_units == 2 + 3 + more
        assert consumed.write_units <= 2 + 4 + 3


@pytest.mark.parametrize("conversation_id", [None, "c"])
def test_with_an_idempotency_key_the_item_costs_twice(
    store: InteractionRepository, meter: Meter, conversation_id: str | None
) -> None:
    turn = sized(4096, summary=1024, conversation_id=conversation_id)
    with meter(f"add with a key, 4096 bytes, conversation {conversation_id}") as consumed:
        store.add(turn, KEY)
    assert (consumed.writes["interactions"], consumed.writes["idempotency"]) == (2 * 4, 2 + 1)
    # An index follows the table when the transaction is over, by a write like any other; DynamoDB Local counts two.
    indexes = sum(consumed.writes[name] for name in consumed.writes if name.startswith("interactions/"))
    assert indexes == 2 * (4 if conversation_id else 3)
    assert consumed.write_units - indexes / 2 <= 2 * 4 + 2 + 4 + (3 if conversation_id else 0)


def test_what_a_key_replays_or_refuses_writes_nothing(store: InteractionRepository, meter: Meter) -> None:
    first = store.add(sized(4096), KEY).interaction
    with meter("replay of a key, 4096 bytes") as consumed:
        assert store.add(an_interaction(1), KEY).interaction == first
    assert (consumed.read_units, consumed.write_units) == (2, 0)
    with meter("a key with other content") as consumed, pytest.raises(IdempotencyConflict):
        store.add(an_interaction(1), KEY._replace(fingerprint="other"))
    assert (consumed.read_units, consumed.write_units) == (1, 0)


@pytest.mark.parametrize("key", [None, KEY])
def test_a_lease_costs_one_unit_when_it_is_granted_and_one_when_it_ends(
    store: InteractionRepository, meter: Meter, key: Idempotency | None
) -> None:
    store.add(an_interaction(9))
    times = 1 if key is None else 2
    question = sized(2000, status=Status.PENDING)
    with meter(f"add with a lease, 2000 bytes before it, {'a' if key else 'no'} key") as consumed:
        store.add(question, key, NOW + ABANDONED_AFTER)
    assert consumed.writes["interactions"] == times * 2
    assert consumed.writes["idempotency"] == 1 + (0 if key is None else 2)
    answer = replace(question, status=Status.COMPLETED)
    with meter("the answer to what is leased") as consumed:
        store.update(answer, 1)
    assert consumed.writes["idempotency"] == 1
    assert consumed.write_units == 2 + 2 + 1
    assert consumed.read_units == 0


def test_a_sweep_of_what_was_abandoned_costs_a_read_and_a_change_each(
    store: InteractionRepository, meter: Meter, clock: Clock
) -> None:
    store.sweep_expired()  # the first of a day writes the total of the day before
    for n in range(3):
        store.add(sized(2000, n=n, status=Status.PENDING), leased_until=NOW + ABANDONED_AFTER)
    clock.advance(ABANDONED_AFTER)
    with meter("sweep of 3 abandoned, 2000 bytes") as consumed:
        assert store.sweep_expired().abandoned == 3
    assert (consumed.reads["interactions"], consumed.writes["idempotency"]) == (3, 3)
    assert consumed.write_units - 3 == 3 * (units(2100) + 2)


@pytest.mark.parametrize("conversation_id", [None, "c"])
def test_a_change_costs_the_item_and_the_two_summaries(
    store: InteractionRepository, meter: Meter, conversation_id: str | None
) -> None:
    stored = store.add(sized(2000, conversation_id=conversation_id)).interaction
    rated = replace(stored, feedback=Feedback(score=1, at=NOW), updated_at=NOW + DAY)
    with meter("update with a verdict, 2000 bytes") as consumed:
        store.update(rated, stored.version)
    assert consumed.write_units == units(item_size(attributes(replace(rated, version=2)))) + 2
    assert consumed.read_units == 0


def test_deleting_costs_the_item_and_each_of_its_indexes(store: InteractionRepository, meter: Meter) -> None:
    turn = store.add(sized(4096, conversation_id="c")).interaction
    with meter("delete a turn, 4096 bytes") as consumed:
        store.delete(turn.interaction_id, "ana")
    assert consumed.write_units == 4 + 4


def test_usage_of_a_day_costs_what_its_summaries_do(store: InteractionRepository, meter: Meter) -> None:
    store.add_many([summarised(800, n=n) for n in range(100)])
    with meter("usage of a day, one user, 100 summaries of 800 bytes") as consumed:
        assert store.usage("ana", NOW.date(), NOW.date()).rows[0].count == 100
    assert consumed.reads == {"interactions/user_id-index": 10}, "half a unit each 4 KB of 80,000 bytes"
    with meter("usage of a day, all users, the same") as consumed:
        assert store.usage(None, NOW.date(), NOW.date()).rows[0].count == 100
    assert consumed.reads.keys() == {"interactions/day-index", "idempotency"}
    assert consumed.read_units <= 1 + 10 + 8, "of each shard what is begun counts as a whole"


def test_a_page_of_conversations_costs_what_they_hold(store: InteractionRepository, meter: Meter) -> None:
    store.add_many([an_interaction(n, conversation_id=f"c{n}") for n in range(30)])
    with meter("list of 20 conversations") as consumed:
        assert len(store.list_conversations("ana", limit=20).items) == 20
    assert consumed.reads.keys() == {"conversations/recent-index"}
    assert consumed.read_units <= 1


def test_exchanges_of_english_prose_cost_at_most_one_and_three_quarter_units(
    store: InteractionRepository, record_property: Callable[[str, object], None]
) -> None:
    """The base item alone: by the rules of sizes for all of them, and as consumed for each tenth.

    They are 4,000 in the profile `thorough`.
    """
    plain: dict[str, list[int]] = {}
    packed: dict[str, list[int]] = {}
    consumed_units = computed_units = 0.0
    texts = sources()
    for number, (source, text) in enumerate(texts.items()):
        for turn, (prompt, response) in enumerate(exchanges(text, in_depth(4002) // len(texts), number)):
            interaction = recorded(prompt, response, 10_000 * number + turn)
            stored = attributes(interaction)
            texts_as_they_are = {"prompt": {"S": prompt}, "response": {"S": response}}
            packed.setdefault(source, []).append(units(item_size(stored)))
            uncompressed = {name: value for name, value in stored.items() if name != "texts"} | texts_as_they_are
            plain.setdefault(source, []).append(units(item_size(uncompressed)))
            if turn % 10 == 0:
                with metered(LOCAL_TABLES.tables.connection) as consumed:
                    store.add(interaction)
                consumed_units += consumed.writes["interactions"]
                computed_units += units(item_size(stored))
    for source in texts:
        print(f"\n{source}: {mean(packed[source]):.3f} write units, uncompressed {mean(plain[source]):.3f}")
    average, uncompressed_average = mean(chain(*packed.values())), mean(chain(*plain.values()))
    record_property("write units of a base item of prose", average)
    print(f"all: {average:.3f} write units, uncompressed {uncompressed_average:.3f}")
    assert consumed_units == computed_units
    assert uncompressed_average == pytest.approx(2.7, abs=0.02)
    assert average <= 1.75
    assert max(mean(kind) for kind in packed.values()) <= 1.75, "of each kind of prose"
