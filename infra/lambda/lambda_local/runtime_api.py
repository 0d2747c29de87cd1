"""Lambda's Runtime API, which a runtime client asks for events: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any

from lambda_local.invocation import PAYLOAD_BYTES, Invocation

PREFIX = "/2018-06-01/runtime/"
OK = {"status": "OK"}


class RuntimeAPI:
    """That of one execution environment, which has one invocation at a time.

    `settled` is set while the runtime waits for an event, and once it has said or shown that it never will.
    """

    def __init__(self) -> None:
        self.settled = threading.Event()
        self.init_error: bytes | None = None
        self.asked = False
        self.closed = False
        self.current: Invocation | None = None
        self._next: SimpleQueue[Invocation | None] = SimpleQueue()
        api = self

        class Handler(_Handler):
            def do_GET(self) -> None:
                api.get(self)

            def do_POST(self) -> None:
                api.post(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def give(self, invocation: Invocation) -> None:
        """Let the runtime have this one next."""
        self.current = invocation
        self.settled.clear()
        if self.closed:
            self.settled.set()
        self._next.put(invocation)

    def close(self) -> None:
        self.closed = True
        self.settled.set()
        self._next.put(None)  # whoever waits for an event
        self._server.shutdown()
        self._server.server_close()

    def get(self, request: _Handler) -> None:
        if request.path != f"{PREFIX}invocation/next":
            return request.answer(404, {"errorType": "NotFound"})
        self.asked = True
        self.settled.set()
        invocation = self._next.get()
        if invocation is None:
            request.close_connection = True
            return None
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(round(invocation.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
        }
        return request.answer(200, invocation.event, headers)

    def post(self, request: _Handler) -> None:
        body = request.body()
        if request.path == f"{PREFIX}init/error":
            self.init_error = body
            self.settled.set()
            return request.answer(202, OK)
        current = self.current
        if current is None or not request.path.startswith(f"{PREFIX}invocation/{current.request_id}/"):
            return request.answer(400, {"errorType": "InvalidRequestID", "errorMessage": "Invalid request ID"})
        if request.path.endswith("/error"):
            current.failed(body)
        elif len(body) > PAYLOAD_BYTES:
            said = f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_BYTES} bytes)."
            current.failed({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": said})
            return request.answer(413, {"errorType": "RequestEntityTooLarge", "errorMessage": said})
        else:
            current.answered(body)
        return request.answer(202, OK)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def answer(
        self, status: int, document: bytes | Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""
