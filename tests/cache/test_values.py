"""What a cached value is stored as, and what is refused: too large, under too long a key, or not ours."""

from __future__ import annotations

import os
import pickle
from typing import Any

import pytest
from django.core.cache.backends.base import CacheKeyWarning, InvalidCacheKey
from pytest_django import Settings

from interactions.cache import DynamoDBCache
from interactions.dynamodb.tables import Tables
from tests.cache.items import in_store
from tests.dynamodb_tables import put

cache = DynamoDBCache("", {})


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


def test_a_value_of_nearly_400_kb_fits_under_the_longest_key(tables: Tables) -> None:
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


class Harmful:
    """Unpickling it fails the test."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("it was unpickled",)
