"""What comes out of the cache is what went in, whatever it is."""

from __future__ import annotations

import string
from datetime import UTC
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.cache import DynamoDBCache
from interactions.dynamodb.tables import Tables

cache = DynamoDBCache("", {})

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**40])
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.uuids()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.frozensets(st.integers() | st.text())
    ),
    max_leaves=20,
)
KEYS = st.text(string.printable + "éß漢🙂", min_size=1, max_size=40)

# The tables may hold what earlier examples have cached.
example_by_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
pytestmark = pytest.mark.filterwarnings("ignore::django.core.cache.backends.base.CacheKeyWarning")


@example_by_example
@given(key=KEYS, value=VALUES)
def test_a_value_comes_back_equal_and_of_its_type(tables: Tables, key: str, value: Any) -> None:
    cache.set(key, value)
    found = cache.get(key, "missing")
    assert found == value
    assert type(found) is type(value)


@example_by_example
@given(data=st.dictionaries(KEYS, VALUES, max_size=30))
def test_many_values_come_back_by_their_keys(tables: Tables, data: dict[str, Any]) -> None:
    assert cache.set_many(data) == []
    assert cache.get_many(data) == data


@example_by_example
@given(start=st.integers(-(2**63), 2**63 - 1), steps=st.lists(st.integers(-(2**63), 2**63), max_size=5))
def test_counting_is_adding(tables: Tables, start: int, steps: list[int]) -> None:
    cache.set("counter", start)
    for step in steps:
        start += step
        assert cache.incr("counter", step) == start
    assert cache.get("counter") == start
