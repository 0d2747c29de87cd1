"""A stand-in for SSM Parameter Store: an HTTP server that knows some parameters and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class ParameterStore:
    """Answers GetParameters from `values`; with a `fault`, a status and a code, that error; with a `page`, its text."""

    url: str = ""
    values: dict[str, str] = field(default_factory=dict)
    fault: tuple[int, str] | None = None
    page: bytes = b""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, target: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(asked)
        if self.fault or target != "AmazonSSM.GetParameters":
            status, code = self.fault or (400, "UnknownOperationException")
            return status, {"__type": code, "message": "refused"}
        there = [name for name in asked["Names"] if name in self.values]
        return 200, {
            "Parameters": [
                {"Name": name, "Type": "SecureString", "Value": self.values[name], "Version": 1} for name in there
            ],
            "InvalidParameters": [name for name in asked["Names"] if name not in there],
        }


@contextmanager
def serving() -> Iterator[ParameterStore]:
    store = ParameterStore()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, document = store.answer(self.headers["X-Amz-Target"], asked)
            body = store.page or json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    store.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
