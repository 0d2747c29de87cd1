"""What Lambda has and moto lacks: code to download, over HTTPS, and a function that takes a while to change.

Meanwhile it takes no other change, and each has another revision:
https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from botocore.hooks import HierarchicalEmitter
from moto.awslambda_simple.models import lambda_simple_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from infra.certificate import write_certificate
from tests.operations.deployed import DEPLOYMENT, Answer, refusal

CHANGES = ("UpdateFunctionCode", "UpdateFunctionConfiguration")
# How often somebody has to look before what was changed or published is ready.
LOOKS = 2


class LambdaCode:
    """Serves the code of every version until it is closed. `damage` is what follows on each code that is served."""

    def __init__(self, events: HierarchicalEmitter, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._events = events
        self.damage = b""
        self.scheme = "https"
        self._revision = str(uuid4())
        self._pending: dict[str, int] = {}
        certificate = write_certificate(folder / "certificate.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self._listen()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def of(self, version: int | str) -> bytes:
        """The code of a version."""
        backend = lambda_simple_backends[DEFAULT_ACCOUNT_ID][DEPLOYMENT.region]
        code: bytes = backend.get_function(DEPLOYMENT.name, str(version)).code_bytes
        return code

    def sha256_of(self, version: int | str) -> str:
        return b64encode(sha256(self.of(version)).digest()).decode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        there = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code = there.of(self.path.removeprefix("/")) + there.damage
                self.send_response(200)
                self.send_header("Content-Length", str(len(code)))
                self.end_headers()
                self.wfile.write(code)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def _listen(self) -> None:
        events = self._events
        for operation in ("GetFunction", "GetFunctionConfiguration", "Invoke"):
            events.register(f"before-parameter-build.lambda.{operation}", _keep_qualifier)
        for change in (*CHANGES, "PublishVersion"):
            events.register(f"before-call.lambda.{change}", self._refuse)
        for change in CHANGES:
            events.register(f"after-call.lambda.{change}", self._renew)
        events.register("after-call.lambda.GetFunction", self._locate)
        events.register("after-call.lambda.GetFunctionConfiguration", self._tell)
        events.register("after-call.lambda.PublishVersion", self._publish)
        events.register("before-call.lambda.Invoke", self._refuse_unmade)

    def _locate(self, parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
        version = context["qualifier"]
        parsed["Code"]["Location"] = f"{self.scheme}://127.0.0.1:{self._server.server_port}/{version}"
        self._tell(parsed["Configuration"], context)

    def _tell(self, parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
        version = context["qualifier"]
        parsed["RevisionId"] = self._revision
        if self._pending.get(version, 0) > 0:
            self._pending[version] -= 1
            parsed |= {"LastUpdateStatus": "InProgress"} if version == "$LATEST" else {"State": "Pending"}
            self._revision = str(uuid4())

    def _refuse(self, params: dict[str, Any], **kwargs: Any) -> Answer:
        asked = json.loads(params["body"])
        if self._pending.get("$LATEST", 0) > 0:
            return refusal("ResourceConflictException", "An update is in progress for resource", 409)
        if asked.get("RevisionId", self._revision) != self._revision:
            return refusal("PreconditionFailedException", "The RevisionId provided does not match the latest", 412)
        if asked.get("CodeSha256", self.sha256_of("$LATEST")) != self.sha256_of("$LATEST"):
            return refusal("InvalidParameterValueException", "CodeSHA256 is different from current CodeSHA256")
        return None

    def _refuse_unmade(self, context: dict[str, Any], **kwargs: Any) -> Answer:
        if self._pending.get(context["qualifier"], 0) > 0:
            return refusal("ResourceConflictException", "The function is currently in the state Pending", 409)
        return None

    def _publish(self, parsed: dict[str, Any], **kwargs: Any) -> None:
        if "Version" in parsed:
            self._pending.setdefault(parsed["Version"], LOOKS)

    def change_before(self, operation: str) -> None:
        """Somebody else changes the function just before a command does so for the first time."""

        def change(**kwargs: Any) -> None:
            self._revision = str(uuid4())
            events.unregister(event, change)

        events, event = self._events, f"before-parameter-build.lambda.{operation}"
        events.register(event, change)

    def _renew(self, parsed: dict[str, Any], **kwargs: Any) -> None:
        self._revision = str(uuid4())
        if "Error" not in parsed:
            self._pending["$LATEST"] = LOOKS


def _keep_qualifier(params: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    context["qualifier"] = params.get("Qualifier", "$LATEST")
