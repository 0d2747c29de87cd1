"""DynamoDB's operations over `JsonService`, with the results and the errors that botocore's client would give.

But for what nobody asks: an answer has no `ResponseMetadata`, and its dates are numbers, as DynamoDB writes them.
"""

from __future__ import annotations

import json
from binascii import a2b_base64, b2a_base64
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
        body = _JSON.encode(arguments).encode()
        connect_seconds, read_seconds = no_longer_than(self._connect_seconds), no_longer_than(self._read_seconds)
        answer = self._service.call(operation, body, connect_seconds, read_seconds)
        try:
            document = _document(answer.body)
        except ValueError as error:
            if answer.status == 200:
                raise LostAnswer("the answer is no JSON") from error
            document = {}
        if answer.status != 200:
            raise _error(operation, answer.status, document)
        return document

    def hurried(self, connect_seconds: float, read_seconds: float) -> LeanWire:
        """The same connections, for who is less patient."""
        return LeanWire(self._service, connect_seconds, read_seconds)

    def disconnect(self) -> None:
        self._service.disconnect()


def _encoded(value: bytes | set[bytes]) -> str | list[bytes]:
    if isinstance(value, set):
        return list(value)
    return b2a_base64(value, newline=False).decode()


def _decoded(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute's value that is binary; whatever else is called B or BS, as an attribute, has no text in it."""
    if "B" in value:
        if type(text := value["B"]) is str:
            value["B"] = a2b_base64(text)
    elif "BS" in value and type(texts := value["BS"]) is list:
        value["BS"] = [a2b_base64(text) for text in texts]
    return value


_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_encoded)
_NO_BINARIES, _WITH_BINARIES = json.JSONDecoder(), json.JSONDecoder(object_hook=_decoded)


def _document(body: bytes) -> dict[str, Any]:
    # Looking into each object takes half as long again as reading them all: only where one could have a B in it.
    reader = _WITH_BINARIES if b'"B' in body or b"\\u0042" in body else _NO_BINARIES
    document = reader.decode(body.decode())
    if not isinstance(document, dict):
        raise ValueError("it is no object")
    return document


def _error(operation: str, status: int, document: dict[str, Any]) -> ClientError:
    code = str(document.get("__type", status)).partition(":")[0].rpartition("#")[2]
    message = document.get("message") or document.get("Message") or ""
    response: dict[str, Any] = {
        **document,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    return ClientError(response, operation)
