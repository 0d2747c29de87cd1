"""Production as `pull_interactions` meets it: DynamoDB Local behind a wire that counts what it charges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from threading import Lock
from typing import Any

from interactions.domain.interaction import Interaction
from interactions.domain.query import Conversation
from interactions.dynamodb.tables import Tables
from interactions.repositories.base import InteractionRepository
from interactions.repositories.dynamodb import DynamoDBRepository
from interactions.repositories.orm import OrmRepository
from tests.conformance.builders import conversations
from tests.faults.plans import no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Answer

REGION = "eu-central-1"
PREFIX = "prod-"
# As a person gives it whose environment does not say where.
PULL = ("pull_interactions", "--table-prefix", PREFIX, "--region", REGION)

# The items that each function's interactions became, by table.
Written = dict[Callable[[], list[Interaction]], list[tuple[Any, list[Any]]]]


class MeteredDynamoDB(FaultyDynamoDB):
    """`read_units` is what the answers that were given say they cost."""

    read_units = 0.0
    _meter = Lock()

    def handle(self, headers: dict[str, str], raw: bytes) -> Answer:
        answer = super().handle(headers, raw)
        if answer.status == 200:
            consumed = answer.document.get("ConsumedCapacity", [])
            with self._meter:
                for part in consumed if isinstance(consumed, list) else [consumed]:
                    self.read_units += part["CapacityUnits"]
        return answer


class Production:
    """`wire` is what the command talks over; `store` is the same store past it."""

    def __init__(self, wire: MeteredDynamoDB, tables: Tables, access_key: str, written: Written) -> None:
        self.wire = wire
        self.tables = tables
        self._models = (tables.interactions, tables.conversations, tables.idempotency)
        self._written = written
        self.store: InteractionRepository = DynamoDBRepository(tables=tables)
        self.environment = {
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_ENDPOINT_URL_DYNAMODB": wire.endpoint,
            "AWS_REGION": REGION,
            "TABLE_PREFIX": PREFIX,
        }

    def add(self, interactions: Iterable[Interaction]) -> None:
        rest = iter(interactions)
        while some := [*islice(rest, 100)]:
            assert all(isinstance(outcome, Interaction) for outcome in self.store.add_many(some))

    def add_again(self, make: Callable[[], list[Interaction]]) -> None:
        """Add to empty tables what `make` makes: by the store once, and from then on as the items that it wrote."""
        if make in self._written:
            for model, items in self._written[make]:
                with model.batch_write() as batch:
                    for item in items:
                        batch.save(item)
        else:
            self.add(make())
            self._written[make] = [(model, [*model.scan()]) for model in self._models]

    def empty_record(self) -> None:
        """From here on nothing fails, and what was said before is forgotten."""
        self.wire.plan = no_faults
        self.wire.exchanges.clear()
        self.wire.read_units = 0.0

    def empty(self) -> None:
        self.wire.copy.lag = None
        for model in self._models:
            with model.batch_write() as batch:
                for item in model.scan():
                    batch.delete(item)
        self.store = DynamoDBRepository(tables=self.tables)
        self.empty_record()

    def shards_asked(self) -> list[str]:
        """The shards that the index was asked for, each once for each page."""
        asked = [e.call.body for e in self.wire.said("Query") if e.call.index == "day-index"]
        return [
            value["S"] for body in asked for value in body["ExpressionAttributeValues"].values() if "#" in value["S"]
        ]


def contents(store: InteractionRepository) -> tuple[list[Interaction], list[Conversation]]:
    """All that a reader finds there."""
    interactions = [*store.iterate()]
    users = sorted({interaction.user_id for interaction in interactions})
    return interactions, [found for user in users for found in conversations(store, user)]


def local_contents() -> tuple[list[Interaction], list[Conversation]]:
    return contents(OrmRepository())
