"""A language model on the loopback that speaks OpenAI's wire format, and misbehaves as it is told to.

    with LanguageModel() as model:
        model.will(Answer("hi"), Status(429, retry_after=1), Hang())
        ...  # something asks model.url
        assert model.requests[0].prompt == "hello"

What it will do is done in order, one thing for each request; after that it does what it does `otherwise`. With
`model.held():` around them requests come in, and none is answered before its end.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Protocol, Self

from tests.providers.behaviours import PATIENCE, Answer, Asked, Behaviour, Line


class LanguageModel:
    """Listens from `with` on. Requests are recorded when they have come whole, before anything is answered."""

    def __init__(self, otherwise: Behaviour | None = None) -> None:
        self.otherwise: Behaviour = otherwise or Answer()
        self.requests: list[Asked] = []
        self.connections = 0
        self.port = 0
        self._script: deque[Behaviour] = deque()
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._free = threading.Event()
        self._free.set()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.gone = 0

    @property
    def url(self) -> str:
        """What `base_url` has to be."""
        return f"http://127.0.0.1:{self.port}/v1"

    def will(self, *behaviours: Behaviour) -> None:
        """Do this next, in order."""
        with self._changed:
            self._script.extend(behaviours)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Whoever asks meanwhile waits until the end of it."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def wait_for(self, requests: int) -> None:
        """Until so many have come, since the beginning."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= requests, PATIENCE)

    def wait_until_gone(self, connections: int) -> None:
        """Until so many connections have ended, since the beginning."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.gone >= connections, PATIENCE)

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listening.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._free.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join(PATIENCE)
        self._listening.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        until = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(until - time.monotonic())

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection, self.connections)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection, connection.makefile("rb") as reader:
                while asked := _read(reader, number):
                    with self._changed:
                        self.requests.append(asked)
                        behaviour = self._script.popleft() if self._script else self.otherwise
                        self._changed.notify_all()
                    self._free.wait(PATIENCE)
                    if self._over.is_set() or not behaviour.answer(asked, Line(connection, self._over)):
                        break
        except OSError:
            pass  # the other side has gone
        finally:
            with self._changed:
                self.gone += 1
                self._changed.notify_all()


class _Readable(Protocol):
    def readline(self) -> bytes: ...

    def read(self, size: int, /) -> bytes: ...


def _read(reader: _Readable, number: int) -> Asked | None:
    first = reader.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while line := reader.readline().decode("latin-1").rstrip():
        name, _, value = line.partition(": ")
        assert name.lower() not in headers, f"{name} is sent twice"
        headers[name.lower()] = value
    return Asked(first[1], headers, reader.read(int(headers.get("content-length", 0))), number)
