"""The cache backend. Every operation is one request to DynamoDB, or one for each batch of keys.

What has expired is not there, whether DynamoDB has deleted it or not. Reads see what was written before them.
"""

from __future__ import annotations

import math
import operator
import os
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache, InvalidCacheKey
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from interactions.cache import values
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.django_tables import CacheItem
from interactions.dynamodb.tables import get_tables

# DynamoDB's limits: of a key, and of an item, less what its other attributes and all names take.
MAX_KEY_BYTES = 2048
MAX_VALUE_BYTES = 400 * 1024 - MAX_KEY_BYTES - 512
# Whole numbers of 64 bits are stored as numbers, so that they can be counted with; DynamoDB is exact to 38 digits.
COUNTABLE = range(-(2**63), 2**63)
LAST_EXPIRY = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class DynamoDBCache(BaseCache):
    """Django's cache in the table `cache`; LOCATION says nothing here.

    Operations raise `Unavailable` when the store fails. A value that does not fit an item of 400 KB is not stored, and
    what was there is deleted, so that it does not go on in its place. A timeout ends on a whole second: up to one
    second late, never early. `incr` and `decr` are repeated when their answer is lost, and may so count twice.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def validate_key(self, key: str) -> None:
        super().validate_key(key)
        if not 1 <= len(key.encode()) <= MAX_KEY_BYTES:
            raise InvalidCacheKey(f"A key has 1 to {MAX_KEY_BYTES} bytes, prefix and version included")

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        item = _live(self.make_and_validate_key(key, version))
        return default if item is None else _value(item, default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        asked = {self.make_and_validate_key(key, version): key for key in keys}
        live = (item for item in _model().batch_get(asked, consistent_read=True) if not _is_past(item.ttl))
        found = {asked[item.cache_key]: _value(item, self._missing_key) for item in live}
        return {key: value for key, value in found.items() if value is not self._missing_key}

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return _live(self.make_and_validate_key(key, version)) is not None

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self.set_many({key: value}, timeout, version)

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Set several; the keys of the values that do not fit are returned."""
        items = {key: self._new_item(key, value, timeout, version) for key, value in data.items()}
        failed = [key for key, item in items.items() if not _fits(item)]
        with _model().batch_write() as batch:
            for item in {item.cache_key: item for item in items.values()}.values():
                if _fits(item) and not _is_past(item.ttl):
                    batch.save(item)
                else:
                    batch.delete(item)
        return failed

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        item = self._new_item(key, value, timeout, version)
        if _is_past(item.ttl):
            return _live(item.cache_key) is None
        if not _fits(item):
            return False
        item.added_by = os.urandom(16).hex()
        try:
            item.save(condition=~_is_live(type(item)))
        except ConditionFailed as failure:
            return failure.unsettled and _is_stored(item)
        return True

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        expiry = self._expiry(timeout)
        if _is_past(expiry):
            return self.delete(key, version)
        model = _model()
        change = model.ttl.remove() if expiry is None else model.ttl.set(expiry)
        try:
            model(self.make_and_validate_key(key, version)).update([change], condition=_is_live(model))
        except ConditionFailed:
            return False
        return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        model = _model()
        try:
            model(self.make_and_validate_key(key, version)).delete(condition=_is_live(model))
        except ConditionFailed as failure:
            return failure.unsettled  # an attempt whose answer was lost may be what has deleted it
        return True

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        model = _model()
        with model.batch_write() as batch:
            for stored_key in {self.make_and_validate_key(key, version) for key in keys}:
                batch.delete(model(stored_key))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a whole number, in one step whoever else does; its timeout stays.

        Raises:
            ValueError: there is none, or none any more.
            TypeError: one of the two is no whole number.
        """
        model = _model()
        item = model(self.make_and_validate_key(key, version))
        change = model.number.set(model.number + operator.index(delta))
        try:
            item.update([change], condition=_is_live(model))
        except ConditionFailed as failure:
            raise ValueError(f"Key '{key}' not found") from failure
        except UpdateError as error:
            if error.cause_response_code != "ValidationException":
                raise
            raise TypeError(f"The value of '{key}' is no whole number") from error
        return int(item.number)

    def clear(self) -> None:
        """Delete everything, whatever its prefix and version. It scans the table: for people, not for requests."""
        model = _model()
        with model.batch_write() as batch:
            for item in model.scan(attributes_to_get=["cache_key"]):
                batch.delete(item)

    def _new_item(self, key: Any, value: Any, timeout: Any, version: int | None) -> CacheItem:
        item = _model()(self.make_and_validate_key(key, version), ttl=self._expiry(timeout))
        if type(value) is int and value in COUNTABLE:  # True is no number to count with
            item.number = value
        else:
            item.value = values.dump(item.cache_key, value)
        return item

    def _expiry(self, timeout: Any) -> datetime | None:
        moment = self.get_backend_timeout(timeout)
        if moment is None:
            return None
        return datetime.fromtimestamp(math.ceil(min(max(moment, 0), LAST_EXPIRY)), UTC)


def _model() -> type[CacheItem]:
    return get_tables().cache


def _now() -> datetime:
    """By the clock that Django counts timeouts from."""
    return datetime.fromtimestamp(time.time(), UTC)


def _is_live(model: type[CacheItem]) -> Condition:
    """That an item is there and has not expired."""
    unexpired = model.ttl.does_not_exist() | (model.ttl > _now())
    live: Condition = model.cache_key.exists() & unexpired
    return live


def _is_past(expiry: datetime | None) -> bool:
    return expiry is not None and expiry <= _now()


def _live(stored_key: str) -> CacheItem | None:
    model = _model()
    try:
        item = model.get(stored_key, consistent_read=True)
    except model.DoesNotExist:
        return None
    return None if _is_past(item.ttl) else item


def _is_stored(item: CacheItem) -> bool:
    """Whether an attempt to add it, whose answer was lost, was carried out."""
    stored = _live(item.cache_key)
    return stored is not None and stored.added_by == item.added_by


def _fits(item: CacheItem) -> bool:
    return item.value is None or len(item.value) <= MAX_VALUE_BYTES


def _value(item: CacheItem, missing: Any) -> Any:
    """What was cached; `missing` where it is not what this service has written."""
    if item.number is not None:
        return int(item.number)
    try:
        return values.load(item.cache_key, item.value or b"")
    except values.Forged:
        return missing
