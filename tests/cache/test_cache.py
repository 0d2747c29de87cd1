"""What Django's test cases do not ask of a cache: expiry on read, exact numbers, timeouts."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import Settings

from interactions.cache import DynamoDBCache
from interactions.dynamodb.tables import Tables
from tests.cache.items import in_store
from tests.dynamodb_tables import put, stored

cache = DynamoDBCache("", {})


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


def test_two_names_of_one_key_are_written_once(tables: Tables) -> None:
    assert cache.set_many({1: "number", "1": "text"}) == []
    assert cache.get("1") == "text"
    cache.delete_many([1, "1"])
    assert cache.get("1") is None


def test_it_is_configured_as_any_cache_of_django(tables: Tables, settings: Settings) -> None:
    backend = {"BACKEND": "interactions.cache.DynamoDBCache", "TIMEOUT": None, "KEY_PREFIX": "service", "VERSION": 3}
    settings.CACHES = {"default": backend}
    caches["default"].set("key", 1)
    item = stored(tables, "cache", cache_key="service:3:key")
    assert item is not None
    assert "ttl" not in item
