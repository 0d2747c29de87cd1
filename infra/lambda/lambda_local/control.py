"""Lambda's own Invoke API, for events that come over no gateway, as those of a schedule:

    curl http://127.0.0.1:PORT/2015-03-31/functions/NAME/invocations -d '{"task": "sweep_expired"}'

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lambda_local.function import EventTooLarge, Function, Throttled


class Control(ThreadingHTTPServer):
    """Serves the API of one function on 127.0.0.1. It asks for no credential."""

    daemon_threads = True

    def __init__(self, name: str, function: Function) -> None:
        self.path = f"/2015-03-31/functions/{name}/invocations"
        self.function = function
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{self.path}"


class _Handler(BaseHTTPRequestHandler):
    server: Control
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        event = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.partition("?")[0] != self.server.path:
            return self._answer(404, _error("ResourceNotFoundException", f"there is only {self.server.path}"))
        try:
            outcome = self.server.function.invoke(event or b"{}").result()
        except Throttled as error:
            return self._answer(429, _error("TooManyRequestsException", str(error)))
        except EventTooLarge as error:
            return self._answer(413, _error("RequestTooLargeException", str(error)))
        headers = {"X-Amz-Executed-Version": outcome.version}
        if outcome.failed:
            headers["X-Amz-Function-Error"] = "Unhandled"
        return self._answer(200, outcome.payload, **headers)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""

    def _answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"Type": "User", "code": kind, "message": message}).encode()
