"""An account that is none, for the AWS provider to plan in: it answers here what a plan asks, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

NUMBER = "123456789012"
QUOTA = ("lambda", "L-B99A9384")
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{NUMBER}:user/nobody</Arn><UserId>NOBODY</UserId><Account>{NUMBER}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
REFUSED = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error></ErrorResponse>"
)


@contextmanager
def answering() -> Iterator[dict[str, str]]:
    """The variables with which AWS's own libraries ask this account, and nobody else's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Account) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_ACCESS_KEY_ID": "nobody",
                "AWS_SECRET_ACCESS_KEY": "none",
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            }
        finally:
            server.shutdown()


class _Account(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
        service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        if operation:
            self._answer(*_asked(service, operation, json.loads(body or "{}")))
            return
        action = parse_qs(body).get("Action", [f"{self.command} {self.path}"])[0]
        if action == "GetCallerIdentity":
            self._answer(200, IDENTITY)
        else:
            self._answer(400, REFUSED.format(code="AccessDenied", text=_only_reads(action)))

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_PUT = do_POST  # noqa: N815  http.server's names

    def _answer(self, status: int, content: str | dict[str, Any]) -> None:
        body = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml" if isinstance(content, str) else "application/x-amz-json-1.1")
        self.send_header("X-Amzn-ErrorType", "AccessDenied" * (status >= 400))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: standard error is the program's that asks."""


def _asked(service: str, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    match service, operation:
        case "ServiceQuotasV20190624", "GetServiceQuota" | "GetAWSDefaultServiceQuota":
            return _quota(asked)
        case "secretsmanager", "GetRandomPassword":
            return 200, {"RandomPassword": "made-up-" * 8}
    return 400, {"__type": "AccessDeniedException", "message": _only_reads(operation)}


def _quota(asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    service, code = asked.get("ServiceCode"), asked.get("QuotaCode")
    if (service, code) != QUOTA:
        return 400, {"__type": "NoSuchResourceException", "message": f"There is no quota {service}/{code} here."}
    named = {"ServiceCode": service, "QuotaCode": code, "QuotaName": "Concurrent executions"}
    arn = f"arn:aws:servicequotas:us-east-1:{NUMBER}:{service}/{code}"
    return 200, {"Quota": {**named, "QuotaArn": arn, "Value": 1000.0, "Unit": "None", "Adjustable": True}}


def _only_reads(operation: str) -> str:
    return f"{operation} is nothing that a plan asks: there is no account here"
