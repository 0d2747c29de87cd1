"""The one connection a process has to DynamoDB: retries inside a time budget, and errors a caller can act on.

botocore's own retries are off: it would repeat a write whose answer was lost without telling anyone, and the caller
could not know that a condition failed because of its own first attempt.
"""

from __future__ import annotations

import time
from functools import cache, cached_property
from random import SystemRandom
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import VerboseClientError

from interactions.aws.credentials import Credentials, NoCredentials
from interactions.aws.service import LostAnswer, NotConnected
from interactions.conf import WireName, conf
from interactions.deadline import current_deadline, seconds_left
from interactions.domain.errors import DeadlineExceeded, TooLarge, Unavailable
from interactions.metering import current_use

CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0
# How long an operation is tried, waits included, and never beyond the deadline of the request.
RETRY_SECONDS = 6.0
# Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): up to 25 ms, 50 ms, …
FIRST_WAIT = 0.025
LONGEST_WAIT = 1.0

# Refused before anything was done.
THROTTLED = {
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
WRITES = {"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}
CHARGED = {"BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems", *WRITES}
UNPROCESSED = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}

_random = SystemRandom()  # not a seed that processes restored from one snapshot would share


class ConditionFailed(Exception):
    """The condition of a write did not hold. `unsettled`: an earlier attempt of this very write may have been done."""

    def __init__(self, unsettled: bool) -> None:
        self.unsettled = unsettled
        super().__init__("the condition of a write did not hold")


class Retrying:
    """The time that is left for one operation, and how long to wait before the next attempt.

    Raises:
        DeadlineExceeded: there is none.
    """

    def __init__(self, seconds: float, operation: str) -> None:
        self._operation = operation
        if seconds_left() <= 0:
            raise self._too_late()
        self._until, self._deadline = time.monotonic() + seconds, current_deadline()
        self._longest = FIRST_WAIT

    def wait(self, cause: Exception | None = None) -> None:
        """Wait a random while, longer each time.

        Raises:
            DeadlineExceeded: that of the request does not allow it.
            Unavailable: the time of the operation is up.
        """
        pause = _random.uniform(0, self._longest)
        then = time.monotonic() + pause
        if self._deadline is not None and then >= self._deadline:
            raise self._too_late() from cause
        if then >= self._until:
            raise Unavailable(f"the store is too busy for {self._operation}, or cannot be reached") from cause
        time.sleep(pause)
        self._longest = min(2 * self._longest, LONGEST_WAIT)

    def _too_late(self) -> DeadlineExceeded:
        return DeadlineExceeded(f"the time of the request was over before {self._operation} was answered")


class Wire(Protocol):
    """One attempt at an operation. `botocore_wire.py` and `lean_wire.py` are alike but for what they cost."""

    @property
    def endpoint(self) -> str: ...

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]: ...

    def hurried(self, connect_seconds: float, read_seconds: float) -> Wire | None:
        """Over the same connections, but less patient; None where they all wait alike."""

    def disconnect(self) -> None: ...


class DynamoDBConnection(Connection):
    """PynamoDB's connection, whose every operation goes through `dispatch`.

    `retry_seconds` is the time budget of an operation; `read_seconds` is how long one answer is waited for.
    Without an `endpoint` AWS's own variables apply, `AWS_ENDPOINT_URL_DYNAMODB` among them.
    """

    def __init__(
        self,
        *,
        region: str,
        endpoint: str | None = None,
        access_key: str | None = None,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        wire: WireName | Wire | None = None,
    ) -> None:
        super().__init__(
            region=region,
            host=endpoint,
            connect_timeout_seconds=connect_seconds,
            read_timeout_seconds=read_seconds,
            max_retry_attempts=0,
            aws_access_key_id=access_key,
            aws_secret_access_key=access_key and "none",  # the emulators look at the access key alone
        )
        self._access_key = access_key
        self._retry_seconds = retry_seconds
        self._wire = wire or conf.aws_wire

    @cached_property
    def wire(self) -> Wire:
        """What sends its operations."""
        if not isinstance(self._wire, str):
            return self._wire
        if self._wire == "botocore":
            from interactions.dynamodb.botocore_wire import BotocoreWire

            return BotocoreWire(lambda: self.client)
        from interactions.dynamodb.lean_wire import LeanWire

        return LeanWire.to_dynamodb(
            self.region,
            self.host,
            Credentials(self._access_key, "none") if self._access_key else None,
            connect_seconds=self._connect_timeout_seconds,
            read_seconds=self._read_timeout_seconds,
        )

    @cached_property
    def impatient(self) -> DynamoDBConnection:
        """The same connection for who has to know within 2 s whether the store answers."""
        connect_seconds, read_seconds = 0.5, 1.0
        return DynamoDBConnection(
            region=self.region,
            endpoint=self.host,
            access_key=self._access_key,
            connect_seconds=connect_seconds,
            read_seconds=read_seconds,
            retry_seconds=0.0,
            wire=self.wire.hurried(connect_seconds, read_seconds) or "botocore",
        )

    @property
    def client(self) -> Any:
        """botocore's client, whichever wire is used: it has every operation there is."""
        from interactions.dynamodb.botocore_wire import check_whole

        known, client = self._client, super().client
        if client is not known:
            client.meta.events.register("before-parse.dynamodb.*", check_whole)
        return client

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Carry out one operation; of a batch, all of it.

        Raises:
            ConditionFailed: a condition of the write, or of a write in the transaction, did not hold.
            TooLarge: the item would be over DynamoDB's limit of 400 KB.
            Unavailable: throttled, failing or out of reach until the time budget was spent, or not to be asked at all.
            DeadlineExceeded: the same until the request's deadline, or begun long after it.
        """
        if operation_name in CHARGED:
            operation_kwargs.setdefault("ReturnConsumedCapacity", "TOTAL")
        if operation_name == "TransactWriteItems":
            # By the token DynamoDB knows a transaction again whose answer was lost.
            operation_kwargs.setdefault("ClientRequestToken", str(uuid4()))
        retrying = Retrying(self._retry_seconds, operation_name)
        unprocessed = UNPROCESSED.get(operation_name)
        answer = self._attempt(operation_name, operation_kwargs, retrying)
        if unprocessed is None or not answer.get(unprocessed):
            return answer
        found: dict[str, list[Any]] = answer.get("Responses", {})
        while answer.get(unprocessed):
            retrying.wait()
            rest = operation_kwargs | {"RequestItems": answer[unprocessed]}
            answer = self._attempt(operation_name, rest, retrying)
            for table, items in answer.get("Responses", {}).items():
                found.setdefault(table, []).extend(items)
        return answer | {"Responses": found}

    def _attempt(self, operation_name: str, operation_kwargs: dict[str, Any], retrying: Retrying) -> dict[str, Any]:
        """Try until there is an answer."""
        unsettled = False
        while True:
            try:
                return self._make_api_call(operation_name, operation_kwargs)
            except ClientError as error:
                codes = _codes(error)
                if "ConditionalCheckFailedException" in codes or "ConditionalCheckFailed" in codes:
                    raise ConditionFailed(unsettled) from error
                if _is_too_large(error):
                    raise TooLarge("the interaction does not fit an item of 400 KB") from error
                failing = error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
                if not failing and not codes & THROTTLED:
                    raise self._explained(error, operation_kwargs) from error
                unsettled = unsettled or failing
                retrying.wait(error)
            except NotConnected as error:  # nothing has been sent
                retrying.wait(error)
            except LostAnswer as error:
                unsettled = True
                retrying.wait(error)
            except NoCredentials as error:
                raise Unavailable(f"the store cannot be asked: {error}") from error

    def _explained(self, error: ClientError, operation_kwargs: dict[str, Any]) -> VerboseClientError:
        """The same, naming the tables, as PynamoDB's callers know it."""
        tables = {"table_name": self._get_table_name_for_error_context(operation_kwargs)}
        return VerboseClientError(error.response, error.operation_name, tables)

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """One attempt, over the wire, which the request's account of its use of the store gets."""
        use = current_use()
        if use is None:
            return self.wire.call(operation_name, operation_kwargs)
        started = time.perf_counter()
        units = 0.0
        try:
            answer = self.wire.call(operation_name, operation_kwargs)
            units = consumed_units(answer)
            return answer
        finally:
            use.calls += 1
            use.seconds += time.perf_counter() - started
            if operation_name in WRITES:
                use.write_units += units
            else:
                use.read_units += units


@cache
def get_connection(region: str | None = None) -> DynamoDBConnection:
    """The process's connection, to the settings' region unless another is given, with its client made."""
    connection = DynamoDBConnection(region=region or conf.aws_region)
    assert connection.wire.endpoint  # made here and now, by one thread: making botocore's client is not thread-safe
    return connection


def consumed_units(answer: dict[str, Any]) -> float:
    """The capacity units that DynamoDB says it has charged, tables and indexes."""
    consumed = answer.get("ConsumedCapacity") or ()
    parts = consumed if isinstance(consumed, list) else (consumed,)
    return float(sum(part.get("CapacityUnits", 0) for part in parts if part))


def _codes(error: ClientError) -> set[str]:
    """The error's code; of a cancelled transaction, its reasons."""
    reasons = {reason["Code"] for reason in error.response.get("CancellationReasons", ()) if reason["Code"] != "None"}
    return reasons or {error.response.get("Error", {}).get("Code", "")}


def _is_too_large(error: ClientError) -> bool:
    return "Item size" in error.response.get("Error", {}).get("Message", "")
