"""Many rows of the DynamoDB repository's tables deleted or written at once."""

from __future__ import annotations

from collections.abc import Sequence

from interactions.domain.interaction import Interaction
from interactions.dynamodb.tables import Tables
from interactions.repositories.dynamodb import conversations
from interactions.repositories.dynamodb.calendar import Calendar
from interactions.repositories.dynamodb.codec import item_of
from tests.conformance.clock import NOW
from tests.faults.staleness import definition_of

FEW = 25  # what one BatchWriteItem takes
KEYS = {
    "interactions": ("user_id", "interaction_id"),
    "conversations": ("user_id", "conversation_id"),
    "idempotency": ("user_id", "key_hash"),
}


def empty(tables: Tables) -> None:
    """Delete up to 25 items; make a table of more items anew, which takes less time than their deletion."""
    wire = tables.connection.wire
    for name, keys in KEYS.items():
        page = wire.call("Scan", {"TableName": name, "Limit": FEW})
        if "LastEvaluatedKey" in page:
            described = wire.call("DescribeTable", {"TableName": name})["Table"]
            wire.call("DeleteTable", {"TableName": name})
            wire.call("CreateTable", definition_of(described))
        elif page["Items"]:
            deletions = [{"DeleteRequest": {"Key": {key: item[key] for key in keys}}} for item in page["Items"]]
            wire.call("BatchWriteItem", {"RequestItems": {name: deletions}})


def fill(tables: Tables, interactions: Sequence[Interaction]) -> None:
    """Store what `add_many` would store of new interactions, but 25 a request instead of one."""
    Calendar(tables).note(interactions)
    conversations.move(tables, interactions, NOW)
    with tables.interactions.batch_write() as batch:
        for interaction in interactions:
            batch.save(item_of(interaction, tables.interactions))
