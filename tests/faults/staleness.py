"""Eventually consistent reads at their worst: they see what was there some writes ago.

Beside each database lies a copy of its tables, in another database of the same DynamoDB Local. Every item that a write
changes is copied there later, after so many further writes. Whatever does not ask for a consistent read, every Query
of an index included, is answered from the copy: so by DynamoDB Local itself, from one earlier state, pages and all.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any

from tests.faults.wire import Answer, Call, Document, Upstream

_CREDENTIAL = re.compile(r"Credential=([^/]+)/")
_DEFINITION = ("TableName", "AttributeDefinitions", "KeySchema")
_INDEX = ("IndexName", "KeySchema", "Projection")
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
READS = {"GetItem", "BatchGetItem", "Query", "Scan"}


@dataclass(frozen=True, slots=True)
class _Change:
    """An item as a write has left it; None where it was deleted."""

    headers: Mapping[str, str]
    table: str
    key: Document
    item: Document | None


class LaggingCopy:
    """`lag` is how many changed items the copy is behind, and may change; with None there is no copy."""

    def __init__(self, upstream: Upstream) -> None:
        self.lag: int | None = None
        self._upstream = upstream
        self._pending: deque[_Change] = deque()
        self._keys: dict[tuple[str, str], list[str]] = {}
        self._lock = RLock()

    def forget(self) -> None:
        """As if it were new: without a lag, and with nothing on its way."""
        with self._lock:
            self.lag = None
            self._pending.clear()
            self._keys.clear()

    def catch_up(self) -> None:
        """From now on, until the next write, the copy has everything."""
        with self._lock:
            self._apply_all_but(0)

    def carry_out(self, call: Call, forward: Callable[[], Answer], elsewhere: Callable[[], Answer]) -> Answer:
        """`forward` sends the call to the database, `elsewhere` to the copy."""
        if call.operation == "DeleteTable":
            self._forget(call)
        if self.lag is None:
            return forward()
        if call.operation in READS and not _is_consistent(call):
            with self._lock:
                self._copy_tables(call)
            return elsewhere()
        if call.operation not in WRITES:
            return forward()
        with self._lock:  # so that changes are copied in the order in which they were made
            self._copy_tables(call)
            answer = forward()
            if answer.status == 200:
                self._pending += self._changes(call)
                self._apply_all_but(self.lag)
            return answer

    def _forget(self, call: Call) -> None:
        with self._lock:
            table, access_key = call.body["TableName"], _access_key(call.headers)
            self._keys.pop((access_key, table), None)
            kept = (c for c in self._pending if (c.table, _access_key(c.headers)) != (table, access_key))
            self._pending = deque(kept)

    def _changes(self, call: Call) -> Iterator[_Change]:
        for table, named in _written(call):
            key = {name: named[name] for name in self._keys[_access_key(call.headers), table]}
            read = {"TableName": table, "Key": key, "ConsistentRead": True}
            yield _Change(call.headers, table, key, self._send("GetItem", call.headers, read).get("Item"))

    def _apply_all_but(self, lag: int) -> None:
        while len(self._pending) > lag:
            change = self._pending.popleft()
            to = copy_headers(change.headers)
            if change.item is None:
                self._send("DeleteItem", to, {"TableName": change.table, "Key": change.key})
            else:
                self._send("PutItem", to, {"TableName": change.table, "Item": change.item})

    def _copy_tables(self, call: Call) -> None:
        for table in call.tables:
            if (_access_key(call.headers), table) not in self._keys:
                self._copy_table(call.headers, table)

    def _copy_table(self, headers: Mapping[str, str], table: str) -> None:
        to = copy_headers(headers)
        if table not in self._send("ListTables", headers, {})["TableNames"]:
            return  # the caller will hear so
        described = self._send("DescribeTable", headers, {"TableName": table})["Table"]
        if table in self._send("ListTables", to, {})["TableNames"]:  # another copy's, of an earlier test
            self._send("DeleteTable", to, {"TableName": table})
        self._send("CreateTable", to, definition_of(described))
        after: Document | None = {}
        while after is not None:
            scan = {"TableName": table, "ConsistentRead": True} | ({"ExclusiveStartKey": after} if after else {})
            page = self._send("Scan", headers, scan)
            for item in page["Items"]:
                self._send("PutItem", to, {"TableName": table, "Item": item})
            after = page.get("LastEvaluatedKey")
        names = [part["AttributeName"] for part in described["KeySchema"]]
        self._keys[_access_key(headers), table] = names

    def _send(self, operation: str, headers: Mapping[str, str], body: Document) -> Document:
        target = {name: value for name, value in headers.items() if name.lower() != "x-amz-target"}
        target["X-Amz-Target"] = f"DynamoDB_20120810.{operation}"
        answer = self._upstream.send(target, json.dumps(body).encode())
        assert answer.status == 200, answer.raw
        return answer.document


def copy_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers that lead to the copy: DynamoDB Local tells databases apart by the access key, and believes it."""
    return {name: _CREDENTIAL.sub(r"Credential=\1copy/", value) for name, value in headers.items()}


def _access_key(headers: Mapping[str, str]) -> str:
    found = [match[1] for value in headers.values() if (match := _CREDENTIAL.search(value))]
    return found[0]


def _is_consistent(call: Call) -> bool:
    if call.operation == "BatchGetItem":
        return any(part.get("ConsistentRead") for part in call.body["RequestItems"].values())
    return bool(call.body.get("ConsistentRead"))


def _written(call: Call) -> Iterator[tuple[str, Document]]:
    """The table and the item or key of each write in the call."""
    requests: Any = call.body.get("RequestItems") or {}
    for table, writes in requests.items():
        for write in writes:
            yield table, write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
    parts = [
        part for item in call.body.get("TransactItems", []) for kind, part in item.items() if kind != "ConditionCheck"
    ]
    for part in parts or ([] if requests else [call.body]):
        if "TableName" in part:
            yield part["TableName"], part.get("Item") or part["Key"]


def definition_of(described: Document) -> Document:
    """The request that creates the table that DescribeTable describes."""
    indexes = [{name: index[name] for name in _INDEX} for index in described.get("GlobalSecondaryIndexes", [])]
    return {
        **{name: described[name] for name in _DEFINITION},
        "BillingMode": "PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }
