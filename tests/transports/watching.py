"""Sees every DynamoDB operation of this process, whichever client sends it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from interactions.aws.service import Answer, JsonService

# What reads a whole table, or may.
NEVER = {"Scan", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"}


class Watch:
    """Counts operations, keeps the names of the tables that have been written to, and refuses what reads a table."""

    def __init__(self) -> None:
        self.operations: Counter[str] = Counter()
        self.written: set[str] = set()
        self.refused: list[str] = []
        self._paused = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For what a test harness does itself."""
        self._paused = True
        yield
        self._paused = False

    def see(self, operation: str, arguments: dict[str, Any]) -> None:
        if self._paused:
            return
        if operation in NEVER:
            self.refused.append(operation)
            raise AssertionError(f"{operation} reads a whole table, or may")
        self.operations[operation] += 1
        if operation in {"PutItem", "UpdateItem"}:
            self.written.add(arguments["TableName"])
        elif operation == "BatchWriteItem":
            self.written |= arguments["RequestItems"].keys()
        elif operation == "TransactWriteItems":
            self.written |= {each["TableName"] for item in arguments["TransactItems"] for each in item.values()}


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch until the end of the block."""
    watch = Watch()
    send, post = BaseClient._make_api_call, JsonService.call

    def seen(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        watch.see(operation, arguments)
        return send(client, operation, arguments)

    def posted(service: JsonService, operation: str, body: bytes, *seconds: float) -> Answer:
        watch.see(operation, json.loads(body))
        return post(service, operation, body, *seconds)

    BaseClient._make_api_call, JsonService.call = seen, posted  # type: ignore[assignment, method-assign]
    try:
        yield watch
    finally:
        BaseClient._make_api_call, JsonService.call = send, post  # type: ignore[method-assign]
