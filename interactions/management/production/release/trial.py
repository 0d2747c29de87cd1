"""A version asked directly, before it gets anybody's request: does it serve?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.core.management.base import CommandError

from interactions.management.base import printable
from interactions.management.production.deployment import Deployment
from interactions.management.production.release.live import Version

PATHS = ("/health", "/ready")


def try_out(deployment: Deployment, version: Version) -> None:
    """Invoke it by its number with requests as API Gateway makes them.

    Raises:
        CommandError: it does not answer each of them by 200.
    """
    host = _host(version)
    client = deployment.client("lambda")
    for path in PATHS:
        event = request_event(path, host, deployment.environment)
        answer = client.invoke(FunctionName=deployment.name, Qualifier=str(version.number), Payload=json.dumps(event))
        fault = _fault(answer, answer["Payload"].read())
        if fault:
            raise CommandError(
                f"Version {version.number} cannot serve, and gets no request: {fault} for GET {path}. "
                "`manage.py logs --level ERROR` says more."
            )


def request_event(path: str, host: str, stage: str) -> dict[str, Any]:
    """A GET as a REST API sends it to a function (payload format 1.0), of its stage's own address."""
    headers = {"Accept": "application/json", "Host": host, "User-Agent": "manage.py release"}
    now = datetime.now(UTC)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "domainName": host,
            "httpMethod": "GET",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": headers["User-Agent"]},
            "path": f"/{stage}{path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTimeEpoch": int(now.timestamp() * 1000),
            "resourcePath": "/{proxy+}",
            "stage": stage,
        },
        "body": None,
        "isBase64Encoded": False,
    }


def _host(version: Version) -> str:
    """A name that the version answers to."""
    hosts = [host.removeprefix(".") for host in version.hosts or [] if host not in {"", "*"}]
    if not hosts:
        raise CommandError(
            f"Version {version.number} does not say by its ALLOWED_HOSTS which names it answers to, or you may not "
            "read them (lambda:GetFunctionConfiguration, and kms:Decrypt with the function's key). Nothing was changed."
        )
    return hosts[0]


def _fault(answer: dict[str, Any], payload: bytes) -> str | None:
    """What is wrong with the answer. Its text is not repeated: it might hold what must not be shown."""
    try:
        document = json.loads(payload)
    except ValueError:
        document = None
    given = document if isinstance(document, dict) else {}
    if "FunctionError" in answer:
        return f"it failed ({printable(str(given.get('errorType', answer['FunctionError'])))[:100]})"
    status = given.get("statusCode")
    if status == 200:
        return None
    return f"it answered {status}" if isinstance(status, int) else "it gave no HTTP answer"
