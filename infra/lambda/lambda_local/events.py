"""Requests as the events that an API Gateway REST API gives a Lambda function (proxy integration, format 1.0)."""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from lambda_local.configuration import ACCOUNT

API_ID = "local00000"
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html, its table of headers
DROPPED = {
    "connection",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
}
# The gateway's own, whatever a caller wrote; X-HTTP-Method-Override has become the method.
OWN = {"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id", "x-http-method-override"}
_ROOT = re.compile(r"(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)")

# Those of the API in infra/terraform/main.tf. A more exact one takes a request from `{proxy+}`.
RESOURCES = (
    "/",
    "/v1",
    "/v1/chat",
    "/v1/interactions",
    "/v1/schema",
    "/v1/interactions/{proxy+}",
    "/v1/schema/{proxy+}",
    "/v1/chat/{proxy+}",
    "/v1/{proxy+}",
    "/{proxy+}",
)

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """What came over HTTP; `path` is with the stage, and as it was written."""

    method: str
    path: str
    query: str
    headers: Fields
    body: bytes
    source: str
    port: int

    def header(self, name: str) -> str | None:
        return next((value for each, value in self.headers if each.lower() == name), None)


def inside(stage: str, path: str) -> str | None:
    """The path below the stage; None when it is that of another, which there is not."""
    if path == f"/{stage}":
        return "/"
    return path.removeprefix(f"/{stage}") if path.startswith(f"/{stage}/") else None


def event_of(request: Request, stage: str, path: str, request_id: str, trace_id: str) -> bytes:
    """`path` is the one below the stage."""
    forwarded = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    headers = [(name, value) for name, value in request.headers if name.lower() not in DROPPED | OWN]
    headers += [
        ("X-Amzn-Trace-Id", trace_id),
        ("X-Forwarded-For", ", ".join([*forwarded, request.source])),
        ("X-Forwarded-Port", str(request.port)),
        ("X-Forwarded-Proto", "https"),
    ]
    # A semicolon separates too, as documented; parameters arrive decoded.
    query = parse_qsl(request.query.replace(";", "&"), keep_blank_values=True)
    resource, proxy = resource_of(path)
    event = {
        "resource": resource,
        "path": path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": _lists(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _lists(query) or None,
        "pathParameters": {"proxy": proxy} if proxy else None,
        "stageVariables": None,
        "requestContext": _context(request, stage, f"/{stage}{path}", resource, request_id),
        # Every media type is a binary one (`*/*`): so every body comes in base64.
        "body": b64encode(request.body).decode() if request.body else None,
        "isBase64Encoded": bool(request.body),
    }
    return json.dumps(event).encode()


def resource_of(path: str) -> tuple[str, str]:
    """The resource that a path leads to, and what its `{proxy+}` takes in."""
    for resource in RESOURCES:
        above, greedy, _ = resource.partition("{proxy+}")
        if greedy and path.startswith(above) and path != above:
            return resource, path.removeprefix(above)
        if not greedy and path.rstrip("/") == resource.rstrip("/"):
            return resource, ""
    return "/", ""


def trace_of(request: Request) -> str:
    """The caller's trace, or a new one."""
    match = _ROOT.search(request.header("x-amzn-trace-id") or "")
    return f"Root={match[1] if match else f'1-{int(time.time()):08x}-{secrets.token_hex(12)}'}"


def _context(request: Request, stage: str, path: str, resource: str, request_id: str) -> dict[str, Any]:
    domain = (request.header("host") or "").partition(":")[0]
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "deploymentId": "local0",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "extendedRequestId": f"{secrets.token_urlsafe(11)}=",
        "httpMethod": request.method,
        "identity": {
            "accessKey": None,
            "accountId": None,
            "caller": None,
            "cognitoAuthenticationProvider": None,
            "cognitoAuthenticationType": None,
            "cognitoIdentityId": None,
            "cognitoIdentityPoolId": None,
            "principalOrgId": None,
            "sourceIp": request.source,
            "user": None,
            "userAgent": request.header("user-agent"),
            "userArn": None,
        },
        "path": path,
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "requestTime": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "resourceId": "proxy0" if resource != "/" else "root00",
        "resourcePath": resource,
        "stage": stage,
    }


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
