"""What each DynamoDB operation says that it has consumed, by table and index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

READS = {"GetItem", "BatchGetItem", "Query", "TransactGetItems"}
# AWS charges a write whose condition fails as it would the write; DynamoDB Local says nothing of it. Where this
# happens in what is metered, the item is a small one.
FAILED_CONDITION = 1.0


@dataclass
class Consumed:
    """Units, by where: `interactions`, `interactions/user_id-index`, …"""

    reads: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    operations: list[str] = field(default_factory=list)

    @property
    def read_units(self) -> float:
        return sum(self.reads.values())

    @property
    def write_units(self) -> float:
        return sum(self.writes.values())

    def note(self, operation: str, answer: dict[str, Any]) -> None:
        self.operations.append(operation)
        if "ConditionalCheckFailed" in answer.get("Error", {}).get("Code", ""):
            self.writes["failed condition"] += FAILED_CONDITION  # type: ignore[assignment]
            return
        counted = self.reads if operation in READS else self.writes
        said = answer["ConsumedCapacity"]
        for capacity in said if isinstance(said, list) else [said]:
            table, indexes = capacity["TableName"], capacity.get("GlobalSecondaryIndexes", {})
            shares = {table: capacity["Table"]} | {f"{table}/{name}": index for name, index in indexes.items()}
            for where, share in shares.items():
                if share["CapacityUnits"]:
                    counted[where] += share["CapacityUnits"]


@contextmanager
def metered(client: Any) -> Iterator[Consumed]:
    """What a botocore client consumes meanwhile."""
    consumed = Consumed()

    def ask(params: dict[str, Any], **context: Any) -> dict[str, Any]:
        return params | {"ReturnConsumedCapacity": "INDEXES"}

    def note(model: Any, parsed: dict[str, Any], **context: Any) -> None:
        consumed.note(model.name, parsed)

    client.meta.events.register("provide-client-params.dynamodb.*", ask)
    client.meta.events.register("after-call.dynamodb.*", note)
    try:
        yield consumed
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.*", ask)
        client.meta.events.unregister("after-call.dynamodb.*", note)
