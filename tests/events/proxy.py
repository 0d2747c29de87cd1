"""Events as a REST API of API Gateway sends them to a Lambda function (payload format 1.0).

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

FOLDER = Path(__file__).resolve().parent


def stored_event(name: str) -> Any:
    """The event of a file of this folder."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def proxy_event(
    *,
    method: str = "GET",
    path: str = "/v1/interactions",
    query: str = "",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    text: bool = False,
    stage: str = "prod",
    prefix: str | None = None,
    base_path: str = "",
    resource: str = "/{proxy+}",
    source_ip: str = "198.51.100.7",
) -> dict[str, Any]:
    """The event of one request; `path` is percent-encoded and as the API documents it.

    `resource` is the API's that takes it in: `{proxy+}` stands for the rest of the path.

    The invoke URL has the stage before it (`prefix`), a custom domain nothing, or the base path that is mapped. An API
    that takes `*/*` as binary sends every body in base64; with `text` this one is sent as it is.
    """
    prefix = f"/{stage}" if prefix is None else prefix
    given = [*headers]
    sent = given if any(name == "Host" for name, _ in given) else [("Host", "testserver"), *given]
    sent = [*sent, ("X-Forwarded-For", source_ip), ("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https")]
    many = _grouped(sent)
    asked = _grouped(parse_qsl(query, keep_blank_values=True))
    above, greedy, _ = resource.partition("{proxy+}")
    proxied = path.lstrip("/") and greedy and path.removeprefix(above)
    return {
        "resource": resource if path.lstrip("/") else "/",
        "path": f"{base_path}{path}",
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in many.items()},
        "multiValueHeaders": many,
        "queryStringParameters": {name: values[-1] for name, values in asked.items()} or None,
        "multiValueQueryStringParameters": asked or None,
        "pathParameters": {"proxy": proxied} if proxied else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "deploymentId": "k3m2x1",
            "domainName": many["Host"][-1],
            "domainPrefix": many["Host"][-1].partition(".")[0],
            "extendedRequestId": "Zz0aBEfLIAMFtzA=",
            "httpMethod": method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": source_ip,
                "user": None,
                "userAgent": "python",
                "userArn": None,
            },
            "path": f"{prefix}{base_path}{path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTime": "24/Nov/2026:12:00:00 +0000",
            "requestTimeEpoch": 1795521600000,
            "resourceId": "x1y2z3" if proxied else "r0o0t0",
            "resourcePath": resource if path.lstrip("/") else "/",
            "stage": stage,
        },
        "body": (body.decode() if text else b64encode(body).decode()) if body else None,
        "isBase64Encoded": bool(body) and not text,
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped
