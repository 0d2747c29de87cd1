"""DynamoDB's operations over botocore's own client: every source of credentials, every kind of endpoint, proxies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.client  # noqa: F401  PynamoDB names it when it makes a client, and `postponed` has taken it away
from botocore.exceptions import ConnectionError as BotocoreNotConnected
from botocore.exceptions import HTTPClientError, NoCredentialsError, ResponseStreamingError
from botocore.parsers import ResponseParserError

from interactions.aws.credentials import NoCredentials
from interactions.aws.service import LostAnswer, NotConnected


class BotocoreWire:
    """`client` makes the client, or returns the one that was made."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    @property
    def endpoint(self) -> str:
        url: str = self._client().meta.endpoint_url
        return url

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """As `LeanWire.call`."""
        try:
            answer: dict[str, Any] = self._client()._make_api_call(operation, arguments)
        except NoCredentialsError as error:
            raise NoCredentials(str(error)) from error
        except BotocoreNotConnected as error:
            raise NotConnected(f"{self.endpoint} cannot be reached ({type(error).__name__})") from error
        except (HTTPClientError, ResponseStreamingError, ResponseParserError) as error:
            raise LostAnswer(f"{type(error).__name__}: {error}") from error
        return answer

    def hurried(self, connect_seconds: float, read_seconds: float) -> None:
        """Its client has one patience for all."""

    def disconnect(self) -> None:
        self._client().close()


def check_whole(response_dict: dict[str, Any], **context: Any) -> None:
    """Raise unless the body is whole: botocore takes one that breaks off for an empty answer, as of a missing item."""
    length = response_dict["headers"].get("content-length")
    if length is not None and int(length) != len(response_dict["body"]):
        raise ResponseParserError("the answer breaks off")
