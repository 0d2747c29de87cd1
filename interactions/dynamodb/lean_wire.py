"""DynamoDB's operations over `JsonService`, with the results and the errors that botocore's client would give."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

from botocore.exceptions import ClientError

from interactions.aws.credentials import Credentials
from interactions.aws.service import JsonService, LostAnswer
from interactions.deadline import no_longer_than


class LeanWire:
    """Patient for as long as it is told, whoever else shares its connections."""

    def __init__(self, service: JsonService, connect_seconds: float, read_seconds: float) -> None:
        self._service = service
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds

    @classmethod
    def to_dynamodb(
        cls,
        region: str,
        endpoint: str | None,
        credentials: Credentials | None,
        *,
        connect_seconds: float,
        read_seconds: float,
    ) -> LeanWire:
        service = JsonService(
            "dynamodb",
            target="DynamoDB_20120810",
            version="1.0",
            region=region,
            endpoint=endpoint,
            credentials=credentials,
        )
        return cls(service, connect_seconds, read_seconds)

    @property
    def endpoint(self) -> str:
        return self._service.endpoint

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Carry it out once.

        Raises:
            ClientError: DynamoDB refused.
            NotConnected, LostAnswer, NoCredentials: it did not answer, or was not asked.
        """
        body = json.dumps(arguments, default=_encoded, ensure_ascii=False).encode()
        connect_seconds, read_seconds = no_longer_than(self._connect_seconds), no_longer_than(self._read_seconds)
        answer = self._service.call(operation, body, connect_seconds, read_seconds)
        try:
            document: dict[str, Any] = json.loads(answer.body, object_hook=_decoded)
        except ValueError as error:
            if answer.status != 200:
                document = {}
            else:
                raise LostAnswer("the answer is no JSON") from error
        if answer.status != 200:
            raise _error(operation, answer.status, document)
        return document

    def hurried(self, connect_seconds: float, read_seconds: float) -> LeanWire:
        """The same connections, for who is less patient."""
        return LeanWire(self._service, connect_seconds, read_seconds)

    def disconnect(self) -> None:
        self._service.disconnect()


def _encoded(value: bytes) -> str:
    return b64encode(value).decode()


def _decoded(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute's value that is binary; whatever else is called B or BS has no text in it."""
    if len(value) == 1:
        if type(text := value.get("B")) is str:
            return {"B": b64decode(text)}
        if type(texts := value.get("BS")) is list:
            return {"BS": [b64decode(text) for text in texts]}
    return value


def _error(operation: str, status: int, document: dict[str, Any]) -> ClientError:
    code = str(document.get("__type", status)).rpartition("#")[2]
    message = document.get("message") or document.get("Message") or ""
    response: dict[str, Any] = {
        **document,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    return ClientError(response, operation)
