"""A proxy on the loopback that stands before DynamoDB Local: it passes everything on, but for the faults of a plan."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any, Self

from tests.faults.kinds import Fault
from tests.faults.plans import Plan, no_faults
from tests.faults.staleness import LaggingCopy, copy_headers
from tests.faults.wire import Answer, Call, ConnectionCut, Document, Exchange, Upstream


class FaultyDynamoDB:
    """Used in a `with`: meanwhile `endpoint` answers. `plan` can be changed at any time; `exchanges` is what was said.

    `copy.lag` is how many changed items a read is behind that is not asked to be consistent; there is no lag at first.
    """

    def __init__(self, dynamodb: str, plan: Plan = no_faults) -> None:
        self.plan = plan
        self.exchanges: list[Exchange] = []
        self._numbers = count()
        self._upstream = Upstream(dynamodb)
        self.copy = LaggingCopy(self._upstream)
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.cut_all()
        self._server.server_close()
        self._upstream.close()
        if self._server.broken and error[0] is None:
            raise self._server.broken[0]

    def reset(self) -> None:
        """As if it were new: no plan, nothing said, nothing late."""
        self.plan = no_faults
        self.exchanges.clear()
        self._numbers = count()
        self.copy.forget()

    def said(self, *operations: str) -> list[Exchange]:
        """The exchanges of these operations, or all."""
        return [exchange for exchange in self.exchanges if not operations or exchange.operation in operations]

    def faults(self) -> list[str]:
        """The names of the faults that befell, in the order in which they were over."""
        return [exchange.fault for exchange in self.exchanges if exchange.fault]

    def handle(self, headers: dict[str, str], raw: bytes) -> Answer:
        """What the client is to be told.

        Raises:
            ConnectionCut: nothing, or half an answer.
        """
        call = Call(next(self._numbers), headers["X-Amz-Target"].partition(".")[2], headers, raw)
        fault = self.plan(call)
        answers: list[Answer] = []
        try:
            answer = self._answer(call, fault, answers)
        except ConnectionCut:
            self._note(call, fault, "cut", answers)
            raise
        self._note(call, fault, answer.outcome, answers)
        return answer

    def _answer(self, call: Call, fault: Fault | None, answers: list[Answer]) -> Answer:
        def forward(body: Document) -> Answer:
            sent = call if body is call.body else Call(call.number, call.operation, call.headers, _dump(body))
            answers.append(
                self.copy.carry_out(
                    sent,
                    lambda: self._upstream.send(sent.headers, sent.raw),
                    lambda: self._upstream.send(copy_headers(sent.headers), sent.raw),
                )
            )
            return answers[-1]

        return fault.apply(call, forward) if fault else forward(call.body)

    def _note(self, call: Call, fault: Fault | None, outcome: str, answers: Sequence[Answer]) -> None:
        carried_out = any(answer.status == 200 for answer in answers)
        name = fault.name if fault else None
        self.exchanges.append(Exchange(call=call, fault=name, outcome=outcome, carried_out=carried_out))


def _dump(body: Document) -> bytes:
    return json.dumps(body).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, proxy: FaultyDynamoDB) -> None:
        self.proxy = proxy
        self.broken: list[BaseException] = []
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what is wrong with the proxy for its end; a client that went away is not."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError):
            self.broken.append(error)

    def cut_all(self) -> None:
        """End the connections that clients keep, so that no thread waits for their next call."""
        for connection in [*self._connections]:
            with suppress(OSError):  # the client may be faster
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            headers = {name.title(): value for name, value in self.headers.items()}
            answer = self.server.proxy.handle(headers, raw)
        except ConnectionCut as cut:
            self.close_connection = True
            if cut.half_of:
                self._write(cut.half_of, cut.half_of.raw[: len(cut.half_of.raw) // 2])
        else:
            self._write(answer, answer.raw)

    def _write(self, answer: Answer, body: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.raw)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass
