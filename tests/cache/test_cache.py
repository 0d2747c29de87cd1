"""What Django's test cases do not ask of a cache: expiry on read, limits of size, what is stored, failures."""

from __future__ import annotations

import os
import pickle
import time
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import CacheKeyWarning, InvalidCacheKey
from pytest_django import Settings

from interactions.cache import DynamoDBCache
from interactions.domain.errors import Unavailable
from interactions.dynamodb.tables import Tables
from tests.dynamodb_tables import put, stored
from tests.faults.kinds import SHORT_PAGE, THROTTLED, UNKNOWN_OUTCOMES, UNPROCESSED, Fault
from tests.faults.plans import always, in_turn, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.moving_clock import moving_clock

cache = DynamoDBCache("", {})


def in_store(tables: Tables, key: str) -> dict[str, Any]:
    item = stored(tables, "cache", cache_key=f":1:{key}")
    assert item is not None
    return item


def end(tables: Tables, *keys: str) -> None:
    """Let their time be up, as if that much had passed; DynamoDB has not deleted them yet."""
    for key in keys:
        put(tables, "cache", in_store(tables, key) | {"ttl": {"N": str(int(time.time()))}})


@pytest.fixture
def expired(tables: Tables) -> Tables:
    """`number` and `text` have been cached once."""
    cache.set_many({"number": 1, "text": "hello"})
    end(tables, "number", "text")
    return tables


def test_what_has_expired_is_not_there_though_it_has_not_been_deleted(expired: Tables) -> None:
    assert cache.get("number", "gone") == "gone"
    assert cache.get_many(["number", "text"]) == {}
    assert not cache.has_key("text")
    assert cache.touch("text", 60) is False
    assert cache.delete("text") is False
    with pytest.raises(ValueError, match="not found"):
        cache.incr("number")
    assert in_store(expired, "number")["number"] == {"N": "1"}


def test_what_has_expired_can_be_added_anew(expired: Tables) -> None:
    assert cache.add("number", 10) is True
    assert cache.incr("number") == 11
    assert cache.add("text", "bye") is True
    assert cache.get("text") == "bye"


def test_a_counter_is_a_number_in_the_store_and_anything_else_is_not(tables: Tables) -> None:
    cache.set_many({"count": 41, "flag": True, "huge": 2**63, "ratio": 1.5})
    assert in_store(tables, "count")["number"] == {"N": "41"}
    assert all("number" not in in_store(tables, key) for key in ("flag", "huge", "ratio"))
    found = cache.get_many(["count", "flag", "huge", "ratio"])
    assert found == {"count": 41, "flag": True, "huge": 2**63, "ratio": 1.5}
    assert type(found["flag"]) is bool
    assert type(found["count"]) is int


@pytest.mark.parametrize("value", [True, 2**63, 1.5, "7", None])
def test_only_whole_numbers_of_64_bits_are_counted_with(tables: Tables, value: Any) -> None:
    cache.set("key", value)
    with pytest.raises(TypeError):
        cache.incr("key")
    assert cache.get("key") == value


def test_only_whole_numbers_are_added(tables: Tables) -> None:
    cache.set("key", 1)
    with pytest.raises(TypeError):
        cache.incr("key", 0.5)  # type: ignore[arg-type]
    assert cache.get("key") == 1


def test_counting_goes_on_beyond_64_bits_without_losing_a_digit(tables: Tables) -> None:
    cache.set("key", 2**63 - 1)
    assert cache.incr("key", 2**62) == 2**63 - 1 + 2**62
    assert cache.decr("key", 2**64) == 2**63 - 1 + 2**62 - 2**64
    assert cache.get("key") == 2**63 - 1 + 2**62 - 2**64


def test_counting_keeps_the_timeout(tables: Tables) -> None:
    cache.set("key", 1, 1000)
    before = in_store(tables, "key")["ttl"]
    cache.incr("key")
    assert in_store(tables, "key")["ttl"] == before


def test_a_value_that_takes_a_counters_place_is_no_counter(tables: Tables) -> None:
    cache.set("key", 1)
    cache.set("key", "text")
    assert cache.get("key") == "text"
    cache.set("key", 2)
    assert cache.incr("key") == 3


@pytest.mark.parametrize(("timeout", "seconds"), [(60, 60), (0.5, 1), (10**15, None)])
def test_a_timeout_is_a_whole_second_that_is_never_early(tables: Tables, timeout: float, seconds: int | None) -> None:
    before = time.time()
    cache.set("key", "value", timeout)
    ttl = int(in_store(tables, "key")["ttl"]["N"])
    if seconds is not None:
        assert before + timeout <= ttl <= time.time() + seconds + 1
    assert cache.get("key") == "value"


def test_what_is_cached_for_ever_has_no_ttl(tables: Tables) -> None:
    cache.set("key", "value", None)
    assert "ttl" not in in_store(tables, "key")
    assert cache.touch("key", 60)
    assert "ttl" in in_store(tables, "key")
    assert cache.touch("key", None)
    assert "ttl" not in in_store(tables, "key")


@pytest.mark.parametrize("timeout", [0, -1, -(10**12)])
def test_a_timeout_that_is_over_deletes(tables: Tables, timeout: int) -> None:
    cache.set_many({"set": 1, "touched": 1, "kept": 1}, None)
    cache.set("set", 2, timeout)
    assert cache.touch("touched", timeout) is True
    assert cache.touch("missing", timeout) is False
    assert cache.add("kept", 2, timeout) is False
    assert cache.add("new", 2, timeout) is True
    assert stored(tables, "cache", cache_key=":1:set") is None
    assert stored(tables, "cache", cache_key=":1:touched") is None
    assert cache.get_many(["set", "touched", "kept", "new"]) == {"kept": 1}


def test_a_value_that_does_not_fit_is_not_stored_and_leaves_nothing_stale(tables: Tables) -> None:
    much = os.urandom(410 * 1024)
    cache.set("key", "small")
    cache.set("key", much)
    assert cache.get("key") is None
    assert cache.set_many({"key": much, "other": 1}) == ["key"]
    assert cache.get_many(["key", "other"]) == {"other": 1}
    assert cache.add("key", much) is False
    assert cache.get("key") is None
    assert cache.add("other", much) is False
    assert cache.get("other") == 1


def test_a_value_of_nearly_400_kb_fits_under_the_longest_key(local_tables: Tables) -> None:
    much = os.urandom(396 * 1024)
    key = "k" * (2048 - len(":1:"))
    with pytest.warns(CacheKeyWarning):
        assert cache.add(key, much) is True
    with pytest.warns(CacheKeyWarning):
        assert cache.get(key) == much


def test_text_is_compressed(tables: Tables) -> None:
    text = "What is asked again is answered from the cache. " * 10_000
    cache.set("key", text)
    assert len(in_store(tables, "key")["value"]["B"]) < 10_000
    assert cache.get("key") == text


@pytest.mark.parametrize("key", ["k" * 2046, "é" * 1023])
@pytest.mark.filterwarnings("ignore::django.core.cache.backends.base.CacheKeyWarning")
def test_a_key_of_more_than_2048_bytes_is_refused(tables: Tables, key: str) -> None:
    for operation in (cache.get, cache.delete, cache.incr, cache.touch, cache.has_key):
        with pytest.raises(InvalidCacheKey):
            operation(key)
    for write in (cache.set, cache.add):
        with pytest.raises(InvalidCacheKey):
            write(key, 1)


def test_a_forged_value_is_not_even_unpickled(tables: Tables) -> None:
    cache.set("key", "value")
    item = in_store(tables, "key")
    signature = item["value"]["B"][:32]
    put(tables, "cache", item | {"value": {"B": signature + b"\0" + pickle.dumps(Harmful())}})
    assert cache.get("key", "missing") == "missing"
    assert cache.get_many(["key"]) == {}


def test_a_value_is_only_good_under_its_own_key(tables: Tables) -> None:
    cache.set("key", "value")
    put(tables, "cache", in_store(tables, "key") | {"cache_key": {"S": ":1:other"}})
    assert cache.get("other") is None


@pytest.mark.parametrize("broken", [b"", b"x" * 31, b"x" * 500])
def test_what_is_no_value_of_ours_is_a_miss(tables: Tables, broken: bytes) -> None:
    put(tables, "cache", {"cache_key": {"S": ":1:key"}, "value": {"B": broken}})
    assert cache.get("key") is None
    put(tables, "cache", {"cache_key": {"S": ":1:key"}})
    assert cache.get("key") is None


def test_after_a_change_of_the_secret_the_cache_is_cold(tables: Tables, settings: Settings) -> None:
    cache.set_many({"text": "value", "count": 1})
    settings.SECRET_KEY = "another"
    assert cache.get_many(["text", "count"]) == {"count": 1}
    assert cache.add("text", "value") is False
    cache.set("text", "again")
    assert cache.get("text") == "again"


def test_many_keys_take_one_request_for_each_hundred_or_twenty_five(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    data = {f"key-{number}": number for number in range(260)}
    assert cache.set_many(data) == []
    assert cache.get_many([*data, "missing"]) == data
    cache.delete_many([*data][:30])
    assert len(cache.get_many(data)) == 230
    counts = [(operation, len(wire.said(operation))) for operation in ("BatchWriteItem", "BatchGetItem")]
    assert counts == [("BatchWriteItem", 11 + 2), ("BatchGetItem", 3 + 3)]
    assert len(wire.said()) == 19


def test_one_key_takes_one_request(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    cache.set("key", 1)
    cache.get("key")
    cache.add("key", 1)
    cache.incr("key")
    cache.touch("key")
    cache.has_key("key")
    cache.delete("key")
    assert len(wire.said()) == 7


def test_two_names_of_one_key_are_written_once(tables: Tables) -> None:
    assert cache.set_many({1: "number", "1": "text"}) == []
    assert cache.get("1") == "text"
    cache.delete_many([1, "1"])
    assert cache.get("1") is None


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


def test_dynamodb_is_told_what_cached_values_expire_by(tables: Tables) -> None:
    described = tables.connection.client.describe_time_to_live(TableName="cache")
    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_it_is_configured_as_any_cache_of_django(tables: Tables, settings: Settings) -> None:
    backend = {"BACKEND": "interactions.cache.DynamoDBCache", "TIMEOUT": None, "KEY_PREFIX": "service", "VERSION": 3}
    settings.CACHES = {"default": backend}
    caches["default"].set("key", 1)
    item = stored(tables, "cache", cache_key="service:3:key")
    assert item is not None
    assert "ttl" not in item


class Harmful:
    """Unpickling it fails the test."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("it was unpickled",)
