"""Connections are kept and shared, what was closed meanwhile is replaced, and nothing is waited for without end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from interactions.aws.service import Answer, JsonService, LostAnswer, NotConnected
from interactions.aws.signing import _signing_key
from tests.aws.conftest import Connect
from tests.aws.server import PATIENCE, Reply, Server, whole

THREADS = 20
SOON = 0.1


def call(service: JsonService, body: bytes = b"{}", seconds: float = PATIENCE) -> Answer:
    return service.call("GetItem", body, seconds, seconds)


def test_a_request_is_a_signed_post(service: JsonService, server: Server) -> None:
    assert call(service, '{"a":"é"}'.encode()) == Answer(200, '{"a":"é"}'.encode())
    (request,) = server.requests
    assert request.line == "POST / HTTP/1.1"
    assert request.headers.pop("x-amz-date").endswith("Z")
    assert request.headers.pop("authorization").startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert request.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept-encoding": "identity",
        "content-type": "application/x-amz-json-1.0",
        "content-length": "10",
        "x-amz-target": "DynamoDB_20120810.GetItem",
    }


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "500 Internal Server Error", "503"])
def test_one_connection_serves_all_calls_whatever_their_status(
    service: JsonService, server: Server, status: str
) -> None:
    server.say(whole(b"{}", status=status))
    assert [call(service).status for _ in range(5)] == [int(status[:3])] * 5
    assert server.connections == 1


def test_a_connection_that_was_closed_while_idle_is_replaced(service: JsonService, server: Server) -> None:
    server.say(whole(b"{}"), close=True)
    for number in range(1, 4):
        assert call(service) == Answer(200, b"{}")
        server.wait_until_closed()
        assert server.connections == number


def test_a_connection_that_is_announced_to_close_is_not_used_again(service: JsonService, server: Server) -> None:
    server.say(whole(b"{}", "Connection: Close"))
    assert [call(service).status for _ in range(2)] == [200, 200]
    assert server.connections == 2


def test_a_connection_is_not_used_again_after_a_lost_answer(service: JsonService, server: Server) -> None:
    server.say(b"what?\r\n\r\n", whole(b"{}"))
    with pytest.raises(LostAnswer):
        call(service)
    assert call(service).body == b"{}"
    assert server.connections == 2


def test_what_comes_unasked_is_not_taken_for_the_next_answer(service: JsonService, server: Server) -> None:
    server.say(whole(b"{}") + whole(b'"of nobody"'), whole(b"{}"))
    assert [call(service).body for _ in range(2)] == [b"{}", b"{}"]
    assert server.connections == 2


def test_threads_share_connections_but_no_answers(service: JsonService, server: Server) -> None:
    start = Barrier(THREADS)

    def work(thread: int) -> list[bytes]:
        start.wait(PATIENCE)
        return [call(service, b"%d %d" % (thread, n)).body for n in range(10)]

    with ThreadPoolExecutor(THREADS) as threads:
        assert [*threads.map(work, range(THREADS))] == [
            [b"%d %d" % (thread, n) for n in range(10)] for thread in range(THREADS)
        ]
    assert server.connections <= THREADS


def test_threads_may_disconnect_at_any_time(service: JsonService) -> None:
    def work(thread: int) -> None:
        for n in range(10):
            assert call(service, b"%d" % n).body == b"%d" % n
            service.disconnect()

    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(work, thread) for thread in range(THREADS)]:
            done.result()


def test_disconnecting_closes_what_is_idle(service: JsonService, server: Server) -> None:
    call(service)
    service.disconnect()
    server.wait_until_closed()
    assert call(service).status == 200
    assert server.connections == 2


def test_nothing_made_of_a_secret_is_kept_after_disconnecting(service: JsonService) -> None:
    call(service)
    assert _signing_key.cache_info().currsize > 0
    service.disconnect()
    assert _signing_key.cache_info().currsize == 0


def test_an_answer_that_does_not_come_in_time_is_lost(service: JsonService, server: Server) -> None:
    server.say(b"")
    with pytest.raises(LostAnswer, match="TimeoutError"):
        service.call("GetItem", b"{}", PATIENCE, SOON)


def test_an_answer_that_stops_in_the_middle_is_lost(service: JsonService, server: Server) -> None:
    server.say(whole(b"x" * 100)[:-10])
    with pytest.raises(LostAnswer, match="TimeoutError"):
        service.call("GetItem", b"{}", PATIENCE, SOON)


def test_a_request_that_is_not_taken_in_time_is_lost(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        service = connect(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(LostAnswer, match="TimeoutError"):
            service.call("PutItem", b"x" * 50_000_000, PATIENCE, SOON)


@pytest.fixture
def full() -> Iterator[str]:
    """An address where nobody accepts, and no more connections are held either."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        waiting = [stack.enter_context(socket.socket()) for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_connection_that_is_not_made_in_time_is_none(connect: Connect, full: str) -> None:
    with pytest.raises(NotConnected, match="TimeoutError"):
        connect(full).call("GetItem", b"{}", SOON, PATIENCE)


def test_a_handshake_that_is_not_answered_in_time_is_no_connection(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        service = connect(f"https://127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(NotConnected, match="TimeoutError"):
            service.call("GetItem", b"{}", SOON, PATIENCE)


def test_where_nobody_listens_nothing_is_sent(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected, match="ConnectionRefusedError"):
            call(connect(f"http://127.0.0.1:{unused.getsockname()[1]}"))


@pytest.mark.parametrize("host", ["no-such-host.invalid", f"{'x' * 64}.example", "a..example"])
def test_a_host_that_does_not_exist_is_not_connected(connect: Connect, host: str) -> None:
    with pytest.raises(NotConnected, match="cannot be reached"):
        call(connect(f"https://{host}"))


def test_no_error_shows_a_credential(service: JsonService, server: Server) -> None:
    server.answer = lambda request: Reply(request.headers["authorization"].encode() + b"\r\n\r\n")
    with pytest.raises(LostAnswer) as lost:
        call(service)
    assert "AKIDEXAMPLE" not in f"{lost.value!r} {lost.value.__cause__!r}"


def test_a_request_line_in_a_header_is_not_sent(server: Server, connect: Connect) -> None:
    service = connect(server.endpoint)
    with pytest.raises(ValueError, match="a header has a line break") as refused:
        service.call("GetItem\r\nx-amz-target: DynamoDB_20120810.DeleteTable", b"{}", PATIENCE, PATIENCE)
    assert "DeleteTable" not in str(refused.value)
    assert server.requests == []
