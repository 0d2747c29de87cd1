"""A version of the function, asked over Lambda's Invoke API with the events of API Gateway."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from typing import Any
from uuid import uuid4

from django.core.management.base import CommandError

from interactions.management.base import printable
from interactions.management.production.deployment import Deployment
from interactions.management.production.release.live import Version
from interactions.management.production.smoke.client import Answer, NoAnswer


class InvokedVersion:
    """One version by its number, whatever share of the requests the alias gives it."""

    def __init__(self, deployment: Deployment, version: Version) -> None:
        """
        Raises:
            CommandError: the version does not say which host names it answers to.
        """
        self._deployment = deployment
        self._version = version
        self._host = _host(version)
        self._client = deployment.client("lambda")
        self.url = f"https://{self._host}/{deployment.environment}"

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request as API Gateway would.

        Raises:
            NoAnswer: the function failed, or its answer is no HTTP response.
        """
        event = request_event(method, path, self._host, self._deployment.environment, body, headers or {})
        given = self._invoke(event)
        status = given.get("statusCode")
        if not isinstance(status, int):
            raise NoAnswer("it gave no HTTP answer")
        text = str(given.get("body") or "")
        content = b64decode(text) if given.get("isBase64Encoded") else text.encode()
        told = Message()
        for name, values in (given.get("multiValueHeaders") or {}).items():
            for value in values:
                told[name] = str(value)
        return Answer(status, told, content)

    def do(self, task: str) -> dict[str, Any]:
        """Do a task of the function's own, and return its result.

        Raises:
            NoAnswer: the function failed, or does not know the task.
        """
        return self._invoke({"task": task})

    def _invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the answer, empty where it is no object. Its text is not repeated: it might hold a secret."""
        answer = self._client.invoke(
            FunctionName=self._deployment.name, Qualifier=str(self._version.number), Payload=json.dumps(event)
        )
        try:
            document = json.loads(answer["Payload"].read())
        except ValueError:
            document = None
        given = document if isinstance(document, dict) else {}
        if "FunctionError" in answer:
            kind = printable(str(given.get("errorType", answer["FunctionError"])))[:100]
            raise NoAnswer(f"it failed ({kind})")
        return given


def request_event(
    method: str, path: str, host: str, stage: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A request as a REST API sends it to a function (payload format 1.0), of its stage's own address."""
    sent = {"Accept": "application/json", "Host": host, "User-Agent": "manage.py release", **(headers or {})}
    content = None if body is None else json.dumps(body)
    if content is not None:
        sent |= {"Content-Type": "application/json", "Content-Length": str(len(content.encode()))}
    now = datetime.now(UTC)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "domainName": host,
            "httpMethod": method,
            "identity": {"sourceIp": "127.0.0.1", "userAgent": sent["User-Agent"]},
            "path": f"/{stage}{path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid4()),
            "requestTimeEpoch": int(now.timestamp() * 1000),
            "resourcePath": "/{proxy+}",
            "stage": stage,
        },
        "body": content,
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
