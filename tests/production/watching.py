"""Sees every DynamoDB operation of this process, whichever client sends it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from interactions.aws.service import Answer, JsonService


class Watch:
    """Counts operations, and keeps the names of the tables that have been written to."""

    def __init__(self) -> None:
        self.operations: Counter[str] = Counter()
        self.written: set[str] = set()
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
