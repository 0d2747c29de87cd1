"""A connection that can only read, and that counts what its reads cost."""

from __future__ import annotations

from threading import Lock
from typing import Any

from botocore.session import Session

from interactions.conf import conf
from interactions.domain.errors import Unavailable
from interactions.dynamodb.connection import DynamoDBConnection, consumed_units

READS = frozenset({"BatchGetItem", "Query"})
# An address that has answered once deserves more patience than one that may be wrong.
FIRST_SECONDS = 5.0
SECONDS = 60.0


class NotARead(Exception):
    """An operation that this connection does not carry out."""


class ReadOnlyConnection(DynamoDBConnection):
    """Refuses every operation but `READS` before it is sent, whoever asks for it, the client's own callers included.

    `read_units` is what DynamoDB says it has charged so far, tables and indexes, repeated attempts too.
    """

    def __init__(self, *, region: str, threads: int) -> None:
        super().__init__(
            region=region, connect_seconds=5.0, read_seconds=20.0, retry_seconds=FIRST_SECONDS, wire="botocore"
        )
        self._max_pool_connections = threads
        self._lock = Lock()
        self.read_units = 0.0

    @property
    def impatient(self) -> DynamoDBConnection:
        """Itself: a second connection could write."""
        return self

    @property
    def client(self) -> Any:
        known, client = self._client, super().client
        if client is not known:
            client.meta.events.register_first("before-call.dynamodb", _refuse_all_but_reads)
            client.meta.events.register("after-call.dynamodb", self._count)
        return client

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            return super().dispatch(operation_name, operation_kwargs)
        except Unavailable as error:
            raise Unavailable(f"DynamoDB does not answer at {self.wire.endpoint}: {error}") from error

    def _count(self, parsed: dict[str, Any], **context: Any) -> None:
        with self._lock:
            self.read_units += consumed_units(parsed)
            self._retry_seconds = SECONDS


def configured_region() -> str | None:
    """The region of the settings, else the one that the SDK's own configuration names, as a profile does."""
    found: str | None = conf.named_aws_region or Session().get_config_variable("region")
    return found


def _refuse_all_but_reads(model: Any, **context: Any) -> None:
    if model.name not in READS:
        raise NotARead(f"{model.name} is no read")
