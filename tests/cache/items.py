"""Cached items as they lie in the table."""

from __future__ import annotations

from typing import Any

from interactions.dynamodb.tables import Tables
from tests.dynamodb_tables import stored


def in_store(tables: Tables, key: str) -> dict[str, Any]:
    item = stored(tables, "cache", cache_key=f":1:{key}")
    assert item is not None
    return item
