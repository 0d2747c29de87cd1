"""A server on the loopback that says, byte for byte, what a test tells it to."""

from __future__ import annotations

import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PATIENCE = 60  # of threads of a test for each other


@dataclass(frozen=True, slots=True)
class Request:
    connection: int
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    data: bytes
    close: bool = False


Answering = Callable[[Request], Reply]


def whole(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer as AWS writes it."""
    told = [f"Content-Length: {len(body)}", f"x-amz-crc32: {zlib.crc32(body)}", *headers]
    return "\r\n".join([f"HTTP/1.1 {status}", *told, "", ""]).encode() + body


def echo(request: Request) -> Reply:
    return Reply(whole(request.body))


@dataclass
class Server:
    """`answer` may be changed at any time. `closed` is released for each connection that the server has closed."""

    answer: Answering = echo
    scheme: str = "http"
    host: str = "127.0.0.1"
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    closed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def wait_until_closed(self) -> None:
        assert self.closed.acquire(timeout=PATIENCE)

    def say(self, *data: bytes, close: bool = False) -> None:
        """Answer so from now on, to one request after another; the last one goes on."""
        left = list(data)
        self.answer = lambda request: Reply(left.pop(0) if len(left) > 1 else left[0], close)


@contextmanager
def serving(
    answer: Answering = echo, *, host: str = "127.0.0.1", context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    with socket.create_server((host, 0), backlog=128) as listening:
        server = Server(answer, "https" if context else "http", host, listening.getsockname()[1])
        open_now: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                open_now.append(connection)
                threads.append(threading.Thread(target=_serve, args=(server, connection, context, server.connections)))
                server.connections += 1
                threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(PATIENCE)
            for connection in open_now:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(PATIENCE)


def _serve(server: Server, connection: socket.socket, context: ssl.SSLContext | None, number: int) -> None:
    try:
        with connection:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as reader:
                while request := _read(reader.readline, reader.read, number):
                    server.requests.append(request)
                    reply = server.answer(request)
                    connection.sendall(reply.data)
                    if reply.close:
                        break
    except OSError:
        pass  # the client has gone, or does not trust us
    finally:
        server.closed.release()


def _read(line: Callable[[], bytes], read: Callable[[int], bytes], connection: int) -> Request | None:
    first = line().decode("latin-1").rstrip()
    if not first:
        return None
    headers = {}
    while field := line().decode("latin-1").rstrip():
        name, _, value = field.partition(": ")
        headers[name.lower()] = value
    return Request(connection, first, headers, read(int(headers["content-length"])))
