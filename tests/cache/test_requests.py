"""What goes over the wire, how often, and what becomes of it when the wire fails."""

from __future__ import annotations

import pytest

from interactions.cache import DynamoDBCache
from interactions.domain.errors import Unavailable
from interactions.dynamodb.tables import Tables
from tests.dynamodb_tables import ON_BOTH_WIRES
from tests.faults.kinds import SHORT_PAGE, THROTTLED, UNKNOWN_OUTCOMES, UNPROCESSED, Fault
from tests.faults.plans import always, in_turn, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.moving_clock import moving_clock

cache = DynamoDBCache("", {})


@ON_BOTH_WIRES
def test_many_keys_take_one_request_for_each_hundred_or_twenty_five(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    data = {f"key-{number}": number for number in range(260)}
    assert cache.set_many(data) == []
    assert cache.get_many([*data, "missing"]) == data
    cache.delete_many([*data][:30])
    assert len(cache.get_many(data)) == 230
    counts = [(operation, len(wire.said(operation))) for operation in ("BatchWriteItem", "BatchGetItem")]
    assert counts == [("BatchWriteItem", 11 + 2), ("BatchGetItem", 3 + 3)]
    assert len(wire.said()) == 19


@ON_BOTH_WIRES
def test_one_key_takes_one_request(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    cache.set("key", 1)
    cache.get("key")
    cache.add("key", 1)
    cache.incr("key")
    cache.touch("key")
    cache.has_key("key")
    cache.delete("key")
    assert len(wire.said()) == 7


def test_parts_of_a_batch_that_come_back_are_sent_again(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    data = {f"key-{number}": "value" for number in range(40)}
    wire.plan = in_turn([UNPROCESSED, UNPROCESSED], "BatchWriteItem")
    assert cache.set_many(data) == []
    wire.plan = in_turn([UNPROCESSED], "BatchGetItem")
    assert cache.get_many(data) == data
    assert wire.faults() == ["unprocessed"] * 3


@pytest.mark.parametrize("fault", UNKNOWN_OUTCOMES, ids=lambda fault: fault.name)
def test_adding_is_known_to_have_been_done_though_the_answer_was_lost(
    wired_tables: Tables, wire: FaultyDynamoDB, fault: Fault
) -> None:
    wire.plan = in_turn([fault], "PutItem")
    assert cache.add("key", 1) is True
    assert cache.get("key") == 1


def test_somebody_elses_equal_value_is_not_taken_for_ones_own(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    assert cache.add("key", 1, None) is True
    wire.plan = in_turn([UNKNOWN_OUTCOMES[0]], "PutItem")
    assert cache.add("key", 1, None) is False


def test_what_was_deleted_though_the_answer_was_lost_is_said_to_be_deleted(
    wired_tables: Tables, wire: FaultyDynamoDB
) -> None:
    cache.set("key", 1)
    wire.plan = in_turn([UNKNOWN_OUTCOMES[0]], "DeleteItem")
    assert cache.delete("key") is True
    assert cache.has_key("key") is False


def test_a_store_that_does_not_answer_is_said_to_be_unavailable(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    wire.plan = always(THROTTLED)
    with moving_clock():
        for operation in (cache.get, cache.incr, cache.touch, cache.delete, cache.has_key):
            with pytest.raises(Unavailable):
                operation("key")
        for write in (cache.set, cache.add):
            with pytest.raises(Unavailable):
                write("key", 1)
        for many in (cache.get_many, cache.delete_many):
            with pytest.raises(Unavailable):
                many(["key"])


def test_clearing_deletes_everything_page_by_page(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    cache.set_many({f"key-{number}": number for number in range(30)})
    DynamoDBCache("", {"KEY_PREFIX": "other"}).set("key", 1)
    wire.plan = always(SHORT_PAGE)
    cache.clear()
    wire.plan = no_faults
    assert [*wired_tables.cache.scan()] == []


def test_nothing_but_clearing_scans(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    cache.get_or_set("key", 1)
    cache.incr_version("key")
    assert {exchange.operation for exchange in wire.said()} == {"GetItem", "PutItem", "BatchWriteItem", "DeleteItem"}
