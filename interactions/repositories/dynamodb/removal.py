"""Erasing, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from interactions.deadline import is_over
from interactions.dynamodb.tables import Tables
from interactions.repositories.base import Erased
from interactions.repositories.dynamodb import leases
from interactions.repositories.dynamodb.conditions import has_expired

CHUNK = 500
Counts = Callable[[Any], bool]


def erase(tables: Tables, user_id: str, now: datetime, deadline: float | None) -> Erased:
    """Delete what the tables themselves hold: an index may not show yet what was just written."""

    def is_seen(item: Any) -> bool:
        return not has_expired(item, now)

    interactions, complete = _erase_interactions(tables, user_id, is_seen, deadline)
    conversations = keys = 0
    if complete:
        conversations = _erase_all(tables.conversations, user_id, ["conversation_id"], is_seen)
        keys = _erase_all(
            tables.idempotency, user_id, ["key_hash", "fingerprint"], lambda row: bool(row.fingerprint) and is_seen(row)
        )
    return Erased(interactions=interactions, conversations=conversations, idempotency_keys=keys, complete=complete)


def _erase_interactions(tables: Tables, user_id: str, counts: Counts, deadline: float | None) -> tuple[int, bool]:
    items = tables.interactions
    wanted: dict[str, Any] = {
        "consistent_read": True,
        "attributes_to_get": ["user_id", "interaction_id", "expires_at", "leased_until"],
    }
    newest = next(items.query(user_id, scan_index_forward=False, limit=1, **wanted), None)
    if newest is None:
        return 0, True
    # What is recorded while this runs is not chased: a busy writer could keep it from ever finishing.
    until = items.interaction_id <= newest.interaction_id
    count = 0
    for page in items.query(user_id, until, page_size=CHUNK, **wanted).page_iter:
        _end_leases(tables, page)
        count += _delete_page(items, page, counts)
        if page.get("LastEvaluatedKey") and is_over(deadline):
            return count, False
    return count, True


def _erase_all(rows: Any, user_id: str, attributes: list[str], counts: Counts) -> int:
    wanted = ["user_id", "expires_at", *attributes]
    pages = rows.query(user_id, consistent_read=True, attributes_to_get=wanted).page_iter
    return sum(_delete_page(rows, page, counts) for page in pages)


def _end_leases(tables: Tables, page: dict[str, Any]) -> None:
    """Delete the rows of leases first, since they name the user: who is answered meanwhile finds nothing to update."""
    for item in map(tables.interactions.from_raw_data, page["Items"]):
        if item.leased_until is not None:
            leases.end(tables.idempotency, item, item.leased_until)


def _delete_page(kind: Any, page: dict[str, Any], counts: Counts) -> int:
    """Delete what is on the page; how many of those counted."""
    found = [kind.from_raw_data(raw) for raw in page["Items"]]
    with kind.batch_write() as batch:
        for item in found:
            batch.delete(item)
    return sum(map(counts, found))
