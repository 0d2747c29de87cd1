"""The restored tables beside their sources: keys and indexes, which have to be the same, and numbers of items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import CommandError

from interactions.management.production.restore.restoring import TABLES, Description, Restore, describe

COUNTS = ("auto", "exact", "approximate", "none")
# A scan of so much takes 655,360 read units, which are about 8 US cents, and one or two minutes.
EXACT_UP_TO_BYTES = 5 * 1024**3
# A segment of its own is worth while for so much.
SEGMENT_BYTES = 256 * 1024**2
MOST_SEGMENTS = 8
SCANS_AT_ONCE = 8


def refuse_other_keys(client: Any, restore: Restore) -> dict[str, Description]:
    """The descriptions of the restored tables, by table.

    Raises:
        CommandError: a restored table lacks an index of its source, or has another one or another key.
    """
    found = {table: describe(client, restore.target(table)) or {} for table in TABLES}
    wrong = [f"{restore.target(table)}: {what}" for table in TABLES for what in _lacking(restore, found, table)]
    if wrong:
        raise CommandError(f"The restored tables are not made as their sources are: {'; '.join(wrong)}.")
    return found


def compared(client: Any, restore: Restore, restored: Mapping[str, Description], how: str) -> str:
    """A table of how many items there are.

    `exact` scans, which no request of the service ever does: it costs half a read unit for each 4 KB of the table, and
    takes read capacity that live traffic shares. `approximate` is free: DynamoDB's own count, six hours old at worst,
    and of a table that has only just been restored often none. `auto` scans tables of up to 5 GB.
    """
    scanned = [table for table in TABLES if how == "exact" or (how == "auto" and _is_small(restore.sources[table]))]
    exact = _scan(client, [pair for table in scanned for pair in _segments(restore, table)])
    rows = [("table", "source now", "restored")]
    for table in TABLES:
        if table in scanned:
            rows.append((table, f"{exact[restore.sources[table]['TableName']]:,}", f"{exact[restore.target(table)]:,}"))
        else:
            source, target = restore.sources[table]["ItemCount"], restored[table]["ItemCount"]
            rows.append((table, f"~{source:,}", f"~{target:,}" if target else "not known yet"))
    width = max(map(len, TABLES))
    return "\n".join(f"  {name:<{width}}  {source:>15}  {target:>15}" for name, source, target in rows)


def _is_small(source: Description) -> bool:
    return int(source["TableSizeBytes"]) <= EXACT_UP_TO_BYTES


def _segments(restore: Restore, table: str) -> list[tuple[str, int]]:
    """Each table of the two, with how many segments it is scanned in: the restored one is about as large."""
    source = restore.sources[table]
    number = min(1 + int(source["TableSizeBytes"]) // SEGMENT_BYTES, MOST_SEGMENTS)
    return [(source["TableName"], number), (restore.target(table), number)]


def _scan(client: Any, tables: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Count the items of tables, each in so many segments; an eventually consistent read costs half."""
    jobs = [(name, segment, segments) for name, segments in tables for segment in range(segments)]

    def count(job: tuple[str, int, int]) -> int:
        name, segment, segments = job
        pages = client.get_paginator("scan").paginate(
            TableName=name, Select="COUNT", Segment=segment, TotalSegments=segments
        )
        return sum(page["Count"] for page in pages)

    totals: dict[str, int] = {}
    pool = ThreadPoolExecutor(SCANS_AT_ONCE)
    try:
        for (name, *_), number in zip(jobs, pool.map(count, jobs), strict=True):
            totals[name] = totals.get(name, 0) + number
    finally:
        pool.shutdown(cancel_futures=True)
    return totals


def _lacking(restore: Restore, found: Mapping[str, Description], table: str) -> Iterable[str]:
    source, restored = restore.sources[table], found[table]
    if _keys(source) != _keys(restored):
        yield f"its key is {_keys(restored)}, not {_keys(source)}"
    has = _indexes(restored)
    for name, index in _indexes(source).items():
        if has.get(name) != index:
            yield f"its index {name} is {'another' if name in has else 'missing'}"


def _keys(described: Description) -> list[tuple[str, str, str]]:
    """Attribute, its part in the key, its type."""
    types = {one["AttributeName"]: one["AttributeType"] for one in described.get("AttributeDefinitions", [])}
    keys = described.get("KeySchema", [])
    return [(key["AttributeName"], key["KeyType"], types.get(key["AttributeName"], "")) for key in keys]


def _indexes(described: Description) -> dict[str, Any]:
    types = described.get("AttributeDefinitions", [])
    return {
        index["IndexName"]: (
            _keys({**index, "AttributeDefinitions": types}),
            index["Projection"]["ProjectionType"],
            sorted(index["Projection"].get("NonKeyAttributes", [])),
        )
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        for index in described.get(kind, [])
    }
