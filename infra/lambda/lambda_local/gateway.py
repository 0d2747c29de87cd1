"""The stage of a REST API: HTTP over TLS on one side, a Lambda function on the other."""

from __future__ import annotations

import ssl
from collections.abc import Collection
from concurrent.futures import TimeoutError as StillRunning
from contextlib import suppress
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from lambda_local.answers import Answer, Malformed, Undecodable, answer_of
from lambda_local.events import Request, event_of, inside, trace_of
from lambda_local.function import EventTooLarge, Function, Throttled
from lambda_local.refusals import (
    BAD_ANSWER,
    BAD_QUERY,
    HEADERS_TOO_LARGE,
    NO_SUCH_STAGE,
    REQUEST_TOO_LARGE,
    THROTTLED,
    TIMED_OUT,
    UNDECODABLE,
    Refused,
    answer_to,
)
from lambda_local.request_bodies import BODY_BYTES, Unreadable, read_body

# Of the request line and the values of all headers together, and of a body:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
HEADER_BYTES = 10_240
INTEGRATION_SECONDS = 29.0
# Characters of a query that have to be written as %7B, %7C and %7D.
UNSUPPORTED = "{|}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A deployed API: its name in paths, what answers, and the origins whose pages may read its own errors."""

    name: str
    function: Function
    origins: Collection[str] = ()
    integration_seconds: float = INTEGRATION_SECONDS

    def answer(self, request: Request, size: int) -> Answer:
        """The answer to a request whose header is of that size."""
        request_id, trace_id = str(uuid4()), trace_of(request)
        try:
            path = self._admit(request, size)
            event = event_of(request, self.name, path, request_id, trace_id)
            answer = self._integrate(event, trace_id)
        except Refused as error:
            answer = answer_to(error.refusal, request, request_id, self.origins)
        own = [("x-amzn-RequestId", request_id), ("X-Amzn-Trace-Id", trace_id)]
        return replace(answer, headers=[*answer.headers, *own])

    def _admit(self, request: Request, size: int) -> str:
        """The path below the stage."""
        if size > HEADER_BYTES:
            raise Refused(HEADERS_TOO_LARGE)
        if len(request.body) > BODY_BYTES:
            raise Refused(REQUEST_TOO_LARGE)
        path = inside(self.name, request.path)
        if path is None:
            raise Refused(NO_SUCH_STAGE)
        if any(character in request.query for character in UNSUPPORTED):
            raise Refused(BAD_QUERY)
        return path

    def _integrate(self, event: bytes, trace_id: str) -> Answer:
        try:
            outcome = self.function.invoke(event, trace_id).result(self.integration_seconds)
            if outcome.failed:
                raise Refused(BAD_ANSWER)
            return answer_of(outcome.payload)
        except EventTooLarge as error:
            raise Refused(REQUEST_TOO_LARGE) from error
        except Throttled as error:
            raise Refused(THROTTLED) from error
        except StillRunning as error:
            raise Refused(TIMED_OUT) from error
        except Undecodable as error:
            raise Refused(UNDECODABLE) from error
        except Malformed as error:
            raise Refused(BAD_ANSWER) from error


class Gateway(ThreadingHTTPServer):
    """Serves a stage on 127.0.0.1 with a certificate, whose file has its private key too."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, stage: Stage, port: int, certificate: Path) -> None:
        self.stage = stage
        super().__init__(("127.0.0.1", port), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake is left to the thread of the connection.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}/{self.stage.name}"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60  # seconds without a request, after which a connection is closed

    def do_GET(self) -> None:
        try:
            body = read_body(self.rfile, self.headers)
        except Unreadable as error:
            self.send_error(400, str(error))
            self.close_connection = True
            return
        answer = self.server.stage.answer(self._request(body), self._size())
        # Of a body that is too large the rest has not been read.
        self.close_connection |= len(body) > BODY_BYTES
        with suppress(ConnectionError):  # the caller has gone
            self._send(answer)

    do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = do_GET  # noqa: N815  http.server's names

    def handle(self) -> None:
        with suppress(ConnectionError, ssl.SSLError):  # no TLS at all, a certificate that is not trusted, gone
            super().handle()

    def log_message(self, *arguments: object) -> None:
        """Nothing: the function writes a line a request."""

    def _request(self, body: bytes) -> Request:
        path, _, query = self.path.partition("?")
        return Request(
            method=self.headers.get("X-HTTP-Method-Override", self.command),
            path=path,
            query=query,
            headers=[*self.headers.items()],
            body=body,
            source=self.client_address[0],
            port=self.server.server_port,
        )

    def _size(self) -> int:
        return len(self.requestline) + sum(len(value) for value in self.headers.values())

    def _send(self, answer: Answer) -> None:
        bodiless = answer.status < 200 or answer.status in {204, 304}
        given = [value for name, value in answer.headers if name.lower() == "content-length"]
        self.send_response_only(answer.status)
        self.send_header("Date", self.date_time_string())
        for name, value in answer.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if not bodiless:
            length = given[0] if given and self.command == "HEAD" else str(len(answer.body))
            self.send_header("Content-Length", length)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if not bodiless and self.command != "HEAD":
            self.wfile.write(answer.body)
