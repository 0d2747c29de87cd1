"""Counters and additions are atomic, whoever else is at it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from interactions.cache import DynamoDBCache
from interactions.dynamodb.tables import Tables

THREADS = 8


def test_no_increment_is_lost_and_each_is_told_another_number(tables: Tables) -> None:
    def count(number: int) -> list[int]:
        cache = DynamoDBCache("", {})
        return [cache.incr("counter") for _ in range(50)]

    DynamoDBCache("", {}).set("counter", 0)
    with ThreadPoolExecutor(THREADS) as pool:
        told = [value for values in pool.map(count, range(THREADS)) for value in values]
    assert sorted(told) == [*range(1, THREADS * 50 + 1)]


def test_of_those_who_add_at_once_one_does(tables: Tables) -> None:
    for key in range(10):

        def add(number: int, key: int = key) -> bool:
            return DynamoDBCache("", {}).add(key, number)

        with ThreadPoolExecutor(THREADS) as pool:
            added = [*pool.map(add, range(THREADS))]
        assert added.count(True) == 1
        assert DynamoDBCache("", {}).get(key) == added.index(True)


def test_a_counter_that_all_begin_together_counts_all(tables: Tables) -> None:
    def count(number: int) -> int:
        cache = DynamoDBCache("", {})
        try:
            return cache.incr("counter")
        except ValueError:
            return 1 if cache.add("counter", 1) else cache.incr("counter")

    with ThreadPoolExecutor(THREADS) as pool:
        told = [*pool.map(count, range(40))]
    assert sorted(told) == [*range(1, 41)]
