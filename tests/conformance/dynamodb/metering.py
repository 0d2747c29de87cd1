"""What each DynamoDB operation says that it has consumed, by table and index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from interactions.dynamodb.connection import CHARGED, DynamoDBConnection, Wire

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


@dataclass
class MeteredWire:
    """A wire that asks what each operation has consumed, and where."""

    wire: Wire
    consumed: Consumed

    @property
    def endpoint(self) -> str:
        return self.wire.endpoint

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation not in CHARGED:
            return self.wire.call(operation, arguments)
        try:
            answer = self.wire.call(operation, arguments | {"ReturnConsumedCapacity": "INDEXES"})
        except ClientError as error:
            self.consumed.note(operation, error.response)
            raise
        self.consumed.note(operation, answer)
        return answer

    def hurried(self, connect_seconds: float, read_seconds: float) -> Wire | None:
        return self.wire.hurried(connect_seconds, read_seconds)

    def disconnect(self) -> None:
        self.wire.disconnect()


@contextmanager
def metered(connection: DynamoDBConnection) -> Iterator[Consumed]:
    """What is consumed over the connection meanwhile."""
    wire, consumed = connection.wire, Consumed()
    connection.wire = MeteredWire(wire, consumed)
    try:
        yield consumed
    finally:
        connection.wire = wire
