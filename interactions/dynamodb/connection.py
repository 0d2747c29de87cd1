"""The one connection a process has to DynamoDB: retries inside a time budget, and errors a caller can act on.

botocore's own retries are off: it would repeat a write whose answer was lost without telling anyone, and the caller
could not know that a condition failed because of its own first attempt.
"""

from __future__ import annotations

import time
from functools import cache, cached_property
from random import SystemRandom
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError, ResponseStreamingError
from botocore.exceptions import ConnectionError as NotConnected
from botocore.parsers import ResponseParserError
from pynamodb.connection import Connection

from interactions.conf import conf
from interactions.deadline import current_deadline
from interactions.domain.errors import TooLarge, Unavailable

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
LOST_ANSWER = (HTTPClientError, ResponseStreamingError, ResponseParserError)
UNPROCESSED = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}

_random = SystemRandom()  # not a seed that processes restored from one snapshot would share


class ConditionFailed(Exception):
    """The condition of a write did not hold. `unsettled`: an earlier attempt of this very write may have been done."""

    def __init__(self, unsettled: bool) -> None:
        self.unsettled = unsettled
        super().__init__("the condition of a write did not hold")


class Retrying:
    """The time that is left for one operation, and how long to wait before the next attempt."""

    def __init__(self, seconds: float) -> None:
        own, request = time.monotonic() + seconds, current_deadline()
        self._deadline = own if request is None else min(own, request)
        self._longest = FIRST_WAIT

    def wait(self, cause: Exception | None = None) -> None:
        """Wait a random while, longer each time.

        Raises:
            Unavailable: the time is up.
        """
        pause = _random.uniform(0, self._longest)
        if time.monotonic() + pause >= self._deadline:
            raise Unavailable("the store is too busy, or cannot be reached") from cause
        time.sleep(pause)
        self._longest = min(2 * self._longest, LONGEST_WAIT)


class DynamoDBConnection(Connection):
    """PynamoDB's connection, whose every operation goes through `dispatch`.

    `retry_seconds` is the time budget of an operation; `read_seconds` is how long one answer is waited for.
    Without an `endpoint` the SDK's own configuration applies, `AWS_ENDPOINT_URL_DYNAMODB` included.
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

    @cached_property
    def impatient(self) -> DynamoDBConnection:
        """The same connection for who has to know within 2 s whether the store answers."""
        return DynamoDBConnection(
            region=self.region,
            endpoint=self.host,
            access_key=self._access_key,
            connect_seconds=0.5,
            read_seconds=1.0,
            retry_seconds=0.0,
        )

    @property
    def client(self) -> Any:
        known, client = self._client, super().client
        if client is not known:
            client.meta.events.register("before-parse.dynamodb.*", _check_whole)
        return client

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Carry out one operation; of a batch, all of it.

        Raises:
            ConditionFailed: a condition of the write, or of a write in the transaction, did not hold.
            TooLarge: the item would be over DynamoDB's limit of 400 KB.
            Unavailable: throttled, failing or out of reach until the time budget was spent.
        """
        retrying = Retrying(self._retry_seconds)
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
                return super().dispatch(operation_name, operation_kwargs)
            except ClientError as error:
                codes = _codes(error)
                if "ConditionalCheckFailedException" in codes or "ConditionalCheckFailed" in codes:
                    raise ConditionFailed(unsettled) from error
                if _is_too_large(error):
                    raise TooLarge("the interaction does not fit an item of 400 KB") from error
                failing = _status(error) >= 500
                if not failing and not codes & THROTTLED:
                    raise
                unsettled = unsettled or failing
                retrying.wait(error)
            except NotConnected as error:  # nothing has been sent
                retrying.wait(error)
            except LOST_ANSWER as error:
                unsettled = True
                retrying.wait(error)


@cache
def get_connection(region: str | None = None) -> DynamoDBConnection:
    """The process's connection, to the settings' region unless another is given, with its client made."""
    connection = DynamoDBConnection(region=region or conf.aws_region)
    assert connection.client is not None  # made here and now, by one thread: making one is not thread-safe
    return connection


def is_aws(connection: Connection) -> bool:
    """Whether the connection leads to AWS, not to an emulator."""
    endpoint: str = connection.client.meta.endpoint_url
    return endpoint.partition("://")[2].split("/")[0].split(":")[0].endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _check_whole(response_dict: dict[str, Any], **context: Any) -> None:
    """Raise unless the body is whole: botocore takes one that breaks off for an empty answer, as of a missing item."""
    length = response_dict["headers"].get("content-length")
    if length is not None and int(length) != len(response_dict["body"]):
        raise ResponseParserError("the answer breaks off")


def _codes(error: ClientError) -> set[str]:
    """The error's code; of a cancelled transaction, its reasons."""
    reasons = {reason.code for reason in getattr(error, "cancellation_reasons", None) or () if reason}
    return reasons or {error.response.get("Error", {}).get("Code", "")}


def _status(error: BaseException) -> int:
    """The HTTP status, which PynamoDB's own error has dropped: its cause has it."""
    cause = error.__cause__ if isinstance(error.__cause__, ClientError) else error
    response: Any = getattr(cause, "response", {})
    status: int = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status


def _is_too_large(error: ClientError) -> bool:
    return "Item size" in error.response.get("Error", {}).get("Message", "")
