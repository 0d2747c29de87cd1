"""What a function answered, as the HTTP answer that an API Gateway REST API makes of it."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from lambda_local.events import Fields

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html, its table of headers
DROPPED = {"expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via"}
REMAPPED = {
    "authorization",
    "connection",
    "content-md5",
    "date",
    "max-forwards",
    "server",
    "user-agent",
    "www-authenticate",
}
KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}


class Malformed(Exception):
    """The answer is not what a proxy integration has to answer."""


class Undecodable(Exception):
    """It says that its body is base64, and it is not."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Fields
    body: bytes


def answer_of(payload: bytes) -> Answer:
    """The HTTP answer.

    Raises:
        Malformed, Undecodable.
    """
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise Malformed("not JSON") from error
    if not isinstance(document, dict) or document.keys() - KEYS:
        raise Malformed(f"an object of {', '.join(sorted(KEYS))}, and nothing else, is wanted")
    headers = [_remapped(name, value) for name, value in _headers(document) if name.lower() not in DROPPED]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Answer(_status(document), headers, _body(document))


def _status(document: dict[str, Any]) -> int:
    status = document.get("statusCode")
    if isinstance(status, str) and status.isdecimal():
        status = int(status)
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise Malformed("statusCode is none")
    return status


def _headers(document: dict[str, Any]) -> Fields:
    """Those of `headers` and `multiValueHeaders`; where both have a name, the lists count."""
    single, lists = document.get("headers") or {}, document.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(lists, dict):
        raise Malformed("headers are no object")
    pairs = [(name, value) for name, value in single.items() if name not in lists]
    for name, values in lists.items():
        if not isinstance(values, list):
            raise Malformed("multiValueHeaders has something else than lists")
        pairs += [(name, value) for value in values]
    return [(name, _text(value)) for name, value in pairs]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise Malformed("a header is no text")
    return str(value)


def _remapped(name: str, value: str) -> tuple[str, str]:
    return (f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name), value


def _body(document: dict[str, Any]) -> bytes:
    body, encoded = document.get("body"), document.get("isBase64Encoded", False)
    if not isinstance(body, str | None) or not isinstance(encoded, bool):
        raise Malformed("body is no text, or isBase64Encoded is neither true nor false")
    if not body or not encoded:
        return (body or "").encode()
    try:
        return b64decode(body, validate=True)
    except binascii.Error as error:
        raise Undecodable(str(error)) from error
