"""What goes over the wire between a client and DynamoDB: calls, their answers, and who hears what became of them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import urllib3

Document = dict[str, Any]
HOP_BY_HOP = {"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding"}


@dataclass(frozen=True)
class Call:
    """One request, as the client sent it; `number` counts from 0 in the order of arrival."""

    number: int
    operation: str
    headers: Mapping[str, str]
    raw: bytes

    @cached_property
    def body(self) -> Document:
        document: Document = json.loads(self.raw)
        return document

    @cached_property
    def tables(self) -> frozenset[str]:
        """The tables that the call reads or writes."""
        if "TransactItems" in self.body:
            return frozenset(part["TableName"] for item in self.body["TransactItems"] for part in item.values())
        return frozenset(self.body.get("RequestItems", {})) or frozenset(filter(None, [self.body.get("TableName")]))

    @property
    def index(self) -> str | None:
        return self.body.get("IndexName")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @classmethod
    def of(cls, document: Document, status: int = 200) -> Answer:
        """An answer as DynamoDB writes it: clients compare the CRC with the body."""
        raw = json.dumps(document).encode()
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "x-amzn-RequestId": str(uuid4()),
            "x-amz-crc32": str(zlib.crc32(raw)),
        }
        return cls(status, headers, raw)

    @cached_property
    def document(self) -> Document:
        document: Document = json.loads(self.raw)
        return document

    @property
    def outcome(self) -> str:
        """`ok`, or the error's code, or the bare status of an answer that is no JSON."""
        if self.status == 200:
            return "ok"
        try:
            return str(self.document["__type"]).rpartition("#")[2]
        except ValueError:
            return str(self.status)


Forward = Callable[[Document], Answer]


class ConnectionCut(Exception):
    """The client hears nothing more; `half_of` is an answer that breaks off in the middle."""

    def __init__(self, half_of: Answer | None = None) -> None:
        self.half_of = half_of
        super().__init__("cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What became of a call: what the client was told, and whether DynamoDB carried something out and said so.

    `outcome` is `ok`, an error's code, a bare status, or `cut`.
    """

    call: Call
    fault: str | None
    outcome: str
    carried_out: bool

    @property
    def operation(self) -> str:
        return self.call.operation


class Upstream:
    """DynamoDB itself, over connections that are kept; safe from several threads."""

    def __init__(self, endpoint: str) -> None:
        self._pool = urllib3.connection_from_url(endpoint, maxsize=64, retries=False, timeout=60)

    def send(self, headers: Mapping[str, str], raw: bytes) -> Answer:
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
        answer = self._pool.urlopen("POST", "/", body=raw, headers=kept, decode_content=False)
        said = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
        return Answer(answer.status, said, answer.data)

    def close(self) -> None:
        self._pool.close()
