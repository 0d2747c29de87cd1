"""What HTTP holds for whoever asks a provider: a deadline of all steps together, limits, and ends without a length."""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.certificate import write_certificate
from interactions.http import HttpConnection, IdleConnections
from interactions.http_answer import BadAnswer, Response
from tests.aws.server import Server, serving
from tests.providers.behaviours import PATIENCE, Answer, Asked, Hang, Line, Slow
from tests.providers.deadlines import late
from tests.providers.server import LanguageModel

HEADERS = {"host": "a", "content-type": "application/json"}
BODY = b'{"model": "m"}'
LIMIT = 100

Serve = Callable[[ssl.SSLSocket, threading.Event], None]


def ask(connection: HttpConnection, deadline: float = math.inf, body: bytes = BODY, **options: Any) -> Response:
    """Each step may take long: it is the deadline that ends it."""
    return connection.post(HEADERS, body, PATIENCE, deadline=min(deadline, time.monotonic() + PATIENCE), **options)


def connect(port: int, deadline: float | None = None, context: ssl.SSLContext | None = None) -> HttpConnection:
    return HttpConnection("127.0.0.1", port, context, PATIENCE, deadline)


def once(port: int, **options: Any) -> Response:
    connection = connect(port)
    try:
        return ask(connection, **options)
    finally:
        connection.close()


@pytest.mark.parametrize("behaviour", [Hang(), Hang(after=40), Hang(after=250), Slow("head"), Slow("body")], ids=str)
def test_a_deadline_ends_an_answer_that_does_not_come_in_time(model: LanguageModel, behaviour: Hang | Slow) -> None:
    model.otherwise = behaviour
    for_all = ExitStack()

    def call(deadline: float) -> None:
        connection = connect(model.port, deadline)
        for_all.callback(connection.close)
        ask(connection, deadline)

    with for_all:
        late(call, TimeoutError)
        assert model.gone == 0, "the model would have gone on"


def test_an_answer_that_drips_in_time_is_taken(model: LanguageModel) -> None:
    model.will(Slow("head", every=0))
    assert once(model.port).status == 200


def test_a_deadline_ends_a_request_that_is_not_taken_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, ExitStack() as connections:

        def call(deadline: float) -> None:
            connection = connect(deaf.getsockname()[1], deadline)
            connections.callback(connection.close)
            ask(connection, deadline, b"x" * 20_000_000)

        late(call, TimeoutError)


def test_nothing_is_sent_after_the_deadline(model: LanguageModel) -> None:
    connection = connect(model.port)
    with pytest.raises(TimeoutError):
        ask(connection, time.monotonic())
    connection.close()
    model.wait_until_gone(1)
    assert model.requests == []


def test_a_deadline_ends_a_connection_that_is_not_made_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        late(lambda deadline: connect(full.getsockname()[1], deadline), TimeoutError)


def test_a_deadline_ends_a_search_for_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found.wait(PATIENCE))
    late(lambda deadline: HttpConnection("model.example", 80, None, PATIENCE, deadline), TimeoutError)
    found.set()


@pytest.mark.parametrize("deadline", [None, math.inf])
def test_all_addresses_of_a_host_are_tried(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch, deadline: float | None
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        addresses = [unused.getsockname(), ("127.0.0.1", model.port)]
        known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: known)
        until = deadline and time.monotonic() + PATIENCE
        connection = HttpConnection("model.example", model.port, None, PATIENCE, until)
        assert ask(connection).status == 200
        connection.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..example"])
def test_a_host_that_does_not_exist_is_told_before_the_deadline(host: str) -> None:
    with pytest.raises((OSError, UnicodeError)) as failed:
        HttpConnection(host, 80, None, PATIENCE, time.monotonic() + PATIENCE)
    assert not isinstance(failed.value, TimeoutError)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


@contextmanager
def secure_server(certificate: Path, serve: Serve) -> Iterator[int]:
    """Take each connection over TLS, and do that with it. The event is the end of the server."""
    over = threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def accept() -> None:
        while True:
            try:
                connection = listening.accept()[0]
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    serve(secure, over)
            except OSError:
                pass  # the client has gone

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)


def read_nothing(secure: ssl.SSLSocket, over: threading.Event) -> None:
    over.wait(PATIENCE)


def sip(secure: ssl.SSLSocket, over: threading.Event) -> None:
    """Read a little at a time, so that each part of a request is taken soon, and all of it late."""
    while secure.recv(16_384) and not over.wait(0.001):
        pass


def drip(secure: ssl.SSLSocket, over: threading.Event) -> None:
    secure.recv(100_000)
    asked = Asked("/", {}, BODY, 1)
    Slow().answer(asked, Line(secure, over))


@pytest.mark.parametrize(("serve", "body"), [(drip, BODY), (read_nothing, b"x" * 20_000_000), (sip, b"x" * 20_000_000)])
def test_a_deadline_holds_over_tls(certificate: Path, serve: Serve, body: bytes) -> None:
    context = ssl.create_default_context(cafile=certificate)
    with secure_server(certificate, serve) as port:

        def call(deadline: float) -> None:
            connection = connect(port, deadline, context)
            try:
                ask(connection, deadline, body)
            finally:
                connection.close()

        late(call, TimeoutError)


def test_a_deadline_ends_a_handshake_that_is_not_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        late(lambda deadline: connect(port, deadline, ssl.create_default_context()), TimeoutError)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


ENDS = {
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n",
    "a connection that closes": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    "one of HTTP/1.0 that closes": b"HTTP/1.0 200 OK\r\nconnection: Close\r\n\r\n",
}
ENDLESS = {
    "a connection that goes on": b"HTTP/1.1 200 OK\r\n\r\n",
    "one of HTTP/1.0 that goes on": b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n",
    "a length that is none": b"HTTP/1.0 200 OK\r\nContent-Length: ?\r\n\r\n",
    "another coding": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
}


@pytest.mark.parametrize("head", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("body", [b"", b"{}", b"x" * LIMIT])
def test_a_body_may_end_with_the_connection(server: Server, head: bytes, body: bytes) -> None:
    server.say(head + body, close=True)
    response = once(server.port, may_end_with_connection=True, longest=LIMIT)
    assert (response.body, response.is_last) == (body, True)


@pytest.mark.parametrize("head", ENDS.values(), ids=ENDS)
def test_it_may_not_where_that_was_not_said(server: Server, head: bytes) -> None:
    server.say(head + b"{}", close=True)
    with pytest.raises(BadAnswer, match="it does not say how long it is"):
        once(server.port)


@pytest.mark.parametrize("head", ENDLESS.values(), ids=ENDLESS)
def test_a_connection_that_would_go_on_ends_no_body(server: Server, head: bytes) -> None:
    server.say(head + b"{}", close=True)
    with pytest.raises(BadAnswer, match=r"long|length") as refused:
        once(server.port, may_end_with_connection=True)
    assert refused.value.fault == "malformed"


FRAMES: dict[str, Callable[[bytes], bytes]] = {
    "a length": lambda body: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body),
    "a chunk": lambda body: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    ),
    "two chunks": lambda body: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (body[:1], len(body) - 1, body[1:])
    ),
    "an end": lambda body: b"HTTP/1.0 200 OK\r\n\r\n" + body,
}


@pytest.mark.parametrize("framed", FRAMES.values(), ids=FRAMES)
def test_a_body_has_a_limit(server: Server, framed: Callable[[bytes], bytes]) -> None:
    server.say(framed(b"x" * LIMIT), framed(b"x" * (LIMIT + 1)), close=True)
    assert once(server.port, may_end_with_connection=True, longest=LIMIT).body == b"x" * LIMIT
    with pytest.raises(BadAnswer) as refused:
        once(server.port, may_end_with_connection=True, longest=LIMIT)
    assert refused.value.fault == "too-long"


def test_an_answer_that_is_cut_is_told_from_one_that_is_malformed(server: Server) -> None:
    server.say(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", b"HTTP/3\r\n\r\n", close=True)
    for fault in ("cut", "malformed"):
        with pytest.raises(BadAnswer) as refused:
            once(server.port)
        assert refused.value.fault == fault


def test_a_path_goes_with_the_request_and_cannot_bring_a_header(server: Server) -> None:
    once(server.port, path="/v1/chat/completions?a=b")
    assert [request.line for request in server.requests] == ["POST /v1/chat/completions?a=b HTTP/1.1"]
    with pytest.raises(ValueError, match="line break"):
        once(server.port, path="/ HTTP/1.1\r\nx-injected: 1\r\n")


def test_what_has_been_idle_for_too_long_is_closed(model: LanguageModel) -> None:
    model.otherwise = Answer()
    idle = IdleConnections()
    for since in (1.0, 2.0, 3.0):
        connection = connect(model.port)
        connection.idle_since = since
        idle.append(connection)
    taken = idle.take(since=3.0)
    assert taken is not None
    assert taken.idle_since == 3.0
    assert idle.take(since=3.0) is None
    model.wait_until_gone(2)
    taken.close()
